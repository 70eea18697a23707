"""Number -> ValueKind: whether a claimed number is a value, a difference between two, or a share of another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.extract.lexicon import METRIC
from kg.extract.numbers import Number
from kg.records import ValueKind

_ABOUT = (
    r"(?:[~∼≈]|up to|about|around|nearly|over|more than|at least|a (?:large |clear )?margin of|an average of"
    r"|roughly|between|approximately|an absolute|as much as|almost|close to)"
)
DELTA_BEFORE = re.compile(
    rf"(?:\bby\s(?:{_ABOUT}\s?)*"
    rf"|\b(?:improvements?|gains?|reductions?)\s(?:in|of|on)\s(?:[\w-]+\s){{1,5}}(?:is|are|was|were|of)\s(?:{_ABOUT}\s)*"
    rf"|\b(?:improvements?|gains?|increase|boost|enhancement|drop|reduction|decrease|margins?|advantage)\s"
    rf"(?:of|by|is|are|was|were)\s(?:{_ABOUT}\s)*|\bmargins?\s\("
    rf"|(?<!obtain )(?<!achieve )(?<!achieves )(?<!reach )(?<!reaches )(?<!obtains )\bup to\s"
    r"(?:about\s|around\s|nearly\s)?"
    rf"|\b(?:gains?|gained|gaining|adds?|adding)\s(?:{_ABOUT}\s|another\s|(?:an?\s)?(?:extra|additional|further)\s)?)[+]?$",
    re.IGNORECASE,
)
DELTA_AFTER = re.compile(
    r"^\s?(?:absolute\s|relative\s|average\s|[\w@-]+\s){0,3}?(?:improvements?|gains?|increase|boost|enhancement|better"
    r"|higher|lower|more|reduction|drop|less|fewer|faster)\b"
    r"|^\s?(?:points?\s|[\w@-]+\s)?(?:behind|short of|shy of)\b"
    r"|^\s?(?:points?\s|[A-Z][\w@-]*\s)?(?:above|below|ahead of)\s(?=the\b|its\b|our\b|all\b|prior\b|previous\b"
    r"|existing\b|current\b|that\b|[A-Z])",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"^[^,;:-]{0,16}\brelative(?:ly)?\b"
    r"|^\s?of (?:the |its |that |what )?(?:\w+ ){0,2}(?:accuracy|performance|costs?|time|memory|computation|of)\b"
    r"|^\s?(?:[\w-]+\s){0,2}(?:errors?|costs?|time)\s(?:rate\s)?reductions?\b"
    r"|^\s?(?:less|fewer|faster|smaller|computational|reduction in|of (?:the )?(?:computation|cost|time|memory))\b",
    re.IGNORECASE,
)
_RELATIVE_BEFORE = re.compile(
    r"\brelative(?:ly)?\s(?!(?:[\w-]+\s){0,2}(?:to|than)\s$)(?:[\w-]+\s){0,2}(?:of\s|by\s)?$"
    r"|\brelative\s(?:[\w()@-]+\s){0,6}(?:improvements?|gains?|reductions?|increases?|decreases?)\s(?:of|by)\s"
    rf"(?:{_ABOUT}\s)?$",
    re.IGNORECASE,
)
_REDUCED = re.compile(  # errors, time, costs: a share of what they were, unless points are said
    r"\b(?:reduc(?:e[sd]?|ing|tions?)|decreas(?:e[sd]?|ing)|cut(?:s|ting)?)\b"
    r"(?:(?!\b(?:and|(?<!mean )absolute|achiev|reach|attain|obtain|outperform|surpass|improv|yield))[^,;:%]){0,110}?"
    rf"\s(?:by|of)\s(?:{_ABOUT}\s)*$",
    re.IGNORECASE,
)
# "97% accuracy and a 38% reduction": the first is no difference
_NOUN_AFTER = re.compile(r"\s?(?:(?:relative|absolute)\s)?(?:reduction|improvement|gain|increase|drop|decrease)\b")
_POINTS = re.compile(r"^\s?(?:absolute|points?)\b", re.IGNORECASE)
_NEW_CLAUSE = re.compile(r"\b(?:achiev|reach|attain|obtain|outperform|surpass|improv|yield|set)\w*", re.IGNORECASE)


def is_share(text: str, number: Number) -> bool:
    """Whether a number is a share of another value: "a relative 3.5%", "reduces latency by 35%"."""
    return number.unit == "%" and (
        _RELATIVE_BEFORE.search(text[max(0, number.start - 60) : number.start]) is not None
        or _RELATIVE.search(text[number.end : number.end + 32]) is not None
        or reduction_before(text, number) is not None
    )


def reduction_before(text: str, number: Number) -> int | None:
    """Where "reduces the ... by" begins before a share: what is reduced stands between; None where nothing is."""
    if number.unit != "%" or _POINTS.match(text[number.end : number.end + 48]):
        return None
    floor = max(0, number.start - 140)
    found = _REDUCED.search(text[floor : number.start])
    return floor + found.start() if found else None


def kinds_of(text: str, numbers: Sequence[Number]) -> list[ValueKind]:
    """The kinds of a sentence's claimed numbers, from left to right; a list shares the kind that one member shows.

    >>> from kg.extract.numbers import numbers_of
    >>> text = "It reaches 41.2 AP, gains 2.5 AP and 0.7 mIoU, and runs 3x faster."
    >>> kinds_of(text, list(numbers_of(text)))
    ['absolute', 'delta', 'delta', 'relative']
    >>> text = "It cuts the error by 31%, and reduces WER by 2.1% absolute."
    >>> kinds_of(text, list(numbers_of(text)))
    ['relative', 'delta']
    """
    kinds: list[ValueKind] = [_kind(text, numbers, at) for at in range(len(numbers))]
    for at in range(1, len(numbers)):
        earlier, number = numbers[at - 1], numbers[at]
        shares = _goes_on(text, earlier, number) or _is_range(text, earlier, number)
        if shares and kinds[at] == "absolute":
            kinds[at] = kinds[at - 1]
    return kinds


def _kind(text: str, numbers: Sequence[Number], at: int) -> ValueKind:
    number = numbers[at]
    before, after = text[max(0, number.start - 60) : number.start], text[number.end : number.end + 48]
    if number.unit == "x" or _RELATIVE_BEFORE.search(before) or _RELATIVE.search(after[:32]):
        return "relative"
    if reduction_before(text, number) is not None:
        return "relative"
    if text[number.end :].lstrip(" %").startswith(("vs", "v.s", "versus")):
        return "absolute"  # "by a large margin (0.15 vs. 0.19)"
    if number.text.startswith("+") or DELTA_BEFORE.search(before) or DELTA_AFTER.match(after):
        return "delta"
    if at + 1 < len(numbers):  # "3.1 AP, 0.6 mAP and 1.7 mIoU better than": the last one speaks for the list
        gap = text[number.end : numbers[at + 1].start]
        if (
            len(gap) <= 24
            and re.fullmatch(r"[\s\w@%/{}-]*(?:,|/|and)[\s\w]*", gap)
            and METRIC.sub("", gap).strip(" ,/%") in ("", "and")
        ):
            own = METRIC.search(gap) and _NOUN_AFTER.match(text, numbers[at + 1].end)
            return "absolute" if own else _kind(text, numbers, at + 1)
    return "absolute"


def _is_range(text: str, low: Number, high: Number) -> bool:
    """Whether two numbers are the ends of a gain: "by 1.5 to 3.0 points", but not "by 1.5 to 41.2"."""
    return (
        text[low.end : high.start] == " to "
        and low.value < high.value <= 30
        and low.unit in (None, high.unit)
        and high.value <= 7 * low.value
    )


def _goes_on(text: str, earlier: Number, number: Number) -> bool:
    """Whether the number goes on a list that an earlier one opened: "by 2.1 on rare AP and 3.3 on AP"."""
    gap = text[earlier.end : number.start]
    return (
        len(gap) <= 60
        and re.search(r"(?:,|\band|\bfor)\s(?:about\s)?$", gap) is not None
        and not _NEW_CLAUSE.search(gap)
        and not (")" in gap and "(" not in gap and text[number.end :].lstrip(" %").startswith("("))
    )
