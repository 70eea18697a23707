"""A process that holds a plain dataset and answers for it: queries side by side, one write at a time.

A dataset is open for writing in one process only, so its queries run there too, each in a thread. A query cannot be
interrupted: one that outlives its deadline ends the process, between two writes, and the server starts another one.
A write is announced (BEGUN) when its turn has come: what was not can be asked of another process without harm.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, Listener
from pathlib import Path

import pyoxigraph as ox

from kg.errors import GraphChanged, GraphMissing, PapertriplesError, QueryError
from kg.query.nesting import check_nesting
from kg.query.policy import check_update
from kg.query.results import syntax_error
from kg.query.updates import with_dataset
from kg.serve.confinement import confine_to_routes
from kg.serve.documents import read_documents
from kg.serve.job_folder import JOBS, job_folder
from kg.serve.jobs import Dump, GraphTag, Update, WriteGraph, WriteJob
from kg.serve.worker_process import ERROR, READY, Job, answer, answering, error_as_json, graph_name, limit_memory
from kg.store.dataset import GraphName, PlainDataset

BEGUN = b"b"  # a message: the write has its turn, and may be made from here on

_GRACE_SECONDS = 10.0  # beyond a deadline the process ends itself, should nobody be there to do so
_LOOK_SECONDS = 1.0


class _Tags:
    """States of graphs, for ETag and If-Match. What an update changed is unknown: after one, all count as changed."""

    def __init__(self) -> None:
        self._run = secrets.token_hex(4)
        self._now = 0
        self._floor = 0
        self._changed: dict[str | None, int] = {}

    def of(self, graph: str | None) -> str:
        return f"{self._run}.{max(self._floor, self._changed.get(graph, 0))}"

    def change(self, graph: str | None) -> None:
        self._now += 1
        self._changed[graph] = self._now

    def change_all(self) -> None:
        self._now += 1
        self._floor = self._now
        self._changed.clear()


class _Clock:
    """Ends the process when a job is far beyond its deadline; not while a write is in hand that is not."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._running: dict[int, float] = {}
        self._writing: dict[int, float] = {}

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        with self._counted(self._running):
            yield

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        with self._counted(self._writing):
            yield

    @contextlib.contextmanager
    def _counted(self, among: dict[int, float]) -> Iterator[None]:
        among[threading.get_ident()] = time.monotonic()
        try:
            yield
        finally:
            del among[threading.get_ident()]

    def watch(self) -> None:
        while True:
            time.sleep(_LOOK_SECONDS)
            late = time.monotonic() - self._timeout - _GRACE_SECONDS
            writes = list(self._writing.values())
            if min(list(self._running.values()), default=late) < late and all(began < late for began in writes):
                os.kill(os.getpid(), signal.SIGKILL)  # a transaction that has not ended leaves nothing


