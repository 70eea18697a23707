"""Links against gold of our own: concepts with their right entries in four catalogues, or none.

``gold/demo.tsv`` holds 579 concepts of a demo graph; the matcher's rules changed while they were judged. ``acl.tsv``
holds 160 concepts drawn by chance from a graph of 3,858 papers (papers listing, ACL Anthology 2020 and 2021, arXiv)
after that: 105 with a candidate, 55 without, none of them in the first; one rule for abbreviations and one for entries
that a catalogue holds twice came of it. A language model judged links, abstentions and the entries that share three
fifths of a name's words, starting from what the matcher gave; ``-`` is a concept that the catalogue does not hold, IRIs
joined by ``|`` are equally right.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kg.link import Matcher, Subject, read_catalogue
from kg.records import CONCEPT_TYPES

GOLDS = {"demo.tsv": 579, "acl.tsv": 160}
TARGETS = ("cso", "mlso", "paperswithcode", "openalex", "wikidata")


@pytest.fixture(scope="module")
def matcher(shared: Path) -> Matcher:
    folder = shared / "catalogues"
    files = ["cso-3.0.csv.gz", "pwc-tasks.jsonl.gz", "pwc-datasets.tsv", "openalex-concepts.tsv"]
    paths = [folder / name for name in files] + sorted((folder / "mlso").iterdir())
    return Matcher(entry for path in paths for entry in read_catalogue(path))


def gold(name: str) -> list[tuple[Subject, dict[str, str]]]:
    text = Path(__file__).with_name("gold").joinpath(name).read_text(encoding="utf-8")
    header, *lines = text.rstrip("\n").split("\n")
    rows = []
    for number, line in enumerate(lines):
        row = dict(zip(header.split("\t"), line.split("\t"), strict=True))
        kind = next(one for one in CONCEPT_TYPES if one == row["type"])
        names = [tuple(one for one in row[column].split(" | ") if one) for column in ("other names", "near")]
        rows.append((Subject(f"urn:{number}", kind, row["label"], *names), {one: row[one] for one in TARGETS}))
    return rows


@pytest.mark.parametrize("name", GOLDS)
def test_precision_and_recall(matcher: Matcher, name: str) -> None:
    """What the issue asks for: precision 0.95 at recall 0.70 for every target."""
    rows = gold(name)
    assert len(rows) == GOLDS[name]
    right, made, there = Counter[str](), Counter[str](), Counter[str]()
    for subject, answers in rows:
        links = {one.target: one.link.entry.iri for one in matcher.decide(subject) if one.link is not None}
        for target in TARGETS:
            there[target] += answers[target] != "-"
            made[target] += target in links
            right[target] += links.get(target) in answers[target].split("|")
    for target in TARGETS:
        assert right[target] / made[target] >= 0.95, f"precision of {target}: {right[target]} of {made[target]}"
        if there[target] >= 10:  # fewer say little
            assert right[target] / there[target] >= 0.7, f"recall of {target}: {right[target]} of {there[target]}"


def test_nothing_of_a_spammed_wiki_is_linked(matcher: Matcher) -> None:
    for name in (
        "customer care number",
        "1 Image, 2*2 Stitchi",
        "(deleted task 2)",
        "How do I ask a question at Expedia?",
    ):
        subject = Subject("urn:x", "Task", name)
        assert [one for one in matcher.decide(subject) if one.target == "paperswithcode" and one.link] == []
