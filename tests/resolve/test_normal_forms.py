"""What of a name is kept and what is taken off."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.records import CONCEPT_TYPES, ConceptType
from kg.resolve.normal_forms import is_generic, matching_form, normal_form
from kg.resolve.spelling import american, singular
from kg.resolve.words import word_set

WORDS = st.sampled_from(
    sorted(
        word_set(
            "The our novel COCO dataset datasets C++ X^2 AP_50 ResNet - 50 v5 2014 val set method methods framework β "
            "naïve tumours summarisation pre training auto encoders 3 D A-B @ & task multi problem score 的 Ω's 1,000"
        )
    )
)
PHRASES = st.one_of(st.lists(WORDS, max_size=6).map(" ".join), st.lists(WORDS, max_size=4).map("".join))
NAMES = st.one_of(PHRASES, st.text(max_size=30))
PLAIN_WORDS = st.sampled_from(["swan", "image", "graph", "loss", "detector", "bias", "query", "box"])


@settings(max_examples=300, deadline=None)
@given(text=NAMES, type=st.sampled_from([*CONCEPT_TYPES, None]))
def test_a_normal_form_is_its_own_normal_form(text: str, type: ConceptType | None) -> None:
    form = normal_form(text, type)
    assert normal_form(form, type) == form
    assert form == " ".join(form.split())
    assert matching_form(matching_form(form)) == matching_form(form)


@settings(max_examples=100, deadline=None)
@given(text=st.lists(PLAIN_WORDS, min_size=1, max_size=4))
def test_case_and_hyphens_do_not_matter(text: list[str]) -> None:
    form = normal_form(" ".join(text))
    assert normal_form("-".join(text)) == form
    assert normal_form(" ".join(text).upper()) == form
    assert normal_form(" ".join(text).title()) == form


@pytest.mark.parametrize("text", ["", "...", "$", "()", "_", "^ ^"])
def test_nothing_has_no_form(text: str) -> None:
    assert normal_form(text) == ""
    assert is_generic("")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("知识图谱", "知识图谱"),
        ("Möbius-Netze", "mobius netze"),
        ("Ελληνικά κείμενα", "ελληνικά κείμενα"),  # a word, not letters of the alphabet
        ("λ-calculus", "lambda calculus"),
        ("AT&T", "at and t"),
        ("WMT'14", "wmt14"),
        ("1,000 swans", "1000 swan"),
        ("V3Det Challenge 2024", "v3det challenge 2024"),
        ("New York Times", "new york times"),
    ],
)
def test_letters_of_all_scripts(text: str, form: str) -> None:
    assert normal_form(text) == form


@pytest.mark.parametrize(
    "text", ["the proposed method", "datasets", "state-of-the-art", "baselines", "7", "q", "Our Model"]
)
def test_generic_names(text: str) -> None:
    assert is_generic(normal_form(text, "Method"))


@pytest.mark.parametrize("word", ["loss", "bias", "analysis", "corpus", "physics", "news", "gas", "lens", "class"])
def test_words_that_are_no_plurals(word: str) -> None:
    assert singular(word) == word


@settings(max_examples=300, deadline=None)
@given(word=st.from_regex(r"[a-z]{1,12}(s|es|ies|ises|ised|isation|our|ours)?", fullmatch=True))
def test_spelling_is_settled_in_one_form(word: str) -> None:
    form = normal_form(word)
    assert normal_form(american(word)) == form or normal_form(form) == form


@pytest.mark.parametrize(
    ("text", "type", "form"),
    [
        ("the swan sound corpus", "Dataset", "swan sound"),
        ("image dataset", "Dataset", "image dataset"),  # "image" alone is no name
        ("Swans v2 validation split", "Dataset", "swanv2"),
        ("swan counting problem", "Task", "swan counting"),
        ("multi-task", "Task", "multi task"),
        ("the SwanNet framework", "Method", "swannet"),
        ("SwanNet-based method", "Method", "swannet based method"),
        ("language model", "Method", "language model"),
        ("F-measure", "Metric", "f measure"),
        ("swan score", "Metric", "swan"),
        ("novel view synthesis", "Method", "novel view synthesis"),
        ("A-SWAN", "Method", "aswan"),
    ],
)
def test_what_only_repeats_the_type_goes(text: str, type: ConceptType, form: str) -> None:
    assert normal_form(text, type) == form
