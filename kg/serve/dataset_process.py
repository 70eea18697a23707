"""A process that holds a plain dataset and answers for it: queries side by side, one write at a time.

A dataset is open for writing in one process only, so its queries run there too, each in a thread. A query cannot be
interrupted: one that outlives its deadline ends the process, between two writes, and the server starts another one.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection, Listener
from pathlib import Path

from kg.errors import GraphChanged, GraphMissing, PapertriplesError, QueryError
from kg.query.nesting import check_nesting
from kg.query.policy import check_update
from kg.query.results import syntax_error
from kg.query.updates import with_dataset
from kg.serve.confinement import confine
from kg.serve.documents import read_documents
from kg.serve.jobs import Dump, GraphTag, Update, WriteGraph
from kg.serve.worker_process import ERROR, READY, Job, answer, answering, error_as_json, graph_name, limit_memory
from kg.store.dataset import PlainDataset

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
    """Ends the process when a job is far beyond its deadline; never in the middle of a write."""

    def __init__(self, dataset: PlainDataset, timeout: float) -> None:
        self._dataset = dataset
        self._timeout = timeout
        self._running: dict[int, float] = {}

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        self._running[threading.get_ident()] = time.monotonic()
        try:
            yield
        finally:
            del self._running[threading.get_ident()]

    def watch(self) -> None:
        while True:
            time.sleep(_LOOK_SECONDS)
            oldest = min(list(self._running.values()), default=time.monotonic())
            if time.monotonic() - oldest > self._timeout + _GRACE_SECONDS:
                os.kill(os.getpid(), signal.SIGKILL)  # a transaction that has not ended leaves nothing


def serve_dataset(connection: Connection, location: str, timeout: float, memory: int | None, outgoing: bool) -> None:
    """Open the dataset, tell where jobs are taken (READY, then JSON), and answer them until the pipe closes.

    Where no job is ``outgoing``, the process cannot reach another host.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    limit_memory(memory)
    if not outgoing:
        confine()
    try:
        dataset = PlainDataset(Path(location))
    except PapertriplesError as error:
        connection.send_bytes(ERROR + error_as_json(error))
        return
    key = secrets.token_bytes(32)
    folder = tempfile.mkdtemp(prefix="papertriples-")
    try:
        with Listener(os.path.join(folder, "jobs"), family="AF_UNIX", backlog=128, authkey=key) as listener:
            assert isinstance(listener.address, str)
            clock, tags = _Clock(dataset, timeout), _Tags()
            for target, arguments in ((clock.watch, ()), (_accept, (listener, dataset, tags, clock))):
                threading.Thread(target=target, args=arguments, daemon=True).start()
            with contextlib.suppress(EOFError, OSError):
                connection.send_bytes(READY + json.dumps({"address": listener.address, "key": key.hex()}).encode())
                connection.recv_bytes()  # the server closes the pipe, or is gone
    finally:
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(folder, "jobs"))
        with contextlib.suppress(OSError):
            os.rmdir(folder)
    with dataset.writing():
        os._exit(0)  # threads that still answer go with the process


def _accept(listener: Listener, dataset: PlainDataset, tags: _Tags, clock: _Clock) -> None:
    while True:
        try:
            connection = listener.accept()
        except (OSError, EOFError):
            time.sleep(0.01)
            continue
        except Exception:  # somebody without the key
            continue
        threading.Thread(target=_serve, args=(connection, dataset, tags, clock), daemon=True).start()


def _serve(connection: Connection, dataset: PlainDataset, tags: _Tags, clock: _Clock) -> None:
    with contextlib.suppress(EOFError, OSError), connection, clock.running():
        job = connection.recv()
        if isinstance(job, Job | Dump):
            answer(connection, dataset, job, ordinary=True)
            return
        with answering(connection) as out:
            out.write(json.dumps(_told(dataset, tags, job)).encode())


def _told(dataset: PlainDataset, tags: _Tags, job: GraphTag | Update | WriteGraph) -> dict[str, object]:
    if isinstance(job, Update):
        _update(dataset, job)
        tags.change_all()
        return {}
    name = graph_name(job.graph)
    if isinstance(job, GraphTag):
        return {"there": dataset.has_graph(name), "tag": tags.of(job.graph)}
    triples = read_documents(job.parts, job.base)
    with dataset.deciding():
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


def _update(dataset: PlainDataset, job: Update) -> None:
    check_nesting(job.text)
    if not job.outgoing:
        check_update(job.text)
    text = with_dataset(job.text, job.graphs) if job.graphs else job.text
    try:
        dataset.update(text, job.base)
    except SyntaxError as error:
        raise syntax_error(str(error)) from error
    except ValueError as error:
        raise QueryError(f"the update cannot be carried out: {error}") from error
