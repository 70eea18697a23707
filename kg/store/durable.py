"""Small files that are on disk as a whole, or not at all: replaced by a rename, or grown by whole lines."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

PRIVATE = 0o600  # for the owner's eyes
_PUBLIC = 0o644


def sync_folder(folder: Path) -> None:
    """Make renames and new names in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def give_to_owner(handle: int, folder: Path) -> None:
    """Let a file of root's be of whom its folder is of, so that a server with a user of its own can read it."""
    if os.geteuid() == 0:
        owner = os.stat(folder)
        os.fchown(handle, owner.st_uid, owner.st_gid)


def replace_file(path: Path, content: bytes, mode: int = _PUBLIC) -> None:
    """Put a file in place, durably; a reader sees the old content or the new one. One process at a time."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)  # a killed process may have left one, with whatever mode
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode), "wb") as stream:
        give_to_owner(stream.fileno(), path.parent)
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.rename(new, path)
    sync_folder(path.parent)


def append_line(path: Path, line: bytes, mode: int = _PUBLIC) -> None:
    """Add a line (its end included) to a file, durably; any number of processes may. The file is made where absent.

    What a killed process left of a line is ended first, so that it spoils no other line.
    """
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, mode)
    try:
        give_to_owner(handle, path.parent)
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            line = b"\n" + line
        while line:
            line = line[os.write(handle, line) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    if not size:
        sync_folder(path.parent)


@contextlib.contextmanager
def waiting_lock(path: Path) -> Iterator[None]:
    """Hold a lock file; other processes wait for the end of the block."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        give_to_owner(handle, path.parent)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
