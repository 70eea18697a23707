"""A store is a function of its records and its curation log: any way to the same set gives the same N-Quads.

``KG_SCENARIOS`` says how many random ways are tried; ``make bench`` tries 2,000.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.assemble import extracting
from kg.graph import vocabulary as v
from kg.records import SourceRecord
from kg.store.curation import Entry
from tests.assemble.small import SOURCES, lines, record, update

SCENARIOS = int(os.environ.get("KG_SCENARIOS", "200"))
TEXTS = (
    "We use Foobert on QuizData.",
    "We use foobert. Barnet beats it on QuizData.",
    "Barnet reaches 91.5 QuizScore on QuizData.",
    "Foobert is a Barnet.",
    "Barnet is a foobert.",
    "Nothing.",
)
METHODS = ("Foobert", "Barnet", "foobert")
KEYS = [(source, name) for source in SOURCES for name in "abc"]
WHEN = "2026-01-31T12:00:{:02}.000000Z".format


@st.composite
def records(draw: st.DrawFn) -> SourceRecord:
    name = draw(st.sampled_from("abc"))
    # Records of a and b may turn out to be one paper, and to cite each other.
    arxiv = draw(st.sampled_from([None, "2001.00001", "2001.00002"]))
    one = record(name, draw(st.sampled_from(TEXTS)), source=draw(st.sampled_from(SOURCES)), arxiv=arxiv)
    return replace(one, version=draw(st.sampled_from("12")), cites=draw(st.sampled_from([(), *_CITES])))


_CITES = [record("x", "", cites="2001.00001").cites]


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """A log: entries at different times, the last of which may undo others."""
    log: list[Entry] = []
    for number in range(draw(st.integers(0, 3))):
        name, other = draw(st.permutations(METHODS))[:2]
        keys = tuple(draw(st.sets(st.sampled_from(KEYS), min_size=1, max_size=2)))
        said = Entry(WHEN(number), draw(st.sampled_from(["ada", "bob"])), "split", type="Method", name=name)
        of_statement = replace(
            said,
            type=None,
            name=None,
            to_type="Method",
            to_name=other,
            predicate=v.PT_uses.value,
            records=keys,
            quotes=(draw(st.sampled_from(TEXTS)),),
        )
        choices = [
            said,
            replace(said, action="merge", to_name=other),
            replace(said, action="rename", to_name="Something Else"),
            replace(said, action="retype", to_type=draw(st.sampled_from(["Dataset", "Task"]))),
            replace(of_statement, action="reject"),
            replace(of_statement, action="accept"),
            replace(of_statement, action="add", to_name="Newnet"),
            replace(of_statement, action="reject", to_name="Newnet"),
            *(replace(said, action="undo", type=None, name=None, target=one.id) for one in log),
        ]
        log.append(draw(st.sampled_from(choices)))
    return log


def later(held: dict[tuple[str, str], SourceRecord], step: list[SourceRecord]) -> dict[tuple[str, str], SourceRecord]:
    """The set after a step: of one key the later version stays, of equal versions the one that came later."""
    return held | {one.key: one for one in step if one.key not in held or one.version >= held[one.key].version}


@settings(
    max_examples=SCENARIOS, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(
    st.lists(st.lists(records(), max_size=3, unique_by=lambda one: one.key), min_size=1, max_size=3),
    entries(),
    st.data(),
)
@pytest.mark.timeout(0)
def test_any_way_to_the_same_set(
    tmp_path_factory: pytest.TempPathFactory, steps: list[list[SourceRecord]], log: list[Entry], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("ways")
    try:
        held: dict[tuple[str, str], SourceRecord] = {}
        for step in steps:
            present = sorted(set(held) - {one.key for one in step})
            gone = tuple(sorted(data.draw(st.sets(st.sampled_from(present))))) if present else ()
            said = data.draw(st.lists(st.sampled_from(log), unique=True)) if log else []
            update(folder / "steps", step, removed=gone, log=said)
            held = {key: one for key, one in later(held, step).items() if key not in gone}
        update(folder / "steps", [], log=data.draw(st.permutations(log)))
        update(folder / "once", data.draw(st.permutations(list(held.values()))), log=log)
        assert lines(folder / "steps") == lines(folder / "once")
    finally:
        shutil.rmtree(folder)


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations([(source, name) for source in SOURCES[:2] for name in "abc"]), st.integers(2, 3), entries())
@pytest.mark.timeout(0)
def test_any_number_of_processes(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    keys: list[tuple[str, str]],
    jobs: int,
    log: list[Entry],
) -> None:
    monkeypatch.setattr(extracting, "CHUNK", 1)  # else so few texts go to one process
    folder = tmp_path_factory.mktemp("processes")
    many = [record(name, f"{TEXTS[number % 5]} {number}.", source=source) for number, (source, name) in enumerate(keys)]
    update(folder / "several", many[:4], jobs=jobs)
    update(folder / "several", many[4:], jobs=jobs, log=log)
    update(folder / "one", many, log=log)
    assert lines(folder / "several") == lines(folder / "one")
    shutil.rmtree(folder)
