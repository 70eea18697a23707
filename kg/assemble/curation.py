"""Entries of the curation log -> what they mean in this version: constraints on names, amendments of statements.

Names of concepts become concepts again at each build, papers are found by their source records, added sentences are
looked up in the text: so an entry means the same after merges, after new versions of records, in a new store.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kg.assemble.given import Rejected, rejected_of
from kg.assemble.papers import Outlines, PaperOutline, whole_paper
from kg.graph import vocabulary as v
from kg.graph.amending import Amendment, Number
from kg.graph.iris import Iris
from kg.records import CONCEPT_TYPES, Concept, ConceptType, Evidence, FieldName, Name
from kg.resolve import Catalogue, PaperNames, Resolver
from kg.resolve.constraints import Constraints, Node, Saying, constraints_of, node_of
from kg.resolve.names import SurfaceForm
from kg.store.curation import GIVES, Entry, in_force
from kg.store.staging import Staging

_NUMBER = re.compile(r"(?P<text>.+)@(?P<offset>[0-9]+)", re.DOTALL)
_REPOSITORIES = frozenset(one.value for one in (v.PT_hasRepository, v.PT_mentionsRepository, v.PT_hasProjectPage))

AllNames = Callable[[], Iterable[PaperNames]]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an added statement stands: the key of its paper, the sentence in the paper's text."""

    paper: str
    evidence: Evidence


class Curation:
    """What the entries that are in force mean for this set of papers.

    ``entries`` is the whole log, in order; :meth:`resolver` must have been called before the others.
    """

    def __init__(self, entries: Sequence[Entry], iris: Iris) -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: (entry.when, entry.id)))
        self.counted = tuple(in_force(entries))
        self._iris = iris
        self._placed: dict[str, Placed] = {}
        self._of_record: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in self.counted:
            for key in entry.records:
                self._of_record[key].append(entry)
        self._resolver: CuratedResolver | None = None

    def place(self, staging: Staging, outlines: Outlines, precedence: Sequence[str]) -> None:
        """Find the papers and sentences of the statements that were added; where none is, the entry rests."""
        added = {key for entry in self.counted if entry.action == "add" for key in entry.records}
        if not added:
            return
        for outline in outlines.papers:
            if added.isdisjoint(outline.records):
                continue
            fields = whole_paper(staging, outline, precedence).fields()
            for entry in self.of_paper(outline):
                evidence = _evidence(entry, fields) if entry.action == "add" else None
                if evidence is not None:
                    self._placed.setdefault(entry.id, Placed(outline.key, evidence))

    def resolver(self, all_names: AllNames, catalogue: Catalogue) -> CuratedResolver:
        """The concepts that the names of all papers, and of statements that were added, mean."""
        said = [_saying(entry) for entry in self.counted if entry.action in ("merge", "split", "rename")]
        constraints = constraints_of(said)

        def names() -> Iterator[PaperNames]:
            yield from all_names()
            for entry in self.counted:
                if entry.id in self._placed:
                    yield _names_of(entry)

        retypes = [entry for entry in self.counted if entry.action == "retype"]
        self._resolver = _resolver(names, catalogue, constraints, retypes)
        return self._resolver

    def amendments(self, outline: PaperOutline) -> tuple[Amendment, ...]:
        """What was said of the statements of one paper, in order."""
        paper = self._iris.paper(outline.key).value
        found = []
        for entry in self.of_paper(outline):
            placed = self._placed.get(entry.id)
            if entry.predicate == GIVES:
                continue
            if entry.action == "add" and (placed is None or placed.paper != outline.key or self._is_no_field(entry)):
                continue
            subject, obj = self._subject(entry, paper), self._object(entry)
            if subject is not None and obj is not None and entry.predicate is not None:
                evidence = placed.evidence if placed else None
                action: Literal["accept", "reject", "add"] = entry.action  # type: ignore[assignment]
                entry_iri = self._iris.curation(entry.id).value
                url = entry.target if entry.predicate in _REPOSITORIES else None
                found.append(Amendment(action, entry_iri, subject, entry.predicate, obj, entry.quotes, evidence, url))
        return tuple(found)

    def rejected(self, outline: PaperOutline) -> Rejected:
        """What the records of one paper give without a sentence, and nobody believes."""
        return rejected_of(self.of_paper(outline))

    def concept_of(self, type: ConceptType | None, name: str | None) -> Concept | None:
        """The concept of the graph that a name means now; None where no paper names it."""
        if type is None or name is None or self._resolver is None:
            return None
        concept = self._resolver.concept(Name(name, type))
        return concept if concept is not None and self._resolver.has(concept) else None

    def of_paper(self, outline: PaperOutline) -> list[Entry]:
        """The entries that are about statements of one paper, in order."""
        if not self._of_record:
            return []
        found = {entry.id: entry for key in outline.records for entry in self._of_record.get(key, ())}
        return sorted(found.values(), key=lambda entry: (entry.when, entry.id))

    def _is_no_field(self, entry: Entry) -> bool:
        """Whether what an entry calls a field of study is none now: another correction may have merged it."""
        concept = self.concept_of(entry.to_type, entry.to_name)
        return entry.predicate == v.PT_inField.value and not (concept is not None and concept.field)

    def _subject(self, entry: Entry, paper: str) -> str | None:
        return paper if entry.name is None else self._concept(entry.type, entry.name)

    def _object(self, entry: Entry) -> str | Number | None:
        if entry.to_name is not None:
            return self._concept(entry.to_type, entry.to_name)
        if entry.target is None:
            return None
        number = _NUMBER.fullmatch(entry.target) if entry.predicate == v.PT_reports.value else None
        if number:
            return Number(number["text"], int(number["offset"]))
        return self._iris.repository(entry.target).value if entry.predicate in _REPOSITORIES else entry.target

    def _concept(self, type: ConceptType | None, name: str) -> str | None:
        concept = self.concept_of(type, name)
        return self._iris.concept(concept.type, concept.key).value if concept else None


