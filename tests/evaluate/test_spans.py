"""Gold spans: which figures come out, and that nothing else counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ProblemLog, UsageError
from kg.evaluate import GoldOptions, SpanScores, TypeMap, evaluate, predict_with, score_spans, span_texts
from kg.evaluate.spans import SpanSentence
from kg.extract import load_extractor
from tests.evaluate.gold import saying, write

ONE = {
    "doc": "d1",
    "sent": 0,
    "tokens": ["We", "train", "TinyNet", "on", "PondSet", "."],
    "entities": [[2, 3, "Method"], [4, 5, "Dataset"]],
    "relations": [[0, 1, "Trained-With"]],
}
TWO = {
    "doc": "d1",
    "sent": 1,
    "tokens": ["TinyNet", "solves", "leaf", "counting", "."],
    "entities": [[0, 1, "Method"], [2, 4, "Task"]],
    "relations": [[0, 1, "Used-For"]],
}
OTHER = {
    "doc": "d2",
    "sent": 0,
    "tokens": ["Noise", "hurts", "TinyNet", "."],
    "entities": [[0, 1, "Phenomenon"], [2, 3, "Method"]],
    "relations": [[0, 1, "Hurts"]],
}


def scores(tmp_path: Path, lines: list[Any], predict: Any, **options: Any) -> SpanScores:
    log = ProblemLog()
    report = evaluate(str(write(tmp_path / "gold.jsonl", lines)), predict, log, options=GoldOptions(**options))
    assert isinstance(report, SpanScores)
    assert not log.problems
    return report


def test_strict_spans_and_types(tmp_path: Path) -> None:
    # gold: TinyNet twice, PondSet, leaf counting; said: TinyNet twice, PondSet as a task, "counting" alone.
    found = scores(tmp_path, [ONE, TWO], saying(("TinyNet", "Method"), ("PondSet", "Task"), ("counting", "Task")))
    figures = found.as_dict()["entities"]
    assert (figures["Method"]["precision"], figures["Method"]["recall"]) == (1.0, 1.0)
    assert figures["Task"] == {"f1": 0.0, "precision": 0.0, "recall": 0.0, "right": 0, "predicted": 2, "gold": 1}
    assert (figures["Dataset"]["predicted"], figures["Dataset"]["gold"]) == (0, 1)
    assert figures["all"] == {"f1": 0.5, "precision": 0.5, "recall": 0.5, "right": 2, "predicted": 4, "gold": 4}


def test_types_that_the_gold_never_annotates_do_not_count(tmp_path: Path) -> None:
    found = scores(tmp_path, [ONE], saying(("TinyNet", "Method"), ("train", "Metric"), ("We", "Task")))
    assert list(found.entities) == ["Method", "Dataset"]
    assert found.as_dict()["entities"]["all"]["predicted"] == 1
    assert found.calibration.predicted == 1


def test_relations_with_and_without_the_types_of_their_ends(tmp_path: Path) -> None:
    # PondSet is called a task, but one that the gold knows: Rel is right, Rel+ is not.
    names = (("TinyNet", "Method"), ("PondSet", "Task"), ("leaf counting", "Task"))
    said = ((0, 1, "Trained-With"), (2, 0, "Used-For"))  # the second the wrong way round
    found = scores(tmp_path, [ONE, TWO], saying(*names, relations=said)).as_dict()
    assert found["relations"]["Trained-With"]["f1"] == 1.0
    assert found["relations_with_types"]["Trained-With"]["f1"] == 0.0
    assert found["relations"]["Used-For"] == found["relations_with_types"]["Used-For"]
    assert found["relations"]["all"] == {
        "f1": 0.5,
        "precision": 0.5,
        "recall": 0.5,
        "right": 1,
        "predicted": 2,
        "gold": 2,
    }


def test_relations_count_only_where_a_line_has_them(tmp_path: Path) -> None:
    without = {key: value for key, value in TWO.items() if key != "relations"}
    said = saying(("TinyNet", "Method"), ("leaf counting", "Task"), relations=((0, 1, "Used-For"),))
    assert scores(tmp_path, [ONE, without], said).as_dict()["relations"]["all"]["predicted"] == 0
    assert scores(tmp_path, [without], said).relations == {}


def test_foreign_types_are_left_out_and_told_or_mapped(tmp_path: Path) -> None:
    said = saying(("Noise", "Task"), ("TinyNet", "Method"), relations=((0, 1, "Part-Of"),))
    left = scores(tmp_path, [OTHER], said)
    assert left.left_out == {"Hurts": 1, "Phenomenon": 1}
    assert left.as_dict()["entities"]["all"]["f1"] == 1.0
    assert "Phenomenon (1)" in left.as_text()
    mapped = scores(tmp_path, [OTHER], said, types=TypeMap.parse(["Phenomenon=Task", "Hurts=Part-Of"]))
    assert mapped.left_out == {}
    assert mapped.as_dict()["relations_with_types"]["all"]["f1"] == 1.0
    with pytest.raises(UsageError, match="expected THEIRS=OURS"):
        TypeMap.parse(["Phenomenon=Thing"])


def test_calibration_error_by_hand(tmp_path: Path) -> None:
    # bin 0.9: two of score 0.95, both right; bin 0.6: one of score 0.65, wrong: (2 * 0.05 + 0.65) / 3
    names = (("TinyNet", "Method", 0.95), ("counting", "Task", 0.65))
    found = scores(tmp_path, [ONE, TWO], saying(*names))
    assert found.calibration.error == pytest.approx((0.05 + 0.05 + 0.65) / 3)


def test_a_document_as_one_text() -> None:
    sentences = [
        SpanSentence("d", "0", ("A", "net"), ((0, 2, "Method"),), ()),
        SpanSentence("d", "1", ("It", "is", "a", "net"), ((2, 4, "Method"),), ()),
        SpanSentence("e", "0", ("A", "net"), ((1, 2, "Method"),), None),
    ]
    texts = list(span_texts(sentences, "abstract", whole_documents=True))
    assert [(one.id, one.fields, one.sentences, one.related) for one in texts] == [
        ("d", {"abstract": "A net It is a net"}, 2, True),
        ("e", {"abstract": "A net"}, 1, False),
    ]
    assert texts[0].entities == ((0, 5, "Method"), (12, 17, "Method"))
    assert [one.id for one in span_texts([sentences[0], sentences[0]])] == ["d/0", "d/0#2"]


WORDS = st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=6), min_size=1, max_size=8)


@settings(max_examples=50, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4), st.booleans())
def test_spans_select_their_tokens(sentences: list[list[str]], whole: bool) -> None:
    made = [
        SpanSentence("d", str(number), tuple(tokens), ((0, len(tokens), "Task"), (0, 1, "Method")), None)
        for number, tokens in enumerate(sentences)
    ]
    texts = list(span_texts(made, whole_documents=whole))
    spans = [text.fields["text"][start:end] for text in texts for start, end, _ in text.entities]
    assert spans == [part for tokens in sentences for part in (" ".join(tokens), tokens[0])]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tokens": "We train"}, "tokens"),
        ({"tokens": ["We", 7]}, "tokens[1]"),
        ({"entities": [[2, 2, "Method"]]}, "entities[0]"),
        ({"entities": [[2, 9, "Method"]]}, "entities[0]"),
        ({"entities": [[0, 1, "Method"], [1, 2]]}, "entities[1]"),
        ({"entities": [[0, 1, 3]], "relations": []}, "entities[0]"),
        ({"relations": [[0, 2, "Used-For"]]}, "relations[0]"),
        ({"relations": {"head": 0}}, "relations"),
    ],
)
def test_a_bad_line_is_told_and_ends_nothing(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    gold = write(tmp_path / "gold.jsonl", [ONE, {**ONE, **change}, "{no JSON", TWO])
    log = ProblemLog()
    report = evaluate(str(gold), saying(("TinyNet", "Method")), log)
    assert isinstance(report, SpanScores)
    assert report.sentences == 2
    assert [(one.line, one.field, one.skipped) for one in log.problems] == [(2, field, True), (3, "JSON", True)]
    assert str(log.problems[0]).startswith(f"{gold}:2: {field}: found ")


def test_real_gold(shared: Path) -> None:
    lines = (shared / "benchmarks" / "scier" / "dev.jsonl").read_text(encoding="utf-8").split("\n")[:60]
    sentences = list(_sentences(lines))
    found = score_spans(span_texts(sentences), predict_with(load_extractor()))
    assert list(found.entities) == ["Task", "Method", "Dataset"]
    assert 0.5 < found.as_dict()["entities"]["all"]["f1"] < 1.0
    assert 0.0 < found.as_dict()["relations_with_types"]["all"]["f1"] < 1.0


def _sentences(lines: list[str]) -> Any:
    import json

    from kg.evaluate import span_sentences
    from kg.read.place import Place

    log = ProblemLog()
    yield from span_sentences((Place("dev.jsonl", log, number), json.loads(line)) for number, line in enumerate(lines))
    assert not log.problems
