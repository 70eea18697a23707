"""Normal form -> the names that its head words are: "3d object detection" is object detection, "resnet50" a resnet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.records import ConceptType
from kg.resolve.normal_forms import is_generic
from kg.resolve.words import word_set

_PREPOSITIONS = word_set(
    "across against among as at between by during for from in into of on over per to towards under"
)
_PREPOSITIONS |= word_set("using via with without")
# what stands before "to" in "text to image generation", which is image generation
_SOURCES = word_set("audio data end graph image layout point sequence sketch speech table text video")
# "semi supervised learning" is no supervised learning, "average precision" no precision
_NOT_NARROWING = word_set(
    "alpha and anti average free inverse log mean negative no non or pseudo quasi self semi weakly un without zero"
)
_SIZES = word_set("base big giant huge large lite medium micro mini nano pico small tiny xl xlarge xs xxl b l m n s x")
_SIZE_WORD = re.compile(r"\d+(?:\.\d+)*[bkm]?")
_NUMBERED = re.compile(r"([a-z][a-z+]{2,})(?:v?\d+(?:\.\d+)*[a-z]{0,2})")
_TYPES_BY_NUMBER: frozenset[ConceptType] = frozenset({"Method", "Dataset"})


def heads(form: str, type: ConceptType) -> Iterator[str]:
    """Normal forms that may be above this one, the nearest first; whether such names exist is for others to say.

    >>> list(heads("weakly supervised 3d object detection", "Task"))[:2]
    ['3d object detection', 'object detection']
    >>> list(heads("resnet50", "Method")), list(heads("bert large", "Method")), list(heads("coco 2017", "Dataset"))
    (['resnet'], ['bert'], ['coco'])
    >>> list(heads("self supervised learning", "Method")), list(heads("fashion mnist", "Dataset"))
    ([], [])
    >>> list(heads("question answering over knowledge graph", "Task"))
    ['question answering']
    """
    words = form.split()
    if type in _TYPES_BY_NUMBER:
        yield from _without_number(words)
    if type == "Dataset":  # "fashion mnist" is no mnist
        return
    first = next((place for place, word in enumerate(words) if _is_preposition(words, place)), None)
    if first is None:
        for start in range(1, len(words)):
            if words[start - 1] in _NOT_NARROWING:
                continue
            head = " ".join(words[start:])
            if not is_generic(head) and words[start] not in _PREPOSITIONS:
                yield head
    elif first > 0:
        head = " ".join(words[:first])
        if not is_generic(head):
            yield head


def tasks_of(form: str) -> Iterator[str]:
    """Normal forms of tasks that the name of a dataset ends in, the longest first: "swan object detection".

    >>> list(tasks_of("swan object detection"))
    ['swan object detection', 'object detection', 'detection']
    """
    words = form.split()
    for start in range(len(words)):
        head = " ".join(words[start:])
        if not is_generic(head):
            yield head


def _is_preposition(words: list[str], place: int) -> bool:
    if words[place] not in _PREPOSITIONS:
        return False
    return not (words[place] == "to" and place == 1 and words[0] in _SOURCES and len(words) > 3)


def _without_number(words: list[str]) -> Iterator[str]:
    last = words[-1]
    if len(words) > 1 and (last in _SIZES or _SIZE_WORD.fullmatch(last)):
        yield " ".join(words[:-1])
        return
    found = _NUMBERED.fullmatch(last)
    if found is not None:
        yield " ".join((*words[:-1], found[1]))
