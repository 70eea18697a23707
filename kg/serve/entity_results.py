"""Results as rows of a table: each number with what it measures, its paper and its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kg.graph import vocabulary as v
from kg.serve.entity_claims import SAYING, ShownQuote, find_claims, show_quotes
from kg.serve.entity_lookup import Lookup
from kg.serve.pages_links import Links, Thing, local_name

MOST_RESULTS = 200

# A result is shown where a paper reports it; below the minimum confidence none does.
_RESULTS = """
SELECT ?result ?paper ?property ?value WHERE {
  { SELECT DISTINCT ?result ?paper WHERE { PATTERN ?paper pt:reports ?result } ORDER BY ?result LIMIT $most }
  ?result ?property ?value
}
"""
OF_PAPER = "BIND($about AS ?paper)"
OF_CONCEPT = "{ ?result $roles $about }"
THEMSELVES = "VALUES ?result { $about }"
CONCEPT_ROLES: dict[str, tuple[str, ...]] = {
    "task": ("pt:task",),
    "method": ("pt:method", "pt:baseline"),
    "dataset": ("pt:dataset",),
    "metric": ("pt:metric",),
}
PARTS = ("method", "task", "dataset", "metric", "baseline")


@dataclass(frozen=True, slots=True)
class Measured:
    """A result as the graph holds it."""

    iri: str
    paper: str
    properties: Mapping[str, str]  # local name of the property -> the smallest value

    def get(self, name: str) -> str | None:
        """The value of one of our properties."""
        return self.properties.get(v.PREFIXES["pt"] + name)

    @property
    def kind(self) -> str:
        """``absolute``, ``delta`` or ``relative``."""
        return local_name(self.get("valueKind") or "absolute")

    @property
    def value(self) -> Decimal | None:
        """The number as written, None where it is none."""
        try:
            return Decimal(self.get("value") or "")
        except InvalidOperation:
            return None

    @property
    def comparable(self) -> Decimal | None:
        """The value that ranks beside others'."""
        try:
            return Decimal(self.get("normalizedValue") or self.get("value") or "")
        except InvalidOperation:
            return None

    def iris(self) -> list[str]:
        """All that it names and that has a label."""
        named = (self.source, *(self.get(part) for part in PARTS))
        return [self.iri, self.paper, *(iri for iri in named if iri is not None)]

    @property
    def source(self) -> str | None:
        """The record of a source that gives it without a sentence."""
        return self.properties.get(v.PROV_wasDerivedFrom.value)


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A result as a table shows it."""

    value: str
    kind: str
    condition: str | None
    split: str | None
    parts: Mapping[str, Thing]  # method, task, dataset, metric, baseline where they are known
    paper: Thing
    href: str | None
    quotes: tuple[ShownQuote, ...]
    source: Thing | None = None  # that gives it without a sentence
    iri: str = ""


def find_results(lookup: Lookup, pattern: str, about: str | Iterable[str], most: int = MOST_RESULTS) -> list[Measured]:
    """The results that a pattern finds, by one query; one more than ``most`` is asked for, to know of the rest."""
    terms = about if isinstance(about, str) else sorted(set(about))
    if not terms:
        return []
    grouped: dict[str, tuple[str, dict[str, str]]] = {}
    for row in lookup.select(_RESULTS.replace("PATTERN", pattern), about=terms, most=most + 1):
        properties = grouped.setdefault(row["result"], (row["paper"], {}))[1]
        known = properties.get(row["property"])
        properties[row["property"]] = row["value"] if known is None else min(known, row["value"])
    return [Measured(iri, paper, properties) for iri, (paper, properties) in sorted(grouped.items())]


def results_of_concept(lookup: Lookup, iri: str, kind: str, most: int = MOST_RESULTS) -> list[Measured]:
    """The results that a task, method, dataset or metric takes part in."""
    return find_results(lookup, OF_CONCEPT.replace("$roles", "|".join(CONCEPT_ROLES[kind])), iri, most)


def quotes_of(lookup: Lookup, results: Iterable[Measured], links: Links) -> dict[str, tuple[ShownQuote, ...]]:
    """The sentences of results, by three queries for all."""
    found: dict[str, tuple[ShownQuote, ...]] = {}
    for claim in find_claims(lookup, SAYING, [result.iri for result in results], most=MOST_RESULTS + 1):
        found[claim.object] = show_quotes(claim, links)
    return found


def result_row(
    result: Measured, links: Links, labels: Mapping[str, str], quotes: Mapping[str, tuple[ShownQuote, ...]]
) -> ResultRow:
    """A result with its labels, links and sentences, or the source that gives it."""
    source = result.source
    return ResultRow(
        value=shown_value(result),
        kind=result.kind,
        condition=result.get("condition"),
        split=result.get("split"),
        parts={part: links.thing(iri, labels.get(iri)) for part in PARTS if (iri := result.get(part)) is not None},
        paper=links.thing(result.paper, labels.get(result.paper)),
        href=links.href(result.iri),
        quotes=quotes.get(result.iri, ()),
        source=links.thing(source, labels.get(source, source).partition(":")[0]) if source else None,
        iri=result.iri,
    )


def shown_value(result: Measured) -> str:
    """The number as the paper writes it; a unit follows where the text lacks it.

    A difference that is written without a sign ("improves by 3 points", "saves 45%") is marked as one, no more.

    >>> pt = v.PREFIXES["pt"]
    >>> shown_value(Measured("r", "p", {pt + "valueText": "59.4", pt + "unit": "%"}))
    '59.4 %'
    >>> shown_value(Measured("r", "p", {pt + "valueText": "59.4%", pt + "unit": "%"}))
    '59.4%'
    >>> shown_value(Measured("r", "p", {pt + "value": "-3", pt + "valueKind": pt + "delta"}))
    '−3'
    >>> shown_value(Measured("r", "p", {pt + "valueText": "3", pt + "value": "3", pt + "valueKind": pt + "delta"}))
    'Δ 3'
    """
    value = result.get("value") or ""
    text = result.get("valueText") or value
    unit = result.get("unit")
    if result.kind != "absolute" and text[:1] not in "+-−–±":
        text = ("−" if value.startswith("-") else "Δ ") + text
    elif text.startswith("-"):
        text = "−" + text[1:]
    return text if unit is None or unit.lower() in text.lower() else f"{text} {unit}"
