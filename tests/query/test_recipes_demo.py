"""The examples in the recipes' headers give rows on the demo corpus, but for those that it honestly cannot answer."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.query import Recipe, load_recipes, run_query
from kg.store import EmbeddedStore, open_store

# The demo corpus states no authors, and no two of its papers report the same thing; the small graph tests these.
WITHOUT_ROWS = {"conflicting-results", "papers-of-person"}


@pytest.fixture(scope="module")
def opened(demo: Path) -> Iterator[EmbeddedStore]:
    with open_store(demo) as store:
        yield store


@pytest.mark.parametrize("recipe", load_recipes(), ids=lambda recipe: recipe.name)
def test_the_example_gives_rows(recipe: Recipe, opened: EmbeddedStore) -> None:
    out = io.BytesIO()
    run_query(opened, recipe.bind(recipe.example), "csv" if recipe.kind == "SELECT" else "nt", out)
    lines = len(out.getvalue().splitlines())
    header = 1 if recipe.kind == "SELECT" else 0
    # A build makes no analytics unless it is asked to; test_recipes_analytics.py does.
    assert (lines > header) is (recipe.name not in WITHOUT_ROWS and "analytics" not in recipe.tags)
