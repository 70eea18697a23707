"""Records survive the way through JSON; digests depend on texts alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import records as r

TEXT = st.text(max_size=12)
SPAN = {"field": st.sampled_from(r.FIELD_NAMES), "start": st.integers(0, 99), "end": st.integers(0, 99)}
MENTION = st.builds(
    r.Mention,
    **SPAN,
    text=TEXT,
    type=st.sampled_from(r.CONCEPT_TYPES),
    score=st.floats(0, 1).map(lambda x: round(x, 4)),
)
RESULT = st.builds(
    r.ResultClaim,
    **SPAN,
    value=st.decimals(allow_nan=False, allow_infinity=False, places=3),
    value_text=TEXT,
    kind=st.sampled_from(["absolute", "delta", "relative"]),
    score=st.just(0.5),
    metric=st.none() | st.integers(0, 9),
    condition=st.none() | TEXT,
)
EXTRACTION = st.builds(
    r.Extraction,
    extractor=TEXT,
    mentions=st.lists(MENTION, max_size=3).map(tuple),
    results=st.lists(RESULT, max_size=3).map(tuple),
)
RECORD = st.builds(
    r.SourceRecord,
    source=TEXT,
    record_id=TEXT,
    title=TEXT,
    abstract=st.none() | TEXT,
    authors=st.lists(st.builds(r.Author, name=TEXT, orcid=st.none() | TEXT), max_size=2).map(tuple),
    identifiers=st.lists(st.builds(r.Identifier, scheme=TEXT, value=TEXT), max_size=2).map(tuple),
)


@settings(max_examples=50, deadline=None)
@given(EXTRACTION)
def test_an_extraction_survives_json(extraction: r.Extraction) -> None:
    assert r.record_from_json(r.Extraction, r.record_to_json(extraction)) == extraction


@settings(max_examples=50, deadline=None)
@given(RECORD)
def test_a_source_record_survives_json(record: r.SourceRecord) -> None:
    assert r.record_from_json(r.SourceRecord, r.record_to_json(record)) == record


def test_namesakes_of_a_concept_survive_json() -> None:
    concept = r.Concept("clip", "Method", "CLIP", same_name_as=(("Dataset", "clip"),), higher_is_better=False)
    assert r.record_from_json(r.Concept, r.record_to_json(concept)) == concept


def test_verbatim_digits_survive() -> None:
    claim = r.ResultClaim("title", 0, 5, Decimal("59.40"), "59.40", "absolute", 0.5)
    back = r.record_from_json(r.ResultClaim, r.record_to_json(claim))
    assert str(back.value) == "59.40"


def test_what_is_no_record_is_refused() -> None:
    with pytest.raises(TypeError):
        r.record_from_json(r.Mention, '{"colour": "red"}')
    with pytest.raises(TypeError):
        r.record_from_json(r.Mention, '"text"')


def test_fields_leave_out_what_is_absent() -> None:
    record = r.SourceRecord("json-lines", "1", "A title", abstract="", summary="Our words.")
    assert record.fields() == {"title": "A title", "summary": "Our words."}
    assert record.key == ("json-lines", "1")


def test_the_text_digest_depends_on_texts_and_fields_alone() -> None:
    assert r.text_digest({"title": "a", "abstract": "b"}) == r.text_digest({"abstract": "b", "title": "a"})
    assert r.text_digest({"title": "a"}) != r.text_digest({"abstract": "a"})
    assert r.text_digest({"title": "\ud800"})  # a lone surrogate has a digest too
