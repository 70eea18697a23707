"""Links -> SSSOM as RDF (https://w3id.org/sssom/spec 1.0, section OWL/RDF): annotated axioms in a mapping set.

As sssom-py writes it, but that each axiom has an IRI, for we mint no blank nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from kg.graph import vocabulary as v
from kg.graph.iris import digest_of
from kg.graph.literals import text
from kg.link.matching import Link
from kg.link.sssom import metadata_of, predicate_of

_SSSOM: Final = "https://w3id.org/sssom/"
_OWL: Final = v.PREFIXES["owl"]
_PREFIXES: Final = {
    **{prefix: v.PREFIXES[prefix] for prefix in ("owl", "skos", "dcterms", "xsd")},
    "sssom": _SSSOM,
    "semapv": "https://w3id.org/semapv/vocab/",
}
_OTHER: Final = {"license": "dcterms:license", "mapping_set_title": "dcterms:title"}


def sssom_triples(links: Iterable[Link], base_iri: str, target: str, versions: Iterable[str]) -> Iterator[Triple]:
    """The links to a target as a ``sssom:MappingSet`` of annotated axioms, each once."""
    said = metadata_of(base_iri, target, versions)
    whole = NamedNode(said.pop("mapping_set_id"))
    yield Triple(whole, v.RDF_type, _named("MappingSet"))
    for name, value in said.items():
        predicate = v.expand(_OTHER[name]) if name in _OTHER else _named(name)
        yield Triple(whole, predicate, NamedNode(value) if name == "license" else text(value))
    for link in sorted(links, key=lambda one: (one.subject.iri, one.entry.iri)):
        predicate = v.expand(predicate_of(link))
        iri = NamedNode(f"{base_iri}mapping/{digest_of(link.subject.iri, predicate.value, link.entry.iri)}")
        yield Triple(whole, _named("mappings"), iri)
        yield Triple(iri, v.RDF_type, NamedNode(_OWL + "Axiom"))
        for name, found in (
            ("annotatedSource", NamedNode(link.subject.iri)),
            ("annotatedProperty", predicate),
            ("annotatedTarget", NamedNode(link.entry.iri)),
        ):
            yield Triple(iri, NamedNode(_OWL + name), found)
        told: dict[str, NamedNode | Literal] = {
            "subject_label": text(link.subject.label),
            "subject_category": text(link.subject.type),
            "object_label": text(link.entry.label),
            "mapping_justification": NamedNode(_PREFIXES["semapv"] + "LexicalMatching"),
            "confidence": Literal(round(link.confidence, 2)),
            "match_string": text(link.matched),
        }
        yield from (Triple(iri, _named(name), found) for name, found in told.items())


def to_turtle(triples: Iterable[Triple]) -> bytes:
    """The triples as Turtle with SSSOM's prefixes."""
    return pyoxigraph.serialize(triples, format=RdfFormat.TURTLE, prefixes=_PREFIXES) or b""


def _named(name: str) -> NamedNode:
    return NamedNode(_SSSOM + name)
