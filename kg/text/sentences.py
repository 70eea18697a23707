"""Literal -> Sentence: where sentences begin and end, in offsets of the stored literal.

The rules are those of the library sentencex (Wikimedia, MIT), with repairs for what papers write and it does not
know. Chosen on 64 cases of our own (the first of ``tests/text/sentences.txt``), exactly right: sentencex 54, syntok
53, pysbd 50, "full stop, blank, capital" 40; with the repairs: see ``tests/text/test_sentences.py``. On 60 abstracts
sentencex takes 1.5 ms, syntok 53 ms, pysbd 350 ms.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import sentencex

from kg.records import FieldName, Sentence
from kg.text.clean import clean

LONGEST = 2000  # characters; a longer "sentence" is a list or a table and is cut at a blank
LONGEST_LITERAL = 8000  # with all its markup

# abbreviations after which a sentence goes on, whatever follows
_GOES_ON = re.compile(
    r"(?:^|[\s(\[~])(?:Figs?|Eqs?|Eqns?|Secs?|Tabs?|Refs?|Algs?|Thms?|Defs?|Props?|Chaps?|App|Nos?|Vols?|pp|cf|ca"
    r"|approx|incl|std|avg|Seq|Proc|Conf|Int|Univ|St|viz|vs)\.$"
)
# ... after which it goes on in lower case only: "v1.0. is", "std. dev.", "acc. on"
_GOES_ON_SMALL = re.compile(r"(?:^|[\s(\[~])(?:[A-Za-z]{1,5}|[vV]?\d+(?:\.\d+)*)\.$")
_SMALL_WORD = re.compile(r"[a-z]+(?:[\s,;:.)-]|$)")
# a full stop that ends a sentence though sentencex sees none: "etc. We", "option A. Then"
_ENDS_TOO = re.compile(
    r"(?:[\s,]etc\.|\b(?:in|or|of|to|by|on|is|vs|and|all|class|option|case|type|model|group|set|phase|stage) [A-Z]\.)"
    r"(?=\s+[A-Z][a-z]+\s)"
    r"|\bet al\.(?=\s+(?:We|Our|In|The|This|These|It|However|Here)\s)"
    r"|\bof[- ]the[- ]?art\.(?=\s+[A-Z][a-z]*\s)"  # "Art." is an article to sentencex
)
_MARKER = re.compile(r"\s*\(?(?:\d{1,2}|[ivx]{1,4}|[a-z])\)\s")  # of an item, which sentencex takes for one sentence
_TAIL = 14  # characters that decide whether an abbreviation ends a piece


def split_sentences(field: FieldName, literal: str) -> tuple[Sentence, ...]:
    r"""The sentences of a field, in order, without the blanks between them; together they hold every other character.

    >>> [sentence.text for sentence in split_sentences("abstract", "See Fig. 3 of Doe et al. (2019). It is fast.")]
    ['See Fig. 3 of Doe et al. (2019).', 'It is fast.']
    >>> [sentence.text for sentence in split_sentences("abstract", r"\textbf{It works.}  Is it new?No one knows")]
    ['\\textbf{It works.}', 'Is it new?', 'No one knows']
    """
    cleaned = clean(literal)
    cuts = [0, *(cleaned.span(cut, cut)[0] for cut in _cuts(cleaned.text)), len(literal)]
    sentences: list[Sentence] = []
    for first, last in itertools.pairwise(cuts):
        for start in range(first, last, LONGEST_LITERAL):
            text = literal[start : min(last, start + LONGEST_LITERAL)]
            start += len(text) - len(text.lstrip())
            text = text.strip()
            if text:
                sentences.append(Sentence(field, start, start + len(text), text))
    return tuple(sentences)


def _cuts(text: str) -> list[int]:
    """Offsets in the cleaned text that sentences are parted at: right after the last character of each but the last."""
    pieces = sentencex.get_sentence_boundaries("en", text)
    cuts: list[int] = []
    for piece, following in itertools.pairwise([*pieces, None]):
        marker = _MARKER.match(text, piece["start_index"], piece["end_index"])
        if marker:
            cuts.extend(_cuts_inside(text, marker.end(), piece["end_index"]))
        if following is None:
            break
        end: int = piece["end_index"]
        if piece["is_paragraph_break"] or following["is_paragraph_break"] or not _goes_on(text, end):
            cuts.append(end)
    cuts.extend(found.end() for found in _ENDS_TOO.finditer(text))
    return _with_long_ones_cut(text, _before_blanks(text, sorted(cuts)))


def _cuts_inside(text: str, start: int, end: int) -> list[int]:
    """Where sentencex parts a stretch of a text, read for itself."""
    parts = sentencex.get_sentence_boundaries("en", text[start:end])
    ends = [start + part["end_index"] for part in parts[:-1]]
    return [cut for cut in ends if not _goes_on(text, cut)]


def _goes_on(text: str, end: int) -> bool:
    """Whether the sentence goes on where sentencex ends it."""
    last = text[max(0, end - _TAIL - 4) : end].rstrip()[-_TAIL:]
    if not last.endswith("."):
        return False
    return bool(_GOES_ON.search(last) or (_GOES_ON_SMALL.search(last) and _SMALL_WORD.match(text, end)))


def _before_blanks(text: str, cuts: Sequence[int]) -> list[int]:
    """The cuts, sorted, each moved before the blanks that it stands behind; none is passed over twice."""
    moved: list[int] = []
    last = 0
    for cut in cuts:
        place = cut
        while place > last and text[place - 1].isspace():
            place -= 1
        moved.append(moved[-1] if place == last and moved else place)
        last = cut
    return moved


def _with_long_ones_cut(text: str, cuts: list[int]) -> list[int]:
    parted: list[int] = []
    start = 0
    for end in [*cuts, len(text)]:
        while end - start > LONGEST:
            blank = max(text.rfind(" ", start + 1, start + LONGEST), text.rfind("\n", start + 1, start + LONGEST))
            start = blank if blank > start else start + LONGEST
            parted.append(start)
        if end < len(text):
            parted.append(end)
        start = max(start, end)
    return parted
