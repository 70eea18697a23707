"""Claim -> Mention: the data set and the task that a number belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from kg.extract.claims import Claim
from kg.extract.datasets import names_data
from kg.extract.reading import Reading
from kg.records import ConceptType

_PRETRAINED_ON = re.compile(r"\bpre-?train\w* (?:\w+ )?(?:on|with|using|from) (?:the )?$")
HARDWARE = re.compile(
    r"\b(?:GPUs?|CPUs?|TPUs?|GTX|RTX|Tesla|Titan|TITAN|Nvidia|NVIDIA|GeForce|Quadro|Jetson|Snapdragon|Xeon|iPhone"
    r"|Raspberry Pi|Galaxy (?:S\d|Note|Tab)|Samsung|Huawei|Xavier"
    r"|Pixel \d|iPad|MacBook|Kirin|Core i\d|[VAHP]100|1080\s?Ti|2080\s?Ti)\b"
)
RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_ON_NEXT = re.compile(r"(?!.*\band\s)[^,;:()]{0,40}\b(?:on|for|in|of)\s(?:the\s)?")
_LISTING = re.compile(r"(?:\s?\([^()]*\))?(?:\s[a-z]+)?\s?(?:,|/|&|,?\sand\b|,?\sor\b)\s?(?:the\s)?")
_ALIAS = re.compile(r"\s?\(")
_SAME_PLACE = re.compile(
    r"\s?(?:/|\(|,?\s?\(?(?:vs?\.?\s?s?\.?|versus|from|to|up from|compared (?:to|with)|against|instead of))\s?",
    re.IGNORECASE,
)
_PRETRAINING = re.compile(
    r"[\s-]*(?:(?:un|self-|semi-)?supervised\s)?pre-?train(?:ed|ing)\b|-(?:like|style|trained)\b", re.IGNORECASE
)
# "trained on A and tested on an unseen data set"
_TRAINED_ON = re.compile(r"\btrained (?:only )?(?:on|with) (?:the )?$")
_TESTED_NEXT = re.compile(
    r"(?:\s(?:data\s?set|corpus|images|data))?,?\s(?:and|but|then)\s(?:\w+\s)?(?:tested|evaluated)\son\b"
)
_NOT_IN = re.compile(r"\bnot (?:in|from|part of|seen in|covered by) (?:the )?$")  # "on the classes not in A"
_TRAINED_ASIDE = re.compile(r"\([^()]*\btrained (?:only )?on (?:the )?$")  # "the baseline (trained on A) has 41.2"
_TRAINING_NEXT = re.compile(r"\s(?:pre-?)?training (?:data|corpus|corpora|images|examples|samples|sentences|pairs)\b")
_TARGET_NEXT = re.compile(r"\s?(?:→|⇒|->|\$?\\(?:to|rightarrow)\$?)\s?[A-Z]")  # from one data set to another
_PART_OF = re.compile(r"\s(?:data\s?set|corpus|set|portion|subset|part|split|task|track)\s(?:of|from)\s(?:the\s)?")
# "FernBank 2005 and 2012", "LakeTalk test-clean and test-other"
_GOES_ON = re.compile(r",?\s?(?:and|,|/|&)\s?(?:the\s)?(?:(?:19|20)\d\d\b|[A-Z][\w-]+|(?:test|dev)-\w+)")
_ON_COMMON = re.compile(r"\s(?:on|for|in)\s(?!terms\b)[a-z]")
_SLASH = re.compile(r"\s?/\s?")
# A clause of its own begins with the next number: "the Fern baseline by 1.1% and achieves 96.1% on Lake"
NEXT_CLAUSE = re.compile(
    r";|,\s(?:while|whereas)\b"
    r"|\band\s(?:even\s|also\s|further\s|it\s|we\s)?(?:achiev|reach|attain|obtain|gets?\b|yield|improv|lift|scor|outperform|decreas|reduc|increas|rais|boost)\w*"
)
_NEW_CLAUSE = re.compile(
    r";|,\s(?:with|which|while)\b|\b(?:achiev|reach|attain|obtain|outperform|surpass|improv|yield|us|train|evaluat)\w*ing\b"
)
_PARTS = re.compile(r",|;|\band\b")


def datasets_of(
    reading: Reading, index: int, text: str, claims: Sequence[Claim], earlier: Sequence[int] = ()
) -> list[int | None]:
    """For each claim the data set of its sentence, or None.

    ``earlier``: those that the sentence before named, which a list may follow "respectively".
    """
    datasets = measured_datasets(reading, index)
    bound: list[int | None] = [None] * len(claims)
    if not datasets and claims and RESPECTIVELY.search(text):
        groups = _groups(reading, text, claims, range(len(claims)))
        if len(groups) == len(earlier) > 1:
            for group, dataset in zip(groups, earlier, strict=True):
                for at in group:
                    bound[at] = dataset
    if not datasets or not claims:
        return bound
    in_turn = _in_turn(reading, text, claims, datasets)
    for run in _runs(reading, claims, datasets):
        first, last = claims[run[0]].number.start, claims[run[-1]].number.end
        following = _dataset_run(reading, text, claims, datasets, last, forward=True)
        preceding = _dataset_run(reading, text, claims, datasets, first, forward=False)
        if in_turn == "DN":  # "On A it reaches 41.2, on B 57.0": each stands behind its data set
            following = []
        reached = bool(following) and (in_turn == "ND" or _reaches(text[last : reading.span(following[0])[0]]))
        before = _one_each(reading, [m for m in datasets if reading.span(m)[1] <= first])
        for at, dataset in _bound_run(reading, text, claims, run, preceding, following, before, reached).items():
            bound[at] = dataset
    return bound


def measured_datasets(reading: Reading, index: int) -> list[int]:
    """The data sets of a line that a number may be measured on, by place."""
    text = reading.text_of(index)
    return [m for m in of_type(reading, index, "Dataset") if _may_be_measured_on(reading, text, m)]


def _in_turn(reading: Reading, text: str, claims: Sequence[Claim], datasets: Sequence[int]) -> str:
    """Whether data sets (D) and numbers (N) take turns from the first to the last: "DN", "ND" or ""."""
    places = sorted(
        [(*reading.span(m), "D") for m in datasets] + [(claim.number.start, claim.number.end, "N") for claim in claims]
    )
    order = re.sub(r"(.)\1+", r"\1", "".join(sign for _, _, sign in places))
    if re.fullmatch("(?:ND){2,}", order):
        return "ND"
    on_next = any(  # "41.2 AP on B": B does not open a pair of its own
        one[2] + other[2] == "ND" and _ON_NEXT.fullmatch(text[one[1] : other[0]]) for one, other in pairwise(places)
    )
    return "DN" if re.fullmatch("(?:DN){2,}", order) and not on_next else ""


def _bound_run(
    reading: Reading,
    text: str,
    claims: Sequence[Claim],
    run: Sequence[int],
    preceding: Sequence[int],
    following: Sequence[int],
    everything: Sequence[int],
    reached: bool,
) -> dict[int, int]:
    """The data sets of the claims of a run.

    ``preceding``, ``following``: those that stand next to the run; ``everything``: all before it; ``reached``:
    whether those behind it belong to it.
    """
    first = claims[run[0]].number.start
    measured = [at for at in run if claims[at].number.unit not in ("ms", "FPS")]  # a speed is no member of a list
    groups = _groups(reading, text, claims, measured or run)
    aside = bool(preceding) and _in_parentheses(text[reading.span(preceding[-1])[1] : first])
    if reached and len(run) == len(following) > 1 and _between_slashes(reading, text, claims, run, following):
        return dict(zip(run, following, strict=True))
    pair = following if len(following) == len(groups) else preceding if not reached else []
    if pair == preceding and not RESPECTIVELY.search(text) and _says_where_each(text, claims, run):
        pair = []  # "on A and B, by 0.3 on finding cues and 4.3 on scopes"
    if len(groups) > 1 and pair == following and not _in_a_row(reading, text, following):
        pair = following = following[:1]  # "by 12% and 19% on A, with the best scores on B"
    if len(pair) == len(groups) > 1:
        return {at: named for group, named in zip(groups, pair, strict=True) for at in group}
    told_apart = len(groups) > 1 and RESPECTIVELY.search(text) is not None
    if told_apart and len(groups) == len(everything) and not following:
        return {at: named for group, named in zip(groups, everything, strict=True) for at in group}
    if told_apart and len(following) == 1 and _GOES_ON.match(text, reading.span(following[0])[1]):
        return dict.fromkeys(groups[0], following[0])  # the list goes on with a name that was not read
    if len(following) > 1 and RESPECTIVELY.search(text) and _in_rows(text, claims, run, len(following)):
        return {at: following[place % len(following)] for place, at in enumerate(run)}
    dataset = following[0] if following else None
    chosen = following
    if preceding and (aside or not reached):
        dataset, chosen = preceding[-1], preceding
    elif not reached:
        return {}
    if dataset is None or (told_apart and are_listed(reading, text, chosen)):
        return {}  # a list that is told apart, but not by what was read: better no data set than a wrong one
    bound = dict.fromkeys(run, dataset)
    if aside and following:  # what comes after the parentheses has a data set of its own
        closes = text.find(")", first)
        bound.update({at: following[0] for at in run if reached and 0 <= closes < claims[at].number.start})
    if preceding and following and dataset == following[0]:
        gaps = [text[claims[a].number.end : claims[b].number.start] for a, b in pairwise(run)]
        cut = next((at for at, gap in enumerate(gaps, 1) if NEXT_CLAUSE.search(gap)), 0)
        bound.update(dict.fromkeys(run[:cut], preceding[-1]))
    if preceding and following and dataset == following[0] and _closes_before(reading, text, claims, run, preceding):
        bound[run[0]] = preceding[-1]
    return bound


def _one_each(reading: Reading, mentions: Sequence[int]) -> list[int]:
    firsts: dict[int, int] = {}
    for mention in mentions:
        firsts.setdefault(reading.concept_of[mention], mention)
    return list(firsts.values())


def are_listed(reading: Reading, text: str, mentions: Sequence[int]) -> bool:
    """Whether two or more mentions stand side by side in a list: "A, B (b) and C"."""
    gaps = [text[reading.span(a)[1] : reading.span(b)[0]] for a, b in pairwise(mentions)]
    return bool(gaps) and all(_LISTING.fullmatch(gap) for gap in gaps)


def _in_rows(text: str, claims: Sequence[Claim], run: Sequence[int], width: int) -> bool:
    """Whether numbers stand in rows of so many between slashes: "accuracies of 61/62/63 and 71/72/73"."""
    gaps = [text[claims[a].number.end : claims[b].number.start].strip() for a, b in pairwise(run)]
    return len(run) % width == 0 and all((gap == "/") == ((at + 1) % width != 0) for at, gap in enumerate(gaps))


def _says_where_each(text: str, claims: Sequence[Claim], run: Sequence[int]) -> bool:
    """Whether numbers are told apart by something else than data sets: "by 0.3 on finding cues and 4.3 on scopes"."""
    return any(
        _ON_COMMON.search(text, claims[a].number.end, claims[b].number.start) is not None for a, b in pairwise(run)
    )


def _between_slashes(
    reading: Reading, text: str, claims: Sequence[Claim], run: Sequence[int], datasets: Sequence[int]
) -> bool:
    """Whether slashes part numbers and data sets alike: "7.2%/14.6% on Fern/Lake"."""
    numbers = [text[claims[a].number.end : claims[b].number.start] for a, b in pairwise(run)]
    names = [text[reading.span(a)[1] : reading.span(b)[0]] for a, b in pairwise(datasets)]
    return all(_SLASH.fullmatch(gap) for gap in (*numbers, *names))


def _in_a_row(reading: Reading, text: str, mentions: Sequence[int]) -> bool:
    """Whether no new clause begins between data sets: "on A (val), the larger B and C"."""
    gaps = [text[reading.span(a)[1] : reading.span(b)[0]] for a, b in pairwise(mentions)]
    return not any(_NEW_CLAUSE.search(gap) for gap in gaps)


def _closes_before(
    reading: Reading, text: str, claims: Sequence[Claim], run: Sequence[int], preceding: Sequence[int]
) -> bool:
    """Whether a run's first number still belongs to what came before: "41 AP on A and 40 AP too, and 77 mIoU on B"."""
    if len(run) < 2:
        return False
    before = text[reading.span(preceding[-1])[1] : claims[run[0]].number.start]
    after = text[claims[run[0]].number.end : claims[run[1]].number.start]
    return "," not in before and " and " in before and re.search(r",\s(?:and|while|but)\s", after) is not None


