"""Annotated sets -> Example: a text, its gold spans in characters, and which types the set annotates.

Every set goes through the package's own cleaning and tokenizer, so that training sees what prediction will see.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.text import Token, clean, tokenize

Span = tuple[int, int, str]  # start, end, type


@dataclass(frozen=True)
class Example:
    """A sentence or title of a set, cleaned and cut into tokens; ``known`` are the types whose absence means no."""

    source: str
    text: str
    tokens: tuple[Token, ...]
    spans: tuple[Span, ...]
    known: frozenset[str]
    is_title: bool = False


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


def taken(text: str, share: float) -> bool:
    """Whether a text falls into a fixed share of all texts, by its digest."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) < share * 0x100000000
