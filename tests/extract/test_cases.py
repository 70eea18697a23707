"""Every row of cases/sentences.jsonl: what the extractor reads, and no more, in sentences of our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kg.extract import Extractor, load_extractor
from kg.records import Extraction
from tests.extract.asserted import ASSERTED, results

CASES = Path(__file__).parent / "cases" / "sentences.jsonl"
ROWS = [json.loads(row) for row in CASES.read_text(encoding="utf-8").split("\n") if row]
ROLES = ("introduces", "addresses", "uses", "evaluatesOn", "comparesWith")


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load_extractor()


def names(extraction: Extraction, role: str) -> list[str]:
    found = [r for r in extraction.roles if r.role == role and r.score >= ASSERTED]
    return sorted(extraction.mentions[r.mention].text for r in found)


@pytest.mark.parametrize("row", ROWS, ids=[row["rule"] for row in ROWS])
def test_sentence(extractor: Extractor, row: dict[str, Any]) -> None:
    extraction = extractor.extract({"title": row.get("title", ""), "abstract": row.get("text", "")})
    for role in ROLES:
        if role in row:
            assert names(extraction, role) == sorted(row[role]), role
    if "results" in row:
        assert results(extraction) == row["results"]
    if "repositories" in row:
        assert [[r.url, r.own] for r in extraction.repositories] == row["repositories"]


def test_there_are_enough_cases() -> None:
    assert len(ROWS) >= 60
    assert len({row["rule"] for row in ROWS}) == len(ROWS)
