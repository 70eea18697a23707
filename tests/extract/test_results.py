"""Every row of cases/results.jsonl: the results of a text of our own, each with what it belongs to, and no more.

``unsure``: what is kept and not asserted.
"""

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
    if "unsure" in row:
        assert results(extraction, doubtful=True) == row["unsure"]


def test_rules_have_names_of_their_own() -> None:
    assert len({row["rule"] for row in ROWS}) == len(ROWS)


WHO = [
    ("On FernDB, the best systems only achieve 32.7% F1, while human performance is 96.4%. LeafNet achieves 47.0% F1.",
     [("32.7%", None), ("96.4%", None), ("47.0%", "LeafNet")]),
    ("LeafNet lowers the error rate from 34.7% to 4.3% on CIFAR-10.", [("34.7%", None), ("4.3%", "LeafNet")]),
    ("LeafNet beats others (0.147 vs. 0.189 in the AbsRel error) on NYUv2.", [("0.147", "LeafNet"), ("0.189", None)]),
    ("LeafNet with ResNet-50 achieves 44.7 AP on COCO.", [("44.7", "LeafNet")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WHO)
def test_credit(extractor: Extractor, text: str, expected: list[tuple[str, str | None]]) -> None:
    """Who reached a number; what others reached is not the paper's."""
    extraction = extractor.extract({"title": "LeafNet: Counting Leaves", "abstract": text})
    found = [(one.value_text, one.method) for one in extraction.results]
    assert [(value, None if at is None else extraction.mentions[at].text) for value, at in found] == expected


def test_lists_are_told_apart(extractor: Extractor) -> None:
    """Of tasks and of rivals each number has its own, and a range is one result with both ends."""
    tasks = (
        "LeafNet beats the baseline in leaf detection, stem localization, and growth tracking by 5.0%, 13.9%,"
        " and 12.6%, respectively."
    )
    extraction = extractor.extract({"title": "LeafNet: Counting Leaves", "abstract": tasks})
    names = [None if one.task is None else extraction.mentions[one.task].text for one in extraction.results]
    assert names == ["leaf detection", "stem localization", "growth tracking"]
    rivals = "LeafNet outperforms 3D CNN and 2D CNN by 5.3% and 1.8% on Sports-1M, respectively."
    extraction = extractor.extract({"title": "LeafNet: Counting Leaves", "abstract": rivals})
    names = [None if one.baseline is None else extraction.mentions[one.baseline].text for one in extraction.results]
    assert names == ["3D CNN", "2D CNN"]
    (result,) = extractor.extract({"abstract": "LeafNet gains 1.5 to 3.0 points of mAP on FernDB."}).results
    assert (str(result.minimum), str(result.maximum), result.kind) == ("1.5", "3.0", "delta")
