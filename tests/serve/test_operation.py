"""What an operator looks at: figures, the access log, health, an orderly stop."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import requests
from prometheus_client.parser import text_string_to_metric_families

from kg.serve.watching import digest_of
from kg.settings import Settings
from tests.serve.conftest import Running
from tests.serve.test_workers import ENDLESS, FLOOD, wait_until

Serve = Callable[..., contextlib.AbstractContextManager[Running]]


def figures(server: Running) -> dict[str, float]:
    text = requests.get(f"{server.address}/metrics", timeout=10).text
    return {
        ",".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def breaks_off(endpoint: str) -> bool:
    try:
        requests.get(endpoint, {"query": FLOOD}, timeout=30)
    except requests.RequestException:
        return True
    return False


def test_figures_for_prometheus(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=1, timeout=1.0) as server:
        at = f"{server.address}/sparql"
        assert requests.get(at, {"query": "SELECT * { VALUES ?x { 1 2 3 } }"}, timeout=30).status_code == 200
        assert requests.get(at, {"query": "ASK { SERVICE <http://127.0.0.1:9/> {} }"}, timeout=30).status_code == 403
        assert requests.get(at, {"query": ENDLESS}, timeout=30).status_code == 504
        assert requests.get(f"{server.address}/static/icon.svg", timeout=30).status_code == 200
        wait_until(lambda: breaks_off(at))  # 503 until there is a worker again
        wait_until(lambda: figures(server)["papertriples_broken_answers_total"] == 1)
        found = figures(server)
        assert found["papertriples_requests_total,GET,sparql.sparql,200"] == 2  # one of them was broken off
        assert found["papertriples_requests_total,GET,sparql.sparql,504"] == 1
        assert found["papertriples_rows_total"] == 3
        assert found["papertriples_timeouts_total"] == 1
        assert found["papertriples_rejections_total,query-refused"] == 1
        assert found["papertriples_request_seconds_count,sparql.sparql"] >= 4
        assert found["papertriples_store_version"] == 1
        assert found["papertriples_queries_running"] == 0
        # This one alone; one that was answered just before may still be about to be counted.
        wait_until(lambda: figures(server)["papertriples_requests_in_flight"] == 1)


def test_no_figures_where_none_are_wanted(small_location: Path, serve: Serve) -> None:
    with serve(small_location, settings=Settings({"metrics": False, "workers": 1})) as server:
        assert requests.get(f"{server.address}/metrics", timeout=10).status_code == 404


def test_the_access_log_has_one_line_of_json_a_request(tmp_path: Path, small_location: Path, serve: Serve) -> None:
    log = tmp_path / "access.jsonl"
    with serve(small_location, settings=Settings({"access_log": str(log), "workers": 1})) as server:
        query = "SELECT * { VALUES ?x { 1 2 } }"
        requests.get(f"{server.address}/sparql", {"query": query}, timeout=30)
        requests.get(f"{server.address}/recipes/methods-by-papers", {"limit": "2"}, timeout=30)
        requests.get(f"{server.address}/nowhere", timeout=30)
        wait_until(lambda: log.read_text(encoding="utf-8").count("\n") == 3)
        first, second, third = (json.loads(line) for line in log.read_text(encoding="utf-8").splitlines())
        assert (first["status"], first["rows"], first["query"]) == (200, 2, digest_of(query))
        assert (first["client"], first["method"], first["path"]) == ("127.0.0.1", "GET", "/sparql")
        assert (first["bytes"] > 0, first["seconds"] > 0, "VALUES" in str(first)) == (True, True, False)
        assert (second["route"], second["rows"], second["cut"]) == ("recipes.recipe", 2, True)
        assert (third["status"], third["code"]) == (404, "not-found")
        log.rename(tmp_path / "access.jsonl.1")  # as log rotation does
        requests.get(f"{server.address}/health/live", timeout=30)
        wait_until(lambda: log.exists() and "/health/live" in log.read_text(encoding="utf-8"))
