"""The server's side of the process that holds a plain dataset: jobs, deadlines, and another process after its end."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any

from kg.errors import QueryTimeout, StoreError
from kg.serve.dataset_process import serve_dataset
from kg.serve.jobs import Dump, GraphTag, Update, WriteGraph
from kg.serve.worker_process import END, ERROR, PIECE, READY, Job, end_of
from kg.serve.workers import HEAD_SIZE, SPAWN, AllBusy, Answer, ClientGone, WorkerDied, awaited, error_of, within
from kg.store.dataset import has_room

DEFAULT_MEMORY = 4 << 30  # bytes of the process that reads and writes for everybody
_START_SECONDS = 60.0
_END_SECONDS = 5.0
_MOST_RETRIES = 3
_YOUNG_SECONDS = 3.0  # a process that is younger is not ended for clients that go: others' queries run there, too

AnyJob = Job | Dump | GraphTag | Update | WriteGraph


@dataclass(eq=False, slots=True)
class _Process:
    process: Any
    pipe: Connection
    address: str
    key: bytes
    began: float = field(default_factory=time.monotonic)

    def connect(self) -> Connection:
        return Client(self.address, family="AF_UNIX", authkey=self.key)

    def end(self) -> None:
        """End it between two writes; where one does not end, in the middle of it, which undoes it."""
        self.pipe.close()
        self.process.join(_END_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()


class DatasetPool:
    """Up to ``size`` jobs at a time on the dataset at ``location``; ``timeout`` seconds for each, its answer included.

    ``outgoing``: some of them may ask other hosts. The face is that of :class:`kg.serve.workers.WorkerPool`.
    """

    def __init__(
        self,
        location: Path,
        size: int,
        timeout: float,
        memory: int | None = DEFAULT_MEMORY,
        most_bytes: int | None = None,
        outgoing: bool = True,
    ) -> None:
        self.location = location
        self.size = size
        self.timeout = timeout
        self._memory = memory
        self._most_bytes = most_bytes
        self._outgoing = outgoing
        self._free = threading.BoundedSemaphore(size)
        self._turn = threading.Lock()
        self._current: _Process | None = None
        self._refused: _Process | None = None  # the process whose write the disk refused
        self._closed = False

    def start(self) -> None:
        """Start the process. Raises UsageError, StoreLocked, StoreError where it cannot open the dataset."""
        with self._turn:
            self._current = self._new()

    @property
    def alive(self) -> int:
        """1 where the process runs, else 0."""
        current = self._current
        return int(current is not None and current.process.is_alive())

    @property
    def process_ids(self) -> list[int]:
        current = self._current
        return [] if current is None else [current.process.pid]

    def mend(self) -> None:
        """Start another process where the old one was killed from outside."""
        current = self._current
        if current is not None and not current.process.is_alive():
            self._replace(current)

    def ask(self, job: AnyJob, gone: Callable[[], bool] | None = None) -> Answer:
        """The answer to a job, once its first bytes are there.

        Raises what the job raises; QueryTimeout past the deadline; AllBusy where its turn did not come before it;
        ClientGone where ``gone`` says so, by which the query ends, and with it the process, whose other reads are asked
        again; WorkerDied where the process ended: then a write may have been made or not.
        """
        if self._closed:
            raise AllBusy("the server is stopping")
        if not self._free.acquire(timeout=self.timeout):
            raise AllBusy(f"{self.size} queries were running for {self.timeout:g} seconds")
        try:
            return self._asked(job, gone)
        except BaseException:
            self._free.release()
            raise

    def told(self, job: GraphTag | Update | WriteGraph) -> dict[str, Any]:
        """What a job that is no query answers. Raises StoreFull, StoreReadOnly where the disk refuses a write.

        The engine writes no more once the disk has refused; so the dataset is opened again when there is room.
        """
        refused, writes = self._refused, isinstance(job, Update | WriteGraph)
        if refused is not None and refused is self._current and writes and has_room(self.location):
            self._replace(refused)
        try:
            asked = self.ask(job)
        except StoreError:
            self._refused = self._current
            raise
        try:
            found: dict[str, Any] = json.loads(asked.read())
        finally:
            asked.close()
        return found

    def close(self) -> None:
        """End the process; what it was answering ends with it."""
        with self._turn:
            self._closed = True
            if self._current is not None:
                self._current.end()
                self._current = None

    def _asked(self, job: AnyJob, gone: Callable[[], bool] | None) -> Answer:
        deadline = time.monotonic() + self.timeout
        for attempt in range(_MOST_RETRIES):
            current = self._running()
            try:
                connection = current.connect()
                connection.send(job)
            except OSError:  # it was killed while it had nothing to do for us: nothing is lost
                self._replace(current)
                continue
            told: dict[str, int] = {}
            pieces = self._pieces(current, connection, deadline, told, gone)
            if isinstance(job, Job):
                pieces = within(pieces, self._most_bytes)
            head, whole = b"", True
            try:
                for piece in pieces:
                    head += piece
                    if len(head) >= HEAD_SIZE:
                        whole = False
                        break
            except WorkerDied:
                # Another query's end may have ended it: a read is simply asked again.
                if isinstance(job, Update | WriteGraph) or attempt == _MOST_RETRIES - 1:
                    raise
                continue
            return Answer(head, whole, self._released(pieces), told)
        raise WorkerDied("the process that holds the dataset ends again and again; ask whoever runs this server")

    def _released(self, pieces: Iterator[bytes]) -> _Releasing:
        return _Releasing(pieces, self._free)

    def _pieces(
        self,
        current: _Process,
        connection: Connection,
        deadline: float,
        told: dict[str, int],
        gone: Callable[[], bool] | None,
    ) -> Iterator[bytes]:
        def ends() -> bool:
            return gone is not None and time.monotonic() - current.began > _YOUNG_SECONDS and gone()

        with connection:  # where nobody reads on, the process notices with its next piece
            while True:
                try:
                    in_time = awaited(connection, deadline, None if gone is None else ends)
                    message = connection.recv_bytes() if in_time else b""
                except ClientGone:
                    self._replace(current)
                    raise
                except (EOFError, OSError) as error:
                    self._replace(current)
                    raise WorkerDied("the process that holds the dataset ended; it may have lacked memory") from error
                if not in_time:
                    self._replace(current)
                    raise QueryTimeout(f"the query did not end within {self.timeout:g} seconds, and was ended")
                if message[:1] == PIECE:
                    yield message[1:]
                    continue
                if message[:1] == ERROR:
                    raise error_of(message[1:])
                assert message[:1] == END
                came, piece = end_of(message)
                told.update(came)
                if piece:
                    yield piece
                return

    def _running(self) -> _Process:
        with self._turn:
            if self._closed:
                raise AllBusy("the server is stopping")
            if self._current is None:
                self._current = self._new()
            return self._current

    def _replace(self, old: _Process) -> None:
        with self._turn:
            if self._current is not old:
                return
            self._current = None
            old.end()
            if not self._closed:
                self._current = self._new()

    def _new(self) -> _Process:
        ours, theirs = SPAWN.Pipe()
        process = SPAWN.Process(
            target=serve_dataset,
            args=(theirs, str(self.location), self.timeout, self._memory, self._outgoing),
            daemon=True,
            name=f"dataset {self.location}",
        )
        process.start()
        theirs.close()
        try:
            if not ours.poll(_START_SECONDS):
                raise StoreError(f"the process of the dataset did not start within {_START_SECONDS:g} seconds")
            try:
                message = ours.recv_bytes()
            except (EOFError, OSError) as error:
                raise StoreError("the process of the dataset ended while it started") from error
            if message[:1] != READY:
                raise error_of(message[1:])
        except BaseException:
            process.kill()
            process.join()
            process.close()
            ours.close()
            raise
        told = json.loads(message[1:])
        return _Process(process, ours, told["address"], bytes.fromhex(told["key"]))


class _Releasing(Iterator[bytes]):
    """The rest of an answer; its place is free for another job when it is closed."""

    def __init__(self, pieces: Iterator[bytes], free: threading.BoundedSemaphore) -> None:
        self._pieces = pieces
        self._free: threading.BoundedSemaphore | None = free

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        free, self._free = self._free, None
        if free is not None:
            with contextlib.suppress(ValueError):
                getattr(self._pieces, "close", lambda: None)()
            free.release()
