"""Tables and rules for one English word: plural to singular, British to American, compounds written two ways."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.resolve.words import word_set

_IRREGULAR = {
    "analyses": "analysis",
    "axes": "axis",
    "bases": "base",
    "caches": "cache",
    "children": "child",
    "corpora": "corpus",
    "corpuses": "corpus",
    "criteria": "criterion",
    "hypotheses": "hypothesis",
    "indices": "index",
    "indexes": "index",
    "matrices": "matrix",
    "mice": "mouse",
    "movies": "movie",
    "niches": "niche",
    "phenomena": "phenomenon",
    "queries": "query",
    "selfies": "selfie",
    "syntheses": "synthesis",
    "vertices": "vertex",
}
# words in -s that are no plurals; those in -ss, -us, -is and -ics need no entry
_SINGULAR = word_set(
    "alias always atlas bias canvas chaos cosmos diabetes gas kubernetes lens news pancreas perhaps series species "
    "texas times vits whereas windows"
)

_AMERICAN = {
    "analyse": "analyze",
    "analysed": "analyzed",
    "analyser": "analyzer",
    "analysing": "analyzing",
    "artefact": "artifact",
    "behaviour": "behavior",
    "behavioural": "behavioral",
    "catalogue": "catalog",
    "centre": "center",
    "centred": "centered",
    "colour": "color",
    "coloured": "colored",
    "colouring": "coloring",
    "defence": "defense",
    "dialogue": "dialog",
    "fibre": "fiber",
    "grey": "gray",
    "greyscale": "grayscale",
    "haemorrhage": "hemorrhage",
    "labelled": "labeled",
    "labeller": "labeler",
    "labelling": "labeling",
    "unlabelled": "unlabeled",
    "licence": "license",
    "metre": "meter",
    "modelled": "modeled",
    "modelling": "modeling",
    "neighbour": "neighbor",
    "neighbourhood": "neighborhood",
    "neighbouring": "neighboring",
    "oesophageal": "esophageal",
    "paediatric": "pediatric",
    "programme": "program",
    "signalling": "signaling",
    "travelling": "traveling",
    "tumour": "tumor",
}
_ISE = re.compile(r"(.{3,})is(e|ed|er|ing|ation|ational|able)")
# -ise is no British spelling here
_ISE_KEPT = word_set(
    "advise advised advising supervise supervised supervising unsupervised raise raised raising noise denoise denoised "
    "denoiser denoising noised noising precise concise promise promised promising compromise compromised comprise "
    "comprised comprising exercise exercised exercising expertise enterprise otherwise pairwise elementwise stepwise "
    "pointwise blockwise layerwise tokenwise channelwise piecewise groupwise listwise bitwise franchise improvise "
    "improvised improvising premise premised rise arise arising revise revised revising devise devised devising "
    "disguise disguised likewise surprise surprised surprising televised merchandise paradise "
    "treatise appraised praise praised turquoise tortoise poise poised cruise cruiser wise imprecise liaise chemise "
    "raiser miser riser adviser rising"
)

# closed and open spellings of one compound; what stands on the right is its normal form
_JOINED = {
    ("auto", "encoder"): "autoencoder",
    ("auto", "regressive"): "autoregressive",
    ("back", "bone"): "backbone",
    ("back", "propagation"): "backpropagation",
    ("bench", "mark"): "benchmark",
    ("bi", "directional"): "bidirectional",
    ("chat", "bot"): "chatbot",
    ("co", "reference"): "coreference",
    ("data", "base"): "database",
    ("data", "set"): "dataset",
    ("deep", "fake"): "deepfake",
    ("drop", "out"): "dropout",
    ("hyper", "parameter"): "hyperparameter",
    ("key", "point"): "keypoint",
    ("key", "phrase"): "keyphrase",
    ("meta", "data"): "metadata",
    ("multi", "lingual"): "multilingual",
    ("multi", "modal"): "multimodal",
    ("over", "fitting"): "overfitting",
    ("pre", "train"): "pretrain",
    ("pre", "trained"): "pretrained",
    ("pre", "training"): "pretraining",
    ("re", "id"): "reidentification",
    ("re", "identification"): "reidentification",
    ("spatio", "temporal"): "spatiotemporal",
    ("sub", "word"): "subword",
    ("trans", "former"): "transformer",
    ("web", "page"): "webpage",
}
_SPLIT = {
    "crosslingual": "cross lingual",
    "crossmodal": "cross modal",
    "endtoend": "end to end",
    "fewshot": "few shot",
    "finetune": "fine tune",
    "finetuned": "fine tuned",
    "finetuning": "fine tuning",
    "multiagent": "multi agent",
    "multiclass": "multi class",
    "multihop": "multi hop",
    "multilabel": "multi label",
    "multiscale": "multi scale",
    "multitask": "multi task",
    "multiview": "multi view",
    "realtime": "real time",
    "reid": "reidentification",
    "selfattention": "self attention",
    "selfsupervised": "self supervised",
    "semisupervised": "semi supervised",
    "superresolution": "super resolution",
    "timeseries": "time series",
    "zeroshot": "zero shot",
}
# ISO 639-1 codes as data sets for translation are called by: "en-de", "En→Fr"
_LANGUAGES = {
    "ar": "arabic", "bg": "bulgarian", "cs": "czech", "de": "german", "en": "english", "es": "spanish",
    "et": "estonian", "fi": "finnish", "fr": "french", "gu": "gujarati", "hi": "hindi", "hu": "hungarian",
    "it": "italian", "ja": "japanese", "kk": "kazakh", "ko": "korean", "lt": "lithuanian", "lv": "latvian",
    "ne": "nepali", "nl": "dutch", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "si": "sinhala", "sv": "swedish", "ta": "tamil", "tr": "turkish", "uk": "ukrainian", "ur": "urdu",
    "vi": "vietnamese", "zh": "chinese",
}  # fmt: skip
# languages whose codes are words ("is", "no", "he"), or that have none
_LANGUAGE_NAMES = frozenset(_LANGUAGES.values()) | word_set(
    "albanian amharic armenian basque belarusian bengali burmese cantonese catalan croatian danish esperanto galician "
    "georgian greek hausa hebrew icelandic igbo indonesian irish kannada khmer lao latin macedonian malay malayalam "
    "maltese mandarin marathi mongolian norwegian pashto persian punjabi sanskrit serbian slovak slovene slovenian "
    "somali swahili tagalog telugu thai tibetan uyghur welsh xhosa yoruba zulu"
)


@lru_cache(maxsize=65536)
def singular(word: str) -> str:
    """A lower-case English noun in the singular; what is no plural stays as it is.

    >>> [singular(word) for word in ("detectors", "losses", "queries", "boxes", "corpora", "gpus")]
    ['detector', 'loss', 'query', 'box', 'corpus', 'gpu']
    >>> [singular(word) for word in ("loss", "analysis", "bias", "statistics", "corpus", "gas", "lstms")]
    ['loss', 'analysis', 'bias', 'statistics', 'corpus', 'gas', 'lstm']
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.endswith("s") or word in _SINGULAR or not word.isalpha():
        return word
    if word in ("gpus", "cpus", "tpus", "npus"):
        return word[:-1]
    if word.endswith(("ss", "us", "is", "ics")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=65536)
