"""A graph -> the triples that follow from it by :data:`kg.graph.rules.RULES` and are not in it.

One pass over each predicate that an axiom is about, with the axioms closed beforehand: what a triple gives by
super-properties, inverses, symmetry, domain and range is then one look-up. ``bench/reason.py`` compares it with the
same rules run by SPARQL and by a library. Sets change nothing: what follows is a set of triples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple

from kg.graph import rules as r
from kg.graph import vocabulary as v
from kg.settings import ONTOLOGY_IRI

Node = NamedNode | BlankNode
Edge = tuple[Node, Node | Literal]
Classes = frozenset[Node]
# (subject, object) of the triples with a predicate, some of them perhaps twice.
Read = Callable[[NamedNode], Iterable[tuple[object, object]]]

_NONE: Final[Classes] = frozenset()
# A class expression of the ontology has no name of its own: that something is one of them tells nobody anything.
_UNNAMED: Final = f"{ONTOLOGY_IRI}/node/"


def stated_in(graph: pyoxigraph.Store, derived: Collection[NamedNode]) -> Read:
    """Reads the named graphs of a store, but for ``derived`` ones: what is computed is no ground for more."""
    left_out = {DefaultGraph(), *derived}

    def read(predicate: NamedNode) -> Iterator[tuple[object, object]]:
        for quad in graph.quads_for_pattern(None, predicate, None, None):
            if quad.graph_name not in left_out:
                yield quad.subject, quad.object

    return read


def inferred_triples(read: Read) -> Iterator[Triple]:
    """What follows, each triple once. What has a blank node, or an unnamed class of the ontology, is left out."""
    inference = _Inference(read)
    inference.run()
    return inference.triples()


def rules_at_work(read: Read) -> list[NamedNode]:
    """The pt:Rules that have an axiom to work on, sorted."""
    used = {
        v.PT_subClassRule: (r.SUB_CLASS,),
        v.PT_superPropertyRule: (r.SUB_PROPERTY,),
        v.PT_equivalenceRule: (r.EQUIVALENT_CLASS, r.EQUIVALENT_PROPERTY),
        v.PT_inverseRule: (r.INVERSE,),
        v.PT_domainRule: (r.DOMAIN,),
        v.PT_rangeRule: (r.RANGE,),
        v.PT_allValuesRule: (r.ALL_VALUES,),
    }
    found = {rule for rule, axioms in used.items() if any(next(iter(read(axiom)), None) for axiom in axioms)}
    kinds = {kind for _, kind in read(v.RDF_type) if kind in (r.SYMMETRIC, r.TRANSITIVE)}
    found |= {v.PT_symmetryRule} if r.SYMMETRIC in kinds else set()
    found |= {v.PT_transitivityRule} if r.TRANSITIVE in kinds else set()
    return sorted(found, key=lambda rule: rule.value)


@dataclass(frozen=True, slots=True)
class _Effect:
    """What each triple of a predicate gives: ``links`` are (predicate, turned round), classes are closed."""

    links: tuple[tuple[NamedNode, bool], ...]
    subject: Classes
    object: Classes


class _Schema:
    """The axioms, closed."""

    def __init__(self, read: Read) -> None:
        above = {predicate: _pairs(read, predicate) for predicate in r.AXIOMS}
        for equivalent, sub in ((r.EQUIVALENT_CLASS, r.SUB_CLASS), (r.EQUIVALENT_PROPERTY, r.SUB_PROPERTY)):
            for one, others in above[equivalent].items():
                for other in others:
                    above[sub][one].add(other)
                    above[sub][other].add(one)
        self._above, self._inverse = above, defaultdict(set, above[r.INVERSE])
        for one, others in above[r.INVERSE].items():
            for other in others:
                self._inverse[other].add(one)
        kinds: dict[Node, set[Node]] = defaultdict(set)
        for subject, kind in read(v.RDF_type):
            if kind in (r.SYMMETRIC, r.TRANSITIVE) and isinstance(subject, Node) and isinstance(kind, Node):
                kinds[kind].add(subject)
        self._symmetric = kinds[r.SYMMETRIC]
        self.transitive = sorted(
            {one for one in kinds[r.TRANSITIVE] if isinstance(one, NamedNode)} | {r.SUB_CLASS, r.SUB_PROPERTY}, key=str
        )
        self._classes: dict[Node, Classes] = {}
        self._closed: dict[Classes, Classes] = {}
        self.restrictions = [
            (restriction, predicate, self.closed(frozenset(above[r.ALL_VALUES][restriction])))
            for restriction in sorted(above[r.ALL_VALUES], key=str)
            for predicate in sorted(above[r.ON_PROPERTY][restriction], key=str)
            if isinstance(predicate, NamedNode)
        ]
        told = {
            one
            for axiom in (r.SUB_PROPERTY, r.DOMAIN, r.RANGE, r.INVERSE)
            for one in (above[axiom] if axiom != r.INVERSE else self._inverse)
        }
        predicates = told | self._symmetric | set(self.transitive)
        effects = {one: self._effect(one) for one in sorted(predicates, key=str) if isinstance(one, NamedNode)}
        for equivalent, sub in ((r.EQUIVALENT_CLASS, r.SUB_CLASS), (r.EQUIVALENT_PROPERTY, r.SUB_PROPERTY)):
            effects[equivalent] = _Effect(((sub, False), (sub, True)), _NONE, _NONE)
        self.effects = effects

    def closed(self, classes: Classes) -> Classes:
        """Classes with all that is above them."""
        found = self._closed.get(classes)
        if found is None:
            found = frozenset(above for one in classes for above in self._class(one))
            self._closed[classes] = found
        return found

    def _class(self, one: Node) -> Classes:
        if one not in self._classes:
            self._classes[one] = frozenset(reached(one, lambda kind: self._above[r.SUB_CLASS].get(kind, ())))
        return self._classes[one]

    def _effect(self, predicate: NamedNode) -> _Effect:
        start = (predicate, False)
        reached: set[tuple[Node, bool]] = set()
        waiting: list[tuple[Node, bool]] = [start]
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                one, turned = state
                waiting += [(other, turned) for other in self._above[r.SUB_PROPERTY].get(one, ())]
                waiting += [(other, not turned) for other in self._inverse.get(one, ())]
                waiting += [(one, not turned)] if one in self._symmetric else []
        domain, range = self._above[r.DOMAIN], self._above[r.RANGE]
        subject = {kind for one, turned in reached for kind in (range if turned else domain).get(one, ())}
        obj = {kind for one, turned in reached for kind in (domain if turned else range).get(one, ())}
        links = [(one, turned) for one, turned in reached - {start} if isinstance(one, NamedNode)]
        return _Effect(
            tuple(sorted(links, key=lambda link: (link[0].value, link[1]))),
            self.closed(frozenset(subject)),
            self.closed(frozenset(obj)),
        )


class _Inference:
    def __init__(self, read: Read) -> None:
        self._read = read
        self._schema = _Schema(read)
        self._stated: dict[Node, Classes] = {}  # an individual -> its classes
        self._classes: dict[Node, Classes] = {}  # where more follow than what is above the stated ones
        self._links: dict[NamedNode, set[Edge]] = defaultdict(set)

    def run(self) -> None:
        added: dict[tuple[Classes, object], Classes] = {}  # few sets of classes, shared by many individuals
        for subject, kind in self._read(v.RDF_type):
            if isinstance(subject, Node) and isinstance(kind, Node):
                before = self._stated.get(subject, _NONE)
                if (before, kind) not in added:
                    added[before, kind] = before | {kind}
                self._stated[subject] = added[before, kind]
        for predicate, effect in self._schema.effects.items():
            links = [(self._links[one], turned) for one, turned in effect.links]
            for subject, found in self._read(predicate):
                if not isinstance(subject, Node):
                    continue
                if effect.subject:
                    self._need(subject, effect.subject)
                if isinstance(found, Node):
                    if effect.object:
                        self._need(found, effect.object)
                    for edges, turned in links:
                        edges.add((found, subject) if turned else (subject, found))
                elif isinstance(found, Literal):
                    for edges, turned in links:
                        if not turned:
                            edges.add((subject, found))
        while any(self._close(predicate) for predicate in self._schema.transitive):
            pass
        while any(self._restrict(*restriction) for restriction in self._schema.restrictions):
            pass

    def triples(self) -> Iterator[Triple]:
        for predicate, edges in self._links.items():
            for subject, found in edges.difference(self._read(predicate)):
                if isinstance(subject, NamedNode) and isinstance(found, NamedNode | Literal) and _named(subject, found):
                    yield Triple(subject, predicate, found)
        for individual in self._stated.keys() | self._classes.keys():
            if isinstance(individual, NamedNode) and _named(individual):
                stated = self._stated.get(individual, _NONE)
                for kind in self._of(individual) - stated:
                    if isinstance(kind, NamedNode) and _named(kind):
                        yield Triple(individual, v.RDF_type, kind)

    def _of(self, individual: Node) -> Classes:
        found = self._classes.get(individual)
        return self._schema.closed(self._stated.get(individual, _NONE)) if found is None else found

    def _need(self, individual: Node, classes: Classes) -> bool:
        """Give an individual (closed) classes; returns whether that is new."""
        known = self._of(individual)
        if classes <= known:
            return False
        self._classes[individual] = known | classes
        return True

    def _close(self, predicate: NamedNode) -> bool:
        """Paths of a transitive property, and what follows from them; returns whether that is new."""
        above: dict[Node, set[Node]] = defaultdict(set)
        edges = {(one, other) for one, other in self._read(predicate) if isinstance(one, Node)} | self._links[predicate]
        for one, other in edges:
            if isinstance(one, Node) and isinstance(other, Node):
                above[one].add(other)
        before = sum(map(len, self._links.values()))
        for one in list(above):
            beyond = {far for near in above[one] for far in reached(near, lambda node: above.get(node, ()))}
            for other in beyond - above[one]:
                self._links[predicate].add((one, other))
                for link, turned in self._schema.effects[predicate].links:
                    self._links[link].add((other, one) if turned else (one, other))
        return sum(map(len, self._links.values())) > before

    def _restrict(self, restriction: Node, predicate: NamedNode, classes: Classes) -> bool:
        """Only individuals of ``classes`` are what one of ``restriction`` has; returns whether that is new."""
        edges = {(one, other) for one, other in self._read(predicate)} | self._links[predicate]
        new = [
            self._need(other, classes)
            for one, other in edges
            if isinstance(one, Node) and isinstance(other, Node) and restriction in self._of(one)
        ]
        return any(new)


def _pairs(read: Read, predicate: NamedNode) -> dict[Node, set[Node]]:
    found: dict[Node, set[Node]] = defaultdict(set)
    for subject, other in read(predicate):
        if isinstance(subject, Node) and isinstance(other, Node):
            found[subject].add(other)
    return found


def reached(start: Node, above: Callable[[Node], Iterable[Node]]) -> set[Node]:
    """What paths lead to from ``start``, itself included; ``above`` gives the next steps."""
    found: set[Node] = set()
    waiting = [start]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += above(one)
    return found


def _named(*terms: object) -> bool:
    return not any(isinstance(term, NamedNode) and term.value.startswith(_UNNAMED) for term in terms)
