"""Plain contradictions between a graph and its ontology, explained.

A small forward chaining over class hierarchy, domains and ranges (the rules cax-sco, prp-dom, prp-rng, prp-spo1 of
OWL 2 RL), then the two contradictions that such graphs show in practice: an individual of two disjoint classes
(cax-dw) and two values of a functional datatype property. Each comes with the triples that lead to it, which no
reasoner behind owlready2 tells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.graph import vocabulary as v
from kg.graph.inferring import Node, reached
from kg.graph.rules import DOMAIN, RANGE, SUB_CLASS, SUB_PROPERTY

_OWL: Final = v.PREFIXES["owl"]
_FIRST, _REST, _NIL = (NamedNode(v.PREFIXES["rdf"] + name) for name in ("first", "rest", "nil"))
_DISJOINT_CLASSES, _MEMBERS, _DISJOINT_UNION, _FUNCTIONAL = (
    NamedNode(_OWL + name) for name in ("AllDisjointClasses", "members", "disjointUnionOf", "FunctionalProperty")
)
_DATATYPE_PROPERTY = NamedNode(_OWL + "DatatypeProperty")


def find_clashes(ontology: Sequence[Triple], stated: Iterable[Triple]) -> Iterator[str]:
    """Each contradiction in one line: the node, what it would have to be, and the triples that say so."""
    schema = _Schema(ontology)
    reasons: dict[Node, dict[Node, Triple]] = defaultdict(dict)  # individual -> class -> the triple that says so
    values: dict[tuple[Node, NamedNode], set[Literal]] = defaultdict(set)
    for triple in stated:
        subject, predicate, found = triple.subject, triple.predicate, triple.object
        if not isinstance(subject, NamedNode | BlankNode):
            continue
        if predicate == v.RDF_type:
            if isinstance(found, NamedNode):
                reasons[subject].setdefault(found, triple)
            continue
        for above in schema.above(SUB_PROPERTY, predicate):
            for kind in schema.of[above, DOMAIN]:
                reasons[subject].setdefault(kind, triple)
            if isinstance(found, NamedNode | BlankNode):
                for kind in schema.of[above, RANGE]:
                    reasons[found].setdefault(kind, triple)
        if predicate in schema.functional and isinstance(found, Literal):
            values[subject, predicate].add(found)

    for individual in sorted(reasons, key=str):
        found_classes: dict[Node, Triple] = {}
        for kind, triple in reasons[individual].items():
            for above in schema.above(SUB_CLASS, kind):
                found_classes.setdefault(above, triple)
        for first, second in combinations(sorted(found_classes, key=str), 2):
            if frozenset((first, second)) in schema.disjoint:
                yield (
                    f"{_written(individual)} would be a {_written(first)} and a {_written(second)}, which exclude "
                    f"each other: {_stated(found_classes[first])} and {_stated(found_classes[second])}"
                )
    for (subject, predicate), literals in sorted(values.items(), key=str):
        if len(literals) > 1:
            written = " and ".join(sorted(str(literal) for literal in literals))
            yield f"{_written(subject)} has more than one {_written(predicate)}, which has one value: {written}"


class _Schema:
    """What the ontology says of classes and properties."""

    def __init__(self, ontology: Sequence[Triple]) -> None:
        self.of: dict[tuple[object, NamedNode], list[Node]] = defaultdict(list)
        for triple in ontology:
            if isinstance(triple.object, NamedNode | BlankNode):
                self.of[triple.subject, triple.predicate].append(triple.object)
        kinds = [(one.subject, one.object) for one in ontology if one.predicate == v.RDF_type]
        datatype = {subject for subject, kind in kinds if kind == _DATATYPE_PROPERTY}
        self.functional = {subject for subject, kind in kinds if kind == _FUNCTIONAL and subject in datatype}
        self.disjoint: set[frozenset[Node]] = set()
        lists = [one for subject, kind in kinds if kind == _DISJOINT_CLASSES for one in self.of[subject, _MEMBERS]]
        lists += [one.object for one in ontology if one.predicate == _DISJOINT_UNION if isinstance(one.object, Node)]
        for members in lists:
            self.disjoint.update(frozenset(pair) for pair in combinations(self._listed(members), 2))

    def above(self, predicate: NamedNode, term: Node) -> set[Node]:
        """The term and all that lies above it by ``predicate``."""
        return reached(term, lambda one: self.of[one, predicate])

    def _listed(self, head: Node) -> Iterator[Node]:
        while head != _NIL:
            yield from self.of[head, _FIRST]
            head = next(iter(self.of[head, _REST]), _NIL)


def _written(term: object) -> str:
    return v.compress(term.value) if isinstance(term, NamedNode) else str(term)


def _stated(triple: Triple) -> str:
    return " ".join(_written(term) for term in (triple.subject, triple.predicate, triple.object))
