"""A triple -> why it holds: stated where, or by which rule from which triples, down to what is stated.

The rules of :mod:`kg.graph.rules` are run as they stand, as SPARQL, on the part of the graph that the triple can rest
on: all axioms, the triples of its two ends (a few for each predicate), and, for a transitive property, the paths
upward.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from kg.graph import rules as r
from kg.graph import vocabulary as v

WITNESSES: Final = 5  # triples of one predicate at one node that may serve as a premise
FARTHEST: Final = 2000  # nodes that a path may lead through
_MERGE: Final = DefaultGraph()
_VARIABLE: Final = re.compile(r"\?(\w+)")


@dataclass(frozen=True, slots=True)
class Proof:
    """A triple, and what it follows from by ``rule``; a stated triple has no rule but the ``graphs`` that say it."""

    triple: Triple
    graphs: tuple[str, ...] = ()
    rule: str = ""  # of OWL 2 RL, such as prp-spo1
    rule_iri: str = ""  # such as pt:superPropertyRule
    premises: tuple[Proof, ...] = ()

    @property
    def stated(self) -> bool:
        """Whether a graph that is not derived says so."""
        return not self.rule


def prove(graph: pyoxigraph.Store, triple: Triple, derived: frozenset[NamedNode]) -> Proof | None:
    """Why the triple holds, or None where it neither is stated nor follows; ``derived`` graphs are no ground.

    It is not asked whether the store keeps what it infers. Of several proofs the one of the fewest rounds is given.
    """
    if graphs := _graphs(graph, triple, derived):
        return Proof(triple, graphs)
    part = pyoxigraph.Store()
    part.extend(Quad(*one) for one in _ground(graph, triple, derived))
    goal = Quad(*triple)
    steps: dict[Triple, tuple[r.Rule, tuple[Triple, ...]]] = {}
    while goal not in part:
        found: dict[Triple, tuple[r.Rule, tuple[Triple, ...]]] = {}
        for rule in r.RULES:
            for conclusion, premises in _applied(part, rule):
                found.setdefault(conclusion, (rule, premises))
        if not found:
            return None
        steps |= found
        part.extend(Quad(*one) for one in found)
    return _told(graph, triple, steps, derived)


def _told(
    graph: pyoxigraph.Store,
    triple: Triple,
    steps: dict[Triple, tuple[r.Rule, tuple[Triple, ...]]],
    derived: frozenset[NamedNode],
) -> Proof:
    if triple not in steps:
        return Proof(triple, _graphs(graph, triple, derived))
    rule, premises = steps[triple]
    told = tuple(_told(graph, one, steps, derived) for one in premises)
    return Proof(triple, (), rule.name, v.compress(rule.iri.value), told)


def _applied(part: pyoxigraph.Store, rule: r.Rule) -> list[tuple[Triple, tuple[Triple, ...]]]:
    """What the rule gives at once, with the premises, in an order that does not depend on the store's."""
    solutions = part.query(f"{r.PROLOGUE} SELECT * WHERE {{ {rule.body()} }}")
    if not isinstance(solutions, pyoxigraph.QuerySolutions):
        raise TypeError(f"expected solutions of the rule {rule.name}")
    names = [variable.value for variable in solutions.variables]
    found = []
    for solution in solutions:
        bound = {name: solution[name] for name in names}
        if not isinstance(bound[_subject_of(rule)], Literal):
            found.append((_filled(rule.conclusion, bound), tuple(_filled(one, bound) for one in rule.premises)))
    return sorted(found, key=str)


def _subject_of(rule: r.Rule) -> str:
    return rule.conclusion.split()[0].removeprefix("?")


def _filled(pattern: str, bound: dict[str, object]) -> Triple:
    """A triple pattern of a rule with its variables filled in."""

    def term(written: str) -> object:
        if variable := _VARIABLE.fullmatch(written):
            return bound[variable[1]]
        return v.RDF_type if written == "a" else v.expand(written)

    return Triple(*map(term, pattern.split()))  # type: ignore[arg-type]


def _graphs(graph: pyoxigraph.Store, triple: Triple, derived: frozenset[NamedNode]) -> tuple[str, ...]:
    if isinstance(triple.subject, Literal):
        return ()
    quads = graph.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
    names = {quad.graph_name for quad in quads}
    return tuple(sorted(one.value for one in names if isinstance(one, NamedNode) and one not in derived))


