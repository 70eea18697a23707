"""PaperNames of all papers -> Tally: how often each name is written in which way, and what papers define.

Only counts, sums and smallest keys: the order of the papers does not matter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kg.records import CONCEPT_TYPES, ConceptType, Name
from kg.resolve.names import PaperNames
from kg.resolve.normal_forms import is_generic, matching_form, normal_form

MOST_PAPERS = 3  # that a merge names


@dataclass(slots=True)
class Papers:
    """How many papers say something, and the smallest keys of some of them."""

    count: int = 0
    keys: list[str] = field(default_factory=list)

    def add(self, key: str) -> None:
        """One more paper."""
        self.count += 1
        if key and (len(self.keys) < MOST_PAPERS or key < self.keys[-1]):
            self.keys = sorted({*self.keys, key})[:MOST_PAPERS]


@dataclass(slots=True)
class TypeNames:
    """What papers call the concepts of one type. A node is a matching form (normal_forms.py)."""

    forms: dict[str, str] = field(default_factory=dict)  # node -> its smallest normal form
    surfaces: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    definitions: dict[str, dict[str, Papers]] = field(default_factory=lambda: defaultdict(dict))  # short -> long
    abbreviated: dict[tuple[str, str], Papers] = field(default_factory=dict)  # (a node, how papers write it in short)

    def add(self, form: str) -> str:
        """The node of a normal form, which is there from now on."""
        node = matching_form(form)
        held = self.forms.get(node)
        if held is None or form < held:
            self.forms[node] = form
        return node


@dataclass(slots=True)
class Tally:
    """All that the papers say of names."""

    nodes: dict[Name, str | None] = field(default_factory=dict)  # None: a generic word
    of_type: dict[ConceptType, TypeNames] = field(default_factory=lambda: {type: TypeNames() for type in CONCEPT_TYPES})
    written_out: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # of any type
    above: dict[tuple[ConceptType, str, str], float] = field(default_factory=dict)  # (type, narrow, broad) -> score


def tally_names(all_names: Iterable[PaperNames], node_of: Callable[[Name], str | None]) -> Tally:
    """Counts names, definitions and hierarchy over all papers; ``node_of`` is asked once for each name."""
    tally = Tally()
    forms: dict[str, str] = {}  # surface -> matching form, whatever its type
    for paper in all_names:
        for surface in paper.surface_forms:
            name = surface.name
            if name not in tally.nodes:
                tally.nodes[name] = node_of(name)
                if tally.nodes[name] is not None:
                    tally.of_type[name.type].add(normal_form(name.text, name.type))
            node = tally.nodes[name]
            if node is None:
                continue
            names = tally.of_type[name.type]
            names.surfaces[node][surface.text] += surface.count
            if surface.text != name.text:
                if surface.text not in forms:
                    forms[surface.text] = matching_form(normal_form(surface.text, name.type))
                if forms[surface.text] != node:
                    names.abbreviated.setdefault((node, surface.text), Papers()).add(paper.paper)
        _add_definitions(paper, tally)
        for one in paper.above:
            narrow, broad = tally.nodes.get(one.narrow), tally.nodes.get(one.broad)
            if narrow is not None and broad is not None and narrow != broad:
                edge = (one.narrow.type, narrow, broad)
                tally.above[edge] = max(tally.above.get(edge, 0.0), one.score)
    return tally


def _add_definitions(paper: PaperNames, tally: Tally) -> None:
    for one in paper.definitions:
        tally.written_out[normal_form(one.short)][normal_form(one.long)] += 1
        if one.type is None:
            continue
        short, long = normal_form(one.short, one.type), normal_form(one.long, one.type)
        if short and long and not is_generic(short) and not is_generic(long):
            names = tally.of_type[one.type]
            names.definitions[names.add(short)].setdefault(names.add(long), Papers()).add(paper.paper)
