"""Title -> Candidate: the name that a title puts first, "NAME: what it is", or the phrase that it starts with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.extract.document import Candidate, Line, make_candidate
from kg.extract.phrases import Word, head_type, is_generic, is_shaped, is_stop, phrase_at
from kg.extract.presented import PRECISION, has_dataset_word
from kg.extract.spelling import spelled_span
from kg.records import ConceptType

MOST_LINES = 5  # of a title; each looks through the whole text for its name


def title_names(lines: Sequence[Line], index: int) -> Iterator[Candidate]:
    """ "NAME: what it is", "NAME -- what it is", "NAME and NAME: ..."."""
    if index >= MOST_LINES:
        return
    words = lines[index].words
    colon = next((at for at, word in enumerate(words[:14]) if any(c in ":—" for c in word.closes)), None)
    if colon is None:
        yield from _title_phrase(lines, index)
        return
    stop = next(
        (at for at, word in enumerate(words[: colon + 1]) if at and is_stop(word) and word.lower != "and"), None
    )
    if stop is not None and not is_shaped(words[0].text):
        yield from _title_long_form(lines, index, colon)
        return
    at = colon
    named = _groups(words[: stop if stop is not None else colon + 1])
    for first, last in named:
        name = words[first:last]
        alone = len(named) == 1 and len(name) == 1 and name[0].text[0].isupper() and not is_generic(name)
        repeated = len(name) <= 4 and _repeated(lines, " ".join(word.text for word in name))
        shaped = any(is_shaped(word.text) or "$" in word.text for word in name)
        if not (shaped or alone or (repeated and not is_generic(name) and len(name) > 1)):
            continue
        kind = _title_type(words, first, last, at)
        if shaped or alone:
            yield make_candidate(lines, index, first, last, kind, PRECISION["title"], 0, "introduced")
            long = spelled_span(words, words[last - 1].text, colon + 1) if last - first == 1 else None
            if long is not None:
                yield make_candidate(lines, index, *long, kind, PRECISION["short"], 0, "long")


def _title_long_form(lines: Sequence[Line], index: int, colon: int) -> Iterator[Candidate]:
    """ "Battle of the Backbones: ...", where the abstract gives its short form."""
    words = lines[index].words
    name = " ".join(word.lower for word in words[: colon + 1])
    for line in lines:
        for short in line.shorts:
            if not is_generic(words[: colon + 1]) and name == " ".join(
                word.lower for word in line.words[short.long_first : short.long_last]
            ):
                yield make_candidate(lines, index, 0, colon + 1, "Method", PRECISION["title"], 0, "introduced")
                return


def _title_phrase(lines: Sequence[Line], index: int) -> Iterator[Candidate]:
    """ "Echo Prediction as a Useful Signal": the phrase that a title without a name starts with."""
    words = lines[index].words
    if not words or (words[0].lower.endswith("ing") and words[0].lower not in ("learning", "training")):
        return
    phrase = phrase_at(words, 0, frozenset(("of",)))
    if words[0].lower in ("improved", "enhanced", "revisited", "better", "faster", "beyond", "towards"):
        return
    if phrase is None or phrase[1] - phrase[0] < 2 or phrase[0] > 1 or phrase[1] >= len(words):
        return
    name = words[phrase[0] : phrase[1]]
    after = words[phrase[1]].lower
    if after not in ("for", "with", "via", "as", "by", "using", "through") or is_generic(name):
        return
    if head_type(name) == "Method" or after == "as":
        yield make_candidate(lines, index, *phrase, "Method", PRECISION["whole"], 2, "title")


def _groups(words: Sequence[Word]) -> list[tuple[int, int]]:
    groups, first = [], 0
    for at, word in enumerate(words):
        if word.lower in ("and", "&"):
            groups.append((first, at))
            first = at + 1
    groups.append((first, len(words)))
    return [group for group in groups if group[1] > group[0]]


def _repeated(lines: Sequence[Line], name: str) -> bool:
    return any(name in line.sentence.text for line in lines if line.sentence.field != "title")


def _title_type(words: Sequence[Word], first: int, last: int, colon: int) -> ConceptType:
    own = head_type(words[first:last])
    if own == "Dataset" or has_dataset_word(words[first:last]):
        return "Dataset"
    phrase = phrase_at(words, colon + 1) if colon + 1 < len(words) else None
    if phrase and head_type(words[phrase[0] : phrase[1]]) == "Dataset" and first == 0:
        return "Dataset"
    return "Method"
