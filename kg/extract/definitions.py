"""Line -> Candidate: what a paper presents by saying what it is: "GridNet is a detector", "it has three parts: ..."."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.extract.document import Candidate, Line, make_candidate
from kg.extract.lexicon import KNOWN_DATASET, KNOWN_METHOD, PARTS, WELL_KNOWN, WELL_KNOWN_PHRASE
from kg.extract.phrases import Word, head_type, is_generic, is_shaped, may_start, phrase_at, singular
from kg.extract.presented import PLURALS, PRECISION, defined_names, listed_names, presented_type, short_end
from kg.records import ConceptType

_HAS = {"has", "have", "contains", "comprises", "includes", "introduces", "of"}
_METHOD_LIKE = {"way", "average", "embedding", "toolkit"}
_OWN_ZONES = ("contribution", "experiment")


def definitions(lines: Sequence[Line], index: int) -> Iterator[Candidate]:
    """The new things that a line defines."""
    yield from _is_a(lines, index)
    if lines[index].zone in _OWN_ZONES:
        yield from _parts_after_colon(lines, index)
        yield from _own_parts(lines, index)


def _is_a(lines: Sequence[Line], index: int) -> Iterator[Candidate]:
    """ "NAME is a method ...", "Long Form (NAME) is a method", where a text starts; an abstract's title must agree."""
    line, words = lines[index], lines[index].words
    starts = index == 0 or lines[index - 1].sentence.field != line.sentence.field
    if not starts or line.zone == "background" or len(words) < 5:
        return
    verb = next((at for at, word in enumerate(words[:14]) if at and word.lower in ("is", "are")), None)
    if verb is None or verb + 2 >= len(words):
        return
    article = words[verb + 1].lower in ("a", "an", "the")
    kind = _kind_of(words, verb + 1)
    if not (article or words[verb].lower == "are") or kind in ("Metric", None):
        return
    title = next((one.sentence.text.lower() for one in lines if one.sentence.field == "title"), "")
    for short in line.shorts:
        if short.long_first <= 1 and short.last == verb:
            agrees = words[short.first].lower in title or words[short.long_first].lower in title
            if agrees or line.sentence.field == "summary":
                yield from defined_names(lines, index, short, kind)
            return
    opened = next((at for at in range(1, verb) if short_end(words, at) == verb), None)
    if opened is not None and line.sentence.field == "summary":
        type = presented_type(kind)
        yield make_candidate(lines, index, opened, verb, type, PRECISION["short"], 1, "introduced")
        yield make_candidate(lines, index, 0, opened, type, PRECISION["short"], 1, "long")
        return
    first = 1 if words[0].lower == "the" else 0
    name = words[first:verb]
    if not 1 <= len(name) <= 5 or any(word.closes or word.opens for word in name) or is_generic(name):
        return
    text = " ".join(word.text for word in name)
    lower = text.lower()
    if (
        lower in WELL_KNOWN
        or WELL_KNOWN_PHRASE.match(lower)
        or KNOWN_DATASET.fullmatch(text)
        or KNOWN_METHOD.match(text)
    ):
        return
    if lower in title or (line.sentence.field == "summary" and is_shaped(name[0].text) and len(name) <= 3):
        yield make_candidate(lines, index, first, verb, presented_type(kind), PRECISION["short"], 1, "introduced")


def _kind_of(words: Sequence[Word], at: int) -> ConceptType | None:
    """What a definition says that its subject is: the type of the head word of what follows the verb."""
    phrase = phrase_at(words, at)
    if phrase is None:
        return None
    if short := short_end(words, phrase[1]):  # "a vision-language (VL) model"
        phrase = phrase_at(words, short) or phrase
    kind = head_type(words[phrase[0] : phrase[1]])
    return kind or (
        "Method" if singular(words[phrase[1] - 1].text) in ("way", "average", "embedding", "toolkit") else None
    )


def _parts_after_colon(lines: Sequence[Line], index: int) -> Iterator[Candidate]:
    """ "It has three parts: a mutual module that ..., a folded loss, and a siamese head"."""
    words = lines[index].words
    for at, word in enumerate(words[:-2]):
        if ":" not in word.closes or singular(word.text) not in PLURALS or not word.lower.endswith("s"):
            continue
        if any(one.lower in _HAS for one in words[max(0, at - 4) : at]):
            kind: ConceptType | None = "Method" if singular(word.text) in PARTS else None
            yield from (one for one in listed_names(lines, index, at + 1, kind) if not _is_action(one.text))
        return


def _is_action(text: str) -> bool:
    """Whether a member of a list says what is done, not what does it: "predicting edges"."""
    first = text.split()[0].lower()
    return first.endswith("ing") and not may_start(first)


def _own_parts(lines: Sequence[Line], index: int) -> Iterator[Candidate]:
    """ "The Folded Token Mixing (FTM) module sorts ...": a part with a short form of its own as the subject."""
    words = lines[index].words
    for short in lines[index].shorts:
        if short.long_first > 1 or short.last >= len(words):
            continue
        long = words[short.long_first : short.long_last]
        after = singular(words[short.last].text)
        part = after in PARTS or singular(long[-1].text) in PARTS
        capital = all(word.text[:1].isupper() for word in (long[0], long[-1]))
        if part and capital and words[0].lower in ("the", "a", "an", words[short.long_first].lower):
            yield from defined_names(lines, index, short, "Method", rank=2)
