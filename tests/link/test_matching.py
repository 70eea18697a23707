"""What is linked, and what is left: small catalogues of our own."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.link import Entry, Matcher, Subject
from kg.link.matching import THRESHOLD, form_of
from kg.records import ConceptType

CSO = "https://cso.kmi.open.ac.uk/topics/"
PWC = "https://paperswithcode.com/"
WIKIDATA = "http://www.wikidata.org/entity/"
TOPIC: tuple[ConceptType, ...] = ("Method", "Metric", "Task")


def linked(subject: Subject, *entries: Entry) -> list[str]:
    return [one.link.entry.iri for one in Matcher(entries).decide(subject) if one.link is not None]


def test_spelling_does_not_matter() -> None:
    entry = Entry(PWC + "task/few-shot", "Few-Shot Learning", ("Task",))
    assert linked(Subject("urn:a", "Task", "few shot learning"), entry) == [entry.iri]


def test_a_type_that_an_entry_cannot_mean_is_none() -> None:
    entry = Entry(PWC + "dataset/x", "Grid Search", ("Dataset",))
    assert linked(Subject("urn:a", "Task", "Grid Search"), entry) == []


def test_an_everyday_word_is_no_topic_unless_something_near_agrees() -> None:
    entry = Entry(CSO + "fusion", "fusion", TOPIC, (), ("sensor networks",))
    assert linked(Subject("urn:a", "Method", "fusion"), entry) == []
    assert linked(Subject("urn:a", "Method", "fusion", (), ("sensor network",)), entry) == [entry.iri]
    assert linked(Subject("urn:a", "Method", "data fusion"), Entry(CSO + "x", "data fusion", TOPIC)) == [CSO + "x"]


def test_an_abbreviation_alone_is_a_guess() -> None:
    entry = Entry(WIKIDATA + "Q1", "RS", TOPIC)
    assert linked(Subject("urn:a", "Task", "RS"), entry) == []


def test_of_two_that_fit_alike_none_is_taken() -> None:
    one = Entry(PWC + "task/a", "Scene Parsing", ("Task",))
    other = Entry(PWC + "task/b", "Scene-Parsing", ("Task",))
    assert linked(Subject("urn:a", "Task", "scene parsing"), one, other) in ([], [one.iri])
    near = Entry(PWC + "task/b", "Scene Parsing", ("Task",), (), ("ADE20K",))
    twin = Entry(PWC + "task/a", "Scene Parsing", ("Task",))
    assert (
        linked(Subject("urn:a", "Task", "Scene Parsing"), twin, Entry(PWC + "task/b", "Scene Parsing", ("Task",))) == []
    )
    assert linked(Subject("urn:a", "Task", "Scene Parsing", (), ("ADE20K",)), twin, near) == [near.iri]


def test_a_topic_of_another_field_is_not_taken() -> None:
    """Where the graph knows too little around it: no broader topic, one narrower one, few of those beside it."""
    parts = [
        Entry(CSO + "hop", "hop by hop", TOPIC, (), ("sensor network",)),
        Entry(CSO + "relay", "relay node", TOPIC, (), ("sensor network",)),
        Entry(CSO + "count", "hop count", TOPIC, (), ("hop by hop",)),
        Entry(CSO + "limit", "hop limit", TOPIC, (), ("hop by hop",)),
    ]
    wikidata = Entry(WIKIDATA + "Q1", "Hop by hop", TOPIC)
    subject = Subject("urn:a", "Method", "hop-by-hop")

    def with_names(*names: str) -> set[str]:
        matcher = Matcher([*parts, wikidata], frozenset(map(form_of, ("hop-by-hop", *names))))
        return {one.link.entry.iri for one in matcher.decide(subject) if one.link is not None}

    both = {CSO + "hop", WIKIDATA + "Q1"}
    assert with_names("graph", "parsing") == with_names("hop counts") == set()
    assert with_names("Sensor Networks") == with_names("hop counts", "hop limit") == with_names("relay nodes") == both
    near = Subject("urn:a", "Method", "hop-by-hop", (), ("sensor networks",))
    links = [one.link for one in Matcher([*parts, wikidata], frozenset()).decide(near)]
    assert [one.entry.iri for one in links if one is not None] == [CSO + "hop"]


def test_a_single_word_is_one_however_the_entry_is_hyphenated() -> None:
    assert linked(Subject("urn:a", "Method", "denoising"), Entry(CSO + "x", "de-noising", TOPIC)) == []


def test_brackets_that_tell_apart_stay() -> None:
    entry = Entry(WIKIDATA + "Q1", "Precision (computer science)", TOPIC)
    assert linked(Subject("urn:a", "Metric", "Precision"), entry) == []


def test_order_of_the_catalogue_does_not_matter() -> None:
    entries = [Entry(PWC + f"task/{n}", name, ("Task",)) for n, name in enumerate(["Text Matching", "Image Matching"])]
    subject = Subject("urn:a", "Task", "text matching", ("image matching",))
    assert linked(subject, *entries) == linked(subject, *reversed(entries))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=5))
def test_any_names_give_links_that_are_sure(label: str, names: list[str]) -> None:
    form_of(label)
    entries = [Entry(PWC + f"task/{n}", name, ("Task",)) for n, name in enumerate(names)]
    for decision in Matcher(entries).decide(Subject("urn:a", "Task", label)):
        assert decision.link is None or THRESHOLD <= decision.link.confidence < 1
