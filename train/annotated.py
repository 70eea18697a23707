"""Abstracts that were annotated for this project -> Gold sentences.

``train/annotations/*.jsonl`` name the papers (source and id of the data folder) and hold names, roles, results and
relations, no text: the texts are looked up where they lie. A name stands for all its occurrences as whole words, the
longest first, but for those that ``exceptions`` name. ``dev.jsonl`` is held out of training.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from corpus import Gold
from examples import read_lines

from kg.text import clean, split_sentences, tokenize

ANNOTATIONS = Path(__file__).with_name("annotations")
HELD = "dev.jsonl"
KNOWN = frozenset(("Task", "Method", "Dataset", "Metric"))


@cache
def held_ids(folder: Path = ANNOTATIONS) -> frozenset[str]:
    """The papers that are held out of training."""
    return frozenset(str(line["id"]) for line in read_lines(folder / HELD))


def read_annotated(folder: Path, shared: Path) -> tuple[list[Gold], list[Gold]]:
    """(train, held out)."""
    texts = {
        (name, str(row["id"])): (row["title"], row["abstract"])
        for name in ("orkg-tdm", "acl-links")
        for row in read_lines(shared / "benchmarks" / name / "train.jsonl.gz")
    }
    read: dict[bool, list[Gold]] = {True: [], False: []}
    for file in sorted(folder.glob("*.jsonl")):
        for paper in read_lines(file):
            read[file.name == HELD] += sentences_of(paper, texts[paper["source"], paper["id"]])
    return read[False], read[True]


def sentences_of(paper: dict, texts: tuple[str, str]) -> list[Gold]:  # type: ignore[type-arg]
    """The sentences of one paper with the spans of its names and the relations between them."""
    forms = {
        form: (number, entity["type"])
        for number, entity in enumerate(paper["entities"])
        for form in (entity["name"], *entity["aliases"])
    }
    entity_of = {form: number for form, (number, _) in forms.items()}
    relations = {
        (entity_of[head], entity_of[tail], kind)
        for head, kind, tail in paper.get("relations", ())
        if head in entity_of and tail in entity_of and kind != "Synonym-Of"
    }
    golds = []
    for field, literal in zip(("title", "abstract"), texts, strict=True):
        skipped = {(one["text"], one["nth"]) for one in paper.get("exceptions", ()) if one["field"] == field}
        places = occurrences(literal, forms, skipped)
        for sentence in split_sentences(field, literal):  # type: ignore[arg-type]
            cleaned = clean(sentence.text)
            tokens = tokenize(cleaned.text)
            spans, numbers = [], []
            where = [cleaned.span(token.start, token.end) for token in tokens]
            for start, end, form in places:
                start, end = start - sentence.start, end - sentence.start
                inside = [at for at, (a, b) in enumerate(where) if a < end and b > start]
                if start >= 0 and end <= len(sentence.text) and inside:
                    spans.append((inside[0], inside[-1] + 1, forms[form][1]))
                    numbers.append(forms[form][0])
            kept = tuple(
                (a, b, kind)
                for a, one in enumerate(numbers)
                for b, other in enumerate(numbers)
                for kind in sorted(kind for x, y, kind in relations if (x, y) == (one, other))
            )
            related = len(spans) < 2 or bool(kept)
            played = tuple((number, tuple(paper["entities"][number]["roles"])) for number in numbers)
            golds.append(
                Gold(
                    "annotated",
                    str(paper["id"]),
                    cleaned.text,
                    tokens,
                    tuple(spans),
                    kept,
                    KNOWN,
                    related,
                    played=played,
                )
            )
    return golds


def occurrences(
    literal: str, forms: dict[str, tuple[int, str]], skipped: set[tuple[str, int]]
) -> list[tuple[int, int, str]]:
    """Where the forms stand as whole words, the longest first, none over another."""
    taken: list[tuple[int, int, str]] = []
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        begin = r"(?<!\w)" if form[0].isalnum() else ""
        end = r"(?!\w)" if form[-1].isalnum() else ""
        for nth, found in enumerate(re.finditer(begin + re.escape(form) + end, literal)):
            free = all(found.end() <= start or end <= found.start() for start, end, _ in taken)
            if free and (form, nth) not in skipped:
                taken.append((found.start(), found.end(), form))
    return sorted(taken)
