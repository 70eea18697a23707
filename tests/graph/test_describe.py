"""Records -> quads: golden cases, and what must hold for all."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Quad

from kg.graph import vocabulary as v
from kg.graph.claims import Quotes, confidence_of
from kg.graph.describe import describe_concepts, describe_paper, ontology_quads
from kg.graph.evidence import check_evidence
from kg.graph.iris import Iris
from kg.graph.literals import date, decimal
from kg.graph.results import normalized_value, result_label, with_split
from kg.records import (
    Abbreviation,
    Concept,
    Evidence,
    Extraction,
    Identifier,
    Mention,
    ResultClaim,
    Role,
    Sentence,
)
from tests.graph.cases import INFO, IRIS, LEAST, NAMES, all_quads, expected, load


@pytest.mark.parametrize("name", NAMES)
def test_a_case_becomes_these_quads(name: str) -> None:
    found, wanted = set(load(name).quads()), set(expected(name))
    missing = "\n".join(sorted(map(str, wanted - found)))
    surplus = "\n".join(sorted(map(str, found - wanted)))
    assert found == wanted, f"missing:\n{missing}\nsurplus:\n{surplus}"


@pytest.mark.parametrize("name", NAMES)
def test_each_quad_comes_once_and_none_is_anonymous(name: str) -> None:
    quads = load(name).quads()
    assert len(quads) == len(set(quads))
    assert not [quad for quad in quads if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)]


@pytest.mark.parametrize("name", NAMES)
def test_the_store_changes_no_literal(name: str) -> None:
    quads = set(load(name).quads())
    store = pyoxigraph.Store()
    store.extend(quads)
    assert set(store) == quads


@pytest.mark.parametrize("name", [name for name in NAMES if load(name).paper])
@pytest.mark.parametrize("seed", range(3))
def test_order_of_claims_means_nothing(name: str, seed: int) -> None:
    case = load(name)
    assert case.paper is not None
    shuffle = random.Random(seed)

    def shuffled(some: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(shuffle.sample(some, len(some)))

    other = replace(
        case.extraction,
        sentences=shuffled(case.extraction.sentences),
        relations=shuffled(case.extraction.relations),
        roles=shuffled(case.extraction.roles),
        results=shuffled(case.extraction.results),
        repositories=shuffled(case.extraction.repositories),
    )
    paper = replace(
        case.paper,
        identifiers=shuffled(case.paper.identifiers),
        cites=shuffled(case.paper.cites),
        records=shuffled(case.paper.records),
    )
    again = describe_paper(paper, other, case.concepts, IRIS, INFO, LEAST, case.cited)
    concepts = describe_concepts(tuple(shuffle.sample(case.known, len(case.known))), IRIS)
    assert {*again, *concepts} == set(case.quads())


def test_the_least_confidence_asserts_more_or_less() -> None:
    case = load("too_unsure_to_assert")
    assert case.paper is not None
    asserted = {}
    for least in ("0", "0.45", "1"):
        quads = set(describe_paper(case.paper, case.extraction, case.concepts, IRIS, INFO, Decimal(least)))
        asserted[least] = {quad for quad in quads if quad.predicate in (v.PT_addresses, v.PT_reports, v.PT_mentions)}
        assert not check_evidence(quads).violations
        if least == "0":
            assert any(quad.predicate == v.PT_valueText for quad in quads)
    assert len(asserted["0"]) > len(asserted["0.45"]) > len(asserted["1"]) == 0


def test_every_statement_of_a_paper_lies_in_its_graph() -> None:
    case = load("a_method_and_its_result")
    assert case.paper is not None
    graph = IRIS.paper_graph(IRIS.paper(case.paper.key))
    quads = list(describe_paper(case.paper, case.extraction, case.concepts, IRIS, INFO, LEAST))
    assert {quad.graph_name for quad in quads} == {graph}


def test_another_base_changes_every_instance() -> None:
    case = load("a_method_and_its_result")
    assert case.paper is not None
    quads = describe_paper(case.paper, case.extraction, case.concepts, Iris("http://other.test/"), INFO, LEAST)
    assert not [quad for quad in quads if IRIS.base_iri in str(quad)]


def test_abbreviations_alone_say_nothing() -> None:
    case = load("a_method_and_its_result")
    assert case.paper is not None
    short = replace(case.extraction, abbreviations=(Abbreviation("abstract", 0, 2, 3, 9, "We", "wwww"),))
    assert set(describe_paper(case.paper, short, case.concepts, IRIS, INFO, LEAST)) <= set(case.quads())


def test_ontology_has_no_anonymous_node_and_one_form() -> None:
    quads = list(ontology_quads(IRIS))
    assert len(quads) > 500
    assert not [quad for quad in quads if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)]
    assert quads == list(ontology_quads(IRIS))
    assert {quad.graph_name for quad in quads} == {IRIS.graph("ontology")}


# --- quotes ------------------------------------------------------------------------------------------------

TEXT = "One is here. Two is there. Three."
SENTENCES = (
    Sentence("abstract", 0, 12, TEXT[0:12]),
    Sentence("abstract", 13, 26, TEXT[13:26]),
    Sentence("abstract", 27, 33, TEXT[27:33]),
)


@pytest.mark.parametrize(
    ("span", "quote"),
    [
        ((0, 3), "One is here."),
        ((13, 16), "Two is there."),
        ((32, 33), "Three."),
        ((8, 16), "One is here. Two is there."),
    ],
)
def test_a_quote_is_the_sentence_around_a_name(span: tuple[int, int], quote: str) -> None:
    quotes = Quotes(SENTENCES, {"abstract": TEXT})
    assert quotes.evidence("abstract", span, subject=None, obj=span).exact == quote


def test_a_quote_outside_all_sentences_is_the_name() -> None:
    found = Quotes((), {"abstract": TEXT}).evidence("abstract", (4, 6), subject=None, obj=(4, 6))
    assert found == Evidence("abstract", 4, 6, "is", None, (4, 6))


def test_a_quote_of_a_text_that_is_not_stored_is_the_sentence() -> None:
    quotes = Quotes((Sentence("text", 0, 12, TEXT[0:12]),), {"title": "T"})
    assert quotes.evidence("text", (0, 3), subject=None, obj=None).exact == "One is here."


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_every_quote_is_what_the_paper_stores(data: st.DataObject) -> None:
    """Whatever the sentences and mentions are, the quotes are exact."""
    case = load("a_method_and_its_result")
    assert case.paper is not None
    assert case.paper.abstract is not None
    length = len(case.paper.abstract)
    cuts = sorted(data.draw(st.sets(st.integers(1, length - 1), max_size=6)) | {0, length})
    sentences = tuple(Sentence("abstract", start, end, case.paper.abstract[start:end]) for start, end in pairwise(cuts))
    start = data.draw(st.integers(0, length - 1))
    end = data.draw(st.integers(start + 1, length))
    mention = Mention("abstract", start, end, case.paper.abstract[start:end], "Method", 0.9)
    extraction = Extraction(INFO.digest, sentences, (mention,), roles=(Role(0, "introduces", 0.8),))
    quads = list(describe_paper(case.paper, extraction, case.known[:1], IRIS, INFO, LEAST))
    assert any(quad.predicate == v.PT_introduces for quad in quads)
    assert not check_evidence(quads).violations


# --- numbers and dates -------------------------------------------------------------------------------------

SHARE = Concept("accuracy", "Metric", "accuracy", fraction=True)
OTHER = Concept("oddness", "Metric", "oddness")
PLAIN = Concept("perplexity", "Metric", "perplexity", fraction=False)
LATENCY = Concept("latency", "Metric", "latency", fraction=False, unit="ms")
NOISE = Concept("psnr", "Metric", "PSNR", fraction=False, unit="dB")


@pytest.mark.parametrize(
    ("value", "unit", "kind", "metric", "wanted"),
    [
        ("59.4", "%", "absolute", None, "0.594"),
        ("59.4", None, "absolute", SHARE, "0.594"),
        ("0.594", None, "absolute", SHARE, "0.594"),
        ("1", None, "absolute", SHARE, "1"),
        ("2.1", "points", "delta", SHARE, "0.021"),
        ("-2.1", None, "delta", SHARE, "-0.021"),
        ("150", "%", "relative", OTHER, "1.5"),
        ("0.8", None, "delta", SHARE, None),  # points, or a share? Nothing tells.
        ("2.1", "points", "delta", OTHER, None),
        ("20.5", None, "absolute", OTHER, None),
        ("3", "ms", "absolute", SHARE, None),
        ("512", None, "absolute", SHARE, None),  # no share
        ("20.5", None, "absolute", None, None),
        ("20.5", None, "absolute", PLAIN, "20.5"),
        ("1.5", "s", "absolute", LATENCY, "1500"),
        ("2", "minutes", "delta", LATENCY, "120000"),
        ("12", "ms", "absolute", LATENCY, "12"),
        ("12", None, "absolute", LATENCY, None),
        ("12", "GB", "absolute", LATENCY, None),
        ("20", "%", "relative", LATENCY, "0.2"),
        ("31.2", None, "absolute", NOISE, "31.2"),
        ("31.2", "dB", "absolute", NOISE, "31.2"),
    ],
)
def test_a_value_is_normalised_only_where_something_says_what_one_means(
    value: str, unit: str | None, kind: str, metric: Concept | None, wanted: str | None
) -> None:
    claim = ResultClaim("abstract", 0, 1, Decimal(value), value, kind, 0.9, unit=unit)  # type: ignore[arg-type]
    assert normalized_value(claim, metric) == (None if wanted is None else Decimal(wanted))


@pytest.mark.parametrize(
    ("split", "dataset", "wanted"),
    [
        ("Validation set", "COCO", "val"),
        (None, "COCO test-dev", "test-dev"),
        (None, "COCO val2017", "val"),
        (None, "the SwanBank development set", "dev"),
        (None, "COCO", None),
        ("test", "COCO val", "test"),  # the sentence goes before the name
    ],
)
def test_a_split_has_one_name(split: str | None, dataset: str, wanted: str | None) -> None:
    claim = ResultClaim("abstract", 0, 1, Decimal(2), "2", "absolute", 0.9, dataset=0, split=split)
    mention = Mention("abstract", 5, 5 + len(dataset), dataset, "Dataset", 0.9)
    assert with_split(claim, [mention]).split == wanted


def test_a_result_is_labelled_by_what_is_known() -> None:
    claim = ResultClaim("abstract", 0, 1, Decimal(2), "2.0", "delta", 0.9, split="val")
    task = Concept("parsing", "Task", "parsing")
    assert result_label(claim, {}) == "2.0 (difference; val)"
    assert result_label(claim, {v.PT_task: task, v.PT_metric: SHARE}) == "2.0 accuracy for parsing (difference; val)"


@settings(max_examples=50, deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=9))
def test_decimals_are_canonical(value: Decimal) -> None:
    literal = decimal(value)
    assert Decimal(literal.value) == value
    subject = IRIS.paper("x")
    store = pyoxigraph.Store()
    store.add(Quad(subject, v.PT_value, literal))
    assert [quad.object for quad in store] == [literal]


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"NaN is no xsd:decimal"):
        decimal(Decimal("NaN"))


@pytest.mark.parametrize(
    ("written", "value"),
    [("2021-13", "2021"), ("2021-06-00", "2021-06"), ("20210601", "2021"), ("0000", None), ("", None), ("٢٠٢١", None)],
)
def test_an_odd_date_keeps_what_is_right(written: str, value: str | None) -> None:
    found = date(written)
    assert (found.value if found else None) == value


@pytest.mark.parametrize(("score", "wanted"), [(-0.1, "0"), (0.99996, "1"), (0.12345, "0.1234"), (1e-9, "0")])
def test_confidence_is_a_rounded_probability(score: float, wanted: str) -> None:
    assert confidence_of(score) == Decimal(wanted)


def test_a_field_of_study_is_no_task_that_a_paper_addresses() -> None:
    case = load("a_method_and_its_result")
    assert case.paper is not None
    role = next(one for one in case.extraction.roles if one.role == "addresses")
    task = case.concepts[role.mention]
    assert task is not None
    field = replace(task, field=True)
    concepts = tuple(field if one == task else one for one in case.concepts)
    quads = [*describe_concepts((field,), IRIS)]
    quads += describe_paper(case.paper, case.extraction, concepts, IRIS, INFO, LEAST, case.cited)
    paper, found = IRIS.paper(case.paper.key), IRIS.concept("Task", task.key)
    assert {one.predicate for one in quads if (one.subject, one.object) == (paper, found)} == {v.PT_inField}
    stated = {one.object for one in quads if one.predicate == v.RDF_predicate}
    assert v.PT_inField in stated, "with its sentence"
    assert v.PT_usedFor in stated, "what is said of the field stays"
    types = {one.object for one in quads if one.subject == found and one.predicate == v.RDF_type}
    assert {v.PT_Field, v.PT_Task} <= types
    assert check_evidence(quads).complete


def test_citations_lead_to_papers_of_the_graph_alone() -> None:
    quads = {(quad.predicate, quad.object) for quad in all_quads()}
    assert (v.CITO_cites, IRIS.paper("arxiv 2101 00001")) in quads
    case = load("what_sources_say")
    assert case.paper is not None
    itself = {Identifier("arxiv", "2101.00001"): case.paper.key}
    own = describe_paper(case.paper, case.extraction, (), IRIS, INFO, LEAST, itself)
    assert v.CITO_cites not in {quad.predicate for quad in own}
