"""Links against gold of our own: concepts with their right entries in five catalogues, or none.

``gold/demo.tsv`` holds 579 concepts of a demo graph; the matcher's rules changed while they were judged. ``acl.tsv``
holds 160 concepts drawn by chance from a graph of 3,858 papers (papers listing, ACL Anthology 2020 and 2021, arXiv)
after that: 105 with a candidate, 55 without, none of them in the first; one rule for abbreviations and one for entries
that a catalogue holds twice came of it. ``topics.tsv`` holds 453 concepts of 5,525 papers (arXiv, ACL
Anthology) that are not in the others: all that the first 3,641 of these linked to CSO (339) or that had a candidate in
Wikidata there (82), and what the rules link to CSO of the rest (51). The rule for topics of another field was made on
the first 120 and made stricter by the others; before it 299 of the 339 were right, and of the 51, which it had not
seen, 45 are. A language model judged links, abstentions and the entries that share three fifths of a name's words,
starting from what the matcher gave; ``-`` is a concept that the catalogue does not hold, nothing one that nobody
judged, IRIs joined by ``|`` are equally right.
``known-names.txt``: names of that graph which CSO has, too.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kg.link import Entry, Matcher, Subject, read_catalogue
from kg.link.matching import form_of, forms_of
from kg.records import CONCEPT_TYPES

GOLDS = {"demo.tsv": 579, "acl.tsv": 160, "topics.tsv": 453}
TARGETS = ("cso", "mlso", "paperswithcode", "openalex", "wikidata")


@pytest.fixture(scope="module")
def entries(shared: Path) -> list[Entry]:
    folder = shared / "catalogues"
    files = ["cso-3.0.csv.gz", "pwc-tasks.jsonl.gz", "pwc-datasets.tsv", "openalex-concepts.tsv"]
    paths = [folder / name for name in files] + sorted((folder / "mlso").iterdir())
    return [entry for path in paths for entry in read_catalogue(path) if isinstance(entry, Entry)]


def known(rows: list[tuple[Subject, dict[str, str]]]) -> frozenset[str]:
    """The forms of the names of the graph that the concepts are from, as far as they matter."""
    names = Path(__file__).with_name("known-names.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    return forms_of(subject for subject, _ in rows) | frozenset(map(form_of, names))


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
def test_precision_and_recall(entries: list[Entry], name: str) -> None:
    """What the issue asks for: precision 0.95 at recall 0.70 for every target."""
    rows = gold(name)
    matcher = Matcher(entries, known(rows))
    assert len(rows) == GOLDS[name]
    right, made, there = Counter[str](), Counter[str](), Counter[str]()
    for subject, answers in rows:
        links = {one.target: one.link.entry.iri for one in matcher.decide(subject) if one.link is not None}
        for target in (one for one in TARGETS if answers[one]):
            there[target] += answers[target] != "-"
            made[target] += target in links
            right[target] += links.get(target) in answers[target].split("|")
    for target in (one for one in TARGETS if made[one]):
        assert right[target] / made[target] >= 0.95, f"precision of {target}: {right[target]} of {made[target]}"
        if there[target] >= 10:  # fewer say little
            assert right[target] / there[target] >= 0.7, f"recall of {target}: {right[target]} of {there[target]}"


def test_nothing_of_a_spammed_wiki_is_linked(entries: list[Entry]) -> None:
    matcher = Matcher(entries)
    for name in (
        "customer care number",
        "1 Image, 2*2 Stitchi",
        "(deleted task 2)",
        "How do I ask a question at Expedia?",
    ):
        subject = Subject("urn:x", "Task", name)
        assert [one for one in matcher.decide(subject) if one.target == "paperswithcode" and one.link] == []
