"""The seed catalogue: what its rows promise, and the messages that a wrong row gets."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from kg.records import CONCEPT_TYPES
from kg.resolve import Catalogue, load_catalogue
from kg.resolve.catalogue import COLUMNS, METRIC_COLUMNS, CatalogueError, parse_catalogue
from kg.resolve.normal_forms import matching_form, normal_form


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_it_is_parsed_once_in_a_process(catalogue: Catalogue) -> None:
    assert load_catalogue() is catalogue


def test_it_is_large_enough(catalogue: Catalogue) -> None:
    counts = Counter(entry.type for entry in catalogue.entries)
    assert counts["Task"] >= 250
    assert counts["Method"] >= 350
    assert counts["Dataset"] >= 300
    assert counts["Metric"] >= 120


def test_every_name_leads_to_its_entry_and_to_no_other(catalogue: Catalogue) -> None:
    for entry in catalogue.entries:
        for name in entry.names():
            assert catalogue.find(entry.type, matching_form(normal_form(name, entry.type))) is entry
    assert len({(entry.type, entry.key) for entry in catalogue.entries}) == len(catalogue.entries)
    assert len({entry.id for entry in catalogue.entries}) == len(catalogue.entries)


def test_keys_and_broader_keys(catalogue: Catalogue) -> None:
    for entry in catalogue.entries:
        assert re.fullmatch(r"[a-z0-9]+( [a-z0-9]+)*", entry.key)
        assert all(catalogue.entry(entry.type, key) is not None for key in entry.broader)


@pytest.mark.parametrize(
    ("key", "higher_is_better", "fraction"),
    [
        ("accuracy", True, True),
        ("perplexity", False, False),
        ("word error rate", False, True),
        ("frames per second", True, False),
        ("fid", False, False),
        ("ap50", True, True),
        ("latency", False, False),
    ],
)
def test_which_way_a_metric_is_better(catalogue: Catalogue, key: str, higher_is_better: bool, fraction: bool) -> None:
    entry = catalogue.entry("Metric", key)
    assert entry is not None
    assert (entry.higher_is_better, entry.fraction) == (higher_is_better, fraction)


def test_the_digest_follows_the_text() -> None:
    header = "\t".join(COLUMNS) + "\n"
    one, other = (parse_catalogue({"Task": header + f"swan counting\t{label}\t\t\tt1\n"}) for label in ("A b", "A c"))
    assert one.digest != other.digest
    assert one.digest == parse_catalogue({"Task": header + "swan counting\tA b\t\t\tt1\n"}).digest


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["Swan\tSwan\t\t\tt1"], "tasks.tsv:2: key"),
        (["swan\tSwan\t\tt1"], "tasks.tsv:2: found 4 cells, expected 5"),
        (["swan\t\t\t\tt1"], "tasks.tsv:2: label"),
        (["swan\tSwan\t\t\tt1", "swan\tBird\t\t\tt2"], "tasks.tsv:3: key or id"),
        (["swan\tSwan\t\t\tt1", "goose\tGoose\tswans\t\tt2"], "tasks.tsv:3: aliases: found 'swans'"),
        (["swan\tSwan\t\tgoose\tt1"], "broader: 'goose' is no key"),
        (["swan\tSwan\t\tgoose\tt1", "goose\tGoose\t\tswan\tt2"], "is narrower than itself"),
    ],
)
def test_a_wrong_row_is_named(rows: list[str], message: str) -> None:
    with pytest.raises(CatalogueError) as raised:
        parse_catalogue({"Task": "\n".join(["\t".join(COLUMNS), *rows, ""])})
    assert message in str(raised.value)


def test_wrong_headers_and_flags_are_named() -> None:
    with pytest.raises(CatalogueError, match=r"tasks\.tsv:1: header"):
        parse_catalogue({"Task": "key\tname\n"})
    with pytest.raises(CatalogueError, match=r"metrics\.tsv:2: found \['perhaps', ''\]"):
        parse_catalogue({"Metric": "\t".join(METRIC_COLUMNS) + "\nswans\tSwans\t\t\tm1\tperhaps\t\t\n"})


def test_all_types_have_a_file(catalogue: Catalogue) -> None:
    assert {entry.type for entry in catalogue.entries} == set(CONCEPT_TYPES)


def test_what_is_taken_out_is_above_nothing(catalogue: Catalogue) -> None:
    broad = next(key for entry in catalogue.entries if entry.type == "Task" for key in entry.broader)
    rest = catalogue.without({("Task", broad)})
    assert len(rest.entries) == len(catalogue.entries) - 1
    assert rest.entry("Task", broad) is None
    assert rest.find("Task", matching_form(broad)) is None
    assert not any(broad in entry.broader for entry in rest.entries if entry.type == "Task")
    assert not any(broad in entry.tasks for entry in rest.entries)
    assert all(rest.find(one.type, matching_form(normal_form(one.label, one.type))) is one for one in rest.entries)
