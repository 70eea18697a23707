"""Text: literals cleaned with their offsets kept, parted into sentences and tokens; short forms found."""

from __future__ import annotations

from kg.text.abbreviations import find_abbreviations
from kg.text.clean import CleanText, clean, plain
from kg.text.forbidden import replace_forbidden
from kg.text.sentences import split_sentences
from kg.text.tokens import Token, tokenize

__all__ = [
    "CleanText",
    "Token",
    "clean",
    "find_abbreviations",
    "plain",
    "replace_forbidden",
    "split_sentences",
    "tokenize",
]
