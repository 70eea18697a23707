"""Papers of the graph and of another catalogue -> which are the same: by identifiers, by title and year, or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph
from pyoxigraph import NamedNode

from kg.graph import vocabulary as v
from kg.identifiers import parse_identifier
from kg.link.computed import papers_of, values_of
from kg.records import Identifier
from kg.resolve.papers import matching_identifier, title_words

_FEWEST_WORDS: Final = 4  # of a title that means one paper


@dataclass(frozen=True, slots=True)
class PaperEntry:
    """A paper in another catalogue."""

    iri: str
    title: str
    year: int | None = None
    identifiers: tuple[Identifier, ...] = ()
    cites: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperDecision:
    """What became of a paper with candidates: an entry, or none; ``by_identifier``: they share one."""

    paper: str
    entry: PaperEntry | None
    by_identifier: bool = False


def decide_papers(graph: pyoxigraph.Store, entries: Iterable[PaperEntry]) -> Iterator[PaperDecision]:
    """One decision for each paper of the merge that has a candidate.

    An identifier in common settles it, where the catalogue has one entry with it; a publication's before its
    preprint's, for a catalogue may hold both. Titles that are the same but for case and punctuation do where both are
    alone with theirs and the years, if known, are at most one apart.
    """
    by_identifier: dict[Identifier, set[PaperEntry]] = defaultdict(set)
    by_title: dict[str, list[PaperEntry]] = defaultdict(list)
    for entry in entries:
        for identifier in entry.identifiers:
            by_identifier[matching_identifier(identifier)].add(entry)
        words = title_words(entry.title)
        if words.count(" ") >= _FEWEST_WORDS - 1:
            by_title[words].append(entry)
    known = papers_of(graph)
    years = {paper: int(year) for paper, year in values_of(graph, v.PT_year)}
    titles: dict[str, list[NamedNode]] = defaultdict(list)
    for paper, title in values_of(graph, v.DCTERMS_title):
        titles[title_words(title)].append(paper)
    words_of = {paper: words for words, papers in titles.items() for paper in papers}
    for paper in sorted(words_of, key=lambda one: one.value):
        shared = [by_identifier[one] for one in _published_first(known.get(paper, ())) if one in by_identifier]
        if shared:
            alone = (one for found in shared if len(found) == 1 for one in found)
            yield PaperDecision(paper.value, next(alone, None), True)
            continue
        same = by_title.get(words_of[paper], [])
        if same:
            year, other = years.get(paper), same[0].year
            near = year is None or other is None or abs(year - other) <= 1
            single = len(same) == len(titles[words_of[paper]]) == 1
            clash = _clash(known.get(paper, ()), same[0].identifiers)
            yield PaperDecision(paper.value, same[0] if single and near and not clash else None)


def citations(graph: pyoxigraph.Store, decisions: Iterable[PaperDecision]) -> Iterator[tuple[str, str]]:
    """Which papers of the merge cite which, as the entries say that an identifier settled; in no order, each once.

    What is cited is known by an identifier of the graph, or by that of the entry which it was linked with.
    """
    settled = [one for one in decisions if one.entry is not None and one.by_identifier]
    papers: dict[Identifier, set[str]] = defaultdict(set)
    for paper, identifiers in papers_of(graph).items():
        for one in identifiers:
            papers[matching_identifier(one)].add(paper.value)
    for decision in settled:
        entry = decision.entry
        own = parse_identifier(entry.iri) if entry else None
        if own is not None:
            papers[matching_identifier(own)].add(decision.paper)
    found: set[tuple[str, str]] = set()
    for decision in settled:
        for identifier in decision.entry.cites if decision.entry else ():
            cited = papers.get(matching_identifier(identifier), set())
            if len(cited) == 1 and decision.paper not in cited:
                found.update((decision.paper, one) for one in cited)
    yield from found


def _published_first(identifiers: Iterable[Identifier]) -> list[Identifier]:
    return sorted(map(matching_identifier, identifiers), key=lambda one: (one.scheme == "arxiv", one))


def _clash(ours: Iterable[Identifier], theirs: Iterable[Identifier]) -> bool:
    """Whether both have an identifier of one scheme: they share none, so these differ."""
    return bool({one.scheme for one in ours} & {one.scheme for one in theirs})
