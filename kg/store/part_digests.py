"""Digests of the parts of a graph: of what each thing that a large graph holds was described from, by version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Final

PARTS_SCHEMA: Final = """
CREATE TABLE parts (
    graph TEXT NOT NULL, part TEXT NOT NULL, digest TEXT NOT NULL, added INTEGER NOT NULL, removed INTEGER
);
CREATE UNIQUE INDEX parts_key ON parts (graph, part, added);
CREATE INDEX parts_removed ON parts (removed) WHERE removed IS NOT NULL;
CREATE INDEX parts_added ON parts (added);
"""


class PartDigests:
    """The digests in a staging area, whose changes are of version ``next``."""

    def __init__(self, base: sqlite3.Connection, next: int) -> None:
        self._base = base
        self._next = next

    def of(self, graph: str) -> dict[str, str]:
        """Each part of a graph, with its digest."""
        rows = self._base.execute("SELECT part, digest FROM parts WHERE graph = ? AND removed IS NULL", (graph,))
        return dict(rows.fetchall())

    def update(self, graph: str, digests: Mapping[str, str], gone: Iterable[str] = ()) -> None:
        """Parts of a graph that are new or others in the next version, and parts that are no more."""
        before = [(graph, part) for part in (*digests, *gone)]
        self._base.executemany(
            "DELETE FROM parts WHERE graph = ? AND part = ? AND added = ?", ((*one, self._next) for one in before)
        )
        self._base.executemany(
            "UPDATE parts SET removed = ? WHERE graph = ? AND part = ? AND removed IS NULL",
            ((self._next, *one) for one in before),
        )
        self._base.executemany(
            "INSERT INTO parts VALUES (?, ?, ?, ?, NULL)",
            ((graph, part, digest, self._next) for part, digest in digests.items()),
        )
