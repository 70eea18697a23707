"""The graph of links of a version: a function of the version's other graphs and of the recorded catalogues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode, Quad

from kg.graph import vocabulary as v
from kg.graph.iris import Iris
from kg.link.catalogues import TARGETS
from kg.link.computed import Triple, computed_links
from kg.link.matching import Decision, Link, Matcher, Subject, form_of, forms_of
from kg.link.papers import PaperDecision, citations, decide_papers
from kg.link.recording import kept_entries, kept_mappings, kept_papers
from kg.link.sssom import Said, predicate_of
from kg.link.subjects import subjects_of
from kg.resolve import load_catalogue
from kg.resources import digest_of_files
from kg.store import CatalogueRecord, VersionWriter
from kg.store.staging import digest_of_parts


@dataclass(frozen=True, slots=True)
class Linking:
    """With what the links of the store at ``location`` are made."""

    location: Path
    catalogues: tuple[CatalogueRecord, ...] = ()

    def digest(self) -> str:
        """Changes whenever the same graph might be linked in another way."""
        return digest_of_parts([code_digest(), [(one.target, one.digest) for one in self.catalogues]])

    def update(self, writer: VersionWriter, iris: Iris) -> None:
        """Bring the graph of links to what the other graphs of the next version ask for."""
        writer.replace_graph(iris.graph("links"), self.quads(writer.changed(), iris))

    def quads(self, graph: pyoxigraph.Store, iris: Iris) -> Iterator[Quad]:
        """All links of the merge of ``graph``."""
        name = iris.graph("links")
        derived = False
        for triple in computed_links(graph):
            derived = True
            yield Quad(*triple, name)
        if derived:
            yield Quad(name, v.PROV_wasDerivedFrom, v.PT_identifierRule, name)
        if self.catalogues:
            for triple in self._matched(graph):
                yield Quad(*triple, name)
            for record in self.catalogues:
                catalogue = NamedNode(f"{iris.base_iri}catalogue/{record.digest[:24]}")
                yield Quad(name, v.PROV_wasDerivedFrom, catalogue, name)

    def _matched(self, graph: pyoxigraph.Store) -> Iterator[Triple]:
        said = Said(kept_mappings(self.location, self.catalogues))
        for decision in self.decisions(graph, said):
            if decision.link is not None:
                link = decision.link
                yield NamedNode(link.subject.iri), v.expand(predicate_of(link)), NamedNode(link.entry.iri)
        decided = list(self.paper_decisions(graph))
        for _, paper in decided:
            if paper.entry is not None:
                same = v.SCHEMA_sameAs if paper.by_identifier else v.RDFS_seeAlso
                yield NamedNode(paper.paper), same, NamedNode(paper.entry.iri)
        for citing, cited in citations(graph, [paper for _, paper in decided]):
            yield NamedNode(citing), v.CITO_cites, NamedNode(cited)
        for own in said.yes:
            subject = NamedNode(own.subject)
            if next(graph.quads_for_pattern(subject, v.RDF_type, None, pyoxigraph.DefaultGraph()), None) is not None:
                yield subject, NamedNode(own.predicate), NamedNode(own.object)

    def decisions(self, graph: pyoxigraph.Store, said: Said | None = None) -> Iterator[Decision]:
        """What became of each concept that has a candidate, where no mapping of a person's own is against it."""
        entries = kept_entries(self.location, self.catalogues)
        if not entries:
            return
        said = said or Said(kept_mappings(self.location, self.catalogues))
        subjects = list(subjects_of(graph))
        matcher = Matcher(entries, _known(subjects))
        for subject in subjects:
            for decision in matcher.decide(subject):
                if decision.link is None or said.allows(decision.link):
                    yield decision

    def paper_decisions(self, graph: pyoxigraph.Store) -> Iterator[tuple[str, PaperDecision]]:
        """What became of each paper that has a candidate, target by target."""
        for target in TARGETS.values():
            if target.papers and (entries := kept_papers(self.location, self.catalogues, target.name)):
                for decision in decide_papers(graph, entries):
                    yield target.name, decision


@dataclass(frozen=True, slots=True)
class TargetReport:
    """How a target was linked: ``abstained`` had candidates, none of them sure enough."""

    target: str
    linked: int
    abstained: int


def report_of(
    decisions: Iterable[Decision], targets: Iterable[str], papers: Iterable[tuple[str, PaperDecision]] = ()
) -> tuple[tuple[TargetReport, ...], list[Link]]:
    """One row a target, and the links of concepts."""
    linked: Counter[str] = Counter()
    abstained: Counter[str] = Counter()
    links = []
    for decision in decisions:
        if decision.link is None:
            abstained[decision.target] += 1
        else:
            linked[decision.target] += 1
            links.append(decision.link)
    for target, paper in papers:
        (abstained if paper.entry is None else linked)[target] += 1
    return tuple(TargetReport(one, linked[one], abstained[one]) for one in targets if one in TARGETS), links


def _known(subjects: Iterable[Subject]) -> frozenset[str]:
    """The forms of the graph's names; a graph with fewer than the seed catalogue has, has that one's, too."""
    own, field = (
        forms_of(subjects),
        frozenset(form_of(name) for one in load_catalogue().entries for name in one.names()),
    )
    return own if len(own) >= len(field) else own | field


@cache
def code_digest() -> str:
    """The digest of the code that makes links."""
    return digest_of_files(Path(__file__).parent.glob("*.py"))
