"""``/paper``, ``/task``, ``/method``, ``/dataset``, ``/metric``, ``/leaderboard``: what the graph holds, in lists.

The lists of a version are found once and kept; a page shows a hundred entries of one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from kg.serve.entity_concept import board_href
from kg.serve.entity_lookup import Lookup
from kg.serve.pages_context import OncePerVersion
from kg.serve.pages_home import (
    RANKED_BY,
    DatedPaper,
    Fresh,
    GraphCounts,
    Ranked,
    RankedBoard,
    count_classes,
    fresh_results,
    largest_boards,
    newest_papers,
    ranked_concepts,
    trending_papers,
)
from kg.serve.pages_links import Links, Thing
from kg.store import EmbeddedStore

ON_A_PAGE = 100
LISTS = "papertriples lists"  # where an app keeps them
EntryT = TypeVar("EntryT")


def _of_kind(kind: str) -> Callable[[Lookup], tuple[Ranked, ...]]:
    return lambda lookup: ranked_concepts(lookup, kind)


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of the version that is served, each made at its first use."""

    counts: OncePerVersion[GraphCounts] = field(default_factory=lambda: OncePerVersion(count_classes))
    papers: OncePerVersion[tuple[DatedPaper, ...]] = field(default_factory=lambda: OncePerVersion(newest_papers))
    boards: OncePerVersion[tuple[RankedBoard, ...]] = field(default_factory=lambda: OncePerVersion(largest_boards))
    trending: OncePerVersion[tuple[tuple[DatedPaper, int], ...]] = field(
        default_factory=lambda: OncePerVersion(trending_papers)
    )
    fresh: OncePerVersion[Fresh] = field(default_factory=lambda: OncePerVersion(fresh_results))
    concepts: dict[str, OncePerVersion[tuple[Ranked, ...]]] = field(
        default_factory=lambda: {kind: OncePerVersion(_of_kind(kind)) for kind in RANKED_BY}
    )

    def weights(self, store: EmbeddedStore, lookup: Lookup) -> dict[str, int]:
        """The numbers of papers of the tasks, methods and datasets that have the most."""
        kept = (self.concepts[kind].get(store, lookup) for kind in ("task", "method", "dataset"))
        return {one.iri: one.count for ranked in kept for one in ranked}

    def warm(self, store: EmbeddedStore, lookup: Lookup) -> None:
        """Make all of them, so that nobody waits."""
        self.counts.get(store, lookup)
        self.papers.get(store, lookup)
        self.boards.get(store, lookup)
        self.fresh.get(store, lookup)
        self.trending.get(store, lookup)
        for one in self.concepts.values():
            one.get(store, lookup)


@dataclass(frozen=True, slots=True)
class Cut:
    """A page of a list: what it shows, and which one of how many it is."""

    first: int  # the place of its first entry, from 1
    page: int
    pages: int
    total: int


def cut(entries: Sequence[EntryT], page: int) -> tuple[Sequence[EntryT], Cut] | None:
    """A page of a list, None where there is no such page.

    >>> cut("abc", 1)
    ('abc', Cut(first=1, page=1, pages=1, total=3))
    >>> cut("abc", 2) is None
    True
    """
    pages = max(1, -(-len(entries) // ON_A_PAGE))
    if not 1 <= page <= pages:
        return None
    start = (page - 1) * ON_A_PAGE
    return entries[start : start + ON_A_PAGE], Cut(start + 1, page, pages, len(entries))


def linked(ranked: Sequence[Ranked], links: Links) -> list[tuple[Thing, int]]:
    """Concepts with their links and numbers of papers."""
    return [(links.thing(one.iri, one.label), one.count) for one in ranked]


def linked_boards(boards: Sequence[RankedBoard], links: Links) -> list[tuple[Thing, int]]:
    """Leaderboards with their links and numbers of results."""
    return [
        (Thing("", f"{one.task_label} on {one.dataset_label}", board_href(links, one.task, one.dataset), ""), one.count)
        for one in boards
    ]


def linked_papers(papers: Sequence[DatedPaper], links: Links) -> list[tuple[Thing, str | None]]:
    """Papers with their links and dates."""
    return [(links.thing(one.iri, one.label), one.date) for one in papers]


def linked_trending(papers: Sequence[tuple[DatedPaper, int]], links: Links) -> list[tuple[Thing, int]]:
    """Papers with their links and how many papers use what they introduce."""
    return [(links.thing(one.iri, one.label), count) for one, count in papers]
