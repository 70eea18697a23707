"""Writes to a built store: admitted by a token, written down, and carried out one at a time by a process of their own.

The process can be ended at any moment, at its deadline or with the server: a store is as it was before, or as it is
after. What was acknowledged is on disk.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from flask import Response, g, request

from kg.errors import PapertriplesError, QueryTimeout, StoreLocked
from kg.serve.access import Access
from kg.serve.audit import AuditLog
from kg.serve.problems import problem
from kg.serve.workers import AllBusy, WorkerDied, error_of
from kg.store.tokens import Scope, Token

LARGEST_BODY: Final = 64 << 20  # bytes of a write
_WAIT_SECONDS: Final = 5.0  # for the write before; then come again


class Refused(PapertriplesError):
    """What a process of a write said was wrong; ``told`` is all that it said, ``error`` what it raised."""

    def __init__(self, error: PapertriplesError, told: dict[str, Any]) -> None:
        super().__init__(str(error))
        self.error = error
        self.told = told


class Writing:
    """Carries out writes to the store at ``location``, ``seconds`` long at most."""

    def __init__(self, location: Path, access: Access, seconds: float) -> None:
        self.location = location
        self.access = access
        self.audit = AuditLog(location)
        self.seconds = seconds
        self._turn = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._closed = False

    def body(self, scope: Scope) -> bytes:
        """What the request at hand sends: as much as those may send who may write, little of all others."""
        token: Token | None = g.get("grant")
        if token is not None and token.includes(scope):
            request.max_content_length = LARGEST_BODY
        return request.get_data(cache=True)

    def admit(self, scope: Scope, operation: str, body: bytes, **about: str | None) -> Token | Response:
        """Who writes; else the answer that refuses it. From here on the write is in the audit log."""
        if not self.location.is_dir():
            return problem(403, "read-only", "this server serves a store that is elsewhere, and takes no writes for it")
        token: Token | None = g.get("grant")
        if token is not None:
            self.audit.begin(token, operation, body, **about)
        return self.access.required(scope)

    def run(self, module: str, job: dict[str, Any]) -> dict[str, Any]:
        """What a job comes to, in a process of its own: ``python -m MODULE STORE``, JSON in and out.

        Raises StoreLocked where another write or a build goes on; QueryTimeout past the deadline; WorkerDied; Refused
        with what the job said was wrong.
        """
        with self._alone():
            output = self._output(module, json.dumps(job).encode())
        told: dict[str, Any] = json.loads(output)
        if "error" in told:
            error = error_of(json.dumps({"line": None, "column": None, **told["error"]}).encode())
            raise error if isinstance(error, StoreLocked) else Refused(error, told["error"])
        return told

    def close(self) -> None:
        """End the write that runs, if any."""
        self._closed = True
        running = self._running
        if running is not None:
            running.kill()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=min(_WAIT_SECONDS, self.seconds)):
            raise StoreLocked("another write goes on")
        try:
            yield
        finally:
            self._turn.release()

    def _output(self, module: str, given: bytes) -> bytes:
        if self._closed:
            raise AllBusy("the server is stopping")
        began = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-P", "-m", module, str(self.location)],  # -P: nothing is imported from where it stands
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            self._running = process
            try:
                output, _ = process.communicate(given, timeout=self.seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                raise QueryTimeout(
                    f"the write did not end within {self.seconds:g} seconds, and was ended; the store is as it was "
                    "before, or, at the very end, as it is after"
                ) from None
            finally:
                self._running = None
        if process.returncode:
            raise WorkerDied(
                f"the process that wrote ended after {time.monotonic() - began:.1f} seconds; it may have lacked "
                "memory, and the store is as it was before, or as it is after"
            )
        return output
