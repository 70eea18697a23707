"""Gold of whole papers, Extraction -> F1 of what a paper introduces, addresses, uses, reports ...

A line is a paper: ``title``, ``entities`` (``name``, ``aliases``, ``introduced``), ``tasks``, ``datasets``,
``methods_used``, ``compared_with`` (names), ``results`` (``value``, ``metric``, ``dataset``), ``repositories`` (URLs),
and its ``abstract`` where the texts do not come from another file.

Names compare without case, punctuation and a plural s; a concept answers one gold name, and a second concept of the
same name is wrong. A result is right where value (sign aside), metric and (where the gold names one) dataset agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from kg.evaluate.counts import Count, table
from kg.evaluate.gold import BadField, Objects, get_objects, get_text, get_texts, read_lines
from kg.evaluate.naming import Concepts, forms_of, simple_form
from kg.evaluate.predictions import Predict
from kg.evaluate.texts import Texts
from kg.graph.claims import CODE_KINDS, one_result_a_number
from kg.read.json_values import JsonObject
from kg.read.place import Place
from kg.records import ROLE_NAMES, ROLE_RANGES, Concept, Extraction, FieldName, ResultClaim, RoleName
from kg.resolve import Catalogue

Forms = frozenset[str]  # all that one thing is called
ROWS = (*ROLE_NAMES, "results", "repositories")
_PARTS: dict[RoleName, str] = {
    "addresses": "tasks",
    "evaluatesOn": "datasets",
    "uses": "methods_used",
    "comparesWith": "compared_with",
}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class GoldResult:
    """A number that the paper claims; ``value`` is None where the gold's is no single number ("3-20")."""

    value: Decimal | None
    written: str
    metric: Forms
    dataset: Forms


@dataclass(frozen=True, slots=True)
class ListingPaper:
    """A paper with the names that its gold gives each role, each as all of its forms."""

    id: str
    fields: Mapping[FieldName, str]
    roles: Mapping[RoleName, tuple[Forms, ...]]
    results: tuple[GoldResult, ...]
    repositories: frozenset[str]


def is_listing(names: frozenset[str]) -> bool:
    """Whether a line with these fields looks like this gold."""
    return {"title", "entities"} <= names and "tokens" not in names


def listing_papers(objects: Objects, texts: Texts) -> Iterator[ListingPaper]:
    """The papers of a file; a line with anything wrong, or without a text, is reported and left out."""
    return read_lines(objects, lambda found, place: _paper(found, place, texts))


def _paper(found: JsonObject, place: Place, texts: Texts) -> ListingPaper:
    title = get_text(found, "title")
    names = {}
    introduced = []
    for number, entity in enumerate(get_objects(found, "entities")):
        where = f"entities[{number}]"
        try:
            name, aliases = get_text(entity, "name"), get_texts(entity, "aliases")
        except BadField as bad:
            raise BadField(f"{where}.{bad.field}", bad.found, bad.expected) from None
        names[name] = frozenset(map(simple_form, (name, *aliases)))
        if entity.get("introduced") is True:
            introduced.append(name)

    def forms(wanted: Iterable[str]) -> tuple[Forms, ...]:
        return tuple(names.get(name, frozenset((simple_form(name),))) for name in dict.fromkeys(wanted))

    roles: dict[RoleName, tuple[Forms, ...]] = {"introduces": forms(introduced)}
    for role, part in _PARTS.items():
        roles[role] = forms(get_texts(found, part))
    results = []
    for number, result in enumerate(get_objects(found, "results")):
        try:
            written = get_text(result, "value")
            metric, dataset = (get_text(result, part, needed=False) for part in ("metric", "dataset"))
        except BadField as bad:
            raise BadField(f"results[{number}].{bad.field}", bad.found, bad.expected) from None
        one = GoldResult(number_of(written), written, *(forms([n])[0] if n else frozenset() for n in (metric, dataset)))
        results.append(one)
    given = get_text(found, "id", needed=False) or get_text(found, "n", needed=False)
    return ListingPaper(
        id=given or title,
        fields=texts.fields_of(found, title, given),
        roles=roles,
        results=tuple(results),
        repositories=frozenset(map(_address, get_texts(found, "repositories"))),
    )


