"""Graph -> the IRIs that a concept or a paper had, or would have had, before it was merged with others.

They are a function of what the merge says of it: its names and why they are one, its identifiers, title and year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg.graph import vocabulary as v
from kg.graph.iris import slug
from kg.records import CONCEPT_TYPES, ConceptType, Identifier
from kg.resolve.heirs import former_concept_keys, former_paper_keys

_TYPES: Final[Mapping[str, ConceptType]] = {type: type for type in CONCEPT_TYPES}
# Quads on which the former IRIs of their subject depend, beside those that name it.
HEIR_PREDICATES: Final = frozenset(
    {v.PT_key, v.PT_mergedBy, v.PT_catalogueId, v.PT_year, v.PT_identifier, *v.IDENTIFIER_PROPERTIES.values()}
)
Said = Mapping[NamedNode, Iterable[NamedNode | Literal]]  # of one subject: predicate -> objects


def former_iris(graph: pyoxigraph.Store, iri: str, kind: str, said: Said) -> tuple[str, ...]:
    """The former IRIs of what ``said`` is about, sorted; ``kind`` is the local name of its class."""
    if kind in _TYPES:
        keys = _of_concept(graph, _TYPES[kind], said)
    elif kind == "Paper":
        keys = _of_paper(said)
    else:
        return ()
    before, _, own = iri.rpartition("/")
    return tuple(sorted(f"{before}/{one}" for one in {slug(key) for key in keys} - {own}))


def _of_concept(graph: pyoxigraph.Store, type: ConceptType, said: Said) -> set[str]:
    names = set(_texts(said, v.SKOS_prefLabel)) | set(_texts(said, v.SKOS_altLabel))
    for merge in said.get(v.PT_mergedBy, ()):  # names that papers only write in short
        names |= {
            quad.object.value
            for quad in graph.quads_for_pattern(NamedNode(merge.value), v.PT_joinedTo, None, DefaultGraph())
            if isinstance(quad.object, Literal)
        }
    key = next(iter(_texts(said, v.PT_key)), "")
    return former_concept_keys(type, key, names, v.PT_catalogueId in said)


def _of_paper(said: Said) -> set[str]:
    found = [
        Identifier(scheme, value)
        for scheme, predicate in v.IDENTIFIER_PROPERTIES.items()
        for value in _texts(said, predicate)
    ]
    for text in _texts(said, v.PT_identifier):
        scheme, _, value = text.partition(":")
        found.append(Identifier(scheme, value))
    years = [int(year) for year in _texts(said, v.PT_year) if year.isdecimal()]
    title = next(iter(sorted(_texts(said, v.DCTERMS_title))), "")
    return former_paper_keys("", found, title, years)


def _texts(said: Said, predicate: NamedNode) -> list[str]:
    return [one.value for one in said.get(predicate, ()) if isinstance(one, Literal)]
