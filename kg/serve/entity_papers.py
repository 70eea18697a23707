"""Papers that have to do with a thing, by what they do with it: counted, capped, and page by page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.serve.entity_lookup import TIES, Lookup, Row
from kg.serve.pages_links import Links, Thing

ON_A_PAGE = 100
AT_FIRST = 20

# For each kind of thing: the paper's property, its name in addresses, the heading over such papers.
PAPER_ROLES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "task": (
        ("pt:introduces", "introduces", "Introduced by"),
        ("pt:addresses", "addresses", "Addressed by"),
        ("pt:inField", "inField", "Papers in this field"),
        ("pt:mentions", "mentions", "Also mentioned by"),
    ),
    "method": (
        ("pt:introduces", "introduces", "Introduced by"),
        ("pt:uses", "uses", "Used by"),
        ("pt:comparesWith", "comparesWith", "Compared with by"),
        ("pt:mentions", "mentions", "Also mentioned by"),
    ),
    "dataset": (
        ("pt:introduces", "introduces", "Introduced by"),
        ("pt:evaluatesOn", "evaluatesOn", "Evaluated on by"),
        ("pt:uses", "uses", "Used by"),
        ("pt:mentions", "mentions", "Also mentioned by"),
    ),
    "metric": (
        ("pt:introduces", "introduces", "Introduced by"),
        ("pt:mentions", "mentions", "Mentioned by"),
    ),
    "repository": (
        ("pt:hasRepository", "hasRepository", "Own code of"),
        ("pt:hasProjectPage", "hasProjectPage", "Project page of"),
        ("pt:mentionsRepository", "mentionsRepository", "Mentioned by"),
    ),
    "person": (("dcterms:creator", "creator", "Author of"),),
    "venue": (("pt:venue", "venue", "Papers"),),
    "paper": (("cito:cites", "cites", "Cited by"),),
}


@dataclass(frozen=True, slots=True)
class ListedPaper:
    """A paper in a list."""

    paper: Thing
    date: str | None


@dataclass(frozen=True, slots=True)
class PaperList:
    """The papers of one role: how many, the newest of them, where the others are."""

    heading: str
    count: int
    papers: tuple[ListedPaper, ...]
    href: str | None  # all of them, page by page, where some are left out

    @property
    def more(self) -> int:
        """How many are left out."""
        return self.count - len(self.papers)


@dataclass(frozen=True, slots=True)
class PapersPage:
    """One page of the papers of one role."""

    heading: str
    count: int
    papers: tuple[ListedPaper, ...]
    page: int
    pages: int


def count_papers(lookup: Lookup, iri: str, kind: str) -> dict[str, int]:
    """How many papers have each role (compact property -> number), by one query."""
    roles = [role for role, _, _ in PAPER_ROLES[kind]]
    branches = " UNION ".join(
        f'{{ SELECT ("{role}" AS ?role) (COUNT(DISTINCT ?paper) AS ?count) WHERE {{ {_pattern(role, roles)} }} }}'
        for role in roles
    )
    rows = lookup.select(f"SELECT ?role ?count WHERE {{ {branches} }}", about=iri)
    return {row["role"]: int(row["count"]) for row in rows}


def paper_rows(lookup: Lookup, iri: str, kind: str, most: int = AT_FIRST) -> list[Row]:
    """The newest papers of each role, by one query, rarely two: rows of ``role``, ``paper``, ``date``."""
    roles = [role for role, _, _ in PAPER_ROLES[kind]]
    looked_at = most + TIES
    rows = lookup.select(_of_roles(_newest(role, roles, looked_at) for role in roles), about=iri)
    found = {role: [row for row in rows if row["role"] == role] for role in roles}
    # Papers of one day may reach beyond those that were looked at: then all are put in order.
    many = [
        role
        for role, some in found.items()
        if len(some) == looked_at and _date(sorted(some, key=_date)[-most]) == min(map(_date, some))
    ]
    if many:
        rows = lookup.select(_of_roles(_newest(role, roles, None) for role in many), about=iri)
        found |= {role: [row for row in rows if row["role"] == role] for role in many}
    return [row for some in found.values() for row in _newest_first(some)[:most]]


def paper_lists(
    rows: Sequence[Row], counts: Mapping[str, int], iri: str, kind: str, links: Links, labels: Mapping[str, str]
) -> tuple[PaperList, ...]:
    """The lists of a thing's page, without those that are empty."""
    lists = []
    for role, name, heading in PAPER_ROLES[kind]:
        papers = _listed([row for row in rows if row["role"] == role], links, labels)
        count = max(counts.get(role, 0), len(papers))
        if papers:
            href = f"{links.href(iri)}?role={name}" if count > len(papers) else None
            lists.append(PaperList(heading, count, papers, href))
    return tuple(lists)


