"""Quads -> quads without the texts that belong to authors and publishers; offsets stay, digests take their place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

import pyoxigraph
from pyoxigraph import Literal, Quad, Triple

from kg.graph import vocabulary as v

# Whatever holds sentences of a paper, in our own terms and in those of the profiles.
TEXT_PROPERTIES: Final = frozenset(
    {
        v.DCTERMS_abstract,
        v.PT_summary,
        v.OA_exact,
        v.expand("schema:abstract"),
        v.expand("schema:text"),
    }
)

Stated = TypeVar("Stated", Quad, Triple)


def text_digest_of(predicate: pyoxigraph.NamedNode, text: str) -> str:
    """What stands for a text that was left out: its property, and the SHA-256 of its UTF-8 bytes.

    >>> text_digest_of(v.OA_exact, "We propose GridNet.")[:28]
    'oa:exact sha256:e9c0a4f46c7f'
    """
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{v.compress(predicate.value)} sha256:{digest}"


def without_texts(stated: Iterable[Stated]) -> Iterator[Stated]:
    """The same quads or triples; where one holds a text, ``pt:textDigest`` tells its digest in place of it."""
    for one in stated:
        if one.predicate not in TEXT_PROPERTIES or not isinstance(one.object, Literal):
            yield one
            continue
        digest = Literal(text_digest_of(one.predicate, one.object.value))
        if isinstance(one, Quad):
            yield Quad(one.subject, v.PT_textDigest, digest, one.graph_name)
        else:
            yield Triple(one.subject, v.PT_textDigest, digest)
