"""Corpus -> analytics: central methods, communities of tasks, methods used together, related papers, what emerges.

A function of the stated graph: orders are by score, then by IRI; what is drawn at random has a fixed seed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import sqrt
from typing import Final

import networkx as nx

from kg.graph.centrality import betweenness, communities, pagerank, together
from kg.graph.corpus import Corpus
from kg.graph.related import related_pairs

NEAREST: Final = 5  # papers that are kept for each
CO_USED: Final = 10_000  # pairs of methods that are kept, the most usual
LEAST_CO_USED: Final = 2  # papers that use both
LEAST_EMERGING: Final = 3  # papers of the year
EMERGED: Final = 2.0  # standard deviations beyond what was expected
EMERGING: Final = 25  # concepts a year


@dataclass(frozen=True, slots=True)
class CentralMethod:
    """A method that relates to other concepts, and how central that makes it; both figures are shares."""

    iri: str
    pagerank: float
    betweenness: float


@dataclass(frozen=True, slots=True)
class Community:
    """Tasks that the same papers address; ``centre`` is the one that most papers do."""

    centre: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two methods or two papers, the smaller IRI first."""

    one: str
    other: str
    weight: float


@dataclass(frozen=True, slots=True)
class Emergence:
    """``papers`` of the ``year`` name the concept, ``score`` standard deviations more than the years before suggest."""

    concept: str
    year: int
    papers: int
    score: float


@dataclass(frozen=True, slots=True)
class Analytics:
    """All of them, each in its order: the most central, the largest, the heaviest, the latest year first."""

    methods: tuple[CentralMethod, ...]
    communities: tuple[Community, ...]
    co_used: tuple[Pair, ...]
    related: tuple[Pair, ...]
    emerging: tuple[Emergence, ...]


def analytics_of(corpus: Corpus) -> Analytics:
    """Computes them all; the work grows with the papers and with the relations, not with their squares."""
    return Analytics(
        methods=central_methods(corpus),
        communities=task_communities(corpus),
        co_used=co_used(corpus),
        related=related(corpus),
        emerging=emerging(corpus),
    )


def central_methods(corpus: Corpus) -> tuple[CentralMethod, ...]:
    """Methods that a relation joins to another concept, by PageRank."""
    relations: nx.DiGraph[str] = nx.DiGraph()
    relations.add_nodes_from(corpus.types)
    for (subject, found), graphs in corpus.relations.items():
        if subject != found:
            relations.add_edge(subject, found, weight=graphs)
    ranks = pagerank(relations)
    joined = relations.to_undirected()
    joined.remove_nodes_from([iri for iri in corpus.types if not joined.degree(iri)])
    between = betweenness(joined)
    methods = [
        CentralMethod(iri, round(ranks[iri], 8), round(between[iri], 8))
        for iri in joined
        if corpus.types[iri] == "Method"
    ]
    return tuple(sorted(methods, key=lambda one: (-one.pagerank, one.iri)))


def task_communities(corpus: Corpus) -> tuple[Community, ...]:
    """Communities of the network of tasks: tied by papers that address both, and by being a subtask."""
    ties = Counter(together(corpus.addressed))
    ties.update((min(pair), max(pair)) for pair in corpus.subtasks if pair[0] != pair[1])
    return tuple(
        Community(min(tasks, key=lambda iri: (-len(corpus.addressed.get(iri, ())), iri)), tasks)
        for tasks in communities(ties)
    )


def co_used(corpus: Corpus) -> tuple[Pair, ...]:
    """Methods that two papers or more use or introduce together."""
    pairs = [Pair(*pair, papers) for pair, papers in together(corpus.used).items() if papers >= LEAST_CO_USED]
    return tuple(_heaviest(pairs)[:CO_USED])


def related(corpus: Corpus) -> tuple[Pair, ...]:
    """For each paper those that it shares the rarest concepts with."""
    pairs = related_pairs(corpus.mentioned, NEAREST)
    return tuple(_heaviest([Pair(*pair, weight) for pair, weight in pairs.items()]))


def emerging(corpus: Corpus) -> tuple[Emergence, ...]:
    """For each year after the first, the concepts that more of its papers name than the years before let expect.

    Expected is the share of all earlier papers (half a paper added, so that a new concept has one), in papers of the
    year; the score is (found - expected) / sqrt(expected), that of a Poisson distribution.
    """
    of_year = Counter(corpus.years.values())
    found: dict[int, list[Emergence]] = defaultdict(list)
    for concept, papers in corpus.mentioned.items():
        dated = Counter(corpus.years[paper] for paper in papers if paper in corpus.years)
        before = 0
        for year in sorted(dated):
            earlier = sum(number for other, number in of_year.items() if other < year)
            if earlier and dated[year] >= LEAST_EMERGING:
                expected = of_year[year] * (before + 0.5) / (earlier + 1)
                score = round((dated[year] - expected) / sqrt(expected), 4)
                if score >= EMERGED:
                    found[year].append(Emergence(concept, year, dated[year], score))
            before += dated[year]
    return tuple(
        one
        for year in sorted(found, reverse=True)
        for one in sorted(found[year], key=lambda one: (-one.score, one.concept))[:EMERGING]
    )


def _heaviest(pairs: list[Pair]) -> list[Pair]:
    return sorted(pairs, key=lambda pair: (-pair.weight, pair.one, pair.other))
