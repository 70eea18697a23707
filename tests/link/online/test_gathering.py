"""A run: what is asked, in which order and how often; what a fault of a service does, to it and to the others."""

from __future__ import annotations

import email.utils
import time as real
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kg.link.online.cache import Cache
from kg.link.online.gathering import LONGEST_WAIT, TRIES, Gathering
from kg.link.online.outcome import Gathered, Options
from kg.link.online.service import Known, PaperToAsk
from kg.link.online.services import SERVICES
from kg.link.online.transport import Transport
from kg.records import Identifier
from tests.link.online.world import UNAVAILABLE, Asked, Time, Told, World, a_world, known, told

PAPER_SERVICES = ("openalex", "semanticscholar", "crossref", "dblp")


@pytest.fixture
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


def dois(count: int) -> Known:
    """As many papers, each with a DOI."""
    return Known(tuple(PaperToAsk(None, (Identifier("doi", f"10.5555/p{n:03}"),)) for n in range(count)))


class Run:
    """Runs on one cache and one clock."""

    def __init__(self, world: World, folder: Path, **options: Any) -> None:
        self.world, self.folder, self.time = world, folder, Time()
        self.options = options

    def __call__(self, *names: str, about: Known | None = None, **options: Any) -> dict[str, Gathered]:
        made = replace(Options("ada@example.org", addresses=self.world.addresses), **{**self.options, **options})
        with Cache(self.folder) as cache:
            gathering = Gathering(
                [SERVICES[name] for name in names],
                cache,
                made,
                transport=Transport(most_bytes=200_000, read=2),
                clock=self.time.clock,
                sleep=self.time.sleep,
            )
            gathering.plan(about or known("node classification", "Orchard"))
            return {one.service: one for one in gathering.run()}


@pytest.fixture
def run(world: World, tmp_path: Path) -> Run:
    return Run(world, tmp_path / "cache")


def test_nothing_is_asked_twice(run: Run, world: World) -> None:
    first = run(*SERVICES)
    count = world.count()
    again = run(*SERVICES)
    assert world.count() == count > 0
    for name, found in again.items():
        assert (found.requests, found.answered) == (0, 0)
        assert found.known == first[name].answered
        assert (found.found, found.absent, found.open) == (first[name].found, first[name].absent, 0)
        assert found.file is not None
        assert found.file == first[name].file


def test_a_new_paper_is_asked_about_alone(run: Run, world: World) -> None:
    run("openalex", about=dois(60))
    assert world.count() == 2
    found = run("openalex", about=dois(61))["openalex"]
    assert world.asked[-1].query["filter"] == "doi:10.5555/p060"
    assert (world.count(), found.known, found.answered, found.absent) == (3, 60, 1, 61)


def test_a_cut_run_goes_on_where_it_ended(run: Run, world: World) -> None:
    about = dois(120)
    first = run("openalex", about=about, limit=1)["openalex"]
    assert (first.requests, first.answered, first.open) == (1, 50, 70)
    assert first.notes == ("--limit 1 is reached; run again to go on",)
    assert run("openalex", about=about, limit=1)["openalex"].open == 20
    last = run("openalex", about=about)["openalex"]
    assert (last.requests, last.known, last.answered, last.open) == (1, 100, 20, 0)
    asked = [value for one in world.asked for value in one.query["filter"].removeprefix("doi:").split("|")]
    assert len(asked) == len(set(asked)) == 120


def test_an_interrupted_run_keeps_what_was_answered(run: Run, world: World) -> None:
    def interrupt(asked: Asked) -> Told | None:
        run.time.interrupted = world.count() == 2
        return None

    world.faults.append(interrupt)
    with pytest.raises(KeyboardInterrupt):
        run("openalex", about=dois(150))
    assert world.count() == 2
    run.time = Time()
    found = run("openalex", about=dois(150))["openalex"]
    assert (found.known, found.answered, world.count()) == (100, 50, 3)


@pytest.mark.parametrize("status", [429, 503])
def test_a_service_is_left_alone_as_long_as_it_asks(run: Run, world: World, status: int) -> None:
    world.fails("crossref", told({}, status, Retry_After="37"))
    found = run("crossref", "orkg")
    assert 37 <= sum(run.time.waits) < 60
    assert found["crossref"].open == 0
    assert [one.endpoint for one in world.asked][-3:].count("crossref") == 2  # the others went on meanwhile


