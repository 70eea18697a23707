"""What follows by OWL 2 RL: one pass gives what the rules give as SPARQL, and what HermiT finds."""

from __future__ import annotations

import random

import pyoxigraph
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.graph import rules as r
from kg.graph import vocabulary as v
from kg.graph.describe import ontology_quads
from kg.graph.inferring import inferred_triples, rules_at_work, stated_in
from tests.graph.cases import IRIS, all_quads

GRAPH = NamedNode("https://example.org/kg/graph/mine")
RULE_GRAPH = NamedNode("urn:x-test:inferred")


def mine(name: str) -> NamedNode:
    return NamedNode(f"https://example.org/terms#{name}")


A, B, C, D, E = map(mine, "ABCDE")
P, Q, R = map(mine, "pqr")
OWN = [
    (v.PT_Method, r.EQUIVALENT_CLASS, A),  # a class of one's own is ours
    (A, r.SUB_CLASS, B),
    (C, r.SUB_CLASS, D),
    (D, r.SUB_CLASS, E),
    (P, r.INVERSE, v.PT_introduces),
    (P, r.SUB_PROPERTY, Q),
    (Q, v.RDF_type, r.TRANSITIVE),
    (R, v.RDF_type, r.SYMMETRIC),
    (Q, r.SUB_PROPERTY, R),
    (R, r.DOMAIN, C),
    (mine("note"), r.SUB_PROPERTY, v.RDFS_comment),
    (mine("note"), r.DOMAIN, C),
    (mine("x"), P, mine("y")),
    (mine("y"), Q, mine("z")),
    (mine("z"), Q, mine("y")),  # a cycle
    (mine("x"), mine("note"), Literal("a literal")),
]


def store_of(quads: list[Quad]) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    store.bulk_extend(quads)
    return store


def by_sparql(quads: list[Quad]) -> set[Triple]:
    """The rules as they stand in the table, until nothing is new."""
    store = store_of([Quad(one.subject, one.predicate, one.object) for one in quads])
    size = -1
    while size != len(store):
        size = len(store)
        for rule in r.RULES:
            head = rule.conclusion
            store.update(
                f"{r.PROLOGUE} INSERT {{ {head} . GRAPH {RULE_GRAPH} {{ {head} }} }} WHERE {{ {rule.body()} }}"
            )
    unnamed = "https://w3id.org/papertriples/ontology/node/"
    found = (quad.triple for quad in store.quads_for_pattern(None, None, None, RULE_GRAPH))
    return {one for one in found if unnamed not in str(one)}


def in_one_pass(quads: list[Quad]) -> list[Triple]:
    return list(inferred_triples(stated_in(store_of(quads), ())))


@pytest.fixture(scope="module")
def quads() -> list[Quad]:
    return [*all_quads(), *ontology_quads(IRIS)]


def test_one_pass_gives_what_the_rules_give(quads: list[Quad]) -> None:
    found = in_one_pass(quads)
    assert len(found) == len(set(found)) > 100
    assert set(found) == by_sparql(quads)


def test_axioms_of_ones_own_work_too(quads: list[Quad]) -> None:
    given = [*quads, *(Quad(*triple, GRAPH) for triple in OWN)]
    found = set(in_one_pass(given))
    assert found == by_sparql(given)
    foonet, paper = IRIS.concept("Method", "foonet"), IRIS.paper("arxiv 2101 00001")
    for triple in (
        (foonet, v.RDF_type, B),
        (foonet, P, paper),
        (paper, R, foonet),
        (mine("x"), v.RDF_type, E),
        (mine("x"), Q, mine("z")),
        (mine("y"), Q, mine("y")),
        (mine("x"), v.RDFS_comment, Literal("a literal")),
        (C, r.SUB_CLASS, E),
    ):
        assert Triple(*triple) in found, triple


def test_order_and_repetition_mean_nothing(quads: list[Quad]) -> None:
    given = [*quads, *(Quad(*triple, GRAPH) for triple in OWN)]
    twice = [*random.Random(3).sample(given, len(given)), *(Quad(*one.triple, GRAPH) for one in given)]  # type: ignore[misc]
    assert set(in_one_pass(twice)) == set(in_one_pass(given))


def test_what_was_computed_before_is_no_ground() -> None:
    old = Quad(mine("x"), v.RDF_type, C, RULE_GRAPH)
    store = store_of([old, Quad(*old.triple), Quad(C, r.SUB_CLASS, D, GRAPH), Quad(C, r.SUB_CLASS, D)])  # type: ignore[misc]
    assert list(inferred_triples(stated_in(store, [RULE_GRAPH]))) == []
    assert list(inferred_triples(stated_in(store, []))) == [Triple(mine("x"), v.RDF_type, D)]


def test_blank_nodes_are_grounds_but_nothing_is_said_of_them() -> None:
    blank = BlankNode("b")
    found = in_one_pass(
        [
            Quad(Q, v.RDF_type, r.TRANSITIVE, GRAPH),
            Quad(A, Q, blank, GRAPH),
            Quad(blank, Q, B, GRAPH),
            Quad(blank, v.RDF_type, C, GRAPH),
            Quad(C, r.SUB_CLASS, D, GRAPH),
        ]
    )
    assert found == [Triple(A, Q, B)]


def test_without_axioms_nothing_follows() -> None:
    quads = all_quads()
    assert in_one_pass(quads) == []
    assert rules_at_work(stated_in(store_of(quads), ())) == []


def test_the_rules_at_work_are_those_with_axioms(quads: list[Quad]) -> None:
    names = {v.compress(rule.value) for rule in rules_at_work(stated_in(store_of(quads), ()))}
    assert names == {
        f"pt:{name}Rule"
        for name in ("subClass", "superProperty", "domain", "range", "allValues", "symmetry", "transitivity")
    }
    given = [*quads, *(Quad(*triple, GRAPH) for triple in OWN)]
    more = {v.compress(rule.value) for rule in rules_at_work(stated_in(store_of(given), ()))}
    assert more - names == {"pt:equivalenceRule", "pt:inverseRule"}
