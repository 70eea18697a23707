"""Cleaning: what comes out, and that every span of it leads back into the literal."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.text import clean, plain

MARKUP = st.sampled_from(
    [
        "\\textbf{",
        "\\emph{",
        "}",
        "{",
        "$",
        "$$",
        "\\%",
        "\\'e",
        '\\"{o}',
        "\\c{c}",
        "\\alpha",
        "\\cite{x}",
        "<i>",
        "</i>",
        "<p>",
        "&amp;",
        "&lt;",
        "&#8217;",
        "&nosuch;",
        "~",
        "\\",
        "\\\\",
        "\\ours{}",
        "^2",
        "_{50}",
        "https://example.org/a_b",
        "\ufb01",
        "\u201c",
        "\u2019",
        "\u00b2",
        "e\u0301",
        "\u0301",
        "\u200b",
        "\u202e",
        "\u00a0",
        "\x00",
        "\ud800",
        "\U0001f600",
        "½",
        "…",
    ]
)
TEXTS = st.lists(st.one_of(MARKUP, st.text(max_size=6), st.sampled_from(["a", "Net", " ", "\n"])), max_size=25).map(
    "".join
)


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        ("A plain title: nothing to do", "A plain title: nothing to do"),
        (r"$\textit{Q}^3$-Net sees e${X}$tra things", "Q^3-Net sees eXtra things"),
        (r"We gain 5\% over \textbf{BigNet} \& co.", "We gain 5% over BigNet & co."),
        (r"{\bf Bold} and {\em slanted} words", "Bold and slanted words"),
        (r"Poincar\'e, G\"odel, Erd\H{o}s, \c{c}a, na\"{\i}ve, \v{S}ipka", "Poincaré, Gödel, Erdős, ça, naïve, Šipka"),
        (r"don\'t", "don't"),
        (r"an $\ell_2$ loss, $3\times3$ filters and $\alpha$-nets", "an l_2 loss, 3×3 filters and α-nets"),
        (r"AP$_{50}$ of 3.5$\pm$0.1", "AP_50 of 3.5±0.1"),
        ("it costs $5 or $10, not $7.50", "it costs $5 or $10, not $7.50"),
        (r"see \cite{doe2020} and \href{https://example.org}{our page}", "see  and our page"),
        ("<p>The <i>old</i> net<sup>2</sup></p>", " The old net2 "),
        ("<jats:p>One.</jats:p>", " One. "),
        ('<a href="https://example.org/x">here</a>', "here"),
        (
            "triplets of <human, action, object>, a < b and c > d",
            "triplets of <human, action, object>, a < b and c > d",
        ),
        ("R&amp;D &lt;3 &nosuch; AT&T", "R&D <3 &nosuch; AT&T"),
        (
            "e\ufb03cient \u201cnets\u201d \u2018and\u2019 more\u2014or 1\u20132",
            "efficient \"nets\" 'and' more\u2014or 1-2",
        ),
        ("Fig.~3 but ~50 images", "Fig. 3 but ~50 images"),
        (r"\ours{} beats \ours on all", "ours beats ours on all"),
        ("zero\u200bwidth and soft\u00adhyphen", "zerowidth and softhyphen"),
        ("cafe\u0301", "café"),
        ("a\x00b\x0bc\u2028d", "a b c d"),
        ("lone \ud800 half", "lone \ufffd half"),
        ("https://example.org/a_b?c=$d see {x}", "https://example.org/a_b?c=$d see x"),
        ("an unmatched } brace { and $ dollar", "an unmatched } brace { and $ dollar"),
    ],
)
def test_cases(literal: str, expected: str) -> None:
    assert clean(literal).text == expected


def test_a_span_takes_its_markup_along() -> None:
    literal = r"Now \textbf{Q$^3$-Net} and <i>R</i>-Net."
    cleaned = clean(literal)

    def original(words: str) -> str:
        start = cleaned.text.index(words)
        first, last = cleaned.span(start, start + len(words))
        return literal[first:last]

    assert original("Q^3-Net") == "Q$^3$-Net"
    assert original("R-Net") == "<i>R</i>-Net"
    assert original("R") == "R"
    assert original("Now Q^3") == r"Now \textbf{Q$^3$-Net}"


def test_a_span_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="not within"):
        clean("abc").span(1, 9)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_spans_lead_back(literal: str) -> None:
    cleaned = clean(literal)
    assert cleaned.original == literal
    if not cleaned.changed:
        assert cleaned.span(0, len(literal)) == (0, len(literal))
        return
    assert len(cleaned.starts) == len(cleaned.ends) == len(cleaned.text)
    for place in range(len(cleaned.text)):
        assert 0 <= cleaned.starts[place] < cleaned.ends[place] <= len(literal)
        if place:
            assert cleaned.starts[place - 1] <= cleaned.starts[place]
            assert cleaned.ends[place - 1] <= cleaned.ends[place]


@given(TEXTS, st.data())
@settings(max_examples=200, deadline=None)
def test_a_wider_span_covers_a_narrower_one(literal: str, data: st.DataObject) -> None:
    cleaned = clean(literal)
    size = len(cleaned.text)
    start = data.draw(st.integers(0, size))
    end = data.draw(st.integers(start, size))
    first, last = cleaned.span(start, end)
    assert 0 <= first <= last <= len(literal)
    assert (first == last) == (start == end)
    whole_first, whole_last = cleaned.span(0, size)
    if start < end:
        assert whole_first <= first <= last <= whole_last


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="\\${}&<~"), max_size=80))
@settings(max_examples=50, deadline=None)
def test_plain_ascii_stays(literal: str) -> None:
    assert clean(literal).text == literal


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_plain_is_one_line(literal: str) -> None:
    line = plain(literal)
    assert line == " ".join(line.split())
    assert "\x00" not in line


@pytest.mark.parametrize("piece", ["{}", "$", "$a", "\\", "&a", "<b>", "e\u0301", "\u0301", "{", "<i a='", "é"])
def test_long_markup_takes_bounded_time(piece: str) -> None:
    begun = time.perf_counter()
    cleaned = clean(piece * (400_000 // len(piece)))
    cleaned.span(0, len(cleaned.text))
    assert time.perf_counter() - begun < 20
