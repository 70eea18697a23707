"""What curators say of one paper's statements -> the statements as they stand after that.

A rejected statement loses the sentences that the curator saw; it is gone when none is left, and comes back only with
another sentence. An accepted one, and one that a curator added, is certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from pyoxigraph import NamedNode

from kg.graph import vocabulary as v
from kg.records import Evidence, Statement

CERTAIN: Final = Decimal("1.0000")

Key = tuple[str, str, str]  # subject, predicate, object


@dataclass(frozen=True, slots=True)
class Number:
    """A number as a sentence writes it, and where in the sentence: it names a result whatever the paper is called."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Amendment:
    """What one entry of the curation log says, in the IRIs of this version of the graph.

    ``object`` is an IRI, or the number of a result. ``evidence`` is the sentence of an added statement.
    """

    action: Literal["accept", "reject", "add"]
    entry: str  # the IRI of the entry
    subject: str
    predicate: str
    object: str | Number
    quotes: tuple[str, ...]
    evidence: Evidence | None = None
    repository: str | None = None  # the URL, where the object is one


def amended(statements: Sequence[Statement], amendments: Sequence[Amendment]) -> list[Statement]:
    """The statements after the amendments, one after the other; those added are left to :func:`added`."""
    kept = list(statements)
    for one in amendments:
        if one.action != "add":
            kept = [after for statement in kept if (after := _after(statement, one)) is not None]
    return kept


def added(
    paper: str, statements: Sequence[Statement], amendments: Sequence[Amendment]
) -> tuple[list[Statement], dict[Key, str]]:
    """The statements with those that curators added, and which of them are theirs alone: by key, the entry's IRI.

    What was rejected after it was added is left out.
    """
    found: dict[Key, Statement] = {_key(statement): statement for statement in statements}
    entries: dict[Key, str] = {}
    for number, one in enumerate(amendments):
        if one.action != "add" or one.evidence is None or isinstance(one.object, Number):
            continue
        subject, obj = one.subject, one.object
        if NamedNode(one.predicate) in v.SYMMETRIC_PROPERTIES and obj < subject:
            subject, obj = obj, subject
        key = (subject, one.predicate, obj)
        alone = Statement(paper, *key, CERTAIN, (one.evidence,))
        if any(later.action == "reject" and _after(alone, later) is None for later in amendments[number + 1 :]):
            continue
        held = found.get(key)
        if held is None:
            entries[key] = one.entry
            found[key] = alone
        else:
            quotes = {evidence.exact for evidence in held.evidence}
            more = () if any(one.evidence.exact in quote for quote in quotes) else (one.evidence,)
            found[key] = replace(held, confidence=CERTAIN, evidence=(*held.evidence, *more))
    return [found[key] for key in sorted(found)], entries


def _after(statement: Statement, one: Amendment) -> Statement | None:
    if statement.predicate != one.predicate or not _same_ends(statement, one):
        return statement
    seen = [evidence for evidence in statement.evidence if _seen(evidence, one)]
    if not seen:
        return statement
    if one.action == "accept":
        return replace(statement, confidence=CERTAIN)
    left = tuple(evidence for evidence in statement.evidence if evidence not in seen)
    return replace(statement, evidence=left) if left else None


def _same_ends(statement: Statement, one: Amendment) -> bool:
    if isinstance(one.object, Number):
        return statement.subject == one.subject
    ends = (statement.subject, statement.object)
    turned = NamedNode(statement.predicate) in v.SYMMETRIC_PROPERTIES and ends == (one.object, one.subject)
    return turned or ends == (one.subject, one.object)


def _seen(evidence: Evidence, one: Amendment) -> bool:
    if evidence.exact not in one.quotes:
        return False
    return not isinstance(one.object, Number) or number_of(evidence) == one.object


def number_of(evidence: Evidence) -> Number | None:
    """The number that a result's sentence writes; None where the evidence has no such span."""
    if evidence.object_span is None:
        return None
    start, end = (offset - evidence.start for offset in evidence.object_span)
    return Number(evidence.exact[start:end], start)


def _key(statement: Statement) -> Key:
    return (statement.subject, statement.predicate, statement.object)
