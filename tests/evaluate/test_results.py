"""Gold results of leaderboards: what is found at each level."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kg.errors import ProblemLog
from kg.evaluate import ResultScores, evaluate
from kg.records import Extraction, FieldName
from tests.evaluate.gold import claim, mention, write

ABSTRACT = "We reach 47.3 box AP for object detection on COCO val, 60.25% accuracy on ImageNet and 12.0 on others."


def result(value: str, metric: str = "", dataset: str = "", task: str = "", **more: Any) -> dict[str, Any]:
    return {"value": value, "metric": metric, "dataset": dataset, "task": task, **more}


def said(_: str, fields: Mapping[FieldName, str]) -> Extraction:
    mentions = (
        mention(fields, "box AP", "Metric"),
        mention(fields, "object detection", "Task"),
        mention(fields, "COCO", "Dataset"),
        mention(fields, "accuracy", "Metric"),
        mention(fields, "ImageNet", "Dataset"),
    )
    results = (
        claim(fields, "47.3", "47.3", metric=0, dataset=2, task=1),
        claim(fields, "60.25", "60.25", metric=3, dataset=4),
        claim(fields, "12.0", "12.0", score=0.2),
    )
    return Extraction("test", mentions=mentions, results=results)


def scores(tmp_path: Path, results: list[dict[str, Any]]) -> ResultScores:
    log = ProblemLog()
    gold = write(tmp_path / "gold.jsonl", [{"id": "p", "title": "T", "abstract": ABSTRACT, "results": results}])
    report = evaluate(str(gold), said, log)
    assert isinstance(report, ResultScores)
    assert not log.problems
    return report


@pytest.mark.parametrize(
    ("wanted", "levels"),
    [
        (result("47.30", "AP", "COCO test-dev", "Object Detection"), 4),  # contained either way round
        (result("47.3", "box AP", "MS COCO", "Real-Time Object Detection"), 4),  # an alias of the catalogue
        (result("47.3", "mask mAP", "COCO"), 1),
        (result("47.3", "", "", "Segmentation"), 3),  # what the gold does not name is given
        (result("60.25%", "Percentage correct", "ImageNet", "Image Classification"), 3),
        (result("60.2", "accuracy", "ImageNet"), 0),
        (result("12", "", "", ""), 0),  # not sure enough
    ],
)
def test_levels(tmp_path: Path, wanted: dict[str, Any], levels: int) -> None:
    found = scores(tmp_path, [wanted])
    assert found.found == tuple(int(level < levels) for level in range(4))


def test_what_counts(tmp_path: Path) -> None:
    gold = [
        result("47.3", "AP", **{"in": ["abstract", "tables"]}),
        result("47.3", "AP", "Cityscapes", **{"in": ["abstract"]}),  # the same claim, but for the dataset
        result("60.25", "accuracy", **{"in": ["tables"]}),
        result("99", **{"in": []}),
        result("-", "AP", **{"in": []}),
    ]
    found = scores(tmp_path, gold)
    assert (found.wanted, found.no_number) == (2, 1)
    assert found.found[1] == 2
    assert (found.extracted, found.matching) == (2, 2)
    assert found.recall("value") == 1.0
    assert "2 results extracted, 2 of them" in found.as_text()
    assert found.as_dict()["recall"]["value_metric_dataset"] == 0.5


def test_bad_fields(tmp_path: Path) -> None:
    lines = [
        {"results": [], "abstract": "A."},
        {"id": "a", "abstract": "A.", "results": [{"value": ["1"]}]},
        {"id": "b", "abstract": "A.", "results": [{"value": "1", "in": "abstract"}]},
        {"id": "c", "results": []},
    ]
    log = ProblemLog()
    report = evaluate(str(write(tmp_path / "gold.jsonl", lines)), said, log, "results")
    assert isinstance(report, ResultScores)
    assert report.papers == 0
    assert [one.field for one in log.problems] == ["id", "results[0].value", "results[0].in", "abstract"]
