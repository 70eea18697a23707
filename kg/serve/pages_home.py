"""The home page and the lists of all tasks, methods, data sets, metrics, papers, leaderboards: found once a version."""

from __future__ import annotations

from dataclasses import dataclass

from kg.graph.vocabulary import compress
from kg.serve.entity_claims import SAYING, Claim, find_claims
from kg.serve.entity_lookup import Lookup, Row
from kg.serve.entity_results import THEMSELVES, Measured, find_results

SHOWN_CLASSES = (
    ("pt:Paper", "paper", "papers"),
    ("pt:Task", "task", "tasks"),
    ("pt:Method", "method", "methods"),
    ("pt:Dataset", "dataset", "datasets"),
    ("pt:Metric", "metric", "metrics"),
    ("pt:Result", "result", "results"),
    ("pt:Repository", "repository", "repositories"),
    ("pt:Statement", "statement", "statements, each with its sentence"),
)
MOST_PAPERS = 1000
MOST_CONCEPTS = 500
MOST_BOARDS = 500
FRESH = 8
MOST_TRENDING = 100

# What a concept is ranked by: the papers that say one of these of it.
RANKED_BY: dict[str, tuple[str, tuple[str, ...]]] = {
    "task": ("pt:Task", ("pt:addresses",)),
    "method": ("pt:Method", ("pt:introduces", "pt:uses", "pt:comparesWith")),
    "dataset": ("pt:Dataset", ("pt:introduces", "pt:uses", "pt:evaluatesOn")),
    "metric": ("pt:Metric", ("pt:mentions",)),
}

