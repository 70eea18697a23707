"""Window -> Scores: what a model's networks make of the words of a window.

A model may read with a companion (``"with"`` in the manifest): both networks read each window, and the probability of
a span of a type that the model's tables call averaged is the mean of theirs, in which the companion has the share that
the tables say. Their errors differ, so that the mean errs less than either. Other types, relations and roles are the
model's own: there the smaller network added nothing that could be measured.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.extract.encoder import PAIRS, ROLES, TABLES, Encoded, Encoder, Floats, Words
from kg.extract.heads import PairHead, RoleHead, WordSpan
from kg.extract.pieces import Window, WordPieces
from kg.extract.weight_files import Weights
from kg.records import CONCEPT_TYPES, RoleName


class Networks:
    """All that a model reads with; its networks share the vectors of words. Raises ``WeightsError``."""

    def __init__(self, weights: Weights, threads: int | None = None) -> None:
        """``threads``: for one window, None leaves it to onnxruntime."""
        words = Words(weights)
        self.pieces: WordPieces = words.pieces
        self.encoders = tuple(Encoder(one, words, threads) for one in (weights, *weights.companions))
        self.pair_head = PairHead(weights.arrays(PAIRS))
        self.role_head = RoleHead(weights.arrays(ROLES))
        tables: dict[str, Any] = json.loads(weights.content(TABLES))
        averaged = np.isin(CONCEPT_TYPES, tables.get("averaged", CONCEPT_TYPES))
        self._share_of_others = np.where(averaged, tables.get("share_of_companion", 0.5), 0.0)

    def read(self, window: Window) -> Scores:
        """What the networks make of a window of at least one word, one after the other."""
        own, *others = (encoder.encode(window) for encoder in self.encoders)
        chances = _chances(own)
        if others:
            theirs = np.mean([_chances(other) for other in others], axis=0)
            chances = (1.0 - self._share_of_others) * chances + self._share_of_others * theirs
        return Scores(chances, own, self.pair_head, self.role_head)


@dataclass(frozen=True, slots=True)
class Scores:
    """What is known of a window. ``spans``: (words, widths, types), the probability of each."""

    spans: NDArray[np.float64]
    _encoded: Encoded
    _pair_head: PairHead
    _role_head: RoleHead

    def relations(self, spans: list[WordSpan]) -> Floats:
        """(spans, spans, 1 + relations): the probability of each relation from the first span to the second."""
        return self._pair_head.scores(self._encoded.pairs, spans)

    def roles(self, span: WordSpan) -> dict[RoleName, float]:
        """The probability of each role that a span plays in its paper."""
        return self._role_head.scores(self._encoded.roles, span)


def _chances(encoded: Encoded) -> NDArray[np.float64]:
    chances: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-encoded.spans.astype(np.float64)))
    return chances
