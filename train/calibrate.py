"""Sets the probabilities of the shipped network right on development data, and says how right they are.

For each type the share of spans that are right is fitted to the network's probability (isotonic regression, smoothed);
the expected calibration error is measured on folds that the fit did not see.

    python train/calibrate.py --model fast
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from annotated import ANNOTATIONS, read_annotated
from corpus import Gold, read_sets
from examples import taken
from export import write
from network import TYPES
from sklearn.isotonic import IsotonicRegression

from kg.extract.encoder import TABLES
from kg.extract.networks import Networks
from kg.extract.tagger import likely_spans
from kg.extract.weight_files import read_weights
from kg.settings import DEFAULT_MODEL, MODELS

LEAST = 0.05  # spans under this are not looked at
FOLDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--weights", type=Path, default=Path("kg/extract/weights"))
    parser.add_argument("--model", choices=MODELS, default=DEFAULT_MODEL)
    parser.add_argument("--threshold", type=float, default=0.4, help="the least calibrated probability of a mention")
    arguments = parser.parse_args()
    weights = read_weights(arguments.weights, arguments.model)
    networks = Networks(weights)
    dev = dict(read_sets(arguments.shared / "benchmarks").dev)
    dev["annotated"] = read_annotated(ANNOTATIONS, arguments.shared)[1]
    seen: dict[str, list[tuple[float, bool, int]]] = {kind: [] for kind in TYPES}
    for golds in dev.values():
        for gold in golds:
            fold = next(fold for fold in range(FOLDS) if taken("fold " + gold.document + gold.text, (fold + 1) / FOLDS))
            for kind, raw, right in spans_of(gold, networks):
                seen[kind].append((raw, right, fold))
    errors = []
    for kind, spans in seen.items():
        for fold in range(FOLDS):
            table = fitted([(raw, right) for raw, right, other in spans if other != fold])
            errors += [(interpolated(table, raw), right) for raw, right, other in spans if other == fold]
        print(f"{kind}: {len(spans)} spans")
    print(f"expected calibration error, held-out folds: {calibration_error(errors):.4f}")
    tables = json.loads(weights.content(TABLES))
    tables["calibration"] = {kind: fitted([(raw, right) for raw, right, _ in spans]) for kind, spans in seen.items()}
    tables["thresholds"] = {
        kind: round(raw_of(points, arguments.threshold), 4) for kind, points in tables["calibration"].items()
    }
    write(arguments.weights, {f"{arguments.model}/{TABLES}": (json.dumps(tables, indent=1) + "\n").encode()})
    print("thresholds", tables["thresholds"])


def spans_of(gold: Gold, networks: Networks) -> list[tuple[str, float, bool]]:
    """(type, probability, whether right) of the spans that the networks find likely in a sentence alone."""
    found = []
    right = set(gold.spans)
    for window in networks.pieces.windows([gold.tokens]):
        for span in likely_spans(networks.read(window).spans, window, [LEAST] * len(TYPES)):
            if span.type in gold.known:
                place = window.word[span.start], window.word[span.end - 1] + 1, span.type
                found.append((span.type, span.score, place in right))
    return found


def fitted(spans: list[tuple[float, bool]]) -> list[tuple[float, float]]:
    """(probability of the network, share that is right) at even places, rising."""
    model = IsotonicRegression(out_of_bounds="clip", y_min=0.01, y_max=0.99)
    model.fit([raw for raw, _ in spans], [float(right) for _, right in spans])
    places = np.linspace(0.0, 1.0, 41)
    smooth = np.convolve(np.pad(model.predict(places), 1, mode="edge"), np.ones(3) / 3, mode="valid")
    rising = np.maximum.accumulate(smooth) + places * 1e-3
    return [(round(float(raw), 3), round(float(share), 4)) for raw, share in zip(places, rising, strict=True)]


def interpolated(points: list[tuple[float, float]], raw: float) -> float:
    """The share at a probability."""
    return float(np.interp(raw, [point[0] for point in points], [point[1] for point in points]))


def raw_of(points: list[tuple[float, float]], share: float) -> float:
    """The probability from which on the share is reached."""
    return float(np.interp(share, [point[1] for point in points], [point[0] for point in points]))


def calibration_error(pairs: list[tuple[float, bool]], bins: int = 10) -> float:
    """The mean distance of probability and share, in equally wide bins (Guo et al. 2017)."""
    total = 0.0
    for number in range(bins):
        inside = [
            (p, r) for p, r in pairs if number / bins <= p < (number + 1) / bins or (p == 1 and number == bins - 1)
        ]
        if inside:
            total += abs(sum(p for p, _ in inside) - sum(r for _, r in inside))
    return total / max(1, len(pairs))


if __name__ == "__main__":
    main()
