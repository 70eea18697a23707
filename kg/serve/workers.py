"""A pool of processes that answer queries, each of which can be killed at its deadline and is then replaced.

The engine's queries cannot be interrupted from Python, so a query that must end is ended with its process.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import cast

from kg import errors
from kg.errors import PapertriplesError, QueryError, QuerySyntaxError, QueryTimeout, StoreError
from kg.serve.jobs import Dump
from kg.serve.worker_process import END, ERROR, PIECE, READY, Job, end_of, serve_queries

DEFAULT_MEMORY = 2 << 30  # bytes that a worker may hold (enforced on Linux)
HEAD_SIZE = 1 << 16  # bytes of an answer that are awaited before its status goes out
_START_SECONDS = 60.0
_LOOK_SECONDS = 0.2  # how often it is seen whether the client still waits
_MOST_RETRIES = 3
SPAWN = multiprocessing.get_context("spawn")


class AllBusy(QueryTimeout):
    """No worker came free in time: the same query may well be answered later."""


class ClientGone(QueryError):
    """Nobody waits for the answer any more: the client closed its connection."""


class WorkerDied(QueryError):
    """The process that ran the query ended: killed from outside, or out of memory."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's first bytes, and the rest, which comes while the query still runs. Close it in any case.

    ``whole``: there is no rest, and no error can follow.
    """

    head: bytes
    whole: bool
    rest: Iterator[bytes]
    told: dict[str, int] = field(default_factory=dict)  # when all is read: "rows", and "cut" where there were more

    def read(self) -> bytes:
        """All of it."""
        return self.head + b"".join(self.rest)

    def close(self) -> None:
        """Give the worker back; one that is not done is ended."""
        close = getattr(self.rest, "close", None)
        if close is not None:
            close()


class Worker:
    """One process and our end of its pipe."""

    def __init__(
        self, location: Path | str, timeout: float, memory: int | None, routes: Mapping[str, str] | None = None
    ) -> None:
        ours, theirs = SPAWN.Pipe()
        self.pipe: Connection = ours
        self.confined: bool | None = None  # when it is ready: whether the kernel keeps it from the network
        self.process: SpawnProcess = SPAWN.Process(
            target=serve_queries,
            args=(theirs, str(location), timeout, memory, routes),
            daemon=True,
            name="query worker",
        )
        self.process.start()
        theirs.close()

    def await_ready(self) -> None:
        """Return when the store is open; raises StoreError and the like where it cannot be."""
        if not self.pipe.poll(_START_SECONDS):
            raise StoreError(f"a query worker did not start within {_START_SECONDS:g} seconds")
        try:
            message = self.pipe.recv_bytes()
        except (EOFError, OSError) as error:
            raise StoreError("a query worker ended while it started") from error
        if message[:1] != READY:
            raise error_of(message[1:])
        self.confined = json.loads(message[1:])["confined"]

    def end(self) -> None:
        """Kill the process and close the pipe."""
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.process.close()
        self.pipe.close()

    def stop(self) -> None:
        """Close the pipe, upon which an idle process ends by itself; kill it where it does not."""
        self.pipe.close()
        self.process.join(1.0)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()


class WorkerPool:
    """``size`` workers on the store at ``location``; ``timeout`` seconds for each query, all of its answer included.

    A query that gives more than ``most_bytes`` is ended.
    """

    def __init__(
        self,
        location: Path | str,
        size: int,
        timeout: float,
        memory: int | None = DEFAULT_MEMORY,
        most_bytes: int | None = None,
        routes: Mapping[str, str] | None = None,
    ) -> None:
        self.location = location
        self.size = size
        self.timeout = timeout
        self.confined: bool | None = None  # once started: whether the kernel keeps them from the network, if it is to
        self._memory = memory
        self._most_bytes = most_bytes
        self._routes = routes
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        self._workers: set[Worker] = set()
        self._turn = threading.Lock()
        self._closed = False
        self._starters: set[threading.Thread] = set()

    def start(self) -> None:
        """Start the workers and wait for them. Raises what kept the first from opening the store."""
        workers = [self._new_worker() for _ in range(self.size)]
        try:
            for worker in workers:
                worker.await_ready()
                self.confined = worker.confined
                self._idle.put(worker)
        except PapertriplesError:
            self.close()
            raise

    @property
    def alive(self) -> int:
        """How many workers run."""
        with self._turn:
            return sum(1 for worker in self._workers if worker.process.is_alive())

    @property
    def process_ids(self) -> list[int]:
        """The processes of the workers."""
        with self._turn:
            return [worker.process.pid for worker in self._workers if worker.process.pid is not None]

    def mend(self) -> None:
        """Replace idle workers that were killed from outside; busy ones are seen to when they break."""
        idle: list[Worker] = []
        with contextlib.suppress(queue.Empty):
            while True:
                idle.append(self._idle.get_nowait())
        for worker in idle:
            if worker.process.is_alive():
                self._idle.put(worker)
            else:
                self._replace(worker)

    def ask(self, job: Job | Dump, gone: Callable[[], bool] | None = None) -> Answer:
        """The answer to a query, once its first bytes are there.

        Raises what the query raises; QueryTimeout past the deadline; AllBusy where no worker came free before it;
        ClientGone where ``gone`` says so before the answer is there: the query is ended with its worker.
        """
        for _ in range(_MOST_RETRIES):
            worker = self._take()
            try:
                worker.pipe.send(job)
            except OSError:  # it was killed while idle: nothing is lost
                self._replace(worker)
                continue
            told: dict[str, int] = {}
            pieces = self._pieces(worker, time.monotonic() + self.timeout, told, gone)
            if isinstance(job, Job):
                pieces = within(pieces, self._most_bytes)
            return Answer(*head_of(pieces), pieces, told)
        raise WorkerDied("the processes that answer queries end again and again; ask whoever runs this server")

    def close(self) -> None:
        """End all workers; queries that still run end with them."""
        with self._turn:
            self._closed = True
            starters = list(self._starters)
        for starter in starters:
            starter.join(_START_SECONDS)
        with self._turn:
            workers, self._workers = list(self._workers), set()
        idle: set[Worker] = set()
        with contextlib.suppress(queue.Empty):
            while True:
                idle.add(self._idle.get_nowait())
        for worker in workers:
            if worker in idle:
                worker.stop()
            else:
                worker.end()

    def _take(self) -> Worker:
        if self._closed:
            raise AllBusy("the server is stopping")
        try:
            return self._idle.get(timeout=self.timeout)
        except queue.Empty:
            raise AllBusy(f"all {self.size} query workers were busy for {self.timeout:g} seconds") from None

    def _pieces(
        self, worker: Worker, deadline: float, told: dict[str, int], gone: Callable[[], bool] | None
    ) -> Iterator[bytes]:
        """The pieces of the answer of a worker that has a job; gives the worker back, or replaces it."""
        done = False
        try:
            while True:
                try:
                    in_time = awaited(worker.pipe, deadline, gone)
                    message = worker.pipe.recv_bytes() if in_time else b""
                except (EOFError, OSError) as error:
                    raise WorkerDied(
                        "the process that ran the query ended; it may have needed too much memory"
                    ) from error
                if not in_time:
                    raise QueryTimeout(f"the query did not end within {self.timeout:g} seconds, and was ended")
                if message[:1] == PIECE:
                    yield message[1:]
                    continue
                done = True
                if message[:1] == ERROR:
                    raise error_of(message[1:])
                assert message[:1] == END
                came, piece = end_of(message)
                told.update(came)
                if piece:
                    yield piece
                return
        finally:
            if done:
                self._idle.put(worker)
            else:
                self._replace(worker)

    def _new_worker(self) -> Worker:
        worker = Worker(self.location, self.timeout, self._memory, self._routes)
        with self._turn:
            self._workers.add(worker)
        return worker

    def _replace(self, worker: Worker) -> None:
        """End a worker, and start another one without making anybody wait for it."""
        with self._turn:
            known = worker in self._workers
            self._workers.discard(worker)
            if not known or self._closed:
                if known:
                    worker.end()
                return
            starter = threading.Thread(target=self._start_another, name="worker starter", daemon=True)
            self._starters.add(starter)
        worker.end()
        starter.start()

    def _start_another(self) -> None:
        pause = 0.1
        try:
            while not self._closed:
                worker = self._new_worker()
                try:
                    worker.await_ready()
                except PapertriplesError:
                    with self._turn:
                        self._workers.discard(worker)
                    worker.end()
                    time.sleep(pause)
                    pause = min(pause * 2, 5.0)
                else:
                    self._idle.put(worker)
                    return
        finally:
            with self._turn:
                self._starters.discard(threading.current_thread())


def head_of(pieces: Iterator[bytes]) -> tuple[bytes, bool]:
    """The first bytes of an answer, as many as are awaited before its status goes out, and whether that is all."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= HEAD_SIZE:
            return head, False
    return head, True


