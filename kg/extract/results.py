"""Reading -> ResultClaim: the numbers that a paper claims, each with metric, data set, task, method and what it is against.

A number counts as a result when a metric stands beside it, or when its sentence speaks of gains and it has a unit.
Numbers in a list share what only one of them names; lists of numbers pair with lists of data sets of equal length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.extract.lexicon import METRIC, METRIC_AT
from kg.extract.numbers import Number, numbers_of
from kg.extract.phrases import MAX_SENTENCE
from kg.extract.reading import Reading
from kg.records import ConceptType, ResultClaim, ValueKind

_CLAIMING = re.compile(
    r"\b(?:improv\w+|outperform\w*|surpass\w*|gain\w*|increas\w+|boost\w*|exceed\w*|better|higher|lower\w*|drop\w*|achiev\w+"
    r"|reach\w*|attain\w*|obtain\w*|enhanc\w+|yield\w*|advantage|margin|superior|reduc\w+|decreas\w+|sav\w+|faster|beat\w*"
    r"|score[sd]?|accuracy|result\w*|performance|record|state[- ]of[- ]the[- ]art|give[sn]?|cut\w*|rais\w+|push\w*)\b",
    re.IGNORECASE,
)
_BEFORE_METRIC = re.compile(
    r"(?:\s?(?:scores?|rates?|values?))?\s?(?:=|:|of|at|is|was|to|by|reach(?:es|ing)?|from|up to|about|over)?\s?(?:about|around|up to|nearly|over)?\s?\(?$"
)
_BETWEEN_METRIC = re.compile(
    r"^[\s~]*(?:\(?(?:absolute|relative|percentage|points?|%|improvements?|gains?|increase|boost|higher|lower|better|reduction|"
    r"enhancement|drop|decrease|in|on|for|of|to|the|novel|overall|final|new|zero-shot|average|mean|terms|more|classification|box|mask)\s*){0,5}$",
    re.IGNORECASE,
)
_DELTA_BEFORE = re.compile(
    r"(?:\bby\s(?:up to\s|about\s|around\s|nearly\s|over\s|more than\s|at least\s|a (?:large )?margin of\s|an average of\s|roughly\s|approximately\s|an absolute\s)*"
    r"|\b(?:improvements?|gains?|increase|boost|enhancement|drop|reduction|decrease|margins?)\s(?:of|by)\s(?:up to\s|about\s|over\s|more than\s)*"
    r"|\b(?:up to|by|gains?|gained|gaining)\s(?:about\s|over\s)?)[+]?$",
    re.IGNORECASE,
)
_DELTA_AFTER = re.compile(
    r"^\s?(?:absolute\s|relative\s|average\s|[\w@-]+\s){0,3}?(?:improvements?|gains?|increase|boost|enhancement|better|higher|lower|more|reduction|drop|less|fewer|faster)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\brelative(?:ly)?\b|^\s?of the (?:accuracy|performance)|^\s?(?:less|fewer|faster|smaller|computational|reduction in|of (?:the )?(?:computation|cost|time|memory))\b",
    re.IGNORECASE,
)
_RELATIVE_BEFORE = re.compile(r"\brelative(?:ly)?\s(?:[\w-]+\s){0,2}(?:of\s|by\s)?$", re.IGNORECASE)
_AGAINST = re.compile(
    r"\b(?:over|than|compared (?:to|with)|against|outperform\w*|surpass\w*|exceed\w*|beat\w*|improv\w+|upon)\s(?:the\s|its\s|previous\s|baseline\s|strong\s|existing\s|all\s)*$",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"^[\s-]*(test-dev|test-std|val(?:idation)?|test(?:-challenge)?|dev|minival)\b(?:\s(?:set|split))?", re.IGNORECASE
)
_CONDITION = re.compile(
    r"\b(?:(?:when|while|by)\s)?(?:using|with|under|given|at|in|on)\s(?:the\s|only\s|just\s|a\s)*(?:\d+(?:\.\d+)?\s?\\?%\s(?:of\s)?(?:the\s)?(?:[\w-]+\s){0,3}"
    r"(?:data|labels?|annotations?|labeled|supervision|examples|training|samples|set)|\d+\s(?:labeled\s|training\s)?(?:examples?|samples?|labels?|shots?)(?:\sper\sclass)?"
    r"|(?:\d+-shot|zero-shot|few-shot|one-shot|low-resource|fully[- ]supervised|semi-supervised|multi-scale testing)(?:\s(?:setting|settings|regime|scenario|setup|protocol))?)"
    r"|\bwithout\s(?:using\s|any\s)*(?:extra|additional|external|pseudo|fine-?tuning|pre-?training|finetuning)(?:\s[\w-]+){0,2}|\bwith multi-scale testing\b",
    re.IGNORECASE,
)
_NEW_CLAUSE = re.compile(r"\b(?:achiev|reach|attain|obtain|outperform|surpass|improv|yield|set)\w*", re.IGNORECASE)

SCORES = {"after": 0.9, "before": 0.86, "list": 0.84, "unit": 0.7, "bare": 0.56, "weak": 0.4}


@dataclass(frozen=True, slots=True)
class _Claim:
    number: Number
    metric: int | None  # a mention
    why: str


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
    datasets = _bind_datasets(reading, index, text, claims)
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
        method = _method(reading, index, number, main_method)
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
            task=_task(reading, index, text, claims, at, datasets[at], main_task),
            method=method,
            baseline=_baseline(reading, index, text, number, method) if kind != "absolute" else None,
            condition=condition.group().strip() if condition else None,
            split=split,
            minimum=number.value if number.high is not None else None,
            maximum=number.high,
        )


# --- which numbers are claims, and their metrics ------------------------------------------------------------


def _claims(reading: Reading, index: int, text: str, numbers: Sequence[Number]) -> list[_Claim]:
    """The numbers that are results; from right to left, because a list shares the metric that ends it."""
    metrics = [m for m in reading.in_line[index] if reading.mentions[m].type == "Metric"]
    starts = {reading.span(m)[0]: m for m in metrics}
    claiming = _CLAIMING.search(text) is not None
    found: list[_Claim] = []
    after: _Claim | None = None
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
            after = _Claim(number, metric, why)
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
    """Whether only a list's signs stand between two numbers: "41.4 / 40.5 mAP", "2.6, 0.8 and 1.0 points"."""
    return len(gap) <= 12 and re.fullmatch(r"[\s,/&;]*(?:and|or|to|vs\.?)?[\s,/]*", gap) is not None


