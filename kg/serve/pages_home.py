"""The home page: what the graph holds, and ways into it."""

from __future__ import annotations

from dataclasses import dataclass

from kg.graph.vocabulary import compress
from kg.serve.entity_lookup import Lookup, Row
from kg.serve.pages_links import Links, Thing

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
MOST_PAPERS = 100
MOST_CONCEPTS = 10

_COUNTS = "SELECT ?class (COUNT(?x) AS ?count) WHERE { VALUES ?class { CLASSES } ?x a ?class } GROUP BY ?class"
# Counting first and asking for the type of what was counted is twice as fast as the other way about.
_LARGEST = " UNION ".join(
    f'{{ SELECT ("{kind}" AS ?kind) ?thing ?count WHERE {{'
    f" {{ SELECT ?thing (COUNT(DISTINCT ?paper) AS ?count) WHERE {{ {said} }} GROUP BY ?thing }} ?thing a {kind}"
    f" }} ORDER BY DESC(?count) ?thing LIMIT $most }}"
    for kind, said in (
        (kind, " UNION ".join(f"{{ ?paper {role} ?thing }}" for role in roles))
        for kind, roles in (
            ("pt:Task", ("pt:addresses",)),
            ("pt:Method", ("pt:introduces", "pt:uses", "pt:comparesWith")),
            ("pt:Dataset", ("pt:introduces", "pt:uses", "pt:evaluatesOn")),
        )
    )
)
_PAPERS = """
SELECT ?paper ?date WHERE { ?paper a pt:Paper OPTIONAL { ?paper dcterms:date ?day } BIND(STR(?day) AS ?date) }
ORDER BY DESC(?date) ?paper LIMIT $most
"""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A concept and the number of papers that have to do with it."""

    iri: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What the home page shows of a version of the graph."""

    counts: tuple[tuple[int, str, str], ...]  # how many, the word for one, for many
    tasks: tuple[Ranked, ...]
    methods: tuple[Ranked, ...]
    datasets: tuple[Ranked, ...]
    papers: tuple[tuple[str, str, str | None], ...]  # IRI, label, date
    dated: bool

    @property
    def all_papers(self) -> bool:
        """Whether every paper is in the list."""
        return bool(self.counts) and self.counts[0][0] == len(self.papers)


def home_facts(lookup: Lookup) -> HomeFacts:
    """Counts and lists for the home page, by four queries over the whole graph: made once a version."""
    classes = " ".join(compact for compact, _, _ in SHOWN_CLASSES)
    counts = {compress(row["class"]): int(row["count"]) for row in lookup.select(_COUNTS.replace("CLASSES", classes))}
    largest = lookup.select(f"SELECT ?kind ?thing ?count WHERE {{ {_LARGEST} }}", most=MOST_CONCEPTS)
    papers = lookup.select(_PAPERS, most=MOST_PAPERS)
    labels = lookup.labels([*(row["thing"] for row in largest if "thing" in row), *(row["paper"] for row in papers)])

    def ranked(kind: str) -> tuple[Ranked, ...]:
        rows: list[Row] = [row for row in largest if row["kind"] == kind and "thing" in row]
        found = [Ranked(row["thing"], labels.get(row["thing"], row["thing"]), int(row["count"])) for row in rows]
        return tuple(sorted(found, key=lambda one: (-one.count, one.label.casefold(), one.iri)))

    return HomeFacts(
        counts=tuple((counts.get(compact, 0), one, many) for compact, one, many in SHOWN_CLASSES),
        tasks=ranked("pt:Task"),
        methods=ranked("pt:Method"),
        datasets=ranked("pt:Dataset"),
        papers=tuple((row["paper"], labels.get(row["paper"], row["paper"]), row.get("date")) for row in papers),
        dated=any("date" in row for row in papers),
    )


def linked(ranked: tuple[Ranked, ...], links: Links) -> list[tuple[Thing, int]]:
    """Concepts with their links and numbers of papers."""
    return [(links.thing(one.iri, one.label), one.count) for one in ranked]
