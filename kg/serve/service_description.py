"""What the endpoint can do, as RDF (https://www.w3.org/TR/sparql11-service-description/)."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from kg.graph import vocabulary as v
from kg.query.formats import FORMATS, Format
from kg.store import EmbeddedStore

SD = "http://www.w3.org/ns/sparql-service-description#"


def service_description(store: EmbeddedStore, endpoint: str, form: Format) -> bytes:
    """The description of the endpoint at that address, in a graph format."""
    assert form.graph is not None
    prefixes = {"sd": SD, "rdfs": v.PREFIXES["rdfs"]}
    statements: list[ox.Triple] = list(_triples(store, endpoint))
    if form.name in ("nq", "trig"):
        quads = [ox.Quad(*statement) for statement in statements]
        return ox.serialize(quads, format=form.graph, prefixes=prefixes) or b""
    return ox.serialize(statements, format=form.graph, prefixes=prefixes) or b""


def _triples(store: EmbeddedStore, endpoint: str) -> Iterator[ox.Triple]:
    service, dataset, graph = NamedNode(endpoint), NamedNode(f"{endpoint}#dataset"), NamedNode(f"{endpoint}#default")
    yield ox.Triple(service, v.RDF_type, _sd("Service"))
    yield ox.Triple(service, v.RDFS_label, Literal("papertriples"))
    yield ox.Triple(service, _sd("endpoint"), service)
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    for form in FORMATS.values():
        iri = form.rows.iri if form.rows is not None else form.graph.iri if form.graph is not None else None
        if iri is not None:
            yield ox.Triple(service, _sd("resultFormat"), NamedNode(iri))
    yield ox.Triple(service, _sd("defaultDataset"), dataset)
    yield ox.Triple(dataset, v.RDF_type, _sd("Dataset"))
    yield ox.Triple(dataset, _sd("defaultGraph"), graph)
    yield ox.Triple(graph, v.RDF_type, _sd("Graph"))
    yield ox.Triple(graph, v.RDFS_label, Literal("the merge of all named graphs"))
    for name in ("concepts", "ontology"):
        named = NamedNode(f"{store.base_iri}graph/{name}")
        if store.graph.contains_named_graph(named):
            node = NamedNode(f"{endpoint}#{name}")
            yield ox.Triple(dataset, _sd("namedGraph"), node)
            yield ox.Triple(node, v.RDF_type, _sd("NamedGraph"))
            yield ox.Triple(node, _sd("name"), named)


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)