def serve_dataset(
    connection: Connection,
    location: str,
    timeout: float,
    memory: int | None,
    outgoing: bool,
    routes: Mapping[str, str] | None = None,
) -> None:
    """Open the dataset, tell where jobs are taken (READY, then JSON), and answer them until the pipe closes.

    Where no job is ``outgoing``, the process cannot reach another host but for the proxy of ``routes``: what SERVICE
    may ask, and where.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    limit_memory(memory)
    confined = None if outgoing else confine_to_routes(routes)
    try:
        dataset = PlainDataset(Path(location))
    except PapertriplesError as error:
        connection.send_bytes(ERROR + error_as_json(error))
        return
    key = secrets.token_bytes(32)
    answering_for = _Answering(dataset, routes or {}, _Tags(), _Clock(timeout))
    with (
        job_folder() as folder,
        Listener(str(folder / JOBS), family="AF_UNIX", backlog=128, authkey=key) as listener,
    ):
        for target, arguments in ((answering_for.clock.watch, ()), (_accept, (listener, answering_for))):
            threading.Thread(target=target, args=arguments, daemon=True).start()
        told = {"address": listener.address, "key": key.hex(), "confined": confined}
        with contextlib.suppress(EOFError, OSError):
            connection.send_bytes(READY + json.dumps(told).encode())
            connection.recv_bytes()  # the server closes the pipe, or is gone
    answering_for.ends.set()
    with dataset.deciding():
        os._exit(0)  # threads that still answer go with the process


@dataclass(frozen=True, slots=True)
class _Answering:
    """What all jobs share. ``ends``: no further write begins."""

    dataset: PlainDataset
    routes: Mapping[str, str]
    tags: _Tags
    clock: _Clock
    ends: threading.Event = field(default_factory=threading.Event)


def _accept(listener: Listener, shared: _Answering) -> None:
    while True:
        try:
            connection = listener.accept()
        except (OSError, EOFError):
            time.sleep(0.01)
            continue
        except Exception:  # somebody without the key
            continue
        threading.Thread(target=_serve, args=(connection, shared), daemon=True).start()


def _serve(connection: Connection, shared: _Answering) -> None:
    with contextlib.suppress(EOFError, OSError), connection, shared.clock.running():
        job = connection.recv()
        if isinstance(job, Job | Dump):
            answer(connection, shared.dataset, job, ordinary=True, routes=shared.routes)
        elif isinstance(job, GraphTag):
            with answering(connection) as out:
                there = shared.dataset.has_graph(graph_name(job.graph))
                out.write(json.dumps({"there": there, "tag": shared.tags.of(job.graph)}).encode())
        else:
            with shared.clock.writing():
                _write(connection, shared, job)


def _write(connection: Connection, shared: _Answering, job: WriteJob) -> None:
    # The turn is kept until the answer is out: the process ends between two turns.
    with contextlib.ExitStack() as turn, answering(connection) as out:
        if isinstance(job, Update):
            carry_out = partial(_update, shared, _text_of(job), job.base)
        else:
            name = graph_name(job.graph)
            carry_out = partial(_put, shared, job, name, read_documents(job.parts, job.base))
        turn.enter_context(shared.dataset.deciding())
        if shared.ends.is_set():
            os._exit(0)
        connection.send_bytes(BEGUN)  # where nobody waits any more, this fails, and nothing is written
        out.write(json.dumps(carry_out()).encode())


def _put(shared: _Answering, job: WriteGraph, name: GraphName, triples: list[ox.Triple]) -> dict[str, object]:
    dataset, tags = shared.dataset, shared.tags
    there = dataset.has_graph(name)
    check_conditions(job, tags.of(job.graph) if there else None)
    if job.action == "remove":
        if not dataset.remove_graph(name):
            raise GraphMissing(f"the store has no graph <{job.graph}>")
    elif job.action == "replace":
        dataset.replace_graph(name, triples)
    else:
        dataset.add_to_graph(name, triples)
    tags.change(job.graph)
    return {"created": not there, "triples": len(triples), "tag": tags.of(job.graph)}


def check_conditions(job: WriteGraph, tag: str | None) -> None:
    """Raise GraphChanged where a write's conditions do not hold; ``tag`` is None where there is no such graph."""
    if job.match and (tag is None or not ("*" in job.match or tag in job.match)):
        raise GraphChanged("the graph is not in the state that If-Match names; read it again, then write")
    if job.none_match and tag is not None and ("*" in job.none_match or tag in job.none_match):
        raise GraphChanged("the graph is there in a state that If-None-Match rules out")


def _text_of(job: Update) -> str:
    """The text to carry out. Raises what is wrong with it, as far as its tokens tell."""
    check_nesting(job.text)
    if not job.outgoing:
        check_update(job.text)
    return with_dataset(job.text, job.graphs) if job.graphs else job.text


def _update(shared: _Answering, text: str, base: str | None) -> dict[str, object]:
    try:
        shared.dataset.update(text, base)
    except SyntaxError as error:
        raise syntax_error(str(error)) from error
    except ValueError as error:
        raise QueryError(f"the update cannot be carried out: {error}") from error
    shared.tags.change_all()
    return {}
