"""A query -> candidates with scores: names and properties compared, a match only where nothing speaks against it.

Scores go from 0 to 100. A candidate is a match where its name agrees but for case, hyphens, plurals and brackets, no
other candidate fits as well, and no property contradicts. People are never matched by name alone.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from kg.link.matching import form_of
from kg.serve.entity_lookup import Lookup
from kg.serve.reconcile_request import Constraint, ReconciliationQuery, Wanted
from kg.serve.reconcile_schema import CONCEPTS, SEARCHED, Property, searched_types, types_of
from kg.serve.reconcile_values import (
    entities_by_identifier,
    entities_having,
    labels_of,
    same_number,
    texts_of,
    type_of,
    values_of,
)
from kg.store import SearchHit

POOL: Final = 25  # candidates that are compared with a query
_MOST_WORDS = 8
_UNSURE: Final = 0.9
SURE: Final = 0.95  # of a name: the same but for case, plural, hyphens
AGREES: Final = 0.9  # of a property
_MARGIN: Final = 0.03
_LEAST: Final = 0.4  # what scores less is no candidate
_COMPARED_VALUES = 300
_WORD = re.compile(r"[^\W_]+")


class Searching(Protocol):
    """The search index of a version of the graph."""

    def search(self, text: str, types: Sequence[str] | None = None, limit: int = 20) -> list[SearchHit]: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a query may mean; ``name_score`` and ``agreement`` (of properties) are 0..1."""

    id: str
    name: str
    type: str
    score: float
    name_score: float
    agreement: dict[str, float] = field(default_factory=dict)
    named_outright: bool = False
    match: bool = False
    description: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As the specification has it."""
        features: list[dict[str, Any]] = [{"id": "name", "value": round(100 * self.name_score, 1)}]
        features += [{"id": name, "value": round(100 * share, 1)} for name, share in self.agreement.items()]
        described = {"description": self.description} if self.description else {}
        return {
            "id": self.id,
            "name": self.name,
            **described,
            "type": types_of(self.type),
            "score": round(100 * self.score, 1),
            "features": features,
            "match": self.match,
        }


def reconcile(store: Searching, lookup: Lookup, query: ReconciliationQuery) -> list[Candidate]:
    """The candidates for a query, the best first."""
    kinds = wanted_types(query)
    asked = None if query.strict == "should" else kinds
    if asked == ():
        return []
    named = [one for one in entities_by_identifier(lookup, query.text) if asked is None or type_of(one) in asked]
    pool = dict.fromkeys(named)
    if query.text:
        pool |= dict.fromkeys(found_by_name(store, lookup.base_iri, query.text, asked))
    else:
        pool |= dict.fromkeys(_found_by_properties(store, lookup, query.constraints, asked))
    labels = lookup.labels(lookup.base_iri + one for one in pool)
    known = [one for one in pool if lookup.base_iri + one in labels]
    aliases = texts_of(lookup, "alternativeName", known)
    agreement = _agreements(lookup, known, query.constraints)
    candidates = []
    for one in known:
        label, kind = labels[lookup.base_iri + one], type_of(one) or ""
        name_score = 1.0 if one in named or not query.text else name_agreement(query.text, label, aliases.get(one, ()))
        score = name_score
        if query.constraints:
            said = agreement[one].values()
            score *= 0.6 + 0.4 * (sum(said) / len(query.constraints) if said else 0.5)
        if kinds is not None and kind not in kinds:
            score *= 0.8
        if score >= _LEAST:
            candidates.append(Candidate(one, label, kind, min(score, 1.0), name_score, agreement[one], one in named))
    candidates.sort(key=lambda one: (-one.score, SEARCHED.index(one.type) if one.type in SEARCHED else 99, one.id))
    return _described(lookup, _decided(candidates, query)[: query.limit])


def wanted_types(query: ReconciliationQuery) -> tuple[str, ...] | None:
    """The types of the search index that a query asks for; none where no entity can have all that it names."""
    if query.types is None:
        return None
    sets = [set(searched_types(one)) for one in query.types]
    wanted = set.intersection(*sets) if query.strict == "all" else set.union(*sets)
    return tuple(one for one in (*SEARCHED, "Result") if one in wanted)


def name_agreement(asked: str, label: str, aliases: Iterable[str] = ()) -> float:
    """How well a name agrees with a label or another name, 0..1.

    >>> name_agreement("Graph-Attention Networks", "graph attention network"), name_agreement("GAT", "x", ["GAT"])
    (0.97, 0.98)
    >>> name_agreement("graph attention", "graph attention network") < 0.9, name_agreement("gat", "x", ["GAT"])
    (True, 0.9)
    """
    best = _agreement(asked, label)
    for alias in aliases:
        found = _agreement(asked, alias) - 0.02
        # "ats" need not be ATS: an abbreviation means its thing as it is written.
        best = max(best, min(found, _UNSURE) if _is_abbreviation(alias) and asked.strip() != alias else found)
    return round(best, 4)


def _is_abbreviation(name: str) -> bool:
    return len(name) <= 5 and name.isupper()


def _agreement(asked: str, name: str) -> float:
    ours, theirs = _plain(asked), _plain(name)
    if ours == theirs:
        return 1.0
    form = form_of(asked)
    if form and form == form_of(name):
        return 0.97
    own, others = set(ours.split()), set(theirs.split())
    shared = 2 * len(own & others) / max(1, len(own) + len(others))
    letters = difflib.SequenceMatcher(None, ours[:200], theirs[:200], autojunk=False).ratio()
    return 0.9 * (0.25 * shared + 0.75 * letters)


def found_by_name(store: Searching, base_iri: str, text: str, types: Sequence[str] | None) -> list[str]:
    """Identifiers of entities whose names hold the words of a text, or most of them, or begin like one of them."""
    found: dict[str, None] = {}

    def look(words: str, limit: int = POOL) -> None:
        for hit in store.search(words, types, limit):
            if hit.iri.startswith(base_iri):
                found.setdefault(hit.iri.removeprefix(base_iri))

    look(text)
    words = _WORD.findall(text)[:_MOST_WORDS]
    shorter = [*words[:-1], words[-1].removesuffix("s")] if words and len(words[-1]) > 3 else words
    if shorter != words:
        look(" ".join(shorter))
    if len(found) < POOL and "(" in text:
        look(re.sub(r"\([^)]*\)", " ", text))
    if len(found) < POOL and len(words) > 1:
        for left_out in range(len(words)):
            look(" ".join(word for at, word in enumerate(shorter) if at != left_out))
    if not found:
        for word in sorted(words, key=len, reverse=True)[:3]:
            for length in dict.fromkeys((len(word), max(3, len(word) // 2), 3, 2)):
                look(word[:length])
    return list(found)[: 2 * POOL]


def _found_by_properties(
    store: Searching, lookup: Lookup, constraints: Iterable[Constraint], types: Sequence[str] | None
) -> list[str]:
    """Entities that have the wanted values; the first property that finds any finds all."""
    for constraint in constraints:
        texts = [one.entity or one.text for one in constraint.values]
        if constraint.property.value == "entity":
            kinds = [constraint.property.of_type] if constraint.property.of_type in SEARCHED else list(CONCEPTS)
            for one in constraint.values:
                hits = [] if one.entity else store.search(one.text, [kind for kind in kinds if kind], 5)
                texts += [hit.iri.removeprefix(lookup.base_iri) for hit in hits]
        found = entities_having(lookup, constraint.property, texts, types or SEARCHED, POOL)
        if found:
            return found
    return []


def _agreements(
    lookup: Lookup, candidates: Sequence[str], constraints: Iterable[Constraint]
) -> dict[str, dict[str, float]]:
    """How well each candidate's values agree with those wanted; a property that it lacks is left out."""
    found: dict[str, dict[str, float]] = {one: {} for one in candidates}
    for constraint in constraints:
        values = values_of(lookup, constraint.property, candidates, _COMPARED_VALUES)
        labels = labels_of(lookup, values.values())
        for entity, held in values.items():
            texts = [(one.value.removeprefix(lookup.base_iri), labels.get(one.value, one.value)) for one in held]
            found[entity][constraint.property.id] = max(
                (
                    _value_agreement(wanted, inside, shown, constraint.property)
                    for wanted in constraint.values
                    for inside, shown in texts
                ),
                default=0.0,
            )
    return found


