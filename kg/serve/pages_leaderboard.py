"""The leaderboard of a task on a dataset: absolute results without a condition, ranked by metric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kg.serve.entity_lookup import Lookup
from kg.serve.entity_results import Measured, ResultRow, find_results, quotes_of, result_row
from kg.serve.pages_links import Links, Thing

MOST_ROWS = 200

_BOTH = "SELECT ?thing ?label WHERE { VALUES ?thing { $about } ?thing a pt:Concept ; rdfs:label ?label }"
# A number whose sentence names no task counts where its paper addresses the task.
_PATTERN = """
?result pt:dataset $dataset ; pt:valueKind pt:absolute .
FILTER NOT EXISTS { ?result pt:condition ?condition }
{ ?result pt:task $task }
UNION
{ ?unnamed pt:reports ?result . ?unnamed pt:addresses $task . FILTER NOT EXISTS { ?result pt:task ?any } }
"""
_DIRECTIONS = "SELECT ?metric ?higher WHERE { VALUES ?metric { $about } ?metric pt:higherIsBetter ?higher }"


@dataclass(frozen=True, slots=True)
class RankedRow:
    """A result with its place; equal values share a place, and there is none where the direction is unknown."""

    rank: int | None
    row: ResultRow


@dataclass(frozen=True, slots=True)
class Ranking:
    """The results that one metric makes comparable."""

    metric: Thing | None
    split: str | None
    unit: str | None
    higher_is_better: bool | None
    rows: tuple[RankedRow, ...]


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """All rankings of a task on a dataset, those with the most results first."""

    task: Thing
    dataset: Thing
    rankings: tuple[Ranking, ...]
    cut: bool


def leaderboard(lookup: Lookup, links: Links, task: str, dataset: str) -> Leaderboard | None:
    """The leaderboard of two IRIs, by seven queries; None where the graph does not hold both."""
    names = {row["thing"]: row["label"] for row in lookup.select(_BOTH, about=sorted({task, dataset}))}
    if task not in names or dataset not in names:
        return None
    pattern = _PATTERN.replace("$task", f"<{task}>")
    results = find_results(lookup, pattern.replace("$dataset", "$about"), dataset, MOST_ROWS)
    quotes = quotes_of(lookup, results, links)
    labels = lookup.labels(named for result in results for named in result.iris())
    metrics = {metric for result in results if (metric := result.get("metric")) is not None}
    directions = {
        row["metric"]: row["higher"] == "true"
        for row in (lookup.select(_DIRECTIONS, about=sorted(metrics)) if metrics else [])
    }
    rankings = []
    for (metric, split, unit), group in sorted(_comparable(results).items()):
        higher = directions.get(metric) if metric else None
        ranked = [
            RankedRow(rank, result_row(result, links, labels, quotes)) for rank, result in rank_results(group, higher)
        ]
        rankings.append(
            Ranking(
                links.thing(metric, labels.get(metric)) if metric else None,
                split or None,
                unit or None,
                higher,
                tuple(ranked),
            )
        )
    rankings.sort(key=lambda ranking: -len(ranking.rows))
    return Leaderboard(
        links.thing(task, names[task]), links.thing(dataset, names[dataset]), tuple(rankings), len(results) > MOST_ROWS
    )


def rank_results(results: Iterable[Measured], higher_is_better: bool | None) -> list[tuple[int | None, Measured]]:
    """Results, the best first, with their places; without a direction the largest comes first, without a place."""
    downwards = higher_is_better is not False
    ordered = sorted(results, key=lambda one: ((-1 if downwards else 1) * (one.comparable or Decimal(0)), one.iri))
    ranked: list[tuple[int | None, Measured]] = []
    for place, result in enumerate(ordered, start=1):
        if higher_is_better is None:
            ranked.append((None, result))
        elif ranked and ranked[-1][1].comparable == result.comparable:
            ranked.append((ranked[-1][0], result))
        else:
            ranked.append((place, result))
    return ranked


def _comparable(results: Iterable[Measured]) -> Mapping[tuple[str, str, str], list[Measured]]:
    """Results by (metric, split, scale): a share never ranks beside a number of another unit."""
    groups: dict[tuple[str, str, str], list[Measured]] = {}
    for result in results:
        if result.comparable is not None:
            unit = "" if result.get("normalizedValue") is not None else result.get("unit") or "as written"
            groups.setdefault((result.get("metric") or "", result.get("split") or "", unit), []).append(result)
    return groups
