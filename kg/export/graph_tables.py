"""EmbeddedStore -> tables of nodes and edges for graph databases: KGX (TSV) and Neo4j's bulk import (CSV).

KGX: ``nodes.tsv`` and ``edges.tsv`` with the columns that https://github.com/biolink/kgx asks for; there are no Biolink
classes for papers' tasks and methods, so that categories are terms of our own ontology.
Neo4j: ``neo4j-admin database import full --nodes=nodes.csv --relationships=relationships.csv``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from pyoxigraph import DefaultGraph, NamedNode

from kg.export.options import ExportOptions
from kg.export.reading import GraphReader
from kg.graph import vocabulary as v
from kg.store import EmbeddedStore

NODE_CLASSES = (v.PT_Paper, *v.CONCEPT_CLASSES.values(), v.PT_Result, v.PT_Repository, v.PT_Person, v.PT_Venue)
EDGE_PROPERTIES = (
    *v.ROLE_PROPERTIES.values(),
    v.PT_mentions,
    v.PT_inField,
    v.PT_reports,
    v.PT_hasRepository,
    v.PT_mentionsRepository,
    v.PT_venue,
    v.DCTERMS_creator,
    v.CITO_cites,
    *v.RELATION_PROPERTIES.values(),
    v.PT_method,
    v.PT_task,
    v.PT_dataset,
    v.PT_metric,
)
Edge = tuple[str, NamedNode, str, str, str]  # subject, predicate, object, confidence, the statement's IRI


def write_kgx(store: EmbeddedStore, folder: Path, options: ExportOptions) -> None:
    """Writes ``nodes.tsv`` and ``edges.tsv``."""
    reader = GraphReader(store)
    with _table(folder / "nodes.tsv") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["id", "category", "name", "synonym", "same_as", "xref"])
        for kind, node in _nodes(reader):
            writer.writerow(
                [
                    node.value,
                    v.compress(kind.value),
                    _flat(reader.label(node)),
                    "|".join(_flat(one).replace("|", "/") for one in reader.values(node, v.SKOS_altLabel)),
                    "|".join(one.value for one in reader.objects(node, v.SCHEMA_sameAs)),
                    "|".join(one.value for one in reader.objects(node, v.SKOS_exactMatch)),
                ]
            )
    with _table(folder / "edges.tsv") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(
            [
                *("id", "subject", "predicate", "object", "knowledge_level", "agent_type", "has_confidence_score"),
                "publications",
            ]
        )
        for number, (subject, predicate, found, confidence, statement) in enumerate(_edges(reader), start=1):
            # Biolink says so of edges that were read from texts; without a statement a source or a rule gives it.
            level, agent = ("not_provided", "text_mining_agent" if confidence else "automated_agent")
            papers = (
                [one.value for one in reader.objects(NamedNode(statement), v.DCTERMS_isPartOf)] if statement else []
            )
            name = v.compress(predicate.value)
            row = [statement or f"edge:{number}", subject, name, found, level, agent, confidence, "|".join(papers)]
            writer.writerow(row)


def write_neo4j(store: EmbeddedStore, folder: Path, options: ExportOptions) -> None:
    """Writes ``nodes.csv`` and ``relationships.csv`` with the headers of Neo4j's importer."""
    reader = GraphReader(store)
    with _table(folder / "nodes.csv") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["iri:ID", "name", "value:double", "year:int", ":LABEL"])
        for kind, node in _nodes(reader):
            value, year = reader.value(node, v.PT_value) or "", reader.value(node, v.PT_year) or ""
            label = _local(kind)
            both = f"Concept;{label}" if kind in v.CONCEPT_CLASSES.values() else label
            writer.writerow([node.value, reader.label(node), value, year, both])
    with _table(folder / "relationships.csv") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([":START_ID", ":END_ID", "confidence:double", "statement", ":TYPE"])
        for subject, predicate, found, confidence, statement in _edges(reader):
            writer.writerow([subject, found, confidence, statement, _upper(_local(predicate))])


def _nodes(reader: GraphReader) -> Iterator[tuple[NamedNode, NamedNode]]:
    """Each thing that an edge may lead to, once, with its class."""
    for kind in NODE_CLASSES:
        for node in reader.instances(kind):
            yield kind, node


def _edges(reader: GraphReader) -> Iterator[Edge]:
    """The triples between nodes; an edge that one text states has its Statement's confidence, the surest of several."""
    nodes = {node.value for _, node in _nodes(reader)}
    for predicate in dict.fromkeys(EDGE_PROPERTIES):
        quads = reader.graph.quads_for_pattern(None, predicate, None, DefaultGraph())
        pairs = (
            (quad.subject.value, quad.object.value)
            for quad in quads
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode)
        )
        said = _statements(reader, predicate)
        for subject, found in sorted(pairs):
            if subject in nodes and found in nodes:
                confidence, statement = said.get((subject, found), ("", ""))
                yield subject, predicate, found, confidence, statement


def _statements(reader: GraphReader, predicate: NamedNode) -> dict[tuple[str, str], tuple[str, str]]:
    best: dict[tuple[str, str], tuple[str, str]] = {}
    for statement in reader.subjects(v.RDF_predicate, predicate):
        subjects, found = reader.objects(statement, v.RDF_subject), reader.objects(statement, v.RDF_object)
        confidence = reader.value(statement, v.PT_confidence) or "0"
        if subjects and found:
            pair = (subjects[0].value, found[0].value)
            kept = best.get(pair)
            if kept is None or float(confidence) > float(kept[0]):
                best[pair] = (confidence, statement.value)
    return best


def _table(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")


def _flat(text: str) -> str:
    return " ".join(text.split())


def _local(term: NamedNode) -> str:
    return term.value.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def _upper(name: str) -> str:
    """A property's name as Neo4j writes types of relationships.

    >>> _upper("evaluatesOn"), _upper("cites")
    ('EVALUATES_ON', 'CITES')
    """
    return "".join("_" + letter if letter.isupper() else letter for letter in name).upper()
