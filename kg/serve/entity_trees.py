"""Lineages of methods and related papers, as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.graph.lineage import PHRASES, Branch, Lineage
from kg.graph.related import RelatedPaper
from kg.serve.entity_lookup import Lookup
from kg.serve.pages_links import Links, Thing

MOST_SHARED = 4


@dataclass(frozen=True, slots=True)
class Node:
    """A method in a tree: how it is joined to the one above it, and what hangs from it."""

    phrase: str
    thing: Thing
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """What a method comes from, or what came of it."""

    heading: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A paper that shares rare concepts with another."""

    paper: Thing
    shared: tuple[Thing, ...]


def trees_of(found: Lineage, links: Links) -> tuple[Tree, ...]:
    """The trees of a method that have branches."""
    trees = (
        Tree("Comes from", _nodes(found.above, True, links)),
        Tree("What came of it", _nodes(found.below, False, links)),
    )
    return tuple(tree for tree in trees if tree.nodes)


def _nodes(branch: Branch, up: bool, links: Links) -> tuple[Node, ...]:
    return tuple(
        Node(PHRASES[one.relation, up], links.thing(one.iri, one.label), _nodes(one, up, links))
        for one in branch.branches
    )


def related_things(found: Iterable[RelatedPaper], lookup: Lookup, links: Links) -> tuple[Related, ...]:
    """Related papers with their labels and what they share, by one query."""
    kept = list(found)
    labels = lookup.labels(iri for one in kept for iri in (one.iri, *one.shared[:MOST_SHARED]))
    return tuple(
        Related(
            links.thing(one.iri, labels.get(one.iri)),
            tuple(links.thing(iri, labels.get(iri)) for iri in one.shared[:MOST_SHARED]),
        )
        for one in kept
    )
