"""Derived graphs are a function of the other graphs and of the choice, whatever way a store was built."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph

from kg.assemble import Deriving
from kg.assemble.deriving import DERIVED
from kg.graph import vocabulary as v
from kg.store import open_store
from tests.assemble.small import lines, making, record, update

EVERYTHING = Deriving(tuple(sorted(DERIVED)))
A = record("a", "We use Foobert on QuizData.", arxiv="2001.00001")
B = record("b", "We use foobert. Barnet beats it on QuizData.", arxiv="2001.00002", cites="2001.00001")
C = record("c", "Barnet reaches 91.5 QuizScore on QuizData.")
GRAPH = making().iris.graph


@pytest.mark.parametrize("name", sorted(DERIVED))
def test_a_derived_graph_comes_and_goes_with_the_choice(tmp_path: Path, name: str) -> None:
    update(tmp_path / "s", [A, B], deriving=Deriving())
    plain = lines(tmp_path / "s")
    update(tmp_path / "s", [], deriving=Deriving((name,)))
    with open_store(tmp_path / "s") as store:
        said = list(store.graph.quads_for_pattern(None, None, None, GRAPH(name)))
        merged = {quad.triple for quad in store.graph.quads_for_pattern(None, None, None, DefaultGraph())}
        named = [quad for quad in store.graph if quad.graph_name != DefaultGraph()]
    assert said
    assert merged == {quad.triple for quad in named}
    assert any(quad.predicate == v.PROV_wasDerivedFrom and quad.subject == GRAPH(name) for quad in said)
    assert [line for line in lines(tmp_path / "s") if f"<{GRAPH(name).value}> ." not in line] == plain
    update(tmp_path / "s", [], deriving=Deriving())
    assert lines(tmp_path / "s") == plain


def test_what_is_inferred_is_not_said_and_others_words_find_it(tmp_path: Path) -> None:
    update(tmp_path / "s", [A, B], deriving=Deriving(("inferred",)))
    with open_store(tmp_path / "s") as store:
        inferred = {quad.triple for quad in store.graph.quads_for_pattern(None, None, None, GRAPH("inferred"))}
        said = {quad.triple for quad in store.graph if quad.graph_name not in (DefaultGraph(), GRAPH("inferred"))}
    assert not inferred & said
    paper = making().iris.paper("arxiv 2001 00001")
    kinds = {one.object for one in inferred if one.subject == paper and one.predicate == v.RDF_type}
    assert v.expand("schema:ScholarlyArticle") in kinds
    mentioned = {
        one.object for one in inferred if one.subject == paper and one.predicate == v.expand("schema:mentions")
    }
    assert mentioned == {one.object for one in said if one.subject == paper and one.predicate == v.PT_mentions}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from("abc"), max_size=2),
            st.sets(st.sampled_from("abc"), max_size=1),
            st.sets(st.sampled_from(sorted(DERIVED))),
        ),
        min_size=1,
        max_size=4,
    )
)
@pytest.mark.timeout(0)
def test_any_way_to_the_same_set_and_choice(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[set[str], set[str], set[str]]]
) -> None:
    records = {"a": A, "b": B, "c": C}
    folder = tmp_path_factory.mktemp("ways")
    try:
        held: set[str] = set()
        for added, removed, choice in steps:
            gone = tuple(records[name].key for name in sorted(removed & held - added))
            update(
                folder / "steps",
                [records[name] for name in sorted(added)],
                removed=gone,
                deriving=Deriving(tuple(sorted(choice))),
            )
            held = (held | added) - {name for name in removed if records[name].key in gone}
        last = Deriving(tuple(sorted(steps[-1][2])))
        update(folder / "once", [records[name] for name in sorted(held, reverse=True)], deriving=last)
        assert lines(folder / "steps") == lines(folder / "once")
    finally:
        shutil.rmtree(folder)


def test_a_removal_takes_what_followed_from_it_alone(tmp_path: Path) -> None:
    update(tmp_path / "one", [A], deriving=EVERYTHING)
    update(tmp_path / "two", [A, B, C], deriving=EVERYTHING)
    assert lines(tmp_path / "one") != lines(tmp_path / "two")
    update(tmp_path / "two", [], removed=(B.key, C.key), deriving=EVERYTHING)
    assert lines(tmp_path / "one") == lines(tmp_path / "two")


def test_derived_graphs_do_not_feed_each_other_nor_themselves(tmp_path: Path) -> None:
    update(tmp_path / "s", [A, B, C], deriving=EVERYTHING)
    first = lines(tmp_path / "s")
    update(tmp_path / "s", [], deriving=EVERYTHING)
    assert lines(tmp_path / "s") == first
    for name in DERIVED:
        update(tmp_path / name, [A, B, C], deriving=Deriving((name,)))
        alone = [line for line in lines(tmp_path / name) if f"<{GRAPH(name).value}> ." in line]
        assert alone == [line for line in first if f"<{GRAPH(name).value}> ." in line]
