"""Sentence -> Mention, Relation: finds the names of tasks, methods, datasets and metrics, and how they are related.

A transformer, or two, reads neighbouring sentences together (``networks.py``); every run of up to twelve words gets a
probability for each type, calibrated on development sets, and the likeliest that do not overlap are kept. The weights
travel in ``kg/extract/weights`` and are checked against the digests of ``manifest.json`` when they are first needed.
"""

from __future__ import annotations

import functools
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.extract.encoder import TABLES
from kg.extract.heads import RELATIONS, WordSpan
from kg.extract.networks import Networks, Scores
from kg.extract.pieces import Window
from kg.extract.weight_files import Weights, read_weights, shipped_weights
from kg.records import CONCEPT_TYPES, ROLE_NAMES, ConceptType, Mention, RelationType, RoleName, Sentence
from kg.settings import DEFAULT_MODEL
from kg.text import CleanText, Token, clean, tokenize

MOST_WINDOWS = 60  # of one text that are read: about a whole paper; bounds the time of what is none


class Span(NamedTuple):
    """A possible mention in the words of a window, with its probability before calibration."""

    start: int
    end: int
    type: ConceptType
    score: float


class Related(NamedTuple):
    """A relation between two spans, given by their places in the list that was asked for."""

    head: int
    tail: int
    type: RelationType
    score: float


@dataclass(frozen=True, slots=True)
class _Words:
    """A sentence's words: as cleaned, and where they stand in the sentence as stored."""

    cleaned: CleanText
    tokens: tuple[Token, ...]
    stored: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """Numbers chosen on development sets. ``thresholds``: the least probability of each type, before calibration."""

    thresholds: Sequence[float]
    calibration: Mapping[str, list[tuple[float, float]]]  # (probability of the network, share that is right), rising
    least_related: float  # the least probability of a relation
    with_ends: bool  # whether that is the probability that its two ends are right, too
    roles: Mapping[RoleName, tuple[float, ...]]  # what weighs rules and network, see role_weights.py


class Tagged:
    """What the network read in the sentences of one text."""

    def __init__(
        self,
        mentions: list[tuple[Mention, ...]],
        words: list[_Words],
        windows: list[tuple[Window, Scores]],
        tables: Tables,
    ) -> None:
        self.mentions = mentions  # of each sentence, by place, none overlapping another
        self._words = words
        self._windows = windows
        self.tables = tables
        self._places: dict[tuple[int, int], tuple[int, int]] = {
            (sentence, word): (number, place)
            for number, (window, _) in enumerate(windows)
            for place, (sentence, word) in enumerate(zip(window.sentence, window.word, strict=True))
        }

    def relations(
        self, sentence: int, spans: Sequence[tuple[int, int, ConceptType]], sure: Sequence[float] | None = None
    ) -> list[Related]:
        """The likeliest relation of each ordered pair of spans of a sentence, where it is likely enough.

        ``spans``: (start, end, type), characters of the sentence as stored; ``sure``: the probability of each, where
        they are not known to be right.
        """
        found: dict[int, list[tuple[int, WordSpan]]] = {}
        for index, (start, end, kind) in enumerate(spans):
            span = self._in_window(sentence, start, end)
            if span is not None:
                found.setdefault(span[0], []).append((index, (span[1], span[2], kind)))
        related = []
        for number, placed in sorted(found.items()):
            if len(placed) < 2:
                continue
            chances = self._windows[number][1].relations([span for _, span in placed])
            best = chances[:, :, 1:].argmax(axis=-1) + 1  # 0 is none
            likely = chances[:, :, 1:].max(axis=-1)
            if sure is not None and self.tables.with_ends:
                ends = np.array([sure[index] for index, _ in placed])
                likely = likely * ends[:, None] * ends[None, :]
            for a, b in zip(*np.nonzero(likely >= self.tables.least_related), strict=True):
                relation = RELATIONS[int(best[a, b])]
                if relation is not None:
                    score = round(float(chances[a, b, best[a, b]]), 4)
                    related.append(Related(placed[a][0], placed[b][0], relation, score))
        return related

    def roles(self, sentence: int, span: tuple[int, int, ConceptType]) -> dict[RoleName, float]:
        """How probably what a span names plays each role in the paper, as far as this place tells; {} if unknown.

        ``span``: (start, end, type), characters of the sentence as stored.
        """
        found = self._in_window(sentence, span[0], span[1])
        if found is None:
            return {}
        return self._windows[found[0]][1].roles((found[1], found[2], span[2]))

    def _in_window(self, sentence: int, start: int, end: int) -> tuple[int, int, int] | None:
        """(window, first word, end) of a span; None where it has no word or is cut by the windows."""
        inside = [place for place, (a, b) in enumerate(self._words[sentence].stored) if a < end and b > start]
        if not inside:
            return None
        first = self._places.get((sentence, inside[0]))
        last = self._places.get((sentence, inside[-1]))
        if first is None or last is None or first[0] != last[0]:
            return None
        return first[0], first[1], last[1] + 1


