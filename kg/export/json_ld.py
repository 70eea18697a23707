"""Triples of one vocabulary -> JSON-LD that can be read as JSON: one object a thing, short names, a context of its own.

The store's own serialiser writes whole IRIs, and ``rdf:type`` as a property, which no reader of schema.org looks for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any, BinaryIO, Final

from pyoxigraph import Literal, NamedNode, Triple

from kg.graph import vocabulary as v

SCHEMA: Final = v.PREFIXES["schema"]
XSD: Final = v.PREFIXES["xsd"]
# Nothing is loaded from elsewhere to understand it.
CONTEXT: Final = {"@vocab": SCHEMA, "pt": v.PREFIXES["pt"], "xsd": XSD}


def write_schema_org(triples: Iterable[Triple], file: BinaryIO) -> None:
    """The triples, which come subject by subject, one object a line."""
    file.write(f'{{"@context": {json.dumps(CONTEXT)},\n"@graph": ['.encode())
    before = "\n"
    for subject, about in groupby(triples, key=lambda one: one.subject):
        thing = json.dumps(_thing(str(getattr(subject, "value", subject)), about), ensure_ascii=False)
        file.write((before + thing).encode("utf-8", "replace"))
        before = ",\n"
    file.write(b"\n]}\n")


def _thing(iri: str, about: Iterable[Triple]) -> dict[str, Any]:
    types: list[str] = []
    said: dict[str, list[Any]] = {}
    for one in about:
        if one.predicate == v.RDF_type and isinstance(one.object, NamedNode):
            types.append(_short(one.object.value))
        else:
            said.setdefault(_short(one.predicate.value), []).append(_value(one.object))
    properties = {name: _one_or_all(sorted(values, key=json.dumps)) for name, values in sorted(said.items())}
    return {"@id": iri, **({"@type": _one_or_all(sorted(types))} if types else {}), **properties}


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _short(iri: str) -> str:
    """A term as the context has it.

    >>> _short("https://schema.org/name"), _short(v.PT_textDigest.value), _short("https://example.org/x")
    ('name', 'pt:textDigest', 'https://example.org/x')
    """
    if iri.startswith(SCHEMA):
        return iri.removeprefix(SCHEMA)
    return v.compress(iri) if iri.startswith((CONTEXT["pt"], XSD)) else iri


def _value(term: object) -> Any:
    """A term as JSON-LD writes it, exactly: a decimal stays one.

    >>> _value(NamedNode("https://a.org/")), _value(Literal("x")), _value(Literal("x", language="en"))
    ({'@id': 'https://a.org/'}, 'x', {'@value': 'x', '@language': 'en'})
    >>> _value(Literal("11.40", datatype=v.XSD_decimal))
    {'@value': '11.40', '@type': 'xsd:decimal'}
    """
    if not isinstance(term, Literal):
        return {"@id": str(getattr(term, "value", term))}
    if term.language is not None:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == XSD + "string":
        return term.value
    return {"@value": term.value, "@type": _short(term.datatype.value)}
