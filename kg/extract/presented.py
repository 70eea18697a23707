"""Phrase -> Candidate: a phrase presented as new, with its name, its short form, its appositions and lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extract.document import Candidate, Line, ShortForm, make_candidate
from kg.extract.lexicon import LEADING, PARTS, WELL_KNOWN, WELL_KNOWN_PHRASE, WHOLES
from kg.extract.phrases import Word, head_type, is_generic, is_shaped, is_stop, phrase_at, singular
from kg.extract.spelling import spelled_span
from kg.records import ConceptType

# How often a pattern was right on the development papers, rounded; no finer than their number allows.
PRECISION = {
    "title": 0.95,
    "named": 0.93,
    "short": 0.9,
    "shaped": 0.92,
    "part": 0.72,
    "whole": 0.62,
    "listed": 0.66,
    "unknown": 0.55,
}


NAMING = {"dubbed", "termed", "coined", "named", "called", "denoted", "coded", "christened", "namely", "titled"}


PLURALS = (
    PARTS | WHOLES | {"component", "concept", "contribution", "term", "variant", "idea", "part", "dataset", "benchmark"}
)


_ENUMERATOR = re.compile(r"^\(?(?:\d|[ivx]{1,3}|[a-e])$")


def item_names(
    lines: Sequence[Line], index: int, at: int, pattern: str, kind: ConceptType | None, single: bool = False
) -> Iterator[Candidate]:
    """The phrases of an enumeration, from the word ``at`` on: "a lateral head and a folded loss"."""
    words = lines[index].words
    for _ in range(8):
        phrase = phrase_at(words, at)
        if phrase is None:
            return
        first, last = phrase
        yield from phrase_names(lines, index, first, last, kind, pattern=pattern)
        if single:
            return
        at = last
        while at < len(words) and words[at].opens.startswith("("):  # over the short form
            at += 1
        closed = words[at - 1].closes
        if "." in closed or ":" in closed or ";" in closed or at >= len(words):
            return
        if words[at].lower == "and":
            at += 1
        elif "," in closed and words[at].lower in ("a", "an", "the", "and"):
            at += 1 if words[at].lower == "and" else 0
            if not any(word.lower == "and" for word in words[at : at + 14]):
                return  # an apposition, not a list
        else:
            return
        if at < len(words) and words[at].lower not in ("a", "an", "the") and not is_shaped(words[at].text):
            return


def apposition_names(lines: Sequence[Line], index: int, first: int, last: int) -> Iterator[Candidate]:
    """ "..., RS5M, which ...", "a method, detection prompt (DetPro), to ...", "tasks: A, B and C", "that includes"."""
    words = lines[index].words
    kind = head_type(words[first:last])
    plural = words[last - 1].lower.endswith("s") and singular(words[last - 1].text) in PLURALS
    for at in range(last, min(len(words), last + 14)):
        before, word = words[at - 1], words[at]
        if word.lower in NAMING or ("." in before.closes and at > last):
            return
        if plural and (":" in before.closes or before.lower in ("including", "namely")):
            yield from listed_names(lines, index, at, kind)
            return
        if word.lower in ("includes", "comprises", "contains") and words[at - 1].lower in ("that", "which"):
            yield from item_names(lines, index, at + 1, "part", None, single=True)
            return
        if "," in before.closes and not is_stop(word) and word.lower not in LEADING:
            phrase = phrase_at(words, at)
            if phrase is None:
                return
            end = phrase[1]
            short = short_end(words, end)
            ends_here = "," in words[end - 1].closes or "." in words[end - 1].closes or ":" in words[end - 1].closes
            shaped = any(is_shaped(one.text) for one in words[phrase[0] : end])
            if short or (shaped and ends_here and end - phrase[0] <= 3):
                yield from phrase_names(lines, index, phrase[0], end, kind, named=True)
                return


def listed_names(lines: Sequence[Line], index: int, at: int, kind: ConceptType | None) -> Iterator[Candidate]:
    """The members of a list after a colon: separated by commas, numbers or brackets."""
    words = lines[index].words
    start = at
    for _ in range(8):
        while start < len(words) and (words[start].lower in ("and", "or") or _ENUMERATOR.match(words[start].text)):
            start += 1
        phrase = phrase_at(words, start) if start < len(words) else None
        if phrase is None:
            return
        yield from phrase_names(lines, index, *phrase, kind, pattern="listed")
        end = phrase[1]
        while end < len(words) and end < phrase[1] + 6:
            if words[end - 1].closes.endswith((",", ";", "),")) and not words[end].opens:
                break
            if words[end].lower == "and":
                break
            end += 1
        else:
            return
        start = end


def phrase_names(
    lines: Sequence[Line],
    index: int,
    first: int,
    last: int,
    kind: ConceptType | None,
    named: bool = False,
    pattern: str = "",
) -> Iterator[Candidate]:
    """A phrase presented as new: its name where it holds one ("a framework W2PGNN"), and its short form."""
    words = lines[index].words
    while last - first > 1 and words[last - 1].lower in LEADING:
        last -= 1
    defined = lines[index].short_of(first, last)
    if defined is not None:
        yield from defined_names(lines, index, defined, kind)
        return
    own = head_type(words[first:last])
    short = short_end(words, last)
    split = _name_after_head(words, first, last)
    if split is not None and not short:
        yield make_candidate(
            lines,
            index,
            split,
            last,
            presented_type(head_type(words[first:split]) or kind),
            PRECISION["shaped"],
            1,
            "introduced",
        )
        return
    name = words[first:last]
    if short:
        type = presented_type(own or kind)
        after = words[last + 1].lower if last + 1 < len(words) else ""
        if own is None and singular(after) in ("dataset", "benchmark", "corpus"):
            type = "Dataset"
        score = PRECISION["short"]
        yield make_candidate(lines, index, last, short, type, score, 1, "introduced")
        if last - first >= 2 or is_shaped(name[0].text):
            yield make_candidate(lines, index, first, last, type, score, 1, "long")
        return
    if is_generic(name) or len(name) > 8:
        return
    lower = " ".join(word.lower for word in name)
    if lower in WELL_KNOWN or WELL_KNOWN_PHRASE.match(lower):
        return
    shaped = is_shaped(name[-1].text) or (len(name) <= 3 and is_shaped(name[0].text))
    head = singular(name[-1].lower.rsplit("-", 1)[-1])
    if named or (shaped and head not in WHOLES and head not in PARTS):
        apposed = "Dataset" if has_dataset_word(name) else _apposed_type(words, last)
        type = presented_type(apposed or own or kind)
        yield make_candidate(lines, index, first, last, type, PRECISION["shaped"], 1, "introduced")
        long = spelled_span(words, name[0].text, last) if len(name) == 1 else None
        if long is not None:
            yield make_candidate(lines, index, *long, type, PRECISION["short"], 1, "long")
    elif (own == "Dataset" or head in WHOLES) and pattern != "listed":
        yield make_candidate(lines, index, first, last, presented_type(own), PRECISION["whole"], 4, "whole")
    elif own is not None or kind is not None or len(name) >= 3:
        score = PRECISION[pattern or "part"] if own is not None or kind is not None else PRECISION["unknown"]
        type = kind if kind == "Task" else presented_type(own or kind)
        if type == "Metric":
            return
        yield make_candidate(lines, index, first, last, type, score, 3, "introduced")


def defined_names(
    lines: Sequence[Line],
    index: int,
    short: ShortForm,
    kind: ConceptType | None,
    cue: str = "introduced",
    rank: int = 1,
) -> Iterator[Candidate]:
    """A long form with its short form, both as one new thing; established ones are left out."""
    words = lines[index].words
    long = words[short.long_first : short.long_last]
    lower = " ".join(word.lower for word in long)
    names = {words[short.first].lower, lower}
    if names & WELL_KNOWN or WELL_KNOWN_PHRASE.match(lower):
        return
    own = head_type(long)
    after = words[short.last].lower if short.last < len(words) else ""
    if singular(after) in ("dataset", "benchmark", "corpus"):
        type: ConceptType = "Dataset"
    elif kind == "Task" or singular(after) in ("task", "problem"):
        type = "Task"
    else:
        type = presented_type(_apposed_type(words, short.last) or (own if own is not None else kind))
    for first, last in ((short.first, short.last), (short.long_first, short.long_last)):
        yield make_candidate(
            lines, index, first, last, type, PRECISION["short"], rank, cue if first == short.first else "long"
        )


def has_dataset_word(words: Sequence[Word]) -> bool:
    """Whether a name says itself that it is a data set: "LakeDet Challenge 2023"."""
    return any(singular(word.text) in ("challenge", "benchmark", "dataset", "corpus") for word in words)


def presented_type(kind: ConceptType | None) -> ConceptType:
    """The type of what is presented, given that of its head word: a method, where nothing else is said."""
    return kind if kind in ("Dataset", "Task") else "Method"


def short_end(words: Sequence[Word], at: int) -> int:
    """Where a short form in parentheses that starts at a word ends, exclusive; 0 where none starts there."""
    if at >= len(words) or not words[at].opens.startswith("("):
        return 0
    for end in range(at + 1, min(len(words), at + 3) + 1):
        if ")" in words[end - 1].closes:
            short = words[at:end]
            shaped = is_shaped(short[0].text) or (
                len(short) == 1 and short[0].text.isupper() and len(short[0].text) > 1
            )
            return end if shaped and sum(len(word.text) for word in short) <= 24 else 0
    return 0


def _apposed_type(words: Sequence[Word], last: int) -> ConceptType | None:
    """TinyDet, *a two-stage detector*."""
    if last < len(words) and "," in words[last - 1].closes and words[last].lower in ("a", "an", "the"):
        phrase = phrase_at(words, last)
        if phrase:
            return head_type(words[phrase[0] : phrase[1]])
    return None


def _name_after_head(words: Sequence[Word], first: int, last: int) -> int | None:
    """In "dynamic benchmark WIKIMIA", where the name starts."""
    for at in range(last - 1, first, -1):
        if singular(words[at - 1].text) in WHOLES or head_type(words[at - 1 : at]) == "Dataset":
            if is_shaped(words[at].text) and words[at - 1].text.islower():
                return at
            return None
    return None
