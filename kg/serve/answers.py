"""A query -> its HTTP answer: the format by ``?format=`` or ``Accept``, results streamed as the worker sends them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from flask import Response, g, request

from kg.errors import PapertriplesError
from kg.query.formats import Format, find_format, formats_for, result_kind
from kg.query.limits import More
from kg.query.policy import QueryKind
from kg.query.results import GraphChoice
from kg.serve.context import Context
from kg.serve.jobs import Dump
from kg.serve.negotiation import choose
from kg.serve.pages_links import Links
from kg.serve.problems import problem
from kg.serve.result_table import ResultTable, result_table
from kg.serve.worker_process import PREVIEW, Job
from kg.serve.workers import Answer

HTML = "text/html"
SHOWN_ROWS = 500  # of a result on a page
MARK: More = "mark"
DROP: More = "drop"
_WITH_CHARSET = ("text/", "application/x-turtle")


class BrokenAnswer(ConnectionAbortedError):
    """An answer whose beginning is out cannot be finished; the server closes the connection upon this."""


def choose_format(kind: QueryKind | None, *, html: bool) -> tuple[Format | None, str] | Response:
    """The format that the request asks for, with its media type; None is a page. Else the 406 that lists what there is.

    Raises UnknownFormat for a wrong ``?format=``.
    """
    wanted = result_kind(kind or "SELECT")
    named = request.values.get("format")
    if named is not None:
        if html and named == "html":
            return None, HTML
        found = find_format(named, wanted)
        return found, found.media_type
    offered = {media_type: one for one in reversed(formats_for(wanted)) for media_type in reversed(one.media_types)}
    names = list(reversed(offered)) + ([HTML] if html else [])
    chosen = choose(request.headers.get("Accept"), names)
    if chosen is None:
        return problem(
            406,
            "not-acceptable",
            f"none of the media types in Accept is on offer; there are {', '.join(names)}",
            offered=names,
        )
    return (None if chosen == HTML else offered[chosen]), chosen


class Asking(Protocol):
    """A pool of workers, as an answer needs it."""

    def ask(self, job: Job | Dump, /, gone: Callable[[], bool] | None = None) -> Answer: ...


class Answering(Protocol):
    """Whoever has queries answered: a Context, or that of a plain dataset."""

    @property
    def pool(self) -> Asking: ...

    @property
    def max_rows(self) -> int: ...


def answer_query(
    context: Answering,
    text: str,
    form: Format,
    media_type: str,
    graphs: GraphChoice | None = None,
    *,
    outgoing: bool = False,
    page_rows: int | None = None,
) -> Response:
    """Run a query in a worker and stream its results. Raises what the query raises before its first bytes are out.

    The header ``Row-Limit`` says how many rows there are at most, ``Truncated`` that there would be more; where this is
    seen too late for a header, the results end with a mark or not at all. With ``page_rows`` there are as many.
    """
    g.query = text
    most, more = (context.max_rows, MARK) if page_rows is None else (page_rows, DROP)
    asked = context.pool.ask(Job(text, form.name, graphs, most, more, request.base_url, outgoing), gone=client_gone())
    response = stream_answer(asked, media_type)
    response.headers["Row-Limit"] = str(most)
    if asked.told.get("cut") and page_rows is None:
        response.headers["Truncated"] = "true"
    return response


def stream_answer(asked: Answer, media_type: str) -> Response:
    """An answer of a worker as a response; it is closed with the response."""
    g.answer = asked
    if media_type.startswith(_WITH_CHARSET):
        media_type += "; charset=utf-8"
    response = Response(asked.head if asked.whole else _stream(asked), content_type=media_type)
    response.call_on_close(asked.close)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    return response


def preview_query(
    context: Context, text: str, graphs: GraphChoice | None = None, most: int = SHOWN_ROWS
) -> ResultTable:
    """The first rows of a query's results, for a page."""
    g.query = text
    began = time.monotonic()
    asked = context.pool.ask(Job(text, PREVIEW, graphs, min(most, SHOWN_ROWS)), gone=client_gone())
    try:
        found = json.loads(asked.read())
    finally:
        asked.close()
    took = time.monotonic() - began
    with context.snapshot() as store:
        return replace(result_table(found, Links(store.base_iri, request.script_root)), seconds=took)


def client_gone() -> Callable[[], bool] | None:
    """What tells whether the client of the request at hand still waits; None where the server cannot see it."""
    found: Callable[[], bool] | None = request.environ.get("waitress.client_disconnected")
    return found


def _stream(asked: Answer) -> Iterator[bytes]:
    try:
        yield asked.head
        yield from asked.rest
    except PapertriplesError as error:
        raise BrokenAnswer(str(error)) from error
    finally:
        asked.close()
