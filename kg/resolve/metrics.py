"""Metrics that the catalogue lacks: direction, scale and unit from what they are a kind of, else from their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kg.records import Concept
from kg.resolve.words import word_set

_HIGHER = word_set(
    "accuracy agreement auc bleu correlation coverage dice f1 faithfulness fps iou map ndcg precision psnr recall "
    "rouge sensitivity similarity specificity speedup ssim throughput"
)
_LOWER = word_set(
    "cost deviation discrepancy distance divergence error latency loss mae memory mse perplexity regret rmse runtime "
    "time"
)
_SHARES = word_set("accuracy auc dice f1 iou map ndcg precision recall sensitivity specificity")
# "error reduction": more is better, though an error is worse; "speed up time"
_TURNING = word_set("decrease drop gain improvement reduction saved saving")


def described_metric(concept: Concept, concepts: Mapping[str, Concept]) -> Concept:
    """The metric with what a broader one says of its direction, scale and unit; ``concepts`` are metrics by key.

    >>> accuracy = Concept("accuracy", "Metric", "accuracy", higher_is_better=True, fraction=True, unit="%")
    >>> swan = described_metric(Concept("swan accuracy", "Metric", "swan accuracy", broader=("accuracy",)),
    ...     {"accuracy": accuracy})
    >>> swan.higher_is_better, swan.fraction, swan.unit
    (True, True, '%')
    >>> described_metric(Concept("swan error", "Metric", "swan error"), {}).higher_is_better
    False
    >>> described_metric(Concept("swan ratio", "Metric", "swan ratio"), {}).higher_is_better is None
    True
    """
    if concept.type != "Metric" or concept.catalogue_id is not None:
        return concept
    words = concept.key.split()
    ahead, seen = sorted(concept.broader), {concept.key}
    while ahead and not _TURNING & set(words):
        key = ahead.pop(0)
        broader = concepts.get(key)
        if broader is None or key in seen:
            continue
        seen.add(key)
        if broader.catalogue_id is not None or broader.higher_is_better is not None:
            return replace(
                concept, higher_is_better=broader.higher_is_better, fraction=broader.fraction, unit=broader.unit
            )
        ahead += sorted(broader.broader)
    higher, share = _from_words(words)
    return replace(concept, higher_is_better=higher, fraction=share)


def _from_words(words: list[str]) -> tuple[bool | None, bool | None]:
    if _TURNING & set(words):
        return None, None
    last = words[-1] if words[-1] != "rate" or len(words) < 2 else words[-2]
    if "at" in words[1:-1]:  # "swan recall at 10"
        last = words[words.index("at") - 1]
    if last in _LOWER:
        return False, True if last == "error" and words[-1] == "rate" else None
    if last in _HIGHER:
        return True, True if last in _SHARES else None
    return None, None
