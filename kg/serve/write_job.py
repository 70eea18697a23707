"""A process that writes into people's own graphs of a built store; it can be killed at any moment.

``python -m kg.serve.write_job STORE`` reads one JSON object from standard input (the fields of an ``Update`` or a
``WriteGraph``, documents in base64), and prints one: ``{"version", "created", "triples", "tag", "graphs", "added",
"removed"}``, or ``{"error": {"name", "message", "line", "column"}}``.

An update is tried on a copy of the current version; one of nothing but data on a copy of the graphs that it names. Only
what it changed in graphs that are people's own is taken over: as a patch, then into the next version. What it changed
elsewhere is an error, whatever its text looked like.
"""

from __future__ import annotations

import json
import sys
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from kg.assemble.deriving import Deriving
from kg.errors import GraphMissing, PapertriplesError, QueryError, QueryRefused
from kg.graph.iris import Iris
from kg.link import Linking
from kg.query.nesting import check_nesting
from kg.query.policy import check_update
from kg.query.results import syntax_error
from kg.query.targets import Targets, targets_of
from kg.query.updates import only_data, with_dataset
from kg.serve.confinement import confine
from kg.serve.dataset_process import check_conditions
from kg.serve.documents import read_documents
from kg.serve.jobs import Update, WriteGraph, WriteJob, job_from_json
from kg.serve.worker_process import error_as_json, graph_name, limit_memory
from kg.store import Manifest, VersionWriter, read_manifest
from kg.store.building import building
from kg.store.counting import count_changed
from kg.store.written import LastWrites, Patch, is_system, tag_of, write_patch

OWN: Final = "name a graph of your own: an IRI that does not begin with {base}"
_DEFAULT: Final = (
    "the default graph is the merge of all others, and read-only; "
    + OWN
    + "; what you write there is in the merge as well"
)
_SYSTEM: Final = "the graph <{graph}> is made by builds, and read-only; " + OWN
_HIDDEN: Final = "the update changes graphs that its text does not name; name them, each by its IRI"
_ALL: Final = "this would clear graphs that builds make, and these are read-only; " + OWN

Change = dict[ox.NamedNode, set[ox.Quad]]  # what graphs hold after a write


def run(location: Path, job: WriteJob) -> dict[str, Any]:
    """Carry out a write. Raises what is wrong with it, StoreLocked where somebody else writes or builds."""
    read_manifest(location)  # a store must be there
    with building(location) as (_, writer, before):
        assert before is not None
        if isinstance(job, Update):
            wanted, created = _updated(writer, job, before), False
        else:
            wanted, created = _put(location, writer, job, before)
        patch = _patch(writer, wanted, job.by)
        told: dict[str, Any] = {
            "created": created,
            "graphs": patch.graphs,
            "added": len(patch.added),
            "removed": len(patch.removed),
        }
        after = before
        if patch.graphs:
            for graph, quads in wanted.items():
                writer.replace_graph(graph, quads)
            # As a build does: links and what follows are a function of all other graphs, people's own among them.
            iris = Iris(before.base_iri)
            Linking(location, before.catalogues).update(writer, iris)
            Deriving(before.derived).update(writer, iris)
            counts = count_changed(writer, before.counts, Decimal(before.min_confidence))
            write_patch(location, before.written + 1, patch)
            after = replace(before, version=writer.version, written=before.written + 1, counts=counts)
            writer.publish(after)
    told["version"] = after.version
    if isinstance(job, WriteGraph) and job.graph is not None:
        told["triples"] = len(wanted[ox.NamedNode(job.graph)])
        told["tag"] = tag_of(LastWrites(location), after, job.graph)
    return told


def check_target(graph: str | None, base_iri: str) -> None:
    """Raise QueryRefused where a graph (None: the default graph) is not people's own."""
    if graph is None:
        raise QueryRefused(_DEFAULT.format(base=base_iri))
    if is_system(graph, base_iri):
        raise QueryRefused(_SYSTEM.format(graph=graph, base=base_iri))


def _put(location: Path, writer: VersionWriter, job: WriteGraph, before: Manifest) -> tuple[Change, bool]:
    """What the graph of a job holds after it, and whether it is new."""
    check_target(job.graph, before.base_iri)
    graph = graph_name(job.graph)
    assert isinstance(graph, ox.NamedNode)
    held = writer.held(graph)
    check_conditions(job, tag_of(LastWrites(location), before, job.graph) if held else None)
    if job.action == "remove":
        if not held:
            raise GraphMissing(f"the store has no graph <{job.graph}>")
        return {graph: set()}, False
    triples = read_documents(job.parts, job.base)
    read = (ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)
    quads = set(_named(read, before.base_iri))
    return {graph: quads if job.action == "replace" else held | quads}, not held


