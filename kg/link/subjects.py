"""Graph -> the concepts to link, with the names of what they are related to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg.graph import vocabulary as v
from kg.link.matching import Subject

_RELATIONS = tuple(dict.fromkeys((*v.RELATION_PROPERTIES.values(), v.SKOS_broader)))


def subjects_of(graph: pyoxigraph.Store) -> Iterator[Subject]:
    """All concepts of the merge, sorted by IRI."""
    labels = _texts(graph, v.SKOS_prefLabel)
    aliases = _texts(graph, v.SKOS_altLabel)
    near: dict[str, set[str]] = defaultdict(set)
    for predicate in _RELATIONS:
        for quad in graph.quads_for_pattern(None, predicate, None, DefaultGraph()):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                near[quad.subject.value].add(quad.object.value)
                near[quad.object.value].add(quad.subject.value)
    for kind, name in v.CONCEPT_CLASSES.items():
        quads = graph.quads_for_pattern(None, v.RDF_type, name, DefaultGraph())
        for iri in sorted(quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)):
            if iri in labels:
                beside = {label for one in near[iri] for label in labels.get(one, ())}
                label = min(labels[iri])
                yield Subject(iri, kind, label, tuple(sorted(aliases.get(iri, ()))), tuple(sorted(beside)))


def _texts(graph: pyoxigraph.Store, predicate: NamedNode) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for quad in graph.quads_for_pattern(None, predicate, None, DefaultGraph()):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
            found[quad.subject.value].add(quad.object.value)
    return found
