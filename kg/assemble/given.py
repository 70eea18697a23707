"""What source records give without a sentence, and curators reject: named as the record writes it.

Such a thing is a concept with its role, a result or the address of code. The log keeps it as JSON (an address as it
stands) with the keys of the records that give it, so that an entry outlives merges of papers and of concepts, and
says nothing of another record, nor of another number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg.assemble.made import Making
from kg.assemble.papers import PaperOutline, outline_papers
from kg.assemble.selection import select_papers
from kg.errors import UsageError
from kg.graph import vocabulary as v
from kg.graph.iris import Iris
from kg.identifiers import normalise_repository
from kg.records import Name, SourceRecord, record_to_json
from kg.resolve.constraints import Node, node_of
from kg.store import EmbeddedStore
from kg.store.curation import GIVES, Entry
from kg.store.staging import Staging

Key = tuple[str, str]  # of a source record
Rejected = frozenset[tuple[Key, str]]


def rejected_of(entries: Iterable[Entry]) -> Rejected:
    """What entries of the log take out, record by record."""
    return frozenset(
        (key, entry.target or "") for entry in entries if entry.predicate == GIVES for key in entry.records
    )


def without(record: SourceRecord, rejected: Rejected) -> SourceRecord:
    """The record as if it had never given what was rejected."""
    if not any(key == record.key for key, _ in rejected):
        return record

    def stays(target: str) -> bool:
        return (record.key, target) not in rejected

    return replace(
        record,
        concepts=tuple(one for one in record.concepts if stays(record_to_json(one))),
        results=tuple(one for one in record.results if stays(record_to_json(one))),
        code_urls=tuple(filter(stays, record.code_urls)),
        other_code_urls=tuple(filter(stays, record.other_code_urls)),
    )


def given_fields(
    opened: EmbeddedStore, staging: Staging, making: Making, thing: NamedNode, paper: str | None
) -> list[dict[str, object]]:
    """What the log says to reject a result, a concept or a repository that sources give for a paper.

    ``paper`` need not be named where one paper alone has to do with it. Raises UsageError where no record gives it.
    """
    outline = _outline(opened, staging, making, thing, paper)
    found: dict[str, list[Key]] = defaultdict(list)
    for key in outline.records:
        for target, meant in _given(staging.record(key).record, outline, opened, making.iris):
            if meant == thing and key not in found[target]:
                found[target].append(key)
    if not found:
        raise UsageError(f"no source gives {thing.value} for {making.iris.paper(outline.key).value} without a sentence")
    return [{"records": tuple(keys), "predicate": GIVES, "target": target} for target, keys in sorted(found.items())]


def _outline(
    opened: EmbeddedStore, staging: Staging, making: Making, thing: NamedNode, paper: str | None
) -> PaperOutline:
    if paper is not None:
        return select_papers(staging, [paper], making.precedence, making.iris)[0]
    papers = {
        quad.subject
        for predicate in (v.PT_reports, v.PT_hasRepository, v.PT_implementedBy)
        for quad in opened.graph.quads_for_pattern(None, predicate, thing, DefaultGraph())
    }
    meant = [one for one in outline_papers(staging, making.precedence).papers if making.iris.paper(one.key) in papers]
    if len(meant) != 1:
        raise UsageError(
            f"{thing.value} is no statement, and nothing that sources give for one paper alone; expected the IRI of a "
            "pt:Statement, or its last part, or what a source gives and its paper (--paper)"
        )
    return meant[0]


def _given(
    record: SourceRecord, outline: PaperOutline, opened: EmbeddedStore, iris: Iris
) -> Iterator[tuple[str, NamedNode]]:
    """All that a record gives: as the log names it, and as the graph does."""
    concepts = _concepts(opened, iris.source(*record.key))
    for stated in record.concepts:
        for concept in concepts.get(node_of(Name(stated.name, stated.type)), ()):
            yield record_to_json(stated), concept
    paper, source = iris.paper(outline.key), iris.source(*record.key)
    for one in record.results:
        told = (one.task, one.dataset, one.metric, one.method, one.value_text)
        yield record_to_json(one), iris.stated_result(paper, source, *(part or "" for part in told))
    for url in (*record.code_urls, *record.other_code_urls):
        repository = normalise_repository(url)
        if repository is not None:
            yield url, iris.repository(repository.url)


def _concepts(opened: EmbeddedStore, source: NamedNode) -> Mapping[Node, list[NamedNode]]:
    """The concepts that a record gives in this version, by each of their names."""
    found: dict[Node, list[NamedNode]] = defaultdict(list)
    graph, merge = opened.graph, DefaultGraph()
    for given in graph.quads_for_pattern(source, v.PT_gives, None, merge):
        concept = given.object
        if not isinstance(concept, NamedNode):
            continue
        types = {quad.object for quad in graph.quads_for_pattern(concept, v.RDF_type, None, merge)}
        for kind in (one for one, name in v.CONCEPT_CLASSES.items() if name in types):
            for predicate in (v.SKOS_prefLabel, v.SKOS_altLabel):
                for label in graph.quads_for_pattern(concept, predicate, None, merge):
                    if isinstance(label.object, Literal):
                        found[node_of(Name(label.object.value, kind))].append(concept)
    return found
