"""Deadlines, killed workers, new versions: what one client does never keeps another from its answer."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from kg.errors import QueryTimeout, StoreMissing
from kg.serve.worker_process import Job
from kg.serve.workers import AllBusy, WorkerDied, WorkerPool
from tests.query.small import IRIS, Reading, quads, readings, write_store
from tests.serve.conftest import Running

Serve = Callable[..., contextlib.AbstractContextManager[Running]]

ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
FLOOD = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?paper a <https://w3id.org/papertriples/ontology#Paper> }"


def wait_until(holds: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.05)


def count_papers(address: str) -> int:
    """As a client does that is told to come again: a worker that was replaced may still be starting."""
    for _ in range(30):
        response = requests.get(f"{address}/sparql", {"query": COUNT}, timeout=30)
        if response.status_code != 503:
            break
    assert response.status_code == 200, response.text
    return int(response.json()["results"]["bindings"][0]["n"]["value"])


def test_an_endless_query_ends_at_its_deadline_and_others_are_answered(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=3, timeout=1.0) as server:  # one client has all of them but one
        told: list[requests.Response] = []
        began = time.monotonic()
        slow = threading.Thread(
            target=lambda: told.append(requests.get(f"{server.address}/sparql", {"query": ENDLESS}, timeout=30))
        )
        slow.start()
        time.sleep(0.2)
        asked = time.monotonic()
        other = requests.get(f"{server.address}/sparql", {"query": "ASK {}"}, timeout=30)
        assert other.json()["boolean"] is True
        assert time.monotonic() - asked < 0.8
        slow.join(30)
        assert 0.9 < time.monotonic() - began < 4
        assert told[0].status_code == 504
        assert told[0].headers["Content-Type"] == "application/problem+json"
        assert told[0].json()["code"] == "query-timeout"
        wait_until(lambda: server.context.pool.alive == 3)
        assert count_papers(server.address) == 4


def test_a_query_ends_when_its_client_goes(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=1, timeout=60.0) as server:
        (before,) = server.context.pool.process_ids
        for accept in ("application/json", "text/html"):
            with pytest.raises(requests.exceptions.ReadTimeout):
                requests.get(f"{server.address}/sparql", {"query": ENDLESS}, headers={"Accept": accept}, timeout=0.5)
            wait_until(lambda gone=before: server.context.pool.process_ids not in ([], [gone]))  # type: ignore[misc]
            (before,) = server.context.pool.process_ids
            assert count_papers(server.address) == 4


def test_when_all_workers_are_busy_others_are_told_to_come_again(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=1, timeout=1.0) as server:
        statuses: list[tuple[int, str | None]] = []

        def ask() -> None:
            response = requests.get(f"{server.address}/sparql", {"query": ENDLESS}, timeout=30)
            statuses.append((response.status_code, response.headers.get("Retry-After")))

        clients = [threading.Thread(target=ask) for _ in range(3)]
        for client in clients:
            client.start()
        assert requests.get(f"{server.address}/health", timeout=5).status_code == 200
        for client in clients:
            client.join(30)
        assert (504, None) in statuses
        assert all(status in (503, 504) for status, _ in statuses)
        assert all(retry for status, retry in statuses if status == 503)
        wait_until(lambda: server.context.pool.alive == 1)
        assert count_papers(server.address) == 4


def test_a_flood_past_the_deadline_breaks_off_instead_of_looking_whole(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=1, timeout=1.0) as server:
        response = requests.get(f"{server.address}/sparql", {"query": FLOOD}, stream=True, timeout=30)
        assert response.status_code == 200
        with pytest.raises(requests.RequestException):
            for _ in response.iter_content(1 << 20):
                pass
        wait_until(lambda: server.context.pool.alive == 1)
        assert count_papers(server.address) == 4


def test_a_client_that_goes_away_ends_its_query(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=1, timeout=20.0) as server:
        before = server.context.pool.process_ids
        with requests.get(f"{server.address}/sparql", {"query": FLOOD}, stream=True, timeout=30) as response:
            next(response.iter_content(1 << 10))
        wait_until(lambda: server.context.pool.process_ids not in ([], before))
        assert count_papers(server.address) == 4


def test_killed_workers_are_replaced(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=2, timeout=10.0) as server:
        before = server.context.pool.process_ids
        for process_id in before:
            os.kill(process_id, signal.SIGKILL)
        wait_until(lambda: server.context.pool.alive == 0)
        for _ in range(4):
            assert count_papers(server.address) == 4
        assert set(server.context.pool.process_ids).isdisjoint(before) or server.context.pool.alive == 1
        assert requests.get(f"{server.address}/health/ready", timeout=5).status_code == 200


def test_looking_at_the_health_replaces_workers_that_nobody_asked(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=1, timeout=10.0) as server:
        (before,) = server.context.pool.process_ids
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: server.context.pool.alive == 0)
        wait_until(lambda: requests.get(f"{server.address}/health/ready", timeout=5).status_code == 200)
        assert server.context.pool.process_ids != [before]


def test_a_worker_killed_at_work_is_told_as_such(small_location: Path) -> None:
    pool = WorkerPool(small_location, 1, 20.0)
    pool.start()
    try:
        (process_id,) = pool.process_ids
        threading.Timer(0.5, os.kill, (process_id, signal.SIGKILL)).start()
        with pytest.raises(WorkerDied):
            pool.ask(Job(ENDLESS, "json"))
        assert pool.ask(Job("ASK {}", "csv")).read() == b"true"
    finally:
        pool.close()


def test_a_pool_says_what_it_cannot_do(tmp_path: Path, small_location: Path) -> None:
    with pytest.raises(StoreMissing):
        WorkerPool(tmp_path / "nothing", 1, 1.0).start()
    pool = WorkerPool(small_location, 1, 0.5)
    pool.start()
    with pytest.raises(QueryTimeout):
        pool.ask(Job(ENDLESS, "json"))
    pool.close()
    with pytest.raises(AllBusy):
        pool.ask(Job("ASK {}", "json"))


def test_a_query_that_needs_too_much_memory_ends_alone(small_location: Path) -> None:
    pool = WorkerPool(small_location, 1, 20.0, memory=300 << 20)
    pool.start()
    try:
        with pytest.raises(WorkerDied):
            pool.ask(Job(FLOOD + " ORDER BY ?a", "json"))
        assert pool.ask(Job("ASK {}", "csv")).read() == b"true"
    finally:
        pool.close()


def test_too_many_rows_are_refused_or_broken_off(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=1, timeout=20.0, max_rows=5000) as server:
        at = f"{server.address}/sparql"
        as_csv = {"Accept": "text/csv"}
        short = "SELECT ?n { ?a ?b ?c . ?d ?e ?f BIND(1 AS ?n) } LIMIT "
        response = requests.get(at, {"query": f"{short} 5001"}, timeout=30, headers=as_csv)
        assert (response.status_code, response.json()["code"]) == (400, "query-failed")
        assert "5000 rows" in response.json()["detail"]
        fine = requests.get(at, {"query": f"{short} 5000"}, timeout=30)
        assert len(fine.json()["results"]["bindings"]) == 5000
        long = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 5001"
        with pytest.raises(requests.RequestException):  # it was on its way when it grew too long
            requests.get(at, {"query": long}, timeout=30, headers=as_csv)
        marked = requests.get(at, {"query": long}, timeout=30).json()
        assert (marked["truncated"], len(marked["results"]["bindings"])) == (True, 5000)


def test_a_new_version_is_picked_up_without_a_dropped_request(tmp_path: Path, serve: Serve) -> None:
    location = write_store(tmp_path / "store")
    with serve(location, workers=2, timeout=20.0) as server:
        failures: list[str] = []
        seen: set[int] = set()
        done = threading.Event()

        def keep_asking() -> None:
            while not done.is_set():
                response = requests.get(f"{server.address}/sparql", {"query": COUNT}, timeout=30)
                if response.status_code == 200:
                    seen.add(int(response.json()["results"]["bindings"][0]["n"]["value"]))
                else:
                    failures.append(response.text)

        client = threading.Thread(target=keep_asking)
        client.start()
        wait_until(lambda: bool(seen))
        for number in (5, 6):
            more = [Reading(f"One More Paper {n}", "It says little.") for n in range(4, number)]
            write_store(location, quads([*readings(), *more]))
            wait_until(lambda number=number: number in seen)  # type: ignore[misc]
        done.set()
        client.join(30)
        assert failures == []
        assert seen == {4, 5, 6}
        assert requests.get(f"{server.address}/health", timeout=5).json()["store_version"] == 3
        page = requests.get(
            f"{server.address}/paper/{IRIS.paper('one more paper 5').value.rpartition('/')[2]}", timeout=5
        )
        assert page.status_code == 200
