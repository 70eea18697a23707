"""OpenAlex: works by DOI, by their own identifiers, else by title, with what they cite.

https://developers.openalex.org: lists take a filter of values with ``|`` between them. At most 100 requests a second,
and a budget a day, of which a list takes 0.0001 $, a search by title 0.001 $, one work nothing; a free key has 1 $.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote

from kg.link.online.papers import doi_question, dois_of, reply_of, title_question
from kg.link.online.service import (
    Endpoint,
    KeyPlace,
    Kind,
    Known,
    Question,
    Reply,
    Request,
    Service,
    json_line,
    objects,
)
from kg.link.works import read_openalex_works

_SELECT: Final = "id,doi,title,publication_year,ids,locations,referenced_works"
_SCHEMES: Final = {"id": "openalex", "doi": "doi", "work": "doi"}


def _plan(known: Known) -> Iterator[tuple[Question, ...]]:
    for paper in known.papers:
        own = [Question("id", value) for value in paper.values("openalex")]
        yield (*own, *map(doi_question, dois_of(paper)), *title_question(paper))


def _request(questions: Sequence[Question]) -> Request:
    kind, values = questions[0].kind, [one.value for one in questions]
    if kind == "work":
        return Request(f"/works/doi:{quote(values[0], safe='/:;().')}", (("select", _SELECT),))
    if kind == "title":
        return Request("/works", (("filter", f"title.search:{values[0]}"), ("per_page", "5"), ("select", _SELECT)))
    name = "ids.openalex" if kind == "id" else "doi"
    return Request("/works", (("filter", f"{name}:{'|'.join(values)}"), ("per_page", "100"), ("select", _SELECT)))


def _read(questions: Sequence[Question], answer: Any) -> Reply:
    if questions[0].kind == "work":
        rows = objects([answer], "the work")
    else:
        rows = objects(answer.get("results") if isinstance(answer, dict) else None, "results")
    rows = [{"id": row.get("id"), **row} for row in rows]  # a file of them is known by it
    return reply_of(questions, rows, read_openalex_works, lambda one: _SCHEMES.get(one.kind))


OPENALEX: Final = Service(
    "openalex",
    "OpenAlex",
    ("openalex-works",),
    (Endpoint("openalex", "https://api.openalex.org", 0.5),),
    (
        Kind("id", "openalex", 50),
        Kind("doi", "openalex", 50),
        Kind("work", "openalex", absent=True),
        Kind("title", "openalex"),
    ),
    _plan,
    _request,
    _read,
    lambda rows: map(json_line, rows),
    key=KeyPlace("https://openalex.org/settings/api", param="api_key"),
    mailto=True,
    sends="DOIs, OpenAlex identifiers, titles",
)
