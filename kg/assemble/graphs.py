"""Staged records and extractions -> the graphs of the next version, described anew only where their input changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from pyoxigraph import NamedNode, Quad

from kg.assemble.concept_graph import describe_concept_graph
from kg.assemble.curation import Curation
from kg.assemble.curation_log import shown_entries
from kg.assemble.given import Rejected, without
from kg.assemble.made import Making
from kg.assemble.papers import Outlines, PaperOutline, outline_papers, whole_paper
from kg.assemble.text_names import NameStore, TextNames
from kg.assemble.text_names import names_maker as names_maker
from kg.graph.amending import Amendment
from kg.graph.curating import describe_curation
from kg.graph.describe import describe_paper, ontology_quads
from kg.graph.iris import Iris
from kg.records import Concept, Name
from kg.resolve import PaperNames, SurfaceForm
from kg.store.curation import Entry
from kg.store.publish import VersionWriter
from kg.store.staging import Staging, digest_of_parts

Progress = Callable[[str, int, int | None], None]  # phase, done, of how many


@dataclass(frozen=True, slots=True)
class Assembled:
    """What assembling did: papers and concepts that were described since their input had changed, graphs that are
    another thing now. ``left_out``: edges of texts that would close a cycle of the hierarchy, in all of it."""

    papers: int
    concepts: int
    described: int
    concepts_described: int
    rewritten: int
    removed: int
    left_out: int = 0


def assemble(
    staging: Staging, writer: VersionWriter, making: Making, progress: Progress, log: Sequence[Entry] = ()
) -> Assembled:
    """Bring the graphs of ``writer`` to what the staged records say; only the difference is described and written.

    ``log`` holds all entries of the curation log.

    All texts of the records must have been extracted by the extractor of ``making``.
    """
    outlines = outline_papers(staging, making.precedence)
    names = NameStore(staging, making.info.digest)
    curation = Curation(log, making.iris)
    curation.place(staging, outlines, making.precedence)
    resolver = curation.resolver(
        lambda: (_all_names(names.of(paper.text_digest, paper.key).names, paper) for paper in outlines.papers),
        making.catalogue,
    )
    step = _Step(staging, writer)
    made = making.digest()

    graphs = set()
    for done, outline in enumerate(outlines.papers, start=1):
        text = names.of(outline.text_digest)
        concepts = tuple(map(resolver.concept, text.names.names))
        stated = {name: resolver.concept(name) for name in outline.names}
        amendments, rejected = curation.amendments(outline), curation.rejected(outline)
        graph = making.iris.paper_graph(making.iris.paper(outline.key))
        graphs.add(graph.value)
        step.describe(
            graph,
            _input_digest(made, outline, text, concepts, stated, amendments, rejected),
            partial(_describe, staging, outline, outlines, concepts, stated, making, amendments, rejected),
        )
        progress("describe", done, len(outlines.papers))
    described = step.described

    every = resolver.concepts()
    shown = shown_entries(curation, outlines, making.iris)
    concepts_described, changed = describe_concept_graph(staging, writer, made, every, making.iris)
    graphs.add(making.iris.graph("concepts").value)
    step.rewritten += changed
    shared: list[tuple[str, list[Any], Callable[[Iris], Iterable[Quad]]]] = [("ontology", [], ontology_quads)]
    if shown:
        shared.append(("curation", [asdict(one) for one in shown], partial(describe_curation, shown)))
    for name, parts, describe in shared:
        graph = making.iris.graph(name)
        graphs.add(graph.value)
        step.describe(graph, digest_of_parts([made, *parts]), partial(describe, making.iris))
    removed = step.remove_all_but(graphs)
    left_out = sum(len(concept.not_broader) for concept in every)
    return Assembled(len(outlines.papers), len(every), described, concepts_described, step.rewritten, removed, left_out)


def _input_digest(
    made: str,
    outline: PaperOutline,
    text: TextNames,
    concepts: Sequence[Concept | None],
    stated: Mapping[Name, Concept | None],
    amendments: Sequence[Amendment],
    rejected: Rejected,
) -> str:
    """Changes whenever the paper might be described in another way.

    Labels of concepts, which change with other papers, are shown where a result is described and nowhere else; an edge
    that the hierarchy leaves out, where the paper has both its ends or a person says something of it.
    """
    ends = None if amendments else {(concept.type, concept.key) for concept in concepts if concept is not None}

    def left_out(concept: Concept) -> list[str]:
        return [key for key in concept.not_broader if ends is None or (concept.type, key) in ends]

    return digest_of_parts(
        [
            made,
            outline.key,
            outline.records,
            outline.digests,
            outline.text_digest,
            outline.cites,
            [concept and (concept.type, concept.key, left_out(concept)) for concept in concepts],
            [
                (concept.label, concept.higher_is_better, concept.fraction, concept.unit)
                for index in text.in_results
                if (concept := concepts[index]) is not None
            ],
            *(asdict(one) for one in amendments),
            *sorted(rejected),
            *(
                (one.type, one.key, one.label, one.higher_is_better, one.fraction, one.unit)
                for one in stated.values()
                if one is not None
            ),
        ]
    )


def _all_names(names: PaperNames, outline: PaperOutline) -> PaperNames:
    """What a paper's text calls its concepts, and what its sources do."""
    stated = (SurfaceForm(name.text, name, 1) for name in outline.names)
    return replace(names, surface_forms=(*names.surface_forms, *stated)) if outline.names else names


class _Step:
    """Describes a graph where the digest of its input is another one than in the current version."""

    def __init__(self, staging: Staging, writer: VersionWriter) -> None:
        self.staging = staging
        self.writer = writer
        self.described = 0
        self.rewritten = 0

    def describe(self, graph: NamedNode, digest: str, quads: Callable[[], Iterable[Quad]]) -> None:
        if self.staging.described_from(graph.value) == digest:
            return
        self.described += 1
        self.rewritten += self.writer.replace_graph(graph, quads())
        self.staging.describe(graph.value, digest)

    def remove_all_but(self, graphs: set[str]) -> int:
        gone = [graph for graph, _ in self.staging.described() if graph not in graphs]
        for graph in gone:
            self.writer.remove_graph(NamedNode(graph))
            self.staging.describe(graph, None)
        return len(gone)


def _describe(
    staging: Staging,
    outline: PaperOutline,
    outlines: Outlines,
    concepts: tuple[Concept | None, ...],
    stated: Mapping[Name, Concept | None],
    making: Making,
    amendments: Sequence[Amendment],
    rejected: Rejected,
) -> Iterator[Quad]:
    paper = whole_paper(staging, outline, making.precedence, lambda record: without(record, rejected))
    extraction = staging.extraction(outline.text_digest, making.info.digest)
    return describe_paper(
        paper,
        extraction,
        concepts,
        making.iris,
        making.info,
        making.min_confidence,
        outlines.cited,
        amendments,
        stated,
    )
