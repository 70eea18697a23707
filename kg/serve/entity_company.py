"""What stands beside a thing in its papers: the concepts that most of them have to do with; the papers by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.serve.charts import sparkline
from kg.serve.entity_lookup import TIES, Lookup, Row
from kg.serve.entity_papers import PAPER_ROLES
from kg.serve.pages_links import KINDS, Links, Thing

MOST_PAPERS = 1000  # that are looked at: the first by IRI where there are more
SHOWN = 10
MOST_YEARS = 20

# What is said of the concepts of each kind that stand beside others.
_COMPANY: dict[str, str] = {
    "task": "pt:addresses",
    "method": "pt:introduces|pt:uses",
    "dataset": "pt:introduces|pt:evaluatesOn|pt:uses",
}
# The kinds that are shown beside a thing of each kind.
_BESIDE: dict[str, tuple[str, ...]] = {
    "task": ("method", "dataset"),
    "method": ("task", "dataset"),
    "dataset": ("task", "method"),
    "metric": ("task", "dataset"),
    "person": ("task", "method"),
    "venue": ("task", "method"),
    "repository": ("task", "method"),
}
# The papers are asked for once, and put in order here: Oxigraph reads an IRI's text from disk at each comparison.
_PAPERS = """
SELECT ?paper ?year WHERE {
  { SELECT DISTINCT ?paper WHERE { ?paper ROLES $about } }
  OPTIONAL { ?paper dcterms:date ?day BIND(SUBSTR(STR(?day), 1, 4) AS ?year) }
}
"""
_BRANCH = """
{ SELECT ("KIND" AS ?kind) ?thing (COUNT(DISTINCT ?paper) AS ?count) WHERE {
  VALUES ?paper { $papers } { SAID } ?thing a CLASS FILTER(?thing != $about)
} GROUP BY ?thing LIMITED }
"""


# By year, for those that are shown.
_OVER_TIME = """
SELECT ?thing ?year (COUNT(DISTINCT ?paper) AS ?count) WHERE {
  VALUES (?paper ?year) { DATED } ?paper SAID ?thing FILTER(?thing IN (THINGS))
} GROUP BY ?thing ?year
"""


@dataclass(frozen=True, slots=True)
class Companion:
    """A concept, the number of papers that have to do with it, and these over the years as the path of a line."""

    thing: Thing
    count: int
    line: str
    told: str  # the line in words


@dataclass(frozen=True, slots=True)
class Company:
    """The concepts of a kind in the papers of a thing, with their numbers of papers, the commonest first."""

    name: str
    kind: str
    things: tuple[Companion, ...]


def doing_papers(lookup: Lookup, iri: str, kind: str) -> list[Row]:
    """The papers that have to do with a thing, by IRI, by one query: rows of ``paper`` and, where known, ``year``."""
    rows = lookup.select(_PAPERS.replace("ROLES", _roles(kind)), about=iri)
    return sorted(rows, key=lambda row: (row["paper"], row.get("year", "")))


def papers_by_year(papers: Iterable[Row]) -> dict[int, int]:
    """How many of the papers are of which year."""
    dated = {(row["paper"], row["year"]) for row in papers if row.get("year", "").isdigit()}
    return dict(Counter(int(year) for _, year in dated))


def company_rows(lookup: Lookup, iri: str, kind: str, papers: Iterable[Row]) -> list[Row]:
    """Rows of ``kind``, ``thing``, ``count``, by one query, rarely two."""
    first = list(dict.fromkeys(row["paper"] for row in papers))[:MOST_PAPERS]
    kinds = _BESIDE.get(kind, ()) if first else ()
    looked_at = SHOWN + TIES
    found = _counted(lookup, iri, first, kinds, f"ORDER BY DESC(?count) LIMIT {looked_at}")
    many = [
        one
        for one, rows in found.items()
        if len(rows) == looked_at and int(rows[SHOWN - 1]["count"]) == int(rows[-1]["count"])
    ]
    found |= _counted(lookup, iri, first, many, "")
    return [row for rows in found.values() for row in rows[:SHOWN]]


def _counted(lookup: Lookup, iri: str, papers: list[str], kinds: Iterable[str], limited: str) -> dict[str, list[Row]]:
    """The concepts of some kinds with their papers, the commonest first, equal ones by IRI."""
    branches = {
        one: _BRANCH.replace("KIND", one)
        .replace("SAID", f"?paper ({_COMPANY[one]}) ?thing")
        .replace("CLASS", f"pt:{KINDS[one][0]}")
        .replace("LIMITED", limited)
        for one in kinds
    }
    if not branches:
        return {}
    query = f"SELECT ?kind ?thing ?count WHERE {{ {' UNION '.join(branches.values())} }}"
    rows = [row for row in lookup.select(query, about=iri, papers=papers) if "thing" in row]
    rows.sort(key=lambda row: (-int(row["count"]), row["thing"]))
    return {one: [row for row in rows if row["kind"] == one] for one in branches}


def company_over_time(lookup: Lookup, kind: str, papers: Iterable[Row], rows: list[Row]) -> dict[str, dict[int, int]]:
    """The papers of each concept of ``rows`` by year, by one query."""
    things = sorted({row["thing"] for row in rows})
    dated = [row for row in papers if row.get("year", "").isdigit()][:MOST_PAPERS]
    if not things or not dated:
        return {}
    said = "|".join(dict.fromkeys(one for beside in _BESIDE.get(kind, ()) for one in _COMPANY[beside].split("|")))
    query = (
        _OVER_TIME.replace("SAID", f"({said})")
        .replace("DATED", " ".join(f'({NamedNode(row["paper"])} "{row["year"]}")' for row in dated))
        .replace("THINGS", ", ".join(str(NamedNode(thing)) for thing in things))
    )
    found: dict[str, dict[int, int]] = {}
    for row in lookup.select(query):
        if "thing" in row:
            found.setdefault(row["thing"], {})[int(row["year"])] = int(row["count"])
    return found


def company(
    rows: list[Row],
    over_time: Mapping[str, Mapping[int, int]],
    kind: str,
    links: Links,
    labels: Mapping[str, str],
) -> tuple[Company, ...]:
    """The rows by kind, for the page of a thing."""
    years = sorted({year for counts in over_time.values() for year in counts})
    first, last = (max(years[0], years[-1] - MOST_YEARS + 1), years[-1]) if years else (0, 0)
    found = []
    for one in _BESIDE.get(kind, ()):
        counted = []
        for row in rows:
            if row["kind"] == one:
                counts = over_time.get(row["thing"], {})
                line = sparkline({year: n for year, n in counts.items() if year >= first}, first, last)
                told = ", ".join(f"{year}: {count}" for year, count in sorted(counts.items()))
                thing = links.thing(row["thing"], labels.get(row["thing"]))
                counted.append(Companion(thing, int(row["count"]), line, told))
        counted.sort(key=lambda entry: (-entry.count, entry.thing.label.casefold(), entry.thing.iri))
        if counted:
            found.append(Company(KINDS[one][1], one, tuple(counted)))
    return tuple(found)


def _roles(kind: str) -> str:
    """All that makes a paper one of the thing's; ``pt:mentions`` alone would count those that merely name it."""
    roles = [role for role, _, _ in PAPER_ROLES[kind]]
    doing = [role for role in roles if role != "pt:mentions"] if kind != "metric" else roles
    return f"({'|'.join(doing)})"