def _inherit_metrics(reading: Reading, metrics: Sequence[int], claims: Sequence[_Claim]) -> list[_Claim]:
    """A claim without a metric takes that of the claim before it, or the one named before it, or the only one."""
    last: int | None = metrics[0] if len(metrics) == 1 else None
    inherited = []
    for claim in claims:
        if claim.metric is None and claim.number.unit != "x":
            if last is None:
                last = next((m for m in reversed(metrics) if reading.span(m)[1] <= claim.number.start), None)
            claim = _Claim(claim.number, last, claim.why)
        elif claim.metric is not None:
            last = claim.metric
        inherited.append(claim)
    return inherited


def _kind(text: str, claims: Sequence[_Claim], at: int) -> ValueKind:
    number = claims[at].number
    before, after = text[max(0, number.start - 48) : number.start], text[number.end : number.end + 48]
    if number.unit == "x" or _RELATIVE_BEFORE.search(before) or _RELATIVE.search(after[:24]):
        return "relative"
    if number.text.startswith("+") or _DELTA_BEFORE.search(before) or _DELTA_AFTER.match(after):
        return "delta"
    if at + 1 < len(claims):  # "2.6 AP, 0.8 mAP and 1.0 mIoU better than": the last one speaks for the list
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


def _kind_of_list_before(text: str, claims: Sequence[_Claim], at: int) -> bool:
    """Whether the number goes on a list that "by" opened: "by 4.8 on novel AP and 11.4 on overall AP"."""
    number, earlier = claims[at].number, claims[at - 1].number
    gap = text[earlier.end : number.start]
    before = text[max(0, earlier.start - 48) : earlier.start]
    listed = len(gap) <= 60 and re.search(r"(?:,|\band)\s?$", gap) is not None and _NEW_CLAUSE.search(gap) is None
    return listed and (earlier.signed or _DELTA_BEFORE.search(before) is not None)


# --- data sets ----------------------------------------------------------------------------------------------


def _bind_datasets(reading: Reading, index: int, text: str, claims: Sequence[_Claim]) -> list[int | None]:
    """For each claim the data set of its sentence, or None."""
    datasets = [
        m
        for m in reading.in_line[index]
        if reading.mentions[m].type == "Dataset" and not _is_share(reading, index, text, m, claims)
    ]
    bound: list[int | None] = [None] * len(claims)
    if not datasets or not claims:
        return bound
    for run in _runs(reading, claims, datasets):
        first, last = claims[run[0]].number.start, claims[run[-1]].number.end
        following = _dataset_run(reading, claims, datasets, last, forward=True)
        preceding = _dataset_run(reading, claims, datasets, first, forward=False)
        groups = _groups(text, claims, run)
        reached = bool(following) and _reaches(text[last : reading.span(following[0])[0]])
        aside = bool(preceding) and _in_parentheses(text[reading.span(preceding[-1])[1] : first])
        pair = following if len(following) == len(groups) else preceding if not reached else []
        if len(pair) == len(groups) > 1:
            for group, named in zip(groups, pair, strict=True):
                for at in group:
                    bound[at] = named
            continue
        dataset = following[0] if following else None
        if preceding and (aside or not reached):
            dataset = preceding[-1]
        for at in run:
            bound[at] = dataset
    return bound


