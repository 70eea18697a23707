"""``serve --plain``: what one client's query comes to does nothing to another's write, or to the machine."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import requests

from kg.errors import QueryTimeout, UsageError
from kg.serve.dataset_pool import DatasetPool
from kg.serve.job_folder import PREFIX
from kg.serve.jobs import Update
from kg.serve.worker_process import Job
from kg.serve.workers import AllBusy
from tests.serve.plain_server import running_plain
from tests.serve.test_plain import HANGS, change, count
from tests.serve.test_workers import wait_until

MANY = "INSERT DATA { " + " . ".join(f"<urn:{n}> <urn:p> {n}" for n in range(400)) + " }"
# A second or more, some millions of rows.
SLOW = (
    "INSERT { <urn:slow> <urn:n> ?n } WHERE { SELECT (COUNT(*) AS ?n) { ?a <urn:p> ?b . ?c <urn:p> ?d . VALUES ?x { "
    f"{' '.join(map(str, range(40)))} }} }} }}"
)
SLOW_ONE = "SELECT (COUNT(*) AS ?n) { <urn:slow> <urn:n> ?x }"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is ended for clients that go however young it is, and killed soon where it does not end."""
    monkeypatch.setattr("kg.serve.dataset_pool._YOUNG_SECONDS", 0.0)
    monkeypatch.setattr("kg.serve.dataset_start._END_SECONDS", 0.2)


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[str]:
    with running_plain(tmp_path / "dataset", workers=4, timeout=100.0) as address:
        change(address, MANY)
        yield address


def running(address: str) -> int:
    lines = requests.get(f"{address}/metrics", timeout=60).text.splitlines()
    return int(float(next(line.split()[1] for line in lines if line.startswith("papertriples_queries_running "))))


def leave(address: str, queries: int) -> None:
    """Ask for what never ends, and go when ``queries`` are running."""
    where = urlsplit(address)
    with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=60) as leaving:
        leaving.sendall(f"GET /sparql?query={quote(HANGS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_until(lambda: running(address) >= queries, 60.0)


def test_a_write_in_hand_is_finished_when_another_client_leaves(plain: str) -> None:
    with ThreadPoolExecutor() as clients:
        write = clients.submit(requests.post, f"{plain}/update", {"update": SLOW}, timeout=100)
        wait_until(lambda: running(plain) == 1)
        time.sleep(0.3)  # it has its turn
        leave(plain, 2)
        assert write.result().status_code == 204, write.result().text
    assert count(plain, SLOW_ONE) == 1
    wait_until(lambda: running(plain) == 0, 60.0)  # the query ends, too


def test_writes_go_on_while_clients_leave_again_and_again(plain: str) -> None:
    stop = threading.Event()

    def leaves() -> None:
        while not stop.is_set():
            leave(plain, 1)
            time.sleep(0.1)

    def writes(name: int) -> list[int]:
        text = "INSERT DATA {{ <urn:{}:{}> <urn:written> 1 }}"
        return [
            requests.post(f"{plain}/update", {"update": text.format(name, n)}, timeout=100).status_code
            for n in range(4)
        ]

    with ThreadPoolExecutor() as clients:
        leaving = clients.submit(leaves)
        try:
            statuses = [one for name in clients.map(writes, range(2)) for one in name]
        finally:
            stop.set()
        leaving.result()
    assert statuses == [204] * 8
    assert count(plain, "SELECT (COUNT(*) AS ?n) { ?s <urn:written> 1 }") == 8


def test_a_write_in_hand_is_finished_when_a_query_is_past_its_deadline_and_new_ones_wait(tmp_path: Path) -> None:
    pool = DatasetPool(tmp_path / "dataset", 4, 100.0)
    pool.start()
    try:
        pool.told(Update(MANY))
        (before,) = pool.process_ids
        with ThreadPoolExecutor() as clients:
            write = clients.submit(pool.told, Update(SLOW))
            time.sleep(0.3)
            pool.timeout = 0.2
            with pytest.raises(QueryTimeout):
                pool.ask(Job(HANGS, "json"))
            assert pool.process_ids == [before]
            with pytest.raises(AllBusy, match="nothing was written"):
                pool.told(Update("INSERT DATA { <urn:busy> <urn:p> 1 }"))
            pool.timeout = 100.0
            assert pool.told(Update("INSERT DATA { <urn:later> <urn:p> 1 }")) == {}
            assert pool.process_ids != [before], "the query that hung goes on"
            assert write.result() == {}
        for query, expected in ((SLOW_ONE, b'"1"'), ("ASK { <urn:busy> ?p ?o }", b"false")):
            answer = pool.ask(Job(query, "json"))
            assert expected in answer.read()
            answer.close()
    finally:
        pool.close()


def test_a_write_that_waits_for_one_past_its_deadline_is_made_by_the_next_process(tmp_path: Path) -> None:
    pool = DatasetPool(tmp_path / "dataset", 4, 100.0)
    pool.start()
    try:
        pool.told(Update(MANY))
        with ThreadPoolExecutor() as clients:
            pool.timeout = 2.0
            hangs = clients.submit(pool.told, Update("INSERT { ?a <urn:x> ?l } " + HANGS[HANGS.index("WHERE") :]))
            time.sleep(1.0)
            pool.timeout = 100.0
            waits = clients.submit(pool.told, Update("INSERT DATA { <urn:next> <urn:p> 1 }"))
            with pytest.raises(QueryTimeout, match="the write did not end within"):
                hangs.result()
            assert waits.result() == {}
        answer = pool.ask(Job("ASK { <urn:next> <urn:p> 1 }", "json"))
        assert b"true" in answer.read()
        answer.close()
    finally:
        pool.close()


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder with a short name: the address of a socket has 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="pt-") as folder:
        yield Path(folder)


def test_what_a_killed_process_left_behind_goes_at_the_next_start(
    tmp_path: Path, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(short_path))
    monkeypatch.setattr(tempfile, "tempdir", None)  # the environment is asked again
    strange = short_path / f"{PREFIX}strange"
    strange.mkdir()
    (strange / "lock").touch()
    (strange / "letters").write_text("not ours", encoding="utf-8")

    def folders() -> set[Path]:
        return set(short_path.glob(f"{PREFIX}*")) - {strange}

    first = DatasetPool(tmp_path / "dataset", 1, 30.0)
    first.start()
    (kept,) = folders()
    other = DatasetPool(tmp_path / "other", 1, 30.0)
    other.start()
    os.kill(other.process_ids[0], signal.SIGKILL)
    other.close()
    assert len(folders()) == 2
    other = DatasetPool(tmp_path / "other", 1, 30.0)
    other.start()
    assert len(folders()) == 2, "what the killed process left, or one of those that run"
    assert kept in folders()
    assert first.told(Update("INSERT DATA { <urn:a> <urn:p> 1 }")) == {}
    other.close()
    first.close()
    assert folders() == set()
    assert (strange / "letters").exists()


def test_a_folder_for_temporary_files_with_too_long_a_path_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = tmp_path / ("t" * 90)
    far.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(far))
    with pytest.raises(UsageError, match=r"bytes too long for a socket in it; set TMPDIR to a shorter one"):
        DatasetPool(tmp_path / "dataset", 1, 30.0).start()
