"""CleanText -> Token: words, numbers and signs, with their offsets.

Hyphens and slashes are tokens of their own, and a word ends where a digit begins ("ResNet-50" and "CIFAR10" give
``ResNet - 50`` and ``CIFAR 10``): annotated sets differ in where they split, so both training and prediction pass
through this one rule and meet in the middle.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?:https?://|www\.)[^\s<>\"{}|\\^`\[\]]*[^\s<>\"{}|\\^`\[\].,;:!?'()]"  # an address is one word
    r"|(?:e\.g|i\.e|w\.r\.t|a\.k\.a)\.?"
    r"|'(?:s|re|ve|ll|d|m)\b"
    r"|\d(?: \d)+(?: ?\. ?\d(?: \d)*)?(?!\w)"  # "4 2 . 2", "2 0 1 5": digits that somebody's tokenizer set apart
    r"|\d+(?:[.,]\d+)*[^\W\d_]*"  # 42.2, 1,000, 3D, 5k
    r"|[^\W\d_]+"
    r"|\S"
)


class Token(NamedTuple):
    """A token and its span in the text it was cut from."""

    start: int
    end: int
    text: str


def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of a text, in order; what lies between them is whitespace.

    >>> [token.text for token in tokenize("ResNet-50 gains 1.5% AP_50.")]
    ['ResNet', '-', '50', 'gains', '1.5', '%', 'AP', '_', '50', '.']
    >>> [token.text for token in tokenize("see https://example.org/a.b.")]
    ['see', 'https://example.org/a.b', '.']
    """
    return tuple(Token(found.start(), found.end(), found.group()) for found in _TOKEN.finditer(text))
