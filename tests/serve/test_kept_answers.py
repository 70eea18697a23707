"""Small answers are given again, as they were, for as long as the version holds and to whom they would be given."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import requests

from kg.serve.kept_answers import KeptAnswers
from kg.serve.limits import Gate
from kg.serve.watching import RECORD, Record, Watch
from kg.settings import Settings
from tests.serve.conftest import Running
from tests.serve.test_limits import NOTHING_KEPT, ask

Serve = Callable[..., contextlib.AbstractContextManager[Running]]
LABELS = "SELECT ?label { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label } ORDER BY ?label LIMIT 5"
HIT = "papertriples; hit"


def asked_of(server: Running) -> list[str]:
    """The queries that workers get from now on."""
    asked: list[str] = []
    pool_ask = server.context.pool.ask

    def seen(job: object, **more: object) -> object:
        asked.append(getattr(job, "text", ""))
        return pool_ask(job, **more)  # type: ignore[arg-type]

    server.context.pool.ask = seen  # type: ignore[method-assign, assignment]
    return asked


def test_a_small_answer_is_given_again_without_a_worker(small_location: Path, serve: Serve, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serve(small_location, settings=Settings({"workers": 1, "access_log": str(log)})) as server:
        asked = asked_of(server)
        first, again = ask(server, LABELS), ask(server, LABELS)
        assert "Cache-Status" not in first.headers
        assert again.headers["Cache-Status"] == HIT
        assert again.content == first.content
        told = [{k: v for k, v in one.headers.items() if k not in ("Date", "Cache-Status")} for one in (first, again)]
        assert told[0] == told[1]
        assert asked == [LABELS]
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        assert [(one["rows"], one["status"], one["query"]) for one in lines] == [(5, 200, lines[0]["query"])] * 2
        with requests.get(f"{server.address}/metrics", timeout=30) as figures:
            assert "papertriples_rows_total 10.0" in figures.text
        page = [requests.get(f"{server.address}/recipes", timeout=30) for _ in range(2)]
        assert (page[1].headers.get("Cache-Status"), page[1].text) == (HIT, page[0].text)


def test_what_differs_in_the_request_is_asked_anew(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=1) as server:
        ask(server, LABELS)
        asked = asked_of(server)
        for other in ({"Accept": "text/csv"}, {"Accept-Language": "de"}, {"Accept-Encoding": "gzip"}):
            assert "Cache-Status" not in ask(server, LABELS, **other).headers
        requests.post(f"{server.address}/sparql", {"query": LABELS}, timeout=30)
        assert asked == [LABELS] * 4
        tag = ask(server, LABELS).headers["ETag"]
        assert ask(server, LABELS, **{"If-None-Match": tag}).status_code == 304
        assert requests.head(f"{server.address}/sparql", params={"query": LABELS}, timeout=30).content == b""
        assert "Cache-Status" not in ask(server, LABELS, Authorization="Bearer wrong").headers


def test_chance_errors_and_large_answers_are_not_kept(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=1) as server:
        for unlike in ("SELECT (RAND() AS ?r) {}", "SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 2000", "SELECT"):
            answers = [ask(server, unlike, **{"Accept-Encoding": "identity"}) for _ in range(2)]
            assert ["Cache-Status" in one.headers for one in answers] == [False, False]
    with serve(small_location, workers=1, settings=NOTHING_KEPT) as server:
        assert "Cache-Status" not in [ask(server) for _ in range(2)][1].headers


def test_what_is_given_again_counts_for_the_rate(small_location: Path, serve: Serve) -> None:
    with serve(small_location, settings=Settings({"rate_limit": "3/minute", "workers": 1})) as server:
        assert [ask(server).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        assert [ask(server, client="127.0.0.2").headers.get("Cache-Status") for _ in range(2)] == [HIT, HIT]


def test_another_version_and_want_of_room_end_what_is_kept() -> None:
    version, runs = 1, []

    def app(environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
        runs.append(environ["PATH_INFO"])
        environ[RECORD] = Record("", "", "GET", str(environ["PATH_INFO"]), status=200)
        start("200 OK", [("ETag", 'W/"1"')])
        return [b"-" * 1000]

    kept = KeptAnswers(app, 10_000, lambda: version, Gate(1, 1, 1, 1.0), Watch())  # type: ignore[arg-type]

    def get(path: str, whole: bool = True) -> None:
        pieces = kept({"REQUEST_METHOD": "GET", "PATH_INFO": path}, lambda *_: lambda _: None)  # type: ignore[arg-type]
        if whole:
            assert b"".join(pieces) == b"-" * 1000
        if not isinstance(pieces, list):
            pieces.close()  # type: ignore[attr-defined]

    for path in (
        "/a",
        "/a",
        "/b",
        "/c",
        "/a",
        "/d",
        "/a",
        "/b",
    ):  # three have room
        get(path)
    assert runs == ["/a", "/b", "/c", "/d", "/b"]
    version = 2
    get("/a", whole=False)  # nobody waited for the end
    get("/a")
    get("/a")
    assert runs[5:] == ["/a", "/a"]
