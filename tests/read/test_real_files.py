"""The real corpora, against the counts that their description gives."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph
import pytest

from kg.errors import Problem
from kg.read import SOURCES, read_inputs
from kg.records import SourceRecord


def read(*inputs: Path) -> tuple[list[SourceRecord], list[Problem]]:
    problems: list[Problem] = []
    return list(read_inputs(inputs, problems.append)), problems


def test_listing(shared: Path) -> None:
    path = shared / "corpora" / "hf-papers-listing.txt"
    records, problems = read(path)
    text = path.read_text(encoding="utf-8")
    blocks = [block.strip() for block in text.split("\n\n") if block.strip()]
    assert len(records) == 77
    assert problems == []
    assert [block for record in records for block in (record.title, record.abstract)] == blocks[5:]


def test_acl_anthology(shared: Path) -> None:
    records, problems = read(shared / "corpora" / "acl")
    assert problems == []
    assert Counter(record.source for record in records) == {"acl-anthology": 5295}
    assert sum(record.abstract is not None for record in records) == 4837
    assert len({record.record_id for record in records}) == 5295
    assert all(record.venue and record.date and len(record.date) == 7 for record in records)
    assert all({"acl"} <= {one.scheme for one in record.identifiers} for record in records)
    assert sum(any(one.scheme == "doi" for one in record.identifiers) for record in records) == 5236
    assert sum(bool(record.code_urls) for record in records) > 2000
    known = next(record for record in records if record.record_id == "2020.acl-main.207")
    assert known.urls == ("https://aclanthology.org/2020.acl-main.207/",)


def test_arxiv(shared: Path) -> None:
    records, problems = read(shared / "corpora" / "arxiv")
    assert Counter(record.source for record in records) == {"arxiv-metadata": 49, "arxiv-api": 116}
    assert [problem.field for problem in problems] == ["entry"]  # the 117th entry tells of an error
    assert "incorrect id format" in problems[0].found
    ids = {record.record_id for record in records}
    assert {"astro-ph/0601001", "quant-ph/0201082", "1707.08567"} <= ids
    assert all(record.version.startswith("v0") and record.date and record.authors for record in records)
    assert not any("\n" in record.title + (record.abstract or "") for record in records)


def test_openalex(shared: Path) -> None:
    records, problems = read(shared / "corpora" / "openalex")
    assert len(records) == 1000
    assert not any(problem.skipped for problem in problems)
    assert sum(record.abstract is not None for record in records) > 900
    assert all(record.date for record in records)
    assert sum(record.venue is not None for record in records) > 900


def test_semantic_scholar(shared: Path) -> None:
    records, problems = read(shared / "corpora" / "semantic-scholar")
    assert len(records) == 100
    assert Counter(problem.field for problem in problems if problem.skipped) == {"title": 100, "record": 100}


def test_bibtex(shared: Path) -> None:
    records, problems = read(shared / "corpora" / "bibtex")
    assert problems == []
    assert len(records) == 20  # of the 21 blocks one is a @Comment
    assert all(record.authors and record.date for record in records)
    assert not any("\\" in author.name or "{" in author.name for record in records for author in record.authors)


def test_all_of_them_at_once(shared: Path) -> None:
    folders = ("acl", "arxiv", "openalex", "bibtex")
    records, _ = read(*(shared / "corpora" / name for name in folders))
    assert {record.source for record in records} <= set(SOURCES)
    for record in records:
        for url in (*record.urls, *record.code_urls):
            pyoxigraph.NamedNode(url)


@pytest.mark.parametrize("name", ["jats", "tei", "latex", "unarxive", "pdf", "s2orc"])
def test_formats_of_later_issues_are_reported_not_misread(shared: Path, name: str) -> None:
    records, problems = read(shared / "corpora" / name)
    assert [record for record in records if record.source != "bibtex"] == []
    assert all("unknown format" in problem.found for problem in problems)


def test_evaluation_tables(shared: Path) -> None:
    """The tables of ``paperswithcode/sota-extractor``: 1,141 rows, many without a paper, results with their spread."""
    records, problems = read(shared / "corpora" / "leaderboards")
    assert {record.source for record in records} == {"papers-with-code"}
    assert len(records) > 200
    results = [result for record in records for result in record.results]
    assert len(results) > 1000
    assert any("±" in one.value_text for one in results)
    assert all(problem.skipped or "expected a number" in str(problem) for problem in problems)
    # An address in place of a title is kept where it identifies the paper.
    assert not [record.title for record in records if "://" in record.title and len(record.identifiers) < 2]
