"""What the disk refuses becomes a StoreError that says which store, and that it is as it was before."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from kg.errors import StoreError, StoreFull, StoreReadOnly

BUILD_AGAIN = "free some space or choose another folder with --store, then build again"
# The engines tell of some errors in words alone.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
_OF_SQLITE = {"database or disk is full": StoreFull, "attempt to write a readonly database": StoreReadOnly}
_LEAST_ROOM = 1 << 16  # bytes; with less SQLite cannot open a database beside its log


@contextlib.contextmanager
def store_failures(location: Path, advice: str = BUILD_AGAIN) -> Iterator[None]:
    """Turns errors of writing in the block into StoreFull, StoreReadOnly, or StoreError, such as for a damaged file.

    Oxigraph reports some of its own as RuntimeError. ``advice`` is what a person should do then.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise failure(location, error, advice) from error
    except OSError as error:
        # Inputs and the installation are read in the block, too: theirs is another message.
        if error.filename is not None and location not in Path(os.fsdecode(error.filename)).parents:
            raise
        raise failure(location, error, advice) from error
    except RuntimeError as error:
        if "IO error" not in str(error) and "Corruption" not in str(error):
            raise
        raise failure(location, error, advice) from error


def kind_of(error: Exception, location: Path | None = None) -> type[StoreError]:
    """Which kind of failure an error of the disk is. ``location``: where it was, for errors that do not tell.

    >>> kind_of(OSError(errno.ENOSPC, "No space left on device")).__name__
    'StoreFull'
    >>> kind_of(RuntimeError("IO error: While open a file: /x: Read-only file system")).__name__
    'StoreReadOnly'
    >>> kind_of(RuntimeError("Corruption: a block")).__name__
    'StoreError'
    """
    said = str(error)
    for kind, numbers in ((StoreFull, _FULL), (StoreReadOnly, _READ_ONLY)):
        if getattr(error, "errno", None) in numbers or any(os.strerror(number) in said for number in numbers):
            return kind
    if location is not None and _is_unexplained(error) and _free(location) < _LEAST_ROOM:
        return StoreFull
    return next((kind for words, kind in _OF_SQLITE.items() if words in said), StoreError)


def failure(location: Path, error: Exception, advice: str = BUILD_AGAIN) -> StoreError:
    """The error to raise for what the disk refused to the store at ``location``."""
    reason, kind = getattr(error, "strerror", None) or str(error), kind_of(error, location)
    if kind is StoreFull and _is_unexplained(error):
        reason = f"{reason} ({os.strerror(errno.ENOSPC)})"
    return kind(f"cannot write the store at {location}: {reason}; it is as it was before; {advice}")


def _is_unexplained(error: Exception) -> bool:
    """SQLite says "disk I/O error" where it cannot map its log's index, whatever the reason, or cannot make a file."""
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN"))


def _free(location: Path) -> int:
    """Bytes that may be written where ``location`` is, or will be."""
    there = next(folder for folder in (location, *location.absolute().parents) if folder.exists())
    return shutil.disk_usage(there).free
