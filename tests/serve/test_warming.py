"""What pages show of a whole version is found out before anybody asks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g

from kg.serve import context_of, create_app
from kg.serve.warming import keep_warm
from tests.serve.pages_library import LIBRARY, write_store


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(write_store(tmp_path / "store", LIBRARY), workers=1)
    thread = keep_warm(app, context_of(app))
    yield app
    context_of(app).close()
    thread.join(10)
    assert not thread.is_alive()


def asked(app: Flask, address: str) -> int:
    with app.test_client() as client, client.get(address) as response:
        assert response.status_code == 200
        return int(g.queries_asked)


def test_nobody_waits_for_the_lists_of_a_version(app: Flask) -> None:
    end = time.monotonic() + 30
    while asked(app, "/metric") and time.monotonic() < end:  # the last list but one that is made
        time.sleep(0.05)
    for address in ("/", "/task", "/method", "/dataset", "/paper", "/leaderboard", "/trending"):
        assert asked(app, address) == 0, address
