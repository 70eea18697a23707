"""What the endpoint can do, as RDF (https://www.w3.org/TR/sparql11-service-description/)."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from kg.export.void import dataset_iri
from kg.graph import vocabulary as v
from kg.query.formats import FORMATS, Format
from kg.serve.documents import READ
from kg.store import EmbeddedStore

SD = "http://www.w3.org/ns/sparql-service-description#"


def service_description(store: EmbeddedStore, endpoint: str, form: Format, about: str | None = None) -> bytes:
    """The description of the endpoint at that address, in a graph format; ``about`` is that of the graph."""
    return _written(_triples(store, endpoint, about), form)


def plain_description(endpoint: str, form: Format, *, federated: bool) -> bytes:
    """The description of the endpoint of an ordinary dataset; ``federated``: SERVICE is answered."""
    return _written(_plain_triples(endpoint, federated), form)


def _written(triples: Iterator[ox.Triple], form: Format) -> bytes:
    assert form.graph is not None
    prefixes = {"sd": SD, "rdfs": v.PREFIXES["rdfs"]}
    statements = list(triples)
    if form.name in ("nq", "trig"):
        quads = [ox.Quad(*statement) for statement in statements]
        return ox.serialize(quads, format=form.graph, prefixes=prefixes) or b""
    return ox.serialize(statements, format=form.graph, prefixes=prefixes) or b""


def _triples(store: EmbeddedStore, endpoint: str, about: str | None) -> Iterator[ox.Triple]:
    yield from _service(endpoint)
    if about is not None:
        yield ox.Triple(NamedNode(endpoint), v.RDFS_seeAlso, NamedNode(about))
        yield ox.Triple(NamedNode(f"{endpoint}#dataset"), v.RDFS_seeAlso, dataset_iri(store.base_iri))
    dataset, graph = NamedNode(f"{endpoint}#dataset"), NamedNode(f"{endpoint}#default")
    yield ox.Triple(graph, v.RDFS_label, Literal("the merge of all named graphs"))
    for name in ("concepts", "ontology"):
        named = NamedNode(f"{store.base_iri}graph/{name}")
        if store.graph.contains_named_graph(named):
            node = NamedNode(f"{endpoint}#{name}")
            yield ox.Triple(dataset, _sd("namedGraph"), node)
            yield ox.Triple(node, v.RDF_type, _sd("NamedGraph"))
            yield ox.Triple(node, _sd("name"), named)


def _plain_triples(endpoint: str, federated: bool) -> Iterator[ox.Triple]:
    yield from _service(endpoint)
    service = NamedNode(endpoint)
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Update"))
    for form in sorted({form.iri for form in READ.values()}):
        yield ox.Triple(service, _sd("inputFormat"), NamedNode(form))
    for feature in ("EmptyGraphs", *(("BasicFederatedQuery",) if federated else ())):
        yield ox.Triple(service, _sd("feature"), _sd(feature))


def _service(endpoint: str) -> Iterator[ox.Triple]:
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


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)
