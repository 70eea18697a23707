"""A graph -> what analytics look at: which papers name which concepts, how concepts relate, when papers appeared.

Everything is sorted, so that nothing computed from it depends on the order in which a store gives its triples.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.graph import vocabulary as v
from kg.graph.inferring import Read
from kg.records import CONCEPT_TYPES, ConceptType

Papers = Mapping[str, tuple[str, ...]]  # IRI of a concept -> IRIs of papers, sorted


@dataclass(frozen=True, slots=True)
class Corpus:
    """Papers and concepts by IRI. ``relations`` are (subject, object) -> how many graphs say so, in both directions
    where the relation is symmetric."""

    labels: Mapping[str, str]
    types: Mapping[str, ConceptType]
    mentioned: Papers
    addressed: Papers
    used: Papers  # methods that papers use or introduce
    relations: Mapping[tuple[str, str], int]
    subtasks: tuple[tuple[str, str], ...]
    years: Mapping[str, int]

    def label(self, iri: str) -> str:
        """The label of a concept or paper, or its IRI where it has none."""
        return self.labels.get(iri, iri)


def corpus_of(read: Read) -> Corpus:
    """Reads what is stated, by predicate: texts and evidence are not looked at."""
    classes = {kind: name for name, kind in v.CONCEPT_CLASSES.items()}
    found: dict[str, set[ConceptType]] = defaultdict(set)
    papers: set[str] = set()
    for subject, kind in read(v.RDF_type):
        if isinstance(subject, NamedNode) and isinstance(kind, NamedNode):
            if kind in classes:
                found[subject.value].add(classes[kind])
            elif kind == v.PT_Paper:
                papers.add(subject.value)
    types = {iri: next(one for one in CONCEPT_TYPES if one in found[iri]) for iri in sorted(found)}
    labels: dict[str, str] = {}
    for subject, label in read(v.RDFS_label):
        if isinstance(subject, NamedNode) and isinstance(label, Literal):
            iri = subject.value
            if iri in types or iri in papers:
                labels[iri] = min(label.value, labels.get(iri, label.value))
    years = {
        subject.value: int(year.value)
        for subject, year in read(v.PT_year)
        if isinstance(subject, NamedNode) and isinstance(year, Literal)
    }
    relations: Counter[tuple[str, str]] = Counter()
    # Namesakes are no relation: between two of one name a walk would never end.
    for predicate in sorted({*v.RELATION_PROPERTIES.values()} - {v.PT_sameNameAs}, key=lambda one: one.value):
        relations.update(pair for pair in _pairs(read, predicate) if pair[0] in types and pair[1] in types)
    used = [*_pairs(read, v.PT_uses), *_pairs(read, v.PT_introduces)]
    return Corpus(
        labels=labels,
        types=types,
        mentioned=_papers(_pairs(read, v.PT_mentions), types),
        addressed=_papers(_pairs(read, v.PT_addresses), {iri: one for iri, one in types.items() if one == "Task"}),
        used=_papers(used, {iri: one for iri, one in types.items() if one == "Method"}),
        relations={pair: relations[pair] for pair in sorted(relations)},
        subtasks=tuple(sorted(set(_pairs(read, v.PT_subTaskOf)))),
        years={iri: years[iri] for iri in sorted(years)},
    )


def _pairs(read: Read, predicate: NamedNode) -> list[tuple[str, str]]:
    return [
        (subject.value, found.value)
        for subject, found in read(predicate)
        if isinstance(subject, NamedNode) and isinstance(found, NamedNode)
    ]


def _papers(pairs: list[tuple[str, str]], concepts: Mapping[str, ConceptType]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for paper, concept in pairs:
        if concept in concepts:
            found[concept].add(paper)
    return {concept: tuple(sorted(found[concept])) for concept in sorted(found)}
