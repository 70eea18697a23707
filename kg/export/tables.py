"""Quads -> CSV tables: one row a statement with its sentence, or a folder with one table a class."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import pyoxigraph

from kg.export.folders import new_folder
from kg.graph import vocabulary as v

STATEMENT_COLUMNS = ("paper", "subject", "predicate", "object", "confidence", "sentence", "statement")

# Class -> (file, property -> column). The IRI is always the first column.
CLASS_TABLES: dict[pyoxigraph.NamedNode, str] = {
    v.PT_Paper: "papers.csv",
    v.PT_Task: "tasks.csv",
    v.PT_Method: "methods.csv",
    v.PT_Dataset: "datasets.csv",
    v.PT_Metric: "metrics.csv",
    v.PT_Result: "results.csv",
    v.PT_Repository: "repositories.csv",
    v.PT_Person: "persons.csv",
    v.PT_Venue: "venues.csv",
    v.PT_Statement: "statements.csv",
    v.PT_Evidence: "evidence.csv",
}

THING: Final = "a thing"  # what the object of a property is where it is no literal
Described = dict[str, dict[str, list[str]]]


def write_statement_table(quads: Iterator[pyoxigraph.Quad], file: BinaryIO) -> None:
    """One row for each pt:Statement, with labels in place of IRIs and the first sentence that says it."""
    described = _described(quads)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        writer.writerow(STATEMENT_COLUMNS)
        for iri in sorted(described):
            properties = described[iri]
            if v.PT_Statement.value not in properties[v.RDF_type.value]:
                continue
            evidence = sorted(properties[v.PT_evidence.value])
            sentences = [described[one][v.OA_exact.value] for one in evidence if one in described]
            writer.writerow(
                (
                    _label(described, _first(properties[v.DCTERMS_isPartOf.value])),
                    _label(described, _first(properties[v.RDF_subject.value])),
                    _local(_first(properties[v.RDF_predicate.value])),
                    _label(described, _first(properties[v.RDF_object.value])),
                    _first(properties[v.PT_confidence.value]),
                    _first([one for some in sentences for one in some]),
                    iri,
                )
            )
    finally:
        text.detach()


def write_table_folder(quads: Iterator[pyoxigraph.Quad], folder: Path) -> None:
    """A folder with one table a class: the IRI, then a column for each property, values joined by " | ".

    The folder appears only when all tables are whole; an existing one that holds anything is refused.
    """
    with new_folder(folder) as partial:
        for table in class_tables(quads):
            with (partial / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(table.headers)
                writer.writerows([iri, *map(" | ".join, cells)] for iri, cells in table.rows())


@dataclass(frozen=True, slots=True)
class ClassTable:
    """The instances of a class, sorted, with a column for each of their properties but ``rdf:type``."""

    name: str
    members: Sequence[str]
    properties: Sequence[str]
    described: Described

    @property
    def headers(self) -> list[str]:
        return ["iri", *_headers(list(self.properties))]

    def rows(self) -> Iterator[tuple[str, list[list[str]]]]:
        """Each instance with the values of its properties, sorted; a property that it lacks has none."""
        for iri in self.members:
            yield iri, [sorted(self.described[iri][one]) for one in self.properties]


def noted(quads: Iterable[pyoxigraph.Quad], kinds: dict[str, set[str]]) -> Iterator[pyoxigraph.Quad]:
    """The quads; what the objects of each property are is put into ``kinds``: data types, or ``THING``."""
    for quad in quads:
        found = quad.object
        kinds[quad.predicate.value].add(found.datatype.value if isinstance(found, pyoxigraph.Literal) else THING)
        yield quad


def class_tables(quads: Iterable[pyoxigraph.Quad]) -> Iterator[ClassTable]:
    """One table a class; all quads are held in memory."""
    described = _described(quads)
    for kind, file in CLASS_TABLES.items():
        members = sorted(iri for iri, found in described.items() if kind.value in found[v.RDF_type.value])
        properties = sorted({name for iri in members for name in described[iri]} - {v.RDF_type.value})
        yield ClassTable(file.removesuffix(".csv"), members, properties, described)


def _described(quads: Iterable[pyoxigraph.Quad]) -> Described:
    described: Described = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        described[_value(quad.subject)][_value(quad.predicate)].append(_value(quad.object))
    return described


def _value(term: object) -> str:
    return str(getattr(term, "value", term))


def _first(values: list[str]) -> str:
    return min(values) if values else ""


def _label(described: Described, iri: str) -> str:
    return _first(described[iri][v.RDFS_label.value]) or iri if iri in described else iri


def _local(iri: str) -> str:
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def _headers(properties: list[str]) -> list[str]:
    """Local names where they are unambiguous, else whole IRIs.

    >>> _headers(["http://a/x", "http://b/x", "http://b#y"])
    ['http://a/x', 'http://b/x', 'y']
    """
    counted: dict[str, int] = defaultdict(int)
    for one in properties:
        counted[_local(one)] += 1
    return [_local(one) if counted[_local(one)] == 1 else one for one in properties]