def _is_share(reading: Reading, index: int, text: str, mention: int, claims: Sequence[_Claim]) -> bool:
    """Pre-training data ("JFT pre-trained") is not what the number was measured on."""
    end = reading.span(mention)[1]
    return re.match(r"[\s-]*pre-?trained\b", text[end : end + 14]) is not None


def _runs(reading: Reading, claims: Sequence[_Claim], datasets: Sequence[int]) -> list[list[int]]:
    """Claims that no data set parts."""
    places = [reading.span(m)[0] for m in datasets]
    runs: list[list[int]] = []
    for at, claim in enumerate(claims):
        if at and not any(claims[at - 1].number.end <= place <= claim.number.start for place in places):
            runs[-1].append(at)
        else:
            runs.append([at])
    return runs


def _dataset_run(
    reading: Reading, claims: Sequence[_Claim], datasets: Sequence[int], place: int, forward: bool
) -> list[int]:
    """The data sets on one side of a place up to the next number, one for each concept."""
    run: list[int] = []
    for mention in datasets if forward else reversed(datasets):
        start, end = reading.span(mention)
        if forward and start >= place:
            if any(place <= claim.number.start < start for claim in claims):
                break
            run.append(mention)
        elif not forward and end <= place:
            if any(end <= claim.number.start < place for claim in claims) and run:
                break
            run.append(mention)
    ordered = run if forward else run[::-1]
    concepts: dict[int, int] = {}
    for mention in ordered:
        concepts.setdefault(reading.concept_of[mention], mention)
    return list(concepts.values())


def _groups(text: str, claims: Sequence[_Claim], run: Sequence[int]) -> list[list[int]]:
    """Numbers joined by a slash belong together."""
    groups: list[list[int]] = [[run[0]]]
    for at in run[1:]:
        gap = text[claims[at - 1].number.end : claims[at].number.start]
        if gap.strip() == "/":
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def _in_parentheses(gap: str) -> bool:
    """Whether a number stands in parentheses behind a data set: "Flickr30K retrieval (+4.8 in recall@1)"."""
    return re.fullmatch(r"[\w\s-]{0,40}\(", gap) is not None


def _reaches(gap: str) -> bool:
    """Whether a data set after a number belongs to it: no new clause stands between."""
    return len(gap) <= 110 and not re.search(
        r"[;:]|\.\s|\b(?:which|while|whereas|compared|than|outperforming|surpassing|over)\b", gap
    )


# --- task, method, baseline ---------------------------------------------------------------------------------


def _of_type(reading: Reading, index: int, type: ConceptType) -> list[int]:
    return [m for m in reading.in_line[index] if reading.mentions[m].type == type]


def _task(
    reading: Reading,
    index: int,
    text: str,
    claims: Sequence[_Claim],
    at: int,
    dataset: int | None,
    main_task: int | None,
) -> int | None:
    tasks = _of_type(reading, index, "Task")
    if dataset is not None:
        end = reading.span(dataset)[1]
        for task in tasks:
            if 0 <= reading.span(task)[0] - end <= 3:
                return task
    number = claims[at].number
    limit = claims[at + 1].number.start if at + 1 < len(claims) else len(text)
    for task in tasks:
        start = reading.span(task)[0]
        if number.end <= start < limit and start - number.end <= 60:
            return task
    if len({reading.concept_of[task] for task in tasks}) == 1:
        return tasks[0]
    return main_task


def _method(reading: Reading, index: int, number: Number, main_method: int | None) -> int | None:
    """Who reached the number: the nearest new method before it, one that "achieved by" names, else the main method."""
    text = reading.text_of(index)
    methods = _of_type(reading, index, "Method")
    by = re.search(r"\b(?:achieved|obtained|reported|reached) by ", text[number.end : number.end + 60])
    if by:
        for method in methods:
            if 0 <= reading.span(method)[0] - (number.end + by.end()) <= 8:
                return method
    before = [m for m in methods if reading.span(m)[1] <= number.start and reading.concept_of[m] in reading.new]
    if before:
        return before[-1]
    return main_method


def _baseline(reading: Reading, index: int, text: str, number: Number, method: int | None) -> int | None:
    """What a difference is against: "over X", "than X", "outperforms X by 3"."""
    own = reading.concept_of[method] if method is not None else None
    for mention in _of_type(reading, index, "Method"):
        start = reading.span(mention)[0]
        if reading.concept_of[mention] != own and _AGAINST.search(text[max(0, start - 60) : start]):
            return mention
    return None


def is_metric(text: str) -> bool:
    """Whether a text is a metric's name.

    >>> is_metric("box AP"), is_metric("boxes")
    (True, False)
    """
    return METRIC_AT.fullmatch(text) is not None
