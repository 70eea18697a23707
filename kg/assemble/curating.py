"""What a person says about the graph in their words -> entries of the curation log, checked against the graph.

A name is any that the graph shows, or the IRI of a concept; a statement is named by its IRI or the digest that the IRI
ends in, and kept in the log by what it rests on.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, cast

from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg.assemble.given import given_fields
from kg.assemble.made import Making
from kg.assemble.papers import PaperOutline, outline_papers, whole_paper
from kg.assemble.selection import select_papers
from kg.errors import UsageError
from kg.graph import vocabulary as v
from kg.records import CONCEPT_TYPES, ROLE_RANGES, ConceptType, Name
from kg.resolve import Resolver
from kg.resolve.constraints import node_of
from kg.resolve.words import FIELDS
from kg.store import EmbeddedStore
from kg.store.curation import Action, Entry, checked, in_force
from kg.store.staging import Staging

# What a person may add: the local name of a property -> the types that it joins; no subject type: the paper.
_ROLES: Final = {v.ROLE_PROPERTIES[role].value: frozenset(types) for role, types in ROLE_RANGES.items()}
_RELATIONS: Final = {v.RELATION_PROPERTIES[name].value: pairs for name, pairs in v.RELATION_SIGNATURES.items()}
_REPOSITORY: Final = v.PT_hasRepository.value
_FIELD: Final = v.PT_inField.value
ADDABLE: Final = tuple(
    sorted({one.removeprefix(v.PREFIXES["pt"]) for one in (*_ROLES, *_RELATIONS, _REPOSITORY, _FIELD)})
)

_MERGE: Final = DefaultGraph()


class Curating:
    """Makes entries for one store: who says them and why is the same for all that one object makes."""

    def __init__(self, opened: EmbeddedStore, staging: Staging, known: Sequence[Entry], making: Making) -> None:
        self.known = tuple(known)
        self._opened = opened
        self._staging = staging
        self._making = making
        self._made: list[Entry] = []

    def entry(self, action: Action, who: str, why: str, **fields: object) -> Entry:
        """A new entry, checked, later than all before it; fields as :class:`kg.store.curation.Entry` has them."""
        entry = checked(replace(Entry(self._now(), who, action, why), **fields))  # type: ignore[arg-type]
        self._made.append(entry)
        return entry

    @property
    def base_iri(self) -> str:
        """What the IRIs of this graph begin with."""
        return self._opened.base_iri

    def iri(self, text: str) -> str:
        """An absolute IRI, as it is; UsageError where it is none."""
        try:
            return NamedNode(text).value
        except ValueError as error:
            raise UsageError(f"{text}: {error}; expected an IRI such as https://www.wikidata.org/entity/Q1") from None

    def taken(self, entries: Iterable[Entry], who: str) -> list[Entry]:
        """Entries of a table, those without time or person said now by ``who``; each checked."""
        made = []
        for entry in entries:
            if not entry.when or not entry.who:
                entry = replace(entry, when=entry.when or self._now(), who=entry.who or who)
            if entry.action == "add" and (entry.predicate or "").removeprefix(v.PREFIXES["pt"]) not in ADDABLE:
                raise UsageError(f"add: found the predicate {entry.predicate}, expected one of {', '.join(ADDABLE)}")
            made.append(checked(entry))
            self._made.append(entry)
        return made

    def name(self, type: ConceptType | None, text: str) -> tuple[ConceptType, str]:
        """Type and name of the concept that a name of the graph, or an IRI, means; the name is one that papers write.

        Raises UsageError where there is none, or several.
        """
        return self._named(self._concept(type, text), text)

    def _concept(self, type: ConceptType | None, text: str) -> NamedNode:
        found = self._concepts(type, text)
        if len(found) != 1:
            kind = type or "concept"
            if found:
                listed = ", ".join(sorted(iri.value for iri in found))
                raise UsageError(f"{text!r} may mean {listed}; say which by its type, or give the IRI")
            near = self._opened.search(text, types=[type] if type else list(CONCEPT_TYPES), limit=5)
            hint = f"; near it are {', '.join(f'{hit.label} ({hit.type})' for hit in near)}" if near else ""
            raise UsageError(f"the graph has no {kind} called {text!r}{hint}")
        (iri,) = found
        return iri

    def rejected(self, named: str, paper: str | None) -> list[dict[str, object]]:
        """What the log says of a statement, or of what sources give: a result, a concept, a repository of a paper."""
        if "://" in named:
            iri = NamedNode(self.iri(named))
            if paper is None and v.PT_Statement in self._objects(iri, v.RDF_type):
                return [self.statement(named)]
        elif paper is None:
            return [self.statement(named)]
        else:
            iri = self._concept(None, named)
        return given_fields(self._opened, self._staging, self._making, iri, paper)

    def statement(self, named: str) -> dict[str, object]:
        """What the log says of a statement, by its IRI or digest: records, predicate, both ends, sentences."""
        iri = NamedNode(self.iri(named if "://" in named else f"{self._opened.base_iri}statement/{named}"))
        paper, predicate = self._object(iri, v.DCTERMS_isPartOf), self._object(iri, v.RDF_predicate)
        subject, obj = self._object(iri, v.RDF_subject), self._object(iri, v.RDF_object)
        if not isinstance(paper, NamedNode) or not isinstance(obj, NamedNode) or predicate is None:
            raise UsageError(f"no statement {named} in the graph; expected the IRI of a pt:Statement, or its last part")
        evidence = [one for one in self._objects(iri, v.PT_evidence) if isinstance(one, NamedNode)]
        fields: dict[str, object] = {
            "records": self._records(paper),
            "predicate": predicate.value,
            "quotes": tuple(sorted({self._text(one, v.OA_exact) for one in evidence})),
        }
        if isinstance(subject, NamedNode) and subject != paper:
            fields["type"], fields["name"] = self._named(subject)
        if predicate == v.PT_reports:
            fields["target"] = self._number(evidence[0])
        elif (url := self._text(obj, v.SCHEMA_codeRepository)) or not self._types(obj):
            fields["target"] = url or obj.value
        else:
            fields["to_type"], fields["to_name"] = self._named(obj)
        return fields

    def added(
        self, paper: str, predicate: str, subject: tuple[ConceptType, str] | None, obj: Sequence[str], quote: str
    ) -> dict[str, object]:
        """What the log says of a statement to add. ``obj`` is a type and a name, or a URL alone.

        Raises UsageError where the paper is not there, its text lacks ``quote``, or the property does not join these.
        """
        (outline,) = select_papers(self._staging, [paper], self._making.precedence, self._making.iris)
        if predicate not in ADDABLE:
            raise UsageError(f"predicate: found {predicate}, expected one of {', '.join(ADDABLE)}")
        property = v.expand(f"pt:{predicate}").value
        texts = whole_paper(self._staging, outline, self._making.precedence).fields()
        if not quote or not any(quote in text for text in texts.values()):
            raise UsageError(
                f"quote: the text of {paper} ({', '.join(texts)}) holds no {quote!r}; expected a sentence of it, as "
                "it is stored: every statement shows its sentence"
            )
        types = (subject[0] if subject else None, obj[0] if len(obj) == 2 else None)
        if not _joins(property, *types):
            raise UsageError(f"pt:{predicate} does not lead from {types[0] or 'a paper'} to {types[1] or 'a URL'}")
        if property == _FIELD and not self._is_field(obj[1]):
            raise UsageError(
                f"pt:{predicate}: {obj[1]} is no field of study; expected one of {', '.join(sorted(FIELDS))}"
            )
        fields: dict[str, object] = {"records": outline.records, "predicate": property, "quotes": (quote,)}
        if subject:
            fields["type"], fields["name"] = subject
        if len(obj) == 2:
            fields["to_type"], fields["to_name"] = obj
        else:
            fields["target"] = obj[0]
        return fields

    def undone(self, named: str) -> str:
        """The id of the entry that an id, or its beginning, names; UsageError where it is none that can be undone."""
        found = sorted({entry.id for entry in (*self.known, *self._made) if entry.id.startswith(named)})
        if len(found) != 1:
            what = f"several: {', '.join(found)}" if found else "none"
            raise UsageError(f"found {what}, expected the id of one entry; papertriples curate list shows them")
        counted = {entry.id for entry in in_force((*self.known, *self._made))}
        entry = next(entry for entry in (*self.known, *self._made) if entry.id == found[0])
        if entry.action != "undo" and entry.id not in counted:
            raise UsageError(f"the entry {entry.id} was undone before")
        return entry.id

    # --- inside -------------------------------------------------------------------------------------------

    def _now(self) -> str:
        """The time, and a moment after the last entry at least: entries count in their order."""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        last = max((entry.when for entry in (*self.known, *self._made)), default="")
        if now > last:
            return now
        moment = datetime.datetime.fromisoformat(last) + datetime.timedelta(microseconds=1)
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def _concepts(self, type: ConceptType | None, text: str) -> set[NamedNode]:
        types = {v.CONCEPT_CLASSES[one] for one in ([type] if type else CONCEPT_TYPES)}
        if "://" in text:
            return {iri for iri in [NamedNode(self.iri(text))] if types & self._types(iri)}
        graph = self._opened.graph
        labelled = {
            quad.subject
            for predicate in (v.RDFS_label, v.SKOS_altLabel)
            for quad in graph.quads_for_pattern(None, predicate, Literal(text), _MERGE)
            if isinstance(quad.subject, NamedNode)
        }
        found = {iri for iri in labelled if types & self._types(iri)}
        if found:
            return found
        hits = self._opened.search(text, types=[type] if type else list(CONCEPT_TYPES), limit=20)
        nearest = [NamedNode(hit.iri) for hit in hits]
        return {iri for iri in nearest if text.casefold() in {name.casefold() for name in self._names(iri)}}

    def _named(self, iri: NamedNode, wanted: str | None = None) -> tuple[ConceptType, str]:
        type = next(one for one in CONCEPT_TYPES if v.CONCEPT_CLASSES[one] in self._types(iri))
        names = self._names(iri)
        given = {
            node_of(Name(entry.to_name, type))
            for entry in in_force((*self.known, *self._made))
            if entry.action == "rename" and entry.type == type and entry.to_name is not None
        }
        # What a person called it is no name that papers write, and may be another's tomorrow.
        written = [name for name in names if node_of(Name(name, type)) not in given] or names
        exact = [name for name in written if name == wanted] or [
            name for name in written if wanted and name.casefold() == wanted.casefold()
        ]
        return type, (exact or written)[0]

    def _names(self, iri: NamedNode) -> list[str]:
        """The label, then other names, sorted."""
        return [
            one.value
            for predicate in (v.RDFS_label, v.SKOS_altLabel)
            for one in sorted(self._objects(iri, predicate), key=str)
            if isinstance(one, Literal)
        ]

    def _is_field(self, name: str) -> bool:
        """Whether a task is a field of study, in the graph or, where the graph lacks it, by its name."""
        found = self._concepts("Task", name)
        if found:
            return any(v.PT_Field in self._objects(iri, v.RDF_type) for iri in found)
        concept = Resolver((), self._making.catalogue).concept(Name(name, "Task"))
        return concept is not None and concept.field

    def _number(self, evidence: NamedNode) -> str:
        start, first, last = (
            int(self._text(evidence, predicate)) for predicate in (v.PT_start, v.PT_objectStart, v.PT_objectEnd)
        )
        return f"{self._text(evidence, v.OA_exact)[first - start : last - start]}@{first - start}"

    def _records(self, paper: NamedNode) -> tuple[tuple[str, str], ...]:
        outlines: Iterable[PaperOutline] = outline_papers(self._staging, self._making.precedence).papers
        return next(one.records for one in outlines if self._making.iris.paper(one.key) == paper)

    def _types(self, iri: NamedNode) -> set[NamedNode]:
        concepts = set(v.CONCEPT_CLASSES.values())
        return concepts & {cast(NamedNode, one) for one in self._objects(iri, v.RDF_type)}

    def _objects(self, iri: NamedNode, predicate: NamedNode) -> list[object]:
        return [quad.object for quad in self._opened.graph.quads_for_pattern(iri, predicate, None, _MERGE)]

    def _object(self, iri: NamedNode, predicate: NamedNode) -> NamedNode | Literal | None:
        return next((one for one in self._objects(iri, predicate) if isinstance(one, NamedNode | Literal)), None)

    def _text(self, iri: NamedNode, predicate: NamedNode) -> str:
        found = self._object(iri, predicate)
        return found.value if found is not None else ""


def _joins(property: str, subject: ConceptType | None, obj: str | None) -> bool:
    if property == _REPOSITORY:
        return subject is None and obj is None
    if property == _FIELD:
        return subject is None and obj == "Task"
    if property in _ROLES:
        return subject is None and obj in _ROLES[property]
    return any((subject, obj) == pair for pair in _RELATIONS[property])
