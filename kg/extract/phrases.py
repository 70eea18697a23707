"""Words and noun phrases of a sentence, without a parser: a phrase runs from a word to the next function word.

Enough for the patterns that need one ("we design a lateral ranking head, which ..."); the tagger finds names
elsewhere. Every function is linear in the length of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from kg.extract.lexicon import FUNCTION_WORDS, GENERIC, GERUNDS, HEADS, LEADING, VERBS
from kg.records import ConceptType

MAX_SENTENCE = 4000  # code points of a sentence that the rules read; no abstract has longer ones
MAX_PHRASE = 10  # words

_RUN = re.compile(r"[^\s~]+")
_SPLIT = re.compile(r"\.(?=(?:Secondly|Thirdly|Firstly|Finally|In|The|We)\b)|--+|(?<=[^\W\d_]{3}),(?=[^\W\d_]{3})")
_OPEN = "([{\"'“‘`<"
_CLOSE = ")]}\"'”’.,;:!?>"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_NAME_STARTS = (
    "fast",
    "faster",
    "deep",
    "large",
    "small",
    "efficient",
    "tiny",
    "strong",
    "dense",
    "general",
    "flexible",
)
_MARKUP = re.compile(r"\\(?:textbf|textit|emph|texttt|textsc|text|mathrm|mathcal|it|bf)\{")


class Word(NamedTuple):
    """A word without the punctuation around it; offsets into the sentence."""

    start: int
    end: int
    text: str
    lower: str
    opens: str  # punctuation just before
    closes: str  # punctuation just after


def words_of(text: str) -> tuple[Word, ...]:
    r"""The words of a sentence; a bracket that closes inside a word stays with it.

    >>> [w.text for w in words_of("Ours (\\textbf{UniNet}) beats f(x)-Net.")]
    ['Ours', 'UniNet', 'beats', 'f(x)-Net']
    """
    found: list[Word] = []
    for run in _RUN.finditer(text[:MAX_SENTENCE]):
        start = run.start()
        for cut in _SPLIT.finditer(run.group()):
            _add_word(text, start, run.start() + cut.start() + (cut.group() in ".,"), found)
            if cut.group().startswith("-") and found:
                found[-1] = found[-1]._replace(closes=found[-1].closes + "—")
            start = run.start() + cut.end()
        _add_word(text, start, run.end(), found)
    return tuple(found)


@lru_cache(maxsize=16384)
def name_words(text: str) -> tuple[Word, ...]:
    """The words of a short text, a name; kept, because names come again and again."""
    return words_of(text)


def _add_word(text: str, start: int, end: int, found: list[Word]) -> None:
    left, right = start, end
    markup = _MARKUP.match(text, left, right)
    if markup:
        left = markup.end()
    while left < right and text[left] in _OPEN and not _closes_inside(text, left, right):
        left += 1
        if markup := _MARKUP.match(text, left, right):
            left = markup.end()
    while right > left and text[right - 1] in _CLOSE:
        opening = _PAIRS.get(text[right - 1])
        if opening and text.count(opening, left, right) >= text.count(text[right - 1], left, right):
            break
        right -= 1
    if right > left:
        word = text[left:right]
        found.append(Word(left, right, word, word.lower(), text[start:left], text[right:end]))
    elif found and end > start:  # punctuation alone closes the word before
        last = found[-1]
        found[-1] = Word(last.start, last.end, last.text, last.lower, last.opens, last.closes + text[start:end])


def _closes_inside(text: str, left: int, right: int) -> bool:
    closing = {"(": ")", "[": "]", "{": "}"}.get(text[left])
    if closing is None:
        return False
    at = text.find(closing, left + 1, right)
    return at != -1 and at + 1 < right and text[at + 1] not in _CLOSE


@lru_cache(maxsize=16384)
def singular(word: str) -> str:
    """A plural's likely singular, in lower case.

    >>> [singular(w) for w in ("Networks", "strategies", "loss", "analyses")]
    ['network', 'strategy', 'loss', 'analysis']
    """
    lower = word.lower()
    if lower.endswith("yses"):
        return lower[:-2] + "is"
    if lower.endswith("ies") and len(lower) > 4:
        return lower[:-3] + "y"
    if lower.endswith("sses"):
        return lower[:-2]
    if lower.endswith("s") and not lower.endswith(("ss", "us", "is")) and len(lower) > 3:
        return lower[:-1]
    return lower


@lru_cache(maxsize=16384)
def is_shaped(word: str) -> bool:
    """Whether a word looks like a name: capitals inside, or capitals with digits and signs.

    >>> [w for w in ("CBNetV2", "BERT", "Fast", "bert2BERT", "PG-RCNN", "Well-Read", "F", "WSCoL") if is_shaped(w)]
    ['CBNetV2', 'BERT', 'bert2BERT', 'PG-RCNN', 'WSCoL']
    """
    if sum(c.isalnum() for c in word) < 2 or not any(c.isalpha() for c in word) or len(word) > 40:
        return False
    if any(c.isupper() and word[i - 1].isalnum() for i, c in enumerate(word) if i):
        return True  # a capital after a letter or digit
    if any(c.isdigit() or c in "+^" for c in word) and any(c.isupper() for c in word):
        return True
    parts = word.split("-")
    if len(parts) > 1 and len(parts[-1]) == 1 and parts[-1].isupper() and parts[0][:1].isupper():
        return True  # "Swin-L"
    return any(len(part) > 1 and part.isupper() for part in parts)


def is_stop(word: Word) -> bool:
    """Whether a noun phrase ends before this word."""
    return word.lower in FUNCTION_WORDS or word.lower in VERBS or word.lower.startswith(("http", "\\url"))


def phrase_at(words: Sequence[Word], at: int, joined: frozenset[str] = frozenset()) -> tuple[int, int] | None:
    """The noun phrase whose determiner or first word is ``words[at]``: first and last word, end exclusive.

    Praise and determiners at its start are left out; it goes over the words in ``joined`` ("of", "and").

    >>> words = words_of("a novel lateral ranking head, which sorts")
    >>> [w.text for w in words[slice(*phrase_at(words, 0))]]
    ['lateral', 'ranking', 'head']
    """
    first = at
    while first < len(words) and is_leading(words, first) and not _ends(words[first].closes):
        first += 1
    last = first
    while last < len(words) and last - first < MAX_PHRASE:
        word = words[last]
        if last > first and (word.opens or ("$" in word.text[:1] and last == first)):
            break
        if is_stop(word) and not (word.lower in joined and first < last < len(words) - 1):
            break
        last += 1
        if _ends(word.closes):
            break
    while last > first and words[last - 1].lower in FUNCTION_WORDS:
        last -= 1
    return (first, last) if last > first else None


def is_leading(words: Sequence[Word], at: int) -> bool:
    """Whether a word is praise or a determiner before a name, not its first word ("Faster R-CNN").

    >>> is_leading(words_of("faster networks"), 0), is_leading(words_of("Faster R-CNN"), 0)
    (True, False)
    """
    if words[at].lower not in LEADING:
        return False
    following = words[at + 1].text if at + 1 < len(words) and not words[at].closes else ""
    return not (words[at].text.istitle() and words[at].lower in _NAME_STARTS and is_shaped(following))


def _ends(closes: str) -> bool:
    return any(c in ',;:.)]!?"”—' for c in closes)


def head_type(words: Sequence[Word]) -> ConceptType | None:
    """What the last word of a phrase says that it is.

    >>> head_type(words_of("auxiliary siamese head")), head_type(words_of("image-text paired datasets"))
    ('Method', 'Dataset')
    """
    if not words:
        return None
    last = words[-1].lower
    for form in (singular(last), last, singular(last.rsplit("-", 1)[-1])):
        if form in HEADS:
            return HEADS[form]
    return None


def is_generic(words: Sequence[Word]) -> bool:
    """Whether a phrase names nothing: all its words are generic.

    >>> is_generic(words_of("new training framework")), is_generic(words_of("siamese head"))
    (True, False)
    """
    return all(_generic_word(word.lower) for word in words)


def _generic_word(lower: str) -> bool:
    if lower in GENERIC or lower in LEADING or lower in FUNCTION_WORDS or singular(lower) in GENERIC:
        return True
    return "-" in lower and all(
        part in GENERIC or part in LEADING or part in FUNCTION_WORDS for part in lower.split("-")
    )


def may_start(gerund: str) -> bool:
    """Whether a gerund in lower case may start a name."""
    return gerund in GERUNDS or gerund in HEADS or gerund in GENERIC