def papers_page(lookup: Lookup, links: Links, iri: str, kind: str, role_name: str, page: int) -> PapersPage | None:
    """A page of all papers of one role, by three queries; None where there is no such role or page."""
    found = next((one for one in PAPER_ROLES.get(kind, ()) if one[1] == role_name), None)
    if found is None or page < 1:
        return None
    role, _, heading = found
    roles = [one for one, _, _ in PAPER_ROLES[kind]]
    count = count_papers(lookup, iri, kind).get(role, 0)
    pages = max(1, -(-count // ON_A_PAGE))
    if page > pages:
        return None
    rows = lookup.select(
        f"SELECT ?role ?paper ?date WHERE {{ {_listing(role, roles, ON_A_PAGE, (page - 1) * ON_A_PAGE)} }}", about=iri
    )
    labels = lookup.labels(row["paper"] for row in rows)
    return PapersPage(heading, count, _listed(rows, links, labels), page, pages)


def _pattern(role: str, roles: Sequence[str]) -> str:
    """Papers of a role; ``pt:mentions`` holds for the others too, and means the rest here."""
    others = [one for one in roles if one != role]
    if role != "pt:mentions" or not others:
        return f"?paper {role} $about"
    apart = " ".join(f"FILTER NOT EXISTS {{ ?paper {other} $about }}" for other in others)
    return f"?paper {role} $about {apart}"


def _of_roles(branches: Iterable[str]) -> str:
    return f"SELECT ?role ?paper ?date WHERE {{ {' UNION '.join(branches)} }}"


def _newest(role: str, roles: Sequence[str], most: int | None) -> str:
    """The newest papers of a role, in no order among those of a day; all papers without ``most``."""
    end = "" if most is None else f"ORDER BY DESC(?date) LIMIT {most}"
    return (
        f'{{ SELECT ("{role}" AS ?role) ?paper (STR(?day) AS ?date) WHERE {{ {_pattern(role, roles)} '
        f"OPTIONAL {{ ?paper dcterms:date ?day }} }} {end} }}"
    )


def _date(row: Row) -> str:
    return row.get("date", "")


def _newest_first(rows: Iterable[Row]) -> list[Row]:
    """Those without a date last; equal ones by IRI."""
    return sorted(sorted(rows, key=lambda row: row["paper"]), key=_date, reverse=True)


def _listing(role: str, roles: Sequence[str], most: int, offset: int) -> str:
    return (
        f'{{ SELECT ("{role}" AS ?role) ?paper (STR(?day) AS ?date) WHERE {{ {_pattern(role, roles)} '
        f"OPTIONAL {{ ?paper dcterms:date ?day }} }} ORDER BY DESC(?date) ?paper LIMIT {most} OFFSET {offset} }}"
    )


def _listed(rows: Sequence[Row], links: Links, labels: Mapping[str, str]) -> tuple[ListedPaper, ...]:
    """The newest first; those without a date last, by IRI."""
    return tuple(
        ListedPaper(links.thing(row["paper"], labels.get(row["paper"])), row.get("date")) for row in _newest_first(rows)
    )
