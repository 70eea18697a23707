"""ResultClaim -> triples: a number with what it measures, on what, and how it compares across papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from pyoxigraph import NamedNode

from kg.graph import vocabulary as v
from kg.graph.iris import Iris
from kg.graph.literals import decimal, text
from kg.graph.metadata import Triple
from kg.graph.units import in_usual_unit, split_in_name, split_name
from kg.records import Concept, ConceptType, Mention, ResultClaim, ValueKind
from kg.text import plain

# Units of a difference between two shares: "2.1 points" of accuracy is 0.021.
_POINTS: Final = frozenset({"point", "points", "pp", "percentage point", "percentage points", "percent points"})
_PERCENT: Final = frozenset({"%", "percent", "per cent"})

_KIND_WORDS: Final[dict[ValueKind, str]] = {
    "absolute": "",
    "delta": "difference",
    "relative": "relative difference",
}


def normalized_value(result: ResultClaim, metric: Concept | None) -> Decimal | None:
    """The value as a share, 0.594 for "59.4%", or in the usual unit of a metric whose values are no shares.

    None where nothing tells what 1 would mean.

    >>> from decimal import Decimal
    >>> claim = ResultClaim("abstract", 0, 5, Decimal("59.4"), "59.4%", "absolute", 0.9, unit="%")
    >>> normalized_value(claim, None)
    Decimal('0.594')
    >>> accuracy = Concept("accuracy", "Metric", "accuracy", fraction=True)
    >>> gain = ResultClaim("abstract", 0, 3, Decimal("0.8"), "0.8", "delta", 0.9)
    >>> normalized_value(gain, accuracy) is None  # 0.8 points or 80? Only a reader of the table knows.
    True
    """
    if metric is not None and metric.fraction is False and result.kind != "relative":
        return in_usual_unit(result.value, result.unit, metric.unit)
    share = _share(result, metric is not None and metric.fraction is True)
    if share is not None and result.kind == "absolute" and metric is not None and metric.fraction and abs(share) > 1:
        return None  # a share above 1 was no share: a count, or an unusual scale
    return share


def _share(result: ResultClaim, fraction: bool) -> Decimal | None:
    unit = (result.unit or "").strip().lower()
    if unit in _PERCENT:
        return result.value.scaleb(-2)
    if not fraction:
        return None
    if unit in _POINTS:
        return result.value.scaleb(-2)
    if unit:
        return None
    if abs(result.value) > 1:
        return result.value.scaleb(-2)
    return result.value if result.kind == "absolute" else None


def with_split(result: ResultClaim, mentions: Sequence[Mention]) -> ResultClaim:
    """The result with its split under one name: the text's, else the one that its dataset is named with."""
    if result.split:
        return replace(result, split=split_name(result.split))
    if result.dataset is None:
        return result
    return replace(result, split=split_in_name(mentions[result.dataset].text))


def parts_of(result: ResultClaim, concepts: Sequence[Concept | None]) -> dict[NamedNode, Concept]:
    """What a result is of, on and against; a concept without the type that the ontology asks for is left out."""
    places: tuple[tuple[NamedNode, int | None, ConceptType], ...] = (
        (v.PT_method, result.method, "Method"),
        (v.PT_task, result.task, "Task"),
        (v.PT_dataset, result.dataset, "Dataset"),
        (v.PT_metric, result.metric, "Metric"),
        (v.PT_baseline, result.baseline, "Method"),
    )
    parts: dict[NamedNode, Concept] = {}
    for predicate, index, wanted in places:
        concept = None if index is None else concepts[index]
        if concept is not None and concept.type == wanted:
            parts[predicate] = concept
    return parts


def result_label(result: ResultClaim, parts: Mapping[NamedNode, Concept]) -> str:
    """What a result is called: "ResNet-50: 2.1% top-1 accuracy on ImageNet (difference; with 10% of the data)"."""
    method, metric = parts.get(v.PT_method), parts.get(v.PT_metric)
    dataset, task = parts.get(v.PT_dataset), parts.get(v.PT_task)
    details = [plain(one) for one in (_KIND_WORDS[result.kind], result.split, result.condition) if one]
    words = [
        f"{method.label}: " if method else "",
        plain(result.value_text) or result.value_text,
        f" {metric.label}" if metric else "",
        f" on {dataset.label}" if dataset else f" for {task.label}" if task else "",
        f" ({'; '.join(details)})" if details else "",
    ]
    return " ".join("".join(words).split())


def result_triples(
    iri: NamedNode, result: ResultClaim, parts: Mapping[NamedNode, Concept], iris: Iris
) -> Iterator[Triple]:
    """The description of a result whose ``parts`` are known."""
    yield iri, v.RDF_type, v.PT_Result
    yield iri, v.RDFS_label, text(result_label(result, parts))
    for predicate, concept in parts.items():
        yield iri, predicate, iris.concept(concept.type, concept.key)
    yield iri, v.PT_value, decimal(result.value)
    yield iri, v.PT_valueText, text(result.value_text)
    yield iri, v.PT_valueKind, v.VALUE_KINDS[result.kind]
    normalized = normalized_value(result, parts.get(v.PT_metric))
    if normalized is not None:
        yield iri, v.PT_normalizedValue, decimal(normalized)
    for predicate, written in (
        (v.PT_unit, result.unit),
        (v.PT_condition, result.condition),
        (v.PT_split, result.split),
    ):
        if written:
            yield iri, predicate, text(written)
    for predicate, end in ((v.PT_minValue, result.minimum), (v.PT_maxValue, result.maximum)):
        if end is not None:
            yield iri, predicate, decimal(end)
