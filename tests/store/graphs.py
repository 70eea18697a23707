"""Small graphs for tests of the store: papers that share a person."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from kg.graph.vocabulary import expand
from kg.store import Manifest, VersionWriter, canonical_nquads, has_store, open_store, read_manifest

BASE = "https://example.org/kg/"
PERSON = NamedNode(BASE + "person/ada")


def graph_name(name: str) -> NamedNode:
    return NamedNode(f"{BASE}paper/{name}/graph")


def paper(name: str, title: str) -> tuple[NamedNode, list[Quad]]:
    """The graph of a paper: three triples of its own and two that every paper's graph holds."""
    graph, iri = graph_name(name), NamedNode(f"{BASE}paper/{name}")
    triples = (
        (iri, expand("rdf:type"), expand("pt:Paper")),
        (iri, expand("rdfs:label"), Literal(title)),
        (iri, expand("dcterms:creator"), PERSON),
        (PERSON, expand("rdf:type"), expand("pt:Person")),
        (PERSON, expand("rdfs:label"), Literal("Ada Lovelace")),
    )
    return graph, [Quad(*triple, graph) for triple in triples]


def publish(location: Path, papers: dict[str, str | None]) -> bool:
    """Publish a version that says these titles; None takes a paper out. Returns whether there was a difference."""
    location.mkdir(exist_ok=True)
    current = read_manifest(location).version if has_store(location) else 0
    with VersionWriter(location, current) as writer:
        for name, title in papers.items():
            if title is None:
                writer.remove_graph(graph_name(name))
            else:
                writer.replace_graph(*paper(name, title))
        if not writer.difference:
            return False
        writer.publish(Manifest(version=writer.version, base_iri=BASE))
        return True


def lines(location: Path) -> list[str]:
    """The canonical N-Quads of a store; checks on the way that the default graph is the merge."""
    with open_store(location) as store:
        quads = list(store.graph)
        named = {quad.triple for quad in quads if isinstance(quad.graph_name, NamedNode)}
        merged = [quad.triple for quad in quads if not isinstance(quad.graph_name, NamedNode)]
        assert len(merged) == len(set(merged))
        assert set(merged) == named
        return list(canonical_nquads(store))
