"""What sources say of a paper without a sentence -> triples: concepts with their roles, results, code by others.

There is no pt:Statement for them, and no confidence: ``pt:gives`` leads from the record to what it gives, and each
result is ``prov:wasDerivedFrom`` its record, so that nobody takes it for what the paper's text says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyoxigraph import NamedNode

from kg.graph import vocabulary as v
from kg.graph.iris import Iris
from kg.graph.metadata import Triple, repository_triples
from kg.graph.results import result_triples
from kg.graph.units import split_in_name
from kg.identifiers import normalise_repository
from kg.records import Concept, ConceptType, Name, Paper, ResultClaim, StatedResult


def stated_triples(paper: Paper, concepts: Mapping[Name, Concept | None], iris: Iris) -> Iterator[Triple]:
    """All that the paper's records give; a name without a concept (a generic word) is left out."""
    iri = iris.paper(paper.key)
    for record in paper.records:
        source = iris.source(record.source, record.record_id)
        for stated in record.concepts:
            concept = concepts.get(Name(stated.name, stated.type))
            if concept is not None and concept.type == stated.type:
                found = iris.concept(concept.type, concept.key)
                said = (v.PT_inField,) if concept.field else (v.ROLE_PROPERTIES[stated.role], v.PT_mentions)
                for predicate in said:
                    yield iri, predicate, found
                yield source, v.PT_gives, found
        for result in record.results:
            yield from _result(iri, source, result, concepts, iris)
        for url in record.other_code_urls:
            repository = normalise_repository(url)
            if repository is not None and url not in paper.code_urls:
                found = iris.repository(repository.url)
                yield iri, v.PT_implementedBy, found
                yield source, v.PT_gives, found
                yield from repository_triples(repository.url, repository.kind, iris)


def _result(
    paper: NamedNode, source: NamedNode, stated: StatedResult, concepts: Mapping[Name, Concept | None], iris: Iris
) -> Iterator[Triple]:
    named: tuple[tuple[NamedNode, str | None, ConceptType], ...] = (
        (v.PT_method, stated.method, "Method"),
        (v.PT_task, stated.task, "Task"),
        (v.PT_dataset, stated.dataset, "Dataset"),
        (v.PT_metric, stated.metric, "Metric"),
    )
    parts: dict[NamedNode, Concept] = {}
    for predicate, text, kind in named:
        concept = concepts.get(Name(text, kind)) if text else None
        if concept is not None and concept.type == kind:
            parts[predicate] = concept
    told = (stated.task, stated.dataset, stated.metric, stated.method, stated.value_text)
    iri = iris.stated_result(paper, source, *(one or "" for one in told))
    claim = ResultClaim(
        field="text",
        start=0,
        end=0,
        value=stated.value,
        value_text=stated.value_text,
        kind="absolute",
        score=1.0,
        unit=stated.unit,
        split=split_in_name(stated.dataset) if stated.dataset else None,
    )
    yield paper, v.PT_reports, iri
    yield source, v.PT_gives, iri
    yield iri, v.PROV_wasDerivedFrom, source
    yield from result_triples(iri, claim, parts, iris)
