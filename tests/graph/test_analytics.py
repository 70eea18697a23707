"""Analytics of a small corpus of our own, whose answers can be reckoned by hand."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import networkx as nx
import pytest
from pyoxigraph import Literal, NamedNode

from kg.graph import vocabulary as v
from kg.graph.analytics import analytics_of, central_methods, co_used, emerging, related, task_communities
from kg.graph.analytics_quads import analytics_triples, graphml
from kg.graph.centrality import betweenness, pagerank
from kg.graph.corpus import Corpus, corpus_of
from kg.graph.inferring import Read
from kg.graph.iris import Iris

BASE = "https://example.org/kg/"
PAPERS = tuple(f"p{number}" for number in range(12))


def read_of(*triples: tuple[str, NamedNode, str | int]) -> Read:
    """Methods begin with a capital, tasks with a small letter, papers with p and a digit."""
    found: dict[NamedNode, list[tuple[object, object]]] = {}
    names: set[str] = set()
    for subject, predicate, obj in triples:
        other = Literal(obj) if isinstance(obj, int) else node(obj)
        found.setdefault(predicate, []).append((node(subject), other))
        names |= {subject} | ({obj} if isinstance(obj, str) else set())
    for name in names:
        kind = v.PT_Paper if name in PAPERS else v.PT_Method if name[0].isupper() else v.PT_Task
        found.setdefault(v.RDF_type, []).append((node(name), kind))
        found.setdefault(v.RDFS_label, []).append((node(name), Literal(name)))
    return lambda predicate: found.get(predicate, [])


def node(name: str) -> NamedNode:
    return NamedNode(BASE + name)


def names(*iris: str) -> list[str]:
    return [iri.removeprefix(BASE) for iri in iris]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    tasks = [("p1", "parsing"), ("p1", "tagging"), ("p2", "parsing"), ("p2", "tagging"), ("p3", "parsing")]
    tasks += [("p4", "detection"), ("p4", "tracking"), ("p5", "detection"), ("p5", "tracking"), ("p3", "detection")]
    years = {"p1": 2019, "p2": 2019, "p3": 2020, "p4": 2020, "p5": 2020, "p6": 2021, "p7": 2021, "p8": 2021}
    return corpus_of(
        read_of(
            *((paper, v.PT_addresses, task) for paper, task in tasks),
            *((paper, v.PT_mentions, task) for paper, task in tasks),
            *((paper, v.PT_year, year) for paper, year in years.items()),
            *((paper, v.PT_mentions, "New") for paper in ("p6", "p7", "p8")),
            ("shallow", v.PT_subTaskOf, "parsing"),
            ("Wren", v.PT_kindOf, "Loom"),
            ("Starling", v.PT_kindOf, "Loom"),
            ("Starling", v.PT_kindOf, "Loom"),  # two graphs say so
            ("Loom", v.PT_usedFor, "parsing"),
            ("Wren", v.PT_sameNameAs, "wren"),
            ("p1", v.PT_uses, "Loom"),
            ("p1", v.PT_introduces, "Wren"),
            ("p2", v.PT_uses, "Loom"),
            ("p2", v.PT_uses, "Wren"),
            ("p3", v.PT_uses, "Starling"),
            ("p3", v.PT_uses, "Loom"),
        )
    )


def test_central_methods_stand_between_others(corpus: Corpus) -> None:
    found = central_methods(corpus)
    assert names(*(one.iri for one in found)) == ["Loom", "Starling", "Wren"]
    # shallow - parsing - Loom - Wren, Starling: five of the six pairs of the others are joined through Loom.
    assert [one.betweenness for one in found] == [pytest.approx(5 / 6), 0, 0]
    assert corpus.relations[f"{BASE}Starling", f"{BASE}Loom"] == 2
    assert not any("wren" in pair for pair in corpus.relations)


def test_tasks_that_the_same_papers_address_are_a_community(corpus: Corpus) -> None:
    found = task_communities(corpus)
    assert [(names(one.centre)[0], set(names(*one.tasks))) for one in found] == [
        ("parsing", {"parsing", "shallow", "tagging"}),
        ("detection", {"detection", "tracking"}),
    ]


def test_methods_that_two_papers_use_together(corpus: Corpus) -> None:
    assert [(*names(one.one, one.other), one.weight) for one in co_used(corpus)] == [("Loom", "Wren", 2)]


def test_papers_that_share_rare_tasks_are_related(corpus: Corpus) -> None:
    found = {tuple(names(one.one, one.other)): one.weight for one in related(corpus)}
    assert found["p1", "p2"] == pytest.approx(1 / 3 + 1 / 2, abs=1e-6)
    assert found["p3", "p4"] == pytest.approx(1 / 3, abs=1e-6)
    assert ("p1", "p4") not in found
    weights = [one.weight for one in related(corpus)]
    assert weights == sorted(weights, reverse=True)


def test_what_nobody_named_before_emerges(corpus: Corpus) -> None:
    # New: five papers before and three in the year, so that 3 * 0.5 / 6 = 0.25 were expected. The latest year first.
    assert [(*names(one.concept), one.year, one.papers, one.score) for one in emerging(corpus)] == [
        ("New", 2021, 3, 5.5),
        ("detection", 2020, 3, 3.5355),
    ]
    assert emerging(replace(corpus, years={})) == ()


def test_nothing_comes_of_nothing() -> None:
    found = analytics_of(corpus_of(read_of()))
    assert (found.methods, found.communities, found.co_used, found.related, found.emerging) == ((), (), (), (), ())


def test_triples_say_each_thing_once_with_its_label(corpus: Corpus) -> None:
    triples = list(analytics_triples(analytics_of(corpus), corpus, Iris(BASE)))
    assert len(set(triples)) == len(triples)
    typed = {subject for subject, predicate, _ in triples if predicate == v.RDF_type}
    labelled = {subject: obj for subject, predicate, obj in triples if predicate == v.RDFS_label}
    assert typed == set(labelled)
    assert Literal("Loom and Wren") in labelled.values()
    assert (node("tagging"), v.PT_community, node("community/parsing")) in triples


def test_the_network_is_graphml_with_figures(corpus: Corpus) -> None:
    written = graphml(analytics_of(corpus), corpus)
    assert written == graphml(analytics_of(corpus), corpus)
    graph = nx.parse_graphml(written.decode())
    assert graph.nodes[f"{BASE}Loom"]["betweenness"] == pytest.approx(5 / 6)
    assert graph.nodes[f"{BASE}tagging"]["community"] == "parsing"
    kinds = {data["kind"] for _, _, data in graph.edges(data=True)}
    assert kinds == {"related", "usedTogether"}


def test_pagerank_adds_up_and_follows_weights() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edge("a", "b", weight=3)
    graph.add_edge("a", "c", weight=1)
    graph.add_edge("c", "a", weight=1)
    ranks = pagerank(graph)
    assert sum(ranks.values()) == pytest.approx(1)
    assert ranks["b"] > ranks["c"]


def test_betweenness_of_a_large_network_is_estimated_alike_whatever_the_order() -> None:
    star: nx.Graph[str] = nx.Graph(("centre", f"leaf {number:03}") for number in range(60))
    turned: nx.Graph[str] = nx.Graph(reversed(list(star.edges())))
    estimated = betweenness(star, exact=10, pivots=12)
    assert estimated == betweenness(turned, exact=10, pivots=12)
    assert estimated["centre"] == pytest.approx(betweenness(star)["centre"], rel=0.2)
    assert max(estimated, key=lambda one: estimated[one]) == "centre"


_HASHED = """
import sys
from random import Random
from kg.graph.centrality import communities, together
names = [f"task {number}" for number in range(80)]
draw = Random(5)
papers = {name: sorted({str(draw.randrange(60)) for _ in range(9)}) for name in names}
print(communities(together(papers)))
"""


def test_the_order_of_strings_in_sets_does_not_show() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", _HASHED],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1
    assert printed.pop().count("task") == 80
