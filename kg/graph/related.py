"""Papers -> the papers that they share rare concepts with.

What two papers share counts for as much as it is rare: 1 / n for a concept that n papers mention, summed. That is the
resource allocation index of Zhou, Lü and Zhang (2009, https://doi.org/10.1140/epjb/e2009-00335-8) over the network of
papers and concepts. A concept that more than :data:`COMMON` papers mention counts nothing, which bounds the work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Final

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode

from kg.graph import vocabulary as v

COMMON: Final = 200  # papers; what more of them mention tells nothing
RELATED: Final = 10  # papers that are shown beside one
_UNIT: Final = 10**9  # weights are whole numbers of billionths: their sum is the same in any order
_MERGE: Final = DefaultGraph()


@dataclass(frozen=True, slots=True)
class RelatedPaper:
    """A paper that shares concepts with another one; ``shared`` are their IRIs, the rarest first."""

    iri: str
    weight: float
    shared: tuple[str, ...]


def related_papers(graph: pyoxigraph.Store, paper: NamedNode, limit: int = RELATED) -> tuple[RelatedPaper, ...]:
    """The papers nearest to one, the nearest first, then by IRI; read from the merge of ``graph`` by its indexes.

    No stored analytics are needed: the work is one look-up for each concept of the paper, at most :data:`COMMON`
    papers each. An IRI that is no paper's has none.
    """
    scores: dict[str, int] = defaultdict(int)
    shared: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for quad in graph.quads_for_pattern(paper, v.PT_mentions, None, _MERGE):
        concept = quad.object
        if isinstance(concept, NamedNode):
            others = _mentioning(graph, concept)
            for other in others:
                if other != paper.value:
                    scores[other] += weight_of(len(others))
                    shared[other].append((len(others), concept.value))
    return tuple(
        RelatedPaper(other, rounded(score), tuple(iri for _, iri in sorted(shared[other])))
        for other, score in _best(scores, limit)
    )


def related_pairs(papers_of: Mapping[str, Sequence[str]], limit: int = RELATED) -> dict[tuple[str, str], float]:
    """For every paper the ``limit`` nearest ones: (smaller IRI, larger IRI) -> weight, in the order of the IRIs.

    ``papers_of`` gives the papers that mention a concept, each once.

    >>> related_pairs({"rare": ["p1", "p2"], "usual": ["p1", "p2", "p3", "p4"]}, limit=1)
    {('p1', 'p2'): 0.75, ('p1', 'p3'): 0.25, ('p1', 'p4'): 0.25}
    """
    scores: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for papers in papers_of.values():
        if 1 < len(papers) <= COMMON:
            weight = weight_of(len(papers))
            for one, other in combinations(papers, 2):
                scores[one][other] += weight
                scores[other][one] += weight
    pairs = {
        (min(one, other), max(one, other)): rounded(score)
        for one, near in scores.items()
        for other, score in _best(near, limit)
    }
    return {pair: pairs[pair] for pair in sorted(pairs)}


def weight_of(papers: int) -> int:
    """What a concept of so many papers counts, in billionths; 0 where they are too many, or one alone.

    >>> weight_of(2), weight_of(COMMON + 1), weight_of(1)
    (500000000, 0, 0)
    """
    return _UNIT // papers if 1 < papers <= COMMON else 0


def rounded(score: int) -> float:
    """A sum of weights as people see it, six digits after the point."""
    return round(score / _UNIT, 6)


def _mentioning(graph: pyoxigraph.Store, concept: NamedNode) -> list[str]:
    """The papers that mention a concept, or nothing where they are too many."""
    quads: Iterator[pyoxigraph.Quad] = graph.quads_for_pattern(None, v.PT_mentions, concept, _MERGE)
    found = [quad.subject.value for quad in islice(quads, COMMON + 1) if isinstance(quad.subject, NamedNode)]
    return found if len(found) <= COMMON else []


def _best(scores: Mapping[str, int], limit: int) -> Iterable[tuple[str, int]]:
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
