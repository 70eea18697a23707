"""ORKG: all its problems, data sets, metrics and methods, page by page.

https://orkg.org/api: ``/resources`` with ``include`` (a class), ``page``, ``size`` and ``sort``. It holds some ten
thousand of them, a few dozen pages: less to ask than each name of a graph, and nobody is told the names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from kg.link.online.service import (
    Endpoint,
    Kind,
    Known,
    Question,
    Reply,
    Request,
    Service,
    json_line,
    objects,
)
from kg.link.slices import ORKG_TYPES

_SIZE: Final = 500
_MOST_PAGES: Final = 200


def _plan(known: Known) -> Iterator[tuple[Question, ...]]:
    if known.names:
        for name in ORKG_TYPES:
            yield (Question("page", f"{name}/0"),)


def _request(questions: Sequence[Question]) -> Request:
    name, _, page = questions[0].value.partition("/")
    params = (("include", name), ("page", page), ("size", str(_SIZE)), ("sort", "created_at,asc"))
    return Request("/resources", params)


def _read(questions: Sequence[Question], answer: Any) -> Reply:
    question = questions[0]
    name, _, page = question.value.partition("/")
    rows = objects(answer.get("content") if isinstance(answer, dict) else None, "content")
    kept = [
        {"id": row["id"], "label": row["label"], "classes": row["classes"]}
        for row in rows
        if isinstance(row.get("id"), str) and isinstance(row.get("label"), str) and name in _classes(row)
    ]
    if rows and not kept:
        raise ValueError(f"expected resources of the class {name}")
    following = Question("page", f"{name}/{int(page) + 1}")
    more = (following,) if int(page) + 1 < min(_pages(answer), _MOST_PAGES) else ()
    return Reply({question: kept}, {question: more}, len(rows) - len(kept))


def _classes(row: dict[str, Any]) -> list[str]:
    classes = row.get("classes")
    return [one for one in classes if isinstance(one, str)] if isinstance(classes, list) else []


def _pages(answer: dict[str, Any]) -> int:
    """How many pages there are: said in ``page`` since 2024, beside the content before."""
    page = answer.get("page")
    said = page.get("total_pages") if isinstance(page, dict) else answer.get("totalPages")
    if not isinstance(said, int):
        raise ValueError("expected the number of pages")
    return said


ORKG: Final = Service(
    "orkg",
    "ORKG",
    ("orkg",),
    (Endpoint("orkg", "https://orkg.org/api", 1.0),),
    (Kind("page", "orkg"),),
    _plan,
    _request,
    _read,
    lambda rows: map(json_line, rows),
    sends="nothing of the graph",
)
