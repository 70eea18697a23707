"""What feeds tell: papers with their texts, new best results of a task, found entities, rows of a recipe."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from kg.serve.atom import Entry
from kg.serve.entity_lookup import Lookup
from kg.serve.entity_results import Measured, find_results, shown_value
from kg.serve.pages_home import DatedPaper
from kg.serve.pages_leaderboard import comparable, directions_of, facts_of_papers, rank_results, ranks
from kg.serve.pages_links import KINDS, Links
from kg.serve.result_table import ResultTable
from kg.store import SearchHit

MOST_ENTRIES: Final = 50
_MOST_RESULTS: Final = 1000
_LONGEST: Final = 600  # characters of a summary
_TEXTS: Final = """
SELECT ?paper (MIN(?one) AS ?text) WHERE {
  VALUES ?paper { $about } VALUES ?property { dcterms:abstract pt:summary } ?paper ?property ?one
} GROUP BY ?paper
"""
_AUTHORS: Final = """
SELECT ?paper ?position ?name WHERE {
  VALUES ?paper { $about } ?paper pt:authorship ?place . ?place pt:position ?position ; rdfs:label ?name
}
"""
_OF_TASK: Final = "?result pt:task $about ."

Absolute = Callable[[str], str]  # a path of ours -> its whole address


def paper_entries(papers: Sequence[DatedPaper], lookup: Lookup, links: Links, absolute: Absolute) -> tuple[Entry, ...]:
    """Papers with the beginning of their text and their authors, by two queries."""
    kept = papers[:MOST_ENTRIES]
    iris = [one.iri for one in kept]
    texts = {row["paper"]: row["text"] for row in lookup.select(_TEXTS, about=iris) if "text" in row} if iris else {}
    authors: dict[str, dict[int, str]] = {}
    for row in lookup.select(_AUTHORS, about=iris) if iris else []:
        authors.setdefault(row["paper"], {})[int(row["position"])] = row["name"]
    return tuple(
        Entry(
            one.iri,
            one.label,
            absolute(links.href(one.iri) or "/"),
            one.date,
            _cut(texts.get(one.iri, "")),
            tuple(name for _, name in sorted(authors.get(one.iri, {}).items()))[:20],
        )
        for one in kept
    )


def best_entries(task: str, lookup: Lookup, links: Links, absolute: Absolute) -> tuple[Entry, ...]:
    """The results of a task that were the best of their leaderboard when their paper came out, the newest first.

    Where nothing is dated, the best of each leaderboard; by five queries.
    """
    found = [one for one in find_results(lookup, _OF_TASK, task, _MOST_RESULTS) if ranks(one) and one.get("dataset")]
    facts = facts_of_papers(lookup, links, {one.paper for one in found})
    higher = directions_of(lookup, {metric for one in found if (metric := one.get("metric"))})
    boards: dict[str, list[Measured]] = {}
    for one in found:
        boards.setdefault(one.get("dataset") or "", []).append(one)
    best: list[tuple[str, Measured]] = []
    for results in boards.values():
        for (metric, _, _), group in comparable(results).items():
            if metric in higher:
                best += _records([(facts[one.paper][0] or "", one) for one in group], higher[metric])
    best.sort(key=lambda entry: (entry[0], entry[1].iri), reverse=True)
    kept = best[:MOST_ENTRIES]
    labels = lookup.labels(iri for _, one in kept for iri in one.iris())
    return tuple(
        Entry(
            one.iri,
            _told(one, labels),
            absolute(links.href(one.iri) or "/"),
            date or None,
            labels.get(one.paper, ""),
        )
        for date, one in kept
    )


def _records(dated: Iterable[tuple[str, Measured]], higher: bool) -> list[tuple[str, Measured]]:
    """The best of what has no date, and each that was better than all before it."""
    kept: list[tuple[str, Measured]] = []
    by_date: dict[str, list[Measured]] = {}
    for date, one in dated:
        by_date.setdefault(date, []).append(one)
    for date in sorted(by_date):
        _, first = rank_results(by_date[date], higher)[0]
        value, before = first.comparable, kept[-1][1].comparable if kept else None
        if value is not None and (before is None or (value > before if higher else value < before)):
            kept.append((date, first))
    return kept


def _told(one: Measured, labels: dict[str, str]) -> str:
    """A result as a line: ``85.5% accuracy on Cora: Deeper Network``."""
    metric, dataset = labels.get(one.get("metric") or "", ""), labels.get(one.get("dataset") or "", "")
    who = labels.get(one.get("method") or "") or labels.get(one.paper, "")
    split = f" ({one.get('split')})" if one.get("split") else ""
    return f"{shown_value(one)} {metric} on {dataset}{split}: {who}"


def search_entries(hits: Sequence[SearchHit], links: Links, absolute: Absolute) -> tuple[Entry, ...]:
    """What a search found."""
    return tuple(
        Entry(hit.iri, hit.label, absolute(links.href(hit.iri) or "/"), summary=KINDS[hit.type.lower()][0])
        for hit in hits[:MOST_ENTRIES]
    )


def row_entries(table: ResultTable, name: str, page: str, absolute: Absolute) -> tuple[Entry, ...]:
    """The rows of a recipe: the cells are the title and the summary, the first link is the entry's."""
    entries = []
    for row in table.rows[:MOST_ENTRIES]:
        cells = [cell.text for cell in row]
        digest = hashlib.sha256("\0".join((name, *cells)).encode()).hexdigest()[:32]
        href = next((cell.href for cell in row if cell.href), None)
        link = page if href is None else absolute(href) if href.startswith("/") else href
        title = next((cell.text for cell in row if cell.text and not cell.is_number), name)
        told = "; ".join(f"{column}: {text}" for column, text in zip(table.variables, cells, strict=True) if text)
        date = next((t for c, t in zip(table.variables, cells, strict=True) if c == "date" and t), None)
        entries.append(Entry(f"urn:sha256:{digest}", title, link, date, _cut(told)))
    return tuple(entries)


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[:_LONGEST].rpartition(" ")[0] + " …"
