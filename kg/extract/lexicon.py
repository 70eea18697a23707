"""Tables of words that the rules read: general English and the vocabulary of the field, no text of any paper."""

from __future__ import annotations

import re

from kg.records import ConceptType


def words(text: str) -> frozenset[str]:
    """The blank-separated words of a table."""
    return frozenset(text.split())


# A noun phrase ends before these; determiners and praise are skipped at its start.
FUNCTION_WORDS = words(
    """
    about above across after against all along although among an and any are as at a be because been before being
    below between both but by can cannot could despite did do does done down during each either etc even every few
    for from further furthermore had has have having hence how however if in including into instead is it its itself
    just like many may merely might more moreover most much must namely neither no nor not now of off on once only
    onto or other our out over own per rather s same several shall should since so some specifically still such than
    that the their them then there thereby therefore these they this those though through thus to together too toward
    towards under unlike until up upon us via was we well were what when where whereas whether which while who whose
    why will with within without would yet you your & i.e e.g i.e., e.g., i.e. e.g. vs vs. w.r.t
    """
)

VERBS = words(
    """
    study studies studied report reports investigate investigates explore tackle address revisit examine analyze
    analyse rethink achieve achieved achieves achieving addresses adopt adopted adopting adopts aim aimed aims
    aligns allow allowing allows applied applies apply applying augments based becomes become brings bringing builds
    built called capable captures coined combine combined combines combining comparing compared comprises comprising
    computes conducted consider considers consisted consisting consists constructed constructs contain contained
    containing contains contribute contributes converts create created creates define defined defines demonstrate
    demonstrated demonstrates denoted derived describes designed designs detects determines develop developed
    develops direct discards discovers distills dubbed employ employed employing employs enable enables enabling
    encodes encourages enforce enhances enhancing ensures establishes estimates evaluate evaluated exceed exceeds
    exhibits exist exploit exploited exploiting exploits explores expands extends extracts facilitates fails
    featured features find finds fine-tuned fine-tuning focuses follow followed following follows fuses gains
    generalizes generates generating gets given gives guides guided handles help helps identifies implemented
    implements improve improved improves improving include included includes incorporated incorporates incorporating
    increases inspired integrated integrates integrating introduce introduced introduces involve involves is
    iterates jointly known lead leading leads learn learned learns leverage leveraged leverages leveraging made
    maintains make makes making maximizes means merges minimizes mitigate mitigates named need needed needs obtain
    obtained obtaining obtains offers optimizes outperform outperformed outperforming outperforms performing
    performs perform presented presents predict predicts processes produce produces promotes propose proposed
    proposes proven provide provided provides providing pushes reach reaches reaching reaps receives recovers reduce
    reduced reduces referred refines reformulates relies rely remains replaces replacing reported represents require
    required requires requiring sees selects serve serves set sets shown shows significantly simply solve solves
    stands streamlines suffer suffers supports surpass surpasses surpassing takes taking termed tested tends to
    raise raises trained transfers transforms treats tries tackle tackles unifies unlocks use used uses using utilize
    utilized utilizes utilizing validates works yields
    """
)

LEADING = words(
    """
    a an the our this these that its their one two three four five six seven eight nine ten several various multiple
    many some any each every new novel simple effective efficient powerful general generic unified improved advanced
    better proposed first second third another different further additional well-known popular recent
    state-of-the-art sota existing previous current conventional modern typical standard large-scale light-weight
    lightweight straightforward flexible robust practical principled comprehensive extensive both all other such
    following large simplified dedicated high-quality challenging public publicly available common commonly
    real-world surprisingly yet but and conceptually very highly easy easy-to-use plug-and-play systemic systematic
    strong vanilla widely widely-used used off-the-shelf emerging fresh original traditional more most only
    innovative competitive promising similar certain concrete high quality non-trivial important prevalent
    mainstream regular ordinary more-efficient sample-efficient i.e e.g large-sized sota downstream representative
    accurate reliable basic good fast faster cheap scalable rapid richer enhanced own single small trainable frozen
    best worst reasonable external dedicated standalone generalized unified-
    """
)

