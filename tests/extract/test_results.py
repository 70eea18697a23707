"""Every row of cases/results.jsonl: the results of a text of our own, each with what it belongs to, and no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kg.extract import Extractor, load_extractor
from tests.extract.asserted import results

CASES = Path(__file__).parent / "cases" / "results.jsonl"
ROWS = [json.loads(row) for row in CASES.read_text(encoding="utf-8").split("\n") if row]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load_extractor()


@pytest.mark.parametrize("row", ROWS, ids=[row["rule"] for row in ROWS])
def test_results(extractor: Extractor, row: dict[str, Any]) -> None:
    extraction = extractor.extract({"title": row.get("title", ""), "abstract": row["text"]})
    assert results(extraction) == row["results"]


def test_rules_have_names_of_their_own() -> None:
    assert len({row["rule"] for row in ROWS}) == len(ROWS)
