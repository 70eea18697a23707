"""The leaderboard of a task on a dataset: absolute results without a condition, ranked by metric; the others apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kg.serve.charts import Measurement, TimeChart, time_chart
from kg.serve.entity_lookup import Lookup
from kg.serve.entity_results import Measured, ResultRow, find_results, quotes_of, result_row
from kg.serve.leaderboard_choices import Choices
from kg.serve.pages_links import Links, Thing

MOST_ROWS = 500

_BOTH = "SELECT ?thing ?label WHERE { VALUES ?thing { $about } ?thing a pt:Concept ; rdfs:label ?label }"
# A number whose sentence names no task counts where its paper addresses the task: found from the data set, as papers on
# a task may have very many results.
_PATTERN = """
{ ?result pt:dataset $dataset ; pt:task $task }
UNION
{
  ?result pt:dataset $dataset
  FILTER NOT EXISTS { ?result pt:task ?any }
  FILTER EXISTS { ?unnamed pt:reports ?result . ?unnamed pt:addresses $task }
}
"""
_DIRECTIONS = "SELECT ?metric ?higher WHERE { VALUES ?metric { $about } ?metric pt:higherIsBetter ?higher }"
_PAPERS = """
SELECT ?paper ?date ?url WHERE {
  { VALUES ?paper { $about } ?paper dcterms:date ?date }
  UNION
  { VALUES ?paper { $about } ?paper pt:hasRepository ?own . ?own schema:codeRepository ?url }
}
"""


@dataclass(frozen=True, slots=True)
class RankedRow:
    """A result with its place; equal values share a place, and there is none where the direction is unknown.

    ``others``: results of the same method in the same ranking that say another number.
    """

    rank: int | None
    row: ResultRow
    measured: Measured
    date: str | None
    code: Thing | None
    others: tuple[ResultRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """The results that one metric makes comparable."""

    metric: Thing | None
    split: str | None
    unit: str | None
    higher_is_better: bool | None
    rows: tuple[RankedRow, ...]
    chart: TimeChart | None


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """All rankings of a task on a dataset, those with the most results first; ``others`` do not rank."""

    task: Thing
    dataset: Thing
    rankings: tuple[Ranking, ...]
    others: tuple[RankedRow, ...]
    metrics: tuple[Thing, ...]  # that may be chosen
    splits: tuple[str, ...]
    found: int  # results before choosing
    cut: bool

    @property
    def shown(self) -> int:
        """How many results are shown."""
        return sum(len(one.rows) for one in self.rankings) + len(self.others)


def leaderboard(lookup: Lookup, links: Links, task: str, dataset: str, choices: Choices) -> Leaderboard | None:
    """The leaderboard of two IRIs, by eight queries; None where the graph does not hold both."""
    names = {row["thing"]: row["label"] for row in lookup.select(_BOTH, about=sorted({task, dataset}))}
    if task not in names or dataset not in names:
        return None
    pattern = _PATTERN.replace("$task", f"<{task}>")
    found = find_results(lookup, pattern.replace("$dataset", "$about"), dataset, MOST_ROWS)
    labels = lookup.labels(named for result in found for named in result.iris())
    papers = facts_of_papers(lookup, links, {result.paper for result in found})
    results = [one for one in found if _chosen(one, links, papers, choices)]
    quotes = quotes_of(lookup, results, links)
    metrics = {metric for result in found if (metric := result.get("metric")) is not None}
    directions = directions_of(lookup, metrics)

    def shown(rank: int | None, result: Measured) -> RankedRow:
        return RankedRow(rank, result_row(result, links, labels, quotes), result, *papers[result.paper])

    rankings = []
    ranking = [one for one in results if ranks(one)]
    for (key, split, unit), group in sorted(comparable(ranking).items()):
        higher = directions.get(key)
        rows = with_others([shown(rank, result) for rank, result in rank_results(group, higher)])
        rankings.append(
            Ranking(
                links.thing(key, labels.get(key)) if key else None,
                split or None,
                unit or None,
                higher,
                tuple(choices.sorted(rows)),
                _chart(rows, higher),
            )
        )
    rankings.sort(key=lambda ranking: -len(ranking.rows))
    others = [] if choices.absolute else [shown(None, one) for one in results if not ranks(one)]
    things = (links.thing(one, labels.get(one)) for one in metrics)
    return Leaderboard(
        task=links.thing(task, names[task]),
        dataset=links.thing(dataset, names[dataset]),
        rankings=tuple(rankings),
        others=tuple(sorted(others, key=lambda one: (one.row.paper.label, one.measured.iri))),
        metrics=tuple(sorted(things, key=lambda thing: (thing.label.casefold(), thing.iri))),
        splits=tuple(sorted({named for result in found if (named := result.get("split")) is not None})),
        found=len(found),
        cut=len(found) > MOST_ROWS,
    )


def directions_of(lookup: Lookup, metrics: Iterable[str]) -> dict[str, bool]:
    """Whether higher is better, for the metrics of which it is known; by one query."""
    wanted = sorted(metrics)
    rows = lookup.select(_DIRECTIONS, about=wanted) if wanted else []
    return {row["metric"]: row["higher"] == "true" for row in rows}


def ranks(result: Measured) -> bool:
    """Whether a result stands in a ranking: a number by itself, under no condition."""
    return result.kind == "absolute" and result.get("condition") is None and result.comparable is not None


def facts_of_papers(lookup: Lookup, links: Links, iris: Iterable[str]) -> dict[str, tuple[str | None, Thing | None]]:
    """The date and the code of papers, by one query."""
    wanted = sorted(iris)
    dates: dict[str, str] = {}
    code: dict[str, str] = {}
    for row in lookup.select(_PAPERS, about=wanted) if wanted else []:
        kept, value = (dates, row["date"]) if "date" in row else (code, row["url"])
        kept[row["paper"]] = min(value, kept.get(row["paper"], value))
    return {iri: (dates.get(iri), links.thing(code[iri], "Code") if iri in code else None) for iri in wanted}


def _chosen(
    result: Measured, links: Links, papers: Mapping[str, tuple[str | None, Thing | None]], choices: Choices
) -> bool:
    date, code = papers[result.paper]
    metric = links.slug(result.get("metric") or "")
    return choices.takes(metric=metric, split=result.get("split"), date=date, code=code is not None)


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


def with_others(rows: Sequence[RankedRow]) -> list[RankedRow]:
    """Each row with the other numbers that are told of its method."""
    by_method: dict[str, list[RankedRow]] = {}
    for one in rows:
        if (method := one.measured.get("method")) is not None:
            by_method.setdefault(method, []).append(one)
    return [
        replace(
            one,
            others=tuple(
                other.row
                for other in by_method.get(one.measured.get("method") or "", ())
                if other.measured.comparable != one.measured.comparable
            ),
        )
        for one in rows
    ]


def _chart(rows: Sequence[RankedRow], higher: bool | None) -> TimeChart | None:
    """What is dated, over time; shares as percents where the papers write them so."""
    percents = any(
        (value := one.measured.value) is not None
        and (normalized := one.measured.comparable) is not None
        and value == 100 * normalized != 0
        for one in rows
    )
    measurements = []
    for one in rows:
        value = one.measured.comparable
        if one.date is not None and value is not None:
            name = one.row.parts["method"].label if "method" in one.row.parts else one.row.paper.label
            shown = float(value) * (100 if percents else 1)
            label = f"{one.date}: {one.row.value}, {name}"
            measurements.append(Measurement(one.date, shown, label, name.partition(": ")[0]))
    return time_chart(measurements, higher)


def comparable(results: Iterable[Measured]) -> Mapping[tuple[str, str, str], list[Measured]]:
    """Results by (metric, split, scale): a share never ranks beside a number of another unit."""
    groups: dict[tuple[str, str, str], list[Measured]] = {}
    for result in results:
        unit = "" if result.get("normalizedValue") is not None else result.get("unit") or "as written"
        groups.setdefault((result.get("metric") or "", result.get("split") or "", unit), []).append(result)
    return groups
