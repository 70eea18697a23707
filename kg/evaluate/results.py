"""Gold results of papers, as leaderboards record them, Extraction -> how many of them were found.

A line is a paper: ``id``, ``title``, ``abstract`` and ``results``, each with ``task``, ``dataset``, ``metric``,
``value`` and, where it is known, ``in``: the places where the paper says it. Wanted are the results that the abstract
says (all where no ``in`` is given); a claim may answer several of them, since one number often stands in several
leaderboards.
Leaderboards hold a few of a paper's numbers, so a claim that is none of them need not be wrong: there is no precision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kg.evaluate.gold import BadField, Objects, get_objects, get_text, get_texts, read_lines
from kg.evaluate.listing import number_of
from kg.evaluate.naming import contains, known_forms
from kg.evaluate.predictions import Predict
from kg.evaluate.texts import Texts
from kg.graph.claims import one_result_a_number
from kg.read.json_values import JsonObject
from kg.read.place import Place
from kg.records import ConceptType, Extraction, FieldName, ResultClaim
from kg.resolve import Catalogue, paper_names

STATED = "abstract"
LEVELS = ("value", "+ metric", "+ dataset", "+ task")
_TYPES: tuple[ConceptType, ...] = ("Metric", "Dataset", "Task")  # what each level after the first asks for


@dataclass(frozen=True, slots=True)
class LeaderboardResult:
    """A number with the names that a leaderboard gives it; "" where it gives none."""

    value: Decimal
    metric: str
    dataset: str
    task: str

    def names(self) -> tuple[str, str, str]:
        """In the order of the levels."""
        return self.metric, self.dataset, self.task


@dataclass(frozen=True, slots=True)
class ResultPaper:
    """A paper with what leaderboards record of it: ``wanted`` is what its abstract says."""

    id: str
    fields: Mapping[FieldName, str]
    wanted: tuple[LeaderboardResult, ...]
    others: tuple[LeaderboardResult, ...]
    no_number: int  # results whose value is no number, left out


def is_results(names: frozenset[str]) -> bool:
    """Whether a line with these fields looks like this gold."""
    return {"results", "value"} <= names and "entities" not in names


def result_papers(objects: Objects, texts: Texts) -> Iterator[ResultPaper]:
    """The papers of a file; a line with anything wrong is reported and left out."""
    return read_lines(objects, lambda found, place: _paper(found, place, texts))


def _paper(found: JsonObject, place: Place, texts: Texts) -> ResultPaper:
    id = get_text(found, "id", needed=False)
    title = get_text(found, "title", needed=False)
    if not id and not title:
        raise BadField("id", "nothing", "an id or a title")
    wanted, others, no_number = [], [], 0
    for number, one in enumerate(get_objects(found, "results")):
        try:
            value = number_of(get_text(one, "value", needed=False))
            result = LeaderboardResult(
                value or Decimal(0), *(get_text(one, part, needed=False) for part in ("metric", "dataset", "task"))
            )
            stated = "in" not in one or STATED in get_texts(one, "in")
        except BadField as bad:
            raise BadField(f"results[{number}].{bad.field}", bad.found, bad.expected) from None
        if value is None:
            no_number += 1
        elif stated:
            wanted.append(result)
        else:
            others.append(result)
    fields = texts.fields_of(found, title, id)
    return ResultPaper(id or title, fields, tuple(wanted), tuple(others), no_number)


@dataclass(frozen=True, slots=True)
class ResultScores:
    """How many results were wanted, and found at each level; how many claims there were beside."""

    papers: int
    wanted: int
    found: tuple[int, ...]  # by level
    extracted: int
    matching: int  # claims whose value some result of their paper has, wherever it stands
    no_number: int

    def recall(self, level: str) -> float:
        """The share of the wanted results that were found with what the level asks for."""
        return self.found[LEVELS.index(level)] / self.wanted if self.wanted else 0.0

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        names = ("value", "value_metric", "value_metric_dataset", "value_metric_dataset_task")
        return {
            "format": "results",
            "papers": self.papers,
            "gold": self.wanted,
            "found": dict(zip(names, self.found, strict=True)),
            "recall": {name: round(self.recall(level), 4) for name, level in zip(names, LEVELS, strict=True)},
            "extracted": self.extracted,
            "extracted_with_a_gold_value": self.matching,
            "left_out_no_number": self.no_number,
        }

    def as_text(self) -> str:
        """For people."""
        lines = [f"{self.papers} papers, {self.wanted} results that their texts state", "", "recall"]
        lines += [
            f"{level:<12} {self.recall(level):.3f}  ({count} of {self.wanted})"
            for level, count in zip(LEVELS, self.found, strict=True)
        ]
        lines += ["", f"{self.extracted} results extracted, {self.matching} of them with a value of the gold"]
        if self.no_number:
            lines.append(f"left out, the value being no number: {self.no_number}")
        return "\n".join(lines)


def score_results(
    papers: Iterable[ResultPaper], predict: Predict, catalogue: Catalogue, min_confidence: float = 0.5
) -> ResultScores:
    """The figures of ``predict`` on papers with gold; claims less sure than ``min_confidence`` do not count."""
    found = [0] * len(LEVELS)
    number = wanted = extracted = matching = no_number = 0
    for number, paper in enumerate(papers, 1):  # noqa: B007
        extraction = predict(paper.id, paper.fields)
        claims = [one for one in one_result_a_number(extraction.results) if one.score >= min_confidence]
        names = _Names(extraction, catalogue)
        values = {abs(one.value) for one in (*paper.wanted, *paper.others)}
        extracted += len(claims)
        matching += sum(any(value in values for value in _values(claim)) for claim in claims)
        wanted += len(paper.wanted)
        no_number += paper.no_number
        for result in paper.wanted:
            reached = max((names.level(claim, result) for claim in claims), default=0)
            for level in range(reached):
                found[level] += 1
    return ResultScores(number, wanted, tuple(found), extracted, matching, no_number)


def _values(claim: ResultClaim) -> Iterator[Decimal]:
    yield abs(claim.value)
    if claim.maximum is not None:
        yield abs(claim.maximum)


class _Names:
    """The names of one paper's mentions, with abbreviations written out and the catalogue's aliases."""

    def __init__(self, extraction: Extraction, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._mentions = [
            {mention.text, name.text}
            for mention, name in zip(extraction.mentions, paper_names(extraction).names, strict=True)
        ]

    def level(self, claim: ResultClaim, result: LeaderboardResult) -> int:
        """How many levels a claim reaches for a result, one after the other; what the result does not name is given."""
        if abs(result.value) not in _values(claim):
            return 0
        reached = 1
        for type, mention, name in zip(_TYPES, (claim.metric, claim.dataset, claim.task), result.names(), strict=True):
            if name and not self._same(type, mention, name):
                break
            reached += 1
        return reached

    def _same(self, type: ConceptType, mention: int | None, name: str) -> bool:
        if mention is None:
            return False
        ours = known_forms(self._mentions[mention], type, self._catalogue)
        theirs = known_forms([name], type, self._catalogue)
        return any(contains(one, other) for one in ours for other in theirs)
