"""EmbeddedStore -> CheckReport: what ``papertriples check`` says of a store."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pyoxigraph import DefaultGraph

from kg.graph.evidence import EvidenceReport, check_evidence
from kg.graph.reason import Consistency, check_consistency, sample_papers
from kg.graph.validate import ShapeReport, check_shapes
from kg.store import EmbeddedStore

SHOWN = 20


@dataclass(frozen=True, slots=True)
class MergeReport:
    """Whether the default graph is the merge of the named graphs: what it lacks, what it holds beyond them."""

    triples: int
    missing: int
    surplus: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The four checks of a store. ``passed``: none found anything wrong; consistency may not have been checked."""

    shapes: ShapeReport
    evidence: EvidenceReport
    merge: MergeReport
    consistency: Consistency

    @property
    def passed(self) -> bool:
        return (
            self.shapes.conforms
            and self.evidence.complete
            and not (self.merge.missing or self.merge.surplus)
            and not self.consistency.refused
        )

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON; of the individuals that were classified, how many there are."""
        found = {"passed": self.passed, **asdict(self)}
        if known := self.consistency.classification:
            found["consistency"]["classification"]["types"] = len(known.types)
        return found

    def as_text(self) -> str:
        """A line a check, then the first violations."""
        violations = (*self.shapes.violations, *self.evidence.violations)
        lines = [
            f"shapes       {_verdict(len(self.shapes.violations))}, {self.shapes.triples:,} triples",
            f"evidence     {_verdict(len(self.evidence.violations))}, {self.evidence.statements:,} statements, "
            f"{self.evidence.quotes:,} quotes",
            f"merge        {_verdict(self.merge.missing + self.merge.surplus)}, {self.merge.triples:,} triples",
            f"consistency  {self.consistency.message}",
            *([f"classes      {known.message}"] if (known := self.consistency.classification) else []),
            *(f"  {violation}" for violation in violations[:SHOWN]),
        ]
        if len(violations) > SHOWN:
            lines.append(f"  ... and {len(violations) - SHOWN:,} more; --json lists all")
        return "\n".join(lines)


def check_store(store: EmbeddedStore) -> CheckReport:
    """Checks shapes (SHACL), evidence, the merge in the default graph, and consistency with the ontology.

    The reasoner sees the ontology with a sample of the papers; the others see everything.
    """
    return CheckReport(
        shapes=check_shapes(store.graph),
        evidence=check_evidence(store.graph),
        merge=_check_merge(store),
        consistency=check_consistency(sample_papers(store.graph)),
    )


def _check_merge(store: EmbeddedStore) -> MergeReport:
    merged = {quad.triple for quad in store.graph.quads_for_pattern(None, None, None, DefaultGraph())}
    named = {quad.triple for quad in store.graph if quad.graph_name != DefaultGraph()}
    return MergeReport(len(merged), missing=len(named - merged), surplus=len(merged - named))


def _verdict(wrong: int) -> str:
    return "good" if not wrong else f"{wrong:,} wrong"
