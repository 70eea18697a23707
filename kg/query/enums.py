"""The values of an enum that a query gives."""

from __future__ import annotations

import itertools
from typing import Final

import pyoxigraph as ox

from kg.query.results import OpenGraph, evaluate

MOST_VALUES: Final = 1000  # with more there is no list, and any text will do


def values_in(store: OpenGraph, query: str) -> tuple[str, ...]:
    """What a store has in the first column of a query, in its order; none where that is too much for a list."""
    results = evaluate(store, query)
    assert isinstance(results, ox.QuerySolutions)
    values = [row[0].value for row in itertools.islice(results, MOST_VALUES + 1) if hasattr(row[0], "value")]
    return tuple(dict.fromkeys(map(str, values))) if len(values) <= MOST_VALUES else ()