def _ground(graph: pyoxigraph.Store, triple: Triple, derived: frozenset[NamedNode]) -> Iterator[Triple]:
    """The stated triples that a proof may need."""
    yield from _axioms(graph, derived)
    ends = [one for one in (triple.subject, triple.object) if isinstance(one, NamedNode)]
    near = [one for end in ends for one in _around(graph, end, derived)]
    near += _paths(graph, triple, derived)
    yield from near
    for one in {term for found in near for term in (found.subject, found.object) if isinstance(term, NamedNode)}:
        yield from _stated(graph, derived, one, v.RDF_type, None)


def _axioms(graph: pyoxigraph.Store, derived: frozenset[NamedNode]) -> Iterator[Triple]:
    for predicate in r.AXIOMS:
        yield from _stated(graph, derived, None, predicate, None)
    for kind in (r.SYMMETRIC, r.TRANSITIVE):
        yield from _stated(graph, derived, None, v.RDF_type, kind)


def _around(graph: pyoxigraph.Store, node: NamedNode, derived: frozenset[NamedNode]) -> Iterator[Triple]:
    """All that is said of a node, and some triples that lead to it, of each predicate that axioms are about."""
    yield from _stated(graph, derived, node, None, None)
    told: set[object] = {one.subject for axiom in r.AXIOMS for one in _stated(graph, derived, None, axiom, None)}
    told |= {one.object for one in _stated(graph, derived, None, r.ON_PROPERTY, None)}
    told |= {one.object for one in _stated(graph, derived, None, r.INVERSE, None)}
    for kind in (r.SYMMETRIC, r.TRANSITIVE):
        told |= {one.subject for one in _stated(graph, derived, None, v.RDF_type, kind)}
    for predicate in sorted((one for one in told if isinstance(one, NamedNode)), key=lambda one: one.value):
        yield from islice(_stated(graph, derived, None, predicate, node), WITNESSES)


def _paths(graph: pyoxigraph.Store, triple: Triple, derived: frozenset[NamedNode]) -> Iterator[Triple]:
    """For a transitive property: the edges that lead on from the subject, by whatever gives that property."""
    transitive = {one.subject for one in _stated(graph, derived, None, v.RDF_type, r.TRANSITIVE)}
    transitive |= {r.SUB_CLASS, r.SUB_PROPERTY}
    if triple.predicate not in transitive:
        return
    below: set[object] = {triple.predicate}
    while (
        more := {
            one.subject
            for axiom in (r.SUB_PROPERTY, r.EQUIVALENT_PROPERTY, r.INVERSE)
            for predicate in below
            if isinstance(predicate, NamedNode)
            for one in _stated(graph, derived, None, axiom, predicate)
        }
        - below
    ):
        below |= more
    ways = sorted((one for one in below if isinstance(one, NamedNode)), key=lambda one: one.value)
    turned: set[object] = {one.subject for one in _stated(graph, derived, None, v.RDF_type, r.SYMMETRIC)}
    turned |= {end for one in _stated(graph, derived, None, r.INVERSE, None) for end in (one.subject, one.object)}
    reached: set[NamedNode] = set()
    waiting = [triple.subject]
    while waiting and len(reached) < FARTHEST:
        node = waiting.pop(0)
        if not isinstance(node, NamedNode) or node in reached:
            continue
        reached.add(node)
        for predicate in ways:
            edges = list(_stated(graph, derived, node, predicate, None))
            waiting += [one.object for one in edges if isinstance(one.object, NamedNode)]
            if predicate in turned:
                back = list(_stated(graph, derived, None, predicate, node))
                waiting += [one.subject for one in back if isinstance(one.subject, NamedNode)]
                edges += back
            yield from edges


def _stated(
    graph: pyoxigraph.Store,
    derived: frozenset[NamedNode],
    subject: NamedNode | None,
    predicate: NamedNode | None,
    found: NamedNode | None,
) -> Iterator[Triple]:
    """Each triple once that a graph states which is not derived, by the store's indexes."""
    for quad in graph.quads_for_pattern(subject, predicate, found, _MERGE):
        if _graphs(graph, quad.triple, derived):
            yield quad.triple
