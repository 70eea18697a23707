"""Paper, Extraction, Concept -> quads: everything that enters the graph is written here.

No blank node, no clock time, no file path, no order of a set: the quads are a function of the records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat

from kg.graph import vocabulary as v
from kg.graph.claims import (
    Quotes,
    confidence_of,
    mention_claims,
    one_result_a_number,
    paper_claims,
    repository_property,
    statements_of,
)
from kg.graph.iris import Iris
from kg.graph.literals import boolean, decimal, integer, text
from kg.graph.metadata import Triple, paper_triples, repository_triples, source_triples
from kg.graph.results import parts_of, result_label, result_triples
from kg.records import Concept, ConceptType, Evidence, Extraction, ExtractorInfo, Identifier, Paper, Statement
from kg.resources import resource_folder
from kg.settings import ONTOLOGY_IRI

_ROLES = frozenset(v.ROLE_PROPERTIES.values())


def describe_paper(
    paper: Paper,
    extraction: Extraction,
    concepts: Sequence[Concept | None],
    iris: Iris,
    info: ExtractorInfo,
    min_confidence: Decimal,
    cited: Mapping[Identifier, str] | None = None,
) -> Iterator[Quad]:
    """All that a paper says, in its named graph, each quad once.

    ``concepts[i]`` is the concept of ``extraction.mentions[i]``, None for a generic word. What is less sure than
    ``min_confidence`` stays a Statement and is not asserted. ``cited`` maps identifiers of cited papers to the keys
    of papers that are in the graph: those become ``cito:cites``, all become ``pt:citesIdentifier``.
    """
    graph = iris.paper_graph(iris.paper(paper.key))
    metadata = list(paper_triples(paper, iris, cited or {}))
    said = list(_text_triples(paper, extraction, concepts, iris, info, min_confidence, set(metadata)))
    sources = source_triples(paper, graph, iris)
    for triple in dict.fromkeys((*metadata, *sources, *said)):
        yield Quad(*triple, graph)


def describe_concepts(concepts: Sequence[Concept], iris: Iris) -> Iterator[Quad]:
    """Labels, keys and hierarchy of the concepts, in ``{base}graph/concepts``.

    ``concepts`` are all of the graph: what is broader than one of them, or its namesake, and not among them is
    left out, so that no link leads nowhere.
    """
    graph = iris.graph("concepts")
    known = {(concept.type, concept.key) for concept in concepts}
    triples = (triple for concept in concepts for triple in _concept_triples(concept, known, graph, iris))
    for triple in dict.fromkeys(triples):
        yield Quad(*triple, graph)


def ontology_quads(iris: Iris) -> Iterator[Quad]:
    """The ontology, in ``{base}graph/ontology``; its few anonymous nodes get IRIs (RDF 1.1, 3.5 Skolemization)."""
    graph = iris.graph("ontology")
    for subject, predicate, found in _ontology_triples():
        yield Quad(subject, predicate, found, graph)


# --- what the text says -------------------------------------------------------------------------------------


def _text_triples(
    paper: Paper,
    extraction: Extraction,
    concepts: Sequence[Concept | None],
    iris: Iris,
    info: ExtractorInfo,
    min_confidence: Decimal,
    metadata: set[Triple],
) -> Iterator[Triple]:
    iri, run = iris.paper(paper.key), iris.run(info.digest)
    graph = iris.paper_graph(iri)
    quotes = Quotes(extraction.sentences, paper.fields())
    own = {triple[2] for triple in metadata if triple[1] == v.PT_hasRepository}
    own |= {
        iris.repository(one.url)
        for one in extraction.repositories
        if one.own and confidence_of(one.score) >= min_confidence
    }
    statements = [
        statement
        for statement in statements_of(iri, paper_claims(iri, extraction, concepts, iris, quotes))
        if not (statement.predicate == v.PT_mentionsRepository.value and NamedNode(statement.object) in own)
    ]
    with_role = {
        statement.object
        for statement in statements
        if NamedNode(statement.predicate) in _ROLES and statement.confidence >= min_confidence
    }
    mentioned = statements_of(iri, mention_claims(iri, extraction, concepts, iris, quotes))
    statements += [statement for statement in mentioned if statement.object not in with_role]

    for statement in statements:
        yield from _statement_triples(statement, run, iris)
        if statement.confidence >= min_confidence:
            yield from _asserted(statement, graph)
    yield from _result_descriptions(iri, extraction, concepts, iris, statements, min_confidence)
    for repository in extraction.repositories:
        address = iris.repository(repository.url)
        if repository_property(repository) != v.PT_mentionsRepository or address not in own:
            yield from repository_triples(repository.url, repository.kind, iris)
    if statements:
        yield run, v.RDF_type, v.PT_ExtractionRun
        yield run, v.RDFS_label, text(f"{info.name} {info.version}")
        yield run, v.PT_extractorName, text(info.name)
        yield run, v.PT_extractorVersion, text(info.version)
        yield run, v.PT_modelDigest, text(info.digest)


def _asserted(statement: Statement, graph: NamedNode) -> Iterator[Triple]:
    """The triple itself and what follows from it by rule; the graph names the rule."""
    subject, predicate, obj = (NamedNode(one) for one in (statement.subject, statement.predicate, statement.object))
    yield subject, predicate, obj
    if predicate in _ROLES:
        yield subject, v.PT_mentions, obj
        yield graph, v.PROV_wasDerivedFrom, v.PT_superPropertyRule
    elif predicate in v.SYMMETRIC_PROPERTIES:
        yield obj, predicate, subject
        yield graph, v.PROV_wasDerivedFrom, v.PT_symmetryRule


def _statement_triples(statement: Statement, run: NamedNode, iris: Iris) -> Iterator[Triple]:
    paper, subject, predicate, obj = (
        NamedNode(one) for one in (statement.paper, statement.subject, statement.predicate, statement.object)
    )
    iri = iris.statement(paper, subject, predicate, obj)
    yield iri, v.RDF_type, v.PT_Statement
    yield iri, v.RDF_subject, subject
    yield iri, v.RDF_predicate, predicate
    yield iri, v.RDF_object, obj
    yield iri, v.DCTERMS_isPartOf, paper
    yield iri, v.PT_confidence, decimal(statement.confidence)
    yield iri, v.PROV_wasGeneratedBy, run
    for evidence in statement.evidence:
        yield from _evidence_triples(iri, evidence, iris)


def _evidence_triples(statement: NamedNode, evidence: Evidence, iris: Iris) -> Iterator[Triple]:
    subject, obj = evidence.subject_span or (None, None), evidence.object_span or (None, None)
    iri = iris.evidence(statement, evidence.field, evidence.start, evidence.end, *subject, *obj)
    yield statement, v.PT_evidence, iri
    yield iri, v.RDF_type, v.PT_Evidence
    yield iri, v.OA_exact, text(evidence.exact)
    yield iri, v.PT_field, text(evidence.field)
    yield iri, v.PT_start, integer(evidence.start)
    yield iri, v.PT_end, integer(evidence.end)
    for predicate, offset in (
        (v.PT_subjectStart, subject[0]),
        (v.PT_subjectEnd, subject[1]),
        (v.PT_objectStart, obj[0]),
        (v.PT_objectEnd, obj[1]),
    ):
        if offset is not None:
            yield iri, predicate, integer(offset)


def _result_descriptions(
    paper: NamedNode,
    extraction: Extraction,
    concepts: Sequence[Concept | None],
    iris: Iris,
    statements: Iterable[Statement],
    min_confidence: Decimal,
) -> Iterator[Triple]:
    """Results that the paper reports in full; of one too unsure to assert only the label, for its Statement."""
    sure = {statement.object for statement in statements if statement.confidence >= min_confidence}
    for result in one_result_a_number(extraction.results):
        iri, parts = iris.result(paper, result.field, result.start, result.end), parts_of(result, concepts)
        if iri.value in sure:
            yield from result_triples(iri, result, parts, iris)
        else:
            yield iri, v.RDFS_label, text(result_label(result, parts))


# --- concepts and ontology ----------------------------------------------------------------------------------


def _concept_triples(
    concept: Concept, known: set[tuple[ConceptType, str]], graph: NamedNode, iris: Iris
) -> Iterator[Triple]:
    iri = iris.concept(concept.type, concept.key)
    yield iri, v.RDF_type, v.CONCEPT_CLASSES[concept.type]
    yield iri, v.RDF_type, v.PT_Concept
    yield iri, v.RDFS_label, text(concept.label)
    yield iri, v.SKOS_prefLabel, text(concept.label)
    for label in concept.alt_labels:
        if label != concept.label:
            yield iri, v.SKOS_altLabel, text(label)
    yield iri, v.PT_key, text(concept.key)
    yield graph, v.PROV_wasDerivedFrom, v.PT_namingRule
    if concept.catalogue_id is not None:
        yield iri, v.PT_catalogueId, text(concept.catalogue_id)
        yield graph, v.PROV_wasDerivedFrom, v.PT_catalogueRule
    if concept.higher_is_better is not None:
        yield iri, v.PT_higherIsBetter, boolean(concept.higher_is_better)
    if concept.fraction is not None:
        yield iri, v.PT_fraction, boolean(concept.fraction)
    for kind, key in concept.same_name_as:
        if (kind, key) in known and (kind, key) != (concept.type, concept.key):
            namesake = iris.concept(kind, key)
            yield iri, v.PT_sameNameAs, namesake
            yield namesake, v.PT_sameNameAs, iri
    for key in concept.broader:
        if (concept.type, key) in known and key != concept.key:
            broader = iris.concept(concept.type, key)
            yield iri, v.SKOS_broader, broader
            yield iri, v.PT_subTaskOf if concept.type == "Task" else v.PT_kindOf, broader


@cache
def _ontology_triples() -> tuple[tuple[NamedNode, NamedNode, NamedNode | Literal], ...]:
    path = resource_folder("ontology") / "papertriples.ttl"
    named: dict[BlankNode, NamedNode] = {}

    def skolem(term: object) -> NamedNode | Literal:
        if isinstance(term, BlankNode):
            # The file's own order numbers its anonymous nodes.
            return named.setdefault(term, NamedNode(f"{ONTOLOGY_IRI}/node/{len(named) + 1}"))
        if isinstance(term, NamedNode | Literal):
            return term
        raise TypeError(f"{path.name} holds a quoted triple, which OWL 2 lacks")

    triples = []
    for quad in pyoxigraph.parse(path=path, format=RdfFormat.TURTLE):
        subject = skolem(quad.subject)
        if isinstance(subject, NamedNode):
            triples.append((subject, quad.predicate, skolem(quad.object)))
    return tuple(triples)
