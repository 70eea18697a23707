"""A folder that describes itself: RO-Crate."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pyoxigraph

from kg import __version__
from kg.export.options import ExportOptions
from kg.export.texts import without_texts
from kg.settings import ONTOLOGY_NAMESPACE, SOFTWARE_IRI
from kg.store import EmbeddedStore

Json = dict[str, Any]
NAME = "Knowledge graph of papers"
DESCRIPTION = (
    "Papers with the tasks, methods, data sets, metrics, results and repositories that they state, each statement with "
    "its place in the text and the confidence of the extractor."
)


# RO-Crate asks for a licence, or for words in place of one.
NO_LICENCE = "No licence was given. Ask whoever made this graph, and the owners of the texts that it quotes."


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
            "license": {"@id": options.licence} if options.licence else NO_LICENCE,
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
    if options.licence:
        about = "The licence of this graph; texts that it quotes belong to their authors or publishers."
        graph.append({"@id": options.licence, "@type": "CreativeWork", "name": options.licence, "description": about})
    _write_json(
        folder / "ro-crate-metadata.json", {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    )


def _write_json(path: Path, content: Json) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
