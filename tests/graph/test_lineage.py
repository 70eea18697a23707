"""Lineage of a method and papers that share rare concepts, read from a merge by its indexes."""

from __future__ import annotations

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kg.graph import vocabulary as v
from kg.graph.lineage import Branch, lineage
from kg.graph.related import COMMON, related_pairs, related_papers


def node(name: str) -> NamedNode:
    return NamedNode(f"https://example.org/kg/{name}")


def merge(*triples: tuple[str, NamedNode, str]) -> pyoxigraph.Store:
    """Labels are the names themselves; what begins with a capital is a method."""
    store = pyoxigraph.Store()
    for subject, predicate, obj in triples:
        store.add(Quad(node(subject), predicate, node(obj)))
        for name in (subject, obj):
            store.add(Quad(node(name), v.RDFS_label, Literal(name)))
            if name[0].isupper():
                store.add(Quad(node(name), v.RDF_type, v.PT_Method))
    return store


@pytest.fixture(scope="module")
def looms() -> pyoxigraph.Store:
    return merge(
        ("GraphLoom", v.PT_kindOf, "Loom"),
        ("Shuttle", v.PT_partOf, "GraphLoom"),
        ("p1", v.PT_introduces, "GraphLoom"),
        ("p1", v.PT_uses, "Spindle"),
        ("p1", v.PT_uses, "yarn"),  # a dataset
        ("Starling", v.PT_kindOf, "GraphLoom"),
        ("Wren", v.PT_kindOf, "GraphLoom"),
        ("p2", v.PT_uses, "GraphLoom"),
        ("p2", v.PT_introduces, "Finch"),
        ("GraphLoom", v.PT_partOf, "Mill"),
        ("Spindle", v.PT_kindOf, "GraphLoom"),  # texts contradict each other: no end without a mark of what was seen
        ("p2", v.PT_mentions, "Wren"),
    )


def shape(branch: Branch) -> object:
    return [(one.relation, one.label, shape(one)) for one in branch.branches]


def test_a_method_comes_from_kinds_parts_and_what_its_paper_uses(looms: pyoxigraph.Store) -> None:
    found = lineage(looms, node("GraphLoom"))
    assert shape(found.above) == [("kindOf", "Loom", []), ("partOf", "Shuttle", []), ("uses", "Spindle", [])]
    # Named by more papers first, then by label.
    assert shape(found.below) == [
        ("kindOf", "Wren", []),
        ("kindOf", "Spindle", []),
        ("kindOf", "Starling", []),
        ("partOf", "Mill", []),
        ("uses", "Finch", []),
    ]
    assert "  builds on Spindle" in found.as_text().splitlines()
    assert found.as_dict()["below"]["branches"][4] == {  # type: ignore[index]
        "iri": node("Finch").value,
        "label": "Finch",
        "relation": "uses",
        "branches": [],
        "more": 0,
    }


def test_depth_and_width_bound_the_trees_and_are_told(looms: pyoxigraph.Store) -> None:
    far = lineage(looms, node("Starling"))
    assert shape(far.above) == [
        ("kindOf", "GraphLoom", [("kindOf", "Loom", []), ("partOf", "Shuttle", []), ("uses", "Spindle", [])])
    ]
    near = lineage(looms, node("Starling"), depth=1)
    assert shape(near.above) == [("kindOf", "GraphLoom", [])]
    assert near.above.branches[0].more == 3
    narrow = lineage(looms, node("GraphLoom"), width=2)
    assert [one.label for one in narrow.below.branches] == ["Wren", "Spindle"]
    assert narrow.below.more == 3
    assert "... 3 more" in narrow.as_text()


def test_a_method_without_relations_is_alone(looms: pyoxigraph.Store) -> None:
    found = lineage(looms, node("nowhere"))
    assert (found.above.branches, found.below.branches) == ((), ())
    assert "nothing in the graph" in found.as_text()


def test_papers_are_related_by_what_they_share_and_how_rare_it_is() -> None:
    store = merge(
        *((paper, v.PT_mentions, "usual") for paper in ("p1", "p2", "p3", "p4")),
        *((paper, v.PT_mentions, "rare") for paper in ("p1", "p3")),
        ("p4", v.PT_mentions, "own"),
    )
    found = related_papers(store, node("p1"))
    assert [(one.iri, one.weight) for one in found] == [
        (node("p3").value, 0.75),
        (node("p2").value, 0.25),
        (node("p4").value, 0.25),
    ]
    assert found[0].shared == (node("rare").value, node("usual").value)
    assert related_papers(store, node("p1"), limit=1) == found[:1]
    assert related_papers(store, node("nowhere")) == ()


def test_what_too_many_papers_mention_relates_none() -> None:
    store = merge(*((f"p{number}", v.PT_mentions, "usual") for number in range(COMMON + 1)))
    assert related_papers(store, node("p1")) == ()
    assert related_pairs({"usual": [f"p{number}" for number in range(COMMON + 1)]}) == {}


def test_all_pairs_are_those_of_each_paper() -> None:
    mentions = {"a": ["p1", "p2", "p3"], "b": ["p2", "p3"], "c": ["p1", "p4"], "d": ["p4"]}
    store = merge(*((paper, v.PT_mentions, concept) for concept, papers in mentions.items() for paper in papers))
    for limit in (1, 2, 10):
        pairs = {
            (min(paper, one.iri), max(paper, one.iri)): one.weight
            for paper in (node(name).value for name in ("p1", "p2", "p3", "p4"))
            for one in related_papers(store, NamedNode(paper), limit)
        }
        named = {concept: [node(paper).value for paper in papers] for concept, papers in mentions.items()}
        assert related_pairs(named, limit) == pairs
