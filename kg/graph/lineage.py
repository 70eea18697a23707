"""A method -> what it comes from and what came of it, as two trees.

It comes from what it is a kind of, from its parts, and from what the papers that introduce it use. What came of it are
its kinds, what it is a part of, and what papers that use it introduce. Each method is unfolded once, where it is
nearest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

import pyoxigraph
from pyoxigraph import NamedNode

from kg.graph import vocabulary as v

DEPTH: Final = 3  # steps
WIDTH: Final = 8  # branches of one method; what more papers mention comes first

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
    label: str
    relation: Relation = ""
    branches: list[_Node] = field(default_factory=list)
    more: int = 0


def lineage(graph: pyoxigraph.Store, method: NamedNode, depth: int = DEPTH, width: int = WIDTH) -> Lineage:
    """The lineage of a method, read from the merge of ``graph`` by its indexes; order: relation, papers, label.

    The work is bounded by the neighbours of ``width ** depth`` methods; ``depth`` 1 shows those of the method alone.
    A step of a tree asks at most three queries, whatever the number of its methods.
    """
    reader = _Reader(graph)
    label = reader.labels({method.value}).get(method.value, method.value)
    return Lineage(*(_finished(reader.tree(_Node(method.value, label), up, depth, width)) for up in (True, False)))


def _finished(node: _Node) -> Branch:
    return Branch(node.iri, node.label, node.relation, tuple(map(_finished, node.branches)), node.more)


class _Reader:
    def __init__(self, graph: pyoxigraph.Store) -> None:
        self._graph = graph

    def tree(self, top: _Node, up: bool, depth: int, width: int) -> _Node:
        """One tree, level by level, below its root; a method is shown where it is met first."""
        seen = {top.iri}
        level = [top]
        for _ in range(depth):
            near = self._near(level, up)
            papers = self._papers({iri for found in near.values() for iri in found} - seen)
            ranked = [
                sorted((relation, -papers[iri], iri) for iri, relation in near[node.iri].items() if iri in papers)
                for node in level
            ]
            # Those before may take so many of a method's neighbours; where equal ones stand there, labels tell.
            labels = self.labels({one[2] for at, ranks in enumerate(ranked, 1) for one in _first(ranks, at * width)})
            below: list[_Node] = []
            for node, ranks in zip(level, ranked, strict=True):
                ranks.sort(key=lambda one: (*one[:2], labels.get(one[2], one[2]), one[2]))
                first = [(iri, relation) for relation, _, iri in ranks if iri not in seen][:width]
                fresh = [_Node(iri, labels.get(iri, iri), relation) for iri, relation in first]
                node.branches, node.more = fresh, len(near[node.iri]) - len(fresh)
                seen |= {branch.iri for branch in fresh}
                below += fresh
            level = below
        counts = self._near_counts(level, up)
        for node in level:
            node.more = counts.get(node.iri, 0)
        return top

    def _near(self, nodes: Sequence[_Node], up: bool) -> dict[str, dict[str, Relation]]:
        """What hangs from each of these methods, each once, by its first relation."""
        found: dict[str, dict[str, Relation]] = {node.iri: {} for node in nodes}
        for row in self._ask(f"SELECT DISTINCT ?method ?relation ?other {_hanging(nodes, up)}", nodes):
            others, relation = found[row["method"].value], cast(Relation, row["relation"].value)
            other = row["other"].value
            others[other] = min(others.get(other, relation), relation)
        return found

    def _near_counts(self, nodes: Sequence[_Node], up: bool) -> dict[str, int]:
        query = f"SELECT ?method (COUNT(DISTINCT ?other) AS ?count) {_hanging(nodes, up)} GROUP BY ?method"
        return {row["method"].value: int(row["count"].value) for row in self._ask(query, nodes)}

    def _papers(self, iris: Set[str]) -> dict[str, int]:
        """How many papers mention each of these."""
        values = " ".join(str(NamedNode(iri)) for iri in sorted(iris))
        query = f"SELECT ?x (COUNT(*) AS ?n) {{ VALUES ?x {{ {values} }} ?paper {v.PT_mentions} ?x }} GROUP BY ?x"
        counted = {row["x"].value: int(row["n"].value) for row in self._ask(query, iris)}
        return {iri: counted.get(iri, 0) for iri in iris}

    def labels(self, iris: Set[str]) -> dict[str, str]:
        """The labels of these; the smallest where one has several."""
        values = " ".join(str(NamedNode(iri)) for iri in sorted(iris))
        found: dict[str, str] = {}
        for row in self._ask(f"SELECT ?x ?label {{ VALUES ?x {{ {values} }} ?x {v.RDFS_label} ?label }}", iris):
            iri, label = row["x"].value, row["label"].value
            found[iri] = min(found.get(iri, label), label)
        return found

    def _ask(self, query: str, about: Collection[object]) -> Iterable[pyoxigraph.QuerySolution]:
        return cast(pyoxigraph.QuerySolutions, self._graph.query(query)) if about else ()


def _first(ranks: Sequence[tuple[str, int, str]], number: int) -> Iterator[tuple[str, int, str]]:
    """So many of what is ranked, and those equal to the last of them."""
    for at, one in enumerate(ranks):
        if at >= number and one[:2] != ranks[number - 1][:2]:
            return
        yield one


def _hanging(nodes: Sequence[_Node], up: bool) -> str:
    """The pattern of what hangs from methods: ``?method ?relation ?other``."""
    methods = f"VALUES ?method {{ {' '.join(str(NamedNode(node.iri)) for node in nodes)} }}"
    subject, thing = ("?method", "?other") if up else ("?other", "?method")
    # The papers that introduce it use what is above; those that use it introduce what is below.
    towards, away = (v.PT_introduces, v.PT_uses) if up else (v.PT_uses, v.PT_introduces)
    return f"""{{
      {{ {methods} {subject} {v.PT_kindOf} {thing} BIND("kindOf" AS ?relation) }}
      UNION {{ {methods} {thing} {v.PT_partOf} {subject} BIND("partOf" AS ?relation) }}
      UNION {{ {methods} ?paper {towards} ?method ; {away} ?other . ?other a {v.PT_Method} BIND("uses" AS ?relation) }}
      FILTER(?other != ?method)
    }}"""


def _drawn(node: Branch, up: bool, indent: str) -> Iterator[str]:
    for branch in node.branches:
        yield f"{indent}  {PHRASES[branch.relation, up]} {branch.label}"
        yield from _drawn(branch, up, indent + "    ")
    if node.more:
        yield f"{indent}  ... {node.more} more, or shown elsewhere"
