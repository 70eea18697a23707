"""Text: literals cleaned with their offsets kept, parted into sentences and tokens; short forms found."""

from __future__ import annotations

from kg.text.abbreviations import abbreviations_in, find_abbreviations
from kg.text.clean import CleanText, clean, plain
from kg.text.forbidden import replace_forbidden
from kg.text.language import counted_languages, judge, main_language, other_languages
from kg.text.sentences import split_sentences
from kg.text.tokens import Token, tokenize

__all__ = [
    "CleanText",
    "Token",
    "abbreviations_in",
    "clean",
    "counted_languages",
    "find_abbreviations",
    "judge",
    "main_language",
    "other_languages",
    "plain",
    "replace_forbidden",
    "split_sentences",
    "tokenize",
]
