"""Tokens: what is cut where, and offsets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.text import tokenize


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("We use ResNet-50.", ["We", "use", "ResNet", "-", "50", "."]),
        ("CIFAR10 and 3D nets", ["CIFAR", "10", "and", "3D", "nets"]),
        ("mask AP_r of 36.1%", ["mask", "AP", "_", "r", "of", "36.1", "%"]),
        ("1,000 classes, 5k images", ["1,000", "classes", ",", "5k", "images"]),
        ("4 2 . 2 points in 2 0 1 5", ["4 2 . 2", "points", "in", "2 0 1 5"]),
        ("large nets, e.g. BERT's", ["large", "nets", ",", "e.g.", "BERT", "'s"]),
        ("(see https://example.org/a.b)", ["(", "see", "https://example.org/a.b", ")"]),
        ("naïve Bayes, שלום 😀", ["naïve", "Bayes", ",", "שלום", "😀"]),
    ],
)
def test_cases(text: str, expected: list[str]) -> None:
    assert [token.text for token in tokenize(text)] == expected


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_offsets(text: str) -> None:
    place = 0
    for token in tokenize(text):
        assert text[token.start : token.end] == token.text != ""
        assert not text[place : token.start].strip()
        place = token.end
    assert not text[place:].strip()
