"""Errors -> answers: ``application/problem+json`` (RFC 9457) for machines, a page for people."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException

from kg.errors import (
    GraphChanged,
    GraphMissing,
    PapertriplesError,
    ParameterError,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
    UnknownFormat,
    UnreadableGraph,
    UsageError,
)
from kg.serve.negotiation import prefers_html
from kg.serve.workers import AllBusy, ClientGone, WorkerDied

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5

# Error, status, code: the first row that fits counts. A query past its deadline is 504: the server waited for its
# own worker in vain, and asking again will not help. 503 with Retry-After means: ask again.
STATUSES: tuple[tuple[type[PapertriplesError], int, str], ...] = (
    (QuerySyntaxError, 400, "query-syntax"),
    (QueryRefused, 403, "query-refused"),
    (AllBusy, 503, "all-workers-busy"),
    (QueryTimeout, 504, "query-timeout"),
    (WorkerDied, 500, "worker-died"),
    (ClientGone, 408, "client-gone"),  # nobody reads it: for the figures and the log
    (QueryError, 400, "query-failed"),
    (UnknownFormat, 406, "unknown-format"),
    (ParameterError, 400, "parameter"),
    (GraphMissing, 404, "no-such-graph"),
    (GraphChanged, 412, "graph-changed"),
    (UnreadableGraph, 415, "media-type"),
    (UsageError, 400, "usage"),
    (StoreFull, 507, "no-space"),
    (StoreReadOnly, 503, "read-only-disk"),
    (StoreLocked, 503, "being-written"),
    (StoreError, 503, "store"),
    (PapertriplesError, 500, "error"),
)


_OF_STORES: tuple[tuple[type[StoreError], str], ...] = (
    (StoreFull, "the server's disk has no space left; nothing was written, and what was there is as it was"),
    (StoreReadOnly, "the server's disk takes no writes; nothing was written, and what was there is as it was"),
    (StoreLocked, "somebody else writes or builds the store; send it again in a while"),
    (StoreError, "the store cannot be read at the moment"),
)


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """What went wrong, for both kinds of answer; ``extra`` are members of their own (line, column, formats)."""

    status: int
    code: str
    detail: str
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase

    def as_dict(self) -> dict[str, Any]:
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }


def details_of(error: PapertriplesError) -> ProblemDetails:
    """Status and code of an error of ours."""
    status, code = next((status, code) for kind, status, code in STATUSES if isinstance(error, kind))
    detail = str(error)
    if isinstance(error, StoreError):  # the message names a folder of the server
        detail = next(told for kind, told in _OF_STORES if isinstance(error, kind))
    extra: dict[str, Any] = {}
    if isinstance(error, QuerySyntaxError) and error.line is not None:
        extra = {"line": error.line, "column": error.column}
    return ProblemDetails(status, code, detail, extra)


def answer(problem: ProblemDetails, headers: dict[str, str] | None = None) -> Response:
    """The problem as the client likes it."""
    g.code = problem.code  # for the figures and the access log
    if prefers_html(request.headers.get("Accept")):
        response = Response(render_template("error.html", problem=problem), problem.status, mimetype="text/html")
    else:
        body = json.dumps(problem.as_dict(), ensure_ascii=False)
        response = Response(body, problem.status, content_type=MEDIA_TYPE)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-store"
    if problem.status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def problem(status: int, code: str, detail: str, **extra: Any) -> Response:
    """An answer that is a problem."""
    return answer(ProblemDetails(status, code, detail, extra))


def register(app: Flask) -> None:
    """Answer every error of the app in this way."""

    @app.errorhandler(PapertriplesError)
    def _ours(error: PapertriplesError) -> Response:
        if isinstance(error, StoreError | WorkerDied):
            current_app.logger.error("%s", error)
        return answer(details_of(error))

    @app.errorhandler(HTTPException)
    def _of_http(error: HTTPException) -> Response:
        status = error.code or 500
        if 300 <= status < 400:  # a redirect is no problem
            return Response(error.get_body(), status, error.get_headers())
        kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
        phrase = HTTPStatus(status).phrase.lower().replace(" ", "-")
        return answer(ProblemDetails(status, phrase, error.description or HTTPStatus(status).phrase), kept)

    @app.errorhandler(Exception)
    def _any(error: Exception) -> Response:
        current_app.logger.exception("%s %s failed", request.method, request.path)
        return answer(ProblemDetails(500, "internal", "the server failed to answer; its log says more"))
