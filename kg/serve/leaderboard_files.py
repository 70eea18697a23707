"""A leaderboard as CSV and JSON: exactly what the page shows for the same query."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from kg.serve.pages_leaderboard import Leaderboard, RankedRow, Ranking
from kg.serve.pages_links import Thing

COLUMNS = (
    *("rank", "metric", "split", "unit", "higher_is_better", "value", "value_text", "normalized_value", "kind"),
    *(
        "condition",
        "method",
        "paper",
        "date",
        "code",
        "sentence",
        "metric_iri",
        "method_iri",
        "paper_iri",
        "result_iri",
    ),
)


def as_csv(board: Leaderboard) -> str:
    """A line a result, in the order of the page; a text that a spreadsheet would run is quoted with an apostrophe."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for entry in _entries(board):
        writer.writerow({name: _cell(entry.get(name)) for name in COLUMNS})
    return out.getvalue()


def as_json(board: Leaderboard, query: str) -> dict[str, Any]:
    """The task, the dataset, the query that was asked, and a list of results."""
    return {
        "task": _named(board.task),
        "dataset": _named(board.dataset),
        "query": query,
        "results": [{name: value for name, value in entry.items() if value is not None} for entry in _entries(board)],
    }


def _entries(board: Leaderboard) -> Iterator[dict[str, Any]]:
    for ranking in board.rankings:
        for one in ranking.rows:
            yield _entry(one, ranking)
    for one in board.others:
        yield _entry(one, None)


def _entry(one: RankedRow, ranking: Ranking | None) -> dict[str, Any]:
    parts = one.row.parts
    return {
        "rank": one.rank,
        "metric": parts["metric"].label if "metric" in parts else None,
        "split": one.row.split,
        "unit": one.measured.get("unit"),
        "higher_is_better": ranking.higher_is_better if ranking else None,
        "value": one.measured.get("value"),
        "value_text": one.measured.get("valueText"),
        "normalized_value": one.measured.get("normalizedValue"),
        "kind": one.row.kind,
        "condition": one.row.condition,
        "method": parts["method"].label if "method" in parts else None,
        "paper": one.row.paper.label,
        "date": one.date,
        "code": one.code.iri if one.code else None,
        "sentence": one.row.quotes[0].exact if one.row.quotes else None,
        "metric_iri": parts["metric"].iri if "metric" in parts else None,
        "method_iri": parts["method"].iri if "method" in parts else None,
        "paper_iri": one.row.paper.iri,
        "result_iri": one.measured.iri,
    }


def _named(thing: Thing) -> dict[str, str]:
    return {"iri": thing.iri, "label": thing.label}


def _cell(value: object) -> str:
    """A cell. Texts come from papers, so from anybody: none may begin as a formula does (OWASP, CSV injection).

    >>> _cell("=1+1"), _cell(None), _cell(True), _cell("-3.5")
    ("'=1+1", '', 'true', '-3.5')
    """
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    number = text.lstrip("+-").replace(".", "", 1).isdigit()
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not number else text
