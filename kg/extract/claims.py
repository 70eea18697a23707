"""Numbers of a sentence -> Claim: those that are results, each with the metric that stands with it.

A number counts as a result when a metric stands beside it, or when its sentence speaks of gains and it has a unit.
Numbers in a list share what only one of them names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kg.extract.kinds import DELTA_AFTER, DELTA_BEFORE, is_share, reduction_before
from kg.extract.numbers import Number, numbers_of
from kg.extract.reading import Reading

_CLAIMING = re.compile(
    r"\b(?:improv\w+|outperform\w*|surpass\w*|gain\w*|increas\w+|boost\w*|exceed\w*|better|higher|lower\w*|drop\w*"
    r"|achiev\w+|reach\w*|attain\w*|obtain\w*|enhanc\w+|yield\w*|advantage|margin|superior|reduc\w+|decreas\w+|sav\w+"
    r"|faster|beat\w*|scor(?:e|es|ed|ing)|accurac(?:y|ies)|results?|resulted|performances?|records?"
    r"|state[- ]of[- ]the[- ]art|giv(?:e|es|en|ing)|gave|cut\w*|rais\w+|push\w*|rise[sn]?|rose|grow\w*|climb\w*"
    r"|adds?|wins?|won|winning)\b",
    re.IGNORECASE,
)
_HEDGE = (
    r"(?:[~∼≈]|\$?\\(?:approx|sim)\$?|about|around|up to|nearly|over|only|almost|as (?:low|high) as|more than|at least"
    r"|approximately|roughly)?"
)
_MOVES = (
    r"(?:is |was |are |were )?(?:further |significantly |also )?(?:ris|increas|improv|grow|go|drop|decreas|fall|rose"
    r"|fell|climb|rais|boost|chang|reduc|lower|push)(?:es?|s|ed|en|ing)?"
)
_BEFORE_METRIC = re.compile(
    r"\)?(?:\s?\([\w\s@.-]{1,20}\))?(?:\s?(?:scores?|rates?|values?|ratios?|errors?|results?|metrics?))?\s?[(\[]?"
    r"(?:=|:|of|at|is|was|are|were|to|by|reach(?:es|ing)?|from|up to|about|over|equals?|equal to|ranging from"
    rf"|{_MOVES} (?:from|to|by))?\s?(?:an?\s(?:relative|absolute)\s)?{_HEDGE}\s?[(\[]?$"
)
# "top-1 accuracy of GridNet-L increases from", "accuracy of a network trained on A is", "F1 score on labelling of"
_FAR_METRIC = re.compile(
    rf"(?:\s(?:scores?|rates?|values?|errors?))?\s(?:of|for|on|in)\s(?:[\w@^/-]+\s){{1,6}}"
    rf"(?:(?:{_MOVES} )?from|of|is|was|reaches|equals|{_MOVES} (?:to|by))\s{_HEDGE}\s?$",
    re.IGNORECASE,
)
_BETWEEN_METRIC = re.compile(
    r"^[\s~]*(?:\(?(?:absolute|relative|percentage|points?|%|improvements?|gains?|increase|boost|higher|lower|better"
    r"|reduction|enhancement|drop|decrease|loss|degradation|in|on|for|of|to|the|novel|overall|final|new|zero-shot|average"
    r"|mean|terms|more|using|inference|segmental"
    r"|classification|class|box|mask|set|test|validation|top|absolute)\s*){0,5}\(?$",
    re.IGNORECASE,
)
# "66.5% compared to the previous best accuracy of 63.2%": one metric for both
_AGAINST_METRIC = re.compile(
    r"\s\(?(?:compared (?:to|with)|vs\.?|versus|against)"
    r"\s(?:(?:the|an?|previous|prior|sota|state-of-the-art|best|baseline)\s){0,4}",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(?:when|where|if|whose)\s(?:the\s)?$")  # "when the true positive rate is 95%"
# "a true accept rate of 91% at a false accept rate of 0.1%"
_OPERATING_POINT = re.compile(
    r"\bat\s(?:an?\s|the\s)?(?:FARs?|FPRs?|[Ff]alse\s(?:[Pp]ositive|[Aa]ccept\w*)\s[Rr]ates?)$"
)
# "15% fewer FLOPs": how much smaller or faster something is, whatever metric stands near
OF_SIZE = re.compile(
    r"\s?(?:less|fewer|faster|slower|smaller|lighter|more compact|cheaper"
    r"|(?:[\w-]+\s){0,2}(?:FLOPs|parameters|params))\b"
)
_NO_SHARE = re.compile(
    r"perplexity|\bppl\b|\bFID\b|\bbits\b|\bRMSE\b|\bMSE\b|\bEPE\b|end-?point|MPJPE|PSNR|SSIM|[Dd]isplacement",
    re.IGNORECASE,
)
_DEBRIS = re.compile(r"(?:(?<![\w.,])\d+(?:\.\d+)?\s){4}")  # the ticks of an axis: "50 100 150 200"
# What is set, not measured.
_SETTING = re.compile(
    r"learning rates?|(?:batch|model) sizes?|number of|dropout|sampling rate|(?<!to-)(?<!to )noise (?:rates?|levels?)",
    re.IGNORECASE,
)
_NOUN_OF = re.compile(
    r"\b(?:scores?|performances?|results?|records?|values?|averages?|state[- ]of[- ]the[- ]art|sota)\s(?:of|:|at|is|=)"
    rf"\s{_HEDGE}\s?$",
    re.IGNORECASE,
)
# "GRU: 41.2", "improved with a larger encoder to 41.2"
_SHOWN = re.compile(
    r"\b(?:val|test|dev|validation|test-dev)\s?:\s?$"
    r"|\b(?:improv|increas|rais|boost|reduc|push)(?:es|ed|ing)\b[^.;,]{0,50}\s(?:to|from)\s$"
    r"|,\sand\s(?:even\s|further\s|finally\s)?to\s$",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()]*$")  # inside parentheses
_NO_ASIDE = re.compile(r"\s?\([^()]*\)")
_LIST_GAP = re.compile(r"[\s,/&;(+\u00b1]*(?:and|or|to|v\.?\s?s\.?|versus|compared to)?[\s,/(]*(?:from\s)?")
_METRIC_GAP = re.compile(r"(?:\s(?:scores?|rates?))?\s?(?:/|,|&|,?\sand\b|\bas well as\b)\s?(?:an?\s|the\s)?")
# "18.01 on Alpha, and 63.69": what a list may say of each member
_LONG_GAP = re.compile(
    r"\)?\s(?:on|for|in|with|\()[^.;:]{2,60}?(?:,|\band\b|,\sand\b)\s(?:an?\s|by\s)?(?:from\s)?[(+]?", re.IGNORECASE
)
_VERB = re.compile(r"\b(?:achiev|reach|attain|obtain|outperform|surpass|improv|yield|set|while|which|than|us)\w*\b")
_SPEED = re.compile(r"speed|latency|time\b|throughput|FPS|fps")
MAX_GAP = 80  # code points between two members of a list that say more than a number


@dataclass(frozen=True, slots=True)
class Claim:
    """A number that counts as a result, the metric that stands with it, and what made it one."""

    number: Number
    metric: int | None  # a mention
    why: str


def claims_of(reading: Reading, index: int, text: str) -> list[Claim]:
    """The numbers of a line that are results, from left to right; none of what is left of a figure or a table."""
    if _DEBRIS.search(text):
        return []
    metrics = [
        m
        for m in reading.in_line[index]
        if reading.mentions[m].type == "Metric" and not _SETTING.search(reading.mentions[m].text)
    ]
    named = [reading.span(m) for m in metrics]
    numbers = [
        number
        for number in numbers_of(text)
        if not _is_condition(reading, text, number, metrics)
        and not any(start <= number.start and number.end <= end for start, end in named)  # "BLEU 1", "MR -2"
    ]
    claiming = _CLAIMING.search(text) is not None
    numbers = [number for at, number in enumerate(numbers) if not _is_note(reading, text, numbers, at, metrics)]
    paired = _paired_metrics(reading, text, numbers, metrics)
    found: dict[int, Claim] = {}
    for at in range(len(numbers) - 1, -1, -1):  # from right to left, because a list shares the metric that ends it
        number = numbers[at]
        fitting = [m for m in metrics if fits(text, number, reading.mentions[m].text)]
        metric, why = (
            (paired[at], "before") if at in paired else _metric_beside(reading, index, text, numbers, at, fitting)
        )
        after = found.get(at + 1)
        if metric is None and after is not None and _is_list_gap(text[number.end : after.number.start]):
            metric, why = after.metric, "list" if after.metric is not None else after.why
        elif metric is None and claiming:
            why = _why_alone(text, number)
        if why:
            found[at] = Claim(number, metric, why)
    for at in range(1, len(numbers)):  # and the one that opens it
        earlier = found.get(at - 1)
        if at not in found and earlier is not None and earlier.why != "weak":
            gap = text[numbers[at - 1].end : numbers[at].start]
            alike = ("." in numbers[at].text) == ("." in numbers[at - 1].text) and numbers[
                at
            ].unit == earlier.number.unit
            if alike and (_is_list_gap(gap) or ("." in numbers[at].text and _is_long_gap(gap))):
                metric = earlier.metric
                if metric is not None and not fits(text, numbers[at], reading.mentions[metric].text):
                    metric = None
                found[at] = Claim(numbers[at], metric, "list" if earlier.metric is not None else earlier.why)
    return _inherit_metrics(reading, text, metrics, [found[at] for at in sorted(found)])


def may_share(text: str, number: Number, metric: str) -> bool:
    """Whether a number may take a metric that does not stand beside it: no percentage is a perplexity."""
    if number.unit == "%" and _NO_SHARE.search(metric):
        return is_share(text, number)
    return fits(text, number, metric)


def _is_condition(reading: Reading, text: str, number: Number, metrics: Sequence[int]) -> bool:
    """Whether a number says when something else holds: "when the true positive rate is 95%", "at FAR 0.1%"."""
    return any(
        end <= number.start <= end + 40
        and (
            _CONDITION.search(text[max(0, start - 20) : start]) is not None
            or _OPERATING_POINT.search(text[max(0, start - 20) : end]) is not None
        )
        and _BEFORE_METRIC.fullmatch(text[end : number.start]) is not None
        for start, end in map(reading.span, metrics)
    )


def _is_note(reading: Reading, text: str, numbers: Sequence[Number], at: int, metrics: Sequence[int]) -> bool:
    """Whether a digit is the mark of a footnote at a metric that has its value: the 1 of "74.3% mAP 1 on"."""
    number = numbers[at]
    if at == 0 or not (number.text.isdigit() and len(number.text) == 1):
        return False
    return any(
        text[end : number.start].isspace() and text[numbers[at - 1].end : start].isspace()
        for start, end in map(reading.span, metrics)
    )


def fits(text: str, number: Number, metric: str) -> bool:
    """Whether a number's unit and a metric go together: times and rates measure speed, and nothing else does."""
    speed = _SPEED.search(metric) is not None
    if number.unit in ("ms", "FPS"):
        return speed
    return not (speed and number.unit in ("%", "points")) or is_share(text, number)