def within(pieces: Iterator[bytes], most: int | None) -> Iterator[bytes]:
    """The pieces, and QueryError where there are more bytes than ``most``."""
    size = 0
    with contextlib.closing(cast("Generator[bytes]", pieces)):
        for piece in pieces:
            size += len(piece)
            if most is not None and size > most:
                raise QueryError(f"the answer is longer than {most >> 20} MiB; ask for less, or page by page (LIMIT)")
            yield piece


def awaited(pipe: Connection, deadline: float, gone: Callable[[], bool] | None) -> bool:
    """Is there a message before the deadline? Raises ClientGone."""
    while True:
        left = max(0.0, deadline - time.monotonic())
        if pipe.poll(left if gone is None else min(left, _LOOK_SECONDS)):
            return True
        if gone is not None and gone():
            raise ClientGone("the client closed its connection, and the query was ended")
        if time.monotonic() >= deadline:
            return False


def error_of(message: bytes) -> PapertriplesError:
    """The error that a worker told of."""
    told = json.loads(message)
    kind = getattr(errors, told["name"], QueryError)
    if kind is QuerySyntaxError:
        return QuerySyntaxError(told["message"], told["line"], told["column"])
    made = kind(told["message"])
    return made if isinstance(made, PapertriplesError) else QueryError(told["message"])
