"""Small answers, kept in front of the app for as long as the store's version holds.

What is kept is what the app tags (kg/serve/caching.py): it is a function of the store's version and of the request's
address and headers. It is given again as it went out, with the header ``Cache-Status`` (RFC 9211), without a worker.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from kg.serve.limits import GATED, Gate, TooManyQueries, network_of
from kg.serve.watching import RECORD, Record, Watch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST: Final = 1 << 16  # bytes of an answer that is kept
HIT: Final = "papertriples; hit"
# All of a request that an answer may depend on, but for what keeps it from being kept.
_PARTS: Final = (
    "PATH_INFO",
    "QUERY_STRING",
    "SCRIPT_NAME",
    "HTTP_HOST",
    "wsgi.url_scheme",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_ORIGIN",
)
_APART: Final = ("HTTP_AUTHORIZATION", "HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_RANGE", "HTTP_TRANSFER_ENCODING")
PREPARED: Final = "papertriples.kept"  # where the answer to a request stands that was looked up before
_OVERHEAD: Final = 2048  # bytes that an answer takes beside its body, about

Key = tuple[object, ...]
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it went out, the version of the store that it is of, and the record of its request."""

    version: object
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    record: Record

    @property
    def size(self) -> int:
        """The bytes that it takes, about."""
        return len(self.body) + len(self.record.path) + _OVERHEAD


class KeptAnswers:
    """A WSGI app around another one: ``most`` bytes of its answers, those that were asked for last.

    ``version`` tells the store's version at the moment; answers of another one are not given.
    """

    def __init__(
        self, app: WSGIApplication, most: int, version: Callable[[], object], gate: Gate, watch: Watch
    ) -> None:
        self._app = app
        self._most = most
        self._version = version
        self._gate = gate
        self._watch = watch
        self._size = 0
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._turn = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        began = time.monotonic()
        prepared: Kept | None = environ.pop(PREPARED, None)
        if prepared is not None:
            return self._given(prepared, began, environ, start_response)
        if not _may_be_kept(environ):
            return self._app(environ, start_response)
        key, version = _key(environ), self._version()
        kept = self._look_up(key, version, environ)
        if kept is None:
            return self._asked(key, version, environ, start_response)
        return self._given(kept, began, environ, start_response)

    def prepare(self, environ: WSGIEnvironment) -> None:
        """Put the answer to a request, where it is kept, into ``environ``: the next call with it asks no app."""
        kept = self._look_up(_key(environ), self._version(), environ) if _may_be_kept(environ) else None
        if kept is not None:
            environ[PREPARED] = kept

    def _look_up(self, key: Key, version: object, environ: WSGIEnvironment) -> Kept | None:
        """What is kept for a request, counted for its client; None as well where the client may not have it now."""
        kept = self._find(key, version)
        return kept if kept is not None and self._counted(kept, environ) else None

    def _given(
        self, kept: Kept, began: float, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        moment, client = datetime.now(UTC).isoformat(timespec="milliseconds"), environ.get("REMOTE_ADDR", "")
        self._watch.tell(replace(kept.record, time=moment, client=client, seconds=round(time.monotonic() - began, 6)))
        start_response(kept.status, [*kept.headers, ("Cache-Status", HIT)])
        return [kept.body]

    def _find(self, key: Key, version: object) -> Kept | None:
        with self._turn:
            found = self._kept.get(key)
            if found is None or found.version != version:
                return None
            self._kept.move_to_end(key)
            return found

    def _counted(self, kept: Kept, environ: WSGIEnvironment) -> bool:
        """Count it for the client's rate; False where the app must tell the client to come again."""
        if kept.record.route in GATED:
            try:
                self._gate.count(network_of(environ.get("REMOTE_ADDR", "")))
            except TooManyQueries:
                return False
        return True

    def _asked(
        self, key: Key, version: object, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        head: list[tuple[str, Headers]] = []

        def started(status: str, headers: Headers, *more: object) -> Callable[[bytes], object]:
            head.append((status, headers))
            return start_response(status, headers, *more)  # type: ignore[arg-type]

        def keep(body: bytes) -> None:
            record, (status, headers) = environ.get(RECORD), head[-1]
            tag = next((value for name, value in headers if name == "ETag"), "")
            if isinstance(record, Record) and record.status == 200 and tag.startswith("W/") and not record.broken:
                self._keep(key, Kept(version, status, tuple(headers), body, record))

        return _Read(self._app(environ, started), keep)

    def _keep(self, key: Key, kept: Kept) -> None:
        with self._turn:
            before = self._kept.pop(key, None)
            self._size += kept.size - (0 if before is None else before.size)
            self._kept[key] = kept
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1].size


def _may_be_kept(environ: WSGIEnvironment) -> bool:
    return environ["REQUEST_METHOD"] == "GET" and not any(name in environ for name in _APART)


def _key(environ: WSGIEnvironment) -> Key:
    return tuple(map(environ.get, _PARTS))


class _Read:
    """The pieces of an answer on their way out; whole and small, they are told when the answer is closed."""

    def __init__(self, pieces: Iterable[bytes], tell: Callable[[bytes], None]) -> None:
        self._pieces = pieces
        self._tell = tell
        self._read: list[bytes] | None = []
        self._ended = False

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._pieces:
            size += len(piece)
            if self._read is not None:
                self._read.append(piece)
                if size > LARGEST:
                    self._read = None
            yield piece
        self._ended = True

    def close(self) -> None:
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()
        if self._ended and self._read is not None:
            self._tell(b"".join(self._read))
