"""Window -> numbers: the network that reads a window of sentences, run by onnxruntime.

The graph holds the transformer's layers and the heads; word vectors are looked up here, where 8 bits a number with a
scale for each row are enough. One window is one run: nothing is padded and nothing is batched, so what a window gives
depends on that window alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from kg.extract.pieces import Window, WordPieces
from kg.extract.weight_files import Weights

Floats = NDArray[np.float32]

GRAPH, VECTORS, PIECES, TABLES = "encoder.onnx", "vectors.npz", "pieces.txt", "tagger.json"
PAIRS, ROLES, SHAPES = "pairs.npz", "roles.npz", "shapes.npz"
SHARED = (VECTORS, PIECES)  # by all models
OWN = (GRAPH, PAIRS, ROLES, SHAPES, TABLES)  # one of each a model


@dataclass(frozen=True, slots=True)
class Encoded:
    """``spans``: (words, widths, types), before the sigmoid; ``pairs``: (words, 5 * width), parts of the pair head;
    ``roles``: (words, 2 * width), parts of the role head.
    """

    spans: Floats
    pairs: Floats
    roles: Floats


class Words:
    """What all models share: ``pieces`` cuts sentences into windows, ``rows`` and ``scales`` make the vectors."""

    def __init__(self, weights: Weights) -> None:
        """Raises ``WeightsError``."""
        marks: dict[str, Any] = json.loads(weights.content(TABLES))["marks"]
        names = weights.content(PIECES).decode("utf-8").split("\n")
        vocabulary = {name: number for number, name in enumerate(names) if name}
        self.pieces = WordPieces(vocabulary, marks["begin"], marks["end"], marks["unknown"])
        vectors = weights.arrays(VECTORS)
        self.rows: NDArray[np.int8] = vectors["pieces"]
        self.scales: Floats = vectors["scales"]


class Encoder:
    """The network and what it needs to read words."""

    def __init__(self, weights: Weights, words: Words, threads: int | None = None) -> None:
        """``threads``: for one window, None leaves it to onnxruntime. Raises ``WeightsError``."""
        self._words = words
        self._shapes: Floats = weights.arrays(SHAPES)["shapes"]
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        if threads is not None:
            options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(weights.content(GRAPH), options, providers=["CPUExecutionProvider"])

    def feed(self, window: Window) -> dict[str, NDArray[Any]]:
        """What the session takes for a window."""
        pieces = np.asarray(window.pieces)
        vectors = self._words.rows[pieces] * self._words.scales[pieces, None] + self._shapes[np.asarray(window.shapes)]
        return {
            "vectors": vectors.astype(np.float32, copy=False),
            "first": np.asarray(window.first, dtype=np.int64),
            "last": np.asarray(window.last, dtype=np.int64),
        }

    def encode(self, window: Window) -> Encoded:
        """What the network makes of a window of at least one word."""
        spans, pairs, roles = self.session.run(["spans", "pairs", "roles"], self.feed(window))
        return Encoded(spans, pairs, roles)
