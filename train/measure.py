"""Figures: strict spans and types on annotated sentences, names found in whole abstracts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from examples import TYPES, Example, Span

from kg.text import clean, plain, split_sentences

Predict = Callable[[str, bool], list[tuple[int, int, str, float]]]
"""(cleaned text, is it a title) -> spans in characters with type and raw score."""


@dataclass(frozen=True)
class Figures:
    """Precision, recall, F1; for each type and for ``all``."""

    by_type: dict[str, tuple[float, float, float]]

    def f1(self, kind: str = "all") -> float:
        return self.by_type[kind][2]

    def __str__(self) -> str:
        return "  ".join(f"{kind} {p:.3f}/{r:.3f}/{f:.3f}" for kind, (p, r, f) in self.by_type.items())


def strict(examples: Sequence[Example], predict: Predict, kinds: Iterable[str]) -> Figures:
    """Micro-averaged: a span counts when start, end and type are right."""
    kinds = tuple(kinds)
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for example in examples:
        predicted = {span[:3] for span in predict(example.text, example.is_title) if span[2] in kinds}
        gold: set[Span] = {span for span in example.spans if span[2] in kinds}
        said.update(span[2] for span in predicted)
        wanted.update(span[2] for span in gold)
        right.update(span[2] for span in predicted & gold)
    return _figures(right, said, wanted, right, kinds)


@dataclass(frozen=True)
class Listed:
    """A paper of the listing: texts by field, gold names (normal form -> types), gold entities (type, names)."""

    texts: tuple[tuple[str, str], ...]
    names: dict[str, set[str]]
    entities: tuple[tuple[str, frozenset[str]], ...]


def read_listing(gold: Path, listing: Path) -> list[Listed]:
    """The papers of the gold file with their abstracts from the listing."""
    blocks = [block.strip() for block in listing.read_text(encoding="utf-8").split("\n") if block.strip()]
    plain_blocks = [plain(block) for block in blocks]
    papers = []
    for line in gold.read_text(encoding="utf-8").split("\n"):
        if not line.strip():
            continue
        paper = json.loads(line)
        abstract = blocks[plain_blocks.index(plain(paper["title"])) + 1]
        entities = tuple(
            (one["type"], frozenset(normal(plain(name)) for name in [one["name"], *one["aliases"]]))
            for one in paper["entities"]
        )
        names: dict[str, set[str]] = {}
        for kind, forms in entities:
            for form in forms:
                names.setdefault(form, set()).add(kind)
        papers.append(Listed((("title", paper["title"]), ("abstract", abstract)), names, entities))
    return papers


def names_found(papers: Sequence[Listed], predict: Predict) -> Figures:
    """Precision over distinct predicted names of a paper, recall over its gold entities (any alias)."""
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for paper in papers:
        predicted = {(normal(text), kind) for text, kind, _ in listed_spans(paper, predict)}
        for kind, forms in paper.entities:
            wanted[kind] += 1
            found[kind] += any((form, kind) in predicted for form in forms)
        for name, kind in predicted:
            said[kind] += 1
            right[kind] += kind in paper.names.get(name, ())
    return _figures(right, said, wanted, found, TYPES)


def listed_spans(paper: Listed, predict: Predict) -> list[tuple[str, str, float]]:
    """(text, type, raw score) of all that is predicted in a paper's title and abstract."""
    spans = []
    for field, literal in paper.texts:
        for sentence in split_sentences(field, literal):  # type: ignore[arg-type]
            text = clean(sentence.text).text
            spans += [(text[a:b], kind, raw) for a, b, kind, raw in predict(text, field == "title")]
    return spans


def normal(text: str) -> str:
    """Case, punctuation, hyphens and a plural s aside.

    >>> normal("Vision-Language Models")
    'vision language model'
    """
    words = re.sub(r"[^a-z0-9]+", " ", text.lower()).split()
    return " ".join(word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word for word in words)


def _figures(
    right: Counter[str], said: Counter[str], wanted: Counter[str], found: Counter[str], kinds: Iterable[str]
) -> Figures:
    figures = {}
    for kind in (*kinds, "all"):
        of = (lambda counter: counter.total()) if kind == "all" else (lambda counter, kind=kind: counter[kind])
        precision = of(right) / of(said) if of(said) else 0.0
        recall = of(found) / of(wanted) if of(wanted) else 0.0
        both = precision + recall
        figures[kind] = (precision, recall, 2 * precision * recall / both if both else 0.0)
    return Figures(figures)
