"""Line -> Candidate: well-known data sets, and names before the word "dataset"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extract.document import Candidate, Line, make_candidate
from kg.extract.lexicon import KNOWN_DATASET, LEADING, METRIC, words
from kg.extract.phrases import (
    MAX_SENTENCE,
    Word,
    is_generic,
    is_shaped,
    is_stop,
    singular,
)

_DOMAINS = words(
    """
    vision language speech text image video audio nlp cv vl remote sensing medical biomedical clinical legal english
    chinese french german spanish arabic hindi japanese korean russian multilingual academic public standard
    """
)


DATASET_HEADS = {"dataset", "benchmark", "corpus", "challenge", "testbed", "leaderboard", "treebank", "corpora"}


NUMERAL = re.compile(r"^(?:v?\d+(?:\.\d+)*|[IVX]{1,4})$")


def known_datasets(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Well-known data sets, taken to the whole word ("Rotated-MNIST"), and their neighbours in lists."""
    for index, line in enumerate(lines):
        text = line.sentence.text[:MAX_SENTENCE]
        for found in KNOWN_DATASET.finditer(text):
            start, end = found.span()
            while start and (
                text[start - 1].isalnum() or (text[start - 1] == "-" and start > 1 and text[start - 2].isalnum())
            ):
                start -= 1
            while end + 1 < len(text) and (text[end].isalnum() or (text[end] == "-" and text[end + 1].isalnum())):
                end += 1
            yield Candidate(
                index, line.sentence.start + start, line.sentence.start + end, text[start:end], "Dataset", 0.88, 2
            )


def listed_datasets(lines: Sequence[Line]) -> Iterator[Candidate]:
    """ "the Corvus and Pica datasets", "on Half-MNIST and Lake 20 benchmarks": names before the class word."""
    for index, line in enumerate(lines):
        sentence_words = line.words
        acronyms = {
            sentence_words[short.first].text for one in lines for short in one.shorts for sentence_words in (one.words,)
        }
        known = [found.span() for found in KNOWN_DATASET.finditer(line.sentence.text[:MAX_SENTENCE])]
        for at, word in enumerate(sentence_words):
            if singular(word.text) not in DATASET_HEADS or at == 0 or word.opens:
                continue
            if any(start < word.start < end for start, end in known):
                continue  # "Penn Treebank" is whole
            last = at
            while (
                last > 1
                and at - last < 2
                and sentence_words[last - 1].text.islower()
                and not is_stop(sentence_words[last - 1])
                and not NUMERAL.match(sentence_words[last - 1].text)
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
                if all(one.lower in _DOMAINS for one in name) or any(one.text in acronyms for one in name):
                    continue
                if is_generic(name) or not _is_name(name) or any(METRIC.fullmatch(one.text) for one in name):
                    continue
                yield make_candidate(lines, index, start, end, "Dataset", 0.9, 2)


def _shaped_after_the(sentence_words: Sequence[Word], at: int) -> bool:
    """Whether "on the NAME" ends at a word: "on the FernDB random split dataset"."""
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
    return word.text[0].isupper() or is_shaped(word.text) or NUMERAL.match(word.text) is not None


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
    if len(name) == 1 and re.fullmatch(r"\d[\d.,]*[KMBT]?", name[0].text):
        return False  # "a curated 1M dataset"
    if not any(one.text[0].isupper() or is_shaped(one.text) for one in name):
        return False
    return not (name[0].start == 0 and len(name) == 1 and not is_shaped(name[0].text))
