"""Line -> Candidate: tasks by the nouns that only tasks end in, and lists of tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.extract.datasets import DATASET_HEADS
from kg.extract.document import Candidate, Line, make_candidate
from kg.extract.lexicon import HEADS, KNOWN_DATASET, LEADING, LEARNING, words
from kg.extract.names import trim
from kg.extract.phrases import (
    Word,
    head_type,
    is_generic,
    is_shaped,
    is_stop,
    may_start,
    phrase_at,
    singular,
)

_TASK_HEADS = words(
    """
    detection recognition segmentation classification retrieval captioning answering translation summarization
    summarisation tracking localization localisation grounding entailment comprehension parsing tagging forecasting
    identification re-identification super-resolution denoising inpainting extraction disambiguation reasoning
    estimation prediction generation perception understanding linking matching verification
    """
)


_LOOSE_HEADS = words(
    """
    estimation prediction generation perception understanding linking matching verification reasoning
    """
)


def listed_tasks(lines: Sequence[Line]) -> Iterator[Candidate]:
    """ "three tasks, including parsing, clone detection and tagging", "A (SHORT), B and C tasks"."""
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
        if "." in word.closes or (
            word.closes == "," and following.lower not in ("including", "such", "ranging", "namely")
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
        if "." in closed or (")" in closed and not short) or not ("," in closed or following in ("and", "or", "to")):
            break
    return items


def _backward_items(sentence_words: Sequence[Word], at: int) -> list[tuple[int, int]]:
    """The members of "A, B and C tasks": only where an "and" joins the last two."""
    first = at
    while first > 0 and at - first < 24:
        before = sentence_words[first - 1]
        if (is_stop(before) and before.lower not in ("and", "or")) or any(c in ".;:" for c in before.closes):
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


def task_names(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Phrases that end in a noun that only tasks end in: "few-shot object detection"."""
    for index, line in enumerate(lines):
        sentence_words = line.words
        for at, word in enumerate(sentence_words):
            head = word.lower.rsplit("-", 1)[-1] if word.lower not in _TASK_HEADS else word.lower
            learns = head == "learning" and at and sentence_words[at - 1].lower in LEARNING
            if not learns and (
                head not in _TASK_HEADS or (word.lower.endswith("-" + head) and len(word.lower) < len(head) + 4)
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
            if (first == at and head == word.lower and not measured) or is_generic(sentence_words[first : at + 1]):
                continue
            follows = sentence_words[at + 1].lower if at + 1 < len(sentence_words) and not word.closes else ""
            opens = at + 1 < len(sentence_words) and sentence_words[at + 1].opens.startswith("(")
            compound = (
                bool(follows)
                and not opens
                and not is_stop(sentence_words[at + 1])
                and singular(follows) not in _FOLLOWS
            )
            rank = 6 if compound or (head in _LOOSE_HEADS and line.zone != "title") else 4
            yield make_candidate(lines, index, first, at + 1, "Task", 0.45 if compound else 0.65, rank)


_FOLLOWS = DATASET_HEADS | {"task", "problem", "challenge", "performance", "result", "setting", "accuracy"}


def _joins(sentence_words: Sequence[Word], at: int) -> bool:
    word = sentence_words[at]
    if word.lower == "named" and singular(sentence_words[at + 1].text) == "entity":
        return True
    if word.closes or sentence_words[at + 1].opens or is_stop(word) or word.lower in LEADING:
        return False
    if (at and sentence_words[at - 1].lower == "to") or word.lower == "learning":
        return False  # a verb
    if KNOWN_DATASET.fullmatch(word.text) or "$" in word.text or _is_means(word):
        return False
    if word.lower.endswith("ing") and not may_start(word.lower) and _starts(sentence_words, at):
        return False
    return word.lower not in ("detect", "tasks", "task", "including") and not (
        singular(word.text) in HEADS and word.lower.endswith("s") and HEADS[singular(word.text)] != "Task"
    )


def _is_means(word: Word) -> bool:
    """Whether a modifier says by what means, not which task: "language-guided", "BERT-based", "detection-based"."""
    if word.lower.endswith(("-guided", "-driven", "-oriented", "-enhanced", "-inspired")):
        return True
    stem = word.text[:-6] if word.lower.endswith("-based") else ""
    return bool(stem) and (stem.lower() in _TASK_HEADS or is_shaped(stem) or any(c.isdigit() for c in stem))


def _starts(sentence_words: Sequence[Word], at: int) -> bool:
    """Whether a gerund starts its phrase, as a verb does ("Diversifying referring object detection")."""
    return at == 0 or is_stop(sentence_words[at - 1]) or sentence_words[at - 1].closes != ""
