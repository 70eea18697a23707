"""What the endpoint can do, as RDF (https://www.w3.org/TR/sparql11-service-description/)."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from kg.export.void import DCAT, dataset_iri
from kg.graph import vocabulary as v
from kg.query.formats import FORMATS, Format
from kg.serve.documents import READ
from kg.store import EmbeddedStore

GRAPH_STORE = "http://www.w3.org/TR/sparql11-http-rdf-update/"
SD = "http://www.w3.org/ns/sparql-service-description#"


def service_description(store: EmbeddedStore, root: str, form: Format, *, writable: bool, federated: bool) -> bytes:
    """The description of the endpoint of the server at ``root``, in a graph format.

    ``writable``: there are ``/update`` and ``/data``, too, for graphs of people's own. ``federated``: SERVICE may ask
    some endpoints.
    """
    return _written(_triples(store, root, writable, federated), form)


def plain_description(root: str, form: Format, *, federated: bool) -> bytes:
    """The description of the endpoint of an ordinary dataset; ``federated``: SERVICE is answered."""
    return _written(_plain_triples(root, federated), form)


def _written(triples: Iterator[ox.Triple], form: Format) -> bytes:
    assert form.graph is not None
    prefixes = {"sd": SD, "dcat": DCAT, "rdfs": v.PREFIXES["rdfs"], "dcterms": v.PREFIXES["dcterms"]}
    statements = list(triples)
    if form.name in ("nq", "trig"):
        quads = [ox.Quad(*statement) for statement in statements]
        return ox.serialize(quads, format=form.graph, prefixes=prefixes) or b""
    return ox.serialize(statements, format=form.graph, prefixes=prefixes) or b""


def _triples(store: EmbeddedStore, root: str, writable: bool, federated: bool) -> Iterator[ox.Triple]:
    endpoint = f"{root}sparql"
    yield from _service(endpoint)
    if federated:
        yield ox.Triple(NamedNode(endpoint), _sd("feature"), _sd("BasicFederatedQuery"))
    if writable:
        yield from _writes(root, "write into graphs of your own, with a token of the scope write")
    yield ox.Triple(NamedNode(endpoint), v.RDFS_seeAlso, NamedNode(f"{root}void"))
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


def _plain_triples(root: str, federated: bool) -> Iterator[ox.Triple]:
    service = NamedNode(f"{root}sparql")
    yield from _service(service.value)
    yield from _writes(root, "write from this machine, or with a token of the scope write")
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


def _writes(root: str, how: str) -> Iterator[ox.Triple]:
    """``/update`` is a service of its own. The vocabulary has no word for a graph store, DCAT's stands in."""
    service, store = NamedNode(f"{root}update"), NamedNode(f"{root}data")
    yield ox.Triple(service, v.RDF_type, _sd("Service"))
    yield ox.Triple(service, _sd("endpoint"), service)
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Update"))
    yield ox.Triple(service, _sd("defaultDataset"), NamedNode(f"{root}sparql#dataset"))
    yield ox.Triple(store, v.RDF_type, NamedNode(f"{DCAT}DataService"))
    yield ox.Triple(store, NamedNode(f"{DCAT}endpointURL"), store)
    yield ox.Triple(store, NamedNode(f"{DCAT}servesDataset"), NamedNode(f"{root}sparql#dataset"))
    yield ox.Triple(store, NamedNode(f"{v.PREFIXES['dcterms']}conformsTo"), NamedNode(GRAPH_STORE))
    for form in sorted({form.iri for form in READ.values()}):
        yield ox.Triple(service, _sd("inputFormat"), NamedNode(form))
    for one in (service, store):
        yield ox.Triple(one, v.RDFS_comment, Literal(how, language="en"))
        yield ox.Triple(NamedNode(f"{root}sparql"), v.RDFS_seeAlso, one)


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)