_COUNTS = "SELECT ?class (COUNT(?x) AS ?count) WHERE { VALUES ?class { CLASSES } ?x a ?class } GROUP BY ?class"
# Counting first and asking for the type of what was counted is twice as fast as the other way about.
_RANKED = """
SELECT ?thing ?count WHERE {
  { SELECT ?thing (COUNT(DISTINCT ?paper) AS ?count) WHERE { SAID } GROUP BY ?thing }
  ?thing a CLASS
}
"""
_PAPERS = """
SELECT ?paper ?date WHERE { ?paper a pt:Paper OPTIONAL { ?paper dcterms:date ?day } BIND(STR(?day) AS ?date) }
"""
_BOARDS = """
SELECT ?task ?dataset (COUNT(DISTINCT ?result) AS ?count) WHERE {
  ?result pt:dataset ?dataset ; pt:task ?task ; pt:valueKind pt:absolute .
  FILTER NOT EXISTS { ?result pt:condition ?condition }
} GROUP BY ?task ?dataset
"""
# Who uses what a paper introduced, in the last year that the graph knows: a function of the graph, not of the clock.
_LAST = "SELECT (MAX(STR(?day)) AS ?last) WHERE { ?paper dcterms:date ?day }"
_TRENDING = """
SELECT ?paper (COUNT(DISTINCT ?user) AS ?count) WHERE {
  ?user dcterms:date ?day FILTER(STR(?day) > "SINCE" && STR(?day) <= "UNTIL")
  ?user (pt:uses|pt:evaluatesOn|pt:comparesWith) ?concept . ?paper pt:introduces ?concept FILTER(?paper != ?user)
} GROUP BY ?paper
"""
_DATES = "SELECT ?paper ?date WHERE { VALUES ?paper { $about } ?paper dcterms:date ?day BIND(STR(?day) AS ?date) }"
# Of one paper one result: a page of numbers of the same paper tells less than one of several.
_FRESH = """
SELECT ?paper (MAX(STR(?day)) AS ?date) WHERE {
  ?one pt:dataset ?dataset ; pt:metric ?metric ; pt:valueKind pt:absolute .
  FILTER NOT EXISTS { ?one pt:condition ?condition }
  ?paper pt:reports ?one
  OPTIONAL { ?paper dcterms:date ?day }
} GROUP BY ?paper
"""
_ONE_OF_EACH = """
SELECT ?paper (MIN(?one) AS ?result) WHERE {
  VALUES ?paper { $about } ?paper pt:reports ?one .
  ?one pt:dataset ?dataset ; pt:metric ?metric ; pt:valueKind pt:absolute .
  FILTER NOT EXISTS { ?one pt:condition ?condition }
} GROUP BY ?paper
"""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A concept and the number of papers that have to do with it."""

    iri: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class RankedBoard:
    """A leaderboard and the number of its results."""

    task: str
    task_label: str
    dataset: str
    dataset_label: str
    count: int


@dataclass(frozen=True, slots=True)
class DatedPaper:
    """A paper in a list by date."""

    iri: str
    label: str
    date: str | None


@dataclass(frozen=True, slots=True)
class Fresh:
    """Results of the newest papers with their sentences, and the labels of all that they name."""

    results: tuple[Measured, ...]
    claims: tuple[Claim, ...]
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class GraphCounts:
    """How many things of each class the graph holds."""

    counts: tuple[tuple[int, str, str], ...]  # how many, the word for one, for many

    @property
    def papers(self) -> int:
        """The number of papers."""
        return self.counts[0][0]


def _count(row: Row) -> int:
    return int(row["count"])


def count_classes(lookup: Lookup) -> GraphCounts:
    """The numbers of the home page, by one query."""
    classes = " ".join(compact for compact, _, _ in SHOWN_CLASSES)
    found = {compress(row["class"]): int(row["count"]) for row in lookup.select(_COUNTS.replace("CLASSES", classes))}
    return GraphCounts(tuple((found.get(compact, 0), one, many) for compact, one, many in SHOWN_CLASSES))


def ranked_concepts(lookup: Lookup, kind: str) -> tuple[Ranked, ...]:
    """The concepts of a kind that the most papers have to do with, by two queries."""
    concept, roles = RANKED_BY[kind]
    said = " UNION ".join(f"{{ ?paper {role} ?thing }}" for role in roles)
    query = _RANKED.replace("SAID", said).replace("CLASS", concept)
    rows = lookup.foremost(query, "count", _count, ("thing",), MOST_CONCEPTS)
    labels = lookup.labels(row["thing"] for row in rows)
    found = [Ranked(row["thing"], labels.get(row["thing"], row["thing"]), int(row["count"])) for row in rows]
    return tuple(sorted(found, key=lambda one: (-one.count, one.label.casefold(), one.iri)))


def newest_papers(lookup: Lookup) -> tuple[DatedPaper, ...]:
    """The newest papers, those without a date last, by two queries."""
    rows = lookup.foremost(_PAPERS, "date", lambda row: row.get("date", ""), ("paper",), MOST_PAPERS)
    labels = lookup.labels(row["paper"] for row in rows)
    return tuple(DatedPaper(row["paper"], labels.get(row["paper"], row["paper"]), row.get("date")) for row in rows)


def trending_papers(lookup: Lookup) -> tuple[tuple[DatedPaper, int], ...]:
    """Papers by how many papers of the last year use what they introduce, with that number; by four queries."""
    last = next((row["last"] for row in lookup.select(_LAST) if row.get("last", "")[:4].isdigit()), None)
    if last is None:
        return ()
    query = _TRENDING.replace("SINCE", f"{int(last[:4]) - 1}{last[4:]}").replace("UNTIL", last)
    rows = lookup.foremost(query, "count", _count, ("paper",), MOST_TRENDING)
    iris = [row["paper"] for row in rows]
    labels = lookup.labels(iris)
    dates = {row["paper"]: row["date"] for row in lookup.select(_DATES, about=iris)} if iris else {}
    return tuple(
        (DatedPaper(iri, labels.get(iri, iri), dates.get(iri)), int(row["count"]))
        for iri, row in zip(iris, rows, strict=True)
    )


def largest_boards(lookup: Lookup) -> tuple[RankedBoard, ...]:
    """The pairs of task and data set with the most absolute results, by two queries."""
    rows = lookup.foremost(_BOARDS, "count", _count, ("task", "dataset"), MOST_BOARDS)
    labels = lookup.labels(iri for row in rows for iri in (row["task"], row["dataset"]))
    found = [
        RankedBoard(
            row["task"],
            labels.get(row["task"], row["task"]),
            row["dataset"],
            labels.get(row["dataset"], row["dataset"]),
            int(row["count"]),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (-one.count, one.task_label.casefold(), one.dataset_label.casefold())))


def fresh_results(lookup: Lookup) -> Fresh:
    """A result of each of the newest papers that state one, by seven queries."""
    papers = lookup.foremost(_FRESH, "date", lambda row: row.get("date", ""), ("paper",), FRESH)
    places = {row["paper"]: place for place, row in enumerate(papers)}
    rows = lookup.select(_ONE_OF_EACH, about=places) if places else []
    order = {row["result"]: places[row["paper"]] for row in rows}
    results = sorted(find_results(lookup, THEMSELVES, order), key=lambda one: order.get(one.iri, FRESH))
    claims = find_claims(lookup, SAYING, order)
    labels = lookup.labels(named for result in results for named in result.iris())
    return Fresh(tuple(results), tuple(claims), labels)
