"""Paper, Extraction, Concept -> quads: everything that enters the graph is written here.

No blank node, no clock time, no file path, no order of a set: the quads are a function of the records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import chain

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat

from kg.graph import vocabulary as v
from kg.graph.amending import Amendment, added, amended
from kg.graph.claims import (
    Quotes,
    confidence_of,
    mention_claims,
    one_result_a_number,
    paper_claims,
    repository_property,
    statements_of,
)
from kg.graph.concepts import describe_concepts as describe_concepts
from kg.graph.concepts import left_out_edges
from kg.graph.iris import Iris
from kg.graph.literals import decimal, integer, text
from kg.graph.metadata import Triple, paper_triples, repository_triples, source_triples
from kg.graph.results import parts_of, result_label, result_triples, with_split
from kg.graph.stated import stated_triples
from kg.records import Concept, Evidence, Extraction, ExtractorInfo, Identifier, Name, Paper, Statement
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
    amendments: Sequence[Amendment] = (),
    stated: Mapping[Name, Concept | None] | None = None,
) -> Iterator[Quad]:
    """All that a paper says, in its named graph, each quad once.

    ``concepts[i]`` is the concept of ``extraction.mentions[i]``, None for a generic word. What is less sure than
    ``min_confidence`` stays a Statement and is not asserted. ``cited`` maps identifiers of cited papers to the keys
    of papers that are in the graph: those become ``cito:cites``, all become ``pt:citesIdentifier``. ``amendments`` are
    what curators say of its statements; ``stated`` holds the concepts that its sources name without a sentence.
    """
    graph = iris.paper_graph(iris.paper(paper.key))
    metadata = list(paper_triples(paper, iris, cited or {}))
    said = list(_text_triples(paper, extraction, concepts, iris, info, min_confidence, set(metadata), amendments))
    sources = source_triples(paper, graph, iris)
    given = stated_triples(paper, stated or {}, iris)
    for triple in dict.fromkeys((*metadata, *sources, *said, *given)):
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
    amendments: Sequence[Amendment],
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
    claims = chain(
        paper_claims(iri, extraction, concepts, iris, quotes), mention_claims(iri, extraction, concepts, iris, quotes)
    )
    said, by_hand = added(iri.value, amended(statements_of(iri, claims), amendments), amendments)
    with_role = {
        statement.object
        for statement in said
        if NamedNode(statement.predicate) in _ROLES and statement.confidence >= min_confidence
    }
    statements = [
        statement
        for statement in said
        if not (statement.predicate == v.PT_mentionsRepository.value and NamedNode(statement.object) in own)
        and not (statement.predicate == v.PT_mentions.value and statement.object in with_role)
    ]

    left_out = left_out_edges((concept for concept in concepts if concept is not None), iris)
    for statement in statements:
        key = (statement.subject, statement.predicate, statement.object)
        yield from _statement_triples(statement, NamedNode(by_hand[key]) if key in by_hand else run, iris)
        if NamedNode(statement.predicate) in v.HIERARCHY and (statement.subject, statement.object) in left_out:
            yield _statement_iri(statement, iris), v.PT_leftOutBy, v.PT_acyclicRule
        elif statement.confidence >= min_confidence:
            yield from _asserted(statement, graph)
    yield from _result_descriptions(iri, extraction, concepts, iris, statements, min_confidence)
    objects = {statement.object for statement in statements}
    for repository in extraction.repositories:
        address = iris.repository(repository.url)
        cited = repository_property(repository) == v.PT_mentionsRepository
        if address.value in objects and not (cited and address in own):
            yield from repository_triples(repository.url, repository.kind, iris)
    for one in amendments:
        if one.action == "add" and one.repository is not None:
            yield from repository_triples(one.repository, "code", iris)
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
    iri = _statement_iri(statement, iris)
    yield iri, v.RDF_type, v.PT_Statement
    yield iri, v.RDF_subject, NamedNode(statement.subject)
    yield iri, v.RDF_predicate, NamedNode(statement.predicate)
    yield iri, v.RDF_object, NamedNode(statement.object)
    yield iri, v.DCTERMS_isPartOf, NamedNode(statement.paper)
    yield iri, v.PT_confidence, decimal(statement.confidence)
    yield iri, v.PROV_wasGeneratedBy, run
    for evidence in statement.evidence:
        yield from _evidence_triples(iri, evidence, iris)


def _statement_iri(statement: Statement, iris: Iris) -> NamedNode:
    named = (statement.paper, statement.subject, statement.predicate, statement.object)
    return iris.statement(*map(NamedNode, named))


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
    stated = {statement.object for statement in statements}
    for claim in one_result_a_number(extraction.results):
        result = with_split(claim, extraction.mentions)
        iri, parts = iris.result(paper, result.field, result.start, result.end), parts_of(result, concepts)
        if iri.value not in stated:
            continue  # a curator rejected it
        if iri.value in sure:
            yield from result_triples(iri, result, parts, iris)
        else:
            yield iri, v.RDFS_label, text(result_label(result, parts))


# --- the ontology ---------------------------------------------------------------------------------------------


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
