"""Line -> Candidate: metrics by table; the plain words among them only beside a number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extract.document import Candidate, Line
from kg.extract.lexicon import METRIC
from kg.extract.phrases import (
    MAX_SENTENCE,
)

_PLAIN_METRIC = re.compile(
    r"^(?:precision|recall|latency|throughput|EM|PER|CER|AR|MAE|IOU|NLL|sensitivity|specificity|log-likelihood"
    r"|Accuracy)$"
)


def metric_names(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Metrics by table; the plain words among them only beside a number."""
    for index, line in enumerate(lines):
        text = line.sentence.text[:MAX_SENTENCE]
        for found in METRIC.finditer(text):
            name = found.group()
            if _PLAIN_METRIC.match(name) and not _beside_number(text, found.start(), found.end()):
                continue
            score = 0.9 if _beside_number(text, found.start(), found.end()) else 0.7
            yield Candidate(
                index,
                line.sentence.start + found.start(),
                line.sentence.start + found.end(),
                name,
                "Metric",
                score,
                2,
            )


def _beside_number(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 24) : start], text[end : end + 24]
    return bool(
        re.search(r"\d(?:\\?%)?\W*(?:[A-Za-z-]+\s){0,2}$", before) or re.match(r"\W*(?:[A-Za-z-]+\s){0,2}\W*\d", after)
    )
