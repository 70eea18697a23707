"""The W3C SPARQL 1.1 test suite: its manifests as cases, its files by their IRIs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode

SUITE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"

# Entailment regimes are another specification than the query language; the tests of 2012 for graph stores are in
# prose and were replaced by graph-store-protocol.
LEFT_OUT = ("entailment", "http-rdf-update")
_CATEGORIES = {
    "csv-tsv-res": "result formats",
    "json-res": "result formats",
    "service": "federated query",
    "syntax-fed": "syntax",
    "protocol": "protocol",
    "graph-store-protocol": "graph store protocol",
    "service-description": "service description",
}
Node = NamedNode | BlankNode


class Manifest:
    """A manifest as a graph."""

    def __init__(self, suite: Path, path: Path) -> None:
        self.suite = suite
        self.folder = path.parent.name
        self.iri = f"{SUITE}{self.folder}/{path.name}"
        self._graph = ox.Dataset(ox.parse(path=path, format=ox.RdfFormat.TURTLE, base_iri=self.iri))

    def objects(self, subject: object, predicate: str) -> list[ox.Term]:
        return [quad.object for quad in self._graph.quads_for_subject(subject) if quad.predicate.value == predicate]

    def value(self, subject: object, predicate: str) -> ox.Term | None:
        return next(iter(self.objects(subject, predicate)), None)

    def text(self, subject: object, predicate: str) -> str:
        """The IRI or the lexical form of a value; "" where there is none."""
        found = self.value(subject, predicate)
        return found.value if isinstance(found, NamedNode | Literal) else ""

    def members(self, node: object) -> Iterator[ox.Term]:
        """The members of an RDF list."""
        while node is not None and node != NamedNode(f"{RDF}nil"):
            first = self.value(node, f"{RDF}first")
            if first is not None:
                yield first
            node = self.value(node, f"{RDF}rest")

    def tests(self) -> list[NamedNode]:
        """The tests in the order of the manifest, and after them those that its list forgets."""
        found: list[NamedNode] = []
        for quad in self._graph.quads_for_predicate(NamedNode(f"{MF}entries")):
            found += [one for one in self.members(quad.object) if isinstance(one, NamedNode)]
        for quad in self._graph.quads_for_object(NamedNode(f"{MF}GraphStoreProtocolTest")):
            if isinstance(quad.subject, NamedNode) and quad.subject not in found:
                found.append(quad.subject)
        return [one for one in found if self.text(one, f"{RDF}type")]

    def path(self, iri: str) -> Path:
        """The file that an IRI of the suite names."""
        return self.suite / iri.removeprefix(SUITE)


@dataclass(frozen=True)
class Case:
    """A test: its IRI, the local name of its type, and its category in the tally."""

    iri: str
    kind: str
    category: str
    manifest: Manifest

    @property
    def node(self) -> NamedNode:
        return NamedNode(self.iri)


@cache
def cases_of(suite: Path) -> tuple[Case, ...]:
    """All cases of the suite in a folder but those left out."""
    found: list[Case] = []
    for path in sorted(suite.glob("*/manifest*.ttl")):
        if path.parent.name in LEFT_OUT:
            continue
        manifest = Manifest(suite, path)
        for test in manifest.tests():
            kind = manifest.text(test, f"{RDF}type").rpartition("#")[2]
            found.append(Case(test.value, kind, _category(manifest.folder, kind), manifest))
    return tuple(found)


def _category(folder: str, kind: str) -> str:
    if folder in _CATEGORIES:
        return _CATEGORIES[folder]
    if "Syntax" in kind:
        return "syntax"
    return "update" if kind.startswith("Update") else "query"