# A phrase made only of these names nothing.
GENERIC = words(
    """
    method methods approach approaches model models framework frameworks algorithm algorithms technique techniques
    system systems architecture architectures network networks module modules strategy strategies scheme schemes
    paradigm paradigms solution solutions result results performance experiment experiments analysis analyses study
    work works paper survey review task tasks problem problems dataset datasets data benchmark benchmarks corpus
    corpora set sets metric metrics evaluation setting settings protocol baseline baselines objective objectives loss
    losses function functions detector detectors classifier classifiers encoder encoders decoder decoders backbone
    backbones head layer layers block blocks component components procedure pipeline tool tools way ways idea ideas
    concept concepts perspective perspectives insight insights finding findings contribution contributions learning
    training pre-training pretraining pre-trained pretrained deep neural machine trained self unlabeled labeled
    proposed novel new simple effective efficient general generic unified state-of-the-art sota end-to-end art state
    existing previous other such various different several representation representations feature features knowledge
    information image images text video videos code codes research
    community literature field domain domains application applications scenario scenarios challenge challenges
    improvement improvements gain gains accuracy precision recall parameter parameters size number numbers ability
    capability capabilities potential usage efficiency effectiveness robustness generalization complexity cost time
    evidence sentence sentences question questions answer answers term terms word words token tokens user users human
    humans object objects region regions sample samples example examples class classes label labels category
    categories notion definition formula hypothesis hypotheses assumption theory theorem rule rules variant variants
    version versions implementation software package library platform environment goal goals aim target targets
    source downstream upstream large small big high low quality quantity deployment inference fine-tuning finetuning
    large-scale pre-train prior priors mechanism mechanisms process unit space input inputs output outputs teacher
    student stage stages step steps optimization supervision annotation annotations context contexts instance
    instances variable variables direction directions comparison comparisons recipe recipes attack attacks track
    tracks pre-text pretext multiple methodology methodologies design designs family series range suite type kind
    kinds generation-based i.e e.g et al ours property properties structure structures program
    whole unique hybrid architectural comparative natural detailed resulting final overall entire
    experimental open-source taxonomy overview topic tests test train dev validation practice extension evaluations
    """
)

# Nouns that say what a phrase that ends in them is.
HEADS: dict[str, ConceptType] = {}
for _type, _table in (
    (
        "Task",
        """
        task problem detection recognition segmentation classification retrieval captioning answering translation
        summarization summarisation tracking localization localisation grounding reasoning entailment comprehension
        understanding parsing tagging labeling extraction linking disambiguation estimation forecasting identification
        verification anticipation registration reconstruction super-resolution denoising inpainting deblurring
        generation synthesis editing matching re-identification planning navigation diagnosis interpretation inference
        question-answering analysis coreference chunking stemming lemmatization mining resolution diarization
        """,
    ),
    (
        "Dataset",
        "dataset corpus benchmark corpora treebank challenge collection testbed knowledge-base leaderboard testset",
    ),
    ("Metric", "metric measure score accuracy precision recall f1 perplexity"),
    (
        "Method",
        """
        method approach model framework algorithm technique system architecture network module strategy scheme
        paradigm solution baseline objective loss function detector classifier encoder decoder backbone head layer
        block procedure pipeline mechanism attention transformer transformers pretraining pre-training fine-tuning
        finetuning learning training distillation augmentation regularization regularisation sampling optimizer
        optimization extractor generator discriminator autoencoder embedding embeddings adapter prompt prompting
        prompts unit tokenizer descriptor filter filtering graph forest machine regression transformer policy agent
        regimen localizer assigner selector predictor estimator tagger parser reweighting soup soups masking
        denoising diffusion alignment branch routine recipe representation kernel convolution normalization
        quantization pruning search interaction decoding propagation supervision teacher pooling memory gate fusion
        mining matching decomposition
        """,
    ),
):
    for _head in _table.split():
        HEADS.setdefault(_head, _type)  # type: ignore[arg-type]

# Heads of parts, as against heads of whole methods.
PARTS = words(
    """
    module head loss decoder encoder layer block unit strategy attention mechanism scheme sampling function branch
    assigner regularization regularizer augmentation embedding adapter selector predictor localizer generator
    discriminator objective regimen masking matching alignment reweighting mining fusion pooling task prompt
    prompting interaction technique gate memory distillation estimator bank token queue kernel
    """
)
WHOLES = words(
    """
    method approach model framework algorithm system architecture network paradigm pipeline baseline detector solution
    classifier transformer methodology backbone parser tagger recipe family
    """
)

