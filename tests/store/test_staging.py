"""The staged set of records: what replaces what, and what a build that never finished leaves."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.records import Extraction, SourceRecord
from kg.store.staging import Staging, packed


def record(name: str, text: str = "", version: str = "") -> SourceRecord:
    return SourceRecord("jsonl", name, f"On {name}", version=version, abstract=text or None)


def staged(staging: Staging) -> list[tuple[str, str | None]]:
    return [(one.record.record_id, one.record.abstract) for one in staging.records()]


def test_new_replaced_unchanged_older(tmp_path: Path) -> None:
    with Staging(tmp_path, 0) as staging:
        assert staging.stage(record("a", "first", "1")) == "new"
        staging.commit()
    with Staging(tmp_path, 1) as staging:
        assert not staging.changed()
        assert staging.stage(record("a", "first", "1")) == "unchanged"
        assert not staging.changed()
        assert staging.stage(record("a", "older", "0")) == "older"
        assert staging.stage(record("a", "second", "2")) == "replaced"
        assert staging.changed()
        assert staged(staging) == [("a", "second")]
        assert staging.record(("jsonl", "a")).record.version == "2"
        with pytest.raises(KeyError):
            staging.record(("jsonl", "b"))


@pytest.mark.parametrize("earlier", [None, "one", "two"])
def test_within_a_build_the_order_does_not_matter(tmp_path: Path, earlier: str | None) -> None:
    arrivals = [record("a", "one"), record("a", "two"), record("a", "three"), record("a", "new", "1")]
    for number, group in enumerate((arrivals[:2], arrivals[:3], arrivals)):
        ends = set()
        for turn, order in enumerate(permutations(group)):
            with Staging(tmp_path / f"{number}-{turn}", 0) as staging:
                if earlier:
                    staging.stage(record("a", earlier))
                staging.commit()
            with Staging(tmp_path / f"{number}-{turn}", 1 if earlier else 0) as staging:
                for one in order:
                    staging.stage(one)
                ends.add(tuple(staged(staging)))
        assert len(ends) == 1, (number, ends)


def test_a_later_build_replaces_a_record_of_equal_version(tmp_path: Path) -> None:
    for version, text in enumerate(["one", "two", "one", "three"]):
        with Staging(tmp_path, version) as staging:
            staging.stage(record("a", text))
            staging.commit()
            assert staged(staging) == [("a", text)]


def test_a_build_that_never_finished_is_rolled_back(tmp_path: Path) -> None:
    with Staging(tmp_path, 0) as staging:
        for name in "abc":
            staging.stage(record(name))
        staging.describe("graph-a", "1")
        staging.commit()
    with Staging(tmp_path, 1) as staging:
        staging.stage(record("a", "changed"))
        staging.stage(record("d"))
        assert staging.remove(("jsonl", "b"))
        assert not staging.remove(("jsonl", "b"))
        staging.describe("graph-a", "2")
        staging.describe("graph-b", "1")
        staging.keep_extraction("text", packed(Extraction("x")), "x")
        staging.commit()
        assert staged(staging) == [("a", "changed"), ("c", None), ("d", None)]
        assert dict(staging.described()) == {"graph-a": "2", "graph-b": "1"}
    with Staging(tmp_path, 1) as staging:
        assert staged(staging) == [("a", None), ("b", None), ("c", None)]
        assert dict(staging.described()) == {"graph-a": "1"}
        assert staging.extraction("text", "x") == Extraction("x"), "extractions stay"
        assert not staging.changed()


def test_what_was_published_stays(tmp_path: Path) -> None:
    with Staging(tmp_path, 0) as staging:
        staging.stage(record("a", "one"))
        staging.describe("graph-a", "1")
        staging.describe("graph-a", "2")
        staging.commit()
    with Staging(tmp_path, 1) as staging:
        staging.describe("graph-a", None)
        staging.remove(("jsonl", "a"))
        staging.commit()
    with Staging(tmp_path, 2) as staging:
        assert staged(staging) == []
        assert list(staging.described()) == []
        assert staging.described_from("graph-a") is None
        assert staging.count() == 0


def test_a_text_is_extracted_once_for_each_extractor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.store.staging.PAGE", 2)
    with Staging(tmp_path, 0) as staging:
        for name in "abcde":
            staging.stage(SourceRecord("jsonl", name, "One title for all" if name < "c" else f"On {name}"))
        assert staging.not_extracted("x") == 4
        for digest, _ in staging.texts_to_extract("x"):
            staging.keep_extraction(digest, packed(Extraction("x")), "x")
        assert staging.not_extracted("x") == 0
        assert list(staging.texts_to_extract("x")) == []
        assert staging.not_extracted("y") == 4
        with pytest.raises(KeyError):
            staging.extraction("none", "x")


def test_tidying_forgets_texts_that_went(tmp_path: Path) -> None:
    with Staging(tmp_path, 0) as staging:
        for name in "ab":
            staging.stage(record(name))
        first, second = (one.text_digest for one in staging.records())
        for digest in (first, second):
            staging.keep_extraction(digest, packed(Extraction("x")), "x")
        staging.tidy("x", "m")
        assert staging.extraction(first, "x") == staging.extraction(second, "x")
    with Staging(tmp_path, 1) as staging:
        staging.remove(("jsonl", "a"))
        staging.tidy("x", "m")
        assert staging.extraction(second, "x")
        with pytest.raises(KeyError):
            staging.extraction(first, "x")


def test_names_are_made_once(tmp_path: Path) -> None:
    with Staging(tmp_path, 0) as staging:
        assert staging.names("text", "m", lambda: "[1]") == "[1]"
        assert staging.names("text", "m", lambda: "[2]") == "[1]"
        assert staging.names("text", "n", lambda: "[2]") == "[2]"


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "staging").mkdir()
    (tmp_path / "staging" / "staging.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        Staging(tmp_path, 0)
    (tmp_path / "other").write_text("a file")
    with pytest.raises(StoreError, match="cannot be opened"):
        Staging(tmp_path / "other", 0)
