"""Annotated sets -> Example: a text, its gold spans in characters, and which types the set annotates.

Every set goes through the package's own cleaning and tokenizer, so that training sees what prediction will see.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kg.text import Token, clean, tokenize

Span = tuple[int, int, str]  # start, end, type

TYPES = ("Task", "Method", "Dataset", "Metric")
_TRAILING = ".,;:!?"


@dataclass(frozen=True)
class Example:
    """A sentence or title of a set, cleaned and cut into tokens; ``known`` are the types whose absence means no."""

    source: str
    text: str
    tokens: tuple[Token, ...]
    spans: tuple[Span, ...]
    known: frozenset[str]
    is_title: bool = False

    def labels(self) -> list[str]:
        """One BIO label a token; where spans overlap the first and longest wins."""
        labels = ["O"] * len(self.tokens)
        for start, end, kind in sorted(self.spans, key=lambda span: (span[0], -span[1])):
            inside = [place for place, token in enumerate(self.tokens) if token.start < end and token.end > start]
            while inside and self.tokens[inside[-1]].text in _TRAILING:
                inside.pop()
            if not inside or any(labels[place] != "O" for place in inside):
                continue
            labels[inside[0]] = "B-" + kind
            for place in inside[1:]:
                labels[place] = "I-" + kind
        return labels

    def with_spans(self, spans: tuple[Span, ...]) -> Example:
        return replace(self, spans=spans, known=frozenset(TYPES))


def read_lines(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    """The JSON lines of a file, plain or gzip; parted on the line feed only."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for line in content.decode("utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def example_from_tokens(
    source: str, words: list[str], spans: list[tuple[int, int, str]], known: frozenset[str], is_title: bool = False
) -> Example:
    """An example from a set's own tokens, joined by blanks; spans are in tokens."""
    words = [clean(word).text.strip() or "_" for word in words]
    starts, place = [], 0
    for word in words:
        starts.append(place)
        place += len(word) + 1
    text = " ".join(words)
    in_text = tuple((starts[start], starts[end - 1] + len(words[end - 1]), kind) for start, end, kind in spans)
    return Example(source, text, tokenize(text), in_text, known, is_title)


def read_spans(
    source: str, path: Path, kinds: dict[str, str], known: str | tuple[str, ...], is_title: bool = False
) -> list[Example]:
    """The examples of a file in the span format; types that ``kinds`` does not name are left out."""
    known_types = frozenset(known if isinstance(known, tuple) else (known,))
    return [
        example_from_tokens(
            source,
            line["tokens"],
            [(start, end, kinds[kind]) for start, end, kind in line["entities"] if kind in kinds],
            known_types,
            is_title,
        )
        for line in read_lines(path)
    ]


def read_scirex(path: Path, share: float) -> list[Example]:
    """Sentences of full papers: all of the abstract and of sections whose name says so, a fixed share of the rest."""
    kinds = {"Material": "Dataset", "Method": "Method", "Task": "Task", "Metric": "Metric"}
    examples = []
    for paper in read_lines(path):
        words = paper["words"]
        ner = sorted((start, end, kinds[kind]) for start, end, kind in paper["ner"])
        abstract_end = paper["sections"][1][1] if len(paper["sections"]) > 1 else 0
        for start, end in paper["sentences"]:
            if not 4 <= end - start <= 80 or words[start] == "section":
                continue
            inside = [(a - start, b - start, kind) for a, b, kind in ner if start <= a and b <= end]
            if start >= abstract_end and not taken(" ".join(words[start:end]), share):
                continue
            examples.append(example_from_tokens("scirex", words[start:end], inside, frozenset(TYPES)))
    return examples


def taken(text: str, share: float) -> bool:
    """Whether a text falls into a fixed share of all texts, by its digest."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) < share * 0x100000000


def without_doubles(examples: list[Example]) -> list[Example]:
    """The examples, each text once."""
    return list({example.text: example for example in examples}.values())


def split(examples: list[Example], share: float) -> tuple[list[Example], list[Example]]:
    """(train, held out) by digest of the text."""
    examples = without_doubles(examples)
    held = [example for example in examples if taken("held out " + example.text, share)]
    return [example for example in examples if not taken("held out " + example.text, share)], held


def spans_of_labels(tokens: tuple[Token, ...], labels: list[str]) -> tuple[Span, ...]:
    """BIO labels back to spans."""
    spans: list[Span] = []
    start: int | None = None
    for place, label in enumerate([*labels, "O"]):
        if start is not None and (label[0] != "I" or label[2:] != labels[start][2:]):
            spans.append((tokens[start].start, tokens[place - 1].end, labels[start][2:]))
            start = None
        if label[0] == "B" or (label[0] == "I" and start is None):
            start = place
    return tuple(spans)
