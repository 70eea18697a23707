"""Labels and probabilities of a sentence's tokens -> scored spans, tidied the same way everywhere.

The annotated sets disagree on small things (articles, the word "dataset", a short form in parentheses), and the
tokenizer cuts inside names ("ADE20K"); what leaves here follows one convention.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kg.extract.wordlists import FUNCTION_WORDS
from kg.text import Token


class Span(NamedTuple):
    """A stretch of tokens, end exclusive, with its type and raw score."""

    start: int
    end: int
    type: str
    score: float


_ARTICLES = (
    "a an the this that these those our their its his her my your each every all any some many several various such "
    "other another both either and or of for with in on to by from as using e.g. i.e. than via"
)
_FRESH = "novel new proposed existing recent popular current so-called"
_LEADING = frozenset(_ARTICLES.split()) | frozenset(_FRESH.split())
_TRAILING = frozenset(["dataset", "datasets", "benchmark", "benchmarks"])
_NEVER_ENDS = frozenset("-/_^+.,;:'\"")
_GENERIC = (
    "method methods approach approaches model models system systems framework task tasks problem dataset datasets data "
    "performance result results work paper state-of-the-art sota baseline baselines e.g. i.e. benchmark benchmarks"
)
_NO_NAME = frozenset(_GENERIC.split())


def spans_of(labels: Sequence[str], probabilities: Sequence[float]) -> list[Span]:
    """BIO labels to spans; the score of a span is the least probability of its tokens.

    >>> spans_of(["O", "B-Task", "I-Task", "B-Task"], [0.9, 0.8, 0.7, 0.6])
    [Span(start=1, end=3, type='Task', score=0.7), Span(start=3, end=4, type='Task', score=0.6)]
    """
    spans: list[Span] = []
    start = -1
    for place, label in enumerate([*labels, "O"]):
        if start >= 0 and (label[0] != "I" or label[2:] != labels[start][2:]):
            spans.append(Span(start, place, labels[start][2:], min(probabilities[start:place])))
            start = -1
        if label != "O" and start < 0:
            start = place
    return spans


def tidy(spans: Sequence[Span], tokens: Sequence[Token]) -> list[Span]:
    """Spans after the house's convention: sorted, not overlapping, none empty or without a letter.

    - "name (SHORT)" is two spans; a span never holds half a pair of parentheses
    - no article, quantifier or "novel" in front; no "dataset" or "benchmark" after a proper name
    - a name is whole: what stands glued to it ("ADE|20K", "AP|_|50", "Swin|-|L") belongs to it
    """
    tidied: list[Span] = []
    taken = 0
    for span in spans:
        for part in _parted_at_parentheses(span, tokens):
            start, end = _trimmed(*_whole(part.start, part.end, tokens), tokens)
            start = max(start, taken)
            if end > start and _is_name(tokens[start:end]):
                tidied.append(Span(start, end, part.type, part.score))
                taken = end
    return tidied


def _parted_at_parentheses(span: Span, tokens: Sequence[Token]) -> list[Span]:
    texts = [token.text for token in tokens[span.start : span.end]]
    if "(" not in texts and ")" not in texts:
        return [span]
    if "(" in texts and ")" in texts:
        opened, closed = texts.index("("), len(texts) - 1 - texts[::-1].index(")")
        if opened < closed < len(texts) - 1 and texts.count("(") == texts.count(")"):
            return [span]  # "vision-language (VL) model"
    parts: list[Span] = []
    start = 0
    for place, text in enumerate([*texts, ")"]):
        if text in "()":
            if place > start:
                parts.append(span._replace(start=span.start + start, end=span.start + place))
            start = place + 1
    return parts


def _glued(left: Token, right: Token) -> bool:
    return left.end == right.start


def _whole(start: int, end: int, tokens: Sequence[Token]) -> tuple[int, int]:
    """The span grown over letters, digits and short suffixes that stand glued to it."""
    while start > 0 and _glued(tokens[start - 1], tokens[start]) and _alphanumeric(tokens[start - 1], tokens[start]):
        start -= 1
    while end < len(tokens) and _glued(tokens[end - 1], tokens[end]):
        if _alphanumeric(tokens[end - 1], tokens[end]):
            end += 1
        elif (
            tokens[end].text in "-_^"
            and end + 1 < len(tokens)
            and _glued(tokens[end], tokens[end + 1])
            and _is_suffix(tokens[end + 1].text)
        ):
            end += 2
        elif tokens[end].text == "+" and tokens[end - 1].text[-1:].isalnum():
            end += 1
        else:
            break
    return start, end


def _alphanumeric(left: Token, right: Token) -> bool:
    return left.text[-1:].isalnum() and right.text[:1].isalnum()


def _is_suffix(text: str) -> bool:
    """What may follow a hyphen and still be the same name: "50", "1K", "L", "XL", "v2"; not "based"."""
    return text[0].isdigit() or (len(text) <= 2 and (text.isupper() or text == "r"))


def _trimmed(start: int, end: int, tokens: Sequence[Token]) -> tuple[int, int]:
    while start < end and (tokens[start].text.lower() in _LEADING or not tokens[start].text[0].isalnum()):
        if tokens[start].text.isupper() and len(tokens[start].text) > 1:
            break  # "IT", "US": a short form, no function word
        start += 1
    while end > start and (tokens[end - 1].text in _NEVER_ENDS or tokens[end - 1].text.lower() in FUNCTION_WORDS):
        if tokens[end - 1].text.isupper() and tokens[end - 1].text.isalpha():
            break
        end -= 1
    if end - start > 1 and tokens[end - 1].text.lower() in _TRAILING:
        before = tokens[end - 2].text
        if any(character.isupper() or character.isdigit() for character in before) and tokens[end - 1].text.islower():
            end -= 1
    return start, end


def _is_name(tokens: Sequence[Token]) -> bool:
    if len(tokens) == 1:
        text = tokens[0].text
        if len(text) < 2 or text.lower() in _NO_NAME or "://" in text or text.startswith("www."):
            return False
    return any(token.text[0].isalpha() or token.text[-1].isalpha() for token in tokens)
