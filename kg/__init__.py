"""papertriples: from a pile of papers to an evidenced, queryable knowledge graph.

The documented Python API, loaded when first used::

    from kg import build, open_store

    build(["papers.bib", "abstracts.jsonl"], "kgstore")
    with open_store("kgstore") as store:
        for row in store.graph.query("SELECT ?paper WHERE { ?paper a <https://w3id.org/papertriples/ontology#Paper> }"):
            print(row["paper"].value)
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_API = {
    "build": "kg.pipeline",
    "remove": "kg.pipeline",
    "open_store": "kg.store",
    "load_extractor": "kg.extract",
    "load_recipes": "kg.query",
    "read_inputs": "kg.read",
    "create_app": "kg.serve",
    "export": "kg.export",
}

__all__ = ["__version__", *_API]


def __getattr__(name: str) -> Any:
    if name in _API:
        return getattr(importlib.import_module(_API[name]), name)
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
