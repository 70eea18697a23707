"""`papertriples extract`: answers come one by one, in order, while the input is still open; bad lines are named."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from kg.errors import UsageError
from kg.extract import answers
from kg.records import Extraction, FieldName


class Counting(bytes):
    """A line that knows how many of its kind are in memory."""

    held = 0
    most = 0

    def __init__(self, *_: object) -> None:
        Counting.held += 1
        Counting.most = max(Counting.most, Counting.held)

    def __del__(self) -> None:
        Counting.held -= 1


class Plain:
    """An extractor that finds nothing."""

    def extract(self, fields: Mapping[FieldName, str]) -> Extraction:
        return Extraction(extractor="0", language="fr" if "été" in fields.get("text", "") else None)


def never(number: int, error: UsageError) -> None:
    raise AssertionError(f"{number}: {error}")


def test_a_line_is_read_when_the_answer_before_was_taken() -> None:
    read: list[int] = []

    def lines() -> Iterator[bytes]:
        for number in range(1_000):
            read.append(number)
            yield Counting(json.dumps({"id": number, "text": "a text"}).encode())

    for taken, answer in enumerate(answers(lines(), Plain(), never)):
        assert json.loads(answer.line)["id"] == taken
        assert len(read) == taken + 1
    assert len(read) == 1_000
    assert Counting.most <= 2  # the line at work, and the next one


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"not json", "found no JSON"),
        (b'{"id": "1", "text": "\xff"}', "byte that is no UTF-8 at 22"),
        (b'{"id": NaN, "text": "a"}', "NaN is no JSON number"),
        (b'{"id": 1e999, "text": "a"}', "1e999 is too large"),
        (b'{"id": "1", "text": 7}', "text: found a JSON int"),
        (b'{"id": "1"}', 'found id, expected "text"'),
        (b"[" * 100_000, "found"),
        (b'["a"]', "found a JSON list"),
        (b"9" * 5_000, "found no JSON"),
        (b"\xef\xbb\xbf{}", "found no JSON"),
        (b"\x00", "found no JSON"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_answered(line: bytes, why: str) -> None:
    refused: list[tuple[int, str]] = []
    lines = [b'{"id": 1, "text": "a"}\n', b"\n", line + b"\n", b'{"id": 2, "text": "b"}']
    found = answers(lines, Plain(), lambda number, error: refused.append((number, str(error))))
    assert [json.loads(answer.line)["id"] for answer in found] == [1, 2]
    ((number, message),) = refused
    assert number == 3
    assert why in message
    assert len(message) < 300


def test_a_byte_order_mark_begins_no_line() -> None:
    (answer,) = answers([b'\xef\xbb\xbf{"id": 1, "text": "a"}'], Plain(), never)
    assert json.loads(answer.line)["id"] == 1


def test_the_language_is_told_where_it_is_not_english() -> None:
    found = list(answers([b'{"id": 1, "text": "a"}', '{"id": 2, "text": "été"}'.encode()], Plain(), never))
    assert [answer.language for answer in found] == [None, "fr"]
    assert "language" not in json.loads(found[0].line)
    assert json.loads(found[1].line)["language"] == "fr"


@pytest.mark.parametrize("id", ["\u2028", "\ud800", "\x85\x0b", {"a": ["é"]}, None, 1.5, 10**30])
def test_an_id_comes_back_on_one_line_of_utf_8(id: object) -> None:
    (answer,) = answers([json.dumps({"id": id, "text": "a"}).encode()], Plain(), never)
    assert len(answer.line.splitlines()) == 1
    assert json.loads(answer.line.encode())["id"] == id


def test_the_command_answers_while_its_input_is_open(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg.cli", "extract", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        for number in range(3):
            text = f"We evaluate Net{number}X on COCO and reach {number}.5 AP."
            running.stdin.write(json.dumps({"id": number, "text": text}).encode() + b"\n")
            running.stdin.flush()
            answer = json.loads(running.stdout.readline())  # the test's time limit ends a wait for ever
            assert answer["id"] == number
            assert answer["results"][0]["value"] == number + 0.5
        running.stdin.write(b"broken\n")
        running.stdin.flush()
        assert running.stderr.readline().startswith(b"<stdin>:4: found no JSON")
        running.stdin.write('{"id": "é", "text": ""}'.encode())
        running.stdin.close()
        assert json.loads(running.stdout.readline())["id"] == "é"
        assert running.stdout.read() == b""
        assert running.wait() == 3
