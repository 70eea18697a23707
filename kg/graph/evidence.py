"""Does every triple that came from a text show its sentence, and is every quote what the text says?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad

from kg.graph import vocabulary as v
from kg.graph.validate import Violation

_ROLES: Final = frozenset(v.ROLE_PROPERTIES.values())

# What a text can say; sources say pt:hasRepository, too.
TEXT_PROPERTIES: Final = frozenset(
    {
        v.PT_mentions,
        v.PT_inField,
        v.PT_reports,
        v.PT_hasRepository,
        v.PT_mentionsRepository,
        v.PT_hasProjectPage,
        *_ROLES,
        *v.RELATION_PROPERTIES.values(),
    }
)

# What a source may give without a sentence, where its record says so (pt:gives).
_GIVEN: Final = frozenset({v.PT_mentions, v.PT_inField, v.PT_reports, *_ROLES})

_FIELDS: Final = {"title": v.DCTERMS_title, "abstract": v.DCTERMS_abstract, "summary": v.PT_summary}

Triple = tuple[object, object, object]


@dataclass(frozen=True, slots=True)
class EvidenceReport:
    """How many statements and quotes were looked at, and what is wrong with them."""

    statements: int
    quotes: int
    violations: tuple[Violation, ...]  # sorted

    @property
    def complete(self) -> bool:
        """Whether every triple from a text has its sentence and every quote is exact."""
        return not self.violations


def check_evidence(graph: pyoxigraph.Store | Iterable[Quad]) -> EvidenceReport:
    """Looks at each paper's named graph for triples from a text without a pt:Statement and for wrong quotes.

    A triple needs no Statement of its own where a rule gives it: ``pt:mentions`` beside a stated role, the other
    direction of a stated symmetric relation; nor what a source gives.
    """
    statements = quotes = 0
    violations: list[Violation] = []
    for name, quads in _paper_graphs(graph):
        found = _PaperGraph(name, quads)
        statements += len(found.statements)
        quotes += len(found.instances[v.PT_Evidence])
        violations += found.unstated()
        violations += found.misquoted()
    return EvidenceReport(statements, quotes, tuple(sorted(violations, key=str)))


def _paper_graphs(graph: pyoxigraph.Store | Iterable[Quad]) -> Iterator[tuple[NamedNode, list[Quad]]]:
    if isinstance(graph, pyoxigraph.Store):
        for name in graph.named_graphs():
            if isinstance(name, NamedNode) and _is_paper_graph(name):
                yield name, list(graph.quads_for_pattern(None, None, None, name))
        return
    grouped: dict[NamedNode, list[Quad]] = defaultdict(list)
    for quad in graph:
        if isinstance(quad.graph_name, NamedNode) and _is_paper_graph(quad.graph_name):
            grouped[quad.graph_name].append(quad)
    yield from grouped.items()


def _is_paper_graph(name: NamedNode) -> bool:
    return name.value.endswith("/graph") and "/paper/" in name.value


class _PaperGraph:
    """What one paper says, looked up by subject."""

    def __init__(self, name: NamedNode, quads: list[Quad]) -> None:
        self.name = name
        self.paper = NamedNode(name.value.removesuffix("/graph"))
        self.triples: set[Triple] = {(quad.subject, quad.predicate, quad.object) for quad in quads}
        self.of: dict[tuple[object, object], list[NamedNode | Literal]] = defaultdict(list)
        self.instances: dict[object, list[object]] = defaultdict(list)
        for quad in quads:
            if isinstance(quad.object, NamedNode | Literal):
                self.of[quad.subject, quad.predicate].append(quad.object)
            if quad.predicate == v.RDF_type:
                self.instances[quad.object].append(quad.subject)
        self.statements: set[Triple] = {
            (subject, predicate, found)
            for statement in self.instances[v.PT_Statement]
            for subject in self.of[statement, v.RDF_subject]
            for predicate in self.of[statement, v.RDF_predicate]
            for found in self.of[statement, v.RDF_object]
            if self.of[statement, v.PT_evidence]
        }

    def unstated(self) -> Iterator[Violation]:
        records = self.of[self.name, v.PROV_wasDerivedFrom]
        from_sources = bool(records)
        given = {found for record in records for found in self.of[record, v.PT_gives]}
        for subject, predicate, found in self.triples:
            if predicate not in TEXT_PROPERTIES or (subject, predicate, found) in self.statements:
                continue
            if predicate == v.PT_mentions and any((subject, role, found) in self.statements for role in _ROLES):
                continue
            if predicate in v.SYMMETRIC_PROPERTIES and (found, predicate, subject) in self.statements:
                continue
            if predicate == v.PT_hasRepository and from_sources:
                continue
            if subject == self.paper and (predicate in _GIVEN and found in given):
                continue
            yield Violation(
                _value(subject),
                v.compress(_value(predicate)),
                f"a triple from a text has a pt:Statement with evidence in {self.name.value}",
                _value(found),
            )

    def misquoted(self) -> Iterator[Violation]:
        for evidence in self.instances[v.PT_Evidence]:
            field, exact = (self._text(evidence, predicate) for predicate in (v.PT_field, v.OA_exact))
            start, end = (self._number(evidence, predicate) for predicate in (v.PT_start, v.PT_end))
            if field not in _FIELDS or start is None or end is None:
                continue  # the shapes say what is missing
            stored = self._text(self.paper, _FIELDS[field])
            if stored is None or stored[start:end] != exact:
                yield Violation(
                    _value(evidence),
                    "oa:exact",
                    f"the quote is what the paper's {field} holds from {start} to {end}",
                    exact,
                )
            for first, last in ((v.PT_subjectStart, v.PT_subjectEnd), (v.PT_objectStart, v.PT_objectEnd)):
                inner = self._number(evidence, first), self._number(evidence, last)
                if inner == (None, None):
                    continue
                if inner[0] is None or inner[1] is None or not start <= inner[0] < inner[1] <= end:
                    yield Violation(
                        _value(evidence),
                        v.compress(first.value),
                        f"the name lies within its sentence, {start} to {end}",
                        f"{inner[0]} to {inner[1]}",
                    )

    def _text(self, subject: object, predicate: NamedNode) -> str | None:
        found = self.of[subject, predicate]
        return found[0].value if found else None

    def _number(self, subject: object, predicate: NamedNode) -> int | None:
        text = self._text(subject, predicate)
        return int(text) if text is not None and text.lstrip("-").isdecimal() else None


def _value(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
