"""Comparing two graphs: what was gained, lost, changed, and a patch that makes one of the other."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, RdfFormat

from kg.assemble.comparing import Comparison, compare
from kg.assemble.sides import opened_side
from kg.cli import main
from kg.errors import StoreError, UsageError
from kg.export import export
from kg.store import open_store
from kg.store.difference import rdf_patch
from tests.assemble.small import lines, record, update
from tests.store.patched import patched

BASE = "https://example.org/kg/"
ONE = record("one", "We use Foobert on QuizData.", arxiv="2001.00001")
TWO = record("two", "Barnet beats Foobert.", arxiv="2001.00002")
SCORED = record("three", "Foobert reaches 91.5 QuizScore on QuizData.", arxiv="2001.00003")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    update(tmp_path / "old", [ONE, SCORED])
    return tmp_path / "old"


def between(old: Path, new: Path) -> Comparison:
    with open_store(old) as before, open_store(new) as after:
        return compare(before.graph, after.graph)


def test_nothing_differs(old: Path, tmp_path: Path) -> None:
    update(tmp_path / "new", [SCORED, ONE])
    comparison = between(old, tmp_path / "new")
    assert not comparison
    assert comparison.as_text() == "no difference"
    assert "".join(rdf_patch(comparison.graphs)).endswith("TX .\nTC .\n")


def test_what_was_gained_lost_and_changed(old: Path, tmp_path: Path) -> None:
    better = replace(SCORED, abstract="Foobert reaches 92.5 QuizScore on QuizData.")
    update(tmp_path / "new", [TWO, better])
    comparison = between(old, tmp_path / "new")
    found = {(kind, one.change, one.iri) for kind in ("papers", "concepts") for one in comparison.changes[kind]}
    assert found == {
        ("papers", "lost", f"{BASE}paper/arxiv-2001-00001"),
        ("papers", "gained", f"{BASE}paper/arxiv-2001-00002"),
        ("papers", "changed", f"{BASE}paper/arxiv-2001-00003"),
        ("concepts", "gained", f"{BASE}method/barnet"),
    }
    statements = {(one.change, one.label) for one in comparison.changes["statements"]}
    assert ("lost", "A first look at paper one pt:uses Foobert") in statements
    assert ("gained", "A first look at paper two pt:uses Barnet") in statements
    assert ("changed", "A first look at paper three pt:uses Foobert") in statements
    (cell,) = comparison.changes["leaderboard cells"]
    assert (cell.change, cell.label) == ("changed", "Foobert: QuizScore on QuizData")
    assert (cell.before, cell.after) == (("91.5",), ("92.5",))
    assert cell.iri == f"{BASE}dataset/quizdata {BASE}metric/quizscore {BASE}method/foobert"

    text = comparison.as_text()
    assert "papers             1 gained, 1 lost, 1 changed" in text
    assert "  ~ Foobert: QuizScore on QuizData: 91.5 -> 92.5" in text
    as_dict = json.loads(json.dumps(comparison.as_dict()))
    assert as_dict["leaderboard_cells"]["changed"][0]["after"] == ["92.5"]
    assert as_dict["quads"]["gained"] > 0 < as_dict["quads"]["lost"]


def test_long_lists_are_cut_for_people(tmp_path: Path) -> None:
    update(tmp_path / "a", [ONE])
    many = [record(f"n{number}", "We use Foobert.", arxiv=f"2002.{number:05}") for number in range(30)]
    update(tmp_path / "b", [ONE, *many])
    comparison = between(tmp_path / "a", tmp_path / "b")
    assert len(comparison.changes["papers"]) == 30
    assert "  ... and 10 more; --json lists all" in comparison.as_text()


def test_the_way_back(old: Path, tmp_path: Path) -> None:
    update(tmp_path / "new", [TWO])
    there, back = between(old, tmp_path / "new"), between(tmp_path / "new", old)
    turned = {"gained": "lost", "lost": "gained", "changed": "changed"}
    for kind, changes in there.changes.items():
        assert {(turned[one.change], one.iri) for one in changes} == {(o.change, o.iri) for o in back.changes[kind]}


TEXTS = ("We use Foobert.", "Foobert reaches 1.5 QuizScore on QuizData.", 'foobert\u2028and \\ "Barnet"\n', "Nothing.")
SETS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(TEXTS), max_size=3)


@settings(max_examples=20, deadline=None)
@given(SETS, SETS)
def test_the_patch_applied_to_old_gives_new(
    tmp_path_factory: pytest.TempPathFactory, first: dict[str, str], second: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("patch")
    for name, texts in (("old", first), ("new", second)):
        update(folder / name, [record(key, text) for key, text in texts.items()])
    patch = list(rdf_patch(between(folder / "old", folder / "new").graphs))
    assert patched(lines(folder / "old"), patch) == lines(folder / "new")


class TestCommand:
    def test_stores_versions_and_exports(self, old: Path, tmp_path: Path) -> None:
        exported = tmp_path / "before.nq"
        with open_store(old) as opened:
            export(opened, "nq", str(exported))
            update(old, [TWO])
            by_export = run("diff", str(exported), str(old), "--json")
            by_version = run("diff", f"{old}@1", f"{old}@2", "--json")
        assert by_export == by_version
        assert [one["label"] for one in json.loads(by_export)["papers"]["gained"]] == ["A first look at paper two"]
        update(old, [], removed=(TWO.key,))
        with (
            pytest.raises(StoreError, match="has no version 1 any more, the current one is 3"),
            opened_side(f"{old}@1"),
        ):
            pass

    def test_a_patch(self, old: Path, tmp_path: Path) -> None:
        update(tmp_path / "new", [TWO])
        patch = run("diff", str(old), str(tmp_path / "new"), "--format", "patch")
        assert patch.startswith("H id <uuid:")
        assert patched(lines(old), patch.splitlines(keepends=True)) == lines(tmp_path / "new")

    def test_the_exit_code_tells_when_asked(self, old: Path, tmp_path: Path) -> None:
        update(tmp_path / "new", [TWO])
        assert "no difference" in run("diff", str(old), str(old), "--exit-code")
        run("diff", str(old), str(tmp_path / "new"), "--exit-code", exit_code=1)
        run("diff", str(old), str(tmp_path / "none"), exit_code=2)

    def test_files_that_are_no_exports(self, tmp_path: Path, old: Path) -> None:
        (tmp_path / "notes.txt").write_text("no graph")
        (tmp_path / "bad.nq").write_text("no graph")
        for name, message in (("notes.txt", "ends in .nq or .trig"), ("bad.nq", "expected what papertriples export")):
            with pytest.raises(UsageError, match=message), opened_side(str(tmp_path / name)):
                pass
        assert "Error" not in run("diff", str(tmp_path / "bad.nq"), str(old), exit_code=2)


def run(*arguments: str, exit_code: int = 0) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == exit_code, result.output
    return result.stdout


def test_a_packed_export_reads_as_the_store(old: Path, tmp_path: Path) -> None:
    import gzip

    with open_store(old) as opened:
        export(opened, "trig", str(tmp_path / "old.trig"))
    packed = tmp_path / "old.trig.gz"
    packed.write_bytes(gzip.compress((tmp_path / "old.trig").read_bytes()))
    with opened_side(str(packed)) as loaded:
        found = pyoxigraph.serialize(
            (quad for quad in loaded if quad.graph_name != DefaultGraph()), format=RdfFormat.N_QUADS
        )
    assert found is not None
    assert sorted(found.decode().splitlines(keepends=True)) == lines(old)
