"""EmbeddedStore -> what ``papertriples analyse`` says: tables for people, JSON, CSV files, GraphML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg.assemble.deriving import DERIVED, stated
from kg.assemble.explaining import concepts_called
from kg.errors import StoreError, UsageError
from kg.graph import vocabulary as v
from kg.graph.analyse import Analysis, analyse, network
from kg.graph.analytics import Analytics, analytics_of
from kg.graph.analytics_quads import graphml
from kg.graph.corpus import Corpus, corpus_of
from kg.graph.iris import Iris
from kg.graph.lineage import Lineage, lineage
from kg.graph.related import RelatedPaper, related_papers
from kg.store import EmbeddedStore
from kg.store.durable import replace_file

Row = tuple[str | int | float, ...]
_MERGE: Final = DefaultGraph()
_TITLES: Final = {
    "methods": "most central methods",
    "communities": "communities of tasks",
    "co_used": "methods used together",
    "related": "related papers",
    "emerging": "emerging concepts",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns; ``iri`` columns are for programs and are not shown to people."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that is known of the network as a whole; ``limit`` rows of each table are shown."""

    limit: int
    analysis: Analysis
    analytics: Analytics
    corpus: Corpus

    def tables(self) -> list[Table]:
        """The analytics as tables, whole."""
        label, found = self.corpus.label, self.analytics
        pairs = ("weight", "label", "other_label", "iri", "other_iri")
        return [
            Table(
                "methods",
                ("pagerank", "betweenness", "label", "iri"),
                tuple((one.pagerank, one.betweenness, label(one.iri), one.iri) for one in found.methods),
            ),
            Table(
                "communities",
                ("tasks", "label", "others", "iri"),
                tuple(
                    (
                        len(one.tasks),
                        label(one.centre),
                        "; ".join(label(task) for task in self._known_first(one.tasks) if task != one.centre),
                        one.centre,
                    )
                    for one in found.communities
                ),
            ),
            *(
                Table(
                    name,
                    pairs,
                    tuple((one.weight, label(one.one), label(one.other), one.one, one.other) for one in rows),
                )
                for name, rows in (("co_used", found.co_used), ("related", found.related))
            ),
            Table(
                "emerging",
                ("year", "score", "papers", "label", "type", "iri"),
                tuple(
                    (one.year, one.score, one.papers, label(one.concept), self.corpus.types[one.concept], one.concept)
                    for one in found.emerging
                ),
            ),
        ]

    def as_dict(self) -> dict[str, Any]:
        """Counts, and the first rows of each table, for programs."""
        return self.analysis.as_dict() | {
            table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows[: self.limit]]
            for table in self.tables()
        }

    def as_text(self) -> str:
        """The same for people."""
        lines = [self.analysis.as_text()]
        for table in self.tables():
            shown = [number for number, column in enumerate(table.columns) if not column.endswith("iri")]
            names = ", ".join(table.columns[number].replace("_", " ") for number in shown)
            lines += ["", f"{_TITLES[table.name]} ({names})"]
            lines += ["  " + "  ".join(_shown(row[number]) for number in shown) for row in table.rows[: self.limit]]
            if not table.rows:
                lines.append("  none")
        return "\n".join(lines)

    def _known_first(self, tasks: Iterable[str]) -> list[str]:
        return sorted(tasks, key=lambda task: (-len(self.corpus.addressed.get(task, ())), task))


@dataclass(frozen=True, slots=True)
class Lineages:
    """The lineages of all methods of a name."""

    found: tuple[Lineage, ...]

    def as_dict(self) -> dict[str, Any]:
        """The lineages for programs."""
        return {"lineages": [one.as_dict() for one in self.found]}

    def as_text(self) -> str:
        """The lineages for people."""
        return "\n\n".join(one.as_text() for one in self.found)