def _why_alone(text: str, number: Number) -> str:
    """Why a number without a metric is a result, in a sentence that speaks of gains; "" where it is none."""
    before = text[max(0, number.start - 60) : number.start]
    delta = DELTA_BEFORE.search(before[-48:]) or DELTA_AFTER.match(text[number.end : number.end + 60])
    if number.unit == "x":
        return "weak"
    if number.unit is not None:
        return "unit"
    shown = "." in number.text and (_NOUN_OF.search(before) or _SHOWN.search(before))
    if number.signed or (delta and "." in number.text) or shown:
        return "bare"
    return ""


def _metric_beside(
    reading: Reading, index: int, text: str, numbers: Sequence[Number], at: int, metrics: Sequence[int]
) -> tuple[int | None, str]:
    """The metric that a number stands with: "59.4% box AP", "6.1% in AP50", "an mIoU of 50.6", "AP=59.3"."""
    number = numbers[at]
    limit = numbers[at + 1].start if at + 1 < len(numbers) else len(text)
    for metric in metrics:
        start, end = reading.span(metric)
        if number.start < start < number.end:
            return metric, "after"  # a unit that is one: "71 FPS"
        if number.end <= start <= min(limit, number.end + 45) and (
            _BETWEEN_METRIC.match(_without_datasets(reading, index, text, number.end, start))
            or _AGAINST_METRIC.fullmatch(text[number.end : start])
        ):
            return metric, "after"
    floor = numbers[at - 1].end if at else 0
    for metric in reversed(metrics):
        start, end = reading.span(metric)
        if not floor <= end <= number.start:
            continue
        gap = text[end : number.start]
        if len(gap) <= 40 and _BEFORE_METRIC.fullmatch(gap):
            return metric, "before"
        if len(gap) <= 90 and _FAR_METRIC.fullmatch(gap):
            return metric, "before"
    return None, ""


