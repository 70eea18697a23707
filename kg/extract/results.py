"""Reading -> ResultClaim: the numbers that a paper claims, each with metric, data set, task, method and baseline.

A number counts as a result when a metric stands beside it, or when its sentence speaks of gains and it has a unit.
Numbers in a list share what only one of them names; lists of numbers pair with lists of data sets of equal length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extract.bindings import Claim, baseline_of, datasets_of, method_of, task_of
from kg.extract.lexicon import METRIC
from kg.extract.numbers import Number, numbers_of
from kg.extract.phrases import MAX_SENTENCE
from kg.extract.reading import Reading
from kg.records import ResultClaim, ValueKind

_CLAIMING = re.compile(
    r"\b(?:improv\w+|outperform\w*|surpass\w*|gain\w*|increas\w+|boost\w*|exceed\w*|better|higher"
    r"|lower\w*|drop\w*|achiev\w+"
    r"|reach\w*|attain\w*|obtain\w*|enhanc\w+|yield\w*|advantage|margin|superior|reduc\w+"
    r"|decreas\w+|sav\w+|faster|beat\w*"
    r"|score[sd]?|accuracy|result\w*|performance|record|state[- ]of[- ]the[- ]art|give[sn]?|cut\w*|rais\w+|push\w*"
    r"|rise[sn]?|rose|grow\w*|climb\w*)\b",
    re.IGNORECASE,
)


_BEFORE_METRIC = re.compile(
    r"(?:\s?(?:scores?|rates?|values?))?\s?(?:=|:|of|at|is|was|to|by|reach(?:es|ing)?|from|up to"
    r"|about|over)?\s?(?:about|around|up to|nearly|over)?\s?\(?$"
)


_BETWEEN_METRIC = re.compile(
    r"^[\s~]*(?:\(?(?:absolute|relative|percentage|points?|%|improvements?|gains?|increase|boost"
    r"|higher|lower|better|reduction|"
    r"enhancement|drop|decrease|in|on|for|of|to|the|novel|overall|final|new|zero-shot|average"
    r"|mean|terms|more|classification|box|mask)\s*){0,5}$",
    re.IGNORECASE,
)


_DELTA_BEFORE = re.compile(
    r"(?:\bby\s(?:up to\s|about\s|around\s|nearly\s|over\s|more than\s|at least\s"
    r"|a (?:large )?margin of\s|an average of\s|roughly\s|approximately\s|an absolute\s)*"
    r"|\b(?:improvements?|gains?|increase|boost|enhancement|drop|reduction|decrease"
    r"|margins?)\s(?:of|by)\s(?:up to\s|about\s|over\s|more than\s)*"
    r"|\b(?:up to|by|gains?|gained|gaining)\s(?:about\s|over\s)?)[+]?$",
    re.IGNORECASE,
)


_DELTA_AFTER = re.compile(
    r"^\s?(?:absolute\s|relative\s|average\s|[\w@-]+\s){0,3}?(?:improvements?|gains?|increase"
    r"|boost|enhancement|better|higher|lower|more|reduction|drop|less|fewer|faster)\b",
    re.IGNORECASE,
)


_RELATIVE = re.compile(
    r"\brelative(?:ly)?\b"
    r"|^\s?of (?:the |its )?(?:\w+ ){0,2}(?:accuracy|performance|costs?|time|memory|computation)\b"
    r"|^\s?(?:less|fewer|faster|smaller"
    r"|computational|reduction in|of (?:the )?(?:computation|cost|time|memory))\b",
    re.IGNORECASE,
)


_RELATIVE_BEFORE = re.compile(r"\brelative(?:ly)?\s(?:[\w-]+\s){0,2}(?:of\s|by\s)?$", re.IGNORECASE)


_SPLIT = re.compile(
    r"^[\s-]*(test-dev|test-std|val(?:idation)?|test(?:-challenge)?|dev|minival)\b(?:\s(?:set|split))?", re.IGNORECASE
)


_CONDITION = re.compile(
    r"\b(?:(?:when|while|by)\s)?(?:using|with|under|given|at|in|on)\s(?:the\s|only\s|just\s"
    r"|a\s)*(?:\d+(?:\.\d+)?\s?\\?%\s(?:of\s)?(?:the\s)?(?:[\w-]+\s){0,3}"
    r"(?:data|labels?|annotations?|labeled|supervision|examples|training|samples|set)"
    r"|\d+\s(?:labeled\s|training\s)?(?:examples?|samples?|labels?|shots?)(?:\sper\sclass)?"
    r"|(?:\d+-shot|zero-shot|few-shot|one-shot|low-resource|fully[- ]supervised|semi-supervised"
    r"|multi-scale testing)(?:\s(?:setting|settings|regime|scenario|setup|protocol))?)"
    r"|\bwithout\s(?:using\s|any\s)*(?:extra|additional|external|pseudo|fine-?tuning"
    r"|pre-?training|finetuning)(?:\s[\w-]+){0,2}|\bwith multi-scale testing\b",
    re.IGNORECASE,
)


_NEW_CLAUSE = re.compile(r"\b(?:achiev|reach|attain|obtain|outperform|surpass|improv|yield|set)\w*", re.IGNORECASE)


SCORES = {"after": 0.9, "before": 0.86, "list": 0.84, "unit": 0.7, "bare": 0.56, "weak": 0.4}


def find_results(reading: Reading) -> tuple[ResultClaim, ...]:
    """All results of a paper, by place."""
    found: list[ResultClaim] = []
    seen: int | None = None  # the last data set that the paper itself spoke of
    method = _main_method(reading)
    task = _main_task(reading)
    for index, line in enumerate(reading.lines):
        if line.zone not in ("background", "title", "availability"):
            found.extend(_results_of_line(reading, index, seen, method, task))
            seen = max(
                (m for m in reading.in_line[index] if reading.mentions[m].type == "Dataset"),
                default=seen,
                key=lambda m: -_distance_to_result(found, m, reading),
            )
    return tuple(sorted(found, key=lambda one: (one.field, one.start, one.end)))


def _distance_to_result(found: Sequence[ResultClaim], mention: int, reading: Reading) -> int:
    return 0 if found and found[-1].dataset == mention else 1


def _main_method(reading: Reading) -> int | None:
    introduced = [
        number
        for number, cue in enumerate(reading.cues)
        if cue == "introduced" and reading.mentions[number].type == "Method"
    ]
    return min(introduced, key=lambda n: (-reading.mentions[n].score, reading.line_of[n], n), default=None)


def _main_task(reading: Reading) -> int | None:
    tasks = [n for n, mention in enumerate(reading.mentions) if mention.type == "Task"]
    return min(
        tasks,
        key=lambda n: (reading.lines[reading.line_of[n]].sentence.field != "title", reading.line_of[n], n),
        default=None,
    )


def _results_of_line(
    reading: Reading, index: int, seen: int | None, main_method: int | None, main_task: int | None
) -> Iterator[ResultClaim]:
    text = reading.text_of(index)[:MAX_SENTENCE]
    if not any(c.isdigit() for c in text):
        return
    sentence = reading.lines[index].sentence
    claims = _claims(reading, index, text, list(numbers_of(text)))
    datasets = datasets_of(reading, index, text, claims)
    condition = _CONDITION.search(text)
    for at, claim in enumerate(claims):
        number = claim.number
        dataset = datasets[at]
        split = None
        if dataset is not None:
            after = _SPLIT.match(text[reading.span(dataset)[1] :])
            split = after.group(1) if after else None
        score = SCORES[claim.why]
        if dataset is None:
            dataset = seen
            score -= 0.04
        kind = _kind(text, claims, at)
        method = method_of(reading, index, number, main_method)
        yield ResultClaim(
            field=sentence.field,
            start=sentence.start + number.start,
            end=sentence.start + number.end,
            value=number.value,
            value_text=number.text,
            kind=kind,
            score=round(score, 4),
            unit=number.unit,
            metric=claim.metric,
            dataset=dataset,
            task=task_of(reading, index, text, claims, at, datasets[at], main_task),
            method=method,
            baseline=baseline_of(reading, index, text, number, method) if kind != "absolute" else None,
            condition=condition.group().strip() if condition else None,
            split=split,
            minimum=number.value if number.high is not None else None,
            maximum=number.high,
        )


def _claims(reading: Reading, index: int, text: str, numbers: Sequence[Number]) -> list[Claim]:
    """The numbers that are results; from right to left, because a list shares the metric that ends it."""
    metrics = [m for m in reading.in_line[index] if reading.mentions[m].type == "Metric"]
    starts = {reading.span(m)[0]: m for m in metrics}
    claiming = _CLAIMING.search(text) is not None
    found: list[Claim] = []
    after: Claim | None = None
    for at in range(len(numbers) - 1, -1, -1):
        number = numbers[at]
        metric, why = _metric_beside(reading, text, numbers, at, metrics, starts)
        if metric is None and after is not None and _is_list_gap(text[number.end : after.number.start]):
            metric, why = after.metric, "list" if after.metric is not None else after.why
        elif metric is None and claiming:
            delta = _DELTA_BEFORE.search(text[max(0, number.start - 40) : number.start]) or _DELTA_AFTER.match(
                text[number.end : number.end + 60]
            )
            if number.unit == "x":
                why = "weak"
            elif number.unit is not None:
                why = "unit"
            elif number.signed or (delta and "." in number.text):
                why = "bare"
        if why:
            after = Claim(number, metric, why)
            found.append(after)
        else:
            after = None
    found.reverse()
    return _inherit_metrics(reading, metrics, found)


def _metric_beside(
    reading: Reading, text: str, numbers: Sequence[Number], at: int, metrics: Sequence[int], starts: dict[int, int]
) -> tuple[int | None, str]:
    """The metric that a number stands with: "59.4% box AP", "6.1% in AP50", "an mIoU of 50.6", "AP=59.3"."""
    number = numbers[at]
    limit = numbers[at + 1].start if at + 1 < len(numbers) else len(text)
    for metric in metrics:
        start, end = reading.span(metric)
        if number.end <= start <= min(limit, number.end + 45) and _BETWEEN_METRIC.match(text[number.end : start]):
            return metric, "after"
    floor = numbers[at - 1].end if at else 0
    for metric in reversed(metrics):
        start, end = reading.span(metric)
        if (
            floor <= end <= number.start
            and number.start - end <= 24
            and _BEFORE_METRIC.fullmatch(text[end : number.start])
        ):
            return metric, "before"
    return None, ""


def _is_list_gap(gap: str) -> bool:
    """Whether only a list's signs stand between two numbers: "38.2 / 37.9 mAP", "2.6, 0.8 and 1.0 points"."""
    return len(gap) <= 12 and re.fullmatch(r"[\s,/&;]*(?:and|or|to|vs\.?)?[\s,/]*", gap) is not None


