"""Claim -> Mention: who reached a number, and against whom."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.extract.bindings import RESPECTIVELY, are_listed, of_type
from kg.extract.claims import Claim
from kg.extract.numbers import Number
from kg.extract.reading import Reading

_AGAINST = re.compile(
    r"\b(?:over|than|compared (?:to|with)|against|outperform\w*|surpass\w*|exceed\w*|beat\w*"
    r"|improv\w+|upon)\s(?:the\s|its\s|previous\s|baseline\s|strong\s|existing\s|all\s)*$",
    re.IGNORECASE,
)
_AFTER_OTHERS = re.compile(
    r"(?:\bv\.?\s?s\.?|\bversus|\bup from|\binstead of|\b(?:compared (?:to|with)|against)(?:\sthe)?"
    r"(?:\s(?:previous|prior|current|best|state[- ]of[- ]the[- ]art|baseline(?:'s)?|reported|result)){0,4}"
    r"(?:\s(?:of|at))?)\s\(?$",
    re.IGNORECASE,
)
_FROM = re.compile(r"\bfrom\s(?:the\s)?(?:(?:previous|prior|current|baseline|original)\s)?(?:best\s)?(?:of\s)?$")
_FROM_TO = re.compile(r"\s?(?:[\w@-]+\s){0,3}?to\s")
_CLAUSE = re.compile(r",\s(?:and|while|but|which)\s|;|\bwhile\b|\bwhereas\b")
_OTHERS_REACH = re.compile(
    r"\b(?:human(?:s|\s(?:performance|accuracy|level|experts?|annotators?|scorers?))?|expert|professional\s\w+"
    r"|(?:baselines?|baseline\s(?:models?|systems?|methods?|tracker))"
    r"|(?:existing|previous|prior|current|state[- ]of[- ]the[- ]art)\s(?:[\w-]+\s){0,2}"
    r"(?:models?|systems?|methods?|approach(?:es)?|detectors?|trackers?|parsers?|works?)"
    r"|best\s(?:[\w-]+\s){0,2}(?:models|systems|methods|approaches))\s"
    r"(?:[\w-]+\s){0,3}(?:achiev|reach|attain|obtain|scor|get|yield|perform|is|was|are|were|only|can)\w*\b",
    re.IGNORECASE,
)
_OURS = re.compile(r"\b(?:our|ours|we|proposed)\b", re.IGNORECASE)
_MEANS = re.compile(r"\b(?:with|using|on|from|of)\s(?:an?\s|the\s)?$")
_ACHIEVES = re.compile(r"\s(?:\w+ly\s)?(?:achiev|reach|attain|obtain|scor|get|yield)\w*\s[^,;]*$")


def method_of(reading: Reading, index: int, number: Number, main_method: int | None) -> int | None:
    """Who reached the number: the nearest new method before it, one that "achieved by" names, else the main method."""
    text = reading.text_of(index)
    methods = of_type(reading, index, "Method")
    own = [reading.span(m)[0] for m in methods if reading.concept_of[m] in reading.new]
    if _is_of_others(text, number, own):
        return None
    by = re.search(r"\b(?:achieved|obtained|reported|reached) by ", text[number.end : number.end + 60])
    if by:
        for method in methods:
            if 0 <= reading.span(method)[0] - (number.end + by.end()) <= 8:
                return method
    for method in reversed(methods):  # the subject, be it the paper's own or not
        if _MEANS.search(text[: reading.span(method)[0]][-24:]):
            continue  # "LeafNet with ResNet-50 achieves"
        if reading.span(method)[1] <= number.start and _ACHIEVES.match(text[reading.span(method)[1] : number.start]):
            return method
    before = [m for m in methods if reading.span(m)[1] <= number.start and reading.concept_of[m] in reading.new]
    if before:
        return before[-1]
    return main_method


def _is_of_others(text: str, number: Number, own: Sequence[int]) -> bool:
    """Whether a number is what others reached: "79.8% vs 68.0%", "from 57.0% to 61.3%", "human performance is 96.4%".

    ``own``: where the paper's own methods stand.
    """
    before = text[max(0, number.start - 120) : number.start]
    if _AFTER_OTHERS.search(before) or (_FROM.search(before) and _FROM_TO.match(text, number.end)):
        return True
    clause = _CLAUSE.split(before)[-1]
    if any(number.start - len(clause) <= place < number.start for place in own):
        return False
    return _OTHERS_REACH.search(clause) is not None and not _OURS.search(clause)


def baseline_of(
    reading: Reading, index: int, text: str, claims: Sequence[Claim], at: int, method: int | None
) -> int | None:
    """What a difference is against: "over X", "than X", "outperforms X by 3"; of a list the one in its turn."""
    own = reading.concept_of[method] if method is not None else None
    methods = of_type(reading, index, "Method")
    for place, mention in enumerate(methods):
        start = reading.span(mention)[0]
        listed = methods[place : place + len(claims)]
        if reading.concept_of[mention] != own and _AGAINST.search(text[max(0, start - 60) : start]):
            in_turn = len(listed) == len(claims) > 1 and RESPECTIVELY.search(text) is not None
            return listed[at] if in_turn and are_listed(reading, text, listed) else mention
    return None