class Tagger:
    """Reads sentences. ``digest`` names the weights. The networks are loaded when the first sentence is read."""

    def __init__(self, weights: Weights, threads: int | None = None) -> None:
        self.digest = weights.digest
        self._weights = weights
        self._threads = threads

    @functools.cached_property
    def networks(self) -> Networks:
        """What reads. Raises ``WeightsError`` where files are damaged, as all that needs them does."""
        return Networks(self._weights, self._threads)

    @functools.cached_property
    def _tables(self) -> Tables:
        tables: dict[str, Any] = json.loads(self._weights.content(TABLES))
        return Tables(
            [float(tables["thresholds"][kind]) for kind in CONCEPT_TYPES],
            {
                kind: [(float(raw), float(share)) for raw, share in points]
                for kind, points in tables["calibration"].items()
            },
            float(tables["least_related"]),
            bool(tables.get("with_ends", False)),
            {role: tuple(float(weight) for weight in tables["roles"][role]) for role in ROLE_NAMES},
        )

    def tag(self, sentences: Sequence[Sentence]) -> list[tuple[Mention, ...]]:
        """The mentions of each sentence of one text, in order of place, none overlapping another."""
        return self.read(sentences).mentions

    def read(self, sentences: Sequence[Sentence]) -> Tagged:
        """What stands in the sentences of one text, in reading order: neighbours lend each other context.

        Of a text of more than :data:`MOST_WINDOWS` windows (about 10,000 words) the rest is not read.
        """
        words = [_words_of(sentence) for sentence in sentences]
        windows = [(window, self.networks.read(window)) for window in self._windows(words)]
        found: list[list[Mention]] = [[] for _ in sentences]
        for window, scores in windows:
            for span in self._kept(scores.spans, window):
                number = window.sentence[span.start]
                first, last = window.word[span.start], window.word[span.end - 1]
                mention = _mention(sentences[number], words[number], first, last, span)
                if not found[number] or mention.start >= found[number][-1].end:  # else markup that two names share
                    found[number].append(mention)
        mentions = [tuple(mentions) for mentions in found]
        return Tagged(mentions, words, windows, self._tables)

    def windows(self, sentences: Sequence[Sentence]) -> Iterator[Window]:
        """The windows that the sentences of one text are read in."""
        return self._windows([_words_of(sentence) for sentence in sentences])

    def _windows(self, words: Sequence[_Words]) -> Iterator[Window]:
        return islice(self.networks.pieces.windows([one.tokens for one in words]), MOST_WINDOWS)

    def calibrated(self, kind: str, raw: float) -> float:
        """The probability that a span of this type and raw score is right, to 4 digits."""
        points = self._tables.calibration[kind]
        place = bisect_right(points, (raw, 2.0))
        if place == 0:
            return round(points[0][1], 4)
        if place == len(points):
            return round(points[-1][1], 4)
        (low, low_share), (high, high_share) = points[place - 1], points[place]
        part = (raw - low) / (high - low) if high > low else 0.0
        return round(low_share + part * (high_share - low_share), 4)

    def _kept(self, spans: NDArray[np.float64], window: Window) -> list[Span]:
        """The likely spans of a window, by place, with calibrated scores."""
        return [
            span._replace(score=self.calibrated(span.type, span.score))
            for span in likely_spans(spans, window, self._tables.thresholds)
        ]


def likely_spans(chances: NDArray[np.float64], window: Window, limits: Sequence[float]) -> list[Span]:
    """The likeliest spans that do not overlap, by place; ``limits``: the least probability of each type.

    ``chances``: (words, widths, types). A span lies in one sentence.
    """
    candidates = []
    for start, width, number in zip(*np.nonzero(chances > np.asarray(limits)), strict=True):
        end = int(start + width + 1)
        if end <= len(window.sentence) and window.sentence[start] == window.sentence[end - 1]:
            chance = round(float(chances[start, width, number]), 6)
            candidates.append(Span(int(start), end, CONCEPT_TYPES[number], chance))
    kept: list[Span] = []
    taken = [False] * len(window.sentence)
    for span in sorted(candidates, key=lambda one: (-one.score, one.start, one.end, one.type)):
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = [True] * (span.end - span.start)
            kept.append(span)
    return sorted(kept)


def _words_of(sentence: Sentence) -> _Words:
    cleaned = clean(sentence.text)
    tokens = tokenize(cleaned.text)
    return _Words(cleaned, tokens, tuple(cleaned.span(token.start, token.end) for token in tokens))


def _mention(sentence: Sentence, words: _Words, first: int, last: int, span: Span) -> Mention:
    start, end = words.cleaned.span(words.tokens[first].start, words.tokens[last].end)
    return Mention(
        field=sentence.field,
        start=sentence.start + start,
        end=sentence.start + end,
        text=sentence.text[start:end],
        type=span.type,
        score=span.score,
    )


@functools.cache
def load_tagger(threads: int | None = None, model: str = DEFAULT_MODEL) -> Tagger:
    """A tagger that is shipped; loaded once a process. Raises ``WeightsError`` where its manifest is damaged."""
    return read_tagger(shipped_weights(), threads, model)


def read_tagger(folder: Traversable, threads: int | None = None, model: str = DEFAULT_MODEL) -> Tagger:
    """A tagger whose files lie in ``folder``; ``threads``: for one window, None leaves it to the runtime."""
    return Tagger(read_weights(folder, model), threads)
