"""The small graph, opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.store import EmbeddedStore, open_store
from tests.query.small import write_store


@pytest.fixture(scope="session")
def small_location(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with the small graph; tests only read it."""
    return write_store(tmp_path_factory.mktemp("small") / "store")


@pytest.fixture
def small_store(small_location: Path) -> Iterator[EmbeddedStore]:
    with open_store(small_location) as store:
        yield store
