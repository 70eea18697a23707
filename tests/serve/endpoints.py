"""Other servers that hold our export: the Oxigraph server, Virtuoso."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

OXIGRAPH = Path(sys.executable).with_name("oxigraph")
MERGE = "urn:merge"
_SECONDS = 60.0
_INI = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
TransactionFile = {folder}/virtuoso.trx
LockFile = {folder}/virtuoso.lck
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {folder}
NumberOfBuffers = 4000
MaxDirtyBuffers = 2000
ServerThreads = 8
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 6
[SPARQL]
ResultSetMaxRows = 1000000
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextlib.contextmanager
def waiting_for(command: list[str | Path], address: str) -> Iterator[None]:
    """The server, once it answers."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + _SECONDS
            while not _answers(address):
                assert process.poll() is None, f"{command[0]} ended"
                assert time.monotonic() < end, f"{command[0]} did not start"
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}?query=ASK%7B%7D", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def oxigraph(folder: Path, *files: Path, options: tuple[str, ...] = ()) -> Iterator[str]:
    """The endpoint of an Oxigraph server into which these files were loaded."""
    for file in files:
        load = [OXIGRAPH, "load", "--location", folder, "--file", file]
        subprocess.run(load, check=True, capture_output=True)
    port = free_port()
    address = f"http://127.0.0.1:{port}/query"
    command = [OXIGRAPH, "serve", "--location", folder, "--bind", f"127.0.0.1:{port}", *options]
    with waiting_for(command, address):
        yield address


@contextlib.contextmanager
def virtuoso(folder: Path, quads: Path, merge: Path) -> Iterator[str]:
    """The endpoint of a Virtuoso that holds the named graphs, and their merge in a graph that is the default one."""
    folder.mkdir()
    for file in (quads, merge):
        shutil.copy(file, folder)
    ports = {"sql": free_port(), "http": free_port()}
    (folder / "virtuoso.ini").write_text(_INI.format(folder=folder, **ports), encoding="ascii")
    address = f"http://127.0.0.1:{ports['http']}/sparql"
    command = ["virtuoso-t", "+foreground", "+configfile", str(folder / "virtuoso.ini")]
    with waiting_for(command, address):
        nquads, ntriples = 512, 0
        statements = "".join(
            f"DB.DBA.TTLP_MT (file_to_string_output ('{folder / file.name}'), '', '{MERGE}', {flags}); "
            for file, flags in ((quads, nquads), (merge, ntriples))
        )
        load = ["isql-vt", f"127.0.0.1:{ports['sql']}", "dba", "dba", f"EXEC={statements}checkpoint;"]
        told = subprocess.run(load, check=True, capture_output=True, text=True, timeout=_SECONDS)
        assert "Error" not in told.stdout + told.stderr, told.stdout + told.stderr
        yield f"{address}?default-graph-uri={MERGE}"
