"""The server's side of the process that holds a plain dataset: jobs, deadlines, and another process after its end.

A query cannot be ended but with the process. It is not where a write is in hand: then the process ends after that one,
and new writes wait for the next process. So nobody's write fails for somebody else's query.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from kg.errors import QueryTimeout, StoreError
from kg.serve.dataset_process import BEGUN
from kg.serve.dataset_start import DatasetProcess, start_dataset
from kg.serve.jobs import Dump, GraphTag, Update, WriteGraph, WriteJob
from kg.serve.worker_process import END, ERROR, PIECE, Job, end_of
from kg.serve.workers import AllBusy, Answer, ClientGone, WorkerDied, awaited, error_of, head_of, within
from kg.store.dataset import has_room

DEFAULT_MEMORY = 4 << 30  # bytes of the process that reads and writes for everybody
_MOST_RETRIES = 3
_YOUNG_SECONDS = 3.0  # a process that is younger is not ended for clients that go: others' queries run there, too

AnyJob = Job | Dump | GraphTag | WriteJob


@dataclass(slots=True)
class _Asked:
    """A job that was sent to a process, and what is known of it."""

    process: DatasetProcess
    connection: Connection
    deadline: float
    gone: Callable[[], bool] | None
    writes: bool
    begun: bool = False  # a write: it may have been made
    told: dict[str, int] = field(default_factory=dict)


class DatasetPool:
    """Up to ``size`` jobs at a time on the dataset at ``location``; ``timeout`` seconds for each, its answer included.

    ``outgoing``: some of them may ask other hosts; ``routes``: what SERVICE may ask besides, and where. The face is
    that of :class:`kg.serve.workers.WorkerPool`.
    """

    def __init__(
        self,
        location: Path,
        size: int,
        timeout: float,
        memory: int | None = DEFAULT_MEMORY,
        most_bytes: int | None = None,
        outgoing: bool = True,
        routes: Mapping[str, str] | None = None,
    ) -> None:
        self.location = location
        self.size = size
        self.timeout = timeout
        self._memory = memory
        self._most_bytes = most_bytes
        self._outgoing = outgoing
        self._routes = routes
        self._free = threading.BoundedSemaphore(size)
        self._turn = threading.Condition()  # of what is below; told when there is another process
        self._current: DatasetProcess | None = None
        self._refused: DatasetProcess | None = None  # the process whose write the disk refused
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
    def confined(self) -> bool | None:
        """Whether the kernel keeps the process from the network; None where it may ask other hosts."""
        current = self._current
        return None if current is None else current.confined

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
        again, as are writes that had not begun; WorkerDied where the process ended in the middle of a write, which then
        may have been made or not.
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
            with self._with_process(deadline, writes=isinstance(job, WriteJob)) as current:
                try:
                    connection = current.connect()
                    connection.send(job)
                except (OSError, EOFError):  # it ended while it had nothing to do for us: nothing is lost
                    self._replace(current)
                    continue
                asked = _Asked(current, connection, deadline, gone, isinstance(job, WriteJob))
                try:
                    return self._begun(asked, job)
                except WorkerDied:
                    # Another query's end may have ended it: what has not written is simply asked again.
                    if asked.begun or attempt == _MOST_RETRIES - 1:
                        raise
        raise WorkerDied("the process that holds the dataset ends again and again; ask whoever runs this server")

    def _begun(self, asked: _Asked, job: AnyJob) -> Answer:
        """The answer to a job that was sent, once its first bytes are there."""
        pieces = self._pieces(asked)
        if isinstance(job, Job):
            pieces = within(pieces, self._most_bytes)
        return Answer(*head_of(pieces), _Releasing(pieces, self._free), asked.told)

    def _pieces(self, asked: _Asked) -> Iterator[bytes]:
        current, connection = asked.process, asked.connection

        def ends() -> bool:
            young = time.monotonic() - current.began < _YOUNG_SECONDS
            return not young and not current.writes and asked.gone is not None and asked.gone()

        with connection:  # where nobody reads on, the process notices with its next piece
            while True:
                try:
                    in_time = awaited(connection, asked.deadline, None if asked.gone is None else ends)
                    message = connection.recv_bytes() if in_time else b""
                except ClientGone:
                    self._let_go(current)
                    raise
                except (EOFError, OSError) as error:
                    self._replace(current)
                    raise WorkerDied("the process that holds the dataset ended; it may have lacked memory") from error
                if not in_time:
                    raise self._late(asked)
                if message == BEGUN:
                    asked.begun = True
                    continue
                if message[:1] == PIECE:
                    yield message[1:]
                    continue
                if message[:1] == ERROR:
                    raise error_of(message[1:])
                assert message[:1] == END
                came, piece = end_of(message)
                asked.told.update(came)
                if piece:
                    yield piece
                return

    def _late(self, asked: _Asked) -> QueryTimeout:
        """End what is past its deadline; returns what to say. A write that has not begun never does."""
        seconds = f"{self.timeout:g} seconds"
        if not asked.writes:
            self._let_go(asked.process)
            return QueryTimeout(f"the query did not end within {seconds}, and was ended")
        if not asked.begun:
            return AllBusy(f"other writes went on for {seconds}; nothing was written")
        self._replace(asked.process)
        return QueryTimeout(
            f"the write did not end within {seconds}, and was ended; the dataset is as it was before, or, at the very "
            "end, as it is after"
        )

    @contextlib.contextmanager
    def _with_process(self, deadline: float, *, writes: bool) -> Iterator[DatasetProcess]:
        """The process to ask; where it is for a write, it does not end for others' queries while the block runs."""
        with self._turn:
            while True:
                current = self._running()
                if not writes or not current.leaves:
                    break
                if not self._turn.wait(deadline - time.monotonic()):
                    raise AllBusy(f"other writes went on for {self.timeout:g} seconds; nothing was written")
            current.writes += writes
        try:
            yield current
        finally:
            with self._turn:
                current.writes -= writes
                if current.leaves and not current.writes:
                    self._replace(current)

    def _running(self) -> DatasetProcess:
        if self._closed:
            raise AllBusy("the server is stopping")
        if self._current is None:
            self._current = self._new()
        return self._current

    def _let_go(self, old: DatasetProcess) -> None:
        """Put another process in its place, once no write is in hand."""
        with self._turn:
            if old.writes:
                old.leaves = True
            else:
                self._replace(old)

    def _replace(self, old: DatasetProcess) -> None:
        """Put another process in its place at once."""
        with self._turn:
            if self._current is not old:
                return
            self._current = None
            old.end()
            if not self._closed:
                self._current = self._new()
            self._turn.notify_all()

    def _new(self) -> DatasetProcess:
        return start_dataset(self.location, self.timeout, self._memory, self._outgoing, self._routes)


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