def _may_be_measured_on(reading: Reading, text: str, mention: int) -> bool:
    """No number is measured on pre-training data ("JFT pre-trained", "pre-trained on JFT"), hardware or a network."""
    start, end = reading.span(mention)
    if not names_data(text[start:end]) or _TARGET_NEXT.match(text, end) or _of_a_part(reading, text, mention):
        return False
    if _PRETRAINING.match(text, end) or _TRAINING_NEXT.match(text, end) or HARDWARE.search(text[start:end]):
        return False
    before = text[max(0, start - 40) : start]
    if _NOT_IN.search(before) or (_TRAINED_ON.search(before) and _TESTED_NEXT.match(text, end)):
        return False
    return _PRETRAINED_ON.search(before) is None and _TRAINED_ASIDE.search(before) is None


def _of_a_part(reading: Reading, text: str, mention: int) -> bool:
    """Whether a data set is only what another one is part of: LakeTalk in "the Fern portion of the LakeTalk corpus"."""
    start = reading.span(mention)[0]
    return any(
        other != mention
        and reading.mentions[other].type == "Dataset"
        and _PART_OF.fullmatch(text[reading.span(other)[1] : start] if reading.span(other)[1] <= start else "")
        for other in reading.in_line[reading.line_of[mention]]
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
    reading: Reading, text: str, claims: Sequence[Claim], datasets: Sequence[int], place: int, forward: bool
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
    for at, mention in enumerate(ordered):
        if at and _ALIAS.fullmatch(text[reading.span(ordered[at - 1])[1] : reading.span(mention)[0]]):
            continue  # "Long Name (LN)"
        concepts.setdefault(reading.concept_of[mention], mention)
    return list(concepts.values())


def _groups(reading: Reading, text: str, claims: Sequence[Claim], run: Sequence[int]) -> list[list[int]]:
    """Numbers of one data set belong together: "57.0/61.3", "41.2 vs. 40.8", "from 57.0 to 61.3", "41 AP (60 AP50)"."""
    groups: list[list[int]] = [[run[0]]]
    for at in run[1:]:
        start, end = claims[at - 1].number.end, claims[at].number.start
        metric = claims[at - 1].metric
        if metric is not None and start <= reading.span(metric)[0] < end:
            start = reading.span(metric)[1]
        if _SAME_PLACE.fullmatch(text[start:end]):
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def _in_parentheses(gap: str) -> bool:
    """Whether a number stands in parentheses behind a data set: "Flickr30K retrieval (with a recall@1 of 41.2)"."""
    return re.fullmatch(r"(?:\s?\[\d+\])?[\w\s-]{0,40}\([^()]{0,60}", gap) is not None


# "2.8 PQ over the best others on A", "1% better than Fern on A": what stands between is whom it is against
_RIVAL = re.compile(
    r"\s(?:over|than|compared (?:to|with))\s(?:(?!which\b|while\b|and\b)[\w@/.+-]+\s){1,8}on\s(?=(?:the\s(?:\w+\s)?)?$)"
)


def _reaches(gap: str) -> bool:
    """Whether a data set after a number belongs to it: no new clause and no bracket opens between."""
    aside = re.search(r"\((?!on\s|in\s|for\s)[^()]{4,}$", gap)
    gap = _RIVAL.sub(" on ", gap[:200])
    return (
        len(gap) <= 110
        and aside is None
        and not re.search(
            r"[;:]|\.\s|\b(?:which|while|whereas|compared|than|outperforming|surpassing|over)\b"
            r"|,\s(?:improves|lifts|raises|boosts|reaches|achieves|obtains|surpasses|outperforms|pushes)\b"
            r"|,\sand\s(?:it|they|is|are|was|has|wins?|ranks?)\s|,?\sand\s(?:\w+\s)?(?:achiev|reach|attain|obtain|outperform|surpass|rank|set|perform)\w*\b"
            r"|\b(?:first|second|third|1st|2nd|3rd|top) (?:place|prize|rank)|\b(?:winn|rank)(?:er|ing|ed)\b",
            gap,
        )
    )


def of_type(reading: Reading, index: int, type: ConceptType) -> list[int]:
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
    tasks = of_type(reading, index, "Task")
    if len(tasks) == len(claims) > 1 and RESPECTIVELY.search(text) and are_listed(reading, text, tasks):
        return tasks[at]
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
