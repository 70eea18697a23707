"""Small gold of our own, and extractors that say what a test wants them to say."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from kg.evaluate import Predict
from kg.records import ConceptType, Extraction, FieldName, Mention, Relation, RelationType, ResultClaim


def write(path: Path, lines: list[Any]) -> Path:
    """The lines as JSON (a text as it is); gzip where the name says so."""
    content = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def mention(fields: Mapping[FieldName, str], text: str, type: ConceptType, score: float = 0.9) -> Mention:
    """The first place of a text in the fields."""
    name = next(name for name, literal in fields.items() if text in literal)
    start = fields[name].index(text)
    return Mention(name, start, start + len(text), text, type, score)


def saying(
    *names: tuple[str, ConceptType] | tuple[str, ConceptType, float],
    relations: tuple[tuple[int, int, RelationType], ...] = (),
) -> Predict:
    """An extractor that finds these names in every text that holds them."""

    def predict(_: str, fields: Mapping[FieldName, str]) -> Extraction:
        text = " ".join(fields.values())
        ours = [number for number, one in enumerate(names) if one[0] in text]
        mentions = tuple(mention(fields, *names[number]) for number in ours)
        found = tuple(
            Relation(ours.index(head), ours.index(tail), kind, 0.9)
            for head, tail, kind in relations
            if head in ours and tail in ours
        )
        return Extraction("test", mentions=mentions, relations=found)

    return predict


def claim(fields: Mapping[FieldName, str], text: str, value: str, score: float = 0.9, **ends: int) -> ResultClaim:
    """A number at the first place of ``text``."""
    name = next(name for name, literal in fields.items() if text in literal)
    start = fields[name].index(text)
    return ResultClaim(name, start, start + len(text), Decimal(value), text, "absolute", score, **ends)  # type: ignore[arg-type]
