"""Locks between processes: one builder a store, and readers that keep the version that they read.

``flock`` locks belong to the open file: the kernel lets go of them when a process ends, however it ends, so a
killed build leaves nothing to clean up by hand.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from kg.errors import StoreLocked
from kg.store.failures import kind_of

BUILD_LOCK = "build.lock"


@contextlib.contextmanager
def builder_lock(location: Path) -> Iterator[None]:
    """Hold the store at ``location`` for writing; StoreLocked says who holds it already."""
    path = location / BUILD_LOCK
    handle = open_for_lock(path, os.O_RDWR | os.O_CREAT)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 200, 0).decode("utf-8", "replace").strip() or "another process"
            raise StoreLocked(
                f"the store at {location} is being built by {holder}; wait until it is done, then build again"
            ) from None
        with contextlib.suppress(OSError):  # on a full disk the holder has no name; what is written next says so
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"process {os.getpid()} on {platform.node()}".encode(), 0)
        yield
    finally:
        os.close(handle)


def hold_version(path: Path) -> int:
    """A shared lock on a version's lock file, as a file handle to close; FileNotFoundError where it is gone."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


@contextlib.contextmanager
def unless_held(path: Path) -> Iterator[bool]:
    """Whether nobody reads the version of this lock file; True keeps new readers out until the block ends."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        yield True
        return
    with held_alone(handle) as alone:
        yield alone


@contextlib.contextmanager
def held_alone(handle: int) -> Iterator[bool]:
    """Whether nobody else holds this open lock file; True keeps others out until the block ends, which closes it."""
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def open_for_lock(path: Path, flags: int) -> int:
    """Open a lock file; StoreError (StoreFull, StoreReadOnly) where the folder cannot be written."""
    try:
        return os.open(path, flags | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise kind_of(error)(f"cannot write in {path.parent}: {error.strerror}") from None
