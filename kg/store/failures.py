"""What the disk refuses becomes a StoreError that says which store, and that it is as it was before."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from kg.errors import StoreError


@contextlib.contextmanager
def store_failures(location: Path) -> Iterator[None]:
    """Turns errors of writing in the block into StoreError: no space left, no permission, a damaged file.

    Oxigraph reports some of its own as RuntimeError.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _failure(location, error) from error
    except OSError as error:
        # Inputs and the installation are read in the block, too: theirs is another message.
        if error.filename is not None and location not in Path(os.fsdecode(error.filename)).parents:
            raise
        raise _failure(location, error) from error
    except RuntimeError as error:
        if "IO error" not in str(error) and "Corruption" not in str(error):
            raise
        raise _failure(location, error) from error


def _failure(location: Path, error: Exception) -> StoreError:
    reason = getattr(error, "strerror", None) or str(error)
    return StoreError(
        f"cannot write the store at {location}: {reason}; it is as it was before; free some space or choose another "
        "folder with --store, then build again"
    )
