"""Line -> Candidate: names that a sentence gives in so many words: "dubbed X", "which we call X", "or X for short"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.extract.document import Candidate, Line, make_candidate
from kg.extract.lexicon import PARTS, WHOLES, words
from kg.extract.phrases import Word, head_type, is_generic, is_shaped, is_stop, phrase_at, singular
from kg.extract.presented import PRECISION, defined_names, phrase_names, presented_type, short_end
from kg.records import ConceptType

_OWNERS = words("we paper work study article authors report i")
_NO_SUBJECT = words("that which they to been was were is are the a an on with of")


def owner_before(words: Sequence[Word], at: int) -> bool:
    """Whether "we", "the authors" or "this paper" is the subject of the verb at a word."""
    for back in range(at - 1, max(-1, at - 7), -1):
        word = words[back]
        if word.lower in _OWNERS:
            return True
        if word.lower == "and" and back == at - 1 and words[at].lower in ("propose", "introduce", "present"):
            return makers_before(words, at, 60)
        if word.lower in _NO_SUBJECT:
            return False
    return False


def makers_before(words: Sequence[Word], at: int, reach: int = 7) -> bool:
    """Whether "we" or "the authors" stands before a word."""
    return any(word.lower in ("we", "authors") for word in words[max(0, at - reach) : at])


def named_names(lines: Sequence[Line], index: int, at: int) -> Iterator[Candidate]:
    """ "dubbed (as) NAME", "which we call NAME", "namely NAME"."""
    words = lines[index].words
    start = at + 1
    if words[at].lower == "named" and start < len(words) and words[start].lower in ("entity", "entities"):
        return  # the linguists' term
    while start < len(words) and words[start].lower in ("as", "by", "the", "a", "an"):
        start += 1
    if start >= len(words) or (words[at].lower == "namely" and ":" in words[at].closes):
        return
    phrase = phrase_at(words, start, frozenset(("of",)) if words[at].lower != "namely" else frozenset())
    if phrase is None:
        return
    first, last = phrase[0], phrase[1]
    name = words[first:last]
    shaped = any(is_shaped(word.text) or "{" in word.text for word in name) or name[0].text[:1].isupper()
    if words[at].lower == "namely" and not shaped:
        return
    if not shaped and (is_generic(name) or (len(name) == 1 and not words[start].opens)):
        return  # "is named as the driver"
    if (
        words[at].lower == "called"
        and not shaped
        and any(w.lower in ("problem", "so") for w in words[max(0, at - 2) : at])
    ):
        return
    before = _head_before(words, at)
    defined = lines[index].short_of(first, last)
    if defined is not None:
        yield from defined_names(lines, index, defined, before, rank=0)
        return
    own = head_type(name)
    type = presented_type(own if own in ("Task", "Dataset") and not is_shaped(name[-1].text) else before)
    short = short_end(words, last)
    yield make_candidate(lines, index, first, last, type, PRECISION["named"], 0, "long" if short else "introduced")
    if short:
        yield make_candidate(lines, index, last, short, type, PRECISION["named"], 0, "introduced")


def _head_before(words: Sequence[Word], at: int) -> ConceptType | None:
    """The type of the noun that "dubbed" speaks of: the last head word before it."""
    for word in reversed(words[max(0, at - 14) : at]):
        form = singular(word.text)
        if form in ("task", "problem"):
            return "Task"
        if form in WHOLES or form in PARTS:
            return "Method"
        if head_type((word,)) == "Dataset":
            return "Dataset"
    return None


def called_names(lines: Sequence[Line], index: int, at: int) -> Iterator[Candidate]:
    """ "which we term NAME", "we name our dataset as NAME", "we call the results NAME"."""
    words = lines[index].words
    for there in range(at + 1, min(len(words), at + 8)):
        if words[there].lower == "as":
            yield from named_names(lines, index, there)
            return
    if at >= 2 and any(word.lower in ("which", "that", "what") for word in words[max(0, at - 3) : at - 1]):
        yield from named_names(lines, index, at)
        return
    for there in range(at + 1, min(len(words), at + 6)):
        if (words[there].opens and words[there].opens[0] in "\"“'`") or is_shaped(words[there].text):
            yield from named_names(lines, index, there - 1)
            return


def appositive_names(lines: Sequence[Line], index: int, at: int) -> Iterator[Candidate]:
    """ "The resulting algorithm, Patient Distillation, needs": a capitalised apposition."""
    words = lines[index].words
    for there in range(at + 1, min(len(words) - 1, at + 9)):
        if "," in words[there].closes and head_type(words[there : there + 1]) == "Method":
            phrase = phrase_at(words, there + 1)
            if phrase and "," in words[phrase[1] - 1].closes and words[phrase[0]].text[0].isupper():
                yield from phrase_names(lines, index, *phrase, "Method", named=True)
            return


def short_names(lines: Sequence[Line], index: int, at: int) -> Iterator[Candidate]:
    """ "Long Form, or SHORT for short"."""
    words = lines[index].words
    first = at
    while first > 0 and not is_stop(words[first - 1]) and at - first < 8:
        if first < at and "," in words[first - 1].closes:
            break
        first -= 1
    if first < at:
        yield make_candidate(lines, index, at + 1, at + 2, "Method", PRECISION["short"], 1, "introduced")
        yield make_candidate(lines, index, first, at, "Method", PRECISION["short"], 1, "long")
