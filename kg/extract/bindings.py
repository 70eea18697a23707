"""Claim -> Mention: the data set, task, method and baseline that a number belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.extract.claims import Claim
from kg.extract.numbers import Number
from kg.extract.reading import Reading
from kg.records import ConceptType

_AGAINST = re.compile(
    r"\b(?:over|than|compared (?:to|with)|against|outperform\w*|surpass\w*|exceed\w*|beat\w*"
    r"|improv\w+|upon)\s(?:the\s|its\s|previous\s|baseline\s|strong\s|existing\s|all\s)*$",
    re.IGNORECASE,
)

_PRETRAINED_ON = re.compile(r"\bpre-?train\w* (?:\w+ )?(?:on|with|using|from) (?:the )?$")
_PARTS = re.compile(r",|;|\band\b")
_ACHIEVES = re.compile(r"\s(?:\w+ly\s)?(?:achiev|reach|attain|obtain|scor|get|yield)\w*\s[^,;]*$")


def datasets_of(reading: Reading, index: int, text: str, claims: Sequence[Claim]) -> list[int | None]:
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
        if (
            preceding
            and following
            and dataset == following[0]
            and _closes_before(reading, text, claims, run, preceding)
        ):
            bound[run[0]] = preceding[-1]
    return bound


def _closes_before(
    reading: Reading, text: str, claims: Sequence[Claim], run: Sequence[int], preceding: Sequence[int]
) -> bool:
    """Whether a run's first number still belongs to what came before: "41 AP on A and 40 AP too, and 77 mIoU on B"."""
    if len(run) < 2:
        return False
    before = text[reading.span(preceding[-1])[1] : claims[run[0]].number.start]
    after = text[claims[run[0]].number.end : claims[run[1]].number.start]
    return "," not in before and " and " in before and re.search(r",\s(?:and|while|but)\s", after) is not None


def _is_share(reading: Reading, index: int, text: str, mention: int, claims: Sequence[Claim]) -> bool:
    """Pre-training data ("JFT pre-trained", "pre-trained on JFT") is not what the number was measured on."""
    start, end = reading.span(mention)
    if re.match(r"[\s-]*pre-?train(?:ed|ing)\b", text[end : end + 16]):
        return True
    return (
        re.search(r"\bpre-?train\w* (?:\w+ )?(?:on|with|using|from) (?:the )?$", text[max(0, start - 40) : start])
        is not None
    )


def _runs(reading: Reading, claims: Sequence[Claim], datasets: Sequence[int]) -> list[list[int]]:
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
    reading: Reading, claims: Sequence[Claim], datasets: Sequence[int], place: int, forward: bool
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


def _groups(text: str, claims: Sequence[Claim], run: Sequence[int]) -> list[list[int]]:
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


def _of_type(reading: Reading, index: int, type: ConceptType) -> list[int]:
    return [m for m in reading.in_line[index] if reading.mentions[m].type == type]


def task_of(
    reading: Reading,
    index: int,
    text: str,
    claims: Sequence[Claim],
    at: int,
    dataset: int | None,
    main_task: int | None,
) -> int | None:
    """The task of a number: behind its data set, between it and the next number, before it, else the main one."""
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
        if number.end <= start < limit and start - number.end <= 60 and not _PARTS.search(text[number.end : start]):
            return task
    if len({reading.concept_of[task] for task in tasks}) == 1:
        return tasks[0]
    return next((task for task in reversed(tasks) if reading.span(task)[1] <= number.start), main_task)


def method_of(reading: Reading, index: int, number: Number, main_method: int | None) -> int | None:
    """Who reached the number: the nearest new method before it, one that "achieved by" names, else the main method."""
    text = reading.text_of(index)
    methods = _of_type(reading, index, "Method")
    by = re.search(r"\b(?:achieved|obtained|reported|reached) by ", text[number.end : number.end + 60])
    if by:
        for method in methods:
            if 0 <= reading.span(method)[0] - (number.end + by.end()) <= 8:
                return method
    for method in reversed(methods):  # the subject, be it the paper's own or not
        if reading.span(method)[1] <= number.start and _ACHIEVES.match(text[reading.span(method)[1] : number.start]):
            return method
    before = [m for m in methods if reading.span(m)[1] <= number.start and reading.concept_of[m] in reading.new]
    if before:
        return before[-1]
    return main_method


def baseline_of(reading: Reading, index: int, text: str, number: Number, method: int | None) -> int | None:
    """What a difference is against: "over X", "than X", "outperforms X by 3"."""
    own = reading.concept_of[method] if method is not None else None
    for mention in _of_type(reading, index, "Method"):
        start = reading.span(mention)[0]
        if reading.concept_of[mention] != own and _AGAINST.search(text[max(0, start - 60) : start]):
            return mention
    return None
