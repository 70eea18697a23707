"""Each inferred triple is explained: a rule, premises, down to what is stated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, Quad, Triple

from kg.graph import rules as r
from kg.graph import vocabulary as v
from kg.graph.describe import ontology_quads
from kg.graph.inferring import inferred_triples, stated_in
from kg.graph.proving import Proof, prove
from tests.graph.cases import IRIS, all_quads
from tests.graph.test_inferring import GRAPH, OWN, P, Q, R, mine

INFERRED = IRIS.graph("inferred")
DERIVED = frozenset({INFERRED})


@pytest.fixture(scope="module")
def store() -> pyoxigraph.Store:
    """Golden graphs, ontology, axioms of one's own, and what follows; the default graph is the merge."""
    said = [*all_quads(), *ontology_quads(IRIS), *(Quad(*triple, GRAPH) for triple in OWN)]
    graph = pyoxigraph.Store()
    graph.bulk_extend(said)
    follows = [Quad(one.subject, one.predicate, one.object, INFERRED) for one in inferred_triples(stated_in(graph, ()))]
    graph.bulk_extend([*follows, *(Quad(one.subject, one.predicate, one.object) for one in [*said, *follows])])
    return graph


def steps(proof: Proof) -> Iterator[Proof]:
    yield proof
    for premise in proof.premises:
        yield from steps(premise)


def test_every_inferred_triple_has_a_proof_that_ends_in_what_is_stated(store: pyoxigraph.Store) -> None:
    inferred = sorted((quad.triple for quad in store.quads_for_pattern(None, None, None, INFERRED)), key=str)
    kinds: dict[object, list[Triple]] = {}
    for one in inferred:
        kinds.setdefault((one.predicate, one.object if one.predicate == v.RDF_type else None), []).append(one)
    assert len(kinds) > 20
    for some in kinds.values():
        for triple in (some[0], some[-1]):
            proof = prove(store, triple, DERIVED)
            assert proof is not None, triple
            assert not proof.stated
            for step in steps(proof):
                rules = {rule.name: len(rule.premises) for rule in r.RULES}
                assert len(step.premises) == (rules[step.rule] if step.rule else 0)
                assert bool(step.graphs) is step.stated
                assert INFERRED.value not in step.graphs


def test_a_path_is_told_step_by_step(store: pyoxigraph.Store) -> None:
    proof = prove(store, Triple(mine("x"), Q, mine("z")), DERIVED)
    assert proof is not None
    assert (proof.rule, proof.rule_iri) == ("prp-trp", "pt:transitivityRule")
    assert [one.rule for one in proof.premises] == ["", "prp-spo1", ""]
    assert proof.premises[2].graphs == (GRAPH.value,)


def test_a_long_path_of_a_hierarchy_is_found() -> None:
    broader, further = v.SKOS_broader, v.expand("skos:broaderTransitive")
    chain = [mine(f"step{number}") for number in range(9)]
    said = [
        *(Quad(one, broader, above, GRAPH) for one, above in pairwise(chain)),
        *ontology_quads(IRIS),
    ]
    graph = pyoxigraph.Store()
    graph.bulk_extend([*said, *(Quad(one.subject, one.predicate, one.object) for one in said)])
    proof = prove(graph, Triple(chain[0], further, chain[-1]), DERIVED)
    assert proof is not None
    assert {step.triple for step in steps(proof) if step.triple.predicate == broader} == {
        Triple(one, broader, above) for one, above in pairwise(chain)
    }


def test_the_inverse_of_what_a_paper_introduces(store: pyoxigraph.Store) -> None:
    foonet, paper = IRIS.concept("Method", "foonet"), IRIS.paper("arxiv 2101 00001")
    proof = prove(store, Triple(foonet, P, paper), DERIVED)
    assert proof is not None
    assert proof.rule == "prp-inv2"
    assert proof.premises[1].triple == Triple(paper, v.PT_introduces, foonet)
    assert proof.premises[1].graphs == (IRIS.paper_graph(paper).value,)
    turned = prove(store, Triple(paper, R, foonet), DERIVED)
    assert turned is not None
    assert {step.rule for step in steps(turned)} >= {"prp-symp", "prp-spo1", "prp-inv2"}


def test_what_is_stated_says_where_and_what_does_not_follow_is_none(store: pyoxigraph.Store) -> None:
    paper, foonet = IRIS.paper("arxiv 2101 00001"), IRIS.concept("Method", "foonet")
    said = prove(store, Triple(paper, v.PT_introduces, foonet), DERIVED)
    assert said is not None
    assert said.stated
    assert said.graphs == (IRIS.paper_graph(paper).value,)
    assert prove(store, Triple(foonet, v.PT_introduces, paper), DERIVED) is None
    assert prove(store, Triple(NamedNode("urn:x"), v.RDF_type, v.PT_Paper), DERIVED) is None
