"""``DIR/audit.jsonl``: every write that was asked for over HTTP with a valid token, and what became of it.

Two lines a write: one on disk before anything is done (``"outcome": "begun"``), one before the answer goes out. A line
that begins without one that ends it tells of a server that was killed in between; the store is then as it was before,
or as it is after. Nothing but the digest is kept of what was sent.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Flask, Response, g, request

from kg.errors import StoreError
from kg.serve.access import Access
from kg.serve.problems import problem
from kg.store.building import AUDIT_LOG
from kg.store.durable import PRIVATE, append_line
from kg.store.failures import store_failures
from kg.store.tokens import Token

MEDIA_TYPE: Final = "application/x-ndjson"
_ADVICE: Final = "without a line in the audit log nothing is written"


@dataclass(frozen=True, slots=True)
class Asked:
    """A write that was asked for: ``digest`` is the SHA-256 of what was sent."""

    id: str
    operation: str
    digest: str


class AuditLog:
    """The log of the store at ``location``; any number of threads and processes."""

    def __init__(self, location: Path) -> None:
        self.path = location / AUDIT_LOG

    def register(self, app: Flask) -> None:
        """Write down what becomes of each write of an app; register it before what answers."""

        @app.after_request
        def _ended(response: Response) -> Response:
            asked: Asked | None = g.pop("asked", None)
            if asked is not None:
                status = response.status_code
                outcome = "done" if status < 400 else "refused" if status < 500 else "failed"
                told = {"status": status, **g.get("came", {})}
                try:
                    self._line(asked.id, outcome, told if status < 400 else {**told, "code": g.get("code")})
                except StoreError as error:  # what was done stays done
                    app.logger.error("%s", error)
            return response

    def begin(self, token: Token, operation: str, body: bytes, **about: str | None) -> str:
        """Write down that a write is asked for by the request at hand; returns an id for it. Raises StoreError."""
        digest = hashlib.sha256(body).hexdigest()
        asked = Asked(secrets.token_hex(8), operation, digest)
        self._line(
            asked.id,
            "begun",
            {
                "token": token.id,
                "label": token.label,
                "address": request.remote_addr or "",
                "operation": operation,
                "digest": digest,
                **{name: value for name, value in about.items() if value},
            },
        )
        g.asked = asked
        return asked.id

    def _line(self, id: str, outcome: str, told: dict[str, Any]) -> None:
        time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"time": time, "write": id, "outcome": outcome, **told}, ensure_ascii=False)
        with store_failures(self.path.parent, _ADVICE):
            append_line(self.path, line.encode("utf-8", "replace") + b"\n", PRIVATE)


def came_to(**told: object) -> None:
    """Add to the line that ends the write of the request at hand, such as the version that it made."""
    g.came = {**g.get("came", {}), **told}


def blueprint(access: Access, log: AuditLog) -> Blueprint:
    """The route ``/audit``: the whole log, for tokens with the scope admin."""
    pages = Blueprint("audit", __name__)

    @pages.get("/audit")
    def audit() -> Response:
        found = access.required("admin")
        if isinstance(found, Response):
            return found
        try:
            content = log.path.read_bytes()
        except FileNotFoundError:
            content = b""
        except OSError:
            return problem(503, "store", "the audit log cannot be read at the moment")
        response = Response(content, content_type=MEDIA_TYPE)
        response.headers["Cache-Control"] = "no-store"
        return response

    return pages
