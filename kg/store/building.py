"""Opening a store for a build: one builder at a time, nothing of a killed build left, errors that say what to do."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from kg.errors import UsageError
from kg.store.curation import CURATION_LOG
from kg.store.failures import kind_of, store_failures
from kg.store.locks import BUILD_LOCK, builder_lock
from kg.store.manifest import MANIFEST_NAME, Manifest, has_store, read_manifest
from kg.store.publish import VersionWriter
from kg.store.staging import STAGING, Staging
from kg.store.tokens import TOKENS, TOKENS_LOCK
from kg.store.versions import CATALOGUES, GRAPHS, clear_versions
from kg.store.written import WRITTEN

AUDIT_LOG = "audit.jsonl"  # the server's: who wrote what

_OWN = {
    AUDIT_LOG,
    MANIFEST_NAME,
    f".{MANIFEST_NAME}.new",
    BUILD_LOCK,
    STAGING,
    GRAPHS,
    CATALOGUES,
    CURATION_LOG,
    TOKENS,
    TOKENS_LOCK,
    WRITTEN,
}


@contextlib.contextmanager
def building(location: Path) -> Iterator[tuple[Staging, VersionWriter, Manifest | None]]:
    """Hold the store at ``location`` for a build: its staged records, a writer, and its manifest (None: no store yet).

    What is not published when the block ends is as if it had not been, but for the extractions. Raises UsageError
    where the folder holds something else, StoreLocked where somebody else builds, StoreError where the disk refuses.
    """
    made = _make_folder(location)
    try:
        with builder_lock(location), store_failures(location):
            before = read_manifest(location) if has_store(location) else None
            current = before.version if before else 0
            clear_versions(location, current)
            with Staging(location, current) as staging, VersionWriter(location, current) as writer:
                yield staging, writer, before
    except UsageError:
        # A build that had nothing to read leaves no folder behind that was not there.
        if made and not has_store(location):
            shutil.rmtree(location, ignore_errors=True)
        raise


def _make_folder(location: Path) -> bool:
    """Make the folder where it is missing; returns whether it was."""
    if location.exists() and not location.is_dir():
        raise UsageError(f"{location} is a file, expected the folder of a store, or one that does not exist yet")
    try:
        if location.is_dir():
            others = sorted(set(os.listdir(location)) - _OWN)
            if others and not has_store(location):
                raise UsageError(
                    f"{location} holds no store but other files ({', '.join(others[:3])}); expected an empty folder, "
                    "one that does not exist yet, or a store"
                )
            return False
        location.mkdir(parents=True)
    except OSError as error:
        raise kind_of(error)(f"cannot make a store at {location}: {error.strerror}") from None
    return True
