"""Two databases -> what their named graphs say differently, graph by graph, and that as an RDF patch.

Only one graph of each side is in memory at a time, beside the differences found.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph
from pyoxigraph import NamedNode, Quad

from kg.errors import StoreError

_PATCHES = uuid.uuid5(uuid.NAMESPACE_URL, "https://w3id.org/papertriples/ontology#patch")


@dataclass(frozen=True, slots=True)
class GraphDifference:
    """The quads of one named graph that only the new side holds, and those that only the old one does; sorted."""

    graph: NamedNode
    added: tuple[Quad, ...]
    removed: tuple[Quad, ...]


def differences(old: pyoxigraph.Store, new: pyoxigraph.Store) -> Iterator[GraphDifference]:
    """The named graphs that differ, by IRI. The default graph, which is their merge, is left out."""
    for graph in sorted(_graphs(old) | _graphs(new), key=lambda one: one.value):
        before, after = (set(side.quads_for_pattern(None, None, None, graph)) for side in (old, new))
        if before != after:
            yield GraphDifference(graph, _sorted(after - before), _sorted(before - after))


def rdf_patch(found: Sequence[GraphDifference]) -> Iterator[str]:
    """The lines of an RDF patch (https://afs.github.io/rdf-patch/) that makes the new side of the old one.

    One transaction; of each graph first what goes, then what comes. The id is a function of the changes.

    >>> graph, name = NamedNode("https://example.org/g"), NamedNode("https://example.org/a")
    >>> added = Quad(name, name, pyoxigraph.Literal('say "yes"'), graph)
    >>> print("".join(rdf_patch([GraphDifference(graph, (added,), ())])), end="")
    H id <uuid:60ee2881-f873-5477-93b5-3db2b43af7d1> .
    TX .
    A <https://example.org/a> <https://example.org/a> "say \\"yes\\"" <https://example.org/g> .
    TC .
    """
    changes = uuid.uuid5(_PATCHES, "".join(_changes(found)))
    yield f"H id <uuid:{changes}> .\n"
    yield "TX .\n"
    yield from _changes(found)
    yield "TC .\n"


def _changes(found: Iterable[GraphDifference]) -> Iterator[str]:
    for one in found:
        for quad in one.removed:
            yield f"D {quad} .\n"
        for quad in one.added:
            yield f"A {quad} .\n"


def _graphs(side: pyoxigraph.Store) -> set[NamedNode]:
    graphs = set()
    for graph in side.named_graphs():
        if not isinstance(graph, NamedNode):
            raise StoreError(f"expected graphs with IRIs, found the blank node {graph}; a patch cannot name it")
        graphs.add(graph)
    return graphs


def _sorted(quads: Iterable[Quad]) -> tuple[Quad, ...]:
    return tuple(sorted(quads, key=str))