@dataclass(frozen=True, slots=True)
class Related:
    """The papers nearest to one, and the labels of all that is named."""

    paper: str
    near: tuple[RelatedPaper, ...]
    labels: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """The papers for programs."""
        rows = [
            {
                "iri": one.iri,
                "label": self.labels[one.iri],
                "weight": one.weight,
                "shared": [{"iri": iri, "label": self.labels[iri]} for iri in one.shared],
            }
            for one in self.near
        ]
        return {"iri": self.paper, "label": self.labels[self.paper], "related": rows}

    def as_text(self) -> str:
        """The papers for people."""
        lines = [f"{self.labels[self.paper]}  <{self.paper}>"]
        for one in self.near:
            lines.append(f"  {one.weight:>9.4f}  {self.labels[one.iri]}")
            lines.append(f"             {', '.join(self.labels[iri] for iri in one.shared)}")
        return "\n".join(lines if self.near else [*lines, "  no other paper shares a rare concept with it"])


def report_of(store: EmbeddedStore, limit: int = 10) -> Report:
    """Analyses what the store states; graphs that are derived are left out."""
    iris = Iris(store.base_iri)
    left_out = {_MERGE, *map(iris.graph, DERIVED)}
    corpus = corpus_of(stated(store.graph, iris))
    said = (quad for quad in store.graph if quad.graph_name not in left_out)
    return Report(limit, analyse(network(said), limit), analytics_of(corpus), corpus)


def lineages(store: EmbeddedStore, named: str) -> Lineages:
    """The lineage of each method of that name (any that the graph knows, in any case) or IRI; else UsageError."""
    return Lineages(tuple(lineage(store.graph, iri) for iri in concepts_called(store, named, ["Method"])))


def related_to(store: EmbeddedStore, named: str, limit: int) -> Related:
    """The papers nearest to the one of that title, identifier or IRI; UsageError where there is none, or several."""
    found = _papers(store, named)
    if len(found) != 1:
        what = f"several: {', '.join(iri.value for iri in found)}" if found else "none"
        raise UsageError(f"--related {named}: found {what}, expected a title, an identifier or an IRI of one paper")
    near = related_papers(store.graph, found[0], limit)
    named_ones = {found[0].value, *(one.iri for one in near), *(iri for one in near for iri in one.shared)}
    return Related(found[0].value, near, {iri: _label(store, iri) for iri in named_ones})


def write_graphml(report: Report, path: Path) -> None:
    """The network of concepts with all figures, for Gephi, Cytoscape and the like."""
    _write(path, graphml(report.analytics, report.corpus))


def write_tables(report: Report, folder: Path) -> None:
    """A CSV file a table, whole."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {error.strerror}") from None
    for table in report.tables():
        stream = io.StringIO(newline="")
        writer = csv.writer(stream)
        writer.writerow(table.columns)
        writer.writerows(table.rows)
        _write(folder / f"{table.name}.csv", stream.getvalue().encode())


def _write(path: Path, content: bytes) -> None:
    try:
        replace_file(path, content)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from None


def _shown(value: str | int | float) -> str:
    if isinstance(value, str):
        return value if len(value) <= 90 else value[:89] + "…"
    return f"{value:>6,}" if isinstance(value, int) else f"{value:>9.4f}"


def _papers(store: EmbeddedStore, named: str) -> list[NamedNode]:
    if "://" in named:
        iri = NamedNode(named)
        return [iri] if v.PT_Paper in _objects(store, iri, v.RDF_type) else []
    value = Literal(named.partition(":")[2] or named)
    predicates = sorted({*v.IDENTIFIER_PROPERTIES.values()}, key=lambda one: one.value)
    quads = (quad for one in predicates for quad in store.graph.quads_for_pattern(None, one, value, _MERGE))
    found = {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}
    if not found:
        hits = store.search(named, types=["Paper"], limit=20)
        found = {NamedNode(hit.iri) for hit in hits if hit.label.casefold() == named.casefold()}
    return sorted(found, key=lambda one: one.value)


def _label(store: EmbeddedStore, iri: str) -> str:
    found = _objects(store, NamedNode(iri), v.RDFS_label)
    return min((one.value for one in found if isinstance(one, Literal)), default=iri)


def _objects(store: EmbeddedStore, subject: NamedNode, predicate: NamedNode) -> list[object]:
    return [quad.object for quad in store.graph.quads_for_pattern(subject, predicate, None, _MERGE)]
