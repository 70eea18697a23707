"""Every folder under cases: a small file of ours, the records that it gives, and the problems that are reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import Problem
from kg.read import SOURCES, read_inputs
from kg.records import SourceRecord, record_from_json, record_to_json

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())


def input_of(folder: Path) -> Path:
    return next(path for path in sorted(folder.iterdir()) if not path.name.startswith("expected"))


def lines_of(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line] if path.exists() else []


def told(problem: Problem) -> str:
    return str(problem).removeprefix(problem.file).lstrip(":").strip()


@pytest.mark.parametrize("name", FOLDERS)
def test_case(name: str) -> None:
    folder = CASES / name
    problems: list[Problem] = []
    records = list(read_inputs([input_of(folder)], problems.append))
    assert [record_to_json(one) for one in records] == lines_of(folder / "expected.jsonl")
    assert [told(one) for one in problems] == lines_of(folder / "expected-problems.txt")


@pytest.mark.parametrize("name", FOLDERS)
def test_expected_records_are_sound(name: str) -> None:
    records = [record_from_json(SourceRecord, line) for line in lines_of(CASES / name / "expected.jsonl")]
    assert records
    assert len({record.key for record in records}) == len(records)
    for record in records:
        assert record.source in SOURCES
        assert record.title.strip() == record.title
        assert tuple(sorted(record.identifiers)) == record.identifiers
        assert not any(character in record.record_id for character in "\n\t")
