"""Claim -> whether its ties are in doubt: a result that may belong to another metric or data set is not asserted."""

from __future__ import annotations

import re

from kg.extract.bindings import HARDWARE, of_type
from kg.extract.claims import OF_SIZE, Claim
from kg.extract.kinds import reduction_before
from kg.extract.numbers import Number
from kg.extract.reading import Reading

UNSURE = 0.45  # the score of such a result: kept, below the bar

_MEAN_OF = re.compile(r"\s?(?:mean|average) of\s")  # "a 33.3 average of A, B and C"
_GAP = re.compile(r"\s(?:[a-z]+\s)?(?:gap|difference)s?\b")
# "41.2% accuracy on Fern": a name where data sets stand
_NAME_NEXT = re.compile(r"\s?(?:[\w@/-]+\s){0,3}?(?:on|for|against)\s(?:the\s)?(?P<name>[A-Z][\w+-]*)")
_DATA_SET = re.compile(r"(?<![\w-])(?:the\s(?:[a-z-]+\s){0,2}|(?:the\s)?[A-Z][\w-]+\s)(?:data\s?set|corpus)\b")
_NAME_AT_ONCE = re.compile(r"\s(?P<name>[A-Z][\w+-]*[a-z][\w+-]*)[,)]")  # "+0.95 Fern, +1.89 Lake"
_ONE_PHRASE = re.compile(r"[^,;:.)\d]{1,80}")
_AVERAGED = re.compile(r"\b(?:on average|averaged?|mean)\b")
_OVER_ALL = re.compile(r"(?:\s[\w@-]+){0,4}?\s(?:across|over|on)\s(?:the\s)?$")


def is_unsure(reading: Reading, index: int, text: str, claim: Claim, metric: int | None, dataset: int | None) -> bool:
    """Whether a claim of a line may have got a metric or a data set that is not its own."""
    number = claim.number
    if metric is None and (OF_SIZE.match(text, number.end) or reduction_before(text, number) is not None):
        return True  # how much smaller or faster something is
    if metric is not None and reading.line_of[metric] == index:
        start, end = reading.span(metric)
        if _GAP.match(text, end):
            return True  # a difference of two values, not the metric
        if number.end <= start and _MEAN_OF.fullmatch(text, number.end, start):
            return True
    return (
        _is_elsewhere(reading, index, text, claim, dataset)
        or _is_nearer_to_another(reading, index, text, number, dataset)
        or _is_of_several(reading, index, text, number)
    )


def _is_nearer_to_another(reading: Reading, index: int, text: str, number: Number, dataset: int | None) -> bool:
    """Whether a data set that was not read as one stands nearer than the one that a number got.

    "on the VQA dataset from 60% to 61%, and on Fern", "by 2% on the older dataset and by 8% on Fern".
    """
    if dataset is None or reading.line_of[dataset] != index:
        return False
    start, end = reading.span(dataset)
    away = max(start - number.end, number.start - end)
    for found in _DATA_SET.finditer(text):
        first, last = found.span()
        if any(
            reading.span(m)[0] < last and first - 1 <= reading.span(m)[1]
            for m in of_type(reading, index, "Dataset")
            if reading.span(m)[1] <= last
        ):
            continue
        near = max(first - number.end, number.start - last)
        between = (number.end <= first < start) or (end <= first and last <= number.start)
        if near < away and (between or (last <= number.start < start and near <= 24)):
            return True
    return False


def _is_elsewhere(reading: Reading, index: int, text: str, claim: Claim, dataset: int | None) -> bool:
    """Whether the name that a number is said to be "on" is not the data set that it got."""
    found = _NAME_NEXT.match(text, claim.number.end) or _NAME_AT_ONCE.match(text, claim.number.end)
    if found is None:
        return False
    place = found.start("name")
    inside = [m for m in reading.in_line[index] if reading.span(m)[0] <= place < reading.span(m)[1]]
    here = dataset is not None and reading.line_of[dataset] == index
    if here and dataset is not None and _ONE_PHRASE.fullmatch(text, place, max(place, reading.span(dataset)[0])):
        return False  # "for the Fern Lake Survey (FLS)"
    if not inside:
        return dataset is not None and HARDWARE.match(text, place) is None
    mention = reading.mentions[inside[0]]
    if mention.type not in ("Task", "Method") or not mention.text.isupper() or " " in mention.text:
        return False
    if found.group().lstrip().startswith("for") or " for " in found.group():  # "62.1% for VQA and 65.4% for Fern"
        behind = reading.span(dataset)[0] if dataset is not None and reading.line_of[dataset] == index else 0
        return behind > place and re.search(r"\d", text[place + len(mention.text) : behind]) is not None
    return claim.why not in ("before", "after")  # "by 10% on SPL": a metric that was not known as one


def _is_of_several(reading: Reading, index: int, text: str, number: Number) -> bool:
    """Whether a number is the mean over several data sets that the line lists behind it: it belongs to none alone."""
    behind = [m for m in of_type(reading, index, "Dataset") if reading.span(m)[0] >= number.end]
    if len(behind) < 2 or not _AVERAGED.search(text[max(0, number.start - 40) : reading.span(behind[0])[0]]):
        return False
    first, second = reading.span(behind[0]), reading.span(behind[1])
    return (
        _OVER_ALL.fullmatch(text[number.end : first[0]]) is not None
        and re.fullmatch(r",?\s?(?:and|,)?\s?(?:the\s)?", text[first[1] : second[0]]) is not None
    )
