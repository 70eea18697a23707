"""What somebody may have meant: words of the search index that are spelled like those that were typed.

The words are the index's own vocabulary (FTS5), so that no second index is kept; distances are counts of letters that
differ, two swapped letters counting as one.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

MOST_FORMS: Final = 6  # that stand for one word
MOST_VOCABULARY: Final = 500_000  # words; the commonest where there are more
_SHORTEST: Final = 4  # letters; a shorter word is like too many others
_WORD: Final = re.compile(r"[^\W_]+", re.UNICODE)


class Speller:
    """The vocabulary of one index, read at first use."""

    def __init__(self, index: sqlite3.Connection) -> None:
        self._index = index
        self._lengths: dict[int, list[str]] | None = None
        self._counts: dict[str, int] = {}

    def expression(self, text: str, most_words: int, *, some: bool = False) -> str:
        """The FTS5 expression for names that hold a word like each word of ``text``, or like ``some`` of them.

        Empty where nothing is like it.
        """
        words = _WORD.findall(folded(text))[:most_words]
        forms = [self.forms(word, prefix=place == len(words) - 1) for place, word in enumerate(words)]
        known = [f"({' OR '.join(one)})" for one in forms if one]
        return " OR ".join(known) if some else " AND ".join(known) if len(known) == len(words) else ""

    def forms(self, word: str, prefix: bool) -> list[str]:
        """Quoted words of the vocabulary within one change of letters (two from eight letters on), the nearest first.

        A word that the vocabulary has stands for itself alone; with ``prefix`` the beginnings of words count, too.
        """
        lengths = self._vocabulary()
        if word in self._counts:
            return [f'"{word}"*' if prefix else f'"{word}"']
        if len(word) < _SHORTEST:
            return [f'"{word}"*'] if prefix else []
        within = 2 if len(word) >= 8 else 1
        near = [
            (found, distance, '"{}"')
            for length in range(len(word) - within, len(word) + within + 1)
            for found, distance in self._like(word, lengths.get(length, ()), within)
        ]
        if prefix:
            begun = {
                one[:cut]
                for cut in (len(word), len(word) + 1)  # as long as it, or one letter was left out
                for length, words in lengths.items()
                if length > cut
                for one in words
                if one[0] == word[0]
            }
            near += [(found, distance + 0.5, '"{}"*') for found, distance in self._like(word, begun, within)]
        near.sort(key=lambda one: (one[1], -self._counts.get(one[0], 0), one[0]))
        return [form.format(found) for found, _, form in near[:MOST_FORMS]]

    def _like(self, word: str, words: Sequence[str] | set[str], within: int) -> list[tuple[str, float]]:
        found = process.extract(
            word, words, scorer=OSA.distance, processor=None, score_cutoff=within, limit=4 * MOST_FORMS
        )
        return [(one, float(distance)) for one, distance, _ in found]

    def _vocabulary(self) -> dict[int, list[str]]:
        if self._lengths is None:
            # A table of the connection's own, in memory: the index itself stays as it is.
            self._index.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, names, row)")
            rows = self._index.execute("SELECT term, doc FROM temp.vocabulary").fetchall()
            if len(rows) > MOST_VOCABULARY:
                rows = sorted(rows, key=lambda row: (-row[1], row[0]))[:MOST_VOCABULARY]
            self._counts = dict(rows)
            self._lengths = {}
            for term, _ in rows:
                if not term.isdigit():
                    self._lengths.setdefault(len(term), []).append(term)
        return self._lengths


def folded(text: str) -> str:
    """Text as the index's tokenizer sees it: without regard to case and accents.

    >>> folded("Übersetzer"), folded("Łódź")
    ('ubersetzer', 'łodz')
    """
    parted = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parted if not unicodedata.combining(letter)).casefold()


def likeness(text: str, names: Iterable[str]) -> float:
    """How like a text the likest of some names is, 0 to 100.

    >>> round(likeness("objct detecton", ["Object Detection"])), round(likeness("BERT", ["GPT", "bert"]))
    (93, 100)
    """
    wanted = folded(text)
    return max((fuzz.ratio(wanted, folded(name)) for name in names), default=0.0)
