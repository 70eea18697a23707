"""The search box: words, prefixes, other names, and whatever people type."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from kg.graph.vocabulary import expand
from kg.store import Manifest, VersionWriter, open_store
from kg.store.versions import search_file
from tests.store.graphs import BASE

CONCEPTS = NamedNode(BASE + "graph/concepts")
ENTITIES = (
    ("method/gat", "Method", "Graph Attention Network", ("GAT", "graph attention networks")),
    ("task/nc", "Task", "node classification", ()),
    ("method/c--1", "Method", "C++", ()),
    ("paper/p", "Paper", "Attention für Übersetzer", ()),
    ("dataset/zh", "Dataset", "中文维基百科语料", ()),
    ("metric/f1", "Metric", "F1", ("F-score",)),
    ("run/x", "ExtractionRun", "graph tagger", ()),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    location = tmp_path_factory.mktemp("search")
    quads = []
    for name, kind, label, others in ENTITIES:
        iri = NamedNode(BASE + name)
        quads += [Quad(iri, expand("rdf:type"), expand(f"pt:{kind}"), CONCEPTS)]
        quads += [Quad(iri, expand("rdfs:label"), Literal(label), CONCEPTS)]
        quads += [Quad(iri, expand("skos:altLabel"), Literal(other), CONCEPTS) for other in others]
    with VersionWriter(location, 0) as writer:
        writer.replace_graph(CONCEPTS, quads)
        writer.publish(Manifest(version=1, base_iri=BASE))
    return location


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("graph attention", ["Graph Attention Network"]),
        ("attent", ["Attention für Übersetzer", "Graph Attention Network"]),
        ("GAT", ["Graph Attention Network"]),
        ("ubersetz", ["Attention für Übersetzer"]),
        ("NODE", ["node classification"]),
        ("class node", []),
        ("node class", ["node classification"]),
        ("c++", ["C++", "node classification"]),
        ("++", ["C++"]),
        ("维基", ["中文维基百科语料"]),
        ("中文", ["中文维基百科语料"]),
        ("f score", ["F1"]),
        ('"graph', ["Graph Attention Network"]),
        ("graph*", ["Graph Attention Network"]),
        ("label:graph", []),
        ("", []),
        ("   ", []),
        ("%", []),
        ("_", []),
        ('NEAR(graph, "', []),
        ("tagger", []),
    ],
)
def test_what_is_found(folder: Path, text: str, found: list[str]) -> None:
    with open_store(folder) as store:
        hits = [hit.label for hit in store.search(text)]
    assert hits == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("grpah atention", "Graph Attention Network"),  # swapped and missing letters
        ("attentoin net", "Graph Attention Network"),
        ("grahp netw", "Graph Attention Network"),  # the last word may be a beginning
        ("clasification", "node classification"),
        ("clasif", "node classification"),
        ("Übersetzr", "Attention für Übersetzer"),
        ("graph qqqqqqq", "Graph Attention Network"),  # one word is like nothing: the others count
    ],
)
def test_what_is_spelled_alike_is_found(folder: Path, text: str, found: str) -> None:
    with open_store(folder) as store:
        assert store.search(text) == []
        assert store.search_like(text)[0].label == found


def test_what_is_like_nothing_is_not_found(folder: Path) -> None:
    with open_store(folder) as store:
        for text in ("qqqqqqq", "", "++", "f9", '"NEAR(', "x" * 400):
            assert store.search_like(text) == [], text
        assert [hit.type for hit in store.search_like("atention", types=["Paper"])] == ["Paper"]
        assert store.search_like("atention", limit=0) == []
        assert len(store.search_like("atention", limit=1)) == 1


def test_types_limits_and_snippets(folder: Path) -> None:
    with open_store(folder) as store:
        assert [hit.type for hit in store.search("attention", types=["Paper"])] == ["Paper"]
        assert store.search("attention", types=[]) == []
        assert len(store.search("attention", limit=1)) == 1
        assert store.search("attention", limit=0) == []
        (gat,) = store.search("gat")
        assert (gat.iri, gat.snippet) == (BASE + "method/gat", "GAT")
        assert store.search("graph")[0].snippet is None


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=30))
def test_no_text_is_query_syntax(folder: Path, text: str) -> None:
    with open_store(folder) as store:
        store.search(text)


def test_an_index_of_an_older_layout_is_made_again(tmp_path: Path) -> None:
    iri = NamedNode(BASE + "method/hoi-detection")
    named = [Quad(iri, expand("rdf:type"), expand("pt:Method"), CONCEPTS)]
    named += [Quad(iri, expand("skos:prefLabel"), Literal("HOI detection"), CONCEPTS)]
    named += [Quad(iri, expand("skos:altLabel"), Literal("interaction detection"), CONCEPTS)]
    other = Quad(NamedNode(BASE + "x"), expand("rdfs:label"), Literal("x"), NamedNode(BASE + "graph/x"))
    with VersionWriter(tmp_path, 0) as writer:
        writer.replace_graph(CONCEPTS, named)
        writer.publish(Manifest(version=1, base_iri=BASE))
    with closing(sqlite3.connect(search_file(tmp_path, 1))) as index, index:
        index.executescript("DROP TABLE former; PRAGMA user_version = 0;")
    with open_store(tmp_path) as store:
        assert (store.heirs(BASE + "method/interaction-detection"), len(store.search("HOI"))) == ([], 1)
    with VersionWriter(tmp_path, 1) as writer:
        writer.replace_graph(NamedNode(BASE + "graph/x"), [other])
        writer.publish(Manifest(version=2, base_iri=BASE))
    with open_store(tmp_path) as store:
        assert [hit.iri for hit in store.heirs(BASE + "method/interaction-detection")] == [iri.value]


def test_versions_with_the_same_names_share_one_index(tmp_path: Path) -> None:
    def say(version: int, text: str, label: str) -> None:
        quads = [
            Quad(NamedNode(BASE + "method/x"), expand("rdf:type"), expand("pt:Method"), CONCEPTS),
            Quad(NamedNode(BASE + "method/x"), expand("rdfs:label"), Literal(label), CONCEPTS),
            Quad(NamedNode(BASE + "method/x"), expand("rdfs:comment"), Literal(text), CONCEPTS),
        ]
        with VersionWriter(tmp_path, version - 1) as writer:
            writer.replace_graph(CONCEPTS, quads)
            writer.publish(Manifest(version=version, base_iri=BASE))

    say(1, "one", "first name")
    with open_store(tmp_path) as first:
        say(2, "two", "first name")
        with open_store(tmp_path) as second:
            assert search_file(tmp_path, 2).samefile(search_file(tmp_path, 1))
            say(3, "two", "other name")
            assert not search_file(tmp_path, 3).samefile(search_file(tmp_path, 2))
            assert [len(one.search("first")) for one in (first, second)] == [1, 1]
    with open_store(tmp_path) as third:
        assert [len(third.search(name)) for name in ("first", "other")] == [0, 1]
