"""Every format is read back by a library that knows it, and holds what the store holds."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pyoxigraph
import pytest
import rdflib

from kg.errors import PapertriplesError, ProblemLog, UnknownFormat, UsageError
from kg.export import FORMATS, export
from kg.pipeline import build
from kg.store import EmbeddedStore, open_store

PAPERS = [
    {
        "title": "GridNet: A Detector for Object Detection",
        "abstract": "We propose GridNet, a one-stage detector. GridNet reaches 51.2 AP on COCO, outperforming Baz "
        "by 2.1 AP. Code is available at https://github.com/example/gridnet.",
        "authors": ["Ada Example", "Bo Sample"],
        "year": 2021,
    },
    {
        "title": 'A "quoted" title & <markup>, with commas\u2028and separators',
        "abstract": "We study parsing, in Straße.",
    },
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    folder = tmp_path_factory.mktemp("export")
    lines = "".join(json.dumps(paper) + "\n" for paper in PAPERS)
    (folder / "papers.jsonl").write_text(lines, encoding="utf-8")
    build([folder / "papers.jsonl"], folder / "store", handler=ProblemLog())
    with open_store(folder / "store") as opened:
        yield opened


def merge(store: EmbeddedStore) -> set[pyoxigraph.Triple]:
    return {quad.triple for quad in store.graph.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph())}


def named(store: EmbeddedStore) -> set[pyoxigraph.Quad]:
    return {quad for quad in store.graph if quad.graph_name != pyoxigraph.DefaultGraph()}


@pytest.mark.parametrize("format", ["ttl", "nt", "rdfxml"])
def test_triple_formats_hold_the_merge_each_triple_once(store: EmbeddedStore, tmp_path: Path, format: str) -> None:
    export(store, format, tmp_path / "graph")
    quads = list(pyoxigraph.parse(path=str(tmp_path / "graph"), format=FORMATS[format].rdf))
    assert len(quads) == len(merge(store))
    assert {quad.triple for quad in quads} == merge(store)


@pytest.mark.parametrize("format", ["nq", "trig", "jsonld"])
def test_quad_formats_hold_the_named_graphs(store: EmbeddedStore, tmp_path: Path, format: str) -> None:
    export(store, format, tmp_path / "graph")
    assert set(pyoxigraph.parse(path=str(tmp_path / "graph"), format=FORMATS[format].rdf)) == named(store)


@pytest.mark.parametrize("format", ["ttl", "nt", "rdfxml"])
def test_rdflib_reads_what_the_store_writes(store: EmbeddedStore, tmp_path: Path, format: str) -> None:
    export(store, format, tmp_path / "graph")
    read = rdflib.Graph().parse(tmp_path / "graph", format={"ttl": "turtle", "rdfxml": "xml"}.get(format, format))
    assert len(read) == len(merge(store))


def test_one_graph_alone(store: EmbeddedStore, tmp_path: Path) -> None:
    graph = store.base_iri + "graph/concepts"
    export(store, "nq", tmp_path / "graph.nq", graph=graph)
    quads = set(pyoxigraph.parse(path=str(tmp_path / "graph.nq")))
    assert quads == {quad for quad in named(store) if quad.graph_name == pyoxigraph.NamedNode(graph)}
    export(store, "ttl", tmp_path / "graph.ttl", graph=graph)
    assert {quad.triple for quad in pyoxigraph.parse(path=str(tmp_path / "graph.ttl"))} == {
        quad.triple for quad in quads
    }


def test_canonical_lines_are_sorted_whole_and_repeatable(store: EmbeddedStore, tmp_path: Path) -> None:
    for name in ("one.nq", "two.nq"):
        export(store, "nq", tmp_path / name, canonical=True)
    lines = (tmp_path / "one.nq").read_bytes().decode().split("\n")
    assert lines[-1] == ""
    assert lines[:-1] == sorted(lines[:-1])
    assert len(lines) - 1 == len(named(store))
    assert (tmp_path / "one.nq").read_bytes() == (tmp_path / "two.nq").read_bytes()
    graph = store.base_iri + "graph/concepts"
    export(store, "nq", tmp_path / "part.nq", canonical=True, graph=graph)
    assert (tmp_path / "part.nq").read_text("utf-8") == "".join(
        f"{one}\n" for one in lines if one.endswith(f"<{graph}> .")
    )


@pytest.mark.parametrize(("format", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_networks_hold_papers_and_concepts(store: EmbeddedStore, tmp_path: Path, format: str, read: object) -> None:
    export(store, format, tmp_path / "graph.xml")
    network = read(tmp_path / "graph.xml")  # type: ignore[operator]
    labels = {str(found.get("label")) for _, found in network.nodes(data=True)}
    assert "COCO" in labels
    assert any("GridNet" in label for label in labels)
    assert network.number_of_edges() > 3


def test_the_table_of_statements_has_the_sentence_in_each_row(store: EmbeddedStore, tmp_path: Path) -> None:
    export(store, "csv", tmp_path / "statements.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "statements.csv").read_text("utf-8"), newline="")))
    assert rows
    assert all(row["sentence"] and 0 <= float(row["confidence"]) <= 1 for row in rows)
    assert any((row["predicate"], row["object"]) == ("evaluatesOn", "COCO") for row in rows)


def test_a_folder_of_tables_one_a_class(store: EmbeddedStore, tmp_path: Path) -> None:
    export(store, "csv", tmp_path / "tables")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "tables" / "papers.csv").read_text("utf-8"), newline="")))
    assert {row["title"] for row in rows} == {paper["title"] for paper in PAPERS}
    with pytest.raises(UsageError, match="not an empty folder"):
        export(store, "csv", tmp_path / "tables")


def test_bad_requests_are_told_what_would_be_right(store: EmbeddedStore, tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match="there are ttl, nt"):
        export(store, "docx", tmp_path / "x")
    with pytest.raises(UsageError, match="holds no graph"):
        export(store, "nq", tmp_path / "x", graph="https://example.org/none")
    with pytest.raises(UsageError, match="not an absolute IRI"):
        export(store, "nq", tmp_path / "x", graph="no iri")
    with pytest.raises(UsageError, match="use --format nq"):
        export(store, "ttl", tmp_path / "x", canonical=True)
    with pytest.raises(UsageError, match="is a folder"):
        export(store, "ttl", tmp_path)
    with pytest.raises(PapertriplesError, match="cannot write"):
        export(store, "ttl", tmp_path / "absent" / "graph.ttl")
    assert list(tmp_path.iterdir()) == []


def test_no_partial_file_is_left_where_writing_fails(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "graph.ttl").write_text("as before")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pyoxigraph, "serialize", fail)
    with pytest.raises(PapertriplesError, match="No space left"):
        export(store, "ttl", tmp_path / "graph.ttl")
    assert [path.name for path in tmp_path.iterdir()] == ["graph.ttl"]
    assert (tmp_path / "graph.ttl").read_text() == "as before"
