"""One client never keeps the others from their answers, and a cut or broken answer never looks whole."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests

from kg.serve.limits import Gate, TooManyQueries
from kg.serve.workers import AllBusy
from kg.settings import Settings
from tests.serve.conftest import Running
from tests.serve.test_workers import ENDLESS, FLOOD, wait_until

Serve = Callable[..., contextlib.AbstractContextManager[Running]]
ASK = {"query": "ASK {}"}
NOTHING_KEPT = Settings({"answer_cache": 0})  # so that each query needs a worker


def ask(server: Running, query: str = "ASK {}", client: str = "127.0.0.1", **headers: str) -> requests.Response:
    """A query, from one of this machine's own addresses 127.0.0.0/8 (Linux has all of them)."""
    with requests.Session() as session:
        session.mount("http://", _From(client))
        return session.get(f"{server.address}/sparql", params={"query": query}, headers=headers, timeout=30)


class _From(requests.adapters.HTTPAdapter):
    """Connects from a given address."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: object, **options: object) -> None:
        super().init_poolmanager(*args, source_address=(self._address, 0), **options)  # type: ignore[arg-type]


def test_a_worker_is_left_to_others_however_many_endless_queries_one_client_sends(
    small_location: Path, serve: Serve
) -> None:
    with serve(small_location, workers=2, timeout=4.0, settings=NOTHING_KEPT) as server:
        idle = min(_seconds(lambda: ask(server, client="127.0.0.2")) for _ in range(5))
        attackers = [threading.Thread(target=ask, args=(server, ENDLESS)) for _ in range(6)]
        for attacker in attackers:
            attacker.start()
        wait_until(lambda: server.context.gate.running == 1 and server.context.gate.waiting >= 4)
        latencies = [_seconds(lambda: ask(server, client="127.0.0.2")) for _ in range(10)]
        for attacker in attackers:
            attacker.join(60)
        assert sorted(latencies)[5] < max(10 * idle, 0.5)
        assert max(latencies) < 2


def test_more_queries_at_a_time_than_a_client_may_are_told_to_come_again(small_location: Path, serve: Serve) -> None:
    settings = Settings({"client_queries": 2, "workers": 1, "timeout": 2.0})
    with serve(small_location, settings=settings) as server:
        told: list[requests.Response] = []
        clients = [threading.Thread(target=lambda: told.append(ask(server, ENDLESS))) for _ in range(5)]
        for client in clients:
            client.start()
        for client in clients:
            client.join(30)
        refused = [one for one in told if one.status_code == 429]
        assert len(refused) == 3
        assert all(one.headers["Retry-After"] == "1" for one in refused)
        assert refused[0].json()["code"] == "too-many-queries"
        assert {one.status_code for one in told} <= {429, 503, 504}
        wait_until(lambda: (server.context.gate.running, server.context.gate.waiting) == (0, 0))


def test_the_queue_ends_somewhere() -> None:
    gate = Gate(workers=1, client_queries=5, queue=1, timeout=0.5)
    gate.enter("a")
    waits = threading.Thread(target=lambda: gate.enter("b"))
    waits.start()
    wait_until(lambda: gate.waiting == 1)
    with pytest.raises(AllBusy, match="1 queries wait already"):
        gate.enter("c")
    gate.leave("a")
    waits.join(5)
    with pytest.raises(AllBusy, match=r"no worker came free for 0\.5 seconds"):
        gate.enter("c")
    gate.leave("b")
    for _ in range(3):
        gate.enter("c")
        gate.leave("c")


def test_a_client_has_its_rate_and_another_one_its_own(small_location: Path, serve: Serve) -> None:
    with serve(small_location, settings=Settings({"rate_limit": "3/minute", "workers": 1})) as server:
        assert [ask(server).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        assert 1 <= int(ask(server).headers["Retry-After"]) <= 60
        assert ask(server, client="127.0.0.2").status_code == 200
        assert requests.get(f"{server.address}/health", timeout=5).status_code == 200
        gate = Gate(1, 1, 1, 1.0, "1/hour")
        gate.enter("x")
        with pytest.raises(TooManyQueries, match="1 per 1 hour"):
            gate.enter("x")


def test_a_cut_result_says_so_before_and_after(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=1, timeout=20.0, max_rows=3) as server:
        three, four = ("SELECT ?n { VALUES ?n { 1 2 3 } }", "SELECT ?n { VALUES ?n { 1 2 3 4 } }")
        whole = ask(server, three)
        assert whole.headers["Row-Limit"] == "3"
        assert "Truncated" not in whole.headers
        assert "truncated" not in whole.json()
        cut = ask(server, four)
        assert (cut.status_code, cut.headers["Row-Limit"], cut.headers["Truncated"]) == (200, "3", "true")
        assert cut.json()["truncated"] is True
        assert len(cut.json()["results"]["bindings"]) == 3
        xml = ask(server, four, Accept="application/sparql-results+xml")
        assert xml.text.endswith("<!-- truncated: there are more results -->")
        assert len(ElementTree.fromstring(xml.content)[1]) == 3
        for accept in ("text/csv", "text/tab-separated-values"):  # no place for a mark: no result
            assert ask(server, four, Accept=accept).status_code == 400
            assert ask(server, three, Accept=accept).status_code == 200
        turtle = ask(server, "CONSTRUCT WHERE { ?s ?p ?o }", Accept="text/turtle")
        assert (turtle.headers["Truncated"], turtle.text.splitlines()[-1]) == (
            "true",
            "# truncated: there are more than 3 triples",
        )


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_deadline_after_the_first_bytes_leaves_the_last_chunk_out(
    small_location: Path, serve: Serve, coding: str
) -> None:
    with serve(small_location, workers=1, timeout=2.0) as server:
        response = requests.get(
            f"{server.address}/sparql",
            {"query": FLOOD},
            headers={"Accept-Encoding": coding},
            stream=True,
            timeout=30,
        )
        assert response.headers["Transfer-Encoding"] == "chunked"
        assert response.headers.get("Content-Encoding", "identity") == coding
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            for _ in response.iter_content(1 << 20):
                pass


def test_a_result_that_is_too_long_is_broken_off(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=1, settings=Settings({"max_answer": 1, "answer_cache": 0})) as server:
        flood = f"SELECT * {{ VALUES ?x {{ '{'x' * 1000}' }} VALUES ?a {{ {'1 ' * 90} }} VALUES ?b {{ {'1 ' * 90} }} }}"
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            ask(server, flood)
        short = ask(server, f"{flood} LIMIT 100")
        assert (short.status_code, len(short.json()["results"]["bindings"])) == (200, 100)
        assert "papertriples_broken_answers_total 1.0" in requests.get(f"{server.address}/metrics", timeout=30).text


def test_an_answer_is_kept_for_as_long_as_the_version_holds(server: Running) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/recipes/coverage", "/", "/openapi.json", "/recipes"):
        first = requests.get(server.address + path, timeout=30)
        assert first.headers["ETag"].startswith('W/"')
        assert first.headers["Cache-Control"] == "no-cache"
        again = requests.get(server.address + path, headers={"If-None-Match": first.headers["ETag"]}, timeout=30)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
        other = {"If-None-Match": first.headers["ETag"], "Accept": "text/csv, text/html"}
        assert requests.get(server.address + path, headers=other, timeout=30).status_code != 304
    assert "ETag" not in ask(server, "SELECT (N\\u004FW() AS ?now) {}").headers
    assert "ETag" not in ask(server, "SELECT").headers


def test_answers_are_packed_for_those_who_can_unpack(server: Running) -> None:
    query = "SELECT * { ?s ?p ?o } LIMIT 200"
    plain = ask(server, query, **{"Accept-Encoding": "identity"})
    packed = ask(server, query, **{"Accept-Encoding": "gzip"})
    assert (packed.headers["Content-Encoding"], "Content-Encoding" in plain.headers) == ("gzip", False)
    assert packed.content == plain.content
    assert {"Accept", "Accept-Encoding"} <= {one.strip() for one in plain.headers["Vary"].split(",")}
    assert "Content-Encoding" not in ask(server, "ASK {}", **{"Accept-Encoding": "gzip"}).headers


def _seconds(call: Callable[[], requests.Response]) -> float:
    began = time.monotonic()
    assert call().status_code == 200
    return time.monotonic() - began