# X in "X learning" that makes a task of it.
LEARNING = {"representation", "robust", "continual", "incremental", "lifelong", "embedding", "few-shot", "zero-shot"}
# Gerunds that may start a name; others are verbs ("diversifying object detection").
GERUNDS = words(
    """
    reading referring moving meeting sensing clustering spelling machine-reading lip-reading learning
    question-answering processing modeling modelling imaging engineering programming training pre-training
    """
)

# Well-known data sets of the field, as people write them (case counts; blanks and hyphens are free).
KNOWN_DATASETS = """
    COCO;MS COCO;MS-COCO;MSCOCO;ImageNet;ImageNet-1K;ImageNet-1k;ImageNet-21K;ImageNet-21k;ImageNet-22K;ImageNet1K;LVIS
    ADE20K;ADE20k;ADE-20K;Cityscapes;KITTI;Pascal VOC;PASCAL VOC;VOC;Objects365;Object365;OpenImages;Open Images
    Visual Genome;Conceptual Captions;SBU Captions;Flickr30K;Flickr30k;Flickr8K;NLVR2;NLVR^2;VTAB;GQA;CLEVR;VQAv2
    VQA v2;CIFAR-10;CIFAR-100;CIFAR10;CIFAR100;MNIST;Fashion-MNIST;SVHN;STL-10;CelebA;FFHQ;LSUN;Places365;iNaturalist
    JFT-300M;JFT;YFCC100M;YFCC15M;LAION-400M;LAION-5B;LAION;CC3M;CC12M;Kinetics;Kinetics-400;UCF101;UCF-101;HMDB51
    Something-Something;ActivityNet;AVA;Charades;MSR-VTT;MSRVTT;MSVD;YouCook2;HowTo100M;nuScenes;Waymo;NYUv2;SUN RGB-D
    ScanNet;ShapeNet;ModelNet40;S3DIS;SemanticKITTI;DOTA;DIOR;DIOR-R;EuroSAT;BigEarthNet;Market-1501;DukeMTMC;MSMT17
    RefCOCO;RefCOCO+;RefCOCOg;TextVQA;VizWiz;OK-VQA;ScienceQA;MMMU;MMBench;MathVista;SEED-Bench;POPE;GLUE;SuperGLUE
    SQuAD;SQuAD 1.1;SQuAD 2.0;MNLI;SNLI;MultiNLI;QNLI;RTE;CoLA;SST-2;SST;MRPC;QQP;STS-B;XNLI;TriviaQA;Natural Questions
    HotpotQA;RACE;CoQA;QuAC;DROP;BoolQ;HellaSwag;WinoGrande;PIQA;ARC;MMLU;BIG-bench;Big-Bench;GSM8K;HumanEval;MBPP
    CoNLL-2003;CoNLL 2003;CoNLL-2012;OntoNotes;OntoNotes 5.0;Penn Treebank;PTB;WikiText-103;WikiText-2;One Billion Word
    The Pile;BookCorpus;Wikipedia;Common Crawl;WMT14;WMT 2014;WMT16;IWSLT;IWSLT14;Europarl;OPUS;FLORES;CNN/DailyMail
    CNN/Daily Mail;XSum;Gigaword;SAMSum;Multi-News;ELI5;MS MARCO;BEIR;TREC;NQ;FEVER;SciFact;AMR;Universal Dependencies
    IMDB;IMDb;Yelp;AG News;20 Newsgroups;DBpedia;FB15k;FB15k-237;WN18;WN18RR;Freebase;WordNet;ConceptNet;YAGO;NELL
    ATIS;SNIPS;MultiWOZ;DSTC2;PersonaChat;LibriSpeech;TIMIT;VCTK;LJSpeech;Switchboard;CommonVoice;Common Voice
    AudioSet;ESC-50;VoxCeleb;MUSAN;PubMed;MIMIC-III;MIMIC-CXR;CheXpert;ChestX-ray14;BraTS;LUNA16;ISIC;PubMedQA;BioASQ
    Cora;Citeseer;ogbn-arxiv;ogbn-products;OGB;ZINC;QM9;MoleculeNet;MuJoCo;Atari;D4RL;Long Range Arena;CodeSearchNet
    Spider;WikiSQL;WikiTableQuestions;TabFact;SciERC;SciREX;ACE 2005;TACRED;NYT;DocRED;SemEval;DUC 2004;CASIA;IAM;MOT17
    MOT20;LaSOT;GOT-10k;TrackingNet;DAVIS;YouTube-VOS;Middlebury;Sintel;MPII;Human3.6M;3DPW;COCO-Stuff;PASCAL Context
    BDD100K;CrowdHuman;WIDER FACE;LFW;COCO Captions;COCO Captioning;nocaps;NoCaps;Winoground;AI2D;ChartQA;DocVQA
    """
