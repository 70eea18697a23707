"""Every row of cases/relations.jsonl: relations that are read, with their direction, and such that are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kg.extract import load_extractor

CASES = Path(__file__).parent / "cases" / "relations.jsonl"
ROWS = [json.loads(row) for row in CASES.read_text(encoding="utf-8").split("\n") if row]


@pytest.mark.parametrize("row", ROWS, ids=[row["rule"] for row in ROWS])
def test_relations(row: dict[str, Any]) -> None:
    extraction = load_extractor().extract({"abstract": row["text"]})
    text = [mention.text for mention in extraction.mentions]
    found = [[text[r.head], r.type, text[r.tail]] for r in extraction.relations if r.score >= 0.5]
    for relation in row.get("has", []):
        assert relation in found
    for relation in row.get("hasnot", []):
        assert relation not in found
