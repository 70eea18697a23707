from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg.errors import StoreError
from kg.store import Manifest, VersionWriter, canonical_nquads, open_store
from kg.store.canonical import sorted_lines
from tests.store.graphs import graph_name, lines, publish


def test_the_lines_are_sorted_and_each_there_once(tmp_path: Path) -> None:
    publish(tmp_path, {"one": "On \u2028 one", "two": 'Two "quoted"\n lines'})
    found = lines(tmp_path)
    assert found == sorted(set(found))
    assert len(found) == 10
    assert all(line.endswith(" .\n") and line.count("\n") == 1 for line in found)
    with open_store(tmp_path) as store:
        assert list(canonical_nquads(store, chunk=3)) == found


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\n"))), st.integers(1, 5))
def test_chunks_do_not_show(texts: list[str], chunk: int) -> None:
    given_lines = [text + "\n" for text in texts]
    assert list(sorted_lines(given_lines, chunk)) == sorted(given_lines)


def test_blank_nodes_are_refused(tmp_path: Path) -> None:
    graph = graph_name("one")
    with VersionWriter(tmp_path, 0) as writer:
        writer.replace_graph(graph, [Quad(BlankNode(), NamedNode("https://example.org/p"), Literal("x"), graph)])
        writer.publish(Manifest(version=1))
    with open_store(tmp_path) as store, pytest.raises(StoreError, match="without blank nodes"):
        list(canonical_nquads(store))
