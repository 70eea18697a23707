"""Names -> keys: which records are one paper, which names are one concept. Pure functions; no IO but the catalogue."""

from __future__ import annotations

from kg.resolve.papers import merge_papers

__all__ = ["merge_papers"]