def number_of(text: str) -> Decimal | None:
    """The number that a text is, or None.

    >>> number_of("+1,250.5"), number_of("3-20"), number_of("59.4%")
    (Decimal('1250.5'), None, Decimal('59.4'))
    """
    try:
        number = Decimal(text.replace(",", "").strip().lstrip("+").removesuffix("%").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _address(url: str) -> str:
    return url.lower().rstrip("/")


@dataclass(frozen=True, slots=True)
class ListingScores:
    """A count for each role, for results and for repositories."""

    papers: int
    counts: Mapping[str, Count]

    @property
    def mean_f1(self) -> float:
        """The mean of the F1 of all rows."""
        return sum(one.f1 for one in self.counts.values()) / len(self.counts)

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        figures = {name: one.as_dict() for name, one in self.counts.items()}
        return {"format": "listing", "papers": self.papers, **figures, "mean_f1": round(self.mean_f1, 4)}

    def as_text(self) -> str:
        """For people."""
        return f"{self.papers} papers\n\n{table(self.counts, 'paper level')}\n\nmean F1  {self.mean_f1:.3f}"


def score_listing(
    papers: Iterable[ListingPaper], predict: Predict, catalogue: Catalogue, min_confidence: float = 0.5
) -> ListingScores:
    """The figures of ``predict`` on papers with gold; what is less sure than ``min_confidence`` is not asserted."""
    counts = dict.fromkeys(ROWS, Count())
    number = 0
    for number, paper in enumerate(papers, 1):  # noqa: B007
        extraction = predict(paper.id, paper.fields)
        concepts = Concepts.read(extraction, catalogue)
        for role in ROLE_NAMES:
            asserted = asserted_concepts(extraction, concepts, role, min_confidence)
            counts[role] += _count_names(asserted, paper.roles[role])
        claims = [one for one in one_result_a_number(extraction.results) if one.score >= min_confidence]
        counts["results"] += _count_results(claims, concepts, paper.results)
        own = frozenset(
            _address(one.url)
            for one in extraction.repositories
            if one.own and one.kind in CODE_KINDS and one.score >= min_confidence
        )
        right = len(own & paper.repositories)
        counts["repositories"] += Count(right, len(own), len(paper.repositories))
    return ListingScores(number, counts)


def asserted_concepts(
    extraction: Extraction, concepts: Concepts, role: RoleName, min_confidence: float
) -> list[Concept]:
    """The concepts that have a role, sorted. What a paper uses are methods: its datasets have a role of their own."""
    allowed = ROLE_RANGES[role] - {"Dataset"} if role == "uses" else ROLE_RANGES[role]
    found = {
        (concept.type, concept.key): concept
        for one in extraction.roles
        if one.role == role
        and one.score >= min_confidence
        and (concept := concepts.of[one.mention]) is not None
        and concept.type in allowed
    }
    return [found[key] for key in sorted(found)]


def _count_names(asserted: list[Concept], wanted: tuple[Forms, ...]) -> Count:
    free = {concept.key: forms_of(concept) for concept in asserted}
    right = 0
    for target in wanted:
        hits = [key for key in free if free[key] & target]
        if hits:
            right += 1
            del free[min(hits, key=lambda key: (len(free[key]), key))]
    return Count(right, len(asserted), len(wanted))


def _count_results(claims: list[ResultClaim], concepts: Concepts, wanted: tuple[GoldResult, ...]) -> Count:
    """Ends of ranges that the gold holds count neither way."""
    values = {one.value for one in wanted}
    ends = {Decimal(end) for one in wanted if one.value is None for end in _NUMBER.findall(one.written)}
    free = [one for one in claims if abs(one.value) not in ends or one.value in values]
    predicted, right = len(free), 0
    exact = [one for one in wanted if one.value is not None]
    for target in exact:
        for claim in free:
            if (
                abs(claim.value) == abs(target.value or 0)
                and (not target.metric or concepts.forms(claim.metric) & target.metric)
                and (not target.dataset or concepts.forms(claim.dataset) & target.dataset)
            ):
                right += 1
                free.remove(claim)
                break
    return Count(right, predicted, len(exact))
