"""SPARQL text -> tokens: enough of the grammar to find variables, keywords and names where they really stand.

The terminals are those of SPARQL 1.1, section 19.8 (https://www.w3.org/TR/sparql11-query/#sparqlGrammar), longest
match first. White space and comments are tokens too, so that the texts of all tokens, joined, are the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

TokenKind = Literal[
    "space", "comment", "iri", "string", "language", "variable", "blank", "name", "number", "word", "sign", "stray"
]

_NAME_START: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME: Final = "-" + _NAME_START + "_0-9\u00b7\u0300-\u036f\u203f\u2040"
_VARIABLE: Final = f"[{_NAME_START}_0-9][{_NAME_START}_0-9\u00b7\u0300-\u036f\u203f\u2040]*"
_CODEPOINT: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ESCAPED: Final = r"%[0-9A-Fa-f]{2}|\\[-_~.!$&'()*+,;=/?#@%]"
# The bound keeps long runs of letters and dots from being read again and again; no prefix is that long.
_PREFIX: Final = f"[{_NAME_START}](?:[{_NAME}.]{{0,250}}[{_NAME}])?"
_LOCAL: Final = f"(?:[{_NAME_START}_:0-9]|{_ESCAPED})(?:(?:[{_NAME}.:]|{_ESCAPED})*(?:[{_NAME}:]|{_ESCAPED}))?"

# In this order: the longer of two that begin alike stands first.
_TERMINALS: Final[tuple[tuple[TokenKind, str], ...]] = (
    ("space", r"[ \t\r\n]+"),
    ("comment", r"#[^\r\n]*"),
    ("iri", rf"<(?:[^\x00-\x20<>\"{{}}|^`\\]|{_CODEPOINT})*>"),
    ("string", r'"""(?:(?:""?)?(?:[^"\\]|\\[\s\S]))*"""'),
    ("string", r"'''(?:(?:''?)?(?:[^'\\]|\\[\s\S]))*'''"),
    ("string", r'"(?:[^"\\\r\n]|\\[^\r\n])*"'),
    ("string", r"'(?:[^'\\\r\n]|\\[^\r\n])*'"),
    ("language", r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?"),
    ("variable", rf"[?$]{_VARIABLE}"),
    ("blank", f"_:[{_NAME_START}_0-9](?:[{_NAME}.]*[{_NAME}])?"),
    ("name", f"(?:{_PREFIX})?:(?:{_LOCAL})?"),
    ("number", r"(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+"),
    ("word", _VARIABLE),
    ("sign", r"\^\^|&&|\|\||!=|<=|>=|<<|>>|\{\||\|\}|[][{}()<>=!+\-*/|^?,.;~@&]"),
)
_MATCHERS: Final = tuple((kind, re.compile(pattern)) for kind, pattern in _TERMINALS)
_ESCAPES: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query; ``start`` is its offset in code points."""

    kind: TokenKind
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def visible(self) -> bool:
        """Neither white space nor a comment."""
        return self.kind not in ("space", "comment")

    def is_word(self, *words: str) -> bool:
        """Is this one of these keywords (given in capitals)?"""
        return self.kind == "word" and self.text.upper() in words

    def is_sign(self, *signs: str) -> bool:
        return self.kind == "sign" and self.text in signs


def token_at(text: str, start: int) -> Token:
    """The token that begins at ``start``; a character that begins none is a ``stray`` of length one."""
    for kind, matcher in _MATCHERS:
        found = matcher.match(text, start)
        if found:
            return Token(kind, found.group(), start)
    return Token("stray", text[start], start)


def tokenize(text: str) -> Iterator[Token]:
    """All tokens of a text, white space and comments included; any text at all has tokens.

    >>> [token.text for token in tokenize('SELECT ?x{?x a<urn:service#>} # SERVICE') if token.visible]
    ['SELECT', '?x', '{', '?x', 'a', '<urn:service#>', '}']
    >>> [token.kind for token in tokenize('"never closed')]
    ['stray', 'word', 'space', 'word']
    """
    position = 0
    while position < len(text):
        token = token_at(text, position)
        yield token
        position = token.end


def decode_codepoints(text: str) -> str:
    r"""The text with ``\uXXXX`` and ``\UXXXXXXXX`` decoded, as SPARQL 1.1, section 19.2, does before parsing.

    What names no character (a surrogate, beyond U+10FFFF) stays as it is.

    >>> decode_codepoints(r"S\u0045RVICE")
    'SERVICE'
    >>> decode_codepoints(r"\uD800 \U00110000")
    '\\uD800 \\U00110000'
    """

    def decode(found: re.Match[str]) -> str:
        number = int(found.group(1) or found.group(2), 16)
        return found.group() if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF else chr(number)

    return _ESCAPES.sub(decode, text)
