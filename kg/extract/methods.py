"""Line -> Candidate: methods that the tagger missed: what is used, compared with, or in the shape of a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.extract.datasets import NUMERAL
from kg.extract.document import Candidate, Line, make_candidate
from kg.extract.lexicon import FIELDS, KNOWN_DATASET, KNOWN_TASKS, METRIC, words
from kg.extract.names import CLASS_WORDS, FORMULA, SIZE, names_something, trim
from kg.extract.phrases import (
    head_type,
    is_generic,
    is_shaped,
    is_stop,
    phrase_at,
    singular,
)
from kg.records import ConceptType


def used_phrases(lines: Sequence[Line]) -> Iterator[Candidate]:
    """What the paper says it uses, where its last word is a method's: "we employ a two-stage detector"."""
    for index, line in enumerate(lines):
        if line.zone in ("title", "background", "availability"):
            continue
        for at, word in enumerate(line.words[:-1]):
            if word.lower not in _USE_WORDS or word.closes:
                continue
            phrase = phrase_at(line.words, at + 1)
            if phrase is None or phrase[1] - phrase[0] > 5 or phrase[0] - at > 4:
                continue
            kept = trim(line.words[phrase[0] : phrase[1]], "Method")
            if head_type(kept) == "Method" and len(kept) > 1 and names_something(kept, "Method", False):
                first = phrase[0] + (phrase[1] - phrase[0] - len(kept) if kept[-1] is line.words[phrase[1] - 1] else 0)
                yield make_candidate(lines, index, first, first + len(kept), "Method", 0.55, 6)


def compared_phrases(lines: Sequence[Line]) -> Iterator[Candidate]:
    """What the paper compares with: "improvements over strong supervised training baselines"."""
    for index, line in enumerate(lines):
        if line.zone in ("title", "background", "availability"):
            continue
        for at, word in enumerate(line.words[:-1]):
            if word.lower not in _THAN_WORDS and not (word.lower == "to" and at and line.words[at - 1].lower in _LIKE):
                continue
            phrase = phrase_at(line.words, at + 1)
            if phrase is None or phrase[1] - phrase[0] > 5 or phrase[0] - at > 4 or word.closes:
                continue
            first, last = phrase
            if singular(line.words[last - 1].text) in CLASS_WORDS | {"baseline", "counterpart"}:
                last -= 1
            if (
                last - first > 1
                and head_type(line.words[first:last]) == "Method"
                and not is_generic(line.words[first:last])
            ):
                yield make_candidate(lines, index, first, last, "Method", 0.55, 6)


_THAN_WORDS = words(
    """
    than over outperforms outperforming outperform surpasses surpassing surpass unlike beats exceeds versus
    """
)


_LIKE = words("comparable compared superior competitive similar")


_USE_WORDS = words(
    """
    integrating integrate incorporating using use uses via employ employs employing leverage leverages leveraging
    utilize utilizes adopt adopts through into applying apply combining
    """
)


def shaped_names(lines: Sequence[Line]) -> Iterator[Candidate]:
    """Words in the shape of a name that nothing else takes: "with Swin-L", "improves DetReg by"."""
    acronyms: dict[str, ConceptType | None] = {}
    for line in lines:
        for short in line.shorts:
            long = line.words[short.long_first : short.long_last]
            acronyms[singular(line.words[short.first].text)] = head_type(long)
    for index, line in enumerate(lines):
        if line.zone in ("title", "availability"):
            continue
        for at, word in enumerate(line.words):
            if len(word.text) < 3 or not is_shaped(word.text) or word.lower in _NO_METHODS or FORMULA.search(word.text):
                continue
            if SIZE.fullmatch(word.text) or acronyms.get(singular(word.text), "Method") != "Method":
                continue
            if "http" in word.lower or "/" in word.text or "." in word.text or NUMERAL.match(word.text):
                continue
            following = line.words[at + 1] if at + 1 < len(line.words) and not word.closes else None
            if following is not None and not is_stop(following) and head_type((following,)) not in (None, "Method"):
                continue
            if (
                word.text in KNOWN_TASKS
                or word.text in FIELDS
                or METRIC.fullmatch(word.text)
                or KNOWN_DATASET.fullmatch(word.text)
            ):
                continue
            if "-" in word.text and word.text.rsplit("-", 1)[1].islower():
                continue  # "BERT-based"
            yield make_candidate(lines, index, at, at + 1, "Method", 0.55, 7)


_NO_METHODS = words(
    """
    gpu gpus cpu cpus tpu tpus ram rgb rgb-d sota cvpr iccv eccv neurips icml iclr acl emnlp naacl aaai ieee acm usa
    api apis url urls html json pdf faq covid covid-19 ios phd 2d 3d 4d 1d id ids ood iid 100k 10k ai ml nlp flops
    gflops params ids html5 kb mb gb tb usd eu uk us i.i.d non-iid x-ray x-rays mri ct
    """
)
