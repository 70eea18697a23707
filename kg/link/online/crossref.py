"""Crossref: works by DOI, else by title and year, with the DOIs that they cite.

https://api.crossref.org: a filter of one name may be given many times, any of them may hold. With an address in
``mailto`` three lists a second, without one a single one; ``x-rate-limit-*`` in an answer may ask for less.
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
from kg.link.works import read_crossref_works

_SELECT: Final = "DOI,title,issued,reference"


def _plan(known: Known) -> Iterator[tuple[Question, ...]]:
    for paper in known.papers:
        yield (*map(doi_question, dois_of(paper, arxiv=False)), *title_question(paper))


def _request(questions: Sequence[Question]) -> Request:
    kind, values = questions[0].kind, [one.value for one in questions]
    if kind == "work":
        return Request(f"/works/{quote(values[0], safe='/:;().')}")
    if kind == "title":
        return Request("/works", (("query.bibliographic", values[0]), ("rows", "3"), ("select", _SELECT)))
    said = ",".join(f"doi:{value}" for value in values)
    return Request("/works", (("filter", said), ("rows", "100"), ("select", _SELECT)))


def _read(questions: Sequence[Question], answer: Any) -> Reply:
    message = answer.get("message") if isinstance(answer, dict) else None
    if not isinstance(message, dict):
        raise ValueError("expected an object with a message")
    rows = [message] if questions[0].kind == "work" else objects(message.get("items"), "items")
    rows = [{name: row.get(name) for name in _SELECT.split(",")} for row in rows]  # DOI and title come first
    return reply_of(questions, rows, read_crossref_works, lambda one: None if one.kind == "title" else "doi")


CROSSREF: Final = Service(
    "crossref",
    "Crossref",
    ("crossref",),
    (Endpoint("crossref", "https://api.crossref.org", 1.0),),
    (Kind("doi", "crossref", 20), Kind("work", "crossref", absent=True), Kind("title", "crossref")),
    _plan,
    _request,
    _read,
    lambda rows: map(json_line, rows),
    key=KeyPlace(
        "https://www.crossref.org/services/metadata-retrieval/metadata-plus/",
        header="Crossref-Plus-API-Token",
        prefix="Bearer ",
    ),
    mailto=True,
    sends="DOIs, titles",
)
