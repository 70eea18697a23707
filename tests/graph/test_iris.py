"""Keys -> IRIs: injective, readable, made of few letters."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from kg.graph.iris import Iris, digest_of, person_key, repository_key, slug
from kg.records import Author

KEYS = st.one_of(
    st.text(max_size=120),
    st.text("ab1 -.+C", max_size=12),  # keys that are close to each other
    st.text("abc ", min_size=70, max_size=90),
)


@settings(max_examples=200, deadline=None)
@given(KEYS)
def test_a_slug_is_a_plain_path_segment(key: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-{1,2}[a-z0-9]+)*", slug(key))
    assert len(slug(key)) <= 80


@settings(max_examples=200, deadline=None)
@given(st.lists(KEYS, max_size=20, unique=True))
def test_slugs_of_different_keys_differ(keys: list[str]) -> None:
    assert len({slug(key) for key in keys}) == len(keys)


@settings(max_examples=100, deadline=None)
@given(st.from_regex(r"[a-z0-9]{1,8}( [a-z0-9]{1,8}){0,4}", fullmatch=True), KEYS)
def test_a_plain_key_is_read_off_its_slug(plain: str, other: str) -> None:
    assert slug(plain).replace("-", " ") == plain
    assert slug(other) != slug(plain) or other == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [("c", "c++"), ("c", "C"), ("a b", "a-b"), ("a b", "a  b"), ("a b", " a b"), ("机器翻译", "机器学习"), ("", "x")],
)
def test_what_loses_letters_gets_a_digest(one: str, other: str) -> None:
    assert slug(one) != slug(other)
    assert "--" in slug(other) or "--" in slug(one)


def test_a_slug_is_no_digest_slug_of_another() -> None:
    readable, _, digest = slug("c++").partition("--")
    assert slug(f"{readable} {digest}") != slug("c++")
    assert slug(slug("c++")) != slug("c++")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=8), max_size=4), st.lists(st.text(max_size=8), max_size=4))
def test_digests_tell_parts_apart(one: list[str], other: list[str]) -> None:
    assert (digest_of(*one) == digest_of(*other)) == (one == other)


@settings(max_examples=100, deadline=None)
@given(KEYS, KEYS, st.integers(0, 10**6))
def test_iris_are_valid_and_without_dots(key: str, other: str, number: int) -> None:
    iris = Iris("https://example.org/kg/")
    paper = iris.paper(key)
    found = [
        paper,
        iris.concept("Metric", key),
        iris.person(key),
        iris.venue(key),
        iris.repository(key),
        iris.result(paper, "abstract", number, number + 1),
        iris.statement(paper, paper, paper, iris.concept("Task", other)),
        iris.evidence(paper, "title", number, None),
        iris.run(key),
        iris.source(key, other),
        iris.paper_graph(paper),
        iris.authorship(paper, number),
        iris.graph("concepts"),
    ]
    assert len(set(found)) == len(found)
    for one in found:
        assert isinstance(one, NamedNode)
        assert re.fullmatch(r"https://example\.org/kg/[a-z0-9/-]+", one.value)


def test_authors_are_people_only_by_identifier() -> None:
    named, other = Author("Li Wei"), Author("Li Wei", source_id="openalex:A1")
    assert person_key(named, "p", 1) != person_key(named, "q", 1)
    assert person_key(other, "p", 1) == person_key(other, "q", 7)
    assert person_key(Author("X", orcid="0000-0001-5109-3700"), "p", 1) == "orcid 0000 0001 5109 3700"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://github.com/A/b", "https://github.com/a/B", True),
        ("https://huggingface.co/A/b", "https://huggingface.co/a/b", False),
        ("https://example.org/A", "https://example.org/a", False),
    ],
)
def test_hosts_that_ignore_case_give_one_repository(one: str, other: str, same: bool) -> None:
    assert (repository_key(one) == repository_key(other)) is same


@pytest.mark.parametrize("base", ["no iri", "https://example.org", "http://example.org/a b/"])
def test_a_base_is_an_absolute_iri_with_an_end(base: str) -> None:
    with pytest.raises(ValueError, match=r"IRI|must end"):
        Iris(base)
