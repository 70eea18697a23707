"""Line, Mention -> Candidate: names of data sets, metrics and tasks, by table and pattern; what the tagger found, trimmed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extract.document import Candidate, Line, make_candidate
from kg.extract.lexicon import GENERIC, HEADS, KNOWN_DATASET, LEADING, METRIC, words
from kg.extract.phrases import (
    MAX_SENTENCE,
    Word,
    head_type,
    is_generic,
    is_shaped,
    is_stop,
    phrase_at,
    singular,
    words_of,
)
from kg.records import ConceptType, Mention

_TASK_HEADS = words(
    """
    detection recognition segmentation classification retrieval captioning answering translation summarization
    summarisation tracking localization localisation grounding entailment comprehension parsing tagging forecasting
    identification re-identification super-resolution denoising inpainting extraction disambiguation reasoning
    estimation prediction generation perception understanding linking matching verification
    """
)
_LEARNING = {"representation", "continual", "incremental", "lifelong", "embedding", "few-shot", "zero-shot"}
_DATASET_HEADS = {"dataset", "benchmark", "corpus", "challenge", "testbed", "leaderboard", "treebank", "corpora"}
_NEAR_NUMBER = re.compile(r"\d(?:\\?%|\s?\}?\s?%)?[\s(]*(?:\w+\s){0,2}$|^\W*(?:\w+\s){0,3}[+-]?\d")
_PLAIN_METRIC = re.compile(r"^(?:precision|recall|latency|throughput|EM|PER|CER|AR)$")
_TRIM_BEFORE = LEADING | words("pre-trained pretrained proposed our their its novel new")
_TRIM_AFTER: dict[ConceptType, frozenset[str]] = {
    "Dataset": words("dataset datasets benchmark benchmarks data corpus corpora val validation test test-dev set"),
    "Task": words("task tasks problem problems benchmark benchmarks dataset datasets"),
    "Method": words("model models method methods framework frameworks algorithm approach approaches backbone network"),
    "Metric": words("metric metrics value values"),
}
_NUMERAL = re.compile(r"^(?:v?\d+(?:\.\d+)*|[IVX]{1,4})$")


def tagged_names(lines: Sequence[Line], tagged: Sequence[Sequence[Mention]]) -> Iterator[Candidate]:
    """The tagger's mentions, one tuple a line, without what is generic; praise and "dataset" are trimmed off."""
    for index, mentions in enumerate(tagged):
        for mention in mentions:
            inside = words_of(mention.text)
            kept = trim(inside, mention.type)
            if not kept or is_generic(kept) and not _short_name(kept):
                continue
            start, end = kept[0].start, kept[-1].end
            yield Candidate(
                index,
                mention.start + start,
                mention.start + end,
                mention.text[start:end],
                mention.type,
                mention.score,
                5,
            )


def _short_name(name: Sequence[Word]) -> bool:
    return len(name) == 1 and is_shaped(name[0].text)


def trim(name: Sequence[Word], type: ConceptType) -> Sequence[Word]:
    """A mention's words without praise before and class words after a name.

    >>> " ".join(w.text for w in trim(words_of("the popular COCO benchmark"), "Dataset"))
    'COCO'
    >>> " ".join(w.text for w in trim(words_of("BERT models"), "Method"))
    'BERT'
    >>> " ".join(w.text for w in trim(words_of("language models"), "Method"))
    'language models'
    """
    first, last = 0, len(name)
    while first < last - 1 and name[first].lower in _TRIM_BEFORE:
        first += 1
    tails = _TRIM_AFTER[type]
    while last - first > 1 and name[last - 1].lower in tails:
        if type == "Method" and not is_shaped(name[last - 2].text):
            break
        last -= 1
    return name[first:last]


