"""Folders that describe themselves: CSV on the Web, and RO-Crate."""

from __future__ import annotations

import csv
import datetime
import json
from pathlib import Path
from typing import Any

import pyoxigraph

from kg import __version__
from kg.export.options import ExportOptions
from kg.export.tables import write_table_folder
from kg.export.texts import without_texts
from kg.graph import vocabulary as v
from kg.settings import ONTOLOGY_NAMESPACE, SOFTWARE_IRI
from kg.store import EmbeddedStore, quads_of_merge

Json = dict[str, Any]
NAME = "Knowledge graph of papers"
DESCRIPTION = (
    "Papers with the tasks, methods, data sets, metrics, results and repositories that they state, each statement with "
    "its place in the text and the confidence of the extractor."
)


def write_csvw(store: EmbeddedStore, folder: Path, options: ExportOptions) -> None:
    """The tables of ``--format csv`` with ``csv-metadata.json`` (https://www.w3.org/TR/tabular-metadata/)."""
    quads = quads_of_merge(store)
    tables = folder / "tables"
    write_table_folder(quads if options.texts else without_texts(quads), tables)
    described = []
    for path in sorted(tables.iterdir()):
        path.rename(folder / path.name)
        described.append(_csvw_table(folder / path.name))
    tables.rmdir()
    _write_json(
        folder / "csv-metadata.json",
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "dc:title": NAME,
            "dc:description": DESCRIPTION,
            "tables": described,
        },
    )


def _csvw_table(path: Path) -> Json:
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    columns: list[Json] = [{"titles": "iri", "name": "iri", "datatype": "anyURI", "required": True}]
    for title in header[1:]:
        # Names that two vocabularies share stand as whole IRIs; what ours calls so is ours.
        ours = "/" not in title and getattr(v, f"PT_{title}", None)
        column: Json = {"titles": title, "name": _column_name(title), "separator": " | "}
        if ours:
            column["propertyUrl"] = ONTOLOGY_NAMESPACE + title
        elif "/" in title:
            column["propertyUrl"] = title
        columns.append(column)
    return {
        "url": path.name,
        "tableSchema": {"columns": columns, "primaryKey": "iri", "aboutUrl": "{+iri}"},
    }


def _column_name(title: str) -> str:
    r"""A name that a URI template allows.

    >>> _column_name("http://a/x-y"), _column_name("year")
    ('http_3A_2F_2Fa_2Fx_2Dy', 'year')
    """
    return "".join(one if one.isascii() and one.isalnum() else f"_{ord(one):02X}" for one in title)


def write_ro_crate(store: EmbeddedStore, folder: Path, options: ExportOptions) -> None:
    """``graph.nq`` with ``ro-crate-metadata.json`` (RO-Crate 1.1, https://w3id.org/ro/crate/1.1)."""
    quads = (
        quad for name in store.graph.named_graphs() for quad in store.graph.quads_for_pattern(None, None, None, name)
    )
    with (folder / "graph.nq").open("wb") as file:
        pyoxigraph.serialize(
            quads if options.texts else without_texts(quads), file, format=pyoxigraph.RdfFormat.N_QUADS
        )
    software = f"{SOFTWARE_IRI}{__version__}"
    graph: list[Json] = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": NAME,
            "description": DESCRIPTION,
            "version": str(store.version),
            "identifier": store.base_iri,
            "datePublished": datetime.date.today().isoformat(),
            **({"license": {"@id": options.licence}} if options.licence else {}),
            "hasPart": [{"@id": "graph.nq"}],
        },
        {
            "@id": "graph.nq",
            "@type": "File",
            "name": "The graph as N-Quads, a named graph a paper",
            "encodingFormat": "application/n-quads",
            "contentSize": str((folder / "graph.nq").stat().st_size),
            "conformsTo": {"@id": ONTOLOGY_NAMESPACE},
        },
        {
            "@id": ONTOLOGY_NAMESPACE,
            "@type": "DefinedTermSet",
            "name": "papertriples ontology",
            "url": ONTOLOGY_NAMESPACE,
        },
        {
            "@id": "#build",
            "@type": "CreateAction",
            "name": "Extraction of the graph from texts",
            "instrument": {"@id": software},
            "result": {"@id": "graph.nq"},
        },
        {"@id": software, "@type": "SoftwareApplication", "name": "papertriples", "softwareVersion": __version__},
    ]
    _write_json(
        folder / "ro-crate-metadata.json", {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    )


def _write_json(path: Path, content: Json) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
