"""What stands beside a thing in its papers: the concepts that most of them have to do with; the papers by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.serve.charts import sparkline
from kg.serve.entity_lookup import Lookup, Row
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
_YEARS = """
SELECT ?year (COUNT(DISTINCT ?paper) AS ?count) WHERE {
  ?paper ROLES $about ; dcterms:date ?day BIND(SUBSTR(STR(?day), 1, 4) AS ?year)
} GROUP BY ?year
"""
_BRANCH = """
{ SELECT ("KIND" AS ?kind) ?thing (COUNT(DISTINCT ?paper) AS ?count) WHERE {
  { SELECT DISTINCT ?paper WHERE { ?paper ROLES $about } ORDER BY ?paper LIMIT $most }
  ?paper SAID ?thing . ?thing a CLASS FILTER(?thing != $about)
} GROUP BY ?thing ORDER BY DESC(?count) ?thing LIMIT $shown }
"""


# By year, for those that are shown.
_OVER_TIME = """
SELECT ?thing ?year (COUNT(DISTINCT ?paper) AS ?count) WHERE {
  { SELECT DISTINCT ?paper ?year WHERE {
    ?paper ROLES $about ; dcterms:date ?day BIND(SUBSTR(STR(?day), 1, 4) AS ?year)
  } ORDER BY ?paper LIMIT $most }
  VALUES ?thing { $things } ?paper SAID ?thing
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


def papers_by_year(lookup: Lookup, iri: str, kind: str) -> dict[int, int]:
    """How many papers that have to do with a thing are of which year, by one query."""
    rows = lookup.select(_YEARS.replace("ROLES", _roles(kind)), about=iri)
    return {int(row["year"]): int(row["count"]) for row in rows if row.get("year", "").isdigit()}


def company_rows(lookup: Lookup, iri: str, kind: str) -> list[Row]:
    """Rows of ``kind``, ``thing``, ``count``, by one query."""
    branches = " UNION ".join(
        _BRANCH.replace("KIND", one)
        .replace("ROLES", _roles(kind))
        .replace("SAID", f"({_COMPANY[one]})")
        .replace("CLASS", f"pt:{KINDS[one][0]}")
        for one in _BESIDE.get(kind, ())
    )
    if not branches:
        return []
    rows = lookup.select(f"SELECT ?kind ?thing ?count WHERE {{ {branches} }}", about=iri, most=MOST_PAPERS, shown=SHOWN)
    return [row for row in rows if "thing" in row]


def company_over_time(lookup: Lookup, iri: str, kind: str, rows: list[Row]) -> dict[str, dict[int, int]]:
    """The papers of each concept of ``rows`` by year, by one query."""
    things = sorted({row["thing"] for row in rows})
    said = "|".join(dict.fromkeys(one for beside in _BESIDE.get(kind, ()) for one in _COMPANY[beside].split("|")))
    query = _OVER_TIME.replace("ROLES", _roles(kind)).replace("SAID", f"({said})")
    found: dict[str, dict[int, int]] = {}
    for row in lookup.select(query, about=iri, most=MOST_PAPERS, things=things) if things else []:
        if row.get("year", "").isdigit():
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
