"""Is a graph what it should be: its shapes (SHACL), by pyshacl. See evidence.py for what shapes cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import pyoxigraph
import pyshacl
import rdflib
from pyoxigraph import DefaultGraph, NamedNode, Quad
from rdflib import RDF, SH
from rdflib.term import Node

from kg.graph import vocabulary as v
from kg.graph.rdf import Stated, rdflib_graph
from kg.resources import resource_folder

# Shapes ask who points at a subject by these (sh:inversePath).
_INVERSE: Final = (v.PT_evidence, v.PT_reports, v.PT_authorship, v.PT_community)
PORTION: Final = 50_000  # triples of a store that are checked at once: memory stays flat


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """What is wrong with one node: the path that leads to it, what was found there, what would be right."""

    focus: str
    path: str
    message: str
    value: str | None = None

    def __str__(self) -> str:
        found = "" if self.value is None else f" (found {self.value})"
        return f"{self.focus}: {self.path}: {self.message}{found}"


@dataclass(frozen=True, slots=True)
class ShapeReport:
    """What the shapes say of a graph."""

    triples: int
    violations: tuple[Violation, ...]  # sorted

    @property
    def conforms(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations


def check_shapes(graph: rdflib.Graph | pyoxigraph.Store | Iterable[Stated], portion: int = PORTION) -> ShapeReport:
    """Validates a graph with ``ontology/shapes.ttl``.

    Of a ``pyoxigraph.Store`` the default graph is read, which holds the merge of all, in portions of whole subjects
    (some ``portion`` triples each): the answer is that of one pass, with little memory. Anything else is read at
    once, named graphs merged.
    """
    if isinstance(graph, pyoxigraph.Store):
        triples = 0
        violations: set[Violation] = set()
        for part, subjects, count in _portions(graph, portion):
            triples += count
            found = _validate(part)
            # What was added for context, the type of an object that lies elsewhere, is judged in its own portion.
            violations.update(one for one in found if one.focus in subjects)
        return ShapeReport(triples, tuple(sorted(violations, key=str)))
    whole = graph if isinstance(graph, rdflib.Graph) else rdflib_graph(graph)
    return ShapeReport(len(whole), tuple(sorted(_validate(whole), key=str)))


@cache
def _shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(resource_folder("ontology") / "shapes.ttl", format="turtle")


def _validate(graph: rdflib.Graph) -> set[Violation]:
    conforms, report, text = pyshacl.validate(
        graph, shacl_graph=_shapes(), inference="none", advanced=False, meta_shacl=False
    )
    if not isinstance(report, rdflib.Graph):
        raise TypeError(f"the validator gave no report: {text}")
    if conforms:
        return set()
    return {_violation(report, result) for result in report.subjects(RDF.type, SH.ValidationResult)}


def _violation(report: rdflib.Graph, result: Node) -> Violation:
    def written(predicate: rdflib.URIRef) -> str | None:
        found = report.value(result, predicate)
        return None if found is None else v.compress(str(found))

    path = report.value(result, SH.resultPath)
    inverse = None if path is None else report.value(path, SH.inversePath)
    return Violation(
        str(report.value(result, SH.focusNode)),
        f"^{v.compress(str(inverse))}" if inverse is not None else (written(SH.resultPath) or "the node itself"),
        min(str(message) for message in report.objects(result, SH.resultMessage)),
        written(SH.value),
    )


def _portions(store: pyoxigraph.Store, portion: int) -> Iterator[tuple[rdflib.Graph, set[str], int]]:
    """Whole subjects of the default graph, with what the shapes ask about their neighbours."""
    default = DefaultGraph()
    quads: list[Quad] = []
    subjects: set[str] = set()
    for subject in {quad.subject for quad in store.quads_for_pattern(None, None, None, default)}:
        quads += store.quads_for_pattern(subject, None, None, default)
        if isinstance(subject, NamedNode):
            subjects.add(subject.value)
        if len(quads) >= portion:
            yield _with_neighbours(store, quads, subjects), subjects, len(quads)
            quads, subjects = [], set()
    if quads:
        yield _with_neighbours(store, quads, subjects), subjects, len(quads)


def _with_neighbours(store: pyoxigraph.Store, quads: list[Quad], subjects: set[str]) -> rdflib.Graph:
    default = DefaultGraph()
    around: list[Quad] = []
    for subject in subjects:
        for predicate in _INVERSE:
            around += store.quads_for_pattern(None, predicate, NamedNode(subject), default)
    elsewhere = {quad.object for quad in quads if isinstance(quad.object, NamedNode)}
    elsewhere = {found for found in elsewhere if found.value not in subjects}
    for found in elsewhere:
        around += store.quads_for_pattern(found, v.RDF_type, None, default)
    return rdflib_graph([*quads, *around])
