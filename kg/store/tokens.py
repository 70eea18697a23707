"""``DIR/tokens.jsonl``: who may do what over HTTP. A line a token, of which only a digest is kept.

A token is 256 random bits, so that one SHA-256 is enough to keep it by: salts and slow digests protect what people can
remember and others can guess, and nobody goes through 2^256 values. The file is the owner's alone, and a change is one
rename: two processes may make tokens at a time, and a server that runs sees each change with its next request.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, get_args

from kg.errors import StoreError, StoreMissing, UsageError
from kg.records import record_from_json, record_to_json
from kg.store.durable import PRIVATE, replace_file, waiting_lock
from kg.store.failures import kind_of
from kg.store.manifest import MANIFEST_NAME, has_store

TOKENS: Final = "tokens.jsonl"
TOKENS_LOCK: Final = "tokens.lock"
PREFIX: Final = "pt_"  # by which people, and programs that look for leaked secrets, know one

Scope = Literal["read", "curate", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)  # each includes those before it

_BITS = 256
_LONGEST = 100  # characters of a label, which stands in logs and as the name of a curator
_ID_BYTES = 4
_AGE = re.compile(r"([1-9][0-9]{0,5})([hdwy])", re.ASCII)
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "y": 365 * 24}


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token. Times are UTC, as ``2026-01-31T12:00:00Z``; ``digest`` is "" once it is revoked."""

    id: str
    scope: Scope
    created: str
    label: str = ""
    expires: str | None = None
    revoked: str | None = None
    digest: str = ""

    def includes(self, scope: Scope) -> bool:
        """Whether it is good for what needs ``scope``.

        >>> Token("1", "write", "").includes("curate"), Token("1", "read", "").includes("curate")
        (True, False)
        """
        return SCOPES.index(self.scope) >= SCOPES.index(scope)

    def counts(self, now: str) -> bool:
        """Whether it was neither revoked nor expired before ``now``."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class Tokens:
    """The tokens of the store (or plain dataset) at ``location``; any number of threads and processes."""

    def __init__(self, location: Path) -> None:
        self._location = location
        self._path = location / TOKENS
        self._turn = threading.Lock()
        self._state: tuple[int, int, int] | None = None
        self._read: tuple[Token, ...] = ()

    def all(self) -> tuple[Token, ...]:
        """All that were ever made, as the file is now. Raises StoreError where it cannot be read."""
        with self._turn:
            try:
                found = self._path.stat()
            except FileNotFoundError:
                self._state, self._read = None, ()
                return ()
            state = (found.st_ino, found.st_mtime_ns, found.st_size)
            if state != self._state:
                self._read = self._from_file()
                self._state = state
            return self._read

    def listed(self) -> list[tuple[Token, bool]]:
        """All, each with whether it counts now. Raises StoreMissing where there is no store, StoreError."""
        self._check_store()
        now = _text(_now())
        return [(token, token.counts(now)) for token in self.all()]

    def find(self, secret: str) -> Token | None:
        """The token that is ``secret``, where it counts now; it is compared with all, in the same time for each."""
        digest, now, found = _digest(secret), _text(_now()), None
        for token in self.all():
            if hmac.compare_digest(token.digest, digest):
                found = token
        return found if found is not None and found.counts(now) else None

    def create(self, scope: Scope, label: str = "", expires: str | None = None) -> tuple[Token, str]:
        """A new token, and the secret, which is kept nowhere. ``expires``: a time, a day, or an age such as 90d.

        Raises UsageError for what is none of these, StoreMissing where there is no store, StoreError.
        """
        if scope not in SCOPES:
            raise UsageError(f"--scope: found {scope!r}, expected one of {', '.join(SCOPES)}")
        if not label.isprintable() or len(label) > _LONGEST:
            raise UsageError(f"--label: found {label[:_LONGEST]!r}, expected a line of {_LONGEST} characters at most")
        now = _now()
        until = None if expires is None else expiry(expires, now)
        secret = PREFIX + secrets.token_urlsafe(_BITS // 8)
        token = Token(secrets.token_hex(_ID_BYTES), scope, _text(now), label, until, None, _digest(secret))
        self._change(lambda tokens: (*tokens, token))
        return token, secret

    def revoke(self, id: str) -> Token:
        """End a token, by its id; returns it as it was. Raises UsageError where there is none that counts."""
        ended: list[Token] = []

        def without(tokens: Sequence[Token]) -> tuple[Token, ...]:
            for token in tokens:
                if token.id == id and token.revoked is None:
                    ended.append(token)
            if not ended:
                known = ", ".join(one.id for one in tokens if one.revoked is None) or "none"
                raise UsageError(f"found no token {id} to revoke; there are: {known}")
            return tuple(
                replace(token, revoked=_text(_now()), digest="") if token in ended else token for token in tokens
            )

        self._change(without)
        return ended[0]

    def _change(self, change: Callable[[Sequence[Token]], tuple[Token, ...]]) -> None:
        self._check_store()
        with self._failures("written"), waiting_lock(self._location / TOKENS_LOCK):
            tokens = change(self._from_file() if self._path.exists() else ())
            replace_file(self._path, "".join(f"{record_to_json(one)}\n" for one in tokens).encode(), PRIVATE)

    def _check_store(self) -> None:
        if not has_store(self._location):
            raise StoreMissing(f"no store at {self._location} (no {MANIFEST_NAME}), expected one, to make tokens for")

    def _from_file(self) -> tuple[Token, ...]:
        with self._failures("read"):
            try:
                lines = self._path.read_text(encoding="utf-8").split("\n")
                return tuple(record_from_json(Token, line) for line in lines if line)
            except (ValueError, TypeError) as error:
                raise StoreError(f"{self._path}: cannot be read: {error}; put a copy back, or make new ones") from None

    @contextlib.contextmanager
    def _failures(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise kind_of(error)(f"{self._path}: cannot be {done}: {error.strerror}") from None


def expiry(text: str, now: datetime) -> str:
    """When a token ends: a time, a day (its first moment, UTC), or an age from ``now`` on in h, d, w or y.

    >>> now = datetime(2026, 1, 31, 12, tzinfo=UTC)
    >>> expiry("90d", now), expiry("2026-06-01", now), expiry("2026-06-01T10:00+02:00", now)
    ('2026-05-01T12:00:00Z', '2026-06-01T00:00:00Z', '2026-06-01T08:00:00Z')
    >>> expiry("soon", now)
    Traceback (most recent call last):
    kg.errors.UsageError: --expires: found 'soon', expected a time to come, such as 90d, 2027-01-31 or 2027-01-31T12:00Z
    """
    wrong = UsageError(
        f"--expires: found {text!r}, expected a time to come, such as 90d, 2027-01-31 or 2027-01-31T12:00Z"
    )
    try:
        if age := _AGE.fullmatch(text):
            until = now + timedelta(hours=int(age[1]) * _HOURS[age[2]])
        else:
            until = datetime.fromisoformat(text)
            until = until.replace(tzinfo=UTC) if until.tzinfo is None else until.astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong from None
    if until <= now:
        raise wrong
    return _text(until)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC)


def _text(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
