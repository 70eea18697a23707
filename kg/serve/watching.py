"""What each request came to: one record, read by the figures of ``/metrics`` and by the access log."""

from __future__ import annotations

import hashlib
import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from flask import Flask, Response, g, request

from kg.errors import UsageError
from kg.serve.workers import Answer

LOG_STANDARD_ERROR = "-"
RECORD = "papertriples.record"  # where a request's record is in its WSGI environment


@dataclass(slots=True)
class Record:
    """A request, and what became of it. A query is told by its digest: the same query has the same one."""

    time: str
    client: str
    method: str
    path: str
    route: str = ""
    status: int = 0
    seconds: float = 0.0
    bytes: int = 0
    media_type: str = ""
    query: str | None = None
    token: str | None = None  # the id of a valid one
    rows: int | None = None
    cut: bool | None = None
    code: str | None = None  # of a problem: query-timeout, too-many-queries
    broken: bool | None = None  # the answer was on its way, and was not finished


Observer = Callable[[Record], None]


class Watch:
    """Makes the records and hands them to observers when the answer has gone out; ``in_flight`` counts the rest."""

    def __init__(self, *observers: Observer) -> None:
        self.in_flight = 0
        self._observers = observers
        self._turn = threading.Lock()

    def tell(self, record: Record) -> None:
        """Hand a record to the observers."""
        for observe in self._observers:
            observe(record)

    def register(self, app: Flask) -> None:
        """Watch the requests of an app."""

        @app.before_request
        def _begin() -> None:
            g.began = time.monotonic()
            g.record = Record(
                datetime.now(UTC).isoformat(timespec="milliseconds"),
                request.remote_addr or "",
                request.method,
                request.path,
                request.endpoint or "",
            )
            request.environ[RECORD] = g.record
            with self._turn:
                self.in_flight += 1

        @app.after_request
        def _answered(response: Response) -> Response:
            record: Record | None = g.pop("record", None)
            if record is None:  # the request could not even be read
                return response
            record.status, record.media_type = response.status_code, response.mimetype or ""
            record.query, record.code, record.token = digest_of(g.get("query")), g.get("code"), g.get("token")
            began: float = g.began
            asked: Answer | None = g.get("answer")
            passed = response.is_streamed or response.direct_passthrough
            sent = Counted(response.iter_encoded()) if passed else None
            if sent is not None:
                close_with(response)
                response.direct_passthrough = False  # else it would not be told when it is closed
                response.response = sent
            length = response.content_length or 0

            def end() -> None:
                record.seconds = round(time.monotonic() - began, 6)
                record.bytes = 0 if record.method == "HEAD" else length if sent is None else sent.bytes
                if asked is not None:
                    record.rows = asked.told.get("rows")
                    record.cut = bool(asked.told.get("cut")) or None
                if sent is not None and not sent.ended and record.method != "HEAD":
                    record.broken = True
                with self._turn:
                    self.in_flight -= 1
                self.tell(record)

            response.call_on_close(end)
            return response

        @app.teardown_request
        def _failed(error: BaseException | None) -> None:
            if g.pop("record", None) is not None:  # there was no answer
                with self._turn:
                    self.in_flight -= 1


class Counted:
    """Pieces of an answer, counted as they go out."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.bytes = 0
        self.ended = False
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.bytes += len(piece)
            yield piece
        self.ended = True


def close_with(response: Response) -> None:
    """Close what a response gives out, a file perhaps, when the response is closed, whatever is put around it."""
    close = getattr(response.response, "close", None)
    if close is not None:
        response.call_on_close(close)


def digest_of(query: str | None) -> str | None:
    """A short name for a query, by which it is found again without being written down.

    >>> digest_of("ASK {}"), digest_of(None)
    ('819ea91ed5f12b38', None)
    """
    return None if query is None else hashlib.sha256(query.encode("utf-8", "replace")).hexdigest()[:16]


class AccessLog:
    """Writes one line of JSON a request to a file, or to standard error where its name is ``-``; close it at the end.

    The file is opened again when it was moved away, so that log rotation needs no signal.
    """

    def __init__(self, name: str) -> None:
        self._path = None if name == LOG_STANDARD_ERROR else Path(name)
        self._turn = threading.Lock()
        self._out = self._opened()

    def __call__(self, record: Record) -> None:
        line = json.dumps({name: value for name, value in asdict(record).items() if value not in (None, "")})
        with self._turn:
            try:
                if self._path is not None and not self._is_in_place():
                    self._out.close()
                    self._out = self._opened()
                self._out.write(line + "\n")
                self._out.flush()
            except (OSError, UsageError, ValueError) as error:
                logging.getLogger(__name__).warning("the access log cannot be written: %s", error)

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            if self._path is not None:
                self._out.close()

    def _opened(self) -> IO[str]:
        if self._path is None:
            return sys.stderr
        try:
            return self._path.open("a", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write the access log {self._path}: {error.strerror}") from error

    def _is_in_place(self) -> bool:
        assert self._path is not None
        return self._path.exists()