def test_a_date_in_retry_after(run: Run, world: World) -> None:
    world.fails("dblp", told({}, 503, Retry_After=email.utils.formatdate(real.time() + 50, usegmt=True)))
    assert run("dblp")["dblp"].open == 0
    assert 45 <= sum(run.time.waits) < 60


def test_who_asks_for_longer_is_asked_in_a_later_run(run: Run, world: World) -> None:
    world.fails("openalex", told({}, 429, Retry_After="7200"))
    found = run("openalex", "dblp")
    assert (found["openalex"].requests, found["openalex"].open) == (1, 3)
    assert "asks to be left alone until 2027-01-15 10:00 UTC" in found["openalex"].notes[0]
    assert found["dblp"].open == 0
    assert sum(run.time.waits) < LONGEST_WAIT
    # A run that comes too early does not ask at all; one that comes in time does.
    assert run("openalex")["openalex"].requests == 0
    run.time.now += 7200
    assert run("openalex")["openalex"].open == 0


def test_back_off_where_a_service_does_not_say_how_long(run: Run, world: World) -> None:
    world.fails("dblp", UNAVAILABLE, UNAVAILABLE, UNAVAILABLE)
    assert run("dblp")["dblp"].open == 0
    assert run.time.waits[:3] == [2, 4, 8]


def test_a_service_that_is_down_is_given_up_and_the_others_go_on(run: Run, world: World) -> None:
    world.faults.append(lambda asked: UNAVAILABLE if asked.endpoint == "crossref" else None)
    found = run(*PAPER_SERVICES, about=dois(100))
    assert world.count("crossref") == 3 * TRIES  # of five batches
    assert (found["crossref"].open, found["crossref"].answered) == (100, 0)
    assert found["crossref"].notes == ("3 x status 503", "does not answer; run again later")
    assert all(found[name].open == 0 for name in PAPER_SERVICES if name != "crossref")
    assert sum(run.time.waits) < 300


def test_nobody_at_the_address(run: Run, world: World) -> None:
    addresses = {**world.addresses, "openalex": "http://127.0.0.1:9/openalex"}
    found = run("openalex", "dblp", addresses=addresses)
    assert (found["openalex"].requests, found["openalex"].open) == (TRIES, 3)
    assert found["openalex"].notes[0].startswith("no connection")
    assert found["dblp"].open == 0


