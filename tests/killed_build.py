"""A build that kills itself: ``python -m tests.killed_build POINT STORE INPUT...`` with SIGKILL at a named point."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import kg.pipeline
from kg.store import durable, publish
from kg.store.publish import VersionWriter
from kg.store.staging import Staging
from tests.assemble.small import load_small

# name of the point -> what is replaced, and whether it still runs before the end comes
POINTS: dict[str, tuple[Any, str, int, bool]] = {
    "while reading": (Staging, "stage", 2, True),
    "after staging": (kg.pipeline, "extract_missing", 1, False),
    "while extracting": (Staging, "keep_extraction", 2, True),
    "after extraction": (kg.pipeline, "assemble", 1, False),
    "while describing": (VersionWriter, "replace_graph", 2, True),
    "while applying": (VersionWriter, "_apply", 2, True),
    "after applying": (VersionWriter, "_write_search", 1, False),
    "before the manifest": (publish, "write_manifest", 1, False),
    "before the rename": (os, "rename", 1, False),
    "after the rename": (durable, "sync_folder", 1, False),
    "before old versions go": (publish, "clear_versions", 1, False),
    "before tidying": (Staging, "tidy", 1, False),
}
PUBLISHED = ("after the rename", "before old versions go", "before tidying")


def die_at(point: str) -> None:
    """Let the process kill itself at the point."""
    owner, name, times, after = POINTS[point]
    original: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def last(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls < times:
            return original(*arguments, **named)
        if after:
            original(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    setattr(owner, name, last)


def main(point: str, store: str, *inputs: str) -> None:
    kg.pipeline.load_extractor = load_small  # type: ignore[assignment]
    publish.BULK = 3  # so that a difference is applied in many steps
    if point != "never":
        die_at(point)
    kg.pipeline.build(list(inputs), store)


if __name__ == "__main__":
    main(*sys.argv[1:])