def _value_agreement(wanted: Wanted, inside: str, shown: str, one: Property) -> float:
    if wanted.entity is not None:
        return 1.0 if wanted.entity in (inside, shown) else 0.0
    if wanted.text == inside or same_number(wanted.text, shown):
        return 1.0
    if one.value == "entity" or one.id in ("name", "alternativeName"):
        return name_agreement(wanted.text, shown)
    return 1.0 if wanted.text.casefold() == shown.casefold() else 0.0


def _decided(candidates: list[Candidate], query: ReconciliationQuery) -> list[Candidate]:
    """The candidates, the first as a match where that is sure."""
    if not candidates or not _is_sure(candidates[0], query):
        return candidates
    first, *others = candidates
    if any(other.score > first.score - _MARGIN for other in others):
        return candidates
    return [_with(first, match=True), *others]


def _is_sure(first: Candidate, query: ReconciliationQuery) -> bool:
    if any(share < AGREES for share in first.agreement.values()):
        return False
    wanted = wanted_types(query)
    if wanted is not None and first.type not in wanted:
        return False
    supported = bool(first.agreement)
    if first.named_outright:
        return True
    if first.type == "Person" or not query.text:
        return supported and first.name_score >= SURE
    return first.name_score >= SURE


def _described(lookup: Lookup, candidates: list[Candidate]) -> list[Candidate]:
    about = descriptions(lookup, [one.id for one in candidates])
    return [_with(one, description=about.get(one.id, "")) for one in candidates]


def descriptions(lookup: Lookup, entities: Sequence[str]) -> dict[str, str]:
    """A line about each entity, to tell namesakes apart."""
    years, venues = texts_of(lookup, "year", entities, 1), texts_of(lookup, "venue", entities, 1)
    authors = texts_of(lookup, "author", entities, 3)
    counts = texts_of(lookup, "paperCount", entities)
    broader = texts_of(lookup, "broader", entities, 2)
    found = {}
    for one in entities:
        parts = [type_of(one) or ""]
        parts += [", ".join(authors.get(one, [])[:2]) + (" and others" if len(authors.get(one, [])) > 2 else "")]
        parts += [*years.get(one, []), *venues.get(one, [])]
        parts += [f"a kind of {', '.join(broader[one])}"] if one in broader else []
        if one in counts:
            count = counts[one][0]
            parts.append(f"in {count} paper{'' if count == '1' else 's'}")
        found[one] = "; ".join(part for part in parts if part)
    return found


def _with(one: Candidate, *, match: bool | None = None, description: str | None = None) -> Candidate:
    return Candidate(
        one.id,
        one.name,
        one.type,
        one.score,
        one.name_score,
        one.agreement,
        one.named_outright,
        one.match if match is None else match,
        one.description if description is None else description,
    )


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[-_]", " ", name.casefold()).split())