def american(word: str) -> str:
    """A lower-case English word in American spelling.

    >>> [american(word) for word in ("summarisation", "tokeniser", "modelling", "tumour", "dialogue")]
    ['summarization', 'tokenizer', 'modeling', 'tumor', 'dialog']
    >>> [american(word) for word in ("unsupervised", "denoising", "precise", "pairwise", "promise")]
    ['unsupervised', 'denoising', 'precise', 'pairwise', 'promise']
    """
    if word in _AMERICAN:
        return _AMERICAN[word]
    if word in _ISE_KEPT or word.endswith("wise"):
        return word
    found = _ISE.fullmatch(word)
    return f"{found[1]}iz{found[2]}" if found else word


def compounds(words: list[str]) -> list[str]:
    """The words, with compounds that are written in two ways written in one.

    >>> compounds("pre training of a multitask auto encoder".split())
    ['pretraining', 'of', 'a', 'multi', 'task', 'autoencoder']
    >>> compounds("wmt14 en de".split()), compounds("english to german translation".split())
    (['wmt14', 'english', 'german'], ['english', 'german', 'translation'])
    """
    made: list[str] = []
    for word in words:
        joined = _JOINED.get((made[-1], word)) if made else None
        if joined:
            made[-1] = joined
        elif word in _SPLIT:
            made.extend(_SPLIT[word].split())
        else:
            made.append(word)
    return _language_pairs(made)


def is_language(word: str) -> bool:
    """Whether a lower-case word is the English name of a language.

    >>> is_language("german"), is_language("de"), is_language("germany")
    (True, False, False)
    """
    return word in _LANGUAGE_NAMES


def _language_pairs(words: list[str]) -> list[str]:
    """Pairs of languages by their names, without "to"; two codes are a pair where one of them is "en"."""
    made: list[str] = []
    for word in words:
        if made[-1:] == ["to"] and len(made) > 1:
            pair = _pair(made[-2], word)
            if pair is not None:
                made[-2:] = pair
                continue
        pair = _pair(made[-1], word) if made else None
        if pair is None:
            made.append(word)
        else:
            made[-1:] = pair
    return made


def _pair(one: str, other: str) -> list[str] | None:
    if one in _LANGUAGE_NAMES and other in _LANGUAGE_NAMES:
        return [one, other]
    if one in _LANGUAGES and other in _LANGUAGES and one != other and "en" in (one, other):
        return [_LANGUAGES[one], _LANGUAGES[other]]
    return None
