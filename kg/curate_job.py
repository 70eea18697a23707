"""A process of its own that corrects a store: the server starts it, since it starts without what builds need.

``python -m kg.curate_job STORE`` reads one JSON object from standard input, ``{"who", "corrections": [...]}``, and
prints one: ``{"entries", "new", "version", "published"}``, or ``{"error": {"name", "message", "entry"}}``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kg.assemble import Curating
from kg.assemble.corrections import correction_of, entries_of
from kg.errors import PapertriplesError, UsageError
from kg.pipeline import curate
from kg.store.curation import Entry


class _Wrong(UsageError):
    """What is wrong with the correction at ``entry``, counted from 0."""

    def __init__(self, message: str, entry: int) -> None:
        super().__init__(message)
        self.entry = entry


def run(store: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Carry out a job; what went wrong is in the answer."""
    said: Sequence[dict[str, Any]] = job["corrections"]

    def make(curating: Curating) -> list[Entry]:
        made: list[Entry] = []
        for number, one in enumerate(said):
            try:
                made += entries_of(curating, correction_of(one), str(job["who"]))
            except UsageError as error:
                raise _Wrong(str(error), number) from None
        return made

    try:
        summary = curate(store, make)
    except PapertriplesError as error:
        entry = {"entry": error.entry} if isinstance(error, _Wrong) else {}
        kind = "UsageError" if isinstance(error, _Wrong) else type(error).__name__
        return {"error": {"name": kind, "message": str(error), **entry}}
    return {
        "entries": list(summary.entries),
        "new": summary.new,
        "version": summary.version,
        "published": summary.published,
    }


if __name__ == "__main__":
    json.dump(run(Path(sys.argv[1]), json.load(sys.stdin)), sys.stdout)
