"""Two graphs -> which papers, concepts, statements and leaderboard cells were gained, lost or changed.

A thing is *changed* where both sides have it and say different things of it: for a paper all that its named graph
says, for a statement its confidence and its sentences, for a concept its names, key and hierarchy. A *leaderboard
cell* is what is reported for one (task, dataset, metric, method) without a condition: the values that stand there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from kg.graph import vocabulary as v
from kg.store.difference import GraphDifference, differences

KINDS: Final = ("papers", "concepts", "statements", "leaderboard cells")
SHOWN: Final = 20  # of each kind, for people

_CLASSES: Final = {"papers": v.PT_Paper, "concepts": v.PT_Concept, "statements": v.PT_Statement}
_PARTS: Final = (v.PT_task, v.PT_dataset, v.PT_metric, v.PT_method)
_NAMES: Final = (v.RDFS_label, v.DCTERMS_title)

Cell = tuple[str, ...]  # the IRIs of task, dataset, metric and method; "" where the result names none


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not the same on both sides. ``before`` and ``after`` are what a cell holds, else empty."""

    change: str  # gained, lost, changed
    iri: str  # of a cell: the IRIs of its parts, between single spaces
    label: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that two graphs say differently: by kind for people, by graph for a patch."""

    changes: Mapping[str, tuple[Change, ...]]  # by kind, each sorted
    graphs: tuple[GraphDifference, ...]

    def __bool__(self) -> bool:
        return bool(self.graphs)

    def as_dict(self) -> dict[str, Any]:
        """Everything but the quads, for JSON."""
        return {
            **{kind.replace(" ", "_"): self._kind_as_dict(kind) for kind in KINDS},
            "quads": {"gained": self._quads("added"), "lost": self._quads("removed")},
            "graphs": [one.graph.value for one in self.graphs],
        }

    def as_text(self) -> str:
        """A line a kind with its counts, then the first of each."""
        if not self:
            return "no difference"
        lines = []
        for kind in KINDS:
            numbers = ", ".join(f"{len(self._of(kind, change)):,} {change}" for change in _CHANGES)
            lines.append(f"{kind:<17}  {numbers}")
        lines.append(f"{'quads':<17}  {self._quads('added'):,} gained, {self._quads('removed'):,} lost")
        for kind in KINDS:
            found = self.changes[kind]
            if found:
                lines += ["", f"{kind}:", *map(_line, found[:SHOWN])]
            if len(found) > SHOWN:
                lines.append(f"  ... and {len(found) - SHOWN:,} more; --json lists all")
        return "\n".join(lines)

    def _of(self, kind: str, change: str) -> list[Change]:
        return [one for one in self.changes[kind] if one.change == change]

    def _kind_as_dict(self, kind: str) -> dict[str, list[dict[str, Any]]]:
        return {change: [_entry(one) for one in self._of(kind, change)] for change in _CHANGES}

    def _quads(self, side: str) -> int:
        return sum(len(getattr(one, side)) for one in self.graphs)


_CHANGES: Final = {"gained": "+", "lost": "-", "changed": "~"}


def compare(old: pyoxigraph.Store, new: pyoxigraph.Store) -> Comparison:
    """What ``new`` says that ``old`` does not, and the other way round."""
    graphs = tuple(differences(old, new))
    changes = {kind: _entities(kind, old, new, graphs) for kind in _CLASSES}
    return Comparison({**changes, "leaderboard cells": _cells(old, new, graphs)}, graphs)


# --- papers, concepts, statements ---------------------------------------------------------------------------


def _entities(
    kind: str, old: pyoxigraph.Store, new: pyoxigraph.Store, graphs: Sequence[GraphDifference]
) -> tuple[Change, ...]:
    made = []
    for iri in sorted(set(_touched(kind, old, new, graphs)), key=lambda one: one.value):
        before, after = (_is_a(side, iri, _CLASSES[kind]) for side in (old, new))
        if before or after:
            change = "changed" if before and after else "gained" if after else "lost"
            made.append(Change(change, iri.value, _label(kind, new if after else old, iri)))
    return tuple(made)


def _touched(
    kind: str, old: pyoxigraph.Store, new: pyoxigraph.Store, graphs: Iterable[GraphDifference]
) -> Iterator[NamedNode]:
    """What may be of that kind and another thing than before."""
    for one in graphs:
        if kind == "papers" and one.graph.value.endswith("/graph"):
            yield NamedNode(one.graph.value.removesuffix("/graph"))
            continue
        for quad in chain(one.added, one.removed):
            if isinstance(quad.subject, NamedNode) and kind != "papers":
                yield quad.subject
        if kind == "statements":
            # A sentence that changed is another evidence of its statement.
            for subject in {quad.subject for quad in chain(one.added, one.removed)}:
                for side in (old, new):
                    for cites in side.quads_for_pattern(None, v.PT_evidence, subject, one.graph):
                        if isinstance(cites.subject, NamedNode):
                            yield cites.subject


def _is_a(side: pyoxigraph.Store, iri: NamedNode, kind: NamedNode) -> bool:
    return next(iter(side.quads_for_pattern(iri, v.RDF_type, kind, None)), None) is not None


def _label(kind: str, side: pyoxigraph.Store, iri: NamedNode) -> str:
    if kind != "statements":
        return _name(side, iri)
    subject, predicate, obj = (_object(side, iri, part) for part in (v.RDF_subject, v.RDF_predicate, v.RDF_object))
    said = v.compress(predicate.value) if predicate else "?"
    return f"{_name(side, subject)} {said} {_name(side, obj)}"


def _name(side: pyoxigraph.Store, iri: NamedNode | Literal | None) -> str:
    if not isinstance(iri, NamedNode):
        return "?" if iri is None else iri.value
    for predicate in _NAMES:
        found = [quad.object.value for quad in _quads(side, iri, predicate) if isinstance(quad.object, Literal)]
        if found:
            return min(found)
    return iri.value


def _object(side: pyoxigraph.Store, iri: NamedNode, predicate: NamedNode) -> NamedNode | Literal | None:
    return next((q.object for q in _quads(side, iri, predicate) if isinstance(q.object, NamedNode | Literal)), None)


def _quads(side: pyoxigraph.Store, iri: NamedNode, predicate: NamedNode) -> Iterable[Quad]:
    """From the named graphs: an export that was loaded has no merge in its default graph."""
    found = side.quads_for_pattern(iri, predicate, None, None)
    return (quad for quad in found if quad.graph_name != DefaultGraph())


# --- leaderboard cells --------------------------------------------------------------------------------------


def _cells(old: pyoxigraph.Store, new: pyoxigraph.Store, graphs: Iterable[GraphDifference]) -> tuple[Change, ...]:
    touched: set[Cell] = set()
    for result in {quad.subject for one in graphs for quad in chain(one.added, one.removed)}:
        if isinstance(result, NamedNode):
            touched |= {cell for side in (old, new) if (cell := _cell_of(side, result)) is not None}
    datasets = {cell[1] for cell in touched}
    was, held = (_values(side, datasets) for side in (old, new))
    made = []
    for cell in sorted(touched):
        before, after = (tuple(sorted(values.get(cell, ()))) for values in (was, held))
        if before != after:
            change = "changed" if before and after else "gained" if after else "lost"
            made.append(Change(change, " ".join(filter(None, cell)), _cell_label(old, new, cell), before, after))
    return tuple(made)


def _cell_of(side: pyoxigraph.Store, result: NamedNode) -> Cell | None:
    """The cell that a result stands in; None for what is no result, or is not ranked."""
    if not _is_a(side, result, v.PT_Result) or _object(side, result, v.PT_valueKind) != v.VALUE_KINDS["absolute"]:
        return None
    if _object(side, result, v.PT_condition) is not None:
        return None
    parts = [_object(side, result, predicate) for predicate in _PARTS]
    if not isinstance(parts[1], NamedNode) or not isinstance(parts[2], NamedNode):  # no dataset, no metric: no board
        return None
    return tuple(part.value if isinstance(part, NamedNode) else "" for part in parts)


def _values(side: pyoxigraph.Store, datasets: Iterable[str]) -> dict[Cell, list[str]]:
    """The values in the cells of these datasets as written, with the split where one is named: one for each result."""
    values: dict[Cell, list[str]] = defaultdict(list)
    for dataset in datasets:
        for result in {quad.subject for quad in side.quads_for_pattern(None, v.PT_dataset, NamedNode(dataset), None)}:
            if isinstance(result, NamedNode) and (cell := _cell_of(side, result)) is not None:
                written, split = _object(side, result, v.PT_valueText), _object(side, result, v.PT_split)
                values[cell].append((written.value if written else "?") + (f" ({split.value})" if split else ""))
    return values


def _cell_label(old: pyoxigraph.Store, new: pyoxigraph.Store, cell: Cell) -> str:
    def named(iri: str) -> str:
        label = _name(new, NamedNode(iri))
        return _name(old, NamedNode(iri)) if label == iri else label

    task, dataset, metric, method = (named(iri) if iri else "" for iri in cell)
    return f"{method or 'a method without name'}: {metric} on {dataset}" + (f" for {task}" if task else "")


def _entry(one: Change) -> dict[str, Any]:
    entry: dict[str, Any] = {"iri": one.iri, "label": one.label}
    if one.before or one.after:
        entry |= {"before": list(one.before), "after": list(one.after)}
    return entry


def _line(one: Change) -> str:
    line = f"  {_CHANGES[one.change]} {one.label}"
    if not one.before and not one.after:
        return f"{line}  <{one.iri}>"
    if one.change == "changed":
        return f"{line}: {', '.join(one.before)} -> {', '.join(one.after)}"
    return f"{line}: {', '.join(one.after or one.before)}"
