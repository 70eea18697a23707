"""Names -> keys: which records are one paper, which names are one concept. Pure functions; no IO but the catalogue."""

from __future__ import annotations

from kg.resolve.catalogue import Catalogue, load_catalogue
from kg.resolve.concepts import Resolver
from kg.resolve.names import PaperNames, SurfaceForm, paper_names
from kg.resolve.papers import merge_papers

__all__ = ["Catalogue", "PaperNames", "Resolver", "SurfaceForm", "load_catalogue", "merge_papers", "paper_names"]
