"""What people say of names, as constraints on which names are one concept.

Pure: made from an ordered list of sayings, of which the later one counts where two disagree. A *node* is a name's
matching form (normal_forms.py); names that papers write otherwise but match are one node.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from kg.records import Concept, ConceptType, Name
from kg.resolve.normal_forms import matching_form, normal_form

Node = tuple[ConceptType, str]
LinkT = TypeVar("LinkT")


@dataclass(frozen=True, slots=True)
class Saying:
    """``merge``: name and other are one, called as the other; ``split``: the name is a concept of its own;
    ``rename``: its concept is called as the other."""

    action: Literal["merge", "split", "rename"]
    name: Name
    other: Name | None = None


@dataclass(frozen=True)
class Constraints:
    """Nodes that stand apart, pairs that are one, and what concepts are called; empty: nothing is said.

    >>> gat, graph, attention = (Name(text, "Method") for text in ("GAT", "graph attention network", "attention"))
    >>> said = constraints_of([Saying("merge", gat, graph), Saying("split", gat), Saying("rename", graph, attention)])
    >>> sorted(said.apart), said.together, said.labels
    ([('Method', 'gat')], (), {('Method', 'graphattentionnetwork'): 'attention'})
    """

    apart: frozenset[Node] = frozenset()
    together: tuple[tuple[Node, Node], ...] = ()
    labels: Mapping[Node, str] = field(default_factory=dict)  # in order, the last said last

    def allowed(self, type: ConceptType, links: Mapping[str, LinkT]) -> dict[str, LinkT]:
        """The links of a type without those of, and to, nodes that stand apart. A link has its end in ``.node``."""
        if not self.apart:
            return dict(links)
        return {
            node: link
            for node, link in links.items()
            if (type, node) not in self.apart and (type, getattr(link, "node", None)) not in self.apart
        }

    def pairs(self, type: ConceptType) -> list[tuple[str, str]]:
        """The pairs of nodes of a type that are one."""
        return [(one[1], other[1]) for one, other in self.together if one[0] == type]

    def key_of(self, type: ConceptType, nodes: Iterable[str], form: str, taken: bool) -> str:
        """The key of a concept without entry: its form, marked where it stands apart from the entry of that key."""
        return key_apart(form) if taken and any((type, node) in self.apart for node in nodes) else form

    def named(self, concept: Concept, nodes: Iterable[str]) -> Concept:
        """The concept as people call it, without names that stand apart from it."""
        if not self.labels and not self.apart:
            return concept
        own = set(nodes)
        said = [label for node, label in self.labels.items() if node[0] == concept.type and node[1] in own]
        label = said[-1] if said else concept.label
        names = {concept.label, *concept.alt_labels, label}
        if self.apart:
            names = {name for name in names if name == label or not self._elsewhere(name, concept.type, own)}
        return replace(concept, label=label, alt_labels=tuple(sorted(names - {label})))

    def _elsewhere(self, name: str, type: ConceptType, own: set[str]) -> bool:
        node = node_of(Name(name, type))
        return node in self.apart and node[1] not in own

    def retyped(self, types: Mapping[Node, ConceptType]) -> Constraints:
        """The same said of names that have another type now."""

        def now(node: Node) -> Node:
            return (types.get(node, node[0]), node[1])

        return Constraints(
            frozenset(map(now, self.apart)),
            tuple((now(one), now(other)) for one, other in self.together),
            {now(node): label for node, label in self.labels.items()},
        )


def key_apart(key: str) -> str:
    """The key of a name that stands apart from the entry of the catalogue that has ``key``."""
    return f"{key} apart"


def node_of(name: Name) -> Node:
    """The node that a name belongs to."""
    return (name.type, matching_form(normal_form(name.text, name.type)))


def constraints_of(sayings: Iterable[Saying]) -> Constraints:
    """All that was said, in order: a split takes back what was said of that name, a merge what was split."""
    apart: set[Node] = set()
    together: list[tuple[Node, Node]] = []
    labels: dict[Node, str] = {}
    for one in sayings:
        node = node_of(one.name)
        if one.action == "split":
            together = [pair for pair in together if node not in pair]
            labels.pop(node, None)
            apart.add(node)
        elif one.other is not None:
            if one.action == "merge":
                together.append((node, node_of(one.other)))
                node = node_of(one.other)
            labels.pop(node, None)
            labels[node] = one.other.text
    return Constraints(frozenset(apart), tuple(together), labels)


NOTHING_SAID = Constraints()