class CuratedResolver:
    """A resolver whose names may have other types than papers give them."""

    def __init__(self, resolver: Resolver, types: Mapping[Node, ConceptType]) -> None:
        self._resolver = resolver
        self._types = types
        self._held = {(concept.type, concept.key) for concept in resolver.concepts()}

    def concept(self, name: Name) -> Concept | None:
        """The concept that a name means; None for a generic word."""
        return self._resolver.concept(_retyped(name, self._types))

    def concepts(self) -> tuple[Concept, ...]:
        """All concepts of the graph, sorted by type and key."""
        return self._resolver.concepts()

    def has(self, concept: Concept) -> bool:
        """Whether a concept is in the graph."""
        return (concept.type, concept.key) in self._held


def _resolver(
    names: AllNames, catalogue: Catalogue, constraints: Constraints, retypes: Sequence[Entry]
) -> CuratedResolver:
    resolver = Resolver(names(), catalogue, constraints)
    if not retypes:
        return CuratedResolver(resolver, {})
    now = _types_now(resolver, retypes)
    types = _types(names, resolver, now)
    retyped = (_names_retyped(one, types) for one in names())
    # What the catalogue says of them was said of another type; else they would stay above what is a kind of them.
    kept = catalogue.without({concept for concept, type in now.items() if type != concept[0]})
    return CuratedResolver(Resolver(retyped, kept, constraints.retyped(types)), types)


def _types_now(resolver: Resolver, retypes: Sequence[Entry]) -> dict[tuple[ConceptType, str], ConceptType]:
    """The types of the concepts that were given one, by type and key as they were."""
    now: dict[tuple[ConceptType, str], ConceptType] = {}
    for entry in retypes:
        for type in CONCEPT_TYPES:
            was = resolver.concept(Name(entry.name or "", type))
            if was is not None and entry.to_type and now.get((was.type, was.key), type) == entry.type:
                now[was.type, was.key] = entry.to_type
    return now


def _types(
    names: AllNames, resolver: Resolver, now: Mapping[tuple[ConceptType, str], ConceptType]
) -> dict[Node, ConceptType]:
    """The nodes that have another type now: all those of the concepts that were given one."""
    types: dict[Node, ConceptType] = {}
    seen: set[Name] = set()
    for paper in names():
        for surface in paper.surface_forms:
            if surface.name not in seen:
                seen.add(surface.name)
                concept = resolver.concept(surface.name)
                to = now.get((concept.type, concept.key)) if concept else None
                if to is not None and to != surface.name.type:
                    types[node_of(surface.name)] = to
    return types


def _retyped(name: Name, types: Mapping[Node, ConceptType]) -> Name:
    if not types:
        return name
    to = types.get(node_of(name))
    return name if to is None else Name(name.text, to)


def _names_retyped(paper: PaperNames, types: Mapping[Node, ConceptType]) -> PaperNames:
    def now(name: Name) -> Name:
        return _retyped(name, types)

    above = (replace(one, narrow=now(one.narrow), broad=now(one.broad)) for one in paper.above)
    return replace(
        paper,
        names=tuple(map(now, paper.names)),
        surface_forms=tuple(replace(one, name=now(one.name)) for one in paper.surface_forms),
        definitions=tuple(
            replace(one, type=now(Name(one.long, one.type)).type) if one.type else one for one in paper.definitions
        ),
        above=tuple(one for one in above if one.narrow.type == one.broad.type),
    )


def _saying(entry: Entry) -> Saying:
    if entry.type is None or entry.name is None:
        raise ValueError(f"expected a type and a name in {entry}")
    action: Literal["merge", "split", "rename"] = entry.action  # type: ignore[assignment]
    other = Name(entry.to_name, entry.type) if entry.to_name is not None else None
    return Saying(action, Name(entry.name, entry.type), other)


def _names_of(entry: Entry) -> PaperNames:
    named = ((entry.type, entry.name), (entry.to_type, entry.to_name))
    names = tuple(Name(text, type) for type, text in named if type is not None and text is not None)
    return PaperNames(names, tuple(SurfaceForm(name.text, name, 1) for name in names))


def _evidence(entry: Entry, fields: Mapping[FieldName, str]) -> Evidence | None:
    """Where the sentence of an added statement stands in the text; None where the text holds no such sentence."""
    for quote in entry.quotes:
        for field, text in fields.items():
            start = text.find(quote)
            if start >= 0:
                subject, obj = (_span(name, quote, start) for name in (entry.name, entry.to_name))
                return Evidence(field, start, start + len(quote), quote, subject, obj)
    return None


def _span(name: str | None, quote: str, start: int) -> tuple[int, int] | None:
    at = quote.find(name) if name else -1
    return (start + at, start + at + len(name)) if name and at >= 0 else None
