"""`papertriples evaluate`, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from tests.evaluate.gold import write

SENTENCES = [
    {"doc": "a", "sent": 0, "tokens": ["We", "train", "BERT", "on", "SQuAD", "."], "entities": [[2, 3, "Method"]]},
    {"doc": "a", "sent": 1, "tokens": ["SQuAD", "is", "large", "."], "entities": [[0, 1, "Corpus"]]},
]
PAPER = {"id": "p1", "title": "On frogs", "abstract": "We reach 81.5 accuracy.", "results": [{"value": "81.5"}]}


def run(*arguments: object, stdin: str | None = None) -> Result:
    given = [str(one) for one in arguments]
    return CliRunner().invoke(main, ["evaluate", *given], input=stdin, catch_exceptions=False)


def test_scores_the_shipped_extractor(tmp_path: Path) -> None:
    done = run(write(tmp_path / "gold.jsonl.gz", SENTENCES), "--map", "Corpus=Dataset", "--json")
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["types"] == ["Method", "Dataset"]
    assert figures["entities"]["Method"]["recall"] == 1.0


def test_scores_the_predictions_of_another_one(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", SENTENCES)
    texts = [json.loads(line) for line in run(gold, "--print-texts").stdout.splitlines()]
    assert texts == [{"id": "a/0", "text": "We train BERT on SQuAD ."}, {"id": "a/1", "text": "SQuAD is large ."}]
    said = [
        {
            "id": "a/0",
            "mentions": [
                {"start": 9, "end": 13, "type": "Method"},
                {"field": "text", "start": 17, "end": 22, "type": "Corpus", "score": 0.5},
                {"start": 0, "end": 2, "type": "Person"},
            ],
        }
    ]
    predictions = write(tmp_path / "predictions.jsonl", said)
    done = run(gold, "--predictions", predictions, "--map", "Corpus=Dataset", "--json")
    figures = json.loads(done.stdout)
    assert done.exit_code == 0, done.output
    assert figures["entities"]["all"] == {
        "f1": 0.5,
        "precision": 0.5,
        "recall": 0.5,
        "right": 1,
        "predicted": 2,
        "gold": 2,
    }
    assert (figures["without_predictions"], figures["predictions_left_out"]) == (1, {"Person": 1})
    assert 'counted as empty: 1 texts, "a/1"' in run(gold, "--predictions", predictions).stdout


def test_what_extract_writes_can_be_scored(tmp_path: Path) -> None:
    for number, lines in enumerate([SENTENCES, [PAPER]]):
        gold = write(tmp_path / f"{number}.jsonl", lines)
        texts = run(gold, "--print-texts").stdout
        written = CliRunner().invoke(main, ["extract"], input=texts, catch_exceptions=False).stdout
        (tmp_path / "predictions.jsonl").write_text(written, encoding="utf-8")
        ours = json.loads(run(gold, "--json").stdout)
        theirs = json.loads(run(gold, "--json", "--predictions", tmp_path / "predictions.jsonl").stdout)
        assert theirs == {**ours, "without_predictions": 0, "predictions_left_out": {}}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"mentions": None}, "mentions"),
        ({"mentions": [{"start": 9, "end": 90, "type": "Method"}]}, "mentions[0].start"),
        ({"mentions": [{"start": 0, "end": 2, "type": "Method", "score": 7}]}, "mentions[0].score"),
        ({"mentions": [{"start": 0, "end": 2, "type": "Method", "field": "title"}]}, "mentions[0].field"),
        ({"relations": [{"head": "x", "tail": 0, "type": "Used-For"}]}, "relations[0].head"),
        ({"roles": [{"mention": 0, "role": "eats"}]}, "roles[0].role"),
        ({"results": [{"start": 0, "end": 2, "value": "81"}]}, "results[0].value"),
        ({"repositories": [{"start": 0, "end": 2}]}, "url"),
    ],
)
def test_bad_predictions_are_told(tmp_path: Path, change: dict[str, object], field: str) -> None:
    gold = write(tmp_path / "gold.jsonl", SENTENCES)
    line = {"id": "a/0", "mentions": [{"start": 9, "end": 13, "type": "Method"}], **change}
    done = run(gold, "--predictions", write(tmp_path / "p.jsonl", [line]))
    assert done.exit_code == 3
    assert f"p.jsonl:1: {field}: found" in done.stderr


def test_bad_lines_of_gold_give_exit_code_3(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", ["{", SENTENCES[0], '["an array"]', "", SENTENCES[1]])
    done = run(gold)
    assert done.exit_code == 3
    assert "gold.jsonl:1: JSON: found" in done.stderr
    assert "gold.jsonl:3: JSON: found an array, expected one JSON object a line; skipped" in done.stderr
    assert "2 sentences" in done.stdout
    assert run(gold, "--quiet").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.jsonl"], "no such file"),
        (["notes.jsonl"], "found no gold that is known by its fields; name its format, one of spans, listing, results"),
        (["gold.jsonl", "--format", "tables"], "--format tables: unknown; one of spans, listing, results"),
        (["gold.jsonl", "--map", "Corpus"], "--map Corpus: expected THEIRS=OURS"),
        (["gold.jsonl", "--predictions", "missing.jsonl"], "missing.jsonl: no such file"),
    ],
)
def test_bad_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("gold.jsonl"), SENTENCES)
    write(Path("notes.jsonl"), [{"note": "nothing"}])
    done = run(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr


def test_gold_on_standard_input() -> None:
    done = run("-", "--json", stdin=json.dumps(PAPER) + "\n")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["gold"] == 1
