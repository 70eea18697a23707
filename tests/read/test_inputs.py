"""Files, folders, globs and standard input; compressed, damaged, empty, unknown, in other encodings."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path

import pytest

from kg.errors import Problem, ProblemLog, UnknownFormat, UsageError, raise_problem
from kg.read import FORMATS, SOURCES, find_format, input_files, read_inputs
from kg.read.opening import InputFile, open_input, text_lines
from kg.read.place import Place
from kg.records import SourceRecord

CASES = Path(__file__).parent / "cases"


def json_lines(*titles: str) -> str:
    return "".join(json.dumps({"title": title}) + "\n" for title in titles)


def read(*inputs: str | Path, format: str | None = None) -> tuple[list[SourceRecord], list[str]]:
    problems: list[Problem] = []
    records = list(read_inputs(inputs, problems.append, format))
    return records, [str(one) for one in problems]


def titles_of(records: list[SourceRecord]) -> list[str]:
    return [record.title for record in records]


def test_a_folder_is_read_sorted_and_what_is_unknown_in_it_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text(json_lines("B"))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.bib").write_text("@misc{a, title={A}}")
    (tmp_path / "notes.md").write_text("# Notes\n\nNothing to read here.\n")
    (tmp_path / "page.html").write_text("<html><body><p>x</p></body></html>")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00")
    (tmp_path / "empty.jsonl").write_text("")
    (tmp_path / ".hidden.jsonl").write_text(json_lines("Hidden"))
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "papertriples.json").write_text("{}")
    (tmp_path / "store" / "x.jsonl").write_text(json_lines("In a store"))
    records, problems = read(tmp_path)
    assert titles_of(records) == ["B", "A"]
    assert [problem.split(": ")[1] for problem in problems] == ["file"] * 4
    assert sum("unknown format" in problem for problem in problems) == 3
    assert sum("empty" in problem for problem in problems) == 1


def test_globs_and_repeated_inputs(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.jsonl").write_text(json_lines(name))
    records, problems = read(str(tmp_path / "*.jsonl"), tmp_path / "one.jsonl", tmp_path)
    assert titles_of(records) == ["one", "two"]
    assert problems == []
    assert len(input_files([tmp_path, tmp_path])) == 2
    with pytest.raises(UsageError, match=r"\*\.ris: no file has such a name"):
        read(str(tmp_path / "*.ris"))


def test_missing_file_is_named_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "there.jsonl").write_text(json_lines("There"))
    with pytest.raises(UsageError, match=r"absent\.jsonl: no such file or folder"):
        read_inputs([tmp_path / "there.jsonl", tmp_path / "absent.jsonl"], raise_problem)


def test_unknown_formats_list_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear editor,\n\nplease find enclosed a paper.\n")
    with pytest.raises(UnknownFormat, match=r"letter\.txt: its format is not recognised.*bibtex.*csv") as caught:
        read_inputs([path], raise_problem)
    assert all(name in str(caught.value) for name in FORMATS)
    with pytest.raises(UnknownFormat, match="docx: no such format"):
        read_inputs([path], raise_problem, "docx")
    assert find_format(".BIB").name == "bibtex"


def test_the_format_of_a_file_can_be_forced(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_text("title\nA Table of One Column\n")
    records, problems = read(path, format="csv")
    assert titles_of(records) == ["A Table of One Column"]
    assert problems == []
    records, problems = read(path, format="jsonl")
    assert records == []
    assert len(problems) == 2
    records, problems = read(CASES / "ris" / "references.ris", format="csv")
    assert records == []
    assert 'columns of which one is "title"' in problems[0]


@pytest.mark.parametrize("name", ["json_lines", "bibtex", "ris", "csv", "listing", "acl_anthology", "arxiv_atom"])
def test_gzip_is_transparent(name: str, tmp_path: Path) -> None:
    plain = next(path for path in (CASES / name).iterdir() if not path.name.startswith("expected"))
    packed = tmp_path / f"{plain.name}.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read(packed)[0] == read(plain)[0] != []
    assert len(read(tmp_path)[0]) == len(read(plain)[0])


def test_standard_input_is_recognised_and_may_be_compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Standard:
        buffer = io.BufferedReader(io.BytesIO(gzip.compress(json_lines("Piped", "Twice").encode())))

    monkeypatch.setattr(sys, "stdin", Standard)
    records, problems = read("-")
    assert titles_of(records) == ["Piped", "Twice"]
    assert problems == []
    Standard.buffer = io.BufferedReader(io.BytesIO(b"no format at all"))
    with pytest.raises(UnknownFormat, match="standard input"):
        read("-")


def test_a_damaged_gzip_file_gives_what_comes_before_the_damage(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"title": f"Paper {n}", "abstract": str(hash(str(n)) ** 7)}) + "\n" for n in range(9000))
    packed = gzip.compress(lines.encode())
    for name, damaged in {
        "cut.jsonl.gz": packed[: len(packed) // 2],
        "checksum.jsonl.gz": packed[:-8] + b"\x00" * 8,
        "inside.jsonl.gz": packed[: len(packed) // 2] + b"\xff" * 99 + packed[len(packed) // 2 + 99 :],
    }.items():
        (tmp_path / name).write_bytes(damaged)
        (tmp_path / "whole.jsonl").write_text(json_lines("Whole"))
        records, problems = read(tmp_path / name, tmp_path / "whole.jsonl")
        assert 1000 < len(records) <= 9001, name
        assert records[-1].title == "Whole"
        assert records[1].title == "Paper 1"
        assert any("damage" in problem for problem in problems), name
    (tmp_path / "none.jsonl.gz").write_bytes(b"\x1f\x8b nothing of the kind")
    records, problems = read(tmp_path / "none.jsonl.gz")
    assert records == []
    assert "damage" in problems[0]


def test_a_listing_that_is_cut_off_does_not_give_half_an_abstract(tmp_path: Path) -> None:
    text = "".join(f"A Title Number {n}\n\n{f'Words of abstract {n}, a sentence. ' * 40}\n\n" for n in range(400))
    packed = gzip.compress(text.encode(), compresslevel=0)
    (tmp_path / "listing.txt.gz").write_bytes(packed[: len(packed) - 700])
    records, problems = read(tmp_path / "listing.txt.gz")
    assert len(records) == 399
    assert {len(record.abstract or "") // 100 for record in records} <= {13, 14}
    assert len(problems) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_byte_order_marks(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "marked.csv"
    text = "title,year\nÜber \u0a0a Ähren,2020\n"
    path.write_bytes(("\ufeff" + text if encoding == "utf-16-be" else text).encode(encoding))
    records, problems = read(path)
    assert titles_of(records) == ["Über \u0a0a Ähren"]
    assert problems == []


def test_bytes_of_another_encoding_are_replaced_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "latin1.bib"
    path.write_bytes("@misc{a, title={A Caf\u00e9}}\n@misc{b, title={Plain}}\n".encode("latin-1"))
    records, problems = read(path)
    assert titles_of(records) == ["A Caf\ufffd", "Plain"]
    assert problems == [
        f"{path}:1: encoding: found bytes that are not UTF-8, expected UTF-8 (each replaced by U+FFFD); kept without it"
    ]


def test_lines_end_at_line_feeds_only(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes('{"title": "One\u2028\u0085Line"}\r\n\r\n{"title": "Two"}'.encode())
    log = ProblemLog()
    with open_input(InputFile(str(path), path)) as opened:
        assert [number for number, _ in text_lines(opened, Place(str(path), log))] == [1, 2, 3]
    records, problems = read(path)
    assert titles_of(records) == ["One\u2028\u0085Line", "Two"]
    assert problems == []


def test_unreadable_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "locked.jsonl"
    path.write_text(json_lines("Locked"))

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(UsageError, match=r"locked\.jsonl: cannot be read: Permission denied"):
        read(path)
    records, problems = read(tmp_path)
    assert records == []
    assert "Permission denied" in problems[0]


def test_the_strict_handler_ends_at_the_first_problem() -> None:
    with pytest.raises(UsageError, match="unknown column"):
        list(read_inputs([CASES / "json_lines" / "papers.jsonl"], raise_problem))


def test_sources_are_the_formats() -> None:
    assert set(SOURCES) == set(FORMATS)
    assert len(SOURCES) == len(FORMATS) == 11