def known_datasets(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Well-known data sets, taken to the whole word ("10-Split-CIFAR-100"), and their neighbours in lists."""
    for index, line in enumerate(lines):
        text = line.sentence.text[:MAX_SENTENCE]
        for found in KNOWN_DATASET.finditer(text):
            start, end = found.span()
            while start and (
                text[start - 1].isalnum() or text[start - 1] == "-" and start > 1 and text[start - 2].isalnum()
            ):
                start -= 1
            while end + 1 < len(text) and (text[end].isalnum() or text[end] == "-" and text[end + 1].isalnum()):
                end += 1
            yield Candidate(
                index, line.sentence.start + start, line.sentence.start + end, text[start:end], "Dataset", 0.88, 2
            )


def listed_datasets(lines: Sequence[Line]) -> Iterator[Candidate]:
    """ "the Borg and Copiale datasets", "on Split-CIFAR100 and CoRe 50 benchmarks": names before the class word."""
    for index, line in enumerate(lines):
        sentence_words = line.words
        acronyms = {
            sentence_words[short.first].text for one in lines for short in one.shorts for sentence_words in (one.words,)
        }
        for at, word in enumerate(sentence_words):
            if singular(word.text) not in _DATASET_HEADS or at == 0 or word.opens:
                continue
            last = at
            while (
                last > 1
                and at - last < 2
                and sentence_words[last - 1].text.islower()
                and not is_stop(sentence_words[last - 1])
                and not _NUMERAL.match(sentence_words[last - 1].text)
            ):
                last -= 1
            if last < at and not _shaped_after_the(sentence_words, last - 1):
                continue
            at = last
            first = at
            while first > 0 and at - first < 24 and _in_list(sentence_words, first - 1):
                first -= 1
            for start, end in _list_groups(sentence_words, first, at):
                name = sentence_words[start:end]
                if is_generic(name) or any(one.text in acronyms for one in name) or not _is_name(name):
                    continue
                yield make_candidate(lines, index, start, end, "Dataset", 0.9, 2)


def _shaped_after_the(sentence_words: Sequence[Word], at: int) -> bool:
    """Whether "on the NAME" ends at a word: "on the So2Sat random split dataset"."""
    return (
        at >= 2
        and is_shaped(sentence_words[at].text)
        and sentence_words[at - 1].lower == "the"
        and sentence_words[at - 2].lower == "on"
    )


def _in_list(sentence_words: Sequence[Word], at: int) -> bool:
    word = sentence_words[at]
    if word.lower in ("and", "&", "or"):
        return True
    if any(c in ".;:" for c in word.closes) or word.lower in LEADING or is_stop(word):
        return False
    return word.text[0].isupper() or is_shaped(word.text) or _NUMERAL.match(word.text) is not None


def _list_groups(sentence_words: Sequence[Word], first: int, last: int) -> list[tuple[int, int]]:
    groups, start = [], first
    for at in range(first, last):
        if sentence_words[at].lower in ("and", "&", "or"):
            groups.append((start, at))
            start = at + 1
        elif "," in sentence_words[at].closes or "/" in sentence_words[at].closes:
            groups.append((start, at + 1))
            start = at + 1
    groups.append((start, last))
    return [(a, b) for a, b in groups if b > a and b - a <= 5]


def _is_name(name: Sequence[Word]) -> bool:
    if not any(one.text[0].isupper() or is_shaped(one.text) for one in name):
        return False
    return not (name[0].start == 0 and len(name) == 1 and not is_shaped(name[0].text))


def listed_tasks(lines: Sequence[Line]) -> Iterator[Candidate]:
    """ "four tasks, including code search, clone detection and refinement", "A (SHORT), B and C tasks"."""
    for index, line in enumerate(lines):
        sentence_words = line.words
        for at, word in enumerate(sentence_words):
            if word.lower not in ("tasks", "applications", "problems"):
                continue
            opener = _opens_list(sentence_words, at)
            if opener is not None:
                spans = _forward_items(sentence_words, opener)
            elif word.lower == "tasks":
                spans = _backward_items(sentence_words, at)
            else:
                continue
            for start, end in spans:
                yield make_candidate(lines, index, start, end, "Task", 0.7, 4)


def _opens_list(sentence_words: Sequence[Word], at: int) -> int | None:
    """Where the members of a list start behind "tasks", or None."""
    for there in range(at, min(len(sentence_words) - 1, at + 8)):
        word, following = sentence_words[there], sentence_words[there + 1]
        if ":" in word.closes or following.lower in ("including", "namely", "like") or following.lower == "e.g":
            return there + 1 + (":" not in word.closes)
        if following.lower in ("such", "ranging") and there + 3 < len(sentence_words):
            return there + 3
        if (
            "." in word.closes
            or word.closes == ","
            and following.lower not in ("including", "such", "ranging", "namely")
        ):
            return None
    return None


def _forward_items(sentence_words: Sequence[Word], at: int) -> list[tuple[int, int]]:
    items: list[tuple[int, int]] = []
    for _ in range(12):
        while at < len(sentence_words) and sentence_words[at].lower in ("and", "or", "to", "from", "e.g"):
            at += 1
        phrase = phrase_at(sentence_words, at) if at < len(sentence_words) else None
        if phrase is None or phrase[1] - phrase[0] > 6:
            break
        first, last = phrase
        short = last < len(sentence_words) and sentence_words[last].opens.startswith("(")
        names = trim(sentence_words[first:last], "Task")
        if not is_generic(names) and not any(one.text[:1] in "$\\" for one in names):
            items.append((first + (names[0].start > sentence_words[first].start), first + len(names)))
        at = last + short
        closed = sentence_words[at - 1].closes
        following = sentence_words[at].lower if at < len(sentence_words) else ""
        if "." in closed or ")" in closed and not short or not ("," in closed or following in ("and", "or", "to")):
            break
    return items


def _backward_items(sentence_words: Sequence[Word], at: int) -> list[tuple[int, int]]:
    """The members of "A, B and C tasks": only where an "and" joins the last two."""
    first = at
    while first > 0 and at - first < 24:
        before = sentence_words[first - 1]
        if is_stop(before) and before.lower not in ("and", "or") or any(c in ".;:" for c in before.closes):
            break
        first -= 1
    joined = [there for there in range(first, at) if sentence_words[there].lower in ("and", "or")]
    if not joined or joined[-1] >= at - 1:
        return []
    items, start = [], first
    for there in range(first, at + 1):
        ends = there == at or sentence_words[there].lower in ("and", "or")
        comma = there < at and "," in sentence_words[there].closes
        if not (ends or comma):
            continue
        end = there + 1 if comma and not ends else there
        while end > start and sentence_words[end - 1].opens.startswith("("):
            end -= 1
        while start < end and sentence_words[start].lower in LEADING:
            start += 1
        named = sentence_words[start:end]
        task = named and (head_type(named) == "Task" or named[-1].text[0].isupper())
        if 2 <= end - start <= 6 and task and not is_generic(named):
            items.append((start, end))
        start = there + 1
    return items


def metric_names(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Metrics by table; the plain words among them only beside a number."""
    for index, line in enumerate(lines):
        text = line.sentence.text[:MAX_SENTENCE]
        for found in METRIC.finditer(text):
            name = found.group()
            if _PLAIN_METRIC.match(name) and not _beside_number(text, found.start(), found.end()):
                continue
            score = 0.9 if _beside_number(text, found.start(), found.end()) else 0.7
            yield Candidate(
                index,
                line.sentence.start + found.start(),
                line.sentence.start + found.end(),
                name,
                "Metric",
                score,
                2,
            )


def _beside_number(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 24) : start], text[end : end + 24]
    return bool(
        re.search(r"\d(?:\\?%)?\W*(?:[A-Za-z-]+\s){0,2}$", before) or re.match(r"\W*(?:[A-Za-z-]+\s){0,2}\W*\d", after)
    )


