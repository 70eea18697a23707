"""Mention -> Candidate: what the tagger found, parted at prepositions, trimmed, without what names nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kg.extract.document import Candidate, Line
from kg.extract.lexicon import (
    ADJECTIVES,
    FIELDS,
    GENERIC,
    LEADING,
    words,
)
from kg.extract.phrases import (
    Word,
    head_type,
    is_generic,
    is_leading,
    is_shaped,
    is_stop,
    may_start,
    name_words,
    singular,
)
from kg.records import ConceptType, Mention

_NEAR_NUMBER = re.compile(r"\d(?:\\?%|\s?\}?\s?%)?[\s(]*(?:\w+\s){0,2}$|^\W*(?:\w+\s){0,3}[+-]?\d")


_TRIM_BEFORE = LEADING | words("pre-trained pretrained proposed our their its novel new")


_TRIM_AFTER: dict[ConceptType, frozenset[str]] = {
    "Dataset": words("dataset datasets benchmark benchmarks data corpus corpora val validation test test-dev set"),
    "Task": words("task tasks problem problems benchmark benchmarks dataset datasets"),
    "Method": words("model models method methods framework frameworks algorithm approach approaches backbone network"),
    "Metric": words("metric metrics value values"),
}


_PARTING = words(
    """
    on in for with without via by from using to through towards toward across over as at between under
    """
)


_CITATION_KEY = re.compile(r"^[a-z]+(?:19|20)\d\d[a-z]*$")


FORMULA = re.compile(r"\\?mathcal|\\frac|\\sum|[=<>`\"]|_\{|^\W*\w?\W*$|^\d+(?:\s?[x×]\s?\d+)+$")  # 3x3


SIZE = re.compile(r"\d+(?:\.\d+)?[KMBTkmbt]?")


_DATA_WORD = re.compile(r"\)?\s(?:data\s?sets?|databases?|corpus|corpora|treebanks?)\b", re.IGNORECASE)

_ADDRESS = re.compile(r"://|\bwww\.|\w\.(?:com|org|net|io|edu|ai|gov)/")

# Praise, units, differences and parts of a set-up that the tagger takes for metrics.
_NO_METRIC = re.compile(
    r"(?:more\s|most\s)?(?:accurate|efficient|effective|robust|fast(?:er)?|slow(?:er)?|better|best|higher|lower|small(?:er)?)"
    r"|dB|ms|mm|%|x|(?:[\w-]+\s){0,3}(?:reductions?|improvements?|gains?|increase|boost|drop|margins?|speed-?up)"
    r"|(?:Protocol|Table|Section|Task|Track|Stage|Phase|Fold|Set|Level|Setting)[\s-]?(?:\d+|[IVX]+|[A-Z])"
    r"|tolerances?|thresholds?|performances?|results?|state[- ]of[- ]the[- ]art"
)
BESIDE_NUMBER = 0.9  # the score of a metric that stands beside a number
# Data sets that are more often named as sources of something.
_ALSO_SOURCES = words("Wikipedia WordNet Freebase DBpedia YAGO ConceptNet PubMed NELL Spider")
_NAME_AHEAD = re.compile(r"(?:[A-Z][\w-]*|\d)\s$|\w\s?-\s?$")
_NAME_GOES_ON = re.compile(r"\s?(?:[-–'’/+]\s?\w|v?\s?\d|[A-Z])|\s(?:segmentation|detection|captioning|shared|task)\b")

FIRST_RANK, RANK, METRIC_RANK = -1, 3, 5  # of the tagger's mentions among the candidates


PRAISE = ("sota", "state of the art")

CLASS_WORDS = words("method approach framework model system technique algorithm pipeline architecture")


_BASE_VERBS = words(
    """
    predict generate detect classify recognize segment learn train improve understand align reconstruct
    """
)


def tagged_names(lines: Sequence[Line], tagged: Sequence[Sequence[Mention]], *, first: bool) -> Iterator[Candidate]:
    """The tagger's mentions, one tuple a line, as they are; formulas go.

    Names of metrics yield to the rules' ones, which know where a metric's name ends beside its number. ``first``: no
    rule may part, extend or take the place of a mention, not even one that finds a name defined.
    """
    for index, mentions in enumerate(tagged):
        for one in mentions:
            if FORMULA.search(one.text):
                continue
            if first:
                yield Candidate(index, one.start, one.end, one.text, one.type, one.score, FIRST_RANK)
                continue
            type = "Dataset" if _calls_itself_data(lines[index], one) else one.type
            for start, end in _members(one) if type == "Metric" else ((0, len(one.text)),):
                rank = METRIC_RANK if type == "Metric" else RANK
                end = _without_open_bracket(one.text, start, end)
                text = one.text[start:end]
                yield Candidate(index, one.start + start, one.start + end, text, type, one.score, rank)


def in_running_text(lines: Sequence[Line], candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """What rules add to the tagger's mentions in text of unknown kind: shaped names, each whole; metrics by a number.

    Full papers speak of much by the way, so a description of something new or the name of a metric is not enough there.
    """
    for one in candidates:
        line = lines[one.line]
        start, end = one.start - line.sentence.start, one.end - line.sentence.start
        if one.type == "Metric":
            if one.score >= BESIDE_NUMBER:
                yield one
        elif is_shaped(one.text.split()[0]) and not (
            one.text in _ALSO_SOURCES
            or _NAME_AHEAD.search(line.sentence.text[max(0, start - 30) : start])
            or _NAME_GOES_ON.match(line.sentence.text, end)
        ):
            yield one


def _without_open_bracket(text: str, start: int, end: int) -> int:
    """Where a name ends before a bracket that it opens and does not close: "FernDB [2", "FernDB (LakeDB".

    >>> [_without_open_bracket(name, 0, len(name)) for name in ("FernDB [2", "FernDB (F)", "E(2)-Net")]
    [6, 10, 8]
    """
    found = re.search(r"\s?[(\[][^)\]]*$", text[start:end])
    return start + found.start() if found and found.start() > 0 else end


def _calls_itself_data(line: Line, mention: Mention) -> bool:
    """Whether a name is followed by the word for a data set: "the FERN database", "Fern Growth (FERN) corpus"."""
    after = line.sentence.text[mention.end - line.sentence.start :][:20]
    return mention.type == "Method" and _DATA_WORD.match(after) is not None and is_shaped(mention.text.split()[-1])


def _members(mention: Mention) -> Iterator[tuple[int, int]]:
    """The parts between slashes: "AP/AR" names two metrics."""
    start = 0
    for found in re.finditer(r"\s?/\s?|$", mention.text):
        if found.start() > start:
            yield start, found.start()
        start = found.end()


def names_something(name: Sequence[Word], type: ConceptType, is_title: bool) -> bool:
    """Whether the words of a mention, trimmed, can name something of its type."""
    if not name or (is_generic(name) and not _short_name(name)):
        return False
    if sum(c.isalnum() for word in name for c in word.text) < 2 or name[-1].lower.endswith("supervised"):
        return False
    if name[-1].lower in ("way", "ways", "manner", "fashion") or SIZE.fullmatch(name[-1].text):
        return False
    if len(name) == 1 and (name[0].lower in ADJECTIVES or name[0].text in FIELDS):
        return False
    if type == "Task" and name[0].text[0].isdigit() and name[0].lower[1:2] != "d":
        return False  # "26mm vs 52mm", but "3D reconstruction"
    if type == "Dataset":
        if len(name) > 1 and name[-1].text.islower() and name[-1].text.isalpha():
            return False  # "RS image-text paired (dataset)"
        return any(c.isupper() or c.isdigit() for word in name for c in word.text)
    if type == "Method" and len(name) > 1 and singular(name[-1].text) in CLASS_WORDS:
        return head_type(name[:-1]) != "Task"  # "object detection frameworks"
    if type == "Task" and name[0].lower != "named" and (is_stop(name[0]) or name[0].lower in _BASE_VERBS):
        return False  # but "named entity recognition"
    if type == "Task" and name[0].lower.endswith("ing") and not may_start(name[0].lower):
        return head_type(name) == "Task" and not is_title and len(name) > 2
    return True


def _short_name(name: Sequence[Word]) -> bool:
    return len(name) == 1 and is_shaped(name[0].text)


def trim(name: Sequence[Word], type: ConceptType) -> Sequence[Word]:
    """A mention's words without praise before and class words after a name.

    >>> " ".join(w.text for w in trim(name_words("the popular COCO benchmark"), "Dataset"))
    'COCO'
    >>> " ".join(w.text for w in trim(name_words("BERT models"), "Method"))
    'BERT'
    >>> " ".join(w.text for w in trim(name_words("language models"), "Method"))
    'language models'
    """
    first, last = 0, len(name)
    while first < last - 1 and name[first].lower in _TRIM_BEFORE:
        if name[first].lower in LEADING and not is_leading(name, first):
            break
        first += 1
    tails = _TRIM_AFTER[type]
    while last - first > 1 and name[last - 1].lower in tails:
        if type == "Method" and not is_shaped(name[last - 2].text):
            break
        last -= 1
    return name[first:last]


def is_concept_name(text: str, type: ConceptType) -> bool:
    """Whether a mention's text can name a concept at all.

    >>> [is_concept_name(text, "Method") for text in ("framework", "siamese head", "%", "SOTA", "ab.org/x-parsing")]
    [False, True, False, False, False]
    >>> [is_concept_name(text, "Metric") for text in ("accurate", "dB", "error reduction", "Protocol-1", "recall")]
    [False, False, False, False, True]
    """
    inside = name_words(text)
    if _ADDRESS.search(text):
        return False
    if type == "Metric" and _NO_METRIC.fullmatch(text.strip()):
        return False
    if not inside or not any(c.isalpha() for c in text) or text.lower().replace("-", " ") in PRAISE:
        return False
    if _short_name(inside):
        return True
    if type == "Metric":
        return True
    if head_type(inside) is None and all(word.lower in GENERIC for word in inside):
        return False
    return not is_generic(inside)
