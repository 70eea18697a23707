"""Semantic Scholar: papers by identifier, many at a time, else by title, with what they cite.

https://api.semanticscholar.org/api-docs/graph: ``/paper/batch`` takes 500 identifiers and gives at most 10 MB, null for
what it does not know; ``/paper/search/match`` gives the paper of a title, 404 where there is none. One request a second
with a key; without one all who have none share a limit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from kg.link.online.papers import is_of_arxiv, reply_of, title_question
from kg.link.online.service import (
    Endpoint,
    KeyPlace,
    Kind,
    Known,
    PaperToAsk,
    Question,
    Reply,
    Request,
    Row,
    Service,
    json_line,
    objects,
)
from kg.link.slices import read_semantic_scholar

_FIELDS: Final = "corpusId,title,year,externalIds,references.externalIds"
_PREFIXES: Final = {"semanticscholar": "CorpusId", "arxiv": "ARXIV", "acl": "ACL", "doi": "DOI", "pubmed": "PMID"}


def _plan(known: Known) -> Iterator[tuple[Question, ...]]:
    for paper in known.papers:
        # All identifiers lead to one paper there: the second is asked only where the first is not known.
        yield (*(Question("id", value) for value in _identifiers(paper)), *title_question(paper))


def _identifiers(paper: PaperToAsk) -> Iterator[str]:
    for scheme, prefix in _PREFIXES.items():
        for value in paper.values(scheme):
            if not (scheme == "doi" and is_of_arxiv(value)):
                yield f"{prefix}:{value}"


def _request(questions: Sequence[Question]) -> Request:
    if questions[0].kind == "title":
        return Request("/paper/search/match", (("query", questions[0].value), ("fields", _FIELDS)))
    ids = json.dumps({"ids": [one.value for one in questions]}, ensure_ascii=False)
    return Request("/paper/batch", (("fields", _FIELDS),), json=ids)


def _read(questions: Sequence[Question], answer: Any) -> Reply:
    if questions[0].kind == "title":
        rows = objects(answer.get("data") if isinstance(answer, dict) else None, "data")
        return reply_of(questions, map(_named_first, rows), read_semantic_scholar, lambda one: None)
    if not isinstance(answer, list) or len(answer) != len(questions):
        raise ValueError(f"expected a list of {len(questions)} papers, one for each identifier")
    found: dict[Question, list[Row]] = {}
    dropped = 0
    for question, row in zip(questions, answer, strict=True):
        one = reply_of([question], [_named_first(row)] if isinstance(row, dict) else [], read_semantic_scholar, _title)
        found.update(one.found)
        dropped += one.dropped
    return Reply(found, dropped=dropped)


def _title(question: Question) -> None:
    """Answers stand in the order of the questions, so that none needs to be looked for by its identifier."""


def _named_first(row: Row) -> Row:
    return {"corpusId": row.get("corpusId"), **row}


SEMANTIC_SCHOLAR: Final = Service(
    "semanticscholar",
    "Semantic Scholar",
    ("semanticscholar",),
    (Endpoint("semanticscholar", "https://api.semanticscholar.org/graph/v1", 3.0, keyed=1.1),),
    (Kind("id", "semanticscholar", 100), Kind("title", "semanticscholar", absent=True)),
    _plan,
    _request,
    _read,
    lambda rows: map(json_line, rows),
    key=KeyPlace("https://www.semanticscholar.org/product/api", header="x-api-key"),
    sends="arXiv and ACL identifiers, DOIs, PubMed and corpus identifiers, titles",
)
