"""The tokeniser: joined tokens are the text, and each thing is found where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.query.tokens import decode_codepoints, token_at, tokenize

# Pieces that begin or end strings, IRIs, comments and names, in any order.
PIECES = st.sampled_from(
    [
        '"',
        "'",
        '"""',
        "'''",
        "\\",
        "\\u0041",
        "<",
        ">",
        "<urn:x>",
        "#",
        "\n",
        "\r",
        " ",
        "?x",
        "$y",
        "ex:a.b",
        ":",
        "_:b",
        "@en",
        "1.5e3",
        ".5",
        "SERVICE",
        "service",
        "{",
        "}",
        "^^",
        "é",
        "\ud7ff",
        "\U0001f600",
        "\x00",
        "%41",
        "a",
        "-",
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=40).map("".join))


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_the_tokens_of_any_text_are_the_text(text: str) -> None:
    tokens = list(tokenize(text))
    assert "".join(token.text for token in tokens) == text
    assert all(token.text for token in tokens)
    position = 0
    for token in tokens:
        assert token.start == position
        position = token.end


@settings(max_examples=50, deadline=None)
@given(TEXTS, st.integers(0, 60))
def test_a_token_begins_wherever_one_looks(text: str, place: int) -> None:
    if place < len(text):
        assert text.startswith(token_at(text, place).text, place)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ('"a\\"b"', ["string"]),
        ("'''it's'''", ["string"]),
        ('"""a""b"""', ["string"]),
        ("''", ["string"]),
        ("<http://example.org/#a>", ["iri"]),
        ("?a<?b", ["variable", "sign", "variable"]),
        ("1<2", ["number", "sign", "number"]),
        ("?a <= ?b", ["variable", "sign", "variable"]),
        ("ex:a.b.", ["name", "sign"]),
        ("ex:%41\\-b", ["name"]),
        ("_:b1.c", ["blank"]),
        ('"x"@en-GB', ["string", "language"]),
        ('"1"^^xsd:int', ["string", "sign", "name"]),
        ("1.5e-3", ["number"]),
        ("1.", ["number", "sign"]),
        ("a#b\nc", ["word", "word"]),
        ("a#b\rc", ["word", "word"]),
        ("?naïve", ["variable"]),
        ("\x0c", ["stray"]),
    ],
)
def test_terminals(text: str, kinds: list[str]) -> None:
    assert [token.kind for token in tokenize(text) if token.visible] == kinds


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20))
def test_codepoints_decode_to_what_they_name(text: str) -> None:
    escaped = "".join(f"\\U{ord(letter):08X}" for letter in text)
    assert decode_codepoints(escaped) == text


def test_long_texts_take_linear_time() -> None:
    for text in ("é" * 100_000, "<" * 100_000, ":" * 100_000, "a." * 50_000, '"' * 99_999, "'''" * 33_333 + "'"):
        assert sum(len(token.text) for token in tokenize(text)) == len(text)