def _without_datasets(reading: Reading, index: int, text: str, start: int, end: int) -> str:
    """The text between two places without the data sets in it: "78.9% ImageNet top-1 accuracy"."""
    kept, at = "", start
    for mention in reading.in_line[index]:
        first, last = reading.span(mention)
        if reading.mentions[mention].type == "Dataset" and start <= first and last <= end:
            kept += text[at:first]
            at = last
    return re.sub(r"\s+", " ", kept + text[at:end])


def _paired_metrics(reading: Reading, text: str, numbers: Sequence[Number], metrics: Sequence[int]) -> dict[int, int]:
    """Number -> metric where lists of both have one length: "an F1 and AUC of 0.91 and 0.93", "72.3/75.3% AP/AR"."""
    paired: dict[int, int] = {}
    spans = [reading.span(m) for m in metrics]
    named = _stretches([_METRIC_GAP.fullmatch(text[a[1] : b[0]]) is not None for a, b in pairwise(spans)])
    plain = [at for at, number in enumerate(numbers) if not _ASIDE.search(text[: number.start][-60:])]
    counted = _stretches([_is_list_gap(text[a.end : b.start]) for a, b in pairwise(numbers)])
    spread = _stretches(
        [_is_list_gap(_NO_ASIDE.sub("", text[numbers[a].end : numbers[b].start])) for a, b in pairwise(plain)]
    )
    for first, last in named:
        for one, other in spread:  # "precision and recall of 81.2 (+1.2) and 70.4 (+0.8)": what is aside goes along
            places = plain[one : other + 1]
            gap = text[spans[last][1] : numbers[places[0]].start]
            if last - first == other - one and len(gap) <= 40 and _BEFORE_METRIC.fullmatch(gap):
                for step, place in enumerate(places):
                    until = next((at for at in range(place + 1, len(numbers)) if at in plain), len(numbers))
                    paired.update(dict.fromkeys(range(place, until), metrics[first + step]))
    for first, last in named:
        for one, other in counted:
            if last - first != other - one:
                continue
            before = 0 <= numbers[one].start - spans[last][1] <= 40 and _BEFORE_METRIC.fullmatch(
                text[spans[last][1] : numbers[one].start]
            )
            after = 0 <= spans[first][0] - numbers[other].end <= 40 and _BETWEEN_METRIC.match(
                text[numbers[other].end : spans[first][0]]
            )
            if before or after:
                paired.update({one + step: metrics[first + step] for step in range(last - first + 1)})
    for first, last in named:  # "accuracy and AUC of 81 and 90 on A, and 83 and 92 on B": each row goes through all
        for (_, end), (one, other) in pairwise(counted):
            between = any(numbers[end].end <= start < numbers[one].start for start, _ in spans)
            if other - one == last - first and paired.get(end) == metrics[last] and not between:
                paired.update({one + step: metrics[first + step] for step in range(last - first + 1)})
    return {at: m for at, m in paired.items() if fits(text, numbers[at], reading.mentions[m].text)}


