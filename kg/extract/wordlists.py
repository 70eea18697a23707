"""Generic words of our own that hint at a type: heads of noun phrases, function words, verbs of papers.

The tagger knows no name by heart beyond what its weights learned; these lists hold common nouns only.
"""

from __future__ import annotations

_TASK_HEADS = (
    "detection recognition classification segmentation translation generation estimation prediction answering parsing "
    "retrieval tracking captioning summarization summarisation matching extraction reconstruction localization "
    "localisation completion grounding understanding inference reasoning synthesis restoration denoising deblurring "
    "inpainting identification verification disambiguation resolution labeling labelling tagging linking ranking "
    "recommendation forecasting simplification entailment alignment registration planning navigation manipulation "
    "control clustering editing colorization counting diagnosis similarity paraphrasing comprehension induction "
    "discovery search mining adaptation analysis modeling modelling task tasks problem challenge"
)
_METHOD_HEADS = (
    "network networks net nets model models method methods approach approaches algorithm algorithms framework "
    "frameworks architecture architectures module modules layer layers loss losses encoder encoders decoder decoders "
    "transformer transformers attention learning training pretraining pre-training optimizer regularization "
    "normalization convolution convolutions pooling embedding embeddings backbone backbones detector detectors "
    "classifier classifiers segmenter generator discriminator autoencoder autoencoders machine machines forest forests "
    "regression mechanism mechanisms strategy strategies scheme schemes technique techniques procedure policy kernel "
    "kernels head heads block blocks branch augmentation distillation sampling pruning quantization fusion baseline "
    "baselines system systems pipeline parser tagger tool toolkit library agent agents prompt prompting tuning "
    "finetuning fine-tuning dropout filter filters descent propagation backpropagation objective function functions "
    "paradigm unit units adapter adapters tokenizer estimator estimators predictor extractor retriever reranker"
)
_DATASET_HEADS = (
    "dataset datasets corpus corpora benchmark benchmarks collection collections treebank treebanks database databases "
    "data set sets suite challenge images videos"
)
_METRIC_HEADS = (
    "accuracy accuracies precision recall score scores rate rates error errors f1 f-score f-measure bleu rouge meteor "
    "map miou iou ap auc auroc perplexity correlation metric metrics measure measures loss cost latency throughput "
    "speed fps flops gflops params psnr ssim fid wer cer ter mse rmse mae coefficient percentage ratio similarity "
    "distance entropy likelihood performance points agreement kappa ndcg mrr hit hits quality ap50 ap75 spice cider"
)
_GENERIC = (
    "method methods approach approaches model models system systems framework task tasks problem problems dataset "
    "datasets data performance result results work paper study experiment experiments technique techniques"
)
_FUNCTION_WORDS = (
    "a an the this that these those our their its his her my your we they it he she you i us them and or but nor so "
    "yet for of in on at by to from with without within into onto over under between among across through during "
    "before after above below against about via per than as like such both either neither each every all any some "
    "many much more most several few other others another same different various is are was were be been being has "
    "have had do does did can could may might must shall should will would not no only also very too then thus hence "
    "however therefore moreover furthermore while whereas although though because since if unless whether when where "
    "which who whom whose what how why there here e.g. i.e. etc et al using based used given called named dubbed "
    "termed towards toward beyond"
)
_VERBS = (
    "propose proposes proposed present presents presented introduce introduces introduced develop develops developed "
    "design designs designed use uses apply applies applied employ employs employed evaluate evaluates evaluated test "
    "tests tested train trains trained compare compares compared outperform outperforms outperforming outperformed "
    "achieve achieves achieved achieving improve improves improved improving surpass surpasses surpassing show shows "
    "demonstrate demonstrates address addresses tackle tackles solve solves study studies investigate explore "
    "learn learns extend extends adopt adopts leverage leverages utilize utilizes release releases collect collects "
    "annotate annotated report reports reported obtain obtains obtained reach reaches reached combine combines "
    "combining integrate integrates incorporate incorporates fine-tune fine-tuned validate validated conduct"
)

HEADS: tuple[tuple[str, frozenset[str]], ...] = (
    ("T", frozenset(_TASK_HEADS.split())),
    ("M", frozenset(_METHOD_HEADS.split())),
    ("D", frozenset(_DATASET_HEADS.split())),
    ("X", frozenset(_METRIC_HEADS.split())),
    ("G", frozenset(_GENERIC.split())),
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
VERBS = frozenset(_VERBS.split())


def word_class(lower: str) -> str:
    """The lists that a word in lower case stands in, as letters; "" where in none.

    >>> word_class("detection"), word_class("loss"), word_class("of"), word_class("zebra")
    ('T', 'MX', 'F', '')
    """
    letters = "".join(letter for letter, words in HEADS if lower in words)
    if lower in FUNCTION_WORDS:
        letters += "F"
    if lower in VERBS:
        letters += "V"
    return letters
