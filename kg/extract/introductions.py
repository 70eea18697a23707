"""Line -> Candidate: what a paper presents as new, by the phrases that authors present it with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.extract.definitions import definitions
from kg.extract.document import Candidate, Line, make_candidate
from kg.extract.lexicon import WELL_KNOWN, words
from kg.extract.naming import appositive_names, called_names, makers_before, named_names, owner_before, short_names
from kg.extract.phrases import (
    MAX_SENTENCE,
    Word,
    head_type,
    is_generic,
    is_shaped,
    is_stop,
    phrase_at,
    singular,
    words_of,
)
from kg.extract.presented import (
    NAMING,
    PRECISION,
    apposition_names,
    defined_names,
    item_names,
    phrase_names,
)
from kg.extract.titles import title_names
from kg.records import ConceptType

_PROPOSE = {"propose", "proposes", "proposed", "introduce", "introduces", "introduced", "present", "presents"}


_MAKE = {
    "develop", "developed", "develops", "design", "designed", "designs", "devise", "devised", "construct",
    "constructed", "build", "built", "create", "created", "curate", "curated", "collect", "collected", "release",
    "contribute", "formulate", "organize", "establish", "describe", "presented",
}  # fmt: skip


_GERUNDS = {"constructing", "introducing", "proposing", "presenting", "building", "designing", "developing"}


_PRONOUNS = {"it", "they"}


_PASSIVE = {"proposed", "introduced", "presented", "devised", "developed", "designed"}


_HOLDS = {"includes", "include", "comprises", "contains", "consists", "including", "involves", "features"}


_OF_NOUNS = {"task", "notion", "concept", "problem", "idea", "family", "process"}


_ORDINALS = {"first", "second", "third", "fourth", "fifth", "last", "one", "other", "former", "latter"}


# "an unsupervised method", "a joint model": what is said of something new, not its name.
_VAGUE = words(
    "unsupervised supervised semi-supervised weakly-supervised joint multilingual monolingual cross-lingual annotated"
    " auxiliary neural probabilistic statistical hybrid automatic interactive hierarchical modular two-stage graph"
    " human-annotated manually large-scale entity entities"
)


def introductions(lines: Sequence[Line]) -> list[Candidate]:
    """All that the lines present as new; several candidates may mean one thing (a name and its description)."""
    found: list[Candidate] = []
    for index, line in enumerate(lines):
        if line.sentence.field == "title":
            found.extend(title_names(lines, index))
        else:
            found.extend(_sentence_introductions(lines, index))
            found.extend(definitions(lines, index))
    return _settle([one for one in found if not _is_vague(one.text)], _later_named(lines))


def _is_vague(text: str) -> bool:
    return not text[:1].isupper() and is_generic([word for word in words_of(text) if word.lower not in _VAGUE])


def _sentence_introductions(lines: Sequence[Line], index: int) -> Iterator[Candidate]:
    words = lines[index].words
    for at, word in enumerate(words):
        lower = word.lower
        if lower in NAMING:
            yield from named_names(lines, index, at)
        elif lower in ("call", "term", "name", "dub", "abbreviate", "denote") and at and owner_before(words, at):
            yield from called_names(lines, index, at)
        elif lower == "stands" and at + 2 < len(words) and words[at + 1].lower == "for":
            phrase = phrase_at(words, at + 2, frozenset(("of", "and", "for")))
            if phrase is not None and lines[index].zone != "background":
                yield make_candidate(lines, index, *phrase, "Method", PRECISION["short"], 1, "long")
        elif lower in _PROPOSE or lower in _MAKE:
            they = at and words[at - 1].lower in _PRONOUNS and lines[index].zone in ("contribution", "experiment")
            if they or (owner_before(words, at) and (lower in _PROPOSE or makers_before(words, at))):
                yield from _objects(
                    lines, index, at + 1, released=lower in ("release", "build", "describe", "contribute")
                )
        elif lower in _GERUNDS and at and words[at - 1].lower in ("by", "through") and makers_before(words, at, 40):
            yield from _objects(lines, index, at + 1)
        elif lower in ("is", "are") and _passive_after(words, at):
            yield from _subject(lines, index, at)
        elif lower in ("our", "ours") and at + 1 < len(words):
            yield from _our(lines, index, at)
        elif lower in ("novel", "new") and at >= 2 and words[at - 1].lower in ("a", "an", "our"):
            if words[at - 2].lower in ("via", "with", "through", "by", "using") and lines[index].zone != "background":
                yield from item_names(lines, index, at - 1, "part", None, single=True)
        elif lower in ("resulting", "final", "proposed") and at:
            yield from appositive_names(lines, index, at)
        elif lower == "or" and at + 3 < len(words) and [w.lower for w in words[at + 2 : at + 4]] == ["for", "short"]:
            yield from short_names(lines, index, at)
        elif lower in _ORDINALS and at and words[at - 1].lower == "the" and _names_part(words, at + 1):
            yield from item_names(lines, index, at + 2, "part", None, single=True)


def _names_part(words: Sequence[Word], at: int) -> bool:
    """Whether "module," stands at a word and something follows."""
    return at + 1 < len(words) and "," in words[at].closes and head_type(words[at : at + 1]) == "Method"


def _passive_after(words: Sequence[Word], at: int) -> bool:
    for word in words[at + 1 : at + 4]:
        if word.lower in _PASSIVE:
            return True
        if not (word.lower.endswith("ly") or word.lower in ("then", "also", "first", "further")):
            return False
    return False


def _object_start(words: Sequence[Word], at: int) -> int | None:
    while at < len(words) and (words[at].lower.endswith("ly") or words[at].lower in ("and", "then", "also", "both")):
        at += 1
    if at >= len(words) or words[at].lower in ("to", "that", "how", "by", "in", "for"):
        return None
    return at


def _objects(lines: Sequence[Line], index: int, at: int, released: bool = False) -> Iterator[Candidate]:
    """What "we propose" takes, with its appositions and lists."""
    words = lines[index].words
    start = _object_start(words, at)
    if start is None:
        return
    phrase = phrase_at(words, start)
    if phrase is None:
        return
    first, last = phrase
    if last < len(words) and words[last].lower == "of" and singular(words[last - 1].text) in _OF_NOUNS:
        inner = phrase_at(words, last + 1)
        if inner:
            kind = head_type(words[first:last])
            yield from phrase_names(lines, index, *inner, kind)
            return
    if last < len(words) and words[last].lower in NAMING and words[last].lower != "namely":
        return  # the name follows: "a task called X"
    if not released or head_type(words[first:last]) is not None or is_shaped(words[last - 1].text):
        yield from item_names(lines, index, start, "part", None)
    yield from apposition_names(lines, index, first, last)


def _subject(lines: Sequence[Line], index: int, at: int) -> Iterator[Candidate]:
    """ "a two-stage method is proposed": the phrase before the verb, or its apposition."""
    words = lines[index].words
    first = at
    while first > 0 and not is_stop(words[first - 1]) and at - first < 8:
        if first < at and ("," in words[first - 1].closes or ":" in words[first - 1].closes):
            break
        first -= 1
    if first > 0 and words[first - 1].lower == "and":
        return
    if first > 0 and words[first - 1].lower in ("by", "of", "for", "in", "on", "with", "to", "from"):
        return
    head = first
    while head < at and not words[head].opens.startswith("("):
        head += 1
    phrase = phrase_at(words, first)
    if phrase is not None and phrase[1] > phrase[0]:
        yield from phrase_names(lines, index, phrase[0], min(phrase[1], head, at), None)
    for there in range(at + 1, min(len(words), at + 16)):
        if words[there].lower in ("including", "namely"):
            yield from item_names(lines, index, there + 1, "listed", None)
            return


def _our(lines: Sequence[Line], index: int, at: int) -> Iterator[Candidate]:
    """ "our (proposed) NAME", "our design includes an X decoder (XD)"."""
    words = lines[index].words
    for defined in lines[index].shorts:
        if at < defined.long_first <= at + 3 and not any(is_stop(word) for word in words[at + 1 : defined.long_first]):
            yield from defined_names(lines, index, defined, None)
            return
    nxt = at + 1
    while nxt < len(words) and words[nxt].lower in (
        "proposed",
        "new",
        "novel",
        "full",
        "best",
        "method",
        "model",
        "framework",
        "dataset",
        "approach",
    ):
        nxt += 1
    if (
        nxt < len(words)
        and is_shaped(words[nxt].text)
        and not words[nxt].opens
        and not any("," in w.closes for w in words[at + 1 : nxt])
    ):
        word = words[nxt]
        if word.lower not in WELL_KNOWN:
            follows = words[nxt + 1].lower if nxt + 1 < len(words) and not word.closes else ""
            if head_type(words[nxt : nxt + 1]) is None and (
                follows == "" or is_stop(words[nxt + 1]) or head_type(words[nxt + 1 : nxt + 2])
            ):
                kind: ConceptType = "Dataset" if singular(follows) in ("dataset", "benchmark", "corpus") else "Method"
                yield make_candidate(lines, index, nxt, nxt + 1, kind, 0.85, 2, "introduced")
        return
    for there in range(at + 1, min(len(words), at + 5)):
        if words[there].lower in _HOLDS:
            start = there + 1 + (there + 1 < len(words) and words[there + 1].lower == "of")
            yield from item_names(lines, index, start, "part", None)
            return


_LATER_NAMED = re.compile(
    r"\b(?:proposed|resulting|whole|new|overall) (\w+) (?:is|was) (?:\w+ )?(?:dubbed|named|termed|called|coined)\b"
)


def _later_named(lines: Sequence[Line]) -> frozenset[str]:
    return frozenset(
        found.group(1) for line in lines for found in _LATER_NAMED.finditer(line.sentence.text[:MAX_SENTENCE])
    )


def _settle(found: list[Candidate], later_named: frozenset[str]) -> list[Candidate]:
    """Descriptions of the whole method go where the paper gives its name; else one of them stays.

    A text has one type: that of its surest pattern. A part that is later named ("the proposed module is named X")
    goes, too.
    """
    types: dict[str, tuple[int, ConceptType]] = {}
    for one in found:
        if one.text not in types or one.rank < types[one.text][0]:
            types[one.text] = (one.rank, one.type)
    named = {one.type for one in found if one.cue == "introduced" and one.rank <= 1}
    order = {"title": 0, "whole": 1}
    wholes = sorted((one for one in found if one.cue in order), key=lambda one: (order[one.cue], one.line, one.start))
    kept = wholes[:1] if wholes and wholes[0].type not in named else []
    settled = [replace(one, cue="introduced") for one in kept]
    settled += [
        one for one in found if one.cue not in order and not (one.rank >= 3 and one.text.split()[-1] in later_named)
    ]
    return [replace(one, type=types[one.text][1]) for one in settled]
