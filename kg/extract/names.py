"""Mention -> Candidate: what the tagger found, parted at prepositions, trimmed, without what names nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extract.document import Candidate, Line
from kg.extract.lexicon import (
    ADJECTIVES,
    FIELDS,
    GENERIC,
    KNOWN_METHOD,
    KNOWN_TASKS,
    LEADING,
    LEARNING,
    WELL_KNOWN,
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


FORMULA = re.compile(r"\\?mathcal|\\frac|\\sum|[=<>`\"]|_\{|^\W*\w?\W*$")


SIZE = re.compile(r"\d+(?:\.\d+)?[KMBTkmbt]?")


CLASS_WORDS = words("method approach framework model system technique algorithm pipeline architecture")


_BASE_VERBS = words(
    """
    predict generate detect classify recognize segment learn train improve understand align reconstruct
    """
)


def tagged_names(lines: Sequence[Line], tagged: Sequence[Sequence[Mention]]) -> Iterator[Candidate]:
    """The tagger's mentions, one tuple a line: parted at prepositions, praise and class words trimmed off.

    What is left and names nothing goes: "frameworks", a data set without a name, a formula.
    """
    for index, mentions in enumerate(tagged):
        for mention in mentions:
            after = lines[index].sentence.text[mention.end - lines[index].sentence.start :][:2]
            if mention.type == "Dataset" and after[:1] == "-" and after[1:].isalpha():
                continue  # "ImageNet-trained"
            before = mention.start - lines[index].sentence.start
            if FORMULA.search(mention.text) or (before and lines[index].sentence.text[before - 1] in "-_"):
                continue  # a formula, or the end of a word ("large-scale pre-training")
            for part in _parts(name_words(mention.text)):
                type = _own_type(part, mention.type)
                kept = trim(part, type)
                if not names_something(kept, type, lines[index].zone == "title"):
                    continue
                start, end = kept[0].start, kept[-1].end
                yield Candidate(
                    index, mention.start + start, mention.start + end, mention.text[start:end], type, mention.score, 5
                )


def _parts(mention: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """A mention's pieces between prepositions and slashes; formulas and citation keys are no part of a name."""
    start = 0
    for at in range(len(mention) + 1):
        ends = at == len(mention) or mention[at].lower in _PARTING or "$" in mention[at].text
        ends = ends or mention[at].text == "/" or _CITATION_KEY.match(mention[at].text) is not None
        if not ends:
            if "/" in mention[at].closes:
                yield mention[start : at + 1]
                start = at + 1
            continue
        if at > start:
            yield mention[start:at]
        start = at + 1


def _own_type(name: Sequence[Word], type: ConceptType) -> ConceptType:
    """The tagger's type, but where a head word says otherwise: "contrastive learning" is no task."""
    last = name[-1].lower.rsplit("-", 1)[-1]
    if len(name) == 1 and name[0].text in KNOWN_TASKS:
        return "Task"
    if type == "Dataset" and len(name) == 1 and (last in WELL_KNOWN or KNOWN_METHOD.match(name[0].text)):
        return "Method"
    if type == "Task" and last in ("learning", "training", "pretraining", "distillation", "attention"):
        return "Task" if len(name) > 1 and name[-2].lower in LEARNING else "Method"
    if type == "Task" and head_type(name) == "Method":
        return "Method"
    return type


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

    >>> [is_concept_name(text, "Method") for text in ("framework", "siamese head", "%")]
    [False, True, False]
    """
    inside = name_words(text)
    if not inside or not any(c.isalpha() for c in text):
        return False
    if _short_name(inside):
        return True
    if type == "Metric":
        return True
    if head_type(inside) is None and all(word.lower in GENERIC for word in inside):
        return False
    return not is_generic(inside)
