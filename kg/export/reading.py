"""EmbeddedStore -> the values of its instances, one at a time: what the writers of files for others read."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg.export.options import ExportOptions
from kg.graph import vocabulary as v
from kg.store import EmbeddedStore


class GraphReader:
    """Reads the merge of a store; only the IRIs of one class are held at a time."""

    def __init__(self, store: EmbeddedStore) -> None:
        self.graph = store.graph

    def instances(self, kind: NamedNode) -> list[NamedNode]:
        """The instances of a class, sorted."""
        found = (quad.subject for quad in self.graph.quads_for_pattern(None, v.RDF_type, kind, DefaultGraph()))
        return sorted((one for one in found if isinstance(one, NamedNode)), key=lambda one: one.value)

    def papers(self, options: ExportOptions) -> Iterator[NamedNode]:
        """The papers, or those that were chosen, sorted."""
        for paper in self.instances(v.PT_Paper):
            if options.papers is None or paper.value in options.papers:
                yield paper

    def objects(self, subject: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        """The things that a property leads to, sorted."""
        quads = self.graph.quads_for_pattern(subject, predicate, None, DefaultGraph())
        return sorted((q.object for q in quads if isinstance(q.object, NamedNode)), key=lambda one: one.value)

    def values(self, subject: NamedNode, predicate: NamedNode) -> list[str]:
        """The values of a property as text, sorted."""
        quads = self.graph.quads_for_pattern(subject, predicate, None, DefaultGraph())
        return sorted(q.object.value for q in quads if isinstance(q.object, Literal))

    def value(self, subject: NamedNode, predicate: NamedNode) -> str | None:
        """The first value of a property."""
        return next(iter(self.values(subject, predicate)), None)

    def subjects(self, predicate: NamedNode, found: NamedNode) -> list[NamedNode]:
        """What leads to ``found`` by a property, sorted."""
        quads = self.graph.quads_for_pattern(None, predicate, found, DefaultGraph())
        return sorted((q.subject for q in quads if isinstance(q.subject, NamedNode)), key=lambda one: one.value)

    def label(self, subject: NamedNode) -> str:
        """The label of a thing, or its IRI."""
        return self.value(subject, v.RDFS_label) or subject.value

    def labels(self, subject: NamedNode, predicate: NamedNode) -> list[str]:
        """The labels of what a property leads to, sorted."""
        return sorted(self.label(one) for one in self.objects(subject, predicate))

    def is_a(self, subject: NamedNode, kind: NamedNode) -> bool:
        return next(self.graph.quads_for_pattern(subject, v.RDF_type, kind, DefaultGraph()), None) is not None

    def authors(self, paper: NamedNode) -> list[str]:
        """The names of the authors, in the order of the paper."""
        places = []
        for one in self.objects(paper, v.PT_authorship):
            position = int(self.value(one, v.PT_position) or 0)
            places.append((position, self.label(one)))
        return [name for _, name in sorted(places)]
