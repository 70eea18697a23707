"""Text -> Extraction: names, relations, roles, results and repositories, each with its place and how sure it is."""

from __future__ import annotations

from kg.extract.extractor import Extractor, load_extractor, model_of
from kg.extract.lines import extraction_to_line, fields_of_line
from kg.extract.streaming import Answer, answers
from kg.settings import DEFAULT_MODEL, MODELS

__all__ = [
    "DEFAULT_MODEL",
    "MODELS",
    "Answer",
    "Extractor",
    "answers",
    "extraction_to_line",
    "fields_of_line",
    "load_extractor",
    "model_of",
]
