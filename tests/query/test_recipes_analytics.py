"""Recipes that ask for analytics, on the small graph with its analytics and a few dated papers more."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from kg.assemble.deriving import DERIVED, stated
from kg.graph import vocabulary as v
from kg.graph.literals import integer
from kg.store import EmbeddedStore, open_store
from tests.query.small import IRIS, quads, write_store
from tests.query.test_recipes_shipped import RECIPES, ask

TASKS = ("node classification", "link prediction")
STARLING, LOOM = IRIS.concept("Method", "starling"), IRIS.concept("Method", "graph loom")


def dated_papers() -> Iterator[ox.Quad]:
    """Eight papers of 2020 that name nothing, three of 2024 that use two methods of the small graph."""
    for number in range(11):
        paper = IRIS.paper(f"dated {number}")
        graph = IRIS.paper_graph(paper)
        late = number >= 8
        triples: list[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]] = [
            (paper, v.RDF_type, v.PT_Paper),
            (paper, v.RDFS_label, ox.Literal(f"Dated {number}")),
            (paper, v.PT_year, integer(2024 if late else 2020)),
        ]
        if late:
            triples += [(paper, predicate, one) for predicate in (v.PT_uses, v.PT_mentions) for one in (STARLING, LOOM)]
            triples += [(paper, v.PT_addresses, IRIS.concept("Task", key)) for key in TASKS]
        for triple in triples:
            yield ox.Quad(*triple, graph)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    said = [*quads(), *dated_papers()]
    graph = ox.Store()
    graph.extend(said)
    derived = DERIVED["analytics"](stated(graph, IRIS), IRIS.graph("analytics"), IRIS)
    with open_store(write_store(tmp_path_factory.mktemp("analytics") / "store", [*said, *derived])) as opened:
        yield opened


def test_there_are_recipes_for_all_that_analytics_say() -> None:
    assert {recipe.name for recipe in RECIPES if "analytics" in recipe.tags} == {
        "central-methods",
        "emerging-concepts",
        "methods-used-together",
        "related-papers",
        "task-communities",
    }


def test_central_methods(store: EmbeddedStore) -> None:
    found = ask(store, "central-methods")
    assert {row["label"] for row in found} == {"GraphLoom", "Loom", "Starling"}
    ranks = [float(row["pageRank"]) for row in found]
    assert ranks == sorted(ranks, reverse=True)
    assert all(0 <= float(row["betweenness"]) <= 1 for row in found)


def test_related_papers_and_what_they_share(store: EmbeddedStore) -> None:
    found = ask(store, "related-papers", paper="dated 8")
    assert {"Dated 9", "Dated 10"} <= {row["title"] for row in found}
    assert [float(row["weight"]) for row in found] == sorted((float(row["weight"]) for row in found), reverse=True)
    assert set(found[0]["shared"].split("; ")) == {"GraphLoom", "Starling"}
    assert ask(store, "related-papers", paper="2106.00001")
    assert ask(store, "related-papers", paper=IRIS.paper("dated 1").value) == []


def test_what_emerged_in_a_year(store: EmbeddedStore) -> None:
    found = ask(store, "emerging-concepts", year="2024")
    assert {(row["year"], row["label"], row["papers"]) for row in found} >= {("2024", "GraphLoom", "3")}
    assert ask(store, "emerging-concepts") == found
    assert ask(store, "emerging-concepts", year="1999") == []


def test_communities_of_tasks_name_them(store: EmbeddedStore) -> None:
    (row,) = ask(store, "task-communities")
    assert (row["label"], row["tasks"], row["names"]) == (
        "link prediction",
        "2",
        "link prediction; node classification",
    )


def test_methods_used_together(store: EmbeddedStore) -> None:
    found = ask(store, "methods-used-together")
    assert tuple(found[0][one] for one in ("label", "otherLabel", "papers")) == ("GraphLoom", "Starling", "4")
    (mine,) = [
        row for row in ask(store, "methods-used-together", method="starling") if row["otherLabel"] == "GraphLoom"
    ]
    assert mine["papers"] == "4"
