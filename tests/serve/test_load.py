"""Many clients, and clients that mean no good: counts alone; bench/serve_load.py has the figures."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.settings import Settings
from tests.serve.conftest import Running
from tests.serve.loading import ASK, OTHERS, attacked, crowd
from tests.serve.test_limits import NOTHING_KEPT
from tests.serve.test_workers import wait_until

Serve = Callable[..., contextlib.AbstractContextManager[Running]]


@pytest.mark.skipif(sys.platform != "linux", reason="needs a second address of this machine")
def test_queries_without_an_end_leave_a_worker_to_others(small_location: Path, serve: Serve) -> None:
    with serve(small_location, workers=2, timeout=8.0, settings=NOTHING_KEPT) as server:
        alone, beside = attacked(f"{server.address}/sparql", attackers=3, asks=20)
    assert (dict(alone.statuses), dict(beside.statuses)) == ({200: 20}, {200: 20})
    assert alone.broken + beside.broken == 0


@pytest.mark.skipif(sys.platform != "linux", reason="needs a second address of this machine")
def test_a_crowd_gets_answers_or_is_told_to_come_again(small_location: Path, serve: Serve) -> None:
    settings = Settings({"workers": 2, "timeout": 30.0, "client_queries": 4, "queue": 4, "answer_cache": 0})
    with serve(small_location, settings=settings) as server:
        sources = ("127.0.0.1", OTHERS)
        endpoint = f"{server.address}/sparql"
        told = crowd(endpoint, 40, ASK, lambda asked: asked < 5, lambda number: sources[number % 2])
        assert (told.statuses.total(), told.broken) == (200, 0)
        assert set(told.statuses) <= {200, 429, 503}
        assert told.statuses[200] >= 40
        wait_until(lambda: (server.context.gate.running, server.context.gate.waiting) == (0, 0))
