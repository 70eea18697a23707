"""The gold pairs of names (``names.tsv``): read, resolved and counted.

A row holds a verdict, the type (``Method/Dataset`` where the two differ in it), two names, and what the paper of each
defines that name as, where it does. The two names stand in two papers; nothing else is known but the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from kg.records import CONCEPT_TYPES, Abbreviation, Concept, ConceptType, Extraction, Mention
from kg.resolve import Catalogue, Resolver, paper_names

TABLE = Path(__file__).with_name("names.tsv")


@dataclass(frozen=True)
class Occurrence:
    """A name in a paper that may define it."""

    name: str
    type: ConceptType
    long: str = ""

    def extraction(self) -> Extraction:
        """All that was read in its paper."""
        mention = Mention("abstract", 0, len(self.name), self.name, self.type, 0.9)
        if not self.long:
            return Extraction("x", mentions=(mention,))
        short = self.name.split()[0]
        start, end = 100, 100 + len(self.long)
        defined = Abbreviation("abstract", end + 2, end + 2 + len(short), start, end, short, self.long)
        long = Mention("abstract", start, end, self.long, self.type, 0.9)
        return Extraction("x", mentions=(mention, long), abbreviations=(defined,))


@dataclass(frozen=True)
class Pair:
    """Two names, and whether they mean one thing."""

    same: bool
    one: Occurrence
    other: Occurrence

    def concepts(self, catalogue: Catalogue) -> tuple[Concept | None, Concept | None]:
        """What the resolver takes them for."""
        found = [paper_names(occurrence.extraction()) for occurrence in (self.one, self.other)]
        resolver = Resolver(found, catalogue)
        first, second = (resolver.concept(names.names[0]) for names in found)
        return first, second

    def merged(self, catalogue: Catalogue) -> bool:
        """Whether the resolver makes one concept of them."""
        first, second = self.concepts(catalogue)
        return first is not None and first == second

    def __str__(self) -> str:
        return " | ".join(f"{one.name} = {one.long}" if one.long else one.name for one in (self.one, self.other))


def read_pairs() -> list[Pair]:
    """All rows of the table."""
    return list(_pairs(TABLE.read_text(encoding="utf-8").split("\n")[1:]))


def _pairs(lines: Iterable[str]) -> Iterator[Pair]:
    for line in filter(None, lines):
        verdict, types, one, other, one_long, other_long = line.split("\t")
        first, _, second = types.partition("/")
        for type in filter(None, (first, second)):
            assert type in CONCEPT_TYPES, line
        assert verdict in ("same", "different"), line
        yield Pair(
            verdict == "same",
            Occurrence(one, cast(ConceptType, first), one_long),
            Occurrence(other, cast(ConceptType, second or first), other_long),
        )


@dataclass(frozen=True)
class PairScores:
    """How the resolver decides on the pairs."""

    right: int  # the same, and merged
    missed: tuple[Pair, ...]  # the same, and left apart
    wrong: tuple[Pair, ...]  # different, and merged
    apart: int  # different, and left apart

    @property
    def precision(self) -> float:
        """Of the merged pairs, those that are the same."""
        return self.right / (self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        """Of the pairs that are the same, those that are merged."""
        return self.right / (self.right + len(self.missed))

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def score_pairs(pairs: Iterable[Pair], catalogue: Catalogue) -> PairScores:
    """The figures over all pairs."""
    judged = [(pair, pair.merged(catalogue)) for pair in pairs]
    return PairScores(
        right=sum(pair.same and merged for pair, merged in judged),
        missed=tuple(pair for pair, merged in judged if pair.same and not merged),
        wrong=tuple(pair for pair, merged in judged if merged and not pair.same),
        apart=sum(not pair.same and not merged for pair, merged in judged),
    )
