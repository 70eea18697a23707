"""Marking spans in text: every letter stays, nothing nests, nothing escapes."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.serve.pages_marking import Span, mark, repeated


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_spans_that_touch_stay_apart() -> None:
    assert str(mark("abcd", [Span(0, 2, "x"), Span(2, 4, "x")])) == '<mark class="x">ab</mark><mark class="x">cd</mark>'


def test_where_spans_overlap_the_shorter_one_has_the_text() -> None:
    html = str(mark("abcdef", [Span(0, 4, "long"), Span(3, 6, "short")]))
    assert html == '<mark class="long">abc</mark><mark class="short">def</mark>'


def test_a_span_in_the_middle_of_another_leaves_both_its_ends() -> None:
    html = str(mark("abcdef", [Span(0, 6, "outer"), Span(2, 4, "inner")]))
    assert html == '<mark class="outer">ab</mark><mark class="inner">cd</mark><mark class="outer">ef</mark>'


def test_letters_beyond_the_basic_plane_count_once() -> None:
    assert '<mark class="x">𝒳b</mark>' in str(mark("😀 𝒳b 👍", [Span(2, 4, "x")]))


def test_what_is_put_into_the_elements_is_escaped() -> None:
    html = str(mark("<&>", [Span(0, 3, 'c"', '"><script>', '"/onclick="')]))
    assert "<script>" not in html
    assert html.count('"') == 6  # those of the three attributes


def test_names_that_stand_again_are_marked_but_not_inside_others() -> None:
    text = "GAT, GAT-2 and GAT; GATs"
    assert [(span.start, span.end) for span in repeated(text, [Span(0, 3, "m")])] == [(0, 3), (15, 18)]


spans = st.builds(
    Span,
    st.integers(-2, 30),
    st.integers(-2, 30),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["", '"<']),
    st.sampled_from(["", "/x"]),
)


@settings(max_examples=50, deadline=None)
@given(st.text(st.sampled_from("ab <>&\"'😀𝒳\u0301")), st.lists(spans, max_size=6))
def test_the_text_is_the_same_without_its_marks(text: str, found: list[Span]) -> None:
    html = str(mark(text, found))
    assert plain(html) == text
    assert not re.search(r"<(a|mark)[^>]*>[^<]*<(a|mark)", html)
