"""A process that answers queries: one store, one query at a time, results in pieces over a pipe.

It can be killed at any moment: it only reads. It imports no web framework, so that a new one starts fast.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import IO, cast

from kg.errors import PapertriplesError, QuerySyntaxError
from kg.query.formats import FORMATS
from kg.query.preview import preview
from kg.query.results import GraphChoice, evaluate, write_results
from kg.store import EmbeddedStore, current_version, open_store

# The first byte of each message.
READY, PIECE, END, ERROR = b"r", b"p", b"e", b"x"
PREVIEW = "preview"  # a job's format: the first rows as JSON (kg/query/preview.py)

_PIECE_SIZE = 1 << 16
_REFRESH_SECONDS = 5.0  # an idle worker lets go of an old version after that long
_GRACE_SECONDS = 10  # beyond its deadline a worker ends itself, should nobody be there to do so


@dataclass(frozen=True, slots=True)
class Job:
    """A query to answer. ``format`` is a name in ``kg.query.FORMATS``, or ``PREVIEW``."""

    text: str
    format: str
    graphs: GraphChoice | None = None
    max_rows: int | None = None


class Pieces:
    """A binary file whose content goes out over the pipe in pieces."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        if len(self._held) >= _PIECE_SIZE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._held:
            self._connection.send_bytes(PIECE + self._held)
            self._held.clear()


def serve_queries(connection: Connection, location: str, timeout: float, memory: int | None) -> None:
    """Answer the jobs that come through the pipe until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group: the server ends its workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _limit_memory(memory)
    store: EmbeddedStore | None = None
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            store = open_store(location)
        except PapertriplesError as error:
            connection.send_bytes(ERROR + _as_json(error))
            return
        connection.send_bytes(READY)
        while True:
            while not connection.poll(_REFRESH_SECONDS):
                store = _refreshed(store, location)
            job: Job = connection.recv()
            store = _refreshed(store, location)
            signal.setitimer(signal.ITIMER_REAL, timeout + _GRACE_SECONDS)
            _answer(connection, store, job)
            signal.setitimer(signal.ITIMER_REAL, 0)
    if store is not None:
        store.close()


def _answer(connection: Connection, store: EmbeddedStore, job: Job) -> None:
    out = Pieces(connection)
    try:
        results = evaluate(store, job.text, job.graphs)
        if job.format == PREVIEW:
            out.write(json.dumps(preview(results, job.max_rows or 0)).encode())
        else:
            write_results(results, FORMATS[job.format], cast("IO[bytes]", out), job.max_rows)
        out.flush()
    except (BrokenPipeError, ConnectionResetError):
        raise
    except PapertriplesError as error:
        connection.send_bytes(ERROR + _as_json(error))
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        connection.send_bytes(ERROR + _as_json(error))
    else:
        connection.send_bytes(END)


def _as_json(error: Exception) -> bytes:
    """Name and message of an error of ours; of any other one nothing that might tell of the machine."""
    if not isinstance(error, PapertriplesError):
        return json.dumps({"name": "QueryError", "message": "the query failed for a reason of the server"}).encode()
    line, column = (error.line, error.column) if isinstance(error, QuerySyntaxError) else (None, None)
    return json.dumps({"name": type(error).__name__, "message": str(error), "line": line, "column": column}).encode()


def _refreshed(store: EmbeddedStore, location: str) -> EmbeddedStore:
    """The current version's store; the one in hand where there is no newer one, or it cannot be opened."""
    try:
        if current_version(location) == store.version:
            return store
        newer = open_store(location)
    except PapertriplesError:
        return store
    store.close()
    return newer


def _limit_memory(memory: int | None) -> None:
    if memory is None or not sys.platform.startswith("linux"):
        return
    import resource

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
