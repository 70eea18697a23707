"""Abbreviations: both orders, never over the end of a sentence, offsets into the literal."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.text import find_abbreviations


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        ("We use a Graph Attention Network (GAT).", [("GAT", "Graph Attention Network")]),
        ("We use GAT (Graph Attention Network).", [("GAT", "Graph Attention Network")]),
        ("Large language models (LLMs) are big.", [("LLMs", "Large language models")]),
        ("the mixture of voices (MoV) and of diffusers", [("MoV", "mixture of voices")]),
        ("Regions of Interest (RoIs) help", [("RoIs", "Regions of Interest")]),
        ("named entity recognition (NER; see below)", [("NER", "named entity recognition")]),
        ("word error rate [WER] is used", [("WER", "word error rate")]),
        ("\\emph{word error rate} (\\textbf{WER})", [("WER", "word error rate")]),
        ("two models (see Table 3) and a net (ours)", []),
        ("on 12 sets (2019) it wins (p < 0.05)", []),
        ("We like word error. Rates (WER) are low.", []),
        ("It ends. (WER) word error rate", []),
        ("vision-language (VL) models", [("VL", "vision-language")]),
        ("cats (C) and dogs (and so on)", []),
        ("", []),
    ],
)
def test_cases(literal: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.short, one.long) for one in find_abbreviations("abstract", literal)] == expected


@given(
    st.lists(
        st.sampled_from(
            ["Graph ", "net ", "(GN)", "(", ")", "GN ", "(graph net)", ". ", "\\textbf{", "}", "İ", "😀", "ﬁ"]
        ),
        max_size=25,
    ).map("".join)
)
@settings(max_examples=200, deadline=None)
def test_offsets(literal: str) -> None:
    for one in find_abbreviations("title", literal):
        assert literal[one.short_start : one.short_end] == one.short != ""
        assert literal[one.long_start : one.long_end] == one.long != ""


@pytest.mark.parametrize("piece", ["(AB) ", "a(b", "((", "word (WD) "])
def test_bounded_time(piece: str) -> None:
    begun = time.perf_counter()
    find_abbreviations("text", piece * (300_000 // len(piece)))
    assert time.perf_counter() - begun < 20
