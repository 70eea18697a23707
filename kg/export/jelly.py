"""Quads -> Jelly (https://w3id.org/jelly): a binary stream of RDF, some times smaller than N-Quads, quick to read.

Needs pyjelly: ``pip install "papertriples[jelly]"``. It is read by pyjelly, with rdflib, and by Apache Jena and RDF4J.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import pyoxigraph
from pyoxigraph import Literal, NamedNode

from kg.errors import UsageError


def write_jelly(quads: Iterator[pyoxigraph.Quad], file: BinaryIO) -> None:
    """The quads as a flat stream of frames; UsageError where pyjelly is not installed."""
    try:
        from pyjelly import jelly
        from pyjelly.integrations.generic import generic_sink as sink
        from pyjelly.integrations.generic.serialize import flat_stream_to_file
        from pyjelly.options import StreamParameters
        from pyjelly.serialize.streams import SerializerOptions
    except ImportError:
        raise UsageError('--format jelly needs pyjelly: pip install "papertriples[jelly]"') from None

    def term(one: object) -> Any:
        if isinstance(one, NamedNode):
            return sink.IRI(one.value)
        if isinstance(one, Literal):
            plain = one.datatype.value in (_STRING, _LANGUAGE)
            return sink.Literal(one.value, one.language, None if plain else one.datatype.value)
        return sink.BlankNode(str(getattr(one, "value", one)))

    statements = (
        sink.Quad(term(quad.subject), term(quad.predicate), term(quad.object), term(quad.graph_name)) for quad in quads
    )
    options = SerializerOptions(
        logical_type=jelly.LOGICAL_STREAM_TYPE_FLAT_QUADS,
        params=StreamParameters(generalized_statements=False, rdf_star=False),
    )
    flat_stream_to_file(statements, file, options)


_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANGUAGE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
