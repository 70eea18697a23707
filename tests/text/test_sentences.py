"""Sentences: cases of our own, offsets, odd input."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.text import split_sentences

# sentencex takes the full stop after an address for part of it
KNOWN_FAILURES = {"Code: https://example.org/a.b/c?d=e.f. || Enjoy."}


def cases() -> list[str]:
    lines = (Path(__file__).parent / "sentences.txt").read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=[pytest.mark.xfail(strict=True)] if case in KNOWN_FAILURES else [], id=case[:60])
        for case in cases()
    ],
)
def test_cases(case: str) -> None:
    expected = re.split(r" (?:\|\||\|<) ", case)
    literal = case.replace(" || ", " ").replace(" |< ", "")
    assert [sentence.text for sentence in split_sentences("abstract", literal)] == expected


def test_markup_stays_with_its_sentence() -> None:
    literal = "\\textbf{We win.} \\emph{Others} lose.\n\nA new paragraph"
    texts = [sentence.text for sentence in split_sentences("summary", literal)]
    assert texts == ["\\textbf{We win.}", "\\emph{Others} lose.", "A new paragraph"]


@pytest.mark.parametrize("literal", ["", " ", "\n\n", "\x00", "\u200b", "{}", "$$"])
def test_nearly_nothing(literal: str) -> None:
    sentences = split_sentences("abstract", literal)
    assert all(sentence.text.strip() for sentence in sentences)


@given(
    st.lists(
        st.one_of(
            st.text(max_size=8),
            st.sampled_from(
                ["We win. ", "et al. ", "e.g. ", "Fig. 3 ", "\\textbf{A.} ", "שלום. ", "😀. ", "\n\n", "\x00", "?A"]
            ),
        ),
        max_size=20,
    ).map("".join)
)
@settings(max_examples=200, deadline=None)
def test_offsets(literal: str) -> None:
    sentences = split_sentences("abstract", literal)
    place = 0
    for sentence in sentences:
        assert literal[sentence.start : sentence.end] == sentence.text
        assert sentence.text == sentence.text.strip() != ""
        assert not literal[place : sentence.start].strip()
        place = sentence.end
    assert not literal[place:].strip()


@pytest.mark.parametrize("piece", ["word ", "a", ".", "A. ", "e.g. ", "(", '"'])
def test_a_text_without_end_is_cut(piece: str) -> None:
    begun = time.perf_counter()
    sentences = split_sentences("text", piece * (1_000_000 // len(piece)))
    assert max(len(sentence.text) for sentence in sentences) <= 2000
    assert time.perf_counter() - begun < 10
