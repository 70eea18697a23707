"""A folder for the socket on which a process takes jobs: its user alone may enter it, and it goes with the process.

A killed process leaves its folder behind, which goes at the next start of one: the kernel let go of its lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kg.errors import UsageError
from kg.store.locks import held_alone

JOBS: Final = "jobs"  # the socket
PREFIX: Final = "papertriples-jobs-"
_LOCK: Final = "lock"
_LONGEST: Final = 103  # bytes of a socket's address; Linux takes 107


def check_job_folder() -> None:
    """Raises UsageError where the folder for temporary files has too long a name for a socket in it."""
    inside = Path(tempfile.gettempdir(), f"{PREFIX}12345678", JOBS)
    if (more := len(os.fsencode(inside)) - _LONGEST) > 0:
        raise UsageError(
            f"the path of the folder for temporary files, {tempfile.gettempdir()}, is {more} bytes too long for a "
            "socket in it; set TMPDIR to a shorter one"
        )


@contextlib.contextmanager
def job_folder() -> Iterator[Path]:
    """The folder, while the block runs; what killed processes of this user left is taken away."""
    _clear()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    made = folder / f".{_LOCK}.new"
    held = os.open(made, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        made.rename(folder / _LOCK)  # whoever sees it finds it locked
        yield folder
    finally:
        _remove(folder)
        os.close(held)


def _clear() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # it is somebody else's, or just goes
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                continue
            with held_alone(os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)) as alone:
                if alone:
                    _remove(folder)


def _remove(folder: Path) -> None:
    """Take the folder away, where nothing but ours is in it."""
    with contextlib.suppress(OSError):
        (folder / JOBS).unlink(missing_ok=True)
        (folder / _LOCK).unlink(missing_ok=True)
        folder.rmdir()
