"""A baseline to measure against: a lexical conditional random field, trained on SciER in the same run.

What a word is, how it is written and what stands around it, and nothing else: no word vectors, no clusters, no rules.
CRFsuite (Okazaki 2007), L-BFGS; about a minute on one core.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import pycrfsuite

from kg.records import CONCEPT_TYPES, ConceptType, Extraction, FieldName, Mention
from kg.text import Token, split_sentences, tokenize

_ITERATIONS = 60
_DIGITS = re.compile(r"\d+")


def features(words: Sequence[str]) -> list[list[str]]:
    """The features of each word: itself, its shape, its beginnings and ends, two neighbours on each side."""
    lowers = [_DIGITS.sub("0", word.lower()) for word in words]
    shapes = [_shape(word) for word in words]
    made = []
    for place, word in enumerate(lowers):
        one = ["bias", f"w={word}", f"shape={shapes[place]}"]
        one += [f"p{size}={word[:size]}" for size in (2, 3, 4) if len(word) > size]
        one += [f"s{size}={word[-size:]}" for size in (2, 3, 4) if len(word) > size]
        for step in (-2, -1, 1, 2):
            if 0 <= place + step < len(words):
                one += [f"{step}w={lowers[place + step]}", f"{step}shape={shapes[place + step]}"]
            else:
                one.append(f"{step}edge")
        if place:
            one.append(f"pair={lowers[place - 1]} {word}")
        if place + 1 < len(words):
            one.append(f"pair+={word} {lowers[place + 1]}")
        made.append(one)
    return made


def _shape(word: str) -> str:
    """``Aa`` for "Net", ``A`` for "GPT", ``A0`` for "F1", ``-`` for a hyphen: each run of a kind once."""
    kinds = ("0" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else c for c in word)
    shape = ""
    for kind in kinds:
        shape += "" if shape.endswith(kind) else kind
    return shape[:6]


class Baseline:
    """An extractor that finds mentions alone."""

    def __init__(self, model: bytes) -> None:
        self._model = model  # CRFsuite reads from these bytes as long as it lives
        self._crf = pycrfsuite.Tagger()
        self._crf.open_inmemory(model)

    def extract(self, fields: Mapping[FieldName, str]) -> Extraction:
        """The mentions of each sentence."""
        sentences = tuple(sentence for name, text in fields.items() for sentence in split_sentences(name, text))
        mentions: list[Mention] = []
        for sentence in sentences:
            tokens = tokenize(sentence.text)
            for first, last, kind, score in self._spans([token.text for token in tokens]):
                start, end = tokens[first].start, tokens[last].end
                text, place = sentence.text[start:end], sentence.start
                found = Mention(sentence.field, place + start, place + end, text, kind, round(score, 4))
                mentions.append(found)
        return Extraction("baseline", sentences, tuple(mentions))

    def _spans(self, words: Sequence[str]) -> Iterator[tuple[int, int, ConceptType, float]]:
        """(first, last, type, least probability of its words) of each name."""
        if not words:
            return
        labels = self._crf.tag(features(words))
        place = 0
        while place < len(labels):
            if labels[place] == "O":
                place += 1
                continue
            kind, first = labels[place][2:], place
            place += 1
            while place < len(labels) and labels[place] == f"I-{kind}":
                place += 1
            score = min(self._crf.marginal(labels[inside], inside) for inside in range(first, place))
            yield first, place - 1, cast(ConceptType, kind), score


def train(path: Path, limit: int | None = None) -> Baseline:
    """The baseline of a file in the span format."""
    trainer = pycrfsuite.Trainer("lbfgs", verbose=False)
    trainer.set_params({"c1": 0.05, "c2": 0.05, "max_iterations": _ITERATIONS, "feature.minfreq": 2})
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n")):
        if not line.strip() or (limit is not None and number >= limit):
            continue
        tokens, labels = labelled(json.loads(line))
        trainer.append(features([token.text for token in tokens]), labels)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model"
        trainer.train(str(file))
        return Baseline(file.read_bytes())


def labelled(line: dict) -> tuple[tuple[Token, ...], list[str]]:  # type: ignore[type-arg]
    """The package's own tokens of a gold sentence, each with its label (B-, I- or O)."""
    starts, place = [], 0
    for word in line["tokens"]:
        starts.append(place)
        place += len(word) + 1
    tokens = tokenize(" ".join(line["tokens"]))
    labels = ["O"] * len(tokens)
    for first, last, kind in line["entities"]:
        start, end = starts[first], starts[last - 1] + len(line["tokens"][last - 1])
        inside = [number for number, token in enumerate(tokens) if token.start < end and token.end > start]
        if kind in CONCEPT_TYPES and all(labels[number] == "O" for number in inside):
            for number in inside:
                labels[number] = ("B-" if number == inside[0] else "I-") + kind
    return tokens, labels