BROKEN = {
    "no JSON": Told(200, b'{"results": ['),
    "another form": told({"error": "this is fine"}),
    "a page": Told(200, b"<html>Please log in</html>", {"Content-Type": "text/html; charset=utf-8"}),
    "deep": Told(200, b"[" * 100_000),
    "too much": Told(200, b'{"results": [' + b" " * 300_000 + b"]}"),
    "a list": told([]),
    "nothing": told(None),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_an_answer_that_is_none_is_told_and_not_kept(run: Run, world: World, broken: str) -> None:
    world.fails("openalex", BROKEN[broken])
    found = run("openalex", about=dois(60))["openalex"]
    assert (found.requests, found.answered, found.open, len(found.notes)) == (2, 10, 50, 1)
    later = run("openalex", about=dois(60))["openalex"]
    assert (later.requests, later.open, later.notes) == (1, 0, ())


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("broken", [{}, [], [7, None], None, {"results": 7, "message": 7, "content": [7], "q0": 7}])
def test_no_answer_ends_a_run(run: Run, world: World, service: str, broken: object) -> None:
    world.faults.append(lambda asked: told(broken))
    found = run(service)[service]
    assert found.found == 0
    assert found.open > 0


def test_an_answer_that_is_cut_is_asked_for_again(run: Run, world: World) -> None:
    whole = told({"results": []})
    world.fails("openalex", Told(200, whole.body, cut=5))
    found = run("openalex", about=dois(3))["openalex"]
    assert (found.requests, found.open, found.notes) == (2, 0, ())


@pytest.mark.parametrize("status", [400, 414])
def test_one_question_that_is_refused_does_not_spoil_the_others(run: Run, world: World, status: int) -> None:
    refused = told({"error": "no such filter"}, status)
    world.faults.append(lambda asked: refused if "p007" in asked.query["filter"] else None)
    found = run("openalex", about=dois(50))["openalex"]
    assert (found.answered, found.open) == (49, 0)
    assert found.notes == (f"status {status}",)
    assert world.count() <= 2 * 6 + 1  # by halves


def test_a_service_that_refuses_all_is_not_asked_for_long(run: Run, world: World) -> None:
    world.faults.append(lambda asked: told({}, 404))
    found = run("openalex", about=dois(500))["openalex"]
    assert (found.answered, found.open) == (0, 500 - 2)  # two were refused one by one before it was clear
    assert world.count() < 20


@pytest.mark.parametrize("status", [401, 403])
def test_a_service_that_wants_a_key(run: Run, world: World, status: int) -> None:
    world.faults.append(lambda asked: told({"error": "who are you?"}, status) if asked.endpoint == "openalex" else None)
    found = run("openalex", "dblp")
    assert found["openalex"].requests == 1
    assert "PAPERTRIPLES_OPENALEX_KEY" in found["openalex"].notes[1]
    assert found["dblp"].open == 0


def test_no_service_is_asked_faster_than_it_wants(run: Run, world: World) -> None:
    times: dict[str, list[float]] = {}

    def note(asked: Asked) -> None:
        times.setdefault(asked.endpoint, []).append(run.time.now)

    world.faults.append(note)
    run(*SERVICES, about=Known(dois(110).papers, tuple(f"name {n}" for n in range(30))))
    usual = {one.name: one.seconds for of in SERVICES.values() for one in of.endpoints}
    for endpoint, when in times.items():
        assert all(later - sooner >= usual[endpoint] - 1e-6 for sooner, later in pairwise(when))
    assert len(times["crossref"]) == 6
    # They wait side by side: as long as the slowest, not as all together.
    assert run.time.now - Time().now <= max(len(when) * usual[endpoint] for endpoint, when in times.items())


@pytest.mark.parametrize(("rate", "waits"), [(0.1, 10.0), (1000.0, 0.001)])
def test_a_rate_of_ones_own(run: Run, world: World, rate: float, waits: float) -> None:
    run("crossref", about=dois(40), rate=rate)
    assert run.time.waits == [pytest.approx(waits, rel=1e-3)]  # a mirror may be asked faster


@pytest.mark.parametrize(("rate", "seconds"), [(0.1, 10.0), (1000.0, 1.0), (None, 1.0)])
def test_a_rate_makes_no_service_of_others_faster(rate: float | None, seconds: float) -> None:
    crossref = SERVICES["crossref"]
    assert Options("ada@example.org", rate=rate).seconds(crossref, crossref.endpoints[0]) == seconds


def test_a_key_makes_a_service_faster() -> None:
    scholar = SERVICES["semanticscholar"]
    given = Options("ada@example.org", keys={"semanticscholar": "k"})
    assert given.seconds(scholar, scholar.endpoints[0]) == scholar.endpoints[0].keyed


def test_headers_that_ask_for_less_slow_a_run_down(run: Run, world: World) -> None:
    slow = told({"message": {"items": []}}, x_rate_limit_limit="2", x_rate_limit_interval="10s")
    world.faults.append(lambda asked: slow)
    run("crossref", about=dois(60))
    assert sum(run.time.waits) in (6.0, 10.0)


def test_answers_that_are_old_are_asked_for_again_and_kept_until_then(run: Run, world: World) -> None:
    run("openalex")
    count = world.count()
    run.time.now += 100_000
    assert run("openalex", max_age=200_000)["openalex"].requests == 0
    world.faults.append(lambda asked: UNAVAILABLE)
    missed = run("openalex", max_age=50_000)["openalex"]
    assert missed.open == 3
    assert missed.file is not None
    assert len(missed.file.read_text().splitlines()) == 3  # an old answer is better than none
    world.faults.clear()
    assert run("openalex", max_age=50_000)["openalex"].answered == 3
    assert world.count() > count


def test_the_file_is_the_same_whatever_the_order(world: World, tmp_path: Path) -> None:
    files = []
    for folder, papers in ((tmp_path / "a", known().papers), (tmp_path / "b", known().papers[::-1])):
        found = Run(world, folder)("openalex", about=Known(papers))["openalex"]
        assert found.file is not None
        files.append(found.file.read_bytes())
    assert files[0] == files[1]


def test_many_papers_are_asked_about_in_few_requests(run: Run, world: World) -> None:
    found = run(*PAPER_SERVICES, about=dois(300))
    requests = {"openalex": 6, "semanticscholar": 3, "crossref": 15, "dblp": 6}
    assert {name: one.requests for name, one in found.items()} == requests
