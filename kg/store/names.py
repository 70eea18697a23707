"""Which quads name things, and what the search index says of a thing named.

Read from the merge after the difference was applied: a person whom two papers name is one entry, and goes with
the last of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg.graph.vocabulary import PREFIXES, expand
from kg.store.heirs import HEIR_PREDICATES, former_iris
from kg.store.search import SearchEntry

_TYPE: Final = expand("rdf:type")
_NAMES: Final = tuple(map(expand, ("rdfs:label", "skos:prefLabel", "skos:altLabel", "dcterms:title")))
# The classes that people look for, the most telling first: a concept is a Task before it is a Concept.
SEARCHED_TYPES: Final = ("Task", "Method", "Dataset", "Metric", "Paper", "Repository", "Person", "Venue")
_SEARCHED: Final = frozenset(expand(f"pt:{name}") for name in SEARCHED_TYPES)
_LABELS: Final = frozenset(_NAMES) | HEIR_PREDICATES
_MERGE: Final = DefaultGraph()


def is_naming(quad: pyoxigraph.Quad) -> bool:
    """Whether the search index may depend on a quad: it says a name, a former one, or a class that people look for."""
    return quad.predicate in _LABELS or (quad.predicate == _TYPE and quad.object in _SEARCHED)


def named_iris(graph: pyoxigraph.Store) -> list[str]:
    """All that the merge gives a class that people look for, sorted."""
    quads = (quad for kind in _SEARCHED for quad in graph.quads_for_pattern(None, _TYPE, kind, _MERGE))
    return sorted({quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)})


def entries_of(graph: pyoxigraph.Store, iris: Iterable[str]) -> Iterator[SearchEntry]:
    """An entry for each of ``iris`` that the merge gives a searched class and a name."""
    for iri in iris:
        said: dict[NamedNode, list[NamedNode | Literal]] = defaultdict(list)
        for quad in graph.quads_for_pattern(NamedNode(iri), None, None, _MERGE):
            if isinstance(quad.object, NamedNode | Literal):
                said[quad.predicate].append(quad.object)
        types = {one.value.removeprefix(PREFIXES["pt"]) for one in said[_TYPE] if one.value.startswith(PREFIXES["pt"])}
        kind = next((name for name in SEARCHED_TYPES if name in types), None)
        if kind is None:
            continue
        names: dict[str, None] = {}
        for predicate in _NAMES:
            names |= dict.fromkeys(sorted(one.value for one in said[predicate] if isinstance(one, Literal)))
        label, *others = [name for name in names if name.strip()] or [""]
        if label:
            yield SearchEntry(iri, kind, label, tuple(others), former_iris(graph, iri, kind, said))
