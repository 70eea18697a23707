"""Gold of whole papers: names, roles, results and repositories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.errors import ProblemLog
from kg.evaluate import GoldOptions, ListingScores, evaluate, predict_with
from kg.extract import load_extractor
from kg.records import Abbreviation, Extraction, FieldName, RepositoryMention, Role
from tests.evaluate.gold import claim, mention, write

TITLE = "PondNet: counting frogs in photographs"
ABSTRACT = (
    "Animal counting (AC) matters. We present PondNet for AC. On FrogSet, PondNet reaches 81.5 accuracy, 2.5 over "
    "LakeNet. Code: https://github.com/example/pondnet"
)
GOLD: dict[str, Any] = {
    "title": TITLE,
    "abstract": ABSTRACT,
    "entities": [
        {"name": "PondNet", "aliases": [], "type": "Method", "introduced": True},
        {"name": "animal counting", "aliases": ["AC"], "type": "Task", "introduced": False},
        {"name": "FrogSet", "aliases": ["FrogSet dataset"], "type": "Dataset", "introduced": False},
    ],
    "tasks": ["animal counting", "counting frogs"],
    "datasets": ["FrogSet"],
    "methods_used": [],
    "compared_with": ["LakeNet"],
    "results": [
        {"metric": "accuracy", "dataset": "FrogSet", "value": "81.5"},
        {"metric": "accuracy", "dataset": "", "value": "-2.5"},
        {"metric": "", "dataset": "", "value": "3-20"},
    ],
    "repositories": ["https://github.com/Example/PondNet"],
}


def extraction(fields: Mapping[FieldName, str]) -> Extraction:
    mentions = (
        mention(fields, "Animal counting", "Task"),
        mention(fields, "PondNet for", "Method"),
        mention(fields, "AC.", "Task"),
        mention(fields, "FrogSet", "Dataset"),
        mention(fields, "accuracy", "Metric"),
        mention(fields, "LakeNet", "Method"),
    )
    mentions = tuple(
        replace(one, end=one.start + len(short), text=short)
        for one, short in zip(
            mentions, ("Animal counting", "PondNet", "AC", "FrogSet", "accuracy", "LakeNet"), strict=True
        )
    )
    return Extraction(
        "test",
        mentions=mentions,
        roles=(
            Role(1, "introduces", 0.9),
            Role(0, "addresses", 0.9),
            Role(2, "addresses", 0.8),  # the same concept by its short form
            Role(3, "evaluatesOn", 0.9),
            Role(3, "uses", 0.9),  # a dataset: no method that it uses
            Role(5, "uses", 0.9),  # not in the gold
            Role(5, "comparesWith", 0.4),  # not sure enough
        ),
        results=(
            claim(fields, "81.5", "81.5", metric=4, dataset=3),
            claim(fields, "2.5", "2.5", metric=3),  # the dataset in place of the metric
        ),
        repositories=(RepositoryMention("abstract", 0, 6, "https://github.com/example/pondnet", True, 0.9),),
        abbreviations=(Abbreviation("abstract", 17, 19, 0, 15, "AC", "Animal counting"),),
    )


def scores(tmp_path: Path, gold: list[Any], predict: Any, **options: Any) -> ListingScores:
    log = ProblemLog()
    report = evaluate(str(write(tmp_path / "gold.jsonl.gz", gold)), predict, log, options=GoldOptions(**options))
    assert isinstance(report, ListingScores)
    assert not log.problems
    return report


def test_the_figures_of_a_paper(tmp_path: Path) -> None:
    found = scores(tmp_path, [GOLD], lambda _, fields: extraction(fields))
    counted = {name: (one.right, one.predicted, one.wanted) for name, one in found.counts.items()}
    assert counted == {
        "introduces": (1, 1, 1),
        "addresses": (1, 1, 2),
        "uses": (0, 1, 0),
        "evaluatesOn": (1, 1, 1),
        "comparesWith": (0, 0, 1),
        "results": (1, 2, 2),
        "repositories": (1, 1, 1),
    }
    assert found.mean_f1 == pytest.approx((1 + 2 / 3 + 0 + 1 + 0 + 0.5 + 1) / 7)
    assert "comparesWith" in found.as_text()
    sure = scores(tmp_path, [GOLD], lambda _, fields: extraction(fields), min_confidence=0.3)
    assert sure.counts["comparesWith"].right == 1


def test_one_concept_answers_one_gold_name(tmp_path: Path) -> None:
    gold = {**GOLD, "tasks": ["animal counting", "AC"]}  # an alias of the same: a second gold name of its own
    found = scores(tmp_path, [gold], lambda _, fields: extraction(fields))
    assert found.counts["addresses"].right == 1


def test_one_claim_answers_one_gold_result(tmp_path: Path) -> None:
    gold = {**GOLD, "results": [GOLD["results"][0], GOLD["results"][0]]}
    found = scores(tmp_path, [gold], lambda _, fields: extraction(fields))
    assert (found.counts["results"].right, found.counts["results"].wanted) == (1, 2)


def test_ends_of_a_range_count_neither_way(tmp_path: Path) -> None:
    def said(_: str, fields: Mapping[FieldName, str]) -> Extraction:
        return Extraction("test", results=(claim(fields, "81.5", "3"), claim(fields, "2.5", "2.5")))

    assert scores(tmp_path, [GOLD], said).counts["results"].predicted == 1


def test_texts_from_another_file_by_title_or_id(tmp_path: Path) -> None:
    bare = {key: value for key, value in GOLD.items() if key != "abstract"}
    titled = write(tmp_path / "papers.jsonl", [{"title": TITLE.upper() + ".", "abstract": ABSTRACT}])
    asked: list[str] = []

    def said(id: str, fields: Mapping[FieldName, str]) -> Extraction:
        asked.append(fields["abstract"])
        return Extraction("test")

    scores(tmp_path, [bare], said, texts=(str(titled),))
    named = write(tmp_path / "ids.jsonl", [{"id": "p7", "title": "Other words", "abstract": ABSTRACT}])
    scores(tmp_path, [{**bare, "id": "p7"}], said, texts=(str(named),))
    assert asked == [ABSTRACT, ABSTRACT]
    log = ProblemLog()
    evaluate(str(write(tmp_path / "gold.jsonl", [bare])), said, log)
    assert [(one.line, one.field, one.skipped) for one in log.problems] == [(1, "abstract", True)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": 7.5, "tasks": "counting"}, "tasks"),
        ({"title": ""}, "title"),
        ({"entities": [{"aliases": []}]}, "entities[0].name"),
        ({"entities": ["PondNet"]}, "entities[0]"),
        ({"results": [{"metric": "AP"}]}, "results[0].value"),
        ({"repositories": [None]}, "repositories[0]"),
    ],
)
def test_bad_fields(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    log = ProblemLog()
    gold = write(tmp_path / "gold.jsonl", [{**GOLD, **change}, GOLD])
    report = evaluate(str(gold), lambda _, fields: Extraction("test"), log, "listing")
    assert isinstance(report, ListingScores)
    assert report.papers == 1
    assert [one.field for one in log.problems] == [field]


def test_real_gold(shared: Path) -> None:
    gold = shared / "benchmarks" / "listing-dev.jsonl"
    if not gold.exists():
        pytest.skip("no gold of the listing")
    log = ProblemLog()
    options = GoldOptions(texts=(str(shared / "corpora" / "hf-papers-listing.txt"),))
    report = evaluate(str(gold), predict_with(load_extractor()), log, options=options)
    assert isinstance(report, ListingScores)
    assert report.papers == 25
    assert log.skipped == 0
    assert report.mean_f1 > 0.7
