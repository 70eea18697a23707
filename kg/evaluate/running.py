"""The kinds of gold, and the way of one: file -> texts -> extractions -> figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from kg.errors import ProblemHandler, UnknownFormat
from kg.evaluate.gold import Objects, find_gold_format, open_gold
from kg.evaluate.listing import is_listing, listing_papers, score_listing
from kg.evaluate.predictions import Fields, Predict
from kg.evaluate.results import is_results, result_papers, score_results
from kg.evaluate.span_scores import score_spans
from kg.evaluate.spans import TypeMap, is_spans, span_sentences, span_texts
from kg.evaluate.texts import Texts
from kg.records import FieldName
from kg.resolve import load_catalogue


class Report(Protocol):
    """Figures: for programs, and for people."""

    def as_dict(self) -> dict[str, Any]: ...
    def as_text(self) -> str: ...


class HasFields(Protocol):
    """A gold text or paper: what is extracted from."""

    @property
    def id(self) -> str: ...
    @property
    def fields(self) -> Fields: ...


@dataclass(frozen=True, slots=True)
class GoldOptions:
    """How gold is read and scored: what each kind of gold does not need, it does not read."""

    types: TypeMap = field(default_factory=TypeMap)  # spans
    whole_documents: bool = False  # spans
    field: FieldName = "text"  # spans
    texts: tuple[str, ...] = ()  # listing, results
    min_confidence: float = 0.5  # listing, results


@dataclass(frozen=True, slots=True)
class GoldFormat:
    """A kind of gold: how it is recognised, what is extracted from, and how it is scored."""

    name: str
    description: str
    sniff: Callable[[frozenset[str]], bool]
    read: Callable[[Objects, GoldOptions, ProblemHandler], Iterator[HasFields]]
    score: Callable[[Objects, Predict, GoldOptions, ProblemHandler], Report]


def _score_spans(objects: Objects, predict: Predict, options: GoldOptions, handler: ProblemHandler) -> Report:
    return score_spans(_read_spans(objects, options), predict, options.types)


def _read_spans(objects: Objects, options: GoldOptions) -> Any:
    return span_texts(span_sentences(objects), options.field, whole_documents=options.whole_documents)


def _score_listing(objects: Objects, predict: Predict, options: GoldOptions, handler: ProblemHandler) -> Report:
    papers = listing_papers(objects, Texts.read(options.texts, handler))
    return score_listing(papers, predict, load_catalogue(), options.min_confidence)


def _score_results(objects: Objects, predict: Predict, options: GoldOptions, handler: ProblemHandler) -> Report:
    papers = result_papers(objects, Texts.read(options.texts, handler))
    return score_results(papers, predict, load_catalogue(), options.min_confidence)


GOLD_FORMATS: Mapping[str, GoldFormat] = {
    one.name: one
    for one in (
        GoldFormat(
            "spans",
            "sentences in tokens, with the spans of their entities and relations",
            is_spans,
            lambda objects, options, handler: _read_spans(objects, options),
            _score_spans,
        ),
        GoldFormat(
            "listing",
            "papers, with what they introduce, address, use, report",
            is_listing,
            lambda objects, options, handler: listing_papers(objects, Texts.read(options.texts, handler)),
            _score_listing,
        ),
        GoldFormat(
            "results",
            "papers, with the results that leaderboards record",
            is_results,
            lambda objects, options, handler: result_papers(objects, Texts.read(options.texts, handler)),
            _score_results,
        ),
    )
}
_SNIFFS = {name: one.sniff for name, one in GOLD_FORMATS.items()}


def evaluate(
    name: str, predict: Predict, handler: ProblemHandler, format: str | None = None, options: GoldOptions | None = None
) -> Report:
    """The figures of ``predict`` on the gold of a file (``-``: standard input), plain or gzip.

    Raises UsageError where there is no such file, UnknownFormat where its format is not recognised. A bad line is told
    to ``handler`` and left out.
    """
    with open_gold(name, handler) as (opened, objects):
        chosen = _format(format or find_gold_format(opened.head, name, _SNIFFS))
        return chosen.score(objects, predict, options or GoldOptions(), handler)


def texts_of_gold(
    name: str, handler: ProblemHandler, format: str | None = None, options: GoldOptions | None = None
) -> Iterator[tuple[str, Fields]]:
    """(id, texts) of a file of gold: what another extractor must read, so that its answers can be scored."""
    with open_gold(name, handler) as (opened, objects):
        chosen = _format(format or find_gold_format(opened.head, name, _SNIFFS))
        for one in chosen.read(objects, options or GoldOptions(), handler):
            yield one.id, one.fields


def _format(name: str) -> GoldFormat:
    if name not in GOLD_FORMATS:
        raise UnknownFormat(f"--format {name}: unknown; one of {', '.join(GOLD_FORMATS)}")
    return GOLD_FORMATS[name]
