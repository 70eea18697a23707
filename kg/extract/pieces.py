"""Token -> word pieces: what the network reads. Training (``train/``) and prediction pass through this one module.

A window is one or more neighbouring sentences of a text, read in one go so that each lends the others context. It
holds whole sentences; only a sentence that is longer than a window is cut. Windows are a function of the text alone:
nothing is batched across texts, so no text's company can change an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from kg.text import Token

MOST_PIECES = 256  # in a window, its two marks included
MOST_WORDS = 120  # of a sentence read in one go; a longer one is cut
WIDEST = 12  # tokens in a mention

SHAPES = 12
_SINGLE_CAPITAL = re.compile(r"[A-Z]$")
_CAPITALS = re.compile(r"[A-Z]{2,}s?$")
_CAPITALISED = re.compile(r"[A-Z][a-z]+$")
_LOWER = re.compile(r"[a-z]+$")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*$")


def shape_of(word: str, begins_sentence: bool) -> int:
    """The form of a word, which the uncased word pieces do not show: a number from 1 to 11.

    >>> [shape_of(word, False) for word in ("model", "Model", "GAN", "LaTeX", "K", "50", "3D", "-", "é")]
    [1, 2, 3, 4, 5, 6, 7, 8, 9]
    >>> shape_of("Model", True), shape_of("A", True)
    (10, 11)
    """
    if _LOWER.match(word):
        return 1
    if _SINGLE_CAPITAL.match(word):
        return 11 if begins_sentence else 5
    if _CAPITALISED.match(word):
        return 10 if begins_sentence else 2
    if _CAPITALS.match(word):
        return 3
    if _DIGITS.match(word):
        return 6
    if word.isalpha() and word.isascii():
        return 4
    if word.isalnum() and word.isascii():
        return 7
    return 9 if word.isalnum() else 8


@dataclass(frozen=True, slots=True)
class Window:
    """What the network reads in one go.

    ``pieces`` and ``shapes``: one number a word piece, marks at both ends; ``first`` and ``last``: the pieces that
    each word begins and ends with; ``sentence``: the sentence of each word, numbered as given; ``word``: the number
    of each word in its sentence.
    """

    pieces: tuple[int, ...]
    shapes: tuple[int, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]
    sentence: tuple[int, ...]
    word: tuple[int, ...]


class WordPieces:
    """Cuts words into the pieces of a vocabulary (WordPiece, Schuster and Nakajima 2012), lower-cased, no accents."""

    def __init__(self, vocabulary: Mapping[str, int], begin: str, end: str, unknown: str) -> None:
        self.begin, self.end, self.unknown = vocabulary[begin], vocabulary[end], vocabulary[unknown]
        self._tokenizer = Tokenizer(models.WordPiece(dict(vocabulary), unk_token=unknown, max_input_chars_per_word=100))
        self._tokenizer.normalizer = normalizers.BertNormalizer()
        self._tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        self._known: dict[str, tuple[int, ...]] = {}

    def of(self, word: str) -> tuple[int, ...]:
        """The pieces of one word; a word that has none (a control character) is one unknown piece."""
        pieces = self._known.get(word)
        if pieces is None:
            pieces = tuple(self._tokenizer.encode(word, add_special_tokens=False).ids)[:24] or (self.unknown,)
            if len(self._known) < 50_000 and len(word) <= 100:
                self._known[word] = pieces
        return pieces

    def windows(self, sentences: Sequence[Sequence[Token]], most_pieces: int = MOST_PIECES) -> Iterator[Window]:
        """The windows of a text, in order; as many whole sentences as fit go into each."""
        room = most_pieces - 2
        gathered: list[tuple[int, int, str, tuple[int, ...]]] = []
        size = 0
        for part in self._parts(sentences, room):
            pieces = sum(len(one[3]) for one in part)
            if gathered and size + pieces > room:
                yield self._window(gathered)
                gathered, size = [], 0
            gathered += part
            size += pieces
        if gathered:
            yield self._window(gathered)

    def _parts(
        self, sentences: Sequence[Sequence[Token]], room: int
    ) -> Iterator[list[tuple[int, int, str, tuple[int, ...]]]]:
        """(sentence, word, text, pieces) of each sentence, cut where it is too long for a window."""
        for number, tokens in enumerate(sentences):
            part: list[tuple[int, int, str, tuple[int, ...]]] = []
            size = 0
            for place, token in enumerate(tokens):
                pieces = self.of(token.text)
                if part and (size + len(pieces) > room or len(part) == MOST_WORDS):
                    yield part
                    part, size = [], 0
                part.append((number, place, token.text, pieces))
                size += len(pieces)
            if part:
                yield part

    def _window(self, words: Sequence[tuple[int, int, str, tuple[int, ...]]]) -> Window:
        pieces, shapes, first, last = [self.begin], [0], [], []
        for _, place, text, ids in words:
            first.append(len(pieces))
            pieces.extend(ids)
            shapes.extend([shape_of(text, place == 0)] * len(ids))
            last.append(len(pieces) - 1)
        return Window(
            (*pieces, self.end),
            (*shapes, 0),
            tuple(first),
            tuple(last),
            tuple(word[0] for word in words),
            tuple(word[1] for word in words),
        )
