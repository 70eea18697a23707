"""Why the graph says what it says of a concept: its names and what made them one, statements with their sentences,
what people corrected. All is read from one version of the graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg.errors import UsageError
from kg.graph import vocabulary as v
from kg.records import CONCEPT_TYPES, ConceptType
from kg.store import EmbeddedStore

SHOWN: Final = 10  # statements, for people
_MERGE: Final = DefaultGraph()


@dataclass(frozen=True, slots=True)
class Joined:
    """Names that are of the concept because a rule joined them to another name of it."""

    names: tuple[str, ...]
    joined: str
    rule: str
    because: str
    papers: tuple[str, ...]  # IRIs of some that bear it out


@dataclass(frozen=True, slots=True)
class Said:
    """A statement that the concept is in, with its sentences."""

    iri: str
    statement: str
    paper: str
    confidence: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """An entry of the curation log."""

    id: str
    when: str
    who: str
    label: str
    why: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of why a concept is as it is; each part sorted."""

    iri: str
    type: str
    label: str
    names: tuple[str, ...]
    namesakes: tuple[str, ...]
    merges: tuple[Joined, ...]
    statements: tuple[Said, ...]  # the surest first
    corrections: tuple[Corrected, ...]

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return asdict(self)

    def as_text(self) -> str:
        """A few paragraphs for people."""
        lines = [f"{self.label}  {self.type}  <{self.iri}>", f"names: {', '.join((self.label, *self.names))}"]
        if self.namesakes:
            lines.append(f"left apart, though called the same: {', '.join(self.namesakes)}")
        lines += ["", "why these names are one:"] if self.merges else []
        lines += [f"  {', '.join(m.names)} = {m.joined}  ({m.rule}: {m.because})" for m in self.merges]
        lines += ["", "corrections:"] if self.corrections else []
        for one in self.corrections:
            mark = " (undone)" if one.undone else ""
            lines.append(
                f"  {one.id}  {one.when[:10]}  {one.who}  {one.label}{mark}" + (f": {one.why}" * bool(one.why))
            )
        lines += ["", f"{len(self.statements):,} statements:"]
        for said in self.statements[:SHOWN]:
            lines.append(f"  {said.confidence}  {said.statement}  <{said.iri}>")
            lines += [f"        “{' '.join(sentence.split())}”" for sentence in said.sentences]
        if len(self.statements) > SHOWN:
            lines.append(f"  ... and {len(self.statements) - SHOWN:,} more; --json lists all")
        return "\n".join(lines)


def explain(store: EmbeddedStore, named: str) -> list[Explanation]:
    """The concepts of that name (any that the graph shows, in any case) or IRI; UsageError where there is none."""
    graph = _Graph(store.graph)
    return [graph.explanation(iri) for iri in concepts_called(store, named)]


def concepts_called(store: EmbeddedStore, named: str, types: Sequence[ConceptType] = CONCEPT_TYPES) -> list[NamedNode]:
    """The concepts of some types with a name that the graph shows, in any case, or an IRI, sorted; else UsageError."""
    graph = _Graph(store.graph)
    if "://" in named:
        iris = [NamedNode(named)] if graph.type_of(NamedNode(named)) in types else []
    else:
        hits = store.search(named, types=list(types), limit=50)
        wanted = named.casefold()
        exact = [hit for hit in hits if wanted in {name.casefold() for name in graph.names(NamedNode(hit.iri))}]
        iris = [NamedNode(hit.iri) for hit in sorted(exact, key=lambda hit: hit.iri)]
    if not iris:
        near = store.search(named, types=list(types), limit=5)
        hint = f"; near it are {', '.join(f'{hit.label} ({hit.type})' for hit in near)}" if near else ""
        what = types[0].lower() if len(types) == 1 else "concept"
        raise UsageError(f"the graph has no {what} called {named!r}{hint}")
    return iris