def _stretches(joined: Sequence[bool]) -> list[tuple[int, int]]:
    """First and last place of each stretch of two or more members whose neighbours are joined.

    >>> _stretches([True, True, False, True, False])
    [(0, 2), (3, 4)]
    """
    stretches: list[tuple[int, int]] = []
    for at, follows in enumerate(joined):
        if follows and stretches and stretches[-1][1] == at:
            stretches[-1] = (stretches[-1][0], at + 1)
        elif follows:
            stretches.append((at, at + 1))
    return stretches


def _is_list_gap(gap: str) -> bool:
    """Whether only a list's signs stand between two numbers: "38.2 / 37.9 mAP", "2.6, 0.8 and 1.0 points"."""
    return gap.strip() != "" and len(gap) <= 14 and _LIST_GAP.fullmatch(gap.replace(")", "", 1)) is not None


def _is_long_gap(gap: str) -> bool:
    return len(gap) <= MAX_GAP and _LONG_GAP.fullmatch(gap) is not None and _VERB.search(gap) is None


def _inherit_metrics(reading: Reading, text: str, metrics: Sequence[int], claims: Sequence[Claim]) -> list[Claim]:
    """A claim without a metric takes that of the claim before it, or the one named before it, or the only one."""
    last: int | None = metrics[0] if len(metrics) == 1 else None
    inherited = []
    for claim in claims:
        # "a score of 89.8%" has a name of its own, unless the only metric stands near
        far = len(metrics) != 1 or not 0 <= claim.number.start - reading.span(metrics[0])[1] <= MAX_GAP
        own = far and _NOUN_OF.search(text[max(0, claim.number.start - 60) : claim.number.start])
        if claim.metric is None and claim.number.unit != "x" and not own and not OF_SIZE.match(text, claim.number.end):
            if last is None:
                last = next((m for m in reversed(metrics) if reading.span(m)[1] <= claim.number.start), None)
            reduced = reduction_before(text, claim.number)
            if last is not None and reduced is not None and not reduced < reading.span(last)[0] < claim.number.start:
                pass  # "reduces the operations by 90%": it has a name of its own
            elif last is not None and may_share(text, claim.number, reading.mentions[last].text):
                claim = replace(claim, metric=last)
        elif claim.metric is not None:
            last = claim.metric
        inherited.append(claim)
    return inherited