def _inherit_metrics(reading: Reading, metrics: Sequence[int], claims: Sequence[Claim]) -> list[Claim]:
    """A claim without a metric takes that of the claim before it, or the one named before it, or the only one."""
    last: int | None = metrics[0] if len(metrics) == 1 else None
    inherited = []
    for claim in claims:
        if claim.metric is None and claim.number.unit != "x":
            if last is None:
                last = next((m for m in reversed(metrics) if reading.span(m)[1] <= claim.number.start), None)
            claim = Claim(claim.number, last, claim.why)
        elif claim.metric is not None:
            last = claim.metric
        inherited.append(claim)
    return inherited


def _kind(text: str, claims: Sequence[Claim], at: int) -> ValueKind:
    number = claims[at].number
    before, after = text[max(0, number.start - 48) : number.start], text[number.end : number.end + 48]
    if number.unit == "x" or _RELATIVE_BEFORE.search(before) or _RELATIVE.search(after[:24]):
        return "relative"
    if number.text.startswith("+") or _DELTA_BEFORE.search(before) or _DELTA_AFTER.match(after):
        return "delta"
    if at + 1 < len(claims):  # "3.1 AP, 0.6 mAP and 1.7 mIoU better than": the last one speaks for the list
        gap = text[number.end : claims[at + 1].number.start]
        if (
            len(gap) <= 24
            and re.fullmatch(r"[\s\w@%/{}-]*(?:,|/|and)[\s\w]*", gap)
            and METRIC.sub("", gap).strip(" ,/%") in ("", "and")
        ):
            return _kind(text, claims, at + 1)
    if at and _kind_of_list_before(text, claims, at):
        return "delta"
    return "absolute"


def _kind_of_list_before(text: str, claims: Sequence[Claim], at: int) -> bool:
    """Whether the number goes on a list that "by" opened: "by 2.1 on rare AP and 3.3 on AP"."""
    number, earlier = claims[at].number, claims[at - 1].number
    gap = text[earlier.end : number.start]
    before = text[max(0, earlier.start - 48) : earlier.start]
    listed = len(gap) <= 60 and re.search(r"(?:,|\band)\s?$", gap) is not None and _NEW_CLAUSE.search(gap) is None
    return listed and (earlier.signed or _DELTA_BEFORE.search(before) is not None)
