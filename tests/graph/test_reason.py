"""HermiT over ontology and graph: the good are found consistent, the contradictory refused."""

from __future__ import annotations

import owlready2
import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kg.graph import vocabulary as v
from kg.graph.describe import ontology_quads
from kg.graph.reason import check_consistency, classify_by_rules, sample_papers
from kg.resources import resource_folder
from tests.graph.cases import IRIS, all_quads

needs_java = pytest.mark.system("default-jre-headless")

PAPER, TASK = IRIS.paper("arxiv 2101 00001"), IRIS.concept("Task", "shallow parsing")
OWN_CLASS = NamedNode("https://example.org/terms#Way")
OWN = [(OWN_CLASS, v.RDF_type, v.expand("owl:Class")), (v.PT_Method, v.expand("rdfs:subClassOf"), OWN_CLASS)]
METHOD, BANK = IRIS.concept("Method", "foonet"), IRIS.concept("Dataset", "barbank")


@pytest.fixture
def no_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owlready2, "JAVA_EXE", "no-such-command-as-this")


@needs_java
def test_the_ontology_has_a_model() -> None:
    found = check_consistency()
    assert found.verdict == "consistent", found.message
    assert not found.refused


@needs_java
def test_golden_graphs_have_a_model_whatever_dates_they_hold() -> None:
    quads = all_quads()
    datatypes = {one.object.datatype for one in quads if isinstance(one.object, Literal)}
    assert {v.XSD_date, v.XSD_gYear, v.XSD_gYearMonth} <= datatypes
    found = check_consistency([*quads, *ontology_quads(IRIS)])
    assert found.verdict == "consistent", found.message
    assert found.left_out > 0


@needs_java
@pytest.mark.parametrize(
    ("contradiction", "explained"),
    [
        (Quad(PAPER, v.RDF_type, v.PT_Task), "would be a pt:Concept and a pt:Paper"),  # two disjoint classes
        (Quad(PAPER, v.PT_usedFor, TASK), "would be a pt:Concept and a pt:Paper"),  # by the domain
        (Quad(PAPER, v.PT_addresses, METHOD), "would be a pt:Method and a pt:Task"),  # by the range
        (Quad(TASK, v.PT_key, Literal("another")), "has more than one pt:key"),
        (Quad(METHOD, v.PT_partOf, BANK), None),  # a restriction, which only the reasoner knows
        (Quad(PAPER, v.PT_uses, TASK), None),  # outside a union
        (Quad(TASK, v.PT_key, Literal("1", datatype=v.XSD_integer)), None),  # outside the datatype
    ],
)
def test_a_graph_that_holds_dates_and_a_contradiction_is_refused(contradiction: Quad, explained: str | None) -> None:
    found = check_consistency([*all_quads(), contradiction])
    assert found.verdict == "inconsistent"
    assert found.refused
    assert found.message.startswith("inconsistent with the ontology")
    if explained:
        assert explained in found.message


@needs_java
def test_the_reasoner_and_the_rules_classify_alike() -> None:
    """HermiT knows all of OWL 2, the rules a part: on our ontology they find the same classes for all individuals."""
    quads = [*all_quads(), *(Quad(*triple, IRIS.graph("mine")) for triple in OWN)]
    found = check_consistency(quads).classification
    assert found is not None
    assert found.complete
    ontology = pyoxigraph.parse(
        path=resource_folder("ontology") / "papertriples.ttl", format=pyoxigraph.RdfFormat.TURTLE
    )
    ruled = classify_by_rules([*(one.triple for one in ontology), *quads])
    assert not ruled.complete
    assert ruled.types == found.types
    assert ruled.subclasses == found.subclasses
    assert (IRIS.concept("Method", "foonet").value, OWN_CLASS.value) in ruled.types


@needs_java
def test_one_check_leaves_no_trace_in_the_next() -> None:
    assert check_consistency([*all_quads(), Quad(PAPER, v.RDF_type, v.PT_Task)]).refused
    assert not check_consistency(all_quads()).refused


@pytest.mark.usefixtures("no_java")
def test_without_java_nothing_is_claimed() -> None:
    found = check_consistency(all_quads())
    assert found.verdict == "not checked"
    assert not found.refused
    assert "consistency not checked" in found.message
    assert "default-jre-headless" in found.message
    assert found.classification is not None
    assert (METHOD.value, v.expand("skos:Concept").value) in found.classification.types
    assert "by the rules of OWL 2 RL alone" in found.classification.message


@pytest.mark.usefixtures("no_java")
def test_without_java_a_plain_contradiction_is_found() -> None:
    found = check_consistency([*all_quads(), Quad(PAPER, v.PT_addresses, METHOD)])
    assert found.refused
    assert "arxiv-2101-00001 pt:addresses https://example.org/kg/method/foonet" in found.message


def test_a_java_that_fails_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owlready2, "JAVA_EXE", "false")
    found = check_consistency(all_quads())
    assert found.verdict == "not checked"
    assert "the reasoner failed" in found.message


def test_a_sample_is_whole_papers_with_the_types_of_their_concepts() -> None:
    store = pyoxigraph.Store()
    store.extend(all_quads())
    sample = sample_papers(store, 2)
    papers = {one.subject for one in sample if one.predicate == v.DCTERMS_title}
    assert len(papers) == 2
    graphs = {one.graph_name for one in sample}
    assert {IRIS.paper_graph(paper) for paper in papers if isinstance(paper, NamedNode)} <= graphs
    typed = {one.subject for one in sample if one.predicate == v.RDF_type}
    assert {one.object for one in sample if one.predicate == v.PT_mentions} <= typed
