"""Candidate -> Candidate: overlaps settled, one type for one name, repeats of a name found."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from kg.extract.document import Candidate, Line
from kg.extract.names import is_concept_name
from kg.extract.phrases import MAX_SENTENCE, is_shaped, singular
from kg.records import Abbreviation, ConceptType

MAX_NAMES = 150  # names whose repeats are looked for
_BLANK = re.compile(r"[\W_]+")


@lru_cache(maxsize=16384)
def key_of(text: str) -> str:
    """A name without case, punctuation, markup and plural: equal keys, one concept of the paper.

    >>> key_of("Large Language Models") == key_of("large language model"), key_of("{X}^2-DFD")
    (True, 'x 2 dfd')
    """
    plain = re.sub(r"\\(?:textbf|textit|emph|mathcal|mathrm|text)\b", " ", text)
    words = _BLANK.sub(" ", plain).strip().split()
    return " ".join(singular(word) for word in words) or text.lower()


class Joiner:
    """Joins names to concepts: a union-find over their keys."""

    def __init__(self, abbreviations: Iterable[Abbreviation] = ()) -> None:
        self._parent: dict[str, str] = {}
        for pair in abbreviations:
            self.join(pair.short, pair.long)

    def join(self, name: str, other: str) -> None:
        """Let two names mean one concept."""
        self._parent[self.concept(name)] = self.concept(other)

    def concept(self, name: str) -> str:
        """The key of the concept that a name means."""
        key = key_of(name)
        parent = self._parent
        while (above := parent.setdefault(key, key)) != key:
            parent[key] = key = parent.setdefault(above, above)  # halves the way for the next one who asks
        return key


def settle(lines: Sequence[Line], candidates: Iterable[Candidate], joiner: Joiner) -> list[Candidate]:
    """The candidates that stay, by place: of two that overlap the lower rank, the higher score, the longer one."""
    usable = [one for one in candidates if one.rank <= 0 or is_concept_name(one.text, one.type)]
    usable.sort(key=lambda one: (one.rank, -one.score, one.start - one.end, one.line, one.start, one.type))
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    kept: list[Candidate] = []
    sure = [one for one in usable if one.rank <= 1]
    for phase in (sure, usable[len(sure) :]):  # the repeats of what is new come before what is merely listed
        for one in phase:
            if _take(taken[one.line], one.start, one.end):
                kept.append(one)
        kept += _repeats(lines, kept, taken)
    return _one_type(sorted(kept, key=lambda one: (one.line, one.start)), joiner)


def _take(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """Add a span to the sorted, disjoint ones, unless it overlaps one of them."""
    at = bisect_left(spans, (start, end))
    if (at < len(spans) and spans[at][0] < end) or (at and spans[at - 1][1] > start):
        return False
    insort(spans, (start, end))
    return True


def _repeats(
    lines: Sequence[Line], kept: Sequence[Candidate], taken: dict[int, list[tuple[int, int]]]
) -> list[Candidate]:
    """Further places of the names that were found somewhere: with their case where the name is a shaped word."""
    sources: dict[str, Candidate] = {}
    for one in kept:
        named = is_shaped(one.text) or " " in one.text or one.rank <= 1
        if named and len(one.text) >= 3 and one.type != "Metric" and len(sources) < MAX_NAMES:
            sources.setdefault(one.text, one)
    if not sources:
        return []
    loose = {text.lower(): one for text, one in sources.items() if " " in text and not is_shaped(text.split()[0])}
    names = sorted(sources, key=lambda text: (-len(text), text))
    pattern = re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, names)) + r")(?![\w-]|\.\d)", re.IGNORECASE)
    found: list[Candidate] = []
    for index, line in enumerate(lines):
        spans = taken[index]
        for place in pattern.finditer(line.sentence.text[:MAX_SENTENCE]):
            source = sources.get(place.group()) or loose.get(place.group().lower())
            if source is None:
                continue
            start, end = line.sentence.start + place.start(), line.sentence.start + place.end()
            if not _take(spans, start, end):
                continue
            found.append(
                Candidate(index, start, end, place.group(), source.type, round(source.score * 0.95, 4), source.rank)
            )
    return found


def _one_type(candidates: Sequence[Candidate], joiner: Joiner) -> list[Candidate]:
    """Each concept gets the type of its surest rank, then of the most score."""
    concepts = [joiner.concept(one.text) for one in candidates]
    votes: dict[str, dict[ConceptType, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one, concept in zip(candidates, concepts, strict=True):
        votes[concept][one.type].append(one.score - 10 * one.rank)
    chosen: dict[str, ConceptType] = {
        key: max(sorted(types), key=lambda type: (max(types[type]), sum(20 + v for v in types[type])))
        for key, types in votes.items()
    }
    return [
        one if one.type == chosen[concept] else replace(one, type=chosen[concept])
        for one, concept in zip(candidates, concepts, strict=True)
    ]
