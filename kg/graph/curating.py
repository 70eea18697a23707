"""Entries of the curation log -> ``{base}graph/curation``: who corrected what, when and why, in PROV.

Each entry is a ``prov:Activity``; one that was undone is ``owl:deprecated``, and names what undid it. What an entry
links is said here, too: no paper says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from kg.graph import vocabulary as v
from kg.graph.iris import Iris
from kg.graph.literals import boolean, moment, text


@dataclass(frozen=True, slots=True)
class CuratedEntry:
    """One entry as the graph shows it. ``used`` and ``changed`` are IRIs of concepts, papers and statements."""

    id: str
    when: str
    who: str
    action: str
    why: str
    label: str
    used: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()  # the statement that was added
    invalidated: tuple[str, ...] = ()  # the statement that was rejected
    undone_by: str | None = None  # the id of another entry
    linked: tuple[str, str, str] | None = None  # subject, predicate, object


def describe_curation(entries: tuple[CuratedEntry, ...], iris: Iris) -> Iterator[Quad]:
    """The quads of the log, each once."""
    graph = iris.graph("curation")
    triples = (triple for entry in entries for triple in _entry_triples(entry, iris))
    for triple in dict.fromkeys(triples):
        yield Quad(*triple, graph)


def _entry_triples(entry: CuratedEntry, iris: Iris) -> Iterator[tuple[NamedNode, NamedNode, NamedNode | Literal]]:
    iri, curator = iris.curation(entry.id), iris.curator(entry.who)
    yield iri, v.RDF_type, v.PROV_Activity
    yield iri, v.RDFS_label, text(entry.label)
    yield iri, v.DCTERMS_type, text(entry.action)
    yield iri, v.PROV_endedAtTime, moment(entry.when)
    yield iri, v.PROV_wasAssociatedWith, curator
    yield curator, v.RDF_type, v.PROV_Agent
    yield curator, v.RDFS_label, text(entry.who)
    if entry.why:
        yield iri, v.RDFS_comment, text(entry.why)
    for predicate, found in (
        (v.PROV_used, entry.used),
        (v.PROV_generated, entry.generated),
        (v.PROV_invalidated, entry.invalidated),
    ):
        for other in found:
            yield iri, predicate, NamedNode(other)
    if entry.undone_by is not None:
        yield iri, v.OWL_deprecated, boolean(True)
        yield iris.curation(entry.undone_by), v.PROV_wasInformedBy, iri
    elif entry.linked is not None:
        subject, link, obj = map(NamedNode, entry.linked)
        yield subject, link, obj
