"""Claim -> whether its ties are in doubt: a result that may belong to another metric or data set is not asserted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.extract.bindings import HARDWARE, NEXT_CLAUSE, RESPECTIVELY, are_listed, of_type
from kg.extract.claims import OF_SIZE, Claim
from kg.extract.datasets import PAIR
from kg.extract.kinds import reduction_before
from kg.extract.numbers import Number
from kg.extract.reading import Reading

UNSURE = 0.45  # the score of such a result: kept, below the bar
SURE_NAME = 0.6  # of what is taken for a data set with no more confidence, one in three is the right one
_OF_SPEED = ("ms", "FPS")  # units of what is often measured on no data set

_MEAN_OF = re.compile(r"\s?(?:mean|average) of\s")  # "a 33.3 average of A, B and C"
# "the accuracy gap", "error messages": what follows is no value of the metric
_GAP = re.compile(
    r"\s(?:(?:[a-z]+\s)?(?:gap|difference)s?|messages|reports?|bounds?|budgets?|functions?|thresholds?|normali[sz]ed\sby|weighted\sby)\b|\s?@\s?\d"
)
# "41.2% accuracy on Fern": a name where data sets stand
_NAME_NEXT = re.compile(r"\s?(?:[\w@/-]+\s){0,3}?(?:on|for|against)\s(?:the\s)?(?P<name>\d?[A-Z][\w+-]*)")
_DATA_SET = re.compile(r"(?<![\w-])(?:the\s(?:[a-z-]+\s){0,2}|(?:the\s)?[A-Z][\w-]+\s)(?:data\s?set|corpus)\b")
_NAME_AT_ONCE = re.compile(r"\s(?P<name>[A-Z][\w+-]*[a-z][\w+-]*)[,)]")  # "+0.95 Fern, +1.89 Lake"
_ONE_PHRASE = re.compile(r"[^,;:.)\d]{1,80}")
_AVERAGED = re.compile(r"\b(?:on average|averaged?|mean)\b")
_OVER_ALL = re.compile(r"(?:\s[\w@-]+){0,4}?\s(?:across|over|on)\s(?:the\s)?$")


# "with 20% of computation", "at 60% of the training cost", "reducing 50% parameters"
_OF_COST = re.compile(
    r"\s?(?:of\s)?(?:the\s|its\s|their\s)?(?:(?!and\b|with\b|on\b|in\b)[\w-]+\s){0,3}?"
    r"(?:comput\w+|costs?|FLOPs|MACs|MFLOPs|parameters|params|memory|run-?time|(?:training|inference) time|budget)\b"
)
# "reduces the number of parameters from 2.1M to 86.9K (around 95.9%", "increases the inference speed by 50%"
_CHANGED = re.compile(
    r"\b(?:reduc|increas|decreas|improv|cut|lower|sav|boost|accelerat|speed)\w*\s(?:in\s|of\s)?(?:both\s)?(?:the\s|its\s)?"
    r"[^,;:.]{0,40}?\b(?:parameters?|params|FLOPs|memory|costs?|comput\w+|speed|time|latency|size|operations)\b[^;:]{0,50}$"
)
_REDUCTION_IN = re.compile(
    r"\s?(?:reduction|decrease|increase|saving|drop)s?\s(?:in|of)\s(?:both\s)?(?:the\s)?"
    r"(?:[\w-]+\s){0,3}?(?:parameters?|params|FLOPs|memory|costs?|comput\w+|time|latency|size|operations|epochs)\b"
)
_SPEED = re.compile(r"\b(?:FPS|fps|latency|throughput)\b")
_MEASURES = re.compile(  # what a metric's name shows
    r"[A-Z\d]|error|rate|score|accura|precision|recall|perplexity|index|distance|correlation|coefficient|similarity"
    r"|ratio|cost|loss|sensitivity|specificity|likelihood|divergence|agreement|measure|ppl|bits"
)
_OF_SIZE_NAMED = re.compile(r"(?:[KMGT]?FLOPs?|MACs|[Pp]arameters?|params)$")  # a metric that is no result's
_OWN_METRIC = re.compile(r"\s(?P<name>[A-Z][a-z]\w+)\s(?:on|in|for)\s")  # "78.7% Success on Fern"
_METRICS_RESPECTIVELY = re.compile(
    r"[^.;:]{0,30}\b(?:in terms of|in|for|of)\s(?:the\s)?(?P<first>[A-Z][\w@-]*),?\s(?:and|,)\s"
    r"[^.;]{1,40}\brespectively\b"
)
# A dash that may be no sign: "character-level modelling -0.97 bpc"
_SIGNED_BY = re.compile(r"(?:\b(?:of|is|was|are|by|to|at|from|and|or|with|than|between|in)|[=:(,])\s?$")
_AIM = re.compile(
    r"\b(?:aim(?:s|ed|ing)?|goal|hop(?:e|ed|ing)|intend\w*|want\w*|target(?:s|ed|ing))\s(?:is\s|was\s)?(?:to|at|for)\s[^.;]{0,60}$"
)
_TO_NEXT = re.compile(r"\)?\s?to\s\(?(?:[~+]\s?)?\d")
_TO_BEFORE = re.compile(r"\d\s?\\?%?\s?to\s$")
_FROM = re.compile(r"\bfrom\s(?:[\w.%~+-]+\s){0,4}?$")
_RANGING = re.compile(r"\brang\w+\s(?:from\s|between\s)?\(?(?:[\d.]+\s?%?\s(?:to|and)\s)?$")
_DATABASE_NEXT = re.compile(r"\s(?:[a-z-]+\s){1,3}database\b")  # "Fern leaf vein database": the name may go on
_MARKED, _STOP = re.compile(r"\s\d$"), re.compile(r"\s[.,;)]")  # "mini FernDB 1 .": the mark of a note
_LIST_NEXT = re.compile(r"\s?(?:,|/|,?\s?and\b)\s?[+\d]")
_AND_NUMBER = re.compile(r"\band\s(?:by\s)?(?:a\sfactor\sof\s)?[+]?\d")
_SAME_CLAUSE = re.compile(
    r"[^,;:.()]{1,60}|(?:[^,;:.(]{0,40},)?[^,;:.(]{1,60}(?:\(from\s[\w.%\s]*)?"
)  # "on A with B, by 2 (from 9"
_DIGIT = re.compile(r"\d")
_TAKEN_FROM = re.compile(
    r"\b(?:extract|collect|crawl|sampl|scrap|gather|min|deriv|annotat|edit|comment|review|article|tweet)\w*\sfrom\s(?:the\s)?$"
)
_PIECES_NEXT = re.compile(r"\s(?:videos|comments|edits|tweets|articles|posts|pages|users|reviews)\b")
_LONGER = re.compile(r"\s\d+-[a-z]+$")  # "FernDB 8-way"
# "by more than 1% on all data sets": it belongs to none alone
_ON_ALL = re.compile(r"(?:\s[\w@-]+){0,4}?\s(?:on|across|over|for|in)\s(?:all|both|each|every)\b")
_CAPITAL_NEXT = re.compile(  # "Fern Tagging Challenge", "Fern Challenge 2017": a name that was cut
    r"\s(?!(?:Challenge|Corpus|Data\s?[Ss]et|Benchmark|Task|Database|Test|Dev|Leaderboard|Track)\b(?!\s\d))"
    r"(?P<name>[A-Z][a-z]+)(?![\w-])"
)
# "on Fern and Lakewood,": a list that goes on with a name that was not read
_AND_NAME = re.compile(
    r"\s(?:and|&)\s(?:the\s)?(?P<name>[A-Z][\w-]*)(?=[,.;)]|\s(?:data\s?sets?|benchmarks?|corpora|respectively)\b)"
)
_SLASH_NAME = re.compile(r"/[A-Z]")
_CAPITAL_BEFORE = re.compile(r"[\w,]\s(?P<name>[A-Z][\w-]*[a-z][\w-]*)\s$")  # "the FernBench Benchmark Leaf Challenge"
# "Detection": what is left of a name that was cut
_KIND_OF_TASK = re.compile(
    r"(?:[Dd]etection|[Cc]lassification|[Rr]ecognition|[Ss]egmentation|[Tt]racking|[Rr]etrieval|[Ee]stimation)"
)
# "mistakes in about 5.4% test sentences", "2% of all images": a share of what was looked at
_OF_ITEMS = re.compile(
    r"\s?(?:of\s)?(?:(?:the|all|its|our|these)\s)?(?:(?!(?:on|in|for|from|with|across|over|and|to|than)\b)[a-z]+\s){0,2}?"
    r"(?:sentences|images|examples|samples|instances|documents|tokens|pixels|queries|videos|labels|annotations|cases)\b"
)
_BOTH_METRICS = re.compile(r"[^.;:\d]{1,20}\band\b[^.;:\d]{1,25}")  # "both mask (mIoU) and boundary (F-score)"


@dataclass(frozen=True, slots=True)
class Named:
    """What a line and its paper name as data sets."""

    here: Sequence[int]  # mentions in the line that a number may be measured on
    bound: Sequence[int | None]  # those that its numbers got
    several: bool  # whether the paper names more than one, or is about one
    unnamed: bool  # whether the line says that it measures on something without a name


def is_unsure(
    reading: Reading, index: int, text: str, claim: Claim, metric: int | None, dataset: int | None, named: Named
) -> bool:
    """Whether a claim of a line may be no result, or may have got a metric or a data set that is not its own.

    What is looked at after the first of these has a metric of its own line, or none.
    """
    return (
        (metric is not None and reading.line_of[metric] != index)  # of another sentence: one in two is its own
        or _is_no_value(text, claim.number)
        or _has_other_metric(reading, index, text, claim, metric)
        or (
            _lacks_one(reading, index, claim.number, named)
            if dataset is None
            else _has_another(reading, index, text, claim.number, dataset, named)
        )
        or _has_other_ties(reading, index, text, claim, metric, dataset)
    )


def _is_no_value(text: str, number: Number) -> bool:
    """Whether a number may be an aim, the end of a range, a share of the costs, or have a dash for its sign."""
    before, after = text[max(0, number.start - 70) : number.start], text[number.end : number.end + 70]
    if _AIM.search(before) or _RANGING.search(before[-40:]):
        return True
    if number.value < 0 and not number.text.startswith("+") and before.strip() and not _SIGNED_BY.search(before):
        return True
    ends = _TO_NEXT.match(after) is not None or _TO_BEFORE.search(before) is not None
    if (
        ends
        and number.high is None
        and not re.search(r"\bfrom\b|\b(?:improv|increas|rais|boost|reduc|push|lower)(?:es?|ed|ing)\b", before)
    ):
        return True
    return number.unit == "%" and any(shape.match(after) for shape in (_OF_COST, _REDUCTION_IN, _OF_ITEMS))


def _has_other_metric(reading: Reading, index: int, text: str, claim: Claim, metric: int | None) -> bool:
    """Whether a number that no metric stands beside is said to be of something else than what it got."""
    if metric is not None and _OF_SIZE_NAMED.match(reading.mentions[metric].text):
        return True
    if claim.why in ("after", "before"):
        return False
    number = claim.number
    before, after = text[max(0, number.start - 110) : number.start], text[number.end : number.end + 110]
    if number.unit == "%" and _CHANGED.search(before):
        return True
    own = _OWN_METRIC.match(after)
    if own and not _is_named(reading, index, number.end + own.start("name")):
        return True
    if metric is not None and RESPECTIVELY.search(text):
        listed = _METRICS_RESPECTIVELY.match(after)
        if listed and not _is_named(reading, index, number.end + listed.start("first"), "Metric", "Dataset"):
            return True
    if metric is None:
        return False
    start = reading.span(metric)[0]
    if number.end <= start and NEXT_CLAUSE.search(text, number.end, start):
        return True  # "improves upon others by 5% and decreases the error by 50%"
    if RESPECTIVELY.search(text) and _is_listed(reading, index, text, metric):
        return True  # "sensitivity and specificity with a late cut were 92% and 93%, respectively"
    if _LIST_NEXT.match(text, number.end) and _is_second_of_both(reading, index, text, metric):
        return True
    name = reading.mentions[metric].text
    return (_SPEED.search(name) is not None and number.unit == "%") or not (
        claim.why == "list" or _MEASURES.search(name)
    )


def _is_second_of_both(reading: Reading, index: int, text: str, metric: int) -> bool:
    """Whether a metric is the second of two: "both mask (mIoU) and boundary (F-score) quality, by 2% and 4%"."""
    return any(
        second == metric and _BOTH_METRICS.fullmatch(text, reading.span(first)[1], reading.span(second)[0])
        for first, second in pairwise(of_type(reading, index, "Metric"))
    )


def _is_listed(reading: Reading, index: int, text: str, metric: int) -> bool:
    """Whether a metric stands in a list of metrics, each of which may have a number of its own."""
    metrics = of_type(reading, index, "Metric")
    return any(metric in pair and are_listed(reading, text, pair) for pair in pairwise(metrics))


def _is_named(reading: Reading, index: int, place: int, *types: str) -> bool:
    """Whether a mention (of one of these types) covers a place of a line."""
    return any(
        start <= place < end and (not types or reading.mentions[m].type in types)
        for m in reading.in_line[index]
        for start, end in (reading.span(m),)
    )


def _lacks_one(reading: Reading, index: int, number: Number, named: Named) -> bool:
    """Whether a number that got no data set may belong to one that is named."""
    if named.unnamed:
        return False
    here = [m for m in of_type(reading, index, "Dataset") if not HARDWARE.search(reading.mentions[m].text)]
    if number.unit in _OF_SPEED:
        return _are_several(reading, here)
    return (named.several and number.unit != "x") or bool(here)


def _has_another(reading: Reading, index: int, text: str, number: Number, dataset: int, named: Named) -> bool:
    """Whether the data set of a number may be none, be cut, or be that of another number."""
    here = named.here
    name = reading.mentions[dataset]
    if _is_source(reading, dataset) or _LONGER.search(name.text) or _KIND_OF_TASK.fullmatch(name.text):
        return True
    if reading.line_of[dataset] != index:
        return name.score <= SURE_NAME or any(_squashed(reading.mentions[m].text) != _squashed(name.text) for m in here)
    if number.unit in _OF_SPEED and _are_several(reading, here):
        return True
    start, end = reading.span(dataset)
    if name.score <= SURE_NAME and _DATABASE_NEXT.match(text, end):
        return True
    if _MARKED.search(name.text) and _STOP.match(text, end):
        return True
    if text[max(0, number.start - 1) : number.start] == "/" and _SLASH_NAME.match(text, end):
        return True
    if _ON_ALL.match(text, number.end) or PAIR.fullmatch(name.text):
        return True
    front = text[max(0, start - 40) : start]
    cut = _CAPITAL_BEFORE.search(front)
    if cut and not _is_named(reading, index, start - len(front) + cut.start("name")):
        return True
    goes_on = _CAPITAL_NEXT.match(text, end) or _AND_NAME.match(text, end)
    if goes_on and not _is_named(reading, index, goes_on.start("name")):
        return True
    if number.end <= start and _is_behind_another(reading, text, number, start, here):
        return True
    return _is_one_of_a_list(reading, text, dataset, named)


def _is_source(reading: Reading, dataset: int) -> bool:
    """Whether a data set is only where the data come from: "edits from Fernpedia", "in FernTube videos"."""
    text, (start, end) = reading.text_of(reading.line_of[dataset]), reading.span(dataset)
    return _TAKEN_FROM.search(text[max(0, start - 30) : start]) is not None or _PIECES_NEXT.match(text, end) is not None


def _is_one_of_a_list(reading: Reading, text: str, dataset: int, named: Named) -> bool:
    """Whether a data set stands in a list of which another one got no number: "3.1% on A and B"."""
    bound = {reading.concept_of[m] for m in named.bound if m is not None}
    return any(
        dataset in (one, other)
        and are_listed(reading, text, (one, other))
        and not _DIGIT.search(text, reading.span(one)[1], reading.span(other)[0])
        and not {reading.concept_of[one], reading.concept_of[other]} <= bound
        for one, other in pairwise(named.here)
    )


def _are_several(reading: Reading, mentions: Sequence[int]) -> bool:
    return len({reading.concept_of[m] for m in mentions}) > 1


def _squashed(name: str) -> str:
    """A name without what a line break leaves in it: "Im-ageNet"."""
    return name.replace("-", "").replace(" ", "").lower()


def _is_behind_another(reading: Reading, text: str, number: Number, place: int, datasets: Sequence[int]) -> bool:
    """Whether a data set before a number is as near as the one at ``place``, which another number stands before, too.

    "A classification is raised by 2.9% with little effort and 2.1 AP are gained on B"
    """
    if _LIST_NEXT.match(text, number.end) or not _AND_NUMBER.search(text, number.end, place):
        return False
    before = [reading.span(m)[1] for m in datasets if reading.span(m)[1] <= number.start]
    return bool(before) and _SAME_CLAUSE.fullmatch(text, before[-1], number.start) is not None


def _has_other_ties(
    reading: Reading, index: int, text: str, claim: Claim, metric: int | None, dataset: int | None
) -> bool:
    """Whether the words around a number tie it to something else than what it got."""
    number = claim.number
    if metric is None and (OF_SIZE.match(text, number.end) or reduction_before(text, number) is not None):
        return True  # how much smaller or faster something is
    if metric is not None:
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
        tied = dataset is not None or text[max(0, place - 7) : place].endswith(("on ", "on the "))
        return tied and HARDWARE.match(text, place) is None
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
