"""The formats of query results: one table that the command line, content negotiation and OpenAPI read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from pyoxigraph import QueryResultsFormat, RdfFormat

from kg.errors import UnknownFormat
from kg.query.policy import QueryKind

ResultKind = Literal["rows", "graph"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, what it holds, its media types (the first is the one that answers carry)."""

    name: str
    kind: ResultKind
    media_types: tuple[str, ...]
    description: str
    rows: QueryResultsFormat | None = None
    graph: RdfFormat | None = None

    @property
    def media_type(self) -> str:
        return self.media_types[0]


_TABLE: Final = (
    Format(
        "json",
        "rows",
        ("application/sparql-results+json", "application/json"),
        "SPARQL 1.1 Query Results JSON",
        rows=QueryResultsFormat.JSON,
    ),
    Format(
        "xml",
        "rows",
        ("application/sparql-results+xml", "application/xml", "text/xml"),
        "SPARQL Query Results XML",
        rows=QueryResultsFormat.XML,
    ),
    Format("csv", "rows", ("text/csv",), "SPARQL 1.1 Query Results CSV", rows=QueryResultsFormat.CSV),
    Format("tsv", "rows", ("text/tab-separated-values",), "SPARQL 1.1 Query Results TSV", rows=QueryResultsFormat.TSV),
    Format("ttl", "graph", ("text/turtle", "application/x-turtle"), "Turtle", graph=RdfFormat.TURTLE),
    Format("nt", "graph", ("application/n-triples", "text/plain"), "N-Triples", graph=RdfFormat.N_TRIPLES),
    Format("jsonld", "graph", ("application/ld+json", "application/json"), "JSON-LD", graph=RdfFormat.JSON_LD),
    Format(
        "rdfxml", "graph", ("application/rdf+xml", "application/xml", "text/xml"), "RDF/XML", graph=RdfFormat.RDF_XML
    ),
    Format("nq", "graph", ("application/n-quads",), "N-Quads, all in the default graph", graph=RdfFormat.N_QUADS),
    Format("trig", "graph", ("application/trig",), "TriG, all in the default graph", graph=RdfFormat.TRIG),
)
FORMATS: Final[dict[str, Format]] = {one.name: one for one in _TABLE}
# What other endpoints and clients (SPARQLWrapper sends ?format=turtle) call our formats, beside their media types.
_ALIASES: Final[dict[ResultKind, dict[str, str]]] = {
    "rows": {},
    "graph": {
        **{"turtle": "ttl", "n3": "ttl", "ntriples": "nt", "n-triples": "nt", "nquads": "nq", "n-quads": "nq"},
        **{"json-ld": "jsonld", "json": "jsonld", "rdf+xml": "rdfxml", "rdf": "rdfxml", "xml": "rdfxml"},
    },
}
TABLE_FORMAT: Final = "table"  # for terminals: both kinds of results
DEFAULT_FORMATS: Final[dict[ResultKind, str]] = {"rows": "json", "graph": "ttl"}


def result_kind(kind: QueryKind) -> ResultKind:
    """Rows (SELECT, ASK) or a graph (CONSTRUCT, DESCRIBE)."""
    return "rows" if kind in ("SELECT", "ASK") else "graph"


def formats_for(kind: ResultKind) -> tuple[Format, ...]:
    """The formats that can hold such results, the default first."""
    return tuple(one for one in _TABLE if one.kind == kind)


def find_format(name: str, kind: ResultKind) -> Format:
    """The format of that name, alias or media type; raises UnknownFormat that lists those that would do.

    >>> find_format("csv", "rows").media_type, find_format("xml", "graph").name
    ('text/csv', 'rdfxml')
    >>> find_format("application/sparql-results+json", "rows").name
    'json'
    >>> find_format("ttl", "rows")
    Traceback (most recent call last):
    ...
    kg.errors.UnknownFormat: format 'ttl' holds a graph, and this query gives rows: use json, xml, csv, tsv
    """
    found = FORMATS.get(_ALIASES[kind].get(name, name)) or _of_media_type(name, kind)
    fitting = _listed(formats_for(kind))
    if found is None:
        raise UnknownFormat(f"unknown format {name!r}; this query can give {fitting}")
    if found.kind != kind:
        gives = "a graph" if kind == "graph" else "rows"
        holds = "a graph" if found.kind == "graph" else "rows"
        raise UnknownFormat(f"format {name!r} holds {holds}, and this query gives {gives}: use {fitting}")
    return found


def _of_media_type(name: str, kind: ResultKind) -> Format | None:
    wanted = name.lower().replace(" ", "+")  # a plus in an address that was not encoded came as a space
    return next((one for one in formats_for(kind) if wanted in one.media_types), None)


def _listed(formats: Iterable[Format]) -> str:
    return ", ".join(one.name for one in formats)