KNOWN_DATASET = re.compile(
    r"(?<![\w^])(?:"
    + "|".join(
        re.escape(name.strip()).replace(r"\ ", r"[ -]").replace(r"\-", "[- ]?")
        for name in sorted(
            {n for n in re.split(r"[;\n]", KNOWN_DATASETS) if n.strip()}, key=lambda n: (-len(n.strip()), n)
        )
    )
    + r")(?![\w^]|-?\w*(?:trained|tuned|based|style|like|scale)\b|\.\d)"
)

# Established methods and tasks: "we propose ... X" rarely introduces them.
WELL_KNOWN = words(
    """
    bert gpt gpt-2 gpt-3 gpt-4 clip align resnet resnet-50 vit transformer transformers cnn rnn lstm gru mlm itm detr
    vlm vlms llm llms mllm mllms roberta t5 xlnet electra swin-b swin-l swin-t faster-rcnn mae moco simclr byol blip
    sam llava chatgpt svm crf gan gans vae nlp cv ssl ml ai ocr vqa ner mt asr tts qa cot sota mlp gnn gcn adam sgd
    """
)
WELL_KNOWN_PHRASE = re.compile(
    r"^(?:(?:masked|causal|autoregressive) (?:language|image)(?:/\w+)? model(?:l?ing)?|contrastive learning|"
    r"(?:self-|semi-|un)?supervised (?:learning|pre-?training)|knowledge distillation|image-text matching|"
    r"transfer learning|multi-?task learning|large language models?|vision-?language models?|"
    r"(?:data )?augmentation|fine-?tuning|pre-?training|convolutional neural networks?|object detectors?|"
    r"(?:latent variable|generative|discriminative|language) models?|"
    r"optimal transport|reinforcement learning|zero-shot learning|few-shot learning|active learning|"
    r"prompt learning|gradient descent|cross-validation|text-to-speech)$",
    re.IGNORECASE,
)

# Acronyms that name tasks, whatever the tagger takes them for.
KNOWN_TASKS = words(
    "OCR HTR NER ASR VQA NLI NLU NLG QA MT NMT REC OVD TTS WSD SRL ABSA GEC KGQA STR HOI ReID Re-ID VQG AMR-parsing SLU"
)
# Acronyms of whole fields, which name no concept of a paper.
FIELDS = words("RS VL V+L OOD ID AI ML NLP CV DL IR MDD CAPL IoT HCI CL 2D 3D VLP SSL")

# Well-known architectures with their sizes; the tagger takes some for data sets ("with Swin-S").
KNOWN_METHOD = re.compile(
    r"^(?:[A-Z][a-z]+-)?(?:Swin|ViT|DeiT|BEiT|ResNe[XS]?t|VGG|DenseNet|EfficientNet|MobileNet|ConvNeXt|Inception|BERT"
    r"|RoBERTa|ALBERT|DeBERTa|ELECTRA|GPT|T5|BART|LSTM|GRU|YOLO|DETR|(?:Fast(?:er)?|Mask|Cascade) R-CNN|RetinaNet|FCOS"
    r"|UNet|U-Net|CLIP|Transformer)(?:V\d|v\d)?(?:-?[A-Z\d][\w/-]*|-base|-large|-small)?$"
)

# What only qualifies a name.
ADJECTIVES = words(
    """
    zero-shot few-shot one-shot end-to-end anchor-free anchor-based fine-grained coarse-grained pre-trained
    vision-language image-text image-language masked hard soft multi-modal multimodal cross-modal large-scale
    open-vocabulary open-set open-world low-resource high-resource in-domain out-of-domain data-driven
    data-efficient one-stage two-stage offline online dense sparse global local deep shallow token-level pixel-level
    instance-level object-level sentence-level
    """
)

