"""Graphs that are computed from all the others, each off until somebody asks for it: ``inferred`` and ``analytics``.

A store remembers the choice in its manifest, and every build makes them anew where something changed. They are a
function of the other named graphs alone, never of each other: the order of choices and builds does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph
from pyoxigraph import NamedNode, Quad

from kg.graph import vocabulary as v
from kg.graph.inferring import Read, inferred_triples, rules_at_work, stated_in
from kg.graph.iris import Iris
from kg.store import VersionWriter


def _analytics(read: Read, graph: NamedNode, iris: Iris) -> Iterable[Quad]:
    # Here, since networkx takes a while to load and few stores want it.
    from kg.graph.analytics_quads import derived_quads

    return derived_quads(read, graph, iris)


def _inferred(read: Read, graph: NamedNode, iris: Iris) -> Iterator[Quad]:
    for rule in rules_at_work(read):
        yield Quad(graph, v.PROV_wasDerivedFrom, rule, graph)
    for triple in inferred_triples(read):
        yield Quad(triple.subject, triple.predicate, triple.object, graph)


DERIVED: Final[dict[str, Callable[[Read, NamedNode, Iris], Iterable[Quad]]]] = {
    "analytics": _analytics,
    "inferred": _inferred,
}


def stated(graph: pyoxigraph.Store, iris: Iris) -> Read:
    """Reads what the graphs say that are not derived."""
    return stated_in(graph, [iris.graph(name) for name in DERIVED])


@dataclass(frozen=True, slots=True)
class Deriving:
    """Which of the derived graphs a store has; ``names`` are sorted, as the manifest holds them."""

    names: tuple[str, ...] = ()

    def but(self, **wanted: bool | None) -> Deriving:
        """The same choice, but for what is said of some; None leaves it as it is.

        >>> Deriving().but(inferred=True), Deriving(("inferred",)).but(inferred=None)
        (Deriving(names=('inferred',)), Deriving(names=('inferred',)))
        """
        kept = {name for name in self.names if wanted.get(name) is not False}
        return Deriving(tuple(sorted(kept | {name for name, on in wanted.items() if on})))

    def update(self, writer: VersionWriter, iris: Iris) -> None:
        """Bring the derived graphs to what the other graphs of the next version ask for; the last step of a build."""
        read = stated(writer.changed(), iris)
        made = {
            name: tuple(derive(read, iris.graph(name), iris)) for name, derive in DERIVED.items() if name in self.names
        }
        for name in DERIVED:
            writer.replace_graph(iris.graph(name), made.get(name, ()))
