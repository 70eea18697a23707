"""The page of a task, method, dataset or metric: names, papers, relations both ways, results, sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.graph.vocabulary import compress
from kg.serve.charts import BarChart, bar_chart
from kg.serve.entity_claims import ABOUT, ShownClaim, find_claims, phrase, show_claim
from kg.serve.entity_company import Company, company, company_over_time, company_rows, doing_papers, papers_by_year
from kg.serve.entity_lookup import Lookup, Row
from kg.serve.entity_papers import PaperList, count_papers, paper_lists, paper_rows
from kg.serve.entity_results import ResultRow, quotes_of, result_row, results_of_concept
from kg.serve.pages_links import Links, Thing

MOST_CLAIMS = 40
SHOWN_RESULTS = 50
MOST_NEIGHBOURS = 60

_RELATIONS = """
SELECT ?property ?other ?backwards WHERE {
  VALUES ?property { pt:usedFor pt:partOf pt:kindOf pt:subTaskOf pt:benchmarkFor pt:trainedWith pt:evaluatedWith
                     pt:comparedWith pt:sameNameAs }
  { $about ?property ?other BIND("" AS ?backwards) }
  UNION
  { ?other ?property $about BIND("yes" AS ?backwards) }
} LIMIT 2000
"""
_BOARDS = """
SELECT ?other (COUNT(DISTINCT ?result) AS ?count) WHERE {
  ?result $own $about ; $others ?other ; pt:valueKind pt:absolute .
  FILTER NOT EXISTS { ?result pt:condition ?condition }
} GROUP BY ?other ORDER BY DESC(?count) ?other LIMIT 50
"""
_SYMMETRIC = frozenset({"pt:comparedWith", "pt:sameNameAs"})


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The concepts at the other end of one relation."""

    name: str
    things: tuple[Thing, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Board:
    """A leaderboard that the concept has part in."""

    other: Thing
    href: str
    count: int


@dataclass(frozen=True, slots=True)
class ConceptPage:
    """All that the template of a concept needs."""

    iri: str
    label: str
    kind: str
    aliases: tuple[str, ...]
    catalogue_id: str | None
    direction: str | None  # of a metric
    papers: tuple[PaperList, ...]
    relations: tuple[Neighbours, ...]
    boards: tuple[Board, ...]
    results: tuple[ResultRow, ...]
    more_results: bool
    claims: tuple[ShownClaim, ...]
    more_claims: bool
    description: str
    years: BarChart | None
    company: tuple[Company, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The parts of results that vary on this page, as the table's columns."""
        return tuple(
            part
            for part in ("metric", "method", "dataset", "task")
            if any(part in row.parts and row.parts[part].iri != self.iri for row in self.results)
        )


def concept_page(
    lookup: Lookup, links: Links, iri: str, kind: str, properties: Mapping[str, Sequence[str]]
) -> ConceptPage:
    """The page of a concept whose ``properties`` are known; at most fifteen queries more."""
    counts = count_papers(lookup, iri, kind)
    papers = paper_rows(lookup, iri, kind)
    doing = doing_papers(lookup, iri, kind)
    years = papers_by_year(doing)
    beside = company_rows(lookup, iri, kind, doing)
    over_time = company_over_time(lookup, kind, doing, beside)
    relations = lookup.select(_RELATIONS, about=iri)
    boards = _boards(lookup, iri, kind)
    results = results_of_concept(lookup, iri, kind)
    claims = find_claims(lookup, ABOUT, iri, MOST_CLAIMS + 1)
    labels = lookup.labels(
        [
            iri,
            *(row["paper"] for row in papers),
            *(row["other"] for row in (*relations, *boards)),
            *(row["thing"] for row in beside),
            *(named for result in results for named in result.iris()),
            *(named for claim in claims for named in claim.iris()),
        ]
    )
    label = labels.get(iri, iri)
    shown = _in_order(result_row(one, links, labels, {}) for one in results)[:SHOWN_RESULTS]
    quotes = quotes_of(lookup, [one for one in results if one.iri in {row.iri for row in shown}], links)
    lists = paper_lists(papers, counts, iri, kind, links, labels)
    return ConceptPage(
        iri=iri,
        label=label,
        kind=kind,
        aliases=tuple(sorted(sorted(set(properties.get("skos:altLabel", ())) - {label}), key=str.casefold)),
        catalogue_id=min(properties.get("pt:catalogueId", ()), default=None),
        direction=_direction(properties) if kind == "metric" else None,
        papers=lists,
        relations=tuple(_neighbours(relations, iri, links, labels)),
        boards=tuple(
            Board(
                links.thing(row["other"], labels.get(row["other"])),
                board_href(links, *((iri, row["other"]) if kind == "task" else (row["other"], iri))),
                int(row["count"]),
            )
            for row in boards
        ),
        results=tuple(replace(row, quotes=quotes.get(row.iri, ())) for row in shown),
        more_results=len(results) > SHOWN_RESULTS,
        claims=tuple(show_claim(claim, links, labels) for claim in claims[:MOST_CLAIMS]),
        more_claims=len(claims) > MOST_CLAIMS,
        description=_description(label, kind, lists, len(results)),
        years=bar_chart(years),
        company=company(beside, over_time, kind, links, labels),
    )


def _in_order(rows: Iterable[ResultRow]) -> list[ResultRow]:
    """What may be compared stands together: plain values first, then those under a condition, then differences."""

    def place(row: ResultRow) -> tuple[object, ...]:
        parts = (row.parts[part].label if part in row.parts else "~" for part in ("dataset", "metric", "task"))
        return row.kind != "absolute", row.condition is not None, *parts, row.paper.label, row.value

    return sorted(rows, key=place)


def board_href(links: Links, task: str, dataset: str) -> str:
    """The address of the leaderboard of a task on a dataset."""
    return f"{links.root}/leaderboard/{task.rsplit('/', 1)[-1]}/{dataset.rsplit('/', 1)[-1]}"


def _boards(lookup: Lookup, iri: str, kind: str) -> list[Row]:
    if kind not in ("task", "dataset"):
        return []
    other = {"task": "pt:dataset", "dataset": "pt:task"}[kind]
    return lookup.select(_BOARDS.replace("$own", f"pt:{kind}").replace("$others", other), about=iri)


def _neighbours(rows: Sequence[Row], iri: str, links: Links, labels: Mapping[str, str]) -> list[Neighbours]:
    grouped: dict[tuple[str, bool], set[str]] = {}
    for row in rows:
        if row["other"] != iri:
            compact = compress(row["property"])
            backwards = bool(row["backwards"]) and compact not in _SYMMETRIC
            grouped.setdefault((row["property"], backwards), set()).add(row["other"])
    found = []
    for (prop, backwards), others in sorted(grouped.items(), key=lambda entry: (entry[0][1], entry[0][0])):
        things = sorted(
            (links.thing(other, labels.get(other)) for other in others), key=lambda one: (one.label.casefold(), one.iri)
        )
        name = phrase(prop, backwards)
        shown = tuple(things[:MOST_NEIGHBOURS])
        found.append(Neighbours(name[:1].upper() + name[1:], shown, len(things) - len(shown)))
    return found


def _direction(properties: Mapping[str, Sequence[str]]) -> str | None:
    known = min(properties.get("pt:higherIsBetter", ()), default=None)
    return None if known is None else "higher is better" if known == "true" else "lower is better"


def _description(label: str, kind: str, lists: Sequence[PaperList], results: int) -> str:
    said = ", ".join(f"{one.heading.lower()} {one.count}" for one in lists) or "no papers"
    return f"{label}, a {kind}: {said}; {results} results, each with the sentence that says it."
