"""Sentence, tagged Mention, Abbreviation -> Reading: a paper's lines with its mentions, joined to concepts.

Roles, relations and results are read off a Reading.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.extract.datasets import known_datasets, listed_datasets, named_beside_results
from kg.extract.document import Candidate, Line, lines_of
from kg.extract.introductions import introductions
from kg.extract.mentions import Joiner, settle
from kg.extract.methods import compared_phrases, shaped_names, used_phrases
from kg.extract.metrics import metric_names
from kg.extract.names import in_running_text, tagged_names
from kg.extract.phrases import is_shaped
from kg.extract.tasks import listed_tasks, task_names
from kg.records import Abbreviation, Mention, Sentence

_NAMED = re.compile(r",?\s(?:which is\s|that is\s)?(?:dubbed|called|named|termed|denoted)(?:\s(?:as|by))?\s")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a paper. Mentions are numbered as in the Extraction: sorted by (field, start, end)."""

    lines: tuple[Line, ...]
    mentions: tuple[Mention, ...]
    line_of: tuple[int, ...]  # of each mention
    cues: tuple[str, ...]  # of each mention, see Candidate
    concept_of: tuple[int, ...]  # of each mention: equal numbers name one concept of the paper
    in_line: tuple[tuple[int, ...], ...]  # mentions of each line, by place
    synonyms: tuple[tuple[int, int], ...]  # (short form, long form) that no parenthesis joins
    new: frozenset[int]  # concepts that the paper introduces

    def text_of(self, line: int) -> str:
        """A line's text."""
        return self.lines[line].sentence.text

    def span(self, mention: int) -> tuple[int, int]:
        """Where a mention stands in its sentence."""
        start = self.lines[self.line_of[mention]].sentence.start
        return self.mentions[mention].start - start, self.mentions[mention].end - start


def read(
    sentences: Sequence[Sentence], tagged: Sequence[Sequence[Mention]], abbreviations: Sequence[Abbreviation]
) -> Reading:
    """Sentences in reading order with what the tagger found in each, and the paper's abbreviations.

    Titles, abstracts and summaries say in a few words what a paper is about, so there every phrase in the shape of a
    task or method counts; in running text of unknown kind only what the tagger or a definition names.
    """
    lines = lines_of(sentences, abbreviations)
    running = all(sentence.field == "text" for sentence in sentences)
    candidates = [*named_beside_results(lines, tagged), *tagged_names(lines, tagged, first=running)]
    if running:
        candidates += in_running_text(lines, (*introductions(lines), *known_datasets(lines), *metric_names(lines)))
    else:
        candidates += [
            *introductions(lines),
            *known_datasets(lines),
            *listed_datasets(lines),
            *metric_names(lines),
            *listed_tasks(lines),
            *task_names(lines),
            *compared_phrases(lines),
            *used_phrases(lines),
            *shaped_names(lines),
        ]
    joiner = Joiner(abbreviations)
    settled = settle(lines, candidates, joiner)
    settled.sort(key=lambda one: (lines[one.line].sentence.field, one.start, one.end))
    mentions = tuple(
        Mention(lines[one.line].sentence.field, one.start, one.end, one.text, one.type, round(one.score, 4))
        for one in settled
    )
    concepts, synonyms = _join(lines, settled, joiner)
    in_line: dict[int, list[int]] = defaultdict(list)
    for number, one in enumerate(settled):
        in_line[one.line].append(number)
    return Reading(
        lines,
        mentions,
        tuple(one.line for one in settled),
        tuple(one.cue for one in settled),
        concepts,
        tuple(tuple(in_line[index]) for index in range(len(lines))),
        synonyms,
        frozenset(
            concept
            for concept, one in zip(concepts, settled, strict=True)
            if one.cue == "introduced" and one.type != "Metric"
        ),
    )


def _renames(lines: Sequence[Line], one: Candidate, other: Candidate) -> bool:
    """Whether a description is followed by the name it is given: "physical cell (PhysCell)", "head dubbed RHead"."""
    if one.line != other.line or one.type != other.type or not is_shaped(other.text) or " " in other.text:
        return False
    if " " not in one.text or any(is_shaped(word) for word in one.text.split()):
        return False
    sentence = lines[one.line].sentence
    gap = sentence.text[one.end - sentence.start : other.start - sentence.start]
    closes = sentence.text[other.end - sentence.start :][:1] == ")"
    return (gap == " (" and closes) or _NAMED.fullmatch(gap) is not None


def _join(
    lines: Sequence[Line], settled: Sequence[Candidate], joiner: Joiner
) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """The concept of each candidate, and the names that stand beside a long form of theirs without parentheses."""
    synonyms: list[tuple[int, int]] = []
    for number, one in enumerate(settled):
        if one.cue != "long":
            continue
        near = [
            other
            for other in range(max(0, number - 2), min(number + 3, len(settled)))
            if settled[other].line == one.line and settled[other].cue == "introduced"
        ]
        if any(joiner.concept(one.text) == joiner.concept(settled[other].text) for other in near):
            continue
        for other in near:
            gap = max(settled[other].start - one.end, one.start - settled[other].end)
            if 0 <= gap < 60 and joiner.concept(one.text) != joiner.concept(settled[other].text):
                joiner.join(settled[other].text, one.text)
                synonyms.append((other, number))
                break
    for described, named in pairwise(settled):
        if _renames(lines, described, named):
            joiner.join(named.text, described.text)
    numbers: dict[tuple[str, str], int] = {}
    concepts = tuple(numbers.setdefault((one.type, joiner.concept(one.text)), len(numbers)) for one in settled)
    return concepts, tuple(synonyms)
