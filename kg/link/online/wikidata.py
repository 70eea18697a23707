"""Wikidata: candidates for names from its reconciliation service, then their names and classes by SPARQL.

https://wikidata.reconci.link (Reconciliation Service API 0.2, many queries at a time) and https://query.wikidata.org
(user manual: 60 s of processing a minute for a client that says who it is, 429 with Retry-After beyond).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from kg.link.catalogues import TARGETS
from kg.link.online.service import Endpoint, Kind, Known, Question, Reply, Request, Row, Service, objects
from kg.link.online.sparql import lines, select, triples_in

_SPACE: Final = TARGETS["wikidata"].namespace
_CANDIDATES: Final = 3


def _plan(known: Known) -> Iterator[tuple[Question, ...]]:
    for name in known.names:
        yield (Question("name", name),)


def _request(questions: Sequence[Question]) -> Request:
    if questions[0].kind == "name":
        queries = {f"q{n}": {"query": one.value, "limit": _CANDIDATES} for n, one in enumerate(questions)}
        return Request(form=(("queries", json.dumps(queries, ensure_ascii=False)),))
    items = " ".join(f"<{_SPACE}{one.value}>" for one in questions)
    return select(_QUERY.replace("ITEMS", items))


# What the reader of Wikidata's triples takes: names, what an item is or is part of, and how that is called.
_QUERY: Final = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
SELECT DISTINCT ?s ?p ?o WHERE {
  { VALUES ?s { ITEMS } VALUES ?p { rdfs:label skos:altLabel } ?s ?p ?o . FILTER(LANG(?o) IN ("en", "mul")) }
  UNION { VALUES ?s { ITEMS } VALUES ?p { wdt:P31 wdt:P279 wdt:P361 } ?s ?p ?o }
  UNION { VALUES ?item { ITEMS } VALUES ?above { wdt:P31 wdt:P279 wdt:P361 }
          ?item ?above ?s . ?s rdfs:label ?o . FILTER(LANG(?o) = "en") BIND(rdfs:label AS ?p) }
}"""


def _read(questions: Sequence[Question], answer: Any) -> Reply:
    return _read_names(questions, answer) if questions[0].kind == "name" else _read_items(questions, answer)


def _read_names(questions: Sequence[Question], answer: Any) -> Reply:
    found: dict[Question, list[Row]] = {}
    more: dict[Question, tuple[Question, ...]] = {}
    dropped = 0
    for number, question in enumerate(questions):
        said = answer.get(f"q{number}") if isinstance(answer, dict) else None
        if not isinstance(said, dict):
            raise ValueError(f"expected an object with q0 to q{len(questions) - 1}")
        rows = objects(said.get("result"), f"q{number}: result")
        items = [str(row["id"]) for row in rows if re.fullmatch(r"Q[0-9]+", str(row.get("id")))]
        dropped += len(rows) - len(items)
        found[question] = [{"id": item} for item in items]
        more[question] = tuple(Question("item", item) for item in items)
    return Reply(found, more, dropped)


def _read_items(questions: Sequence[Question], answer: Any) -> Reply:
    by_item, dropped = triples_in(answer)
    names = {row["s"]: row for rows in by_item.values() for row in rows if row["p"].endswith("#label")}
    found: dict[Question, list[Row]] = {}
    for question in questions:
        rows = by_item.get(_SPACE + question.value, [])
        found[question] = rows + [names[row["o"]] for row in rows if row["type"] == "uri" and row["o"] in names]
    return Reply(found, dropped=dropped)


WIKIDATA: Final = Service(
    "wikidata",
    "Wikidata",
    ("wikidata",),
    (
        Endpoint("wikidata-names", "https://wikidata.reconci.link/en/api", 1.0),
        Endpoint("wikidata", "https://query.wikidata.org/sparql", 2.0),
    ),
    (Kind("name", "wikidata-names", 10), Kind("item", "wikidata", 50)),
    _plan,
    _request,
    _read,
    lambda rows: lines(row for row in rows if "p" in row),
    suffix="nt",
    sends="names of concepts",
)
