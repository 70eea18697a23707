"""Every triple from a text has its sentence, and the sentence says what the text says."""

from __future__ import annotations

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kg.graph import vocabulary as v
from kg.graph.evidence import check_evidence
from tests.graph.cases import NAMES, all_quads, load


@pytest.mark.parametrize("name", NAMES)
def test_golden_graphs_are_complete(name: str) -> None:
    report = check_evidence(load(name).quads())
    assert report.complete, "\n".join(map(str, report.violations))


def test_a_store_is_read_graph_by_graph() -> None:
    store = pyoxigraph.Store()
    store.extend(all_quads())
    report = check_evidence(store)
    assert report.complete
    assert report == check_evidence(all_quads())
    assert report.statements > 20
    assert report.quotes >= report.statements


@pytest.mark.parametrize("predicate", [v.PT_introduces, v.PT_usedFor, v.PT_reports, v.PT_comparedWith, v.PT_mentions])
def test_a_triple_whose_statement_is_gone_is_found(predicate: NamedNode) -> None:
    quads = load("a_method_and_its_result").quads()
    gone = {one.subject for one in quads if one.predicate == v.RDF_predicate and one.object == predicate}
    assert gone
    found = check_evidence(one for one in quads if one.subject not in gone).violations
    assert v.compress(predicate.value) in {one.path for one in found}
    assert "has a pt:Statement with evidence" in str(found[0])


def test_a_statement_without_evidence_is_none() -> None:
    quads = load("a_method_and_its_result").quads()
    found = check_evidence(one for one in quads if one.predicate != v.PT_evidence).violations
    assert {"pt:introduces", "pt:mentions", "pt:usedFor"} <= {one.path for one in found}


def test_code_that_sources_name_needs_no_sentence() -> None:
    quads = load("what_sources_say").quads()
    assert v.PT_hasRepository in {one.predicate for one in quads}
    assert check_evidence(quads).complete
    assert not check_evidence(one for one in quads if one.predicate != v.PROV_wasDerivedFrom).complete


def test_a_quote_that_the_text_does_not_hold_is_found() -> None:
    quads = load("a_method_and_its_result").quads()
    changed = [
        Quad(one.subject, one.predicate, Literal("We present nothing."), one.graph_name)
        if one.predicate == v.OA_exact and one.object == Literal("FooNet: $\\mathcal{O}(n)$ shallow parsing")
        else one
        for one in quads
    ]
    found = check_evidence(changed).violations
    assert {one.path for one in found} == {"oa:exact"}
    assert {one.value for one in found} == {"We present nothing."}


def test_a_quote_of_a_text_that_is_gone_is_found() -> None:
    quads = load("a_method_and_its_result").quads()
    found = check_evidence(one for one in quads if one.predicate != v.DCTERMS_abstract).violations
    assert found
    assert {one.path for one in found} == {"oa:exact"}


@pytest.mark.parametrize("predicate", [v.PT_objectEnd, v.PT_subjectStart])
def test_a_name_outside_its_sentence_is_found(predicate: NamedNode) -> None:
    far = Literal("9999", datatype=v.XSD_integer)
    quads = [
        Quad(one.subject, one.predicate, far, one.graph_name) if one.predicate == predicate else one
        for one in load("a_method_and_its_result").quads()
    ]
    found = check_evidence(quads).violations
    assert {one.path for one in found} <= {"pt:objectStart", "pt:subjectStart"}
    assert "lies within its sentence" in found[0].message


def test_half_a_span_is_found() -> None:
    quads = [one for one in load("a_method_and_its_result").quads() if one.predicate != v.PT_objectEnd]
    assert not check_evidence(quads).complete
