"""Sentence -> Line: a sentence with its words and its place in the argument; Candidate: a possible name."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kg.extract.phrases import MAX_SENTENCE, Word, words_of
from kg.extract.zones import Zone, zones_of
from kg.records import Abbreviation, ConceptType, FieldName, Sentence


@dataclass(frozen=True, slots=True)
class ShortForm:
    """A short form defined in a line: word numbers of the long form and of the short one, ends exclusive."""

    long_first: int
    long_last: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and what the rules read of it."""

    sentence: Sentence
    words: tuple[Word, ...]
    zone: Zone
    shorts: tuple[ShortForm, ...] = ()

    def short_of(self, first: int, last: int) -> ShortForm | None:
        """The short form defined for the phrase of the words ``first`` to ``last``, or for one that goes on from it."""
        for short in self.shorts:
            if short.long_first < last <= short.long_last and (first <= short.long_first or last == short.long_last):
                return short
        return None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible mention: ``start`` and ``end`` in the field, ``rank`` decides between overlapping ones (low wins).

    ``cue``: "introduced" where the text presents the name as new, "listed" for its further parts, else "".
    """

    line: int
    start: int
    end: int
    text: str
    type: ConceptType
    score: float
    rank: int
    cue: str = ""


def lines_of(sentences: Sequence[Sentence], abbreviations: Sequence[Abbreviation] = ()) -> tuple[Line, ...]:
    """Sentences in the order of the paper -> lines, each with its words, zone and short forms."""
    by_field: dict[FieldName, list[Abbreviation]] = defaultdict(list)
    for pair in sorted(abbreviations, key=lambda one: one.short_start):
        by_field[pair.field].append(pair)
    lines: list[Line] = []
    for sentence, zone in zip(sentences, zones_of(sentences, abbreviations), strict=True):
        words = words_of(sentence.text[:MAX_SENTENCE])
        lines.append(Line(sentence, words, zone, _short_forms(sentence, words, by_field[sentence.field])))
    return tuple(lines)


def _short_forms(
    sentence: Sentence, words: Sequence[Word], abbreviations: Sequence[Abbreviation]
) -> tuple[ShortForm, ...]:
    """Those of a field's abbreviations, sorted by the place of the short form, that a sentence defines."""
    found = []
    for at in range(bisect_left(abbreviations, sentence.start, key=lambda one: one.short_start), len(abbreviations)):
        pair = abbreviations[at]
        if pair.short_end > sentence.end:
            break
        long = _word_span(words, pair.long_start - sentence.start, pair.long_end - sentence.start)
        short = _word_span(words, pair.short_start - sentence.start, pair.short_end - sentence.start)
        if long and short:
            found.append(ShortForm(*long, *short))
    return tuple(found)


def _word_span(words: Sequence[Word], start: int, end: int) -> tuple[int, int] | None:
    inside = [at for at, word in enumerate(words) if word.start < end and word.end > start]
    return (inside[0], inside[-1] + 1) if inside else None


def make_candidate(
    lines: Sequence[Line],
    line: int,
    first: int,
    last: int,
    type: ConceptType,
    score: float,
    rank: int,
    cue: str = "",
) -> Candidate:
    """A candidate over the words ``first`` to ``last`` (end exclusive) of a line."""
    sentence, words = lines[line].sentence, lines[line].words
    start, end = words[first].start, words[last - 1].end
    return Candidate(
        line, sentence.start + start, sentence.start + end, sentence.text[start:end], type, score, rank, cue
    )
