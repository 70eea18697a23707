"""All checks of a built graph in one report: shapes, evidence, consistency. What ``papertriples check`` prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pyoxigraph
from pyoxigraph import Quad

from kg.graph.evidence import EvidenceReport, check_evidence
from kg.graph.reason import Consistency, check_consistency, sample_papers
from kg.graph.validate import ShapeReport, Violation, check_shapes

SHOWN = 20  # violations in the text for people; --json has all


@dataclass(frozen=True, slots=True)
class GraphReport:
    """What three checks say of a graph."""

    shapes: ShapeReport
    evidence: EvidenceReport
    consistency: Consistency

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong; consistency that could not be checked is not wrong."""
        return self.shapes.conforms and self.evidence.complete and not self.consistency.refused

    def as_dict(self) -> dict[str, object]:
        """The report for programs."""
        return {"passed": self.passed, **asdict(self)}

    def as_text(self) -> str:
        """The report for people."""
        shapes, evidence = self.shapes, self.evidence
        return "\n".join(
            [
                f"shapes: {shapes.triples} triples, {_number(shapes.violations)}",
                *_shown(shapes.violations),
                f"evidence: {evidence.statements} statements, {evidence.quotes} quotes, {_number(evidence.violations)}",
                *_shown(evidence.violations),
                self.consistency.message,
                *(f"  {clash}" for clash in self.consistency.clashes[:SHOWN]),
            ]
        )


def check_graph(graph: pyoxigraph.Store | Iterable[Quad], papers: int = 25) -> GraphReport:
    """Checks a store (named graphs and their merge in the default graph) or a collection of quads.

    Of a store the reasoner reads so many papers, spread evenly; shapes and evidence are checked for all.
    """
    if isinstance(graph, pyoxigraph.Store):
        return GraphReport(check_shapes(graph), check_evidence(graph), check_consistency(sample_papers(graph, papers)))
    quads = list(graph)
    return GraphReport(check_shapes(quads), check_evidence(quads), check_consistency(quads))


def _number(violations: tuple[Violation, ...]) -> str:
    return "no violation" if not violations else f"{len(violations)} violation{'s' if len(violations) > 1 else ''}"


def _shown(violations: tuple[Violation, ...]) -> list[str]:
    lines = [f"  {violation}" for violation in violations[:SHOWN]]
    left = len(violations) - len(lines)
    return [*lines, f"  and {left} more"] if left else lines
