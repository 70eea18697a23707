"""A real server on a free port, with the small graph behind it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.serve import context_of, create_app
from kg.serve.context import Context
from kg.serve.server import address_of, bind
from tests.query.small import write_store
from tests.serve.pages_library import LIBRARY, pages_of
from tests.serve.pages_library import write_store as write_library
from tests.serve.stopping import stop_server


@dataclass(frozen=True)
class Running:
    """A server that answers at ``address``."""

    address: str
    context: Context
    app: Flask


@contextlib.contextmanager
def running(location: Path | str, **settings: object) -> Iterator[Running]:
    """Serve a store while the block runs."""
    app = create_app(location, **settings)  # type: ignore[arg-type]
    context = context_of(app)
    server = bind(app, context, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Running(address_of(server, "127.0.0.1"), context, app)
    finally:
        stop_server(server, thread)
        context.close()


@pytest.fixture(scope="session")
def small_location(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with the small graph; tests only read it."""
    return write_store(tmp_path_factory.mktemp("small") / "store")


@pytest.fixture(scope="session")
def server(small_location: Path) -> Iterator[Running]:
    """One server for all tests that leave it as it is."""
    with running(small_location, workers=2, timeout=20.0) as found:
        yield found


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with the library of the pages; tests only read it."""
    return write_library(tmp_path_factory.mktemp("pages") / "store", LIBRARY)


@pytest.fixture(scope="session")
def app(folder: Path) -> Iterator[Flask]:
    """The pages over that library, without the workers of the endpoint."""
    with pages_of(folder) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of those pages."""
    return app.test_client()


@pytest.fixture
def serve() -> Callable[..., contextlib.AbstractContextManager[Running]]:
    """Starts servers of one's own: ``with serve(location, workers=1) as server``."""
    return running
