"""Sentence -> Abbreviation: short forms and their long forms, defined in parentheses.

The algorithm of Schwartz and Hearst ("A simple algorithm for identifying abbreviation definitions in biomedical
text", PSB 2003): candidates are "long form (SHORT)" and "SHORT (long form)" within one sentence; a long form is the
shortest stretch of words in which the short form's letters and digits occur in order, from right to left, the first
one at the beginning of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.records import Abbreviation, FieldName, Sentence
from kg.text.clean import clean
from kg.text.sentences import split_sentences

_PARENTHESIS = re.compile(r"[(\[]([^()\[\]]{2,200})[)\]]")
_CLAUSE_END = re.compile(r"[;,]\s| = |: ")
_SHORT = re.compile(r"[^\W_][\w.&/+*^'-]*(?: [\w.&/+*^'-]+)?")
_WORD = re.compile(r"\S+")
_NO_NAME_WORDS = (
    "the and for with our this that which see eg ie we is are can best left right top bottom middle ours code here "
    "resp respectively also or not new all one two both"
)
_NO_NAME = frozenset(_NO_NAME_WORDS.split())


def find_abbreviations(field: FieldName, literal: str) -> tuple[Abbreviation, ...]:
    """The definitions of short forms in a field, by place; offsets are into the literal.

    >>> [(a.short, a.long) for a in find_abbreviations("abstract", "We use a Graph Attention Network (GAT).")]
    [('GAT', 'Graph Attention Network')]
    >>> [(a.short, a.long) for a in find_abbreviations("abstract", "MoV (mixture of voices), twice (see below).")]
    [('MoV', 'mixture of voices')]
    """
    if "(" not in literal and "[" not in literal:
        return ()
    return tuple(found for sentence in split_sentences(field, literal) for found in abbreviations_in(sentence))


def abbreviations_in(sentence: Sentence) -> tuple[Abbreviation, ...]:
    """The definitions of short forms in a sentence, by place; offsets are into the literal of its field."""
    if "(" not in sentence.text and "[" not in sentence.text:
        return ()
    found: list[Abbreviation] = []
    cleaned = clean(sentence.text)
    for short_span, long_span in _definitions(cleaned.text):
        (short_start, short_end), (long_start, long_end) = cleaned.span(*short_span), cleaned.span(*long_span)
        found.append(
            Abbreviation(
                sentence.field,
                sentence.start + short_start,
                sentence.start + short_end,
                sentence.start + long_start,
                sentence.start + long_end,
                short=sentence.text[short_start:short_end],
                long=sentence.text[long_start:long_end],
            )
        )
    return tuple(found)


Span = tuple[int, int]


def _definitions(text: str) -> Iterator[tuple[Span, Span]]:
    for parenthesis in _PARENTHESIS.finditer(text):
        start, end = parenthesis.span(1)
        stop = _CLAUSE_END.search(text, start, end)
        inner_end = stop.start() if stop else end
        inner = text[start:inner_end].strip()
        start += len(text[start:inner_end]) - len(text[start:inner_end].lstrip())
        before = text[: parenthesis.start()].rstrip()
        if not inner or not before:
            continue
        if _is_short(inner):
            long_form = _long_before(before, inner)
            if long_form is not None:
                yield (start, start + len(inner)), long_form
                continue
        word = before.rsplit(None, 1)[-1]
        short = word.strip("\"'")
        if _is_short(short) and len(inner) > len(short) and " " in inner and stop is None:
            place = _matches(short, inner)
            if place == 0:
                short_start = len(before) - len(word) + word.index(short)
                yield (short_start, short_start + len(short)), (start, start + len(inner))


def _is_short(text: str) -> bool:
    """At most two words of 2 to 12 characters with a letter, that begin with a letter or digit."""
    return (
        2 <= len(text) <= 12
        and _SHORT.fullmatch(text) is not None
        and any(character.isalpha() for character in text)
        and (any(character.isupper() for character in text) or len(text) <= 4)
        and text.lower() not in _NO_NAME
    )


def _long_before(before: str, short: str) -> Span | None:
    """The long form at the end of ``before``: at most min(|short| + 5, 2 |short|) words, as in the paper."""
    letters = sum(character.isalnum() for character in short)
    words = list(_WORD.finditer(before[-400:]))
    if not words:
        return None
    first = words[max(0, len(words) - min(letters + 5, letters * 2))]
    base = len(before) - len(before[-400:])
    place = _matches(short, before[base + first.start() :])
    if place is None:
        return None
    start = base + first.start() + place
    long_form = before[start:]
    if len(long_form) <= len(short) or short.lower() in long_form.lower().split() or _unbalanced(long_form):
        return None
    if not any(character.isupper() for character in short) and not _initials_fit(short, long_form):
        return None
    return (start, len(before))


def _matches(short: str, long_form: str) -> int | None:
    """Where the long form begins in ``long_form``, which ends with it; None where the letters do not occur."""
    place = len(long_form)
    plural = len(short) > 2 and short.endswith("s") and short[-2].isupper() and not long_form.endswith("s")
    wanted = [character for character in (short[:-1] if plural else short).lower() if character.isalnum()]
    lower = long_form.lower()
    if len(lower) != len(long_form):  # a letter whose lower case is two characters
        return None
    for index in range(len(wanted) - 1, -1, -1):
        place -= 1
        while place >= 0 and (
            lower[place] != wanted[index] or (index == 0 and place > 0 and lower[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return None
    while place > 0 and not lower[place - 1].isspace():  # the whole word: "e-commerce"
        if lower[place - 1] in "([{\"'":
            break
        place -= 1
    return place


def _unbalanced(text: str) -> bool:
    return text.count("(") != text.count(")") or text.count("[") != text.count("]")


def _initials_fit(short: str, long_form: str) -> bool:
    """A short form in small letters is believed where its letters begin the words, one after another."""
    initials = [word[0].lower() for word in re.split(r"[\s-]+", long_form) if word]
    return initials == [character.lower() for character in short if character.isalnum()]
