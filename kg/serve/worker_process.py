"""A process that answers queries: one store, one query at a time, results in pieces over a pipe.

It can be killed at any moment: it only reads. It imports no web framework, so that a new one starts fast.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import MappingProxyType
from typing import IO, cast

import pyoxigraph as ox

from kg.errors import GraphMissing, PapertriplesError, QuerySyntaxError, UsageError
from kg.graph.vocabulary import PREFIXES
from kg.query.formats import FORMATS
from kg.query.limits import More
from kg.query.preview import preview
from kg.query.results import GraphChoice, OpenGraph, evaluate, write_results
from kg.query.services import unrouted
from kg.serve.confinement import confine_to_routes
from kg.serve.jobs import Dump
from kg.settings import is_remote
from kg.store import EmbeddedStore, current_version, open_store, version_state

# The first byte of each message. READY comes with what is to be known of the process, as JSON. END comes with the last
# piece: a small answer is one message.
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
    more: More = "mark"  # what becomes of rows beyond that
    base: str | None = None
    outgoing: bool = False  # in an ordinary dataset: SERVICE may ask other endpoints


class Pieces:
    """A binary file whose content goes out over the pipe in pieces."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._held = bytearray()
        self.told: dict[str, int] = {}  # of the answer as a whole: it goes with END

    def write(self, data: bytes) -> int:
        self._held += data
        if len(self._held) >= _PIECE_SIZE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._held:
            self._connection.send_bytes(PIECE + self._held)
            self._held.clear()

    def end(self) -> None:
        """Send what is left, and what is told of the whole."""
        self._connection.send_bytes(END + json.dumps(self.told).encode() + b"\n" + self._held)


def end_of(message: bytes) -> tuple[dict[str, int], bytes]:
    """What an END message tells of the answer as a whole, and the last piece of it."""
    told, _, piece = message[1:].partition(b"\n")
    return json.loads(told), piece


def serve_queries(
    connection: Connection, location: str, timeout: float, memory: int | None, routes: Mapping[str, str] | None = None
) -> None:
    """Answer the jobs that come through the pipe until it closes. ``routes``: what SERVICE may ask, and where."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group: the server ends its workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    limit_memory(memory)
    confined = None if is_remote(location) else confine_to_routes(routes)
    store: EmbeddedStore | None = None
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            state = version_state(location)
            store = open_store(location, timeout=timeout + _GRACE_SECONDS)  # an endpoint: the deadline comes first
        except PapertriplesError as error:
            connection.send_bytes(ERROR + error_as_json(error))
            return
        connection.send_bytes(READY + json.dumps({"confined": confined}).encode())
        while True:
            while not connection.poll(_REFRESH_SECONDS):
                store, state = _refreshed(store, state, location, timeout)
            job: Job | Dump = connection.recv()
            store, state = _refreshed(store, state, location, timeout)
            signal.setitimer(signal.ITIMER_REAL, timeout + _GRACE_SECONDS)
            answer(connection, store, job, routes=routes)
            signal.setitimer(signal.ITIMER_REAL, 0)
    if store is not None:
        store.close()


def answer(
    connection: Connection,
    store: OpenGraph,
    job: Job | Dump,
    *,
    ordinary: bool = False,
    routes: Mapping[str, str] | None = None,
) -> None:
    """Send the answer to a job in pieces, then END; or ERROR. Raises OSError where nobody listens any more."""
    with answering(connection, routes or {}) as out:
        if isinstance(job, Dump):
            write_dump(store, job, out, {} if ordinary else PREFIXES)
            return
        outgoing = ordinary and job.outgoing
        results = evaluate(
            store, job.text, job.graphs, base=job.base, ordinary=ordinary, outgoing=outgoing, routes=routes
        )
        if job.format == PREVIEW:
            out.write(json.dumps(preview(results, job.max_rows or 0)).encode())
        else:
            written = write_results(results, FORMATS[job.format], out, job.max_rows, job.more)
            cast("Pieces", out).told = {"rows": written.rows, "cut": written.cut}


@contextlib.contextmanager
def answering(connection: Connection, routes: Mapping[str, str] = MappingProxyType({})) -> Iterator[IO[bytes]]:
    """A file for an answer: END follows when the block ends, ERROR where it raises, without a word of ``routes``."""
    out = Pieces(connection)
    try:
        yield cast("IO[bytes]", out)
    except (BrokenPipeError, ConnectionResetError):
        raise
    except PapertriplesError as error:
        connection.send_bytes(ERROR + unrouted(error_as_json(error).decode(), routes).encode())
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        connection.send_bytes(ERROR + error_as_json(error))
    else:
        out.end()


def write_dump(store: OpenGraph, job: Dump, out: IO[bytes], prefixes: dict[str, str]) -> None:
    """Write the triples of a graph, as they come. Raises GraphMissing."""
    graph, form = store.graph, FORMATS[job.format].graph
    assert form is not None
    if job.everything:
        ox.serialize(graph.quads_for_pattern(None, None, None, None), out, form, prefixes=prefixes)
        return
    name = graph_name(job.graph)
    if isinstance(name, ox.NamedNode) and not graph.contains_named_graph(name):
        raise GraphMissing(f"the store has no graph <{job.graph}>")
    quads = graph.quads_for_pattern(None, None, None, name)
    triples = (quad.triple for quad in quads)
    if form in (ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG):
        ox.serialize((ox.Quad(*triple) for triple in triples), out, form, prefixes=prefixes)
    else:
        ox.serialize(triples, out, form, prefixes=prefixes)


def graph_name(iri: str | None) -> ox.NamedNode | ox.DefaultGraph:
    """A graph's name; None is the default graph. Raises UsageError for what is no absolute IRI."""
    if iri is None:
        return ox.DefaultGraph()
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise UsageError(f"found {iri!r} as a graph, expected an absolute IRI") from error


def error_as_json(error: Exception) -> bytes:
    """Name and message of an error of ours; of any other one nothing that might tell of the machine."""
    if not isinstance(error, PapertriplesError):
        return json.dumps({"name": "QueryError", "message": "the query failed for a reason of the server"}).encode()
    line, column = (error.line, error.column) if isinstance(error, QuerySyntaxError) else (None, None)
    return json.dumps({"name": type(error).__name__, "message": str(error), "line": line, "column": column}).encode()


def _refreshed(store: EmbeddedStore, state: object, location: str, timeout: float) -> tuple[EmbeddedStore, object]:
    """The current version's store, with its state; the one in hand where there is no newer one, or it cannot be
    opened."""
    found = version_state(location)
    if found is not None and found == state:
        return store, state
    try:
        if current_version(location) == store.version:
            return store, found
        newer = open_store(location, timeout=timeout + _GRACE_SECONDS)
    except PapertriplesError:
        return store, state
    store.close()
    return newer, found


def limit_memory(memory: int | None) -> None:
    """Let this process hold no more bytes than that (enforced on Linux)."""
    if memory is None or not sys.platform.startswith("linux"):
        return
    import resource

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
