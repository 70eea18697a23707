"""Concept -> triples: labels, what is above it, and why its names are one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set

from pyoxigraph import NamedNode, Quad

from kg.graph import vocabulary as v
from kg.graph.iris import Iris
from kg.graph.literals import boolean, text
from kg.graph.metadata import Triple
from kg.records import Concept, ConceptType, Merge

Key = tuple[ConceptType, str]


def describe_concepts(concepts: Sequence[Concept], iris: Iris) -> Iterator[Quad]:
    """Labels, keys and hierarchy of the concepts, in ``{base}graph/concepts``.

    ``concepts`` are all of the graph: what is broader than one of them, or its namesake, and not among them is
    left out, so that no link leads nowhere.
    """
    graph = iris.graph("concepts")
    known = {(concept.type, concept.key) for concept in concepts}
    triples = (triple for concept in concepts for triple in concept_triples(concept, known, iris))
    for triple in dict.fromkeys(triples):
        yield Quad(*triple, graph)
    yield from rule_quads(concepts, iris)


def describe_concept(concept: Concept, known: Set[Key], iris: Iris) -> Iterator[Quad]:
    """What :func:`describe_concepts` says of one concept, where each namesake of a concept has it as its own."""
    graph, iri = iris.graph("concepts"), iris.concept(concept.type, concept.key)
    for triple in dict.fromkeys(concept_triples(concept, known, iris)):
        if triple[1] != v.PT_sameNameAs or triple[0] == iri:
            yield Quad(*triple, graph)


def rule_quads(concepts: Iterable[Concept], iris: Iris) -> Iterator[Quad]:
    """By which rules the graph of all ``concepts`` is derived."""
    graph = iris.graph("concepts")
    rules: set[NamedNode] = set()
    for concept in concepts:
        rules.add(v.PT_namingRule)
        if concept.catalogue_id is not None:
            rules.add(v.PT_catalogueRule)
        elif concept.broader or concept.benchmark_for:
            rules.add(v.PT_headWordRule)
    for rule in sorted(rules, key=str):
        yield Quad(graph, v.PROV_wasDerivedFrom, rule, graph)


def concept_triples(concept: Concept, known: Set[Key], iris: Iris) -> Iterator[Triple]:
    """The description of a concept; what leads to a concept that is not among ``known`` is left out."""
    iri = iris.concept(concept.type, concept.key)
    yield iri, v.RDF_type, v.CONCEPT_CLASSES[concept.type]
    yield iri, v.RDF_type, v.PT_Concept
    if concept.field:
        yield iri, v.RDF_type, v.PT_Field
    yield iri, v.RDFS_label, text(concept.label)
    yield iri, v.SKOS_prefLabel, text(concept.label)
    for label in concept.alt_labels:
        if label != concept.label:
            yield iri, v.SKOS_altLabel, text(label)
    yield iri, v.PT_key, text(concept.key)
    if concept.catalogue_id is not None:
        yield iri, v.PT_catalogueId, text(concept.catalogue_id)
    if concept.higher_is_better is not None:
        yield iri, v.PT_higherIsBetter, boolean(concept.higher_is_better)
    if concept.fraction is not None:
        yield iri, v.PT_fraction, boolean(concept.fraction)
    if concept.unit is not None:
        yield iri, v.PT_usualUnit, text(concept.unit)
    for kind, key in concept.same_name_as:
        if (kind, key) in known and (kind, key) != (concept.type, concept.key):
            namesake = iris.concept(kind, key)
            yield iri, v.PT_sameNameAs, namesake
            yield namesake, v.PT_sameNameAs, iri
    yield from _place(concept, iri, known, iris)
    for merge in concept.merges:
        yield from _merge_triples(merge, iri, iris)


def left_out_edges(concepts: Iterator[Concept], iris: Iris) -> set[tuple[str, str]]:
    """(subject, object) of what texts call a kind or a subtask of what, and the hierarchy leaves out."""
    return {
        (iris.concept(concept.type, concept.key).value, iris.concept(concept.type, key).value)
        for concept in concepts
        for key in concept.not_broader
    }


def _place(concept: Concept, iri: NamedNode, known: Set[Key], iris: Iris) -> Iterator[Triple]:
    for key in concept.broader:
        if (concept.type, key) in known and key != concept.key:
            broader = iris.concept(concept.type, key)
            yield iri, v.SKOS_broader, broader
            yield iri, v.PT_subTaskOf if concept.type == "Task" else v.PT_kindOf, broader
    for key in concept.benchmark_for:
        if ("Task", key) in known:
            yield iri, v.PT_benchmarkFor, iris.concept("Task", key)


def _merge_triples(merge: Merge, concept: NamedNode, iris: Iris) -> Iterator[Triple]:
    iri = iris.merge(concept, merge.rule, merge.form, merge.joined)
    yield concept, v.PT_mergedBy, iri
    yield iri, v.RDF_type, v.PT_Merge
    yield iri, v.RDFS_label, text(f"{', '.join(merge.names)} = {merge.joined}")
    yield iri, v.PT_mergeRule, v.MERGE_RULES[merge.rule]
    yield iri, v.PT_joinedTo, text(merge.joined)
    yield iri, v.PT_because, text(merge.evidence)
    for name in merge.names:
        yield iri, v.PT_mergedName, text(name)
    for key in merge.papers:
        yield iri, v.PROV_wasDerivedFrom, iris.paper(key)
