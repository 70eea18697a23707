"""What a person may choose for an export, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """``texts``: abstracts, summaries and quotes are written; else only their digests.

    ``papers``: the IRIs of the papers that a list of papers holds; None means all. ``licence``: the address of the
    licence that a package names.
    """

    texts: bool = True
    papers: frozenset[str] | None = None
    licence: str | None = None


EVERYTHING = ExportOptions()
