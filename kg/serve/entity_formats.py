"""What an entity is served as: the formats by content negotiation, suffix or parameter, and its RDF."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat
from werkzeug.datastructures import MIMEAccept

from kg.graph.vocabulary import PREFIXES
from kg.serve.entity_lookup import Lookup

MOST_INCOMING = 1000
MOST_OF_GRAPH = 10_000


@dataclass(frozen=True, slots=True)
class EntityFormat:
    """A format: its name (``?format=``), suffix, media types (the first is sent), and serialiser."""

    name: str
    label: str
    suffix: str
    media_types: tuple[str, ...]
    rdf: RdfFormat | None = None


HTML = EntityFormat("html", "HTML", "", ("text/html", "application/xhtml+xml"))
FORMATS: tuple[EntityFormat, ...] = (
    HTML,
    EntityFormat("ttl", "Turtle", ".ttl", ("text/turtle",), RdfFormat.TURTLE),
    EntityFormat("jsonld", "JSON-LD", ".jsonld", ("application/ld+json",), RdfFormat.JSON_LD),
    EntityFormat("nt", "N-Triples", ".nt", ("application/n-triples",), RdfFormat.N_TRIPLES),
    EntityFormat("rdfxml", "RDF/XML", ".rdf", ("application/rdf+xml",), RdfFormat.RDF_XML),
)
RDF_FORMATS = tuple(one for one in FORMATS if one.rdf is not None)


def split_suffix(path: str) -> tuple[str, EntityFormat | None]:
    """The path of an entity and the format that its suffix asks for; slugs hold no dots.

    >>> split_suffix("method/bert.ttl")[0], split_suffix("method/bert.ttl")[1].name
    ('method/bert', 'ttl')
    >>> split_suffix("method/bert.exe")
    ('method/bert.exe', None)
    """
    for one in RDF_FORMATS:
        if path.endswith(one.suffix) and len(path) > len(one.suffix):
            return path[: -len(one.suffix)], one
    return path, None


def negotiate(accept: MIMEAccept, asked: str | None = None) -> EntityFormat | None:
    """The format for an Accept header, or the one that ``?format=`` names; None where none will do.

    >>> negotiate(MIMEAccept([("text/turtle", 1), ("*/*", 0.1)])).name, negotiate(MIMEAccept([])).name
    ('ttl', 'html')
    >>> negotiate(MIMEAccept([("image/png", 1)])) is None
    True
    """
    if asked:
        return next((one for one in FORMATS if one.name == asked), None)
    if not accept:
        return HTML
    by_type = {media_type: one for one in FORMATS for media_type in one.media_types}
    best = max(by_type, key=lambda media_type: accept[media_type])  # the first of equals: the page
    return by_type[best] if accept[best] > 0 else None


def describe(lookup: Lookup, iri: str, kind: str, described: str | None = None) -> list[pyoxigraph.Triple]:
    """The triples of an entity: those with it as subject, a bounded number with it as object.

    A paper's description is all that its graph holds; that of a named graph, what it holds where that is no more
    than ``MOST_OF_GRAPH`` triples (a query or an export gives larger ones); a statement's, its evidence too.
    ``described`` is the graph that an IRI is a name for.
    """
    triples = set(lookup.construct("CONSTRUCT { $about ?p ?o } WHERE { $about ?p ?o }", about=iri))
    triples |= set(
        lookup.construct("CONSTRUCT { ?s ?p $about } WHERE { ?s ?p $about } LIMIT $most", about=iri, most=MOST_INCOMING)
    )
    if kind == "statement":
        triples |= set(lookup.construct("CONSTRUCT { ?e ?p ?o } WHERE { $about pt:evidence ?e . ?e ?p ?o }", about=iri))
    graph = described or {"paper": f"{iri}/graph", "graph": iri}.get(kind)
    if graph is not None:
        held = set(
            lookup.construct(
                "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH $graph { ?s ?p ?o } } LIMIT $most",
                graph=graph,
                most=MOST_OF_GRAPH + 1,
            )
        )
        if len(held) <= MOST_OF_GRAPH:
            triples |= held
    return sorted(triples, key=str)


def serialise(triples: Iterable[pyoxigraph.Triple], form: EntityFormat) -> bytes:
    """Triples in a format; Turtle with prefixes."""
    if form.rdf is None:
        raise ValueError(f"{form.label} is no RDF format")
    prefixes = PREFIXES if form.rdf.supports_datasets or form.rdf != RdfFormat.N_TRIPLES else None
    written = pyoxigraph.serialize(triples, format=form.rdf, prefixes=prefixes)
    return written or b""


def is_iri(text: str) -> bool:
    """Whether a text is a valid absolute IRI."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True