def _updated(writer: VersionWriter, job: Update, manifest: Manifest) -> Change:
    """What the graphs that an update writes hold after it."""
    base_iri = manifest.base_iri
    check_nesting(job.text)
    check_update(job.text)
    text = with_dataset(job.text, job.graphs) if job.graphs else job.text
    targets = targets_of(text, job.base)
    for graph in sorted(targets.graphs):
        check_target(graph, base_iri)
    if targets.named:
        raise QueryRefused(_ALL.format(base=base_iri))
    if targets.default:
        check_target(None, base_iri)
    tried = _tried_on_named if only_data(text) else _tried_on_all
    change, fresh = tried(writer, text, job.base, targets, manifest), _Fresh(base_iri)
    return {graph: {fresh.quad(quad) for quad in quads} for graph, quads in change.items()}


def _tried_on_named(writer: VersionWriter, text: str, base: str | None, targets: Targets, manifest: Manifest) -> Change:
    """What an update of data comes to, which costs what it says and what the graphs that it names hold, no more."""
    names = {ox.NamedNode(graph) for graph in targets.graphs}
    tried = ox.Store()
    for graph in names:
        tried.extend(writer.held(graph))
    _carry_out(tried, text, base)
    change: Change = {graph: set() for graph in names}
    for quad in tried:
        if not isinstance(quad.graph_name, ox.NamedNode) or quad.graph_name not in change:
            raise QueryRefused(_HIDDEN)
        change[quad.graph_name].add(quad)
    return change


def _tried_on_all(writer: VersionWriter, text: str, base: str | None, targets: Targets, manifest: Manifest) -> Change:
    with writer.scratch() as tried:
        # Counting all quads is most of what such a write costs; the manifest knows how many there were.
        before = manifest.counts.triples + manifest.counts.quads or len(tried)
        _carry_out(tried, text, base)
        change = _change(writer, tried, targets, manifest.base_iri)
        came = sum(len(quads) - len(writer.held(graph)) for graph, quads in change.items())
        if len(tried) - before != came:
            raise QueryRefused(_HIDDEN)
        return change


def _carry_out(tried: ox.Store, text: str, base: str | None) -> None:
    try:
        tried.update(text, base_iri=base)
    except SyntaxError as error:
        raise syntax_error(str(error)) from error
    except (ValueError, OSError, RuntimeError) as error:
        if "IO error" in str(error) or "Corruption" in str(error):
            raise  # the disk's; else it is of a graph that is not there, or the like
        raise QueryError(f"the update cannot be carried out: {error}") from error


def _change(writer: VersionWriter, tried: ox.Store, targets: Targets, base_iri: str) -> Change:
    names = {ox.NamedNode(graph) for graph in targets.graphs}
    if targets.variable:
        for graph in _changed_graphs(writer, tried):
            check_target(graph.value if isinstance(graph, ox.NamedNode) else None, base_iri)
            names.add(graph)
    return {graph: set(tried.quads_for_pattern(None, None, None, graph)) for graph in names}


def _changed_graphs(writer: VersionWriter, tried: ox.Store) -> set[Any]:
    """The graphs in which the copy differs. Both are written in one order, so that few lines wait for their twins."""
    waiting: set[bytes] = set()  # lines that only one of them has had so far; each has a line once
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.nq", Path(folder) / "after.nq"
        writer.dump(before)
        tried.dump(str(after), format=ox.RdfFormat.N_QUADS)
        with open(before, "rb") as old, open(after, "rb") as new:
            for one, other in zip_longest(old, new, fillvalue=b""):
                if one != other:
                    waiting ^= {one, other}
    return {quad.graph_name for quad in ox.parse(b"".join(waiting), format=ox.RdfFormat.N_QUADS)}


class _Fresh:
    """Gives blank nodes names (RDF 1.1, section 3.5), so that patches and exports name one thing in one way."""

    def __init__(self, base_iri: str) -> None:
        self._start = f"{base_iri}.well-known/genid/"
        self._known: dict[ox.BlankNode, ox.NamedNode] = {}

    def quad(self, quad: ox.Quad) -> ox.Quad:
        return ox.Quad(self._term(quad.subject), quad.predicate, self._term(quad.object), quad.graph_name)

    def _term(self, term: Any) -> Any:
        if isinstance(term, ox.BlankNode):
            return self._known.setdefault(term, ox.NamedNode(f"{self._start}{uuid.uuid4().hex}"))
        if isinstance(term, ox.Triple):
            return ox.Triple(self._term(term.subject), term.predicate, self._term(term.object))
        return term


def _named(quads: Iterable[ox.Quad], base_iri: str) -> Iterator[ox.Quad]:
    fresh = _Fresh(base_iri)
    return (fresh.quad(quad) for quad in quads)


def _patch(writer: VersionWriter, wanted: Change, who: str) -> Patch:
    removed: list[ox.Quad] = []
    added: list[ox.Quad] = []
    for graph, quads in wanted.items():
        held = writer.held(graph)
        removed += held - quads
        added += quads - held
    return Patch(who, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), tuple(removed), tuple(added))


def main() -> None:
    """Read a job, carry it out, print what it came to."""
    fields = json.load(sys.stdin)
    limit_memory(fields["memory"])
    confine()
    try:
        told = run(Path(sys.argv[1]), job_from_json(fields))
    except PapertriplesError as error:
        told = {"error": json.loads(error_as_json(error))}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
