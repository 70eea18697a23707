"""Sentence -> Mention: finds the names of tasks, methods, datasets and metrics.

A linear-chain conditional random field (CRFsuite, Okazaki 2007) over features of single words; the score is the least
marginal probability of a name's words, calibrated on development sets. A sentence is tagged alone, so the same text
gives the same answer in any company. The weights travel in ``kg/extract/weights`` and are checked against the
digests of ``manifest.json`` when they are first needed.
"""

from __future__ import annotations

import functools
import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, cast

import pycrfsuite

from kg.errors import PapertriplesError
from kg.extract.features import Clusters, FeatureMaker
from kg.extract.spans import Span, spans_of, tidy
from kg.records import ConceptType, Mention, Sentence
from kg.text import CleanText, Token, clean, tokenize

MODEL, CLUSTERS, TABLES, MANIFEST = "tagger.crfsuite", "clusters.tsv", "tagger.json", "manifest.json"
_LONGEST = 300  # tokens tagged in one go


class WeightsError(PapertriplesError):
    """The weights are missing or not what they were when they were made."""


class Tagger:
    """Tags sentences. ``digest`` names the weights."""

    def __init__(self, model: bytes, clusters: Clusters, tables: Mapping[str, Any], digest: str) -> None:
        self.digest = digest
        self._model = model  # CRFsuite reads from these bytes as long as it lives
        self._crf = pycrfsuite.Tagger()
        self._crf.open_inmemory(self._model)
        self._labels: tuple[str, ...] = tuple(sorted(self._crf.labels()))
        self._maker = FeatureMaker(clusters)
        self._outside = float(tables["outside"])
        self._thresholds: dict[str, float] = dict(tables["thresholds"])
        self._calibration: dict[str, list[tuple[float, float]]] = {
            kind: [(float(raw), float(share)) for raw, share in points]
            for kind, points in tables["calibration"].items()
        }

    def tag(self, sentences: Sequence[Sentence]) -> list[tuple[Mention, ...]]:
        """The mentions of each sentence, in order of place, none overlapping another."""
        return [tuple(self._tag_one(sentence)) for sentence in sentences]

    def raw_spans(self, text: str, is_title: bool) -> tuple[tuple[Token, ...], list[Span]]:
        """The tokens of a cleaned text and its spans with uncalibrated scores: what training chooses tables on."""
        tokens = tokenize(text)
        spans: list[Span] = []
        for start in range(0, len(tokens), _LONGEST):
            window = tokens[start : start + _LONGEST]
            labels, probabilities = self._decode([token.text for token in window], is_title)
            spans += [
                span._replace(start=span.start + start, end=span.end + start)
                for span in tidy(spans_of(labels, probabilities), window)
            ]
        return tokens, spans

    def calibrated(self, kind: str, raw: float) -> float:
        """The probability that a span of this type and raw score is right, to 4 digits."""
        points = self._calibration[kind]
        place = bisect_right(points, (raw, 2.0))
        if place == 0:
            return round(points[0][1], 4)
        if place == len(points):
            return round(points[-1][1], 4)
        (low, low_share), (high, high_share) = points[place - 1], points[place]
        part = (raw - low) / (high - low) if high > low else 0.0
        return round(low_share + part * (high_share - low_share), 4)

    def threshold(self, kind: str) -> float:
        """The least score that a mention of this type needs; chosen on development sets."""
        return self._thresholds[kind]

    def _tag_one(self, sentence: Sentence) -> Iterator[Mention]:
        cleaned: CleanText = clean(sentence.text)
        tokens, spans = self.raw_spans(cleaned.text, sentence.field == "title")
        last = 0
        for span in spans:
            score = self.calibrated(span.type, span.score)
            if score < self._thresholds[span.type]:
                continue
            start, end = cleaned.span(tokens[span.start].start, tokens[span.end - 1].end)
            if start < last:
                continue  # markup that two names share
            last = end
            yield Mention(
                field=sentence.field,
                start=sentence.start + start,
                end=sentence.start + end,
                text=sentence.text[start:end],
                type=cast(ConceptType, span.type),
                score=score,
            )

    def _decode(self, words: Sequence[str], is_title: bool) -> tuple[list[str], list[float]]:
        """For each word the most probable label, ``O`` discounted; and its probability."""
        self._crf.set(self._maker.sentence(words, is_title))
        labels: list[str] = []
        probabilities: list[float] = []
        marginal = self._crf.marginal
        for place in range(len(words)):
            outside: float = marginal("O", place)
            if outside > 0.97:
                labels.append("O")
                probabilities.append(outside)
                continue
            best, best_probability, limit = "O", outside, outside * self._outside
            for label in self._labels:
                if label != "O":
                    probability: float = marginal(label, place)
                    if probability > limit:
                        best, best_probability, limit = label, probability, probability
            labels.append(best)
            probabilities.append(best_probability)
        return labels, probabilities


@functools.cache
def load_tagger() -> Tagger:
    """The tagger that is shipped; loaded once a process. Raises :class:`WeightsError` where its files are damaged."""
    return read_tagger(resources.files("kg.extract") / "weights")


def read_tagger(folder: Traversable) -> Tagger:
    """The tagger whose files lie in ``folder``, each checked against the SHA-256 digest in the manifest."""
    manifest = _manifest(folder)
    files = {name: _checked(folder, name, digest) for name, digest in manifest.items()}
    for name in (MODEL, CLUSTERS, TABLES):
        if name not in files:
            raise WeightsError(f"weights: {MANIFEST} does not name {name}; install papertriples again")
    digest = hashlib.sha256("\n".join(f"{manifest[name]} {name}" for name in sorted(manifest)).encode()).hexdigest()
    return Tagger(files[MODEL], read_clusters(files[CLUSTERS]), json.loads(files[TABLES]), digest)


def read_clusters(content: bytes) -> Clusters:
    """The word clusters: a word and its three clusters a line, parted by tabs."""
    clusters: dict[str, tuple[int, int, int]] = {}
    for line in content.decode("utf-8").split("\n"):
        if line:
            word, few, some, many = line.split("\t")
            clusters[word] = (int(few), int(some), int(many))
    return clusters


def _manifest(folder: Traversable) -> dict[str, str]:
    content = _content(folder, MANIFEST)
    try:
        files = json.loads(content)["files"]
    except (ValueError, KeyError, TypeError):
        files = None
    if not isinstance(files, dict) or not all(isinstance(digest, str) for digest in files.values()):
        raise WeightsError(
            f"weights: {MANIFEST} is damaged: expected an object with the digests of the files; "
            "install papertriples again"
        )
    return files


def _checked(folder: Traversable, name: str, digest: str) -> bytes:
    content = _content(folder, name)
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise WeightsError(
            f"weights: {name} is damaged: its SHA-256 is {found[:16]}..., expected {digest[:16]}...; "
            "install papertriples again"
        )
    return content


def _content(folder: Traversable, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise WeightsError(f"weights: {name} is missing ({type(error).__name__}); install papertriples again") from None
