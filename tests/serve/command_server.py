"""The server that users run, in a group of processes of its own, on a free port."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 60


@dataclass(frozen=True)
class Served:
    """A server that answers at ``address``."""

    address: str
    process: subprocess.Popen[str]


@contextlib.contextmanager
def serving(store: Path | str, *options: str, port: int = 0) -> Iterator[Served]:
    """``papertriples serve --store STORE OPTION...`` while the block runs; a block may end the process itself."""
    command = [sys.executable, "-m", "kg.cli", "serve", "--store", str(store), "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("papertriples serves on http"), "the server did not start"
            yield Served(line.split()[-1], process)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
