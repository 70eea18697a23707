"""Assembling: the graph is a function of the set of records, and only what changed is described."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.assemble import BuildSummary
from kg.records import ExtractorInfo, SourceRecord
from kg.store import open_store, read_manifest
from tests.assemble.small import SOURCES, lines, making, record, update

ONE = record("one", "We use Foobert on QuizData.", arxiv="2001.00001")
TWO = record("two", "Barnet beats Foobert.", arxiv="2001.00002", cites="2001.00001")
THREE = record("three", "We tune foobert and foobert only, on QuizData.")
TWICE = record("dup", "We use Barnet.", source="acl", arxiv="2001.00001")


def built(folder: Path, *records: SourceRecord) -> list[str]:
    update(folder, list(records))
    return lines(folder)


def test_the_order_of_records_does_not_matter(tmp_path: Path) -> None:
    expected = built(tmp_path / "a", ONE, TWO, THREE, TWICE)
    assert built(tmp_path / "b", TWICE, THREE, TWO, ONE) == expected
    for one in (THREE, TWICE, ONE, TWO):
        update(tmp_path / "c", [one])
    assert lines(tmp_path / "c") == expected
    assert read_manifest(tmp_path / "a").counts == read_manifest(tmp_path / "c").counts
    assert read_manifest(tmp_path / "c").version == 4


def test_only_what_changed_is_described(tmp_path: Path) -> None:
    first = update(tmp_path, [ONE, TWO, THREE])
    assert (first.papers, first.described, first.rewritten, first.removed) == (3, 3, 5, 0)
    again = update(tmp_path, [ONE, TWO, THREE])
    assert (again.described, again.rewritten, again.removed) == (0, 0, 0)
    assert read_manifest(tmp_path).version == 1
    changed = replace(THREE, abstract="We tune QuizData.")
    third = update(tmp_path, [changed])
    # Only that paper, and the concepts: the method is labelled by its other spelling now.
    assert (third.papers, third.described, third.rewritten) == (3, 1, 2)


def test_adding_a_few_to_many_works_on_the_few(tmp_path: Path) -> None:
    texts = ("We use Foobert on QuizData.", "Barnet beats Foobert.", "Barnet reaches 91.5 QuizScore on QuizData.")
    many = [
        record(f"n{number}", f"{texts[number % 3]} Text {number}.", arxiv=f"2002.{number:05}") for number in range(30)
    ]
    first = update(tmp_path, many)
    assert (first.described, first.rewritten) == (30, 32), "and the concepts, and the ontology"
    assert (first.concepts, first.concepts_described) == (4, 4)
    more = [record(f"m{number}", f"We use Barnet. Text {number}.", arxiv=f"2003.{number:05}") for number in range(2)]
    added = update(tmp_path, [*many, *more])
    assert (added.papers, added.described, added.rewritten, added.removed) == (32, 2, 2, 0), "no concept is another one"
    assert added.concepts_described == 0
    with_name = update(tmp_path, [record("new", "We use foobert.", arxiv="2003.00009")])
    assert (with_name.described, with_name.rewritten) == (1, 2), "and the concepts: a name more"
    assert with_name.concepts_described == 1, "the one with the name"


def test_another_label_of_a_concept_describes_results_again_and_no_more(tmp_path: Path) -> None:
    scored = record("scored", "Foobert reaches 91.5 on it.")
    update(tmp_path / "a", [ONE, scored])
    relabelled = update(tmp_path / "a", [THREE])
    assert relabelled.described == 2, "the new paper, and the one with a result: Foobert is foobert now"
    assert lines(tmp_path / "a") == built(tmp_path / "b", ONE, scored, THREE)


def test_a_citation_is_resolved_when_the_cited_paper_comes(tmp_path: Path) -> None:
    update(tmp_path / "a", [TWO])
    citation = (
        "<https://example.org/kg/paper/arxiv-2001-00002> <http://purl.org/spar/cito/cites> "
        "<https://example.org/kg/paper/arxiv-2001-00001> "
    )
    assert citation not in "".join(lines(tmp_path / "a"))
    assert update(tmp_path / "a", [ONE]).described == 2
    assert citation in "".join(lines(tmp_path / "a"))
    update(tmp_path / "a", [], removed=(ONE.key,))
    assert lines(tmp_path / "a") == built(tmp_path / "b", TWO)


def test_records_that_turn_out_to_be_one_paper_are_merged(tmp_path: Path) -> None:
    update(tmp_path / "a", [record("dup", "We use Barnet.", source="acl"), ONE])
    assert read_manifest(tmp_path / "a").counts.papers == 2
    merged = update(tmp_path / "a", [TWICE])
    assert (merged.papers, merged.removed) == (1, 1)
    assert lines(tmp_path / "a") == built(tmp_path / "b", ONE, TWICE)


def test_confidence_and_extractor_change_what_is_described(tmp_path: Path) -> None:
    update(tmp_path, [ONE])
    asserted = read_manifest(tmp_path).counts.asserted
    assert asserted == 2
    unsure = update(tmp_path, [ONE], made=making("0.95"))
    assert (unsure.described, read_manifest(tmp_path).counts.asserted) == (1, 0)
    assert read_manifest(tmp_path).counts.statements > 0
    assert update(tmp_path, [ONE], made=making("0.95", ExtractorInfo("small", "2", "1" * 64))).described == 1
    assert any("small 2" in line for line in lines(tmp_path))


def test_an_edge_that_closes_a_cycle_is_counted(tmp_path: Path) -> None:
    one, two, other = (
        record(name, text)
        for name, text in (("one", "Foobert is a Barnet."), ("two", "Barnet is a Foobert."), ("x", "We use Foobert."))
    )
    update(tmp_path / "a", [one, other])
    closed = update(tmp_path / "a", [two])
    assert (closed.left_out, closed.described) == (1, 2), "the new paper, and the one whose edge is left out now"
    assert "leftOutBy" in "".join(lines(tmp_path / "a"))
    assert lines(tmp_path / "a") == built(tmp_path / "b", one, two, other)
    shown = BuildSummary(1, 1, 0, 0, 0, 0, {}, 1, {}, 1, 1, 0, 2, True, 0.1, left_out=1).as_text()
    assert "1 edge of texts left out of the hierarchy" in shown


def test_counts_are_those_of_the_graph(tmp_path: Path) -> None:
    update(tmp_path, [ONE, TWO, THREE, TWICE])
    counts = read_manifest(tmp_path).counts
    found = lines(tmp_path)
    assert (counts.records, counts.papers, counts.quads) == (4, 3, len(found))
    assert counts.triples == len({line.rsplit(" ", 2)[0] for line in found})
    with open_store(tmp_path) as store:
        (row,) = store.graph.query(
            "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a <https://w3id.org/papertriples/ontology#Concept> }"
        )
        assert int(row["n"].value) == counts.concepts
        assert [hit.label for hit in store.search("foober", types=["Method"])] == ["foobert"]


NAMED = {
    name: (number, arxiv) for number, (name, arxiv) in enumerate({"a": "2001.00001", "b": None, "c": None}.items())
}
TEXTS = ("We use Foobert.", "foobert, Barnet and QuizData.", "Nothing.")


@st.composite
def records(draw: st.DrawFn) -> SourceRecord:
    name = draw(st.sampled_from(sorted(NAMED)))
    source = draw(st.sampled_from(SOURCES))
    one = record(name, draw(st.sampled_from(TEXTS)), source=source, arxiv=draw(st.sampled_from([NAMED[name][1], None])))
    return replace(one, cites=record("x", "", cites=draw(st.sampled_from(["2001.00001", None]))).cites)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.lists(records(), max_size=4), min_size=1, max_size=3), st.data())
def test_any_way_to_a_set_of_records_gives_the_same_graph(
    tmp_path_factory: pytest.TempPathFactory, steps: list[list[SourceRecord]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("steps")
    held: dict[tuple[str, str], SourceRecord] = {}
    for step in steps:
        last = {one.key: one for one in step}
        gone = tuple(data.draw(st.sets(st.sampled_from(sorted(held)))) - set(last)) if held else ()
        update(folder / "a", list(last.values()), removed=gone)
        held = {key: one for key, one in {**held, **last}.items() if key not in gone}
    update(folder / "b", data.draw(st.permutations(list(held.values()))))
    assert lines(folder / "a") == lines(folder / "b")
    assert read_manifest(folder / "a").counts == read_manifest(folder / "b").counts
