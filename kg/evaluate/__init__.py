"""Gold, Extraction -> figures: scores the shipped extractor, or another one, on annotations of one's own."""

from __future__ import annotations

from kg.evaluate.counts import Count
from kg.evaluate.gold import find_gold_format
from kg.evaluate.listing import ListingPaper, ListingScores, listing_papers, score_listing
from kg.evaluate.predictions import Predict, Predictions, predict_with
from kg.evaluate.results import ResultPaper, ResultScores, result_papers, score_results
from kg.evaluate.running import GOLD_FORMATS, GoldOptions, Report, evaluate, texts_of_gold
from kg.evaluate.span_scores import SpanScores, score_spans
from kg.evaluate.spans import SpanText, TypeMap, span_sentences, span_texts
from kg.evaluate.texts import Texts

__all__ = [
    "GOLD_FORMATS",
    "Count",
    "GoldOptions",
    "ListingPaper",
    "ListingScores",
    "Predict",
    "Predictions",
    "Report",
    "ResultPaper",
    "ResultScores",
    "SpanScores",
    "SpanText",
    "Texts",
    "TypeMap",
    "evaluate",
    "find_gold_format",
    "listing_papers",
    "predict_with",
    "result_papers",
    "score_listing",
    "score_results",
    "score_spans",
    "span_sentences",
    "span_texts",
    "texts_of_gold",
]
