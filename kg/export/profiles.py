"""Profiles: the same graph in the words of others, each by one SPARQL CONSTRUCT that can be read as a table.

The queries lie in ``kg/export/profile_queries/``; each begins with a comment that says what it gives. The store
answers them triple by triple; they are put in order on disk, so that a file says together what it says of a thing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph
from pyoxigraph import DefaultGraph, Quad, Triple

from kg.export.options import ExportOptions
from kg.export.texts import without_texts
from kg.store import EmbeddedStore

FOLDER: Final = Path(__file__).with_name("profile_queries")


@cache
def profile_query(name: str) -> str:
    """The CONSTRUCT query of a profile."""
    return (FOLDER / f"{name}.rq").read_text(encoding="utf-8")


def profile_prefixes(name: str) -> dict[str, str]:
    """The prefixes that the query declares.

    >>> profile_prefixes("mls")["mls"]
    'http://www.w3.org/ns/mls#'
    """
    lines = profile_query(name).split("\n")
    declared = (line.split() for line in lines if line.startswith("PREFIX "))
    return {prefix.removesuffix(":"): iri.strip("<>") for _, prefix, iri in declared}


def profile_triples(store: EmbeddedStore, name: str, options: ExportOptions) -> Iterator[Triple]:
    """The triples of the profile, each once, subject by subject."""
    found = store.graph.query(profile_query(name))
    if not isinstance(found, pyoxigraph.QueryTriples):
        raise TypeError(f"the profile {name} is no CONSTRUCT query")
    return _by_subject(found if options.texts else without_texts(found))


def _by_subject(triples: Iterable[Triple]) -> Iterator[Triple]:
    with tempfile.TemporaryDirectory() as folder:
        sorter = pyoxigraph.Store(folder)  # its index is sorted, the same for the same triples, and in no memory
        sorter.bulk_extend(Quad(one.subject, one.predicate, one.object) for one in triples)
        for quad in sorter.quads_for_pattern(None, None, None, DefaultGraph()):
            yield quad.triple
