"""RDF documents in requests -> triples: which media types are read, and errors that say where."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg.errors import QuerySyntaxError, UnreadableGraph, UsageError
from kg.serve.document_limits import check_json, check_xml

# For one graph: what may name several graphs (TriG, N-Quads) is left out but for JSON-LD, which is checked.
READ = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/xml": ox.RdfFormat.RDF_XML,
    "text/xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/json": ox.RdfFormat.JSON_LD,
    "text/n3": ox.RdfFormat.N3,
}


def read_documents(parts: Iterable[tuple[bytes, str]], base: str | None) -> list[ox.Triple]:
    """The triples of documents (each with its media type), their blank nodes new ones.

    Raises UnreadableGraph for other media types, QuerySyntaxError with line and column, QueryError for what is small to
    send and large to read (kg/serve/document_limits.py), UsageError where a document names graphs.
    """
    triples: list[ox.Triple] = []
    for document, media_type in parts:
        form = READ.get(media_type.lower())
        if form is None:
            raise UnreadableGraph(f"found Content-Type {media_type or 'none'}, expected one of {', '.join(READ)}")
        if form == ox.RdfFormat.RDF_XML:
            check_xml(document)
        elif form == ox.RdfFormat.JSON_LD:
            check_json(document)
        try:
            for quad in ox.parse(document, format=form, base_iri=base, rename_blank_nodes=True):
                if quad.graph_name != ox.DefaultGraph():
                    raise UsageError(f"found a triple in the graph {quad.graph_name}, expected triples without a graph")
                triples.append(quad.triple)
        except SyntaxError as error:
            raise QuerySyntaxError(f"the document cannot be read: {error.msg}", error.lineno, error.offset) from error
        except (ValueError, OSError) as error:
            raise QuerySyntaxError(f"the document cannot be read: {error}") from error
    return triples
