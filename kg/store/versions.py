"""Where a version of the graph lies, and which versions are there."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from kg.store.locks import unless_held

GRAPHS = "graphs"
SCRATCH = "scratch"  # in GRAPHS: a copy of a version on which an update is tried
CATALOGUES = "catalogues"  # catalogues of others, each under its digest
_VERSIONED = re.compile(r"([0-9]+)(?:\.search\.sqlite(?:-journal|-wal|-shm)?|\.lock)?")


def graph_folder(location: Path, version: int) -> Path:
    """The Oxigraph database of a version."""
    return location / GRAPHS / str(version)


def search_file(location: Path, version: int) -> Path:
    """The search index of a version."""
    return location / GRAPHS / f"{version}.search.sqlite"


def lock_file(location: Path, version: int) -> Path:
    """The file on which the readers of a version hold a shared lock."""
    return location / GRAPHS / f"{version}.lock"


def versions_on_disk(location: Path) -> list[int]:
    """All versions of which something is there, finished or not."""
    found = set()
    folder = location / GRAPHS
    if folder.is_dir():
        for name in os.listdir(folder):
            if match := _VERSIONED.fullmatch(name):
                found.add(int(match[1]))
    return sorted(found)


def clear_versions(location: Path, current: int) -> list[int]:
    """Delete what nobody needs: what killed builds left, and old versions that nobody reads. Returns those gone.

    Call it while holding the builder's lock only.
    """
    gone = []
    shutil.rmtree(location / GRAPHS / SCRATCH, ignore_errors=True)
    for version in versions_on_disk(location):
        if version == current:
            continue
        lock = lock_file(location, version)
        with unless_held(lock) as free:
            if free:
                delete_version(location, version)
                gone.append(version)
    return gone


def delete_version(location: Path, version: int) -> None:
    """Delete a version's files, its lock file last."""
    shutil.rmtree(graph_folder(location, version), ignore_errors=True)
    search = search_file(location, version)
    for path in (search, *(search.with_name(search.name + tail) for tail in ("-journal", "-wal", "-shm"))):
        path.unlink(missing_ok=True)
    lock_file(location, version).unlink(missing_ok=True)
