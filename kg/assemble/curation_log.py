"""The curation log as the graph and the lists show it: each entry with what it is about in this version."""

from __future__ import annotations

from collections import defaultdict

from pyoxigraph import NamedNode

from kg.assemble.curation import Curation
from kg.assemble.papers import Outlines
from kg.graph import vocabulary as v
from kg.graph.amending import Amendment
from kg.graph.curating import CuratedEntry
from kg.graph.iris import Iris
from kg.store.curation import GIVES, Entry, undone_by


def shown_entries(curation: Curation, outlines: Outlines, iris: Iris) -> tuple[CuratedEntry, ...]:
    """All entries of the log, in order."""
    if not curation.entries:
        return ()
    amended: dict[str, list[tuple[str, Amendment]]] = defaultdict(list)
    papers: dict[str, list[str]] = defaultdict(list)  # of what sources give
    for outline in outlines.papers:
        paper = iris.paper(outline.key).value
        for one in curation.amendments(outline):
            amended[one.entry].append((paper, one))
        for entry in curation.of_paper(outline):
            if entry.predicate == GIVES:
                papers[entry.id].append(paper)
    undoing = undone_by(curation.entries)
    return tuple(
        _shown(entry, curation, amended[iris.curation(entry.id).value], papers[entry.id], undoing.get(entry.id), iris)
        for entry in curation.entries
    )


def _shown(
    entry: Entry,
    curation: Curation,
    amended: list[tuple[str, Amendment]],
    papers: list[str],
    undone_by: str | None,
    iris: Iris,
) -> CuratedEntry:
    used, linked = list(papers), None
    for type, name in ((entry.type, entry.name), (entry.to_type or entry.type, entry.to_name)):
        concept = curation.concept_of(type, name)
        if concept is not None:
            used.append(iris.concept(concept.type, concept.key).value)
    statements = [
        iris.statement(NamedNode(paper), NamedNode(one.subject), NamedNode(one.predicate), NamedNode(one.object)).value
        for paper, one in amended
        if isinstance(one.object, str)
    ]
    used += [paper for paper, _ in amended]
    if entry.action == "accept":
        used += statements
    if entry.action == "link" and entry.predicate is not None:
        subject = curation.concept_of(entry.type, entry.name)
        other = curation.concept_of(entry.to_type, entry.to_name)
        target = iris.concept(other.type, other.key).value if other is not None else entry.target
        if subject is not None and target is not None:
            linked = (iris.concept(subject.type, subject.key).value, entry.predicate, target)
    return CuratedEntry(
        id=entry.id,
        when=entry.when,
        who=entry.who,
        action=entry.action,
        why=entry.why,
        label=label_of(entry),
        used=tuple(sorted(set(used))),
        generated=tuple(statements) if entry.action == "add" else (),
        invalidated=tuple(statements) if entry.action == "reject" else (),
        undone_by=undone_by,
        linked=linked,
    )


def label_of(entry: Entry) -> str:
    """An entry in a few words.

    >>> label_of(Entry("2026-01-31T12:00:00.000000Z", "ada", "rename", type="Method", name="GAT", to_name="GATs"))
    'rename Method GAT: GATs'
    >>> label_of(Entry("2026-01-31T12:00:00.000000Z", "ada", "undo", target="0123456789abcdef"))
    'undo 0123456789abcdef'
    """
    if entry.action == "undo":
        return f"undo {entry.target}"
    about = f"{entry.type} {entry.name}" if entry.name else " ".join(map(": ".join, entry.records[:1])) or "a paper"
    parts = [v.compress(entry.predicate)] if entry.predicate else []
    if entry.to_name or entry.to_type:
        parts.append(" ".join(filter(None, (entry.to_type, entry.to_name))))
    elif entry.target:
        parts.append(entry.target)
    return f"{entry.action} {about}" + (f": {' '.join(parts)}" if parts else "")