class _Graph:
    def __init__(self, graph: pyoxigraph.Store) -> None:
        self._graph = graph

    def explanation(self, iri: NamedNode) -> Explanation:
        label, *names = self.names(iri) or [iri.value]
        return Explanation(
            iri=iri.value,
            type=self.type_of(iri) or "",
            label=label,
            names=tuple(sorted(set(names) - {label})),
            namesakes=tuple(sorted(self._iris(iri, v.PT_sameNameAs))),
            merges=tuple(sorted((self._joined(one) for one in self._nodes(iri, v.PT_mergedBy)), key=_order)),
            statements=tuple(sorted(self._statements(iri), key=lambda one: (-float(one.confidence), one.iri))),
            corrections=tuple(sorted(self._corrections(iri), key=lambda one: (one.when, one.id))),
        )

    def type_of(self, iri: NamedNode) -> ConceptType | None:
        types = set(self._nodes(iri, v.RDF_type))
        return next((one for one in CONCEPT_TYPES if v.CONCEPT_CLASSES[one] in types), None)

    def names(self, iri: NamedNode) -> list[str]:
        """The label, then other names, sorted."""
        return [name for predicate in (v.RDFS_label, v.SKOS_altLabel) for name in self._texts(iri, predicate)]

    def _joined(self, merge: NamedNode) -> Joined:
        rules = [
            v.compress(rule).removeprefix("pt:").removesuffix("Rule") for rule in self._iris(merge, v.PT_mergeRule)
        ]
        return Joined(
            names=tuple(self._texts(merge, v.PT_mergedName)),
            joined=" ".join(self._texts(merge, v.PT_joinedTo)),
            rule=" ".join(rules),
            because=" ".join(self._texts(merge, v.PT_because)),
            papers=tuple(self._iris(merge, v.PROV_wasDerivedFrom)),
        )

    def _statements(self, iri: NamedNode) -> Iterator[Said]:
        found = {
            quad.subject
            for predicate in (v.RDF_subject, v.RDF_object)
            for quad in self._graph.quads_for_pattern(None, predicate, iri, _MERGE)
            if isinstance(quad.subject, NamedNode)
        }
        for statement in found:
            ends = [
                self._called(one) for end in (v.RDF_subject, v.RDF_object) for one in self._nodes(statement, end)[:1]
            ]
            predicate = " ".join(map(v.compress, self._iris(statement, v.RDF_predicate)))
            sentences = {text for one in self._nodes(statement, v.PT_evidence) for text in self._texts(one, v.OA_exact)}
            yield Said(
                iri=statement.value,
                statement=f" {predicate} ".join(ends),
                paper=" ".join(self._iris(statement, v.DCTERMS_isPartOf)),
                confidence=" ".join(self._texts(statement, v.PT_confidence)) or "0",
                sentences=tuple(sorted(sentences)),
            )

    def _corrections(self, iri: NamedNode) -> Iterator[Corrected]:
        for quad in self._graph.quads_for_pattern(None, v.PROV_used, iri, _MERGE):
            entry = quad.subject
            if not isinstance(entry, NamedNode):
                continue
            who = [
                name for one in self._nodes(entry, v.PROV_wasAssociatedWith) for name in self._texts(one, v.RDFS_label)
            ]
            yield Corrected(
                id=entry.value.rsplit("/", 1)[1],
                when=" ".join(self._texts(entry, v.PROV_endedAtTime)),
                who=" ".join(who),
                label=" ".join(self._texts(entry, v.RDFS_label)),
                why=" ".join(self._texts(entry, v.RDFS_comment)),
                undone=bool(self._texts(entry, v.OWL_deprecated)),
            )

    def _called(self, iri: NamedNode) -> str:
        return next(iter(self._texts(iri, v.RDFS_label)), iri.value)

    def _nodes(self, iri: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        found = (quad.object for quad in self._graph.quads_for_pattern(iri, predicate, None, _MERGE))
        return sorted((one for one in found if isinstance(one, NamedNode)), key=lambda one: one.value)

    def _iris(self, iri: NamedNode, predicate: NamedNode) -> list[str]:
        return [one.value for one in self._nodes(iri, predicate)]

    def _texts(self, iri: NamedNode, predicate: NamedNode) -> list[str]:
        found = (quad.object for quad in self._graph.quads_for_pattern(iri, predicate, None, _MERGE))
        return sorted(one.value for one in found if isinstance(one, Literal))


def _order(one: Joined) -> tuple[str, tuple[str, ...]]:
    return (one.rule, one.names)
