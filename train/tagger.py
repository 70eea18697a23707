"""Trains the tagger and writes ``kg/extract/weights``; prints the figures of ``docs/model-card.md``.

No set annotates all four types, so no set's silence is taken for a no: teachers, each trained on what one set does
annotate, fill in the missing types of the others, and one model learns from the filled mixture. It then reads
abstracts that have no annotation but their papers' leaderboard rows, and the last model learns from those, too: the
annotated sets are full papers mostly, ours are titles and abstracts.

    python train/tagger.py --shared ../shared
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pycrfsuite
from clusters import clusters_to_lines, make_clusters, unlabelled_texts
from examples import TYPES, Example, read_scirex, read_spans, spans_of_labels, split, without_doubles
from measure import Listed, Predict, listed_spans, names_found, normal, read_listing, strict
from names import unlabelled_abstracts, with_names
from sklearn.isotonic import IsotonicRegression

from kg.extract.features import FeatureMaker
from kg.extract.tagger import CLUSTERS, MANIFEST, MODEL, TABLES, Tagger, read_clusters

PARAMETERS = {"c1": 1.0, "c2": 0.5, "max_iterations": 100, "feature.possible_transitions": True}
SCIREX_SHARE = 0.15  # of the sentences after the abstract
ABSTRACTS_SHARE = 0.4  # of the papers of ORKG-TDM
TDMSCI_HELD = 0.15
TDMSCI_TIMES = 2  # it is small, and the only one with metrics in quantity
OUTSIDE = 0.6
LEAST_PRECISION = 0.30  # a name is kept where it is right at least this often; chosen on the development sets

SCIER_TYPES = ("Task", "Method", "Dataset")
TDMSCI_TYPES = ("Task", "Dataset", "Metric")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder of benchmarks and corpora")
    parser.add_argument("--out", type=Path, default=Path("kg/extract/weights"), help="folder that the weights go to")
    parser.add_argument("--keep-clusters", action="store_true", help="take the clusters that lie in --out")
    arguments = parser.parse_args()
    benchmarks = arguments.shared / "benchmarks"

    if arguments.keep_clusters:
        lines = (arguments.out / CLUSTERS).read_bytes()
    else:
        lines = clusters_to_lines(make_clusters(unlabelled_texts(benchmarks)))
        log("clusters made")
    clusters = read_clusters(lines)

    same = {kind: kind for kind in TYPES}
    scier = without_doubles(read_spans("scier", benchmarks / "scier/train.jsonl", same, SCIER_TYPES))
    scier_dev = read_spans("scier", benchmarks / "scier/dev.jsonl", same, SCIER_TYPES)
    tdmsci, tdmsci_dev = split(read_spans("tdmsci", benchmarks / "tdmsci/train.jsonl", same, TDMSCI_TYPES), TDMSCI_HELD)
    listing = read_listing(benchmarks / "listing-dev.jsonl", arguments.shared / "corpora/hf-papers-listing.txt")

    trainer = Trainer(FeatureMaker(clusters))
    of_scier = trainer.train(scier)
    of_tdmsci = trainer.train(tdmsci)
    of_scirex = trainer.train(read_scirex(benchmarks / "scirex/train.jsonl.gz", SCIREX_SHARE))
    mixture = trainer.fill(scier, [(of_tdmsci, ["Metric"]), (of_scirex, ["Metric"])])
    mixture += TDMSCI_TIMES * trainer.fill(tdmsci, [(of_scier, ["Method"])])
    general = trainer.train(mixture)

    abstracts = []
    for _, sentences, names in unlabelled_abstracts(benchmarks / "orkg-tdm/train.jsonl.gz", ABSTRACTS_SHARE):
        abstracts += [with_names(one, names) for one in trainer.fill(sentences, [(general, TYPES)])]
    model = trainer.train(mixture + abstracts)

    tables = {"outside": OUTSIDE, "thresholds": dict.fromkeys(TYPES, 0.0), "calibration": {kind: [] for kind in TYPES}}
    predict = predictor(Tagger(model, clusters, tables, ""))
    tables["calibration"] = calibration([(scier_dev, SCIER_TYPES), (tdmsci_dev, TDMSCI_TYPES)], listing, predict)
    tables["thresholds"] = dict.fromkeys(TYPES, LEAST_PRECISION)
    write(arguments.out, {MODEL: model, CLUSTERS: lines, TABLES: (json.dumps(tables, indent=1) + "\n").encode()})

    final = predictor(Tagger(model, clusters, tables, ""), calibrated=True)
    print("scier dev, strict P/R/F1:      ", strict(scier_dev, final, SCIER_TYPES))
    print("tdmsci held out, strict P/R/F1:", strict(tdmsci_dev, final, TDMSCI_TYPES))
    print("listing, names P/R/F1:         ", names_found(listing, final))


class Trainer:
    """Trains CRFs on examples and lets them fill in types."""

    def __init__(self, maker: FeatureMaker) -> None:
        self.maker = maker

    def train(self, examples: Sequence[Example]) -> bytes:
        trainer = pycrfsuite.Trainer(verbose=False)
        for example in examples:
            if example.tokens:
                trainer.append(self._features(example), example.labels())
        trainer.set_params(PARAMETERS)
        with tempfile.NamedTemporaryFile(suffix=".crfsuite") as file:
            trainer.train(file.name)
            model = Path(file.name).read_bytes()
        log(f"trained on {len(examples)} sentences: {len(model) // 1024} KiB")
        return model

    def fill(self, examples: Iterable[Example], teachers: Sequence[tuple[bytes, Sequence[str]]]) -> list[Example]:
        """The examples with the types that they do not know labelled by the teachers, beside what they know."""
        taggers = []
        for model, kinds in teachers:
            tagger = pycrfsuite.Tagger()
            tagger.open_inmemory(model)
            taggers.append((tagger, kinds))
        return [self._filled(example, taggers) for example in examples]

    def _filled(self, example: Example, taggers: Sequence[tuple[pycrfsuite.Tagger, Sequence[str]]]) -> Example:
        spans = list(example.spans)
        features = self._features(example)
        for tagger, kinds in taggers:
            for span in spans_of_labels(example.tokens, tagger.tag(features)):
                missing = span[2] in kinds and span[2] not in example.known
                if missing and not any(span[0] < end and span[1] > start for start, end, _ in spans):
                    spans.append(span)
        return example.with_spans(tuple(sorted(spans)))

    def _features(self, example: Example) -> list[list[str]]:
        return self.maker.sentence([token.text for token in example.tokens], example.is_title)


def predictor(tagger: Tagger, calibrated: bool = False) -> Predict:
    """What the shipped tagger finds in a cleaned text; with the thresholds where ``calibrated``."""

    def predict(text: str, is_title: bool) -> list[tuple[int, int, str, float]]:
        tokens, spans = tagger.raw_spans(text, is_title)
        found = [(tokens[span.start].start, tokens[span.end - 1].end, span.type, span.score) for span in spans]
        if not calibrated:
            return found
        return [span for span in found if tagger.calibrated(span[2], span[3]) >= tagger.threshold(span[2])]

    return predict


def calibration(
    sets: Sequence[tuple[Sequence[Example], Sequence[str]]], listing: Sequence[Listed], predict: Predict
) -> dict[str, list[tuple[float, float]]]:
    """For each type (raw score, share that is right): isotonic over strict spans of the sets, names of the listing."""
    seen: dict[str, list[tuple[float, bool]]] = {kind: [] for kind in TYPES}
    for examples, kinds in sets:
        for example in examples:
            for start, end, kind, raw in predict(example.text, example.is_title):
                if kind in kinds:
                    seen[kind].append((raw, (start, end, kind) in example.spans))
    for paper in listing:
        for text, kind, raw in listed_spans(paper, predict):
            seen[kind].append((raw, kind in paper.names.get(normal(text), ())))
    tables = {}
    places = np.linspace(0.0, 1.0, 21)
    for kind, pairs in seen.items():
        fitted = IsotonicRegression(out_of_bounds="clip", y_min=0.02, y_max=0.98)
        fitted.fit([raw for raw, _ in pairs], [float(right) for _, right in pairs])
        # means over neighbouring places: no steps, so that the order of scores stays
        smooth = np.convolve(np.pad(fitted.predict(places), 1, mode="edge"), np.ones(3) / 3, mode="valid")
        rising = np.maximum.accumulate(smooth) + places * 1e-3
        tables[kind] = [
            (round(float(raw), 3), round(float(share), 4)) for raw, share in zip(places, rising, strict=True)
        ]
    return tables


def write(folder: Path, files: dict[str, bytes]) -> None:
    """The files and their manifest."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    (folder / MANIFEST).write_text(json.dumps({"files": digests}, indent=1) + "\n", encoding="utf-8")


_BEGUN = time.monotonic()


def log(message: str) -> None:
    """A line of progress."""
    print(f"[{time.monotonic() - _BEGUN:5.0f} s] {message}", flush=True)


if __name__ == "__main__":
    main()
