"""What the tests of sentences read off an extraction: what is sure enough to be asserted."""

from __future__ import annotations

from typing import Any

from kg.records import Extraction

ASSERTED = 0.5


def results(extraction: Extraction, doubtful: bool = False) -> list[list[Any]]:
    """Value, unit, kind, metric and data set of each asserted result, or of those that are kept and not asserted."""

    def text(mention: int | None) -> str | None:
        return None if mention is None else extraction.mentions[mention].text

    return [
        [str(r.value), r.unit, r.kind, text(r.metric), text(r.dataset)]
        for r in extraction.results
        if (r.score < ASSERTED) == doubtful
    ]