_METRIC_CORE = r"""
    (?:(?:box|mask|bbox|novel|base|overall|average|mean|test|zero-shot|relative|absolute|harmonic|rare|
        image-level|small|final|top)[ -]?){0,2}
    (?:
      m?AP(?:_?|\s(?!\d+\s[A-Z]{3}))\{?(?:50:95|50|75|25|r|c|f|s|m|l|novel|base|all|rare|box|mask|bb|b|bbox)\}?(?!\w)
    | m?APs?(?!\w)
    | m?IoU(?!\w) | FWIoU
    | [Tt]op[ -]?[15](?:[ -](?:
        (?:classification\s|localization\s)?accurac(?:y|ies)|acc\.?|errors?(?:[ -]rates?)?))?(?!\w)
    | (?:classification|recognition|detection|grounding|average|test|validation|mean|overall|linear|prediction|
        retrieval|segmentation|answer|exact|execution|parsing|tagging|translation|pixel|transfer|zero-shot|
        per-class|balanced)\s(?:accuracy|accuracies|error(?:\srate)?)
    | accuracy | accuracies
    | (?:(?:macro|micro|weighted|average|mean|token|span|entity)[ -]?)?F-?[_]?1(?:[- ]?(?:scores?|measure))?(?!\w)
    | F-?(?:scores?|measure)(?!\w) | (?:Sacre)?BLEU(?:-?[1-4]|\s[1-4](?=\sscore|\)|,))?(?!\w)
    | (?:spBLEU|chrF\+*|COMET|BLEURT|METEOR|CIDEr(?:-D)?|SPICE|BERTScore)
    | ROUGE(?:-?(?:[12L]|Lsum|SU4))?(?!\w) | (?:average\s)?[Rr]ecall@\d+ | R@\d+ | [Pp]recision@\d+ | P@\d+ | Hits?@\d+
    | NDCG(?:@\d+)? | nDCG(?:@\d+)? | MRR(?:@\d+)? | pass@\d+
    | precision | recall | [Hh]armonic\smean | PQ(?!\w) | AUROC | AUC(?:-ROC)?(?!\w) | ROC-AUC
    | FPR(?:95|@95)? | EER | WER | CER | PER
    | FID | KID | (?:LPIPS|PSNR|SSIM|RMSE|MSE|MAPE)(?!\w) | perplexity | Dice(?:\s(?:score|coefficient))?
    | HOTA | MOTA | IDF1
    | Spearman(?:'s)?(?:\s(?:rho|correlation))? | Pearson(?:'s)?(?:\s(?:r|correlation))?
    | (?:positive|negative)\spredictive\svalues? | [Aa]verage\s[Rr]ecall(?!@)
    | (?:ODS|OIS)\sF-?(?:measure|scores?) | (?:[Tt]rue|[Ff]alse)\s[Aa]ccept(?:ance)?\s[Rr]ates?
    | MCC(?!\w) | UAS | LAS | EM(?:\sscore)?(?!\w)
    | exact\smatch | error\srates? | (?:false|true)\s(?:positive|negative|acceptance|rejection)\srates?
    | detection\srate | success\srate | win[ -]rate | FPS(?!\w) | NMI | ARI | SDR | SI-SDR | MOS | J&F
    | inference\s(?:speed|time) | latency | throughput
    | [Ff]r[eé]chet\s[Ii]nception\s[Dd]istance | [Ii]nception\s[Ss]cores? | [Hh]ausdorff\s[Dd]istance
    | (?:PA-)?MPJPE(?!\w) | (?:MAE|NLL|EPE|SARI|QWK|mAcc|PCKh?(?:@[\d.]+)?|IOU|bpd|BPD|bpc|BPC)(?!\w)
    | bits?(?:\s?/\s?|\sper\s)(?:dim(?:ension)?|char(?:acter)?|byte)s?(?!\w) | F[_ ]?0\.5(?!\d)
    | [Aa]verage\s[Pp]recision | DICE(?:\sscore)?(?!\w) | [Rr]ank-?\s?1(?:\s(?:accuracy|recognition\srate))?(?!\w)
    | [Jj]accard\s(?:index|score) | (?:Cohen's\s)?[Kk]appa(?:\sscore)?(?!\w) | log-likelihood
    | (?:[Ww]ord|[Cc]haracter|[Ee]qual|[Pp]hone(?:me)?|[Mm]ean\s[Aa]bsolute)\s[Ee]rror(?:\s[Rr]ate)?
    | (?:root\s)?mean[ -]squared?[ -]error | sensitivity | specificity | mean\sreciprocal\srank | Accuracy
    )
    """
METRIC = re.compile(r"(?<![\w@-])(?:" + _METRIC_CORE + r")", re.VERBOSE)
