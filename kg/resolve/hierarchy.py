"""Concepts, what papers call a kind of what -> what is above what, without a cycle.

Edges come from the catalogue, from the texts and from head words (head_words.py). The surest are taken first; an edge
that would close a cycle with surer ones is left out, so each cycle is broken at its weakest edge. The catalogue has no
cycle of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.records import Concept, ConceptType
from kg.resolve.head_words import heads, tasks_of
from kg.resolve.normal_forms import matching_form

CATALOGUE, HEAD_WORDS = 2.0, 0.8  # a text's edge has the score of its surest sentence, 0 to 1

Key = tuple[ConceptType, str]
Find = Callable[[ConceptType, str], str | None]  # (type, matching form) -> the key of the concept of that name


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """``narrow`` is a kind or a subtask of ``broad``; both are keys of concepts of ``type``."""

    type: ConceptType
    narrow: str
    broad: str


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """What is above each concept, by source, and what was left out."""

    above: Mapping[Key, tuple[str, ...]]  # by the catalogue or head words
    left_out: Mapping[Key, tuple[str, ...]]  # of the texts' edges


def build_hierarchy(concepts: Mapping[Key, Concept], said: Mapping[Edge, float], find: Find) -> Hierarchy:
    """The hierarchy over concepts; ``said`` are the edges of the texts.

    >>> concepts = {("Task", key): Concept(key, "Task", key) for key in ("bird detection", "birding")}
    >>> said = {Edge("Task", "bird detection", "birding"): 0.9, Edge("Task", "birding", "bird detection"): 0.6}
    >>> build_hierarchy(concepts, said, lambda type, form: None).left_out
    {('Task', 'birding'): ('bird detection',)}
    """
    derived: dict[Edge, float] = {}
    for type, key in concepts:
        for broad in concepts[type, key].broader:
            derived[Edge(type, key, broad)] = CATALOGUE
    for edge in _by_head_words(concepts, find):
        derived.setdefault(edge, HEAD_WORDS)
    weights = dict(derived)
    for edge, score in said.items():
        weights[edge] = max(weights.get(edge, 0.0), score)
    kept = _without_cycles(weights)
    above: dict[Key, list[str]] = defaultdict(list)
    left_out: dict[Key, list[str]] = defaultdict(list)
    for edge in sorted(derived.keys() & kept):
        above[edge.type, edge.narrow].append(edge.broad)
    for edge in sorted(said.keys() - kept):
        left_out[edge.type, edge.narrow].append(edge.broad)
    return Hierarchy({key: tuple(keys) for key, keys in above.items()}, {k: tuple(v) for k, v in left_out.items()})


def tasks_of_datasets(concepts: Iterable[Concept], find: Find) -> Iterator[tuple[Key, str]]:
    """(Dataset, key of the task) for each dataset whose name ends in that of a task."""
    for concept in concepts:
        if concept.type == "Dataset":
            for head in tasks_of(concept.key):
                task = find("Task", matching_form(head))
                if task is not None:
                    yield ("Dataset", concept.key), task
                    break


def _by_head_words(concepts: Mapping[Key, Concept], find: Find) -> Iterator[Edge]:
    for type, key in concepts:
        if concepts[type, key].broader:  # the catalogue has placed it
            continue
        for head in heads(key, type):
            broad = find(type, matching_form(head))
            if broad is not None and broad != key:
                yield Edge(type, key, broad)
                break


def _without_cycles(weights: Mapping[Edge, float]) -> set[Edge]:
    kept: set[Edge] = set()
    above: dict[Key, set[str]] = defaultdict(set)
    for edge in sorted(weights, key=lambda edge: (-weights[edge], edge)):
        if edge.narrow != edge.broad and not _reaches(above, edge.type, edge.broad, edge.narrow):
            above[edge.type, edge.narrow].add(edge.broad)
            kept.add(edge)
    return kept


def _reaches(above: Mapping[Key, set[str]], type: ConceptType, start: str, goal: str) -> bool:
    seen, ahead = {start}, [start]
    while ahead:
        one = ahead.pop()
        if one == goal:
            return True
        further = above.get((type, one), set()) - seen
        seen |= further
        ahead.extend(further)
    return False