def task_names(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Phrases that end in a noun that only tasks end in: "few-shot object detection"."""
    for index, line in enumerate(lines):
        sentence_words = line.words
        for at, word in enumerate(sentence_words):
            head = word.lower.rsplit("-", 1)[-1] if word.lower not in _TASK_HEADS else word.lower
            learns = head == "learning" and at and sentence_words[at - 1].lower in _LEARNING
            if not learns and (
                head not in _TASK_HEADS or word.lower.endswith("-" + head) and len(word.lower) < len(head) + 4
            ):
                continue
            first = at
            while first > 0 and at - first < 5 and _joins(sentence_words, first - 1):
                first -= 1
            while first < at and (
                sentence_words[first].lower in LEADING or sentence_words[first].lower in ("task", "tasks")
            ):
                first += 1
            measured = first > 0 and KNOWN_DATASET.fullmatch(sentence_words[first - 1].text) is not None
            if first == at and head == word.lower and not measured or is_generic(sentence_words[first : at + 1]):
                continue
            follows = sentence_words[at + 1].lower if at + 1 < len(sentence_words) and not word.closes else ""
            compound = bool(follows) and not is_stop(sentence_words[at + 1]) and singular(follows) not in _FOLLOWS
            yield make_candidate(lines, index, first, at + 1, "Task", 0.45 if compound else 0.65, 6)


_FOLLOWS = _DATASET_HEADS | {"task", "problem", "challenge", "performance", "result", "setting", "accuracy"}


def _joins(sentence_words: Sequence[Word], at: int) -> bool:
    word = sentence_words[at]
    if word.closes or sentence_words[at + 1].opens or is_stop(word) or word.lower in LEADING:
        return False
    if KNOWN_DATASET.fullmatch(word.text) or "$" in word.text or _is_means(word):
        return False
    if word.lower.endswith("ing") and not _may_start(word.lower) and _starts(sentence_words, at):
        return False
    return word.lower not in ("detect", "tasks", "task", "including") and not (
        singular(word.text) in HEADS and word.lower.endswith("s") and HEADS[singular(word.text)] != "Task"
    )


_GERUNDS = words(
    "reading referring moving meeting sensing clustering spelling machine-reading lip-reading learning question-answering "
    "processing modeling modelling imaging engineering programming training pre-training"
)


def _may_start(gerund: str) -> bool:
    return gerund in _GERUNDS or gerund in HEADS or gerund in GENERIC


def _is_means(word: Word) -> bool:
    """Whether a modifier says by what means, not which task: "language-guided", "BERT-based", "detection-based"."""
    if word.lower.endswith(("-guided", "-driven", "-oriented", "-enhanced", "-inspired")):
        return True
    stem = word.text[:-6] if word.lower.endswith("-based") else ""
    return bool(stem) and (stem.lower() in _TASK_HEADS or is_shaped(stem) or any(c.isdigit() for c in stem))


def _starts(sentence_words: Sequence[Word], at: int) -> bool:
    """Whether a gerund starts its phrase, as a verb does ("Diversifying referring object detection")."""
    return at == 0 or is_stop(sentence_words[at - 1]) or sentence_words[at - 1].closes != ""


def is_concept_name(text: str, type: ConceptType) -> bool:
    """Whether a mention's text can name a concept at all.

    >>> is_concept_name("framework", "Method"), is_concept_name("siamese head", "Method"), is_concept_name("%", "Metric")
    (False, True, False)
    """
    inside = words_of(text)
    if not inside or not any(c.isalpha() for c in text):
        return False
    if _short_name(inside):
        return True
    if type == "Metric":
        return True
    if head_type(inside) is None and all(word.lower in GENERIC for word in inside):
        return False
    return not is_generic(inside)
