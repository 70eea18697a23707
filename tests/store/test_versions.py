"""Versions of the graph: the merge, the difference, snapshots, what is deleted and when."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from kg.store import Manifest, VersionWriter, current_version, open_store, publish, quads_of_merge
from kg.store.versions import clear_versions, versions_on_disk
from tests.store.graphs import BASE, PERSON, graph_name, lines, paper
from tests.store.graphs import publish as publish_papers


def test_a_triple_of_two_graphs_is_once_in_the_merge(tmp_path: Path) -> None:
    publish_papers(tmp_path, {"one": "On one", "two": "On two"})
    with open_store(tmp_path) as store:
        assert len(list(quads_of_merge(store))) == 3 + 3 + 2
        assert len(list(store.graph.quads_for_pattern(PERSON, None, None, None))) == 2 * 3
        (count,) = store.graph.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ <{PERSON.value}> ?p ?o }}")
        assert count["n"].value == "2"


def test_a_triple_leaves_the_merge_with_the_last_graph_that_says_it(tmp_path: Path) -> None:
    publish_papers(tmp_path, {"one": "On one", "two": "On two"})
    publish_papers(tmp_path, {"one": None})
    with open_store(tmp_path) as store:
        assert len(list(quads_of_merge(store))) == 5
        assert [graph.value for graph in store.graph.named_graphs()] == [graph_name("two").value]
    publish_papers(tmp_path, {"two": None})
    assert lines(tmp_path) == []
    with open_store(tmp_path) as store:
        assert not list(store.graph.named_graphs())


def test_a_difference_gives_what_a_new_store_gives(tmp_path: Path) -> None:
    publish_papers(tmp_path / "a", {"one": "On one", "two": "On two", "three": "On three"})
    publish_papers(tmp_path / "a", {"one": "On one, again", "two": None, "four": "On four"})
    publish_papers(tmp_path / "b", {"four": "On four", "three": "On three", "one": "On one, again"})
    assert lines(tmp_path / "a") == lines(tmp_path / "b")


def test_a_large_difference_is_bulk_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "BULK", 20)
    titles: dict[str, str | None] = {f"p{number}": f"On {number}" for number in range(30)}
    publish_papers(tmp_path / "a", {"p1": "Old", "gone": "Gone"})
    publish_papers(tmp_path / "a", {**titles, "gone": None})
    publish_papers(tmp_path / "b", titles)
    assert lines(tmp_path / "a") == lines(tmp_path / "b")


@settings(max_examples=15, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["x", "y", None]), max_size=4), max_size=5))
def test_any_sequence_of_versions_keeps_the_merge(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, str | None]]
) -> None:
    folder = tmp_path_factory.mktemp("steps")
    said: dict[str, str] = {}
    publish_papers(folder / "a", {"first": "First"})
    for step in steps:
        publish_papers(folder / "a", step)
        said = {name: title for name, title in {**said, **step}.items() if title is not None}
    publish_papers(folder / "b", {"first": "First", **said})
    assert lines(folder / "a") == lines(folder / "b")


def test_no_difference_no_version(tmp_path: Path) -> None:
    publish_papers(tmp_path, {"one": "On one"})
    assert not publish_papers(tmp_path, {"one": "On one", "never": None})
    assert current_version(tmp_path) == 1
    assert versions_on_disk(tmp_path) == [1]


def test_a_reader_keeps_its_snapshot_and_old_versions_go_when_unread(tmp_path: Path) -> None:
    publish_papers(tmp_path, {"one": "On one"})
    with open_store(tmp_path) as old:
        before = set(old.graph)
        publish_papers(tmp_path, {"one": None, "two": "On two"})
        publish_papers(tmp_path, {"three": "On three"})
        assert versions_on_disk(tmp_path) == [1, 3], "version 2 was never read, version 1 is"
        assert set(old.graph) == before
        assert [hit.label for hit in old.search("one")] == ["On one"]
        with open_store(tmp_path) as new:
            assert (old.version, new.version) == (1, 3)
            assert not new.search("one")
            assert [hit.label for hit in new.search("two")] == ["On two"]
    publish_papers(tmp_path, {"four": "On four"})
    assert versions_on_disk(tmp_path) == [4]


def test_a_reader_in_another_process_holds_its_version(tmp_path: Path) -> None:
    publish_papers(tmp_path, {"one": "On one"})
    script = """
        import sys
        from kg.store import open_store
        with open_store(sys.argv[1]) as store:
            print(store.version, flush=True)
            sys.stdin.readline()
            print(len(store.graph), [hit.label for hit in store.search("on")], flush=True)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline() == "1\n"
        publish_papers(tmp_path, {"one": None, "two": "On two"})
        assert versions_on_disk(tmp_path) == [1, 2]
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline() == "10 ['On one']\n"
    assert reader.returncode == 0
    assert clear_versions(tmp_path, 2) == [1]


def test_what_is_not_published_is_gone(tmp_path: Path) -> None:
    publish_papers(tmp_path, {"one": "On one"})
    with VersionWriter(tmp_path, 1) as writer:
        writer.replace_graph(*paper("two", "On two"))
        assert len(list(writer.changed())) > 10
        assert versions_on_disk(tmp_path) == [1, 2]
    assert versions_on_disk(tmp_path) == [1]
    assert current_version(tmp_path) == 1


def test_what_a_killed_build_left_is_overwritten(tmp_path: Path) -> None:
    publish_papers(tmp_path, {"one": "On one"})
    junk = tmp_path / "graphs" / "2"
    junk.mkdir()
    (junk / "CURRENT").write_text("MANIFEST-000099\n")
    (tmp_path / "graphs" / "2.search.sqlite").write_bytes(b"half a fil")
    publish_papers(tmp_path, {"two": "On two"})
    with open_store(tmp_path) as store:
        assert store.version == 2
        assert len(store.search("on")) == 2


def test_a_quad_of_another_graph_is_refused(tmp_path: Path) -> None:
    quad = Quad(PERSON, NamedNode(BASE + "p"), Literal("x"), graph_name("two"))
    with VersionWriter(tmp_path, 0) as writer, pytest.raises(ValueError, match="expected a quad in"):
        writer.replace_graph(graph_name("one"), [quad])


def test_a_manifest_of_another_version_is_refused(tmp_path: Path) -> None:
    with VersionWriter(tmp_path, 0) as writer, pytest.raises(ValueError, match="expected version 1, found 7"):
        writer.publish(Manifest(version=7))


def test_readers_need_no_permission_to_write(tmp_path: Path) -> None:
    publish_papers(tmp_path, {"one": "On one"})
    before = sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    with open_store(tmp_path) as store:
        assert store.search("on")
    assert sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before
    assert not os.path.exists(tmp_path / "build.lock")
