"""Why a triple holds, for ``papertriples explain``: graphs and sentences that state it, or rule and premises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, Triple

from kg.assemble.deriving import DERIVED
from kg.errors import UsageError
from kg.graph import vocabulary as v
from kg.graph.iris import Iris
from kg.graph.proving import Proof, prove
from kg.store import EmbeddedStore

SENTENCES: Final = 3  # of one stated triple
_QUOTES: Final = (
    f"PREFIX pt: <{v.PREFIXES['pt']}> PREFIX rdf: <{v.PREFIXES['rdf']}> PREFIX oa: <{v.PREFIXES['oa']}> "
    "SELECT ?statement ?quote WHERE {{ ?statement rdf:object {object} ; rdf:subject {subject} ; "
    "rdf:predicate {predicate} ; pt:evidence ?evidence . ?evidence oa:exact ?quote }} "
    "ORDER BY ?statement ?quote LIMIT {most}"
)


@dataclass(frozen=True, slots=True)
class Why:
    """A triple in words, and what it rests on: ``graphs`` and ``sentences`` where it is stated, else ``premises``."""

    triple: str
    graphs: tuple[str, ...]
    sentences: tuple[str, ...]
    rule: str
    rule_iri: str
    premises: tuple[Why, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same for programs; what is empty is left out."""
        found: dict[str, Any] = {"triple": self.triple}
        if self.rule:
            found |= {
                "rule": self.rule,
                "rule_iri": self.rule_iri,
                "premises": [one.as_dict() for one in self.premises],
            }
        else:
            found |= {"graphs": list(self.graphs), "sentences": list(self.sentences)}
        return found

    def lines(self, indent: str = "") -> Iterator[str]:
        """A tree for people."""
        yield f"{indent}{self.triple}"
        if self.rule:
            yield f"{indent}  follows by {self.rule_iri} ({self.rule}) from"
            for one in self.premises:
                yield from one.lines(indent + "    ")
            return
        shown = ", ".join(self.graphs[:3]) + (f" and {len(self.graphs) - 3} more" if len(self.graphs) > 3 else "")
        yield f"{indent}  stated in {shown}"
        for sentence in self.sentences:
            yield f"{indent}  “{' '.join(sentence.split())}”"


@dataclass(frozen=True, slots=True)
class TripleExplanation:
    """Why one triple holds; ``kept`` tells whether the store keeps it, or would if it inferred."""

    why: Why
    kept: bool

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {"kept": self.kept, **self.why.as_dict()}

    def as_text(self) -> str:
        """A tree for people."""
        lines = list(self.why.lines())
        if not self.kept:
            lines.append("The store does not keep what follows; papertriples infer --store DIR makes it.")
        return "\n".join(lines)


def explain_triple(store: EmbeddedStore, subject: str, predicate: str, found: str) -> TripleExplanation:
    """Why the triple holds. UsageError where a name means nothing here, or the triple neither is stated nor follows."""
    iris = Iris(store.base_iri)
    triple = Triple(_term(store, subject), _term(store, predicate), _term(store, found))
    derived = {name: iris.graph(name) for name in DERIVED}
    proof = prove(store.graph, triple, frozenset(derived.values()))
    parts = (triple.subject, triple.predicate, triple.object)
    kept = pyoxigraph.Quad(*parts) in store.graph
    if proof is None and kept:  # a figure of the analytics, which no rule of the ontology gives
        graphs = (graph.value for graph in derived.values() if pyoxigraph.Quad(*parts, graph) in store.graph)
        proof = Proof(triple, tuple(graphs))
    if proof is None:
        raise UsageError(f"{_Words(store).triple(triple)}: no graph states it, and it does not follow by the ontology")
    return TripleExplanation(_Words(store).why(proof), kept)


class _Words:
    """Proofs in the words of one store: labels of what has one, short names of terms."""

    def __init__(self, store: EmbeddedStore) -> None:
        self._store = store

    def why(self, proof: Proof) -> Why:
        return Why(
            self.triple(proof.triple),
            tuple(one.removeprefix(self._store.base_iri) for one in proof.graphs),
            tuple(self._sentences(proof.triple)) if proof.stated else (),
            proof.rule,
            proof.rule_iri,
            tuple(map(self.why, proof.premises)),
        )

    def triple(self, triple: Triple) -> str:
        return " ".join(map(self._word, (triple.subject, triple.predicate, triple.object)))

    def _word(self, term: object) -> str:
        if not isinstance(term, NamedNode):
            return str(term)
        short = v.compress(term.value)
        if short != term.value:
            return short
        quads = self._store.graph.quads_for_pattern(term, v.RDFS_label, None, DefaultGraph())
        return min((f"“{quad.object.value}”" for quad in quads if isinstance(quad.object, Literal)), default=str(term))

    def _sentences(self, triple: Triple) -> Iterator[str]:
        if not isinstance(triple.object, NamedNode):
            return
        ends = {"subject": triple.subject, "predicate": triple.predicate, "object": triple.object}
        solutions = self._store.graph.query(_QUOTES.format(**ends, most=SENTENCES))
        if isinstance(solutions, pyoxigraph.QuerySolutions):
            yield from dict.fromkeys(solution["quote"].value for solution in solutions)


def _term(store: EmbeddedStore, name: str) -> NamedNode:
    """What a name means: an IRI, a prefixed name, ``a``, or the one thing that is called so."""
    if name == "a":
        return v.RDF_type
    prefix, colon, _ = name.partition(":")
    try:
        if "://" in name or name.startswith("urn:"):
            return NamedNode(name)
        if colon and prefix in v.PREFIXES:
            return v.expand(name)
    except ValueError as error:
        raise UsageError(f"{name}: {error}; expected an IRI, a prefixed name such as pt:uses, or a name") from None
    hits = store.search(name, limit=50)
    exact = sorted({hit.iri for hit in hits if hit.label.casefold() == name.casefold()})
    if len(exact) == 1:
        return NamedNode(exact[0])
    if exact:
        raise UsageError(f"{name!r} may mean {', '.join(exact)}; give one of these IRIs")
    near = f"; near it are {', '.join(hit.label for hit in hits[:5])}" if hits else ""
    raise UsageError(f"nothing in the graph is called {name!r}{near}")
