"""Which records are one paper, and what that paper then says."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.records import Author, Identifier, SourceRecord
from kg.resolve import merge_papers
from kg.resolve.papers import matching_identifier

TITLE = "Counting Swans by Their Shadows"


def record(record_id: str, *identifiers: str, title: str = TITLE, **fields: object) -> SourceRecord:
    pairs = (text.split(":", 1) for text in identifiers)
    known = tuple(sorted(Identifier(scheme, value) for scheme, value in pairs))
    made = SourceRecord("jsonl", record_id, title, identifiers=known)
    return dataclasses.replace(made, **fields)  # type: ignore[arg-type]


def together(records: Sequence[SourceRecord]) -> list[list[str]]:
    return sorted(sorted(one.record_id for one in paper.records) for paper in merge_papers(records))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (record("a", "doi:10.1/x", title="A"), record("b", "doi:10.1/x", title="B")),
        (record("a", "doi:10.48550/arXiv.2101.00001", title="A"), record("b", "arxiv:2101.00001", title="B")),
        (record("a", "doi:10.18653/v1/n18-3011", title="A"), record("b", "acl:N18-3011", title="B")),
        (record("a", "doi:10.48550/arxiv.2101.00001"), record("b", "doi:10.1/x")),  # a preprint and its publication
        (record("a"), record("b", title="counting   SWANS by their shadows.")),
        (record("a", date="2019-12-30"), record("b", date="2020")),
        (record("a", date="2019"), record("b")),
        (record("a", "arxiv:2101.00001"), record("b", "doi:10.1/x", date="2021")),
        (record("a", title="Où les cygnes dorment-ils ?"), record("b", title="Ou les cygnes dorment ils")),
        (
            record("a", title="Deep $\\mathbf{Swan}$ Counting in {R}ivers"),
            record("b", title="Deep Swan Counting in Rivers"),
        ),
        (record("a", title="数天鹅的影子方法"), record("b", title="数天鹅的影子方法", date="2020")),
    ],
)
def test_one_paper(one: SourceRecord, other: SourceRecord) -> None:
    assert together([one, other]) == [["a", "b"]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (record("a", "doi:10.1/x"), record("b", "doi:10.1/y")),
        (record("a", "arxiv:2101.00001"), record("b", "arxiv:2101.00002")),
        (record("a", date="2018"), record("b", date="2020")),
        (record("a", title="Introduction", date="2020"), record("b", title="Introduction", date="2020")),
        (record("a"), record("b", title="Counting Swans by Their Feathers")),
        (record("a", title="C++ for the Counting of Swans"), record("b", title="C for the Counting of Many Swans")),
        (record("a", title=""), record("b", title="")),
    ],
)
def test_two_papers(one: SourceRecord, other: SourceRecord) -> None:
    papers = merge_papers([one, other])
    assert len(papers) == 2
    assert papers[0].key != papers[1].key


def test_no_chain_of_titles_joins_what_identifiers_keep_apart() -> None:
    apart = [record("a", "doi:10.1/x"), record("b"), record("c", "doi:10.1/y")]
    assert together(apart) == [["a"], ["b"], ["c"]]
    # nor through a record that carries a second title
    bridge = [
        record("a", "doi:10.1/x"),
        record("b", "acl:N18-3011"),
        record("c", "acl:N18-3011", title="Another Name for the Same Swan Paper"),
        record("d", "doi:10.1/y", title="Another Name for the Same Swan Paper"),
    ]
    assert together(bridge) == [["a"], ["b", "c"], ["d"]]


def test_the_exact_year_decides_where_neighbouring_years_conflict() -> None:
    records = [record("a", "doi:10.1/x", date="2020"), record("b", "doi:10.1/y", date="2021"), record("c", date="2021")]
    assert together(records) == [["a"], ["b", "c"]]


def test_a_yearly_series_stays_a_series() -> None:
    records = [record(year, date=year) for year in ("2018", "2019", "2020")] + [record("again", date="2019")]
    assert together(records) == [["2018"], ["2019", "again"], ["2020"]]
    assert together([*records, record("undated")])[-1] == ["undated"]


def test_records_without_identifier_join_each_other_beside_a_conflict() -> None:
    records = [record("a", "doi:10.1/x"), record("b", "doi:10.1/y"), record("c"), record("d")]
    assert together(records) == [["a"], ["b"], ["c", "d"]]


def test_a_later_version_replaces_an_earlier_one() -> None:
    old, new = record("a", version="2020", title="Old Title"), record("a", version="2021", title="New Title")
    assert [paper.title for paper in merge_papers([new, old])] == ["New Title"]
    given_later = dataclasses.replace(new, title="Newest Title")
    assert [paper.title for paper in merge_papers([new, given_later])] == ["Newest Title"]


def test_fields_come_by_precedence_and_the_text_from_one_record() -> None:
    ours = dataclasses.replace(record("1", "doi:10.1/x"), source="ours", venue="Swan Workshop", date="2020")
    theirs = dataclasses.replace(
        record("2", "doi:10.1/x", "arxiv:2001.00001", title="Counting swans by shadows"),
        source="theirs",
        abstract="We count swans.",
        date="2019-05",
        authors=(Author("Leda"),),
        urls=("https://example.org/2",),
    )
    (paper,) = merge_papers([theirs, ours], precedence=("ours", "theirs"))
    assert [one.source for one in paper.records] == ["ours", "theirs"]
    assert (paper.date, paper.venue) == ("2020", "Swan Workshop")
    assert paper.text_record == theirs
    assert (paper.title, paper.abstract) == (theirs.title, theirs.abstract)
    assert (paper.authors, paper.authors_source) == (theirs.authors, ("theirs", "2"))
    assert paper.identifiers == theirs.identifiers
    (paper,) = merge_papers([theirs, ours], precedence=("theirs",))
    assert paper.date == "2019-05"


@pytest.mark.parametrize(
    ("identifiers", "date"),
    [
        (("arxiv:2101.00001",), "2021-01"),
        (("arxiv:math/0309136",), "2003-09"),
        (("doi:10.48550/arxiv.2101.00001",), "2021-01"),
        (("acl:2020.acl-main.207", "arxiv:1912.01234"), "2019-12"),
        (("acl:N18-3011",), "2018"),
        (("doi:10.1/x",), None),
    ],
)
def test_where_no_source_gives_a_date_identifiers_tell_it(identifiers: Sequence[str], date: str | None) -> None:
    bare, dated = record("a", *identifiers), record("b", *identifiers, date="2022-05-01")
    assert [paper.date for paper in merge_papers([bare])] == [date]
    assert [paper.date for paper in merge_papers([bare, dated], precedence=("jsonl",))] == ["2022-05-01"]


def test_keys_that_titles_spell_by_chance_stay_apart() -> None:
    records = [
        record("a", "arxiv:2101.00001", title="Quite Another Paper on Geese and Ducks"),
        record("b", title="arXiv 2101.00001"),
        record("c", title="Four Geese in the Year 2020"),
        record("d", title="Four Geese in the Year", date="2020"),
        record("e", "acl:2020_acl-main.207", title="E"),
        record("f", "acl:2020.acl-main.207", title="F"),
    ]
    keys = [paper.key for paper in merge_papers(records)]
    assert len(set(keys)) == len(records)
    assert "arxiv 2101 00001" in keys


TITLES = st.sampled_from([TITLE, "Swans of the Northern Rivers Counted", "Introduction", ""])
IDENTIFIERS = st.builds(
    Identifier,
    st.sampled_from(["doi", "arxiv", "acl"]),
    st.sampled_from(["10.1/x", "10.1/y", "2101.00001", "10.48550/arxiv.2101.00001", "N18-3011"]),
)
RECORDS = st.lists(
    st.builds(
        SourceRecord,
        source=st.sampled_from(["ours", "theirs"]),
        record_id=st.sampled_from("abcdef"),
        title=TITLES,
        abstract=st.sampled_from([None, "We count."]),
        date=st.sampled_from([None, "2018", "2019", "2020-06"]),
        identifiers=st.lists(IDENTIFIERS, max_size=2, unique=True).map(lambda found: tuple(sorted(found))),
    ),
    max_size=9,
    unique_by=lambda record: record.key,
)


@settings(max_examples=200, deadline=None)
@given(records=RECORDS, random=st.randoms(use_true_random=False))
def test_order_does_not_matter_and_keys_are_unique(records: list[SourceRecord], random: object) -> None:
    papers = merge_papers(records, precedence=("ours",))
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merge_papers(shuffled, precedence=("ours",)) == papers
    assert [paper.key for paper in papers] == sorted({paper.key for paper in papers})
    assert sorted(one.key for paper in papers for one in paper.records) == sorted(one.key for one in records)


@settings(max_examples=200, deadline=None)
@given(records=RECORDS)
def test_shared_identifiers_join_and_titles_never_join_conflicts(records: list[SourceRecord]) -> None:
    papers = merge_papers(records)
    owners = [(matching_identifier(one), paper.key) for paper in papers for one in paper.identifiers]
    assert len({identifier for identifier, _ in set(owners)}) == len(set(owners))
    by_identifiers = merge_papers([dataclasses.replace(one, title="") for one in records])
    schemes_by_part = {
        part.key: {matching_identifier(one).scheme for one in part.identifiers} for part in by_identifiers
    }
    part_of = {one.key: part.key for part in by_identifiers for one in part.records}
    for paper in papers:
        parts = sorted({part_of[one.key] for one in paper.records})
        joined = [scheme for part in parts for scheme in schemes_by_part[part]]
        assert len(joined) == len(set(joined))
