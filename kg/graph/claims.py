"""Extraction -> Statements: what the text says, each (subject, predicate, object) once, with all its sentences.

Claims whose concepts do not fit the ontology (``pt:usedFor`` from a dataset) are dropped here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pyoxigraph import NamedNode

from kg.graph import vocabulary as v
from kg.graph.iris import Iris
from kg.records import (
    FIELD_NAMES,
    ROLE_RANGES,
    Concept,
    Evidence,
    Extraction,
    FieldName,
    Mention,
    RepositoryMention,
    ResultClaim,
    Sentence,
    Statement,
    record_to_json,
)

# What a text may call its own code; a project's page or another address is told apart (pt:hasProjectPage).
CODE_KINDS: Final = frozenset({"code", "model", "dataset", "archive"})

_FOUR_DIGITS: Final = Decimal("0.0001")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Claim:
    """One reading of one sentence: what it says, how sure, and where."""

    subject: NamedNode
    predicate: NamedNode
    object: NamedNode
    confidence: Decimal
    evidence: Evidence


class Quotes:
    """Finds the sentence around a span of a field, as it is stored."""

    def __init__(self, sentences: Iterable[Sentence], fields: Mapping[FieldName, str]) -> None:
        self._fields = fields
        self._sentences: dict[FieldName, list[Sentence]] = {}
        for sentence in sorted(sentences, key=lambda one: (one.start, one.end)):
            self._sentences.setdefault(sentence.field, []).append(sentence)

    def evidence(self, field: FieldName, *spans: Span, subject: Span | None, obj: Span | None) -> Evidence:
        """The sentence (or the run of sentences) that holds all ``spans``, or the spans alone where none does."""
        start, end = min(first for first, _ in spans), max(last for _, last in spans)
        among = self._sentences.get(field, [])
        first = bisect_right(among, start, key=lambda one: one.start) - 1
        last = bisect_right(among, end - 1, key=lambda one: one.start) - 1
        if first >= 0 and among[first].end > start:
            start = among[first].start
        if last >= 0 and among[last].end >= end:
            end = among[last].end
        return Evidence(field, start, end, self._literal(field, start, end), subject, obj)

    def _literal(self, field: FieldName, start: int, end: int) -> str:
        if field in self._fields:
            return self._fields[field][start:end]
        inside = [one for one in self._sentences.get(field, []) if start <= one.start and one.end <= end]
        return inside[0].text if len(inside) == 1 else " ".join(one.text for one in inside)


def confidence_of(score: float) -> Decimal:
    """A score as the graph holds it: between 0 and 1, rounded to four digits.

    >>> confidence_of(0.87654321), confidence_of(1.0000001)
    (Decimal('0.8765'), Decimal('1.0000'))
    """
    return min(max(Decimal(str(score)), Decimal(0)), Decimal(1)).quantize(_FOUR_DIGITS)


def paper_claims(
    paper: NamedNode, extraction: Extraction, concepts: Sequence[Concept | None], iris: Iris, quotes: Quotes
) -> Iterator[Claim]:
    """All that an extraction says, apart from mentions without a role (see :func:`mention_claims`)."""
    yield from _role_claims(paper, extraction, concepts, iris, quotes)
    yield from _relation_claims(extraction, concepts, iris, quotes)
    for result in one_result_a_number(extraction.results):
        span = (result.start, result.end)
        yield Claim(
            paper,
            v.PT_reports,
            iris.result(paper, result.field, result.start, result.end),
            confidence_of(result.score),
            quotes.evidence(result.field, span, subject=None, obj=span),
        )
    for repository in extraction.repositories:
        span = (repository.start, repository.end)
        yield Claim(
            paper,
            repository_property(repository),
            iris.repository(repository.url),
            confidence_of(repository.score),
            quotes.evidence(repository.field, span, subject=None, obj=span),
        )


def mention_claims(
    paper: NamedNode, extraction: Extraction, concepts: Sequence[Concept | None], iris: Iris, quotes: Quotes
) -> Iterator[Claim]:
    """``pt:mentions`` for each mention that is a concept, ``pt:inField`` for a field of study."""
    for mention, concept in zip(extraction.mentions, concepts, strict=True):
        if concept is not None:
            span = (mention.start, mention.end)
            yield Claim(
                paper,
                v.PT_inField if concept.field else v.PT_mentions,
                iris.concept(concept.type, concept.key),
                confidence_of(mention.score),
                quotes.evidence(mention.field, span, subject=None, obj=span),
            )


def repository_property(repository: RepositoryMention) -> NamedNode:
    """What a paper has to do with an address that its text holds."""
    if not repository.own:
        return v.PT_mentionsRepository
    return v.PT_hasRepository if repository.kind in CODE_KINDS else v.PT_hasProjectPage


def one_result_a_number(results: Iterable[ResultClaim]) -> list[ResultClaim]:
    """The surest claim for each number in the text, in the order of the text."""
    best: dict[tuple[str, int, int], ResultClaim] = {}
    for result in sorted(results, key=lambda one: (-one.score, record_to_json(one))):
        best.setdefault((result.field, result.start, result.end), result)
    return sorted(best.values(), key=lambda one: (FIELD_NAMES.index(one.field), one.start, one.end))


def statements_of(paper: NamedNode, claims: Iterable[Claim]) -> list[Statement]:
    """One Statement for each (subject, predicate, object), sorted; several claims give several evidences.

    The confidence is that of the surest claim: readings of one extractor err together, so a noisy-or, which takes
    them for independent witnesses, would claim too much.
    """
    grouped: dict[tuple[str, str, str], list[Claim]] = {}
    for claim in claims:
        grouped.setdefault((claim.subject.value, claim.predicate.value, claim.object.value), []).append(claim)
    return [
        Statement(
            paper.value,
            *triple,
            max(claim.confidence for claim in group),
            tuple(sorted({claim.evidence for claim in group}, key=_evidence_order)),
        )
        for triple, group in sorted(grouped.items())
    ]


def _evidence_order(evidence: Evidence) -> tuple[int, int, int, Span, Span]:
    return (
        FIELD_NAMES.index(evidence.field),
        evidence.start,
        evidence.end,
        evidence.subject_span or (-1, -1),
        evidence.object_span or (-1, -1),
    )


def _role_claims(
    paper: NamedNode, extraction: Extraction, concepts: Sequence[Concept | None], iris: Iris, quotes: Quotes
) -> Iterator[Claim]:
    for role in extraction.roles:
        mention, concept = extraction.mentions[role.mention], concepts[role.mention]
        if concept is None or concept.field or concept.type not in ROLE_RANGES[role.role]:
            continue
        span = (mention.start, mention.end)
        yield Claim(
            paper,
            v.ROLE_PROPERTIES[role.role],
            iris.concept(concept.type, concept.key),
            confidence_of(role.score),
            quotes.evidence(mention.field, span, subject=None, obj=span),
        )


def _relation_claims(
    extraction: Extraction, concepts: Sequence[Concept | None], iris: Iris, quotes: Quotes
) -> Iterator[Claim]:
    for relation in extraction.relations:
        subject, obj = concepts[relation.head], concepts[relation.tail]
        if subject is None or obj is None or (subject.type, subject.key) == (obj.type, obj.key):
            continue
        if (subject.type, obj.type) not in v.RELATION_SIGNATURES[relation.type]:
            continue
        head, tail = extraction.mentions[relation.head], extraction.mentions[relation.tail]
        if head.field != tail.field:
            continue
        predicate = v.RELATION_PROPERTIES[relation.type]
        subject_iri, object_iri = iris.concept(subject.type, subject.key), iris.concept(obj.type, obj.key)
        if predicate in v.SYMMETRIC_PROPERTIES and object_iri.value < subject_iri.value:
            # "A against B" and "B against A" are one statement, under the smaller IRI.
            subject_iri, object_iri, head, tail = object_iri, subject_iri, tail, head
        yield Claim(
            subject_iri,
            predicate,
            object_iri,
            confidence_of(relation.score),
            quotes.evidence(head.field, _span(head), _span(tail), subject=_span(head), obj=_span(tail)),
        )


def _span(mention: Mention) -> Span:
    return (mention.start, mention.end)
