"""Quads -> networkx: nodes, edges, rankings."""

from __future__ import annotations

import io
import json
import random

import networkx as nx
import pytest

from kg.graph.analyse import analyse, network
from tests.graph.cases import IRIS, all_quads

PAPER = IRIS.paper("arxiv 2101 00001").value
METHOD, OTHER = IRIS.concept("Method", "foonet").value, IRIS.concept("Method", "baznet").value


@pytest.fixture(scope="module")
def graph() -> nx.MultiDiGraph[str]:
    return network(all_quads())


def test_nodes_are_entities_with_label_and_type(graph: nx.MultiDiGraph[str]) -> None:
    assert graph.nodes[METHOD] == {"label": "FooNet", "type": "Method"}
    assert graph.nodes[PAPER]["type"] == "Paper"
    assert graph.nodes[PAPER]["year"] == 2021
    kinds = {attributes["type"] for _, attributes in graph.nodes(data=True)}
    assert kinds == {"Paper", "Task", "Method", "Dataset", "Metric", "Result", "Repository", "Person", "Venue"}


def test_edges_carry_what_texts_say_of_them(graph: nx.MultiDiGraph[str]) -> None:
    assert graph.edges[PAPER, METHOD, "pt:introduces"] == {
        "predicate": "pt:introduces",
        "confidence": 0.97,
        "papers": 1,
    }
    # Two papers compare the two; one of the directions is by rule and shares the sentences.
    assert graph.edges[METHOD, OTHER, "pt:comparedWith"]["papers"] == 2
    assert graph.edges[OTHER, METHOD, "pt:comparedWith"]["papers"] == 2
    assert graph.edges[PAPER, METHOD, "pt:mentions"] == {"predicate": "pt:mentions"}


def test_what_is_too_unsure_is_no_edge(graph: nx.MultiDiGraph[str]) -> None:
    unsure, task = IRIS.paper("on foonet jsonl 7").value, IRIS.concept("Task", "parsing").value
    assert set(graph[unsure][task]) == {"pt:mentions"}


def test_order_and_repetition_mean_nothing(graph: nx.MultiDiGraph[str]) -> None:
    quads = all_quads()
    again = network(random.Random(7).sample(quads, len(quads)) + quads)
    assert list(again.nodes(data=True)) == list(graph.nodes(data=True))
    assert list(again.edges(keys=True, data=True)) == list(graph.edges(keys=True, data=True))
    assert analyse(again) == analyse(graph)


def test_both_file_formats_take_the_graph(graph: nx.MultiDiGraph[str]) -> None:
    for write, read in ((nx.write_graphml_xml, nx.read_graphml), (nx.write_gexf, nx.read_gexf)):
        file = io.BytesIO()
        write(graph, file)
        file.seek(0)
        again = read(file)
        assert again.number_of_nodes() == graph.number_of_nodes()
        assert again.number_of_edges() == graph.number_of_edges()


def test_the_analysis_ranks_and_counts(graph: nx.MultiDiGraph[str]) -> None:
    found = analyse(graph, limit=3)
    assert dict(found.nodes_by_type)["Paper"] == 5
    assert found.nodes == sum(number for _, number in found.nodes_by_type)
    assert found.degree[0].label == "FooNet"
    assert [row.score for row in found.degree] == sorted((row.score for row in found.degree), reverse=True)
    assert len(found.degree) == 3
    assert sum(component.nodes for component in analyse(graph, limit=10**6).components) == found.nodes
    json.dumps(found.as_dict())
    assert "FooNet" in found.as_text()


def test_an_empty_graph_is_analysed() -> None:
    found = analyse(network([]))
    assert (found.nodes, found.edges, found.component_count) == (0, 0, 0)
    assert "0 nodes" in found.as_text()
