"""Reading -> ResultClaim: the numbers that a paper claims, each with metric, data set, task, method and baseline.

Which numbers are results is said by `claims`, what they belong to by `bindings` and `credit`, and what
they measure by `kinds`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.extract.bindings import RESPECTIVELY, datasets_of, measured_datasets, task_of
from kg.extract.claims import Claim, claims_of, may_share
from kg.extract.credit import baseline_of, method_of
from kg.extract.kinds import kinds_of
from kg.extract.lexicon import KNOWN_DATASET, KNOWN_TASKS, METRIC, PARTS
from kg.extract.phrases import MAX_SENTENCE, head_type, is_shaped, name_words, singular
from kg.extract.reading import Reading
from kg.extract.unsure import UNSURE, Named, is_unsure
from kg.records import Mention, ResultClaim

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


# A paper that presents a data set does not measure all its gains on it.
_THE_DATASET = re.compile(
    r"\b(?:the|this|our)\s(?:\w+\s)?(?:introduced|presented|proposed|new|collected|same)?\s?"
    r"(?:data\s?set|corpus|benchmark|test set|dev set|validation set)\b",
    re.IGNORECASE,
)

_SEVERAL = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|several|multiple|various|many|all|both|\d\d?)\s"
    r"(?:[\w-]+\s){0,5}?(?:data\s?sets|databases|benchmarks|corpora|tasks|domains|languages)\b",
    re.IGNORECASE,
)
_ON_SOMETHING = re.compile(r"\b[Oo]n\s(?:the\s)?(?P<name>[A-Z][\w-]+)")
# "64.7% against onion sites": measured on what has no name, so on nothing that is named elsewhere
_ON_OURS = re.compile(r"\s?(?:[\w@-]+\s){0,2}?on our (?:[\w-]+\s){0,2}?(?:data\s?set|corpus|data|test set|benchmark)\b")
_OF_DATA = re.compile(r"\b(?:data\s?set|corpus|benchmark)\b", re.IGNORECASE)
# "On our image data set, the model reaches", "experiments on a new synthetic data set show"
_OUR_DATA = re.compile(
    r"\b[Oo]n (?:our (?:own )?|an? (?:new|novel|private|secret|in-house|synthetic|proprietary)[\s,]+)"
    r"(?:[\w-]+,?\s){0,4}?"
    r"(?:data\s?set|corpus|test set|database)\b"
)
_ON_ANOTHER = re.compile(
    r"\s?(?:[\w@-]+\s){0,4}?on (?:an?|two|three|four|five|six|several|various|other|another|different|multiple|unseen"
    r"|\d+)"
    r"\s(?:[a-z][\w-]*\s){0,4}?(?:data\s?sets?|test sets?|corpora|corpus|benchmarks?)\b(?!\s?[(:,]|\s[A-Z])"
)
_ELSEWHERE = re.compile(
    r"\s?(?:[\w@-]+\s){0,2}?(?:on|against|over|for)\s(?!(?:the|this|that|these|our|both|all|its|average|par|top|each|a)\b)"
    r"(?:[a-z]+(?:-[a-z]+)?\s){0,2}(?:sites|scans|images|videos|scenes|clips|patients|subjects|speakers|users|websites"
    r"|documents|tweets|texts|frames|recordings|traffic|pages)\b"
)
_NO_SHARE = re.compile(
    r"cost|time|memory|param|complexity|FLOP|size|speed|sampling|learning|latency|quality|efficiency", re.IGNORECASE
)

SCORES = {"after": 0.9, "before": 0.86, "list": 0.84, "unit": 0.7, "bare": 0.56, "weak": 0.4}


def find_results(reading: Reading) -> tuple[ResultClaim, ...]:
    """All results of a paper, by place."""
    found: list[ResultClaim] = []
    named = _named_datasets(reading)
    only = named[0] if len(named) == 1 else None
    several = len(named) > 1 or _is_about_data(reading)
    seen: list[int] = []  # the data sets that the paper itself last spoke of
    method = _main_method(reading)
    task = _main_task(reading)
    only_metric = _only_metric(reading)
    for index, line in enumerate(reading.lines):
        if line.zone not in ("background", "title", "availability"):
            fallback = only if only is not None else seen[0] if len(seen) == 1 else None
            told_apart = RESPECTIVELY.search(line.sentence.text) and measured_datasets(reading, index)
            ours = fallback is not None and _is_on_ours(reading, index, fallback)
            if told_apart or ours or _says_where(reading, index, alone=only is not None):
                fallback = None
            of_line = _results_of_line(reading, index, fallback, seen, several, only_metric, method, task)
            if fallback is not None and reading.concept_of[fallback] in reading.new:
                speaks = _THE_DATASET.search(line.sentence.text) is not None
                of_line = (
                    replace(one, dataset=None)
                    if one.dataset == fallback and one.kind != "absolute" and not speaks
                    else one
                    for one in of_line
                )
            found.extend(of_line)
        if line.zone in ("experiment", "contribution"):
            seen = _one_each(reading, measured_datasets(reading, index)) or seen
    return tuple(sorted(found, key=lambda one: (one.field, one.start, one.end)))


def _says_where(reading: Reading, index: int, alone: bool) -> bool:
    """Whether a line measures on something that is no mention, or on several things: no other line's data set is meant.

    ``alone``: the paper names one data set only, so that "respectively" tells other things apart.
    """
    text = reading.text_of(index)[:MAX_SENTENCE]
    if _SEVERAL.search(text) or (not alone and RESPECTIVELY.search(text)):
        return True
    spans = [reading.span(m) for m in reading.in_line[index] if not _names_data(reading.mentions[m])]
    return any(
        not any(start <= found.start("name") < end for start, end in spans) for found in _ON_SOMETHING.finditer(text)
    )


def _is_about_data(reading: Reading) -> bool:
    """Whether a paper is about a data set, as its title says: its numbers are measured on that."""
    return any(line.zone == "title" and _OF_DATA.search(line.sentence.text[:MAX_SENTENCE]) for line in reading.lines)


def _is_on_ours(reading: Reading, index: int, dataset: int) -> bool:
    """Whether a line measures on a data set of the authors that is not the one named elsewhere."""
    text = reading.text_of(index)[:MAX_SENTENCE]
    return reading.concept_of[dataset] not in reading.new and _OUR_DATA.search(text) is not None


def _names_data(mention: Mention) -> bool:
    """Whether a task begins with the name of what it is done on: "WILLOW segmentation"."""
    first, _, rest = mention.text.partition(" ")
    return mention.type == "Task" and rest != "" and is_shaped(first) and first not in KNOWN_TASKS


def _one_each(reading: Reading, mentions: Sequence[int]) -> list[int]:
    """The first mention of each concept."""
    firsts: dict[int, int] = {}
    for mention in mentions:
        firsts.setdefault(reading.concept_of[mention], mention)
    return list(firsts.values())


def _named_datasets(reading: Reading) -> list[int]:
    """The data sets that a paper names, whatever sentence names them: the first mention of each."""
    return _one_each(reading, [m for index in range(len(reading.lines)) for m in measured_datasets(reading, index)])


def _only_metric(reading: Reading) -> int | None:
    """The one metric that a paper names in what is its own; None where it names several, or one that is in no table."""
    own = ("experiment", "contribution", "title")
    named = [
        m
        for m, mention in enumerate(reading.mentions)
        if mention.type == "Metric"
        and not _NO_SHARE.search(mention.text)
        and reading.lines[reading.line_of[m]].zone in own
    ]
    different = _one_each(reading, named)
    return different[0] if len(different) == 1 and METRIC.fullmatch(reading.mentions[different[0]].text) else None


def _main_method(reading: Reading) -> int | None:
    introduced = [
        number
        for number, cue in enumerate(reading.cues)
        if cue == "introduced"
        and reading.mentions[number].type == "Method"
        and _is_whole(reading.mentions[number].text)
    ]
    return min(introduced, key=lambda n: (-reading.mentions[n].score, reading.line_of[n], n), default=None)


def _is_whole(name: str) -> bool:
    """Whether a paper's numbers may be those of a method: no part of one, no task, no line of a template.

    >>> [_is_whole(name) for name in ("LeafNet", "leaf tagging network", "leaf merging procedure", "Leaf Extraction")]
    [True, True, False, False]
    """
    inside = name_words(name)
    if inside and inside[0].lower.endswith(("ing", "ingly")) and not is_shaped(inside[0].text.title()):
        return False  # a title that is no name: "LEARNING TO COUNT", "Surprisingly Easy Counting"
    if any(is_shaped(word.text) for word in inside):
        return not re.search(r"\bET AL\b|,", name)
    head = singular(inside[-1].text) if inside else ""
    return head_type(inside) != "Task" and head not in PARTS and head not in ("procedure", "study", "analysis")


def _main_task(reading: Reading) -> int | None:
    tasks = [n for n, mention in enumerate(reading.mentions) if mention.type == "Task"]
    return min(
        tasks,
        key=lambda n: (reading.lines[reading.line_of[n]].sentence.field != "title", reading.line_of[n], n),
        default=None,
    )


def _results_of_line(
    reading: Reading,
    index: int,
    fallback: int | None,
    earlier: Sequence[int],
    several: bool,
    only_metric: int | None,
    main_method: int | None,
    main_task: int | None,
) -> Iterator[ResultClaim]:
    text = reading.text_of(index)[:MAX_SENTENCE]
    if not any(c.isdigit() for c in text):
        return
    sentence = reading.lines[index].sentence
    claims = claims_of(reading, index, text)
    if not claims:
        return
    datasets = datasets_of(reading, index, text, claims, earlier)
    kinds = kinds_of(text, [claim.number for claim in claims])
    condition = _CONDITION.search(text)
    here, on_ours = measured_datasets(reading, index), _OUR_DATA.search(text) is not None
    for at, claim in enumerate(claims):
        number = claim.number
        dataset = datasets[at]
        split = None
        if dataset is not None:
            after = _SPLIT.match(text[reading.span(dataset)[1] :])
            split = after.group(1) if after else None
        score = SCORES[claim.why]
        if number.unit in ("ms", "FPS"):  # often on a machine, and on no data set in particular
            dataset = dataset if _is_surely_data(reading, claims, datasets, dataset) else None
        elif dataset is None:
            dataset = fallback
            score -= 0.04
        ours = _ON_OURS.match(text, number.end) and (dataset is None or reading.concept_of[dataset] not in reading.new)
        unnamed = bool(ours or _ELSEWHERE.match(text, number.end) or _ON_ANOTHER.match(text, number.end))
        if dataset is not None and unnamed:
            behind = reading.line_of[dataset] == index and reading.span(dataset)[0] > number.end
            dataset = dataset if behind else None
        kind = kinds[at]
        metric = claim.metric
        if metric is None and only_metric is not None and number.unit in ("%", "points") and kind != "relative":
            metric = only_metric if may_share(text, number, reading.mentions[only_metric].text) else None
        unnamed = unnamed or on_ours
        if is_unsure(reading, index, text, claim, metric, dataset, Named(here, datasets, several, unnamed)):
            score = min(score, UNSURE)
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
            metric=metric,
            dataset=dataset,
            task=task_of(reading, index, text, claims, at, datasets[at], main_task),
            method=method,
            baseline=baseline_of(reading, index, text, claims, at, method) if kind != "absolute" else None,
            condition=condition.group().strip() if condition else None,
            split=split,
            minimum=number.value if number.high is not None else None,
            maximum=number.high,
        )


def _is_surely_data(
    reading: Reading, claims: Sequence[Claim], datasets: Sequence[int | None], dataset: int | None
) -> bool:
    """Whether what a speed is measured on is a data set: a well-known one, or one that other numbers have, too."""
    return dataset is not None and (
        KNOWN_DATASET.fullmatch(reading.mentions[dataset].text) is not None
        or any(
            other is not None and reading.concept_of[other] == reading.concept_of[dataset]
            for claim, other in zip(claims, datasets, strict=True)
            if claim.number.unit not in ("ms", "FPS")
        )
    )
