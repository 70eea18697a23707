"""The cache: what two runs at once ask, what is damaged, where it cannot be."""

from __future__ import annotations

import sqlite3
import stat
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kg.errors import PapertriplesError
from kg.link.online.cache import Cache
from kg.link.online.gathering import Gathering
from kg.link.online.outcome import Gathered, Options
from kg.link.online.service import Question
from kg.link.online.services import SERVICES
from tests.link.online.test_gathering import dois
from tests.link.online.world import World, a_world

ONE = Question("doi", "10.5555/a")
TWO = Question("doi", "10.5555/b")


@pytest.fixture
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


def keep(cache: Cache, *questions: Question, body: bytes = b"{}", date: float = 10.0) -> None:
    cache.keep("openalex", "GET", questions, 200, body, date)


def test_an_answer_is_kept_as_it_came(tmp_path: Path) -> None:
    with Cache(tmp_path / "cache") as cache:
        keep(cache, ONE, TWO, body=b"\x00 verbatim \xff")
    with Cache(tmp_path / "cache") as cache:
        number = cache.find("openalex", TWO)
        assert number is not None
        kept = cache.answer(number)
        assert kept is not None
        assert (kept.questions, kept.status, kept.body) == ((ONE, TWO), 200, b"\x00 verbatim \xff")
        assert cache.find("crossref", TWO) is None
        assert cache.find("openalex", TWO, since=11.0) is None
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700  # it tells what somebody asked


def test_a_newer_answer_takes_the_place_of_an_older(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        keep(cache, ONE, TWO)
        first = cache.find("openalex", ONE)
        keep(cache, ONE, date=20.0)
        assert cache.find("openalex", ONE) != first == cache.find("openalex", TWO)
        keep(cache, TWO, date=20.0)
        assert first is not None
        assert cache.answer(first) is None  # nobody's any more


def test_what_is_damaged_is_asked_for_again(tmp_path: Path) -> None:
    for damage in (
        "UPDATE answers SET body = x'00'",
        "UPDATE answers SET digest = 'x'",
        "UPDATE answers SET questions = 7",
    ):
        with Cache(tmp_path) as cache:
            keep(cache, ONE)
            number = cache.find("openalex", ONE)
            assert number is not None
            with sqlite3.connect(tmp_path / "answers.sqlite") as other:
                other.execute(damage)
            other.close()
            assert cache.answer(number) is None
            assert cache.find("openalex", ONE) is None


def test_a_cache_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "answers.sqlite").write_bytes(b"no database, but long enough to look like one" * 100)
    with pytest.raises(PapertriplesError, match=r"answers\.sqlite: .*give another --cache"):
        Cache(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(PapertriplesError, match="cannot write"):
        Cache(tmp_path / "file")
    with sqlite3.connect(tmp_path / "other.sqlite") as made:
        made.execute("PRAGMA user_version = 99")
    made.close()
    (tmp_path / "newer").mkdir()
    (tmp_path / "other.sqlite").rename(tmp_path / "newer" / "answers.sqlite")
    with pytest.raises(PapertriplesError, match="another version"):
        Cache(tmp_path / "newer")


def test_only_one_run_at_a_time_asks_an_endpoint(tmp_path: Path) -> None:
    with Cache(tmp_path) as one, Cache(tmp_path) as other:
        with one.turn("dblp") as first, other.turn("dblp") as second, other.turn("crossref") as third:
            assert (first, second, third) == (True, False, True)
        with other.turn("dblp") as later:
            assert later


def test_two_runs_at_once_ask_nothing_twice(world: World, tmp_path: Path) -> None:
    def gather(_: int) -> list[Gathered]:
        with Cache(tmp_path) as cache:
            options = Options("ada@example.org", addresses=world.addresses, rate=1000)
            gathering = Gathering([SERVICES["crossref"], SERVICES["dblp"]], cache, options, sleep=lambda seconds: None)
            gathering.plan(dois(200))
            return gathering.run()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(gather, range(2))
    asked = Counter(
        value for sent in world.asked if sent.endpoint == "crossref" for value in sent.query["filter"].split(",")
    )
    assert len(asked) == 200
    assert set(asked.values()) == {1}
    for mine, theirs in zip(one, other, strict=True):
        assert mine.answered + theirs.answered == 200
        assert (mine.open, theirs.open, mine.absent, theirs.absent) == (0, 0, 200, 200)
