"""Spans -> how two of them are related, and which roles they play: the small heads of the network.

They add up parts that the encoding already holds for every word (the ends of a span, what stands between two), so
they can be asked for any spans without another run of the network. ``train/network.py`` holds their twins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kg.extract.encoder import Floats
from kg.records import CONCEPT_TYPES, RELATION_TYPES, ROLE_NAMES, ConceptType, RelationType, RoleName

RELATIONS: tuple[RelationType | None, ...] = (None, *RELATION_TYPES)
_LIMITS = (0, 1, 2, 4, 8, 16)  # words between two spans: the buckets of their distance
DISTANCES = 2 * (len(_LIMITS) + 1)

WordSpan = tuple[int, int, ConceptType]  # first word, end, type


class PairHead:
    """Scores ordered pairs of spans."""

    def __init__(self, arrays: dict[str, Floats]) -> None:
        """``arrays``: the head's matrices by their names."""
        self._arrays = arrays

    def scores(self, parts: Floats, spans: list[WordSpan]) -> Floats:
        """(spans, spans, 1 + relations): the probability of each relation from the first span to the second.

        ``parts``: (words, 5 * width) of the window that the spans lie in. A span's relation to itself is none.
        """
        arrays = self._arrays
        head_start, tail_start, middle, head_end, tail_end = np.split(parts, 5, axis=1)
        firsts = np.array([span[0] for span in spans])
        lasts = np.array([span[1] - 1 for span in spans])
        kinds = np.array([CONCEPT_TYPES.index(span[2]) for span in spans])
        head = head_start[firsts] + head_end[lasts]
        tail = tail_start[firsts] + tail_end[lasts]
        types = arrays["types"][kinds[:, None] * len(CONCEPT_TYPES) + kinds[None, :]]
        distances = np.array([[distance_of(one, other) for other in spans] for one in spans])
        between = np.empty_like(types)
        for a, one in enumerate(spans):
            for b, other in enumerate(spans):
                low, high = (one[1], other[0]) if one[0] < other[0] else (other[1], one[0])
                between[a, b] = middle[low:high].max(axis=0) if low < high else arrays["nothing"]
        hidden = head[:, None] + tail[None, :] + between + types + arrays["distances"][distances]
        logits = _scored(hidden, arrays)
        logits = np.exp(logits - logits.max(axis=-1, keepdims=True))
        chances: Floats = logits / logits.sum(axis=-1, keepdims=True)
        own = np.arange(len(spans))
        chances[own, own] = 0.0
        chances[own, own, 0] = 1.0
        return chances


class RoleHead:
    """Scores the roles that spans play in their paper."""

    def __init__(self, arrays: dict[str, Floats]) -> None:
        """``arrays``: the head's matrices by their names."""
        self._arrays = arrays

    def scores(self, parts: Floats, span: WordSpan) -> dict[RoleName, float]:
        """The probability of each role; ``parts``: (words, 2 * width) of the window that the span lies in."""
        start, end = np.split(parts, 2, axis=1)
        types = self._arrays["types"][CONCEPT_TYPES.index(span[2])]
        logits = _scored((start[span[0]] + end[span[1] - 1] + types)[None], self._arrays)[0]
        chances = 1.0 / (1.0 + np.exp(-logits.astype(np.float64)))
        return {role: round(float(chance), 4) for role, chance in zip(ROLE_NAMES, chances, strict=True)}


def _scored(hidden: Floats, arrays: dict[str, Floats]) -> Floats:
    """A head's last steps: layer norm, activation, scores."""
    hidden = hidden - hidden.mean(axis=-1, keepdims=True)
    hidden = hidden / np.sqrt((hidden**2).mean(axis=-1, keepdims=True) + 1e-5)
    hidden = hidden * arrays["norm_weight"] + arrays["norm_bias"]
    scores: Floats = _gelu(hidden) @ arrays["weight"].T + arrays["bias"]
    return scores


def distance_of(head: Sequence[Any], tail: Sequence[Any]) -> int:
    """The bucket of two spans' order and of the number of words between them; a span begins (first word, end).

    >>> distance_of((0, 2, "Method"), (2, 3, "Task")), distance_of((9, 10, "Method"), (2, 3, "Task"))
    (0, 11)
    """
    between = max(tail[0] - head[1], head[0] - tail[1], 0)
    size = next((number for number, limit in enumerate(_LIMITS) if between <= limit), len(_LIMITS))
    return size + (len(_LIMITS) + 1 if head[0] > tail[0] else 0)


def _gelu(values: Floats) -> Floats:
    """Gaussian error linear unit; its error function by Abramowitz and Stegun 7.1.26 (error under 2e-7)."""
    scaled = np.abs(values) / np.sqrt(np.float32(2.0))
    inverse = 1.0 / (1.0 + 0.3275911 * scaled)
    series = inverse * (
        0.254829592
        + inverse * (-0.284496736 + inverse * (1.421413741 + inverse * (-1.453152027 + inverse * 1.061405429)))
    )
    error = np.sign(values) * (1.0 - series * np.exp(-(scaled**2)))
    result: Floats = (0.5 * values * (1.0 + error)).astype(np.float32)
    return result
