"""Whatever is in a file: no reader fails, and what it gives is sound."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ProblemLog
from kg.read import FORMATS
from kg.read.dates import month_number, normalise_date
from kg.read.opening import Opened
from kg.read.people import first_name_first, split_names
from kg.read.place import Place
from kg.records import SourceRecord, record_from_json, record_to_json
from kg.text.forbidden import replace_forbidden

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        "title",
        "abstract",
        "summary",
        "authors",
        "author",
        "year",
        "date",
        "doi",
        "arxiv_id",
        "url",
        "code_url",
        "venue",
        "language",
        "id",
        "cites",
        "versions",
        "categories",
        "update_date",
        "authors_parsed",
        "journal-ref",
        "corpusid",
        "externalids",
        "paperId",
        "references",
        "journal",
        "ids",
        "authorships",
        "abstract_inverted_index",
        "referenced_works",
        "primary_location",
        "host_venue",
        "locations",
        "publication_date",
        "results",
        "data",
        "meta",
    ]
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=8)
IDS = st.sampled_from(["https://openalex.org/W12345", "2101.00001", "x"])
SNIPPETS = st.sampled_from(
    [
        "@article{", "@string{a = ", "@comment{", "title", "=", "{", "}", '"', ",", "#", "\n", "\n\n", "\\", "TY  - ",
        "ER  - ",
        "TI  - A title", "AU  - ", "PY  - ", "<feed>", "<entry>", "</entry>", "<title>", "</title>", "<paper id='1'>",
        "</paper>", "<url>P19-1001</url>", "&amp;", "&x;", "<", "\x0b", "\ud800", "\u2028", "title,year", ";", "\t",
        "2020",
        "words of an abstract that go on. " * 12, "A short line", "month = jan", "and", "[", "]", "null",
        '{"title": "x"}',
    ]
)  # fmt: skip


def read(name: str, content: bytes) -> list[SourceRecord]:
    log = ProblemLog()
    with io.BufferedReader(io.BytesIO(content)) as stream:  # type: ignore[arg-type]
        records = list(FORMATS[name].read(Opened(content[:64], stream), Place("file", log)))
    for record in records:
        assert record_from_json(SourceRecord, record_to_json(record)) == record
        assert record.title
        assert record.record_id
        for text in (record.title, record.abstract or "", record.summary or "", record.record_id, record.venue or ""):
            assert replace_forbidden(text) == (text, 0)
            assert text.strip() == text
        assert record.date is None or normalise_date(record.date) == record.date
        assert tuple(sorted(set(record.identifiers))) == record.identifiers
        assert not set(record.cites) & set(record.identifiers)
    return records


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("acl-anthology", "arxiv-api")])
@settings(max_examples=50, deadline=None)
@given(st.lists(SNIPPETS, max_size=25).map("".join))
def test_no_text_is_too_odd(name: str, text: str) -> None:
    read(name, text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("arxiv-api", '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/2101.00001</id>'),
        ("acl-anthology", '<collection id="P19"><volume id="1">'),
    ],
)
@settings(max_examples=50, deadline=None)
@given(st.lists(SNIPPETS, max_size=25).map("".join))
def test_no_xml_is_too_odd(name: str, head: str, text: str) -> None:
    read(name, (head + text).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_are_too_odd(name: str, content: bytes) -> None:
    read(name, content)


@pytest.mark.parametrize("name", ["json-lines", "arxiv-metadata", "openalex", "semantic-scholar"])
@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(OBJECTS, IDS), max_size=4), st.booleans())
def test_no_object_is_too_odd(name: str, found: list[tuple[dict[str, object], str]], as_array: bool) -> None:
    objects = [{**one, "id": key, "title": one.get("title") or "A title"} for one, key in found]
    text = json.dumps(objects, indent=1) if as_array else "\n".join(json.dumps(one) for one in objects)
    read(name, text.encode())


@settings(max_examples=50, deadline=None)
@given(st.dates().filter(lambda day: 1500 <= day.year < 2200))
def test_dates_in_all_their_forms(day: object) -> None:
    date = str(day)
    year, month, number = date.split("-")
    name = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ][int(month) - 1]
    for written in (date, f"{year}/{month}/{number}", f"{name} {number}, {year}", f"{number} {name[:3]} {year}",
                    f"{year} {name} {number}", f"{date}T10:00:00Z", f"{number}.{month}.{year}"):  # fmt: skip
        assert normalise_date(written) == date
    assert normalise_date(f"{name} {year}") == f"{year}-{month}"
    assert month_number(name[:3].lower()) == int(month)
    assert normalise_date(year) == year


@pytest.mark.parametrize(
    "text",
    [
        "",
        "in press",
        "n.d.",
        "2021a",
        "06/01/2021",
        "13",
        "2021-13",
        "0999",
        "2021-02-30",
        "32 June 2021",
        "Mayday 2020",
    ],
)
def test_no_date(text: str) -> None:
    assert normalise_date(text) is None


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_names_never_fail(text: str) -> None:
    for name in split_names(text):
        assert first_name_first(name).strip()
    assert normalise_date(text) is None or len(text) >= 4


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A. One, B. Two and C. Three", ["A. One", "B. Two", "C. Three"]),
        ("A. One, B. Two, and C. Three", ["A. One", "B. Two", "C. Three"]),
        ("One, Ada; Two, Bea; et al.", ["One, Ada", "Two, Bea"]),
        ("One, Ada and Two, Bea and others", ["One, Ada", "Two, Bea"]),
        ("One, Ada", ["One, Ada"]),
        ("One, Ada and Two, Bea", ["One, Ada", "Two, Bea"]),
        ("Alexander Anderson", ["Alexander Anderson"]),
        ("", []),
    ],
)
def test_names_in_one_text(text: str, names: list[str]) -> None:
    assert split_names(text) == names
