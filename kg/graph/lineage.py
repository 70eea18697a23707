"""A method -> what it comes from and what came of it, as two trees.

It comes from what it is a kind of, from its parts, and from what the papers that introduce it use. What came of it are
its kinds, what it is a part of, and what papers that use it introduce. Each method is unfolded once, where it is
nearest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode

from kg.graph import vocabulary as v

DEPTH: Final = 3  # steps
WIDTH: Final = 8  # branches of one method; what more papers mention comes first
_MERGE: Final = DefaultGraph()

Relation = Literal["", "kindOf", "partOf", "uses"]  # in this order
PHRASES: Final[dict[tuple[Relation, bool], str]] = {
    ("kindOf", True): "is a kind of",
    ("partOf", True): "has the part",
    ("uses", True): "builds on",
    ("kindOf", False): "has the kind",
    ("partOf", False): "is part of",
    ("uses", False): "is built on by",
}


@dataclass(frozen=True, slots=True)
class Branch:
    """A method in a tree, and how it is joined to the one that it hangs from ("" for the root).

    ``more`` counts branches that are not shown: beyond the width, the depth, or shown elsewhere in the tree.
    """

    iri: str
    label: str
    relation: Relation = ""
    branches: tuple[Branch, ...] = ()
    more: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The branch for programs."""
        found: dict[str, Any] = {"iri": self.iri, "label": self.label}
        if self.relation:
            found["relation"] = self.relation
        found |= {"branches": [one.as_dict() for one in self.branches], "more": self.more}
        return found


@dataclass(frozen=True, slots=True)
class Lineage:
    """Both trees of a method; the root of each is the method itself."""

    above: Branch
    below: Branch

    def as_dict(self) -> dict[str, Any]:
        """The lineage for programs."""
        return {"iri": self.above.iri, "label": self.above.label} | {
            name: {"branches": [one.as_dict() for one in tree.branches], "more": tree.more}
            for name, tree in (("above", self.above), ("below", self.below))
        }

    def as_text(self) -> str:
        """The lineage for people: a line a method."""
        lines = [f"{self.above.label}  <{self.above.iri}>"]
        for tree, up in ((self.above, True), (self.below, False)):
            lines += _drawn(tree, up, "")
        if len(lines) == 1:
            lines.append("nothing in the graph says what it comes from, or what came of it")
        return "\n".join(lines)


@dataclass(slots=True)
class _Node:
    iri: str
    relation: Relation
    branches: list[_Node] = field(default_factory=list)
    more: int = 0


def lineage(graph: pyoxigraph.Store, method: NamedNode, depth: int = DEPTH, width: int = WIDTH) -> Lineage:
    """The lineage of a method, read from the merge of ``graph`` by its indexes; order: relation, papers, label.

    The work is bounded by the neighbours of ``width ** depth`` methods; ``depth`` 1 shows those of the method alone.
    """
    reader = _Reader(graph)
    return Lineage(reader.tree(method.value, True, depth, width), reader.tree(method.value, False, depth, width))


class _Reader:
    def __init__(self, graph: pyoxigraph.Store) -> None:
        self._graph = graph
        self._counts: dict[str, int] = {}
        self._labels: dict[str, str] = {}

    def tree(self, root: str, up: bool, depth: int, width: int) -> Branch:
        seen = {root}
        top = _Node(root, "")
        level = [top]
        for _ in range(depth):
            below: list[_Node] = []
            for node in level:
                near = self._ordered(node.iri, up)
                fresh = [pair for pair in near if pair[1] not in seen][:width]
                node.branches = [_Node(iri, relation) for relation, iri in fresh]
                node.more = len(near) - len(fresh)
                seen |= {iri for _, iri in fresh}
                below += node.branches
            level = below
        for node in level:
            node.more = len(self._ordered(node.iri, up))
        return self._finished(top)

    def _finished(self, node: _Node) -> Branch:
        return Branch(
            node.iri, self._label(node.iri), node.relation, tuple(map(self._finished, node.branches)), node.more
        )

    def _ordered(self, iri: str, up: bool) -> list[tuple[Relation, str]]:
        """What hangs from a method, each once, by its first relation."""
        found: dict[str, Relation] = {}
        for relation, other in self._near(NamedNode(iri), up):
            if other != iri:
                found.setdefault(other, relation)
        order = sorted(found, key=lambda other: (found[other], -self._papers(other), self._label(other), other))
        return [(found[other], other) for other in order]

    def _near(self, method: NamedNode, up: bool) -> Iterator[tuple[Relation, str]]:
        kinds, parts = (self._objects, self._subjects) if up else (self._subjects, self._objects)
        yield from (("kindOf", one.value) for one in kinds(method, v.PT_kindOf))
        yield from (("partOf", one.value) for one in parts(method, v.PT_partOf))
        # The papers that introduce it use what is above; those that use it introduce what is below.
        towards, away = (v.PT_introduces, v.PT_uses) if up else (v.PT_uses, v.PT_introduces)
        # Joined by the database, which then reads the texts of the distinct methods alone.
        found = self._ask(
            f"SELECT DISTINCT ?other {{ ?paper {towards} {method} ; {away} ?other . ?other a {v.PT_Method} }}"
        )
        yield from (("uses", other) for other in sorted(row["other"].value for row in found))

    def _papers(self, iri: str) -> int:
        if iri not in self._counts:
            found = self._ask(f"SELECT (COUNT(*) AS ?count) {{ ?paper {v.PT_mentions} {NamedNode(iri)} }}")
            self._counts[iri] = int(next(found)["count"].value)
        return self._counts[iri]

    def _ask(self, query: str) -> pyoxigraph.QuerySolutions:
        return cast(pyoxigraph.QuerySolutions, self._graph.query(query))

    def _label(self, iri: str) -> str:
        if iri not in self._labels:
            found = self._graph.quads_for_pattern(NamedNode(iri), v.RDFS_label, None, _MERGE)
            names = (quad.object.value for quad in found if isinstance(quad.object, pyoxigraph.Literal))
            self._labels[iri] = min(names, default=iri)
        return self._labels[iri]

    def _objects(self, subject: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        found = (quad.object for quad in self._graph.quads_for_pattern(subject, predicate, None, _MERGE))
        return sorted((one for one in found if isinstance(one, NamedNode)), key=lambda one: one.value)

    def _subjects(self, obj: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        found = (quad.subject for quad in self._graph.quads_for_pattern(None, predicate, obj, _MERGE))
        return sorted((one for one in found if isinstance(one, NamedNode)), key=lambda one: one.value)


def _drawn(node: Branch, up: bool, indent: str) -> Iterator[str]:
    for branch in node.branches:
        yield f"{indent}  {PHRASES[branch.relation, up]} {branch.label}"
        yield from _drawn(branch, up, indent + "    ")
    if node.more:
        yield f"{indent}  ... {node.more} more, or shown elsewhere"
