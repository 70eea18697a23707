"""Quads -> a new version of the store, which becomes the current one in a single rename.

A first version is bulk loaded; a later one begins as a checkpoint (hard links) of the current one, to which the
difference is applied. The default graph is kept as the RDF merge: a triple is in it if and only if at least
one named graph holds it. Until the manifest is renamed, readers see nothing of all this; what a killed build
leaves has a number above the manifest's and is deleted by the next one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from kg.errors import StoreError
from kg.store.durable import sync_folder
from kg.store.manifest import Manifest, write_manifest
from kg.store.names import entries_of, is_naming, named_iris
from kg.store.search import create_index, is_current, merge_index, update_index
from kg.store.versions import GRAPHS, SCRATCH, clear_versions, delete_version, graph_folder, lock_file, search_file

BULK = 100_000  # quads that are worth files of their own
DEFAULT_GRAPH = DefaultGraph()


@dataclass(slots=True)
class Difference:
    """What a new version changes: quads of named graphs, and the graphs they are in."""

    added: int = 0
    removed: int = 0
    graphs: int = 0

    def __bool__(self) -> bool:
        return bool(self.graphs)


class VersionWriter:
    """Takes graphs, and publishes them with the unchanged ones as the next version. Hold the builder's lock.

    ``current`` is the current version, 0 where there is none yet.

    Nothing is written before the first difference: a build that changes nothing makes no version.
    """

    def __init__(self, location: Path, current: int) -> None:
        self.location = location
        self.current = current
        self.version = self.current + 1
        self.difference = Difference()
        self._old: pyoxigraph.Store | None = None
        if self.current:
            self._old = _opened(graph_folder(location, self.current))
        self._new: pyoxigraph.Store | None = None
        self._added: list[Quad] = []
        self._removed: list[Quad] = []
        self._touched: list[Quad] | None = []  # all that was added or removed; None where that is much
        self._renamed: set[str] = set()
        self._emptied: list[NamedNode] = []

    def __enter__(self) -> VersionWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the databases; what was not published is deleted."""
        opened = self._new is not None
        self._old = self._new = None
        if opened:
            delete_version(self.location, self.version)

    def graphs(self) -> list[NamedNode]:
        """The named graphs of the current version."""
        if self._old is None:
            return []
        return [graph for graph in self._old.named_graphs() if isinstance(graph, NamedNode)]

    def replace_graph(self, graph: NamedNode, quads: Iterable[Quad]) -> bool:
        """Say all that ``graph`` holds in the next version; returns whether that is another thing than before.

        Each graph may be replaced once.
        """
        wanted = set(quads)
        for quad in wanted:
            if quad.graph_name != graph:
                raise ValueError(f"expected a quad in {graph}, found {quad}")
        held = set(self._old.quads_for_pattern(None, None, None, graph)) if self._old is not None else set()
        if not self._say(held, wanted):
            return False
        if not wanted:
            self._emptied.append(graph)
        self.difference.graphs += 1
        return True

    def replace_parts(self, graph: NamedNode, parts: Iterable[tuple[NamedNode, Iterable[Quad]]]) -> bool:
        """Say all that ``graph`` holds in the next version of some things; returns whether that is another thing.

        A part is all with the thing as subject, or with what it leads to below its own IRI. The rest of the graph
        stays, and must be something. Each part may be replaced once.
        """
        changed = False
        for subject, quads in parts:
            wanted = set(quads)
            for quad in wanted:
                if quad.graph_name != graph or not _is_below(quad.subject, subject):
                    raise ValueError(f"expected a quad about {subject} in {graph}, found {quad}")
            changed |= self._say(self._held(graph, subject), wanted)
        self.difference.graphs += changed
        return changed

    def _held(self, graph: NamedNode, subject: NamedNode) -> set[Quad]:
        if self._old is None:
            return set()
        held = set(self._old.quads_for_pattern(subject, None, None, graph))
        below = {
            quad.object
            for quad in held
            if isinstance(quad.object, NamedNode) and quad.object != subject and _is_below(quad.object, subject)
        }
        return held.union(*(self._old.quads_for_pattern(one, None, None, graph) for one in below))

    def _say(self, held: set[Quad], wanted: set[Quad]) -> bool:
        """Put ``wanted`` in the place of ``held``; returns whether these differ."""
        added, removed = list(wanted - held), list(held - wanted)
        self.difference.added += len(added)
        self.difference.removed += len(removed)
        for quad in (*added, *removed):
            if is_naming(quad) and isinstance(quad.subject, NamedNode):
                self._renamed.add(quad.subject.value)
        self._added += added
        self._removed += removed
        if self._touched is not None:
            self._touched += (*added, *removed)
            if len(self._touched) >= BULK:
                self._touched = None
        if len(self._added) + len(self._removed) >= BULK:
            self._apply()
        return bool(added or removed)

    def remove_graph(self, graph: NamedNode) -> bool:
        """Take a graph out; returns whether it was there."""
        return self.replace_graph(graph, ())

    def changed(self) -> pyoxigraph.Store:
        """The database of the next version with all that was said so far; for counting, not for writing."""
        self._apply()
        return self._database()

    def merge_changes(self) -> tuple[list[Triple], list[Triple]] | None:
        """The triples that the merge gains and loses by all that was said so far; None where that is much to find out,
        or there is no current version."""
        if self._touched is None or self._old is None:
            return None
        graph, old = self.changed(), self._old
        gained: list[Triple] = []
        lost: list[Triple] = []
        for quad in {_in_merge(quad) for quad in self._touched}:
            before, after = quad in old, quad in graph
            if before != after:
                (gained if after else lost).append(quad.triple)
        return gained, lost

    @contextlib.contextmanager
    def scratch(self) -> Iterator[pyoxigraph.Store]:
        """A copy of the current version to try an update on; it is gone when the block ends."""
        if self._old is None:
            raise ValueError("expected a writer that has a current version")
        folder = self.location / GRAPHS / SCRATCH
        shutil.rmtree(folder, ignore_errors=True)
        try:
            self._old.backup(str(folder))
            yield pyoxigraph.Store(str(folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def dump(self, path: Path) -> None:
        """Write the current version as N-Quads, the default graph's triples too."""
        if self._old is not None:
            self._old.dump(str(path), format=pyoxigraph.RdfFormat.N_QUADS)

    def held(self, graph: NamedNode) -> set[Quad]:
        """What a graph holds in the current version."""
        return set(self._old.quads_for_pattern(None, None, None, graph)) if self._old is not None else set()

    def publish(self, manifest: Manifest) -> None:
        """Finish the next version and make it the current one. ``manifest.version`` must be this version."""
        if manifest.version != self.version:
            raise ValueError(f"expected version {self.version}, found {manifest.version}")
        graph = self.changed()
        for emptied in self._emptied:
            graph.remove_graph(emptied)
        self._write_search(graph)
        graph.flush()
        del graph
        self._new = None  # closes the database: what a reader needs is on disk, nothing in a log of this process
        self._old = None
        lock_file(self.location, self.version).touch()
        _sync_tree(self.location / GRAPHS, self.version)
        write_manifest(self.location, manifest)
        clear_versions(self.location, self.version)

    def _database(self) -> pyoxigraph.Store:
        if self._new is None:
            delete_version(self.location, self.version)
            folder = graph_folder(self.location, self.version)
            folder.parent.mkdir(exist_ok=True)
            if self._old is not None:
                self._old.backup(str(folder))
            self._new = pyoxigraph.Store(str(folder))
        return self._new

    def _apply(self) -> None:
        if not self._added and not self._removed:
            return
        graph = self._database()
        merged = [_in_merge(quad) for quad in self._added]
        if self._old is None or len(self._added) >= BULK // 2:
            graph.bulk_extend(self._added)
            graph.bulk_extend(merged)
        else:
            graph.extend(self._added)
            graph.extend(merged)
        for quad in self._removed:
            graph.remove(quad)
        for quad in self._removed:
            if not _is_said(graph, quad):
                graph.remove(_in_merge(quad))
        self._added, self._removed = [], []

    def _write_search(self, graph: pyoxigraph.Store) -> None:
        path = search_file(self.location, self.version)
        before = search_file(self.location, self.current)
        if self.current and is_current(before):
            if not self._renamed:
                _link_or_copy(before, path)
                return
            shutil.copyfile(before, path)
            iris = sorted(self._renamed)
        else:
            create_index(path)
            iris = named_iris(graph)
        update_index(path, iris, entries_of(graph, iris))
        if not self.current or len(iris) > 1000:
            merge_index(path)


def _link_or_copy(before: Path, path: Path) -> None:
    """The same file under another name: nobody writes into an index of a version that is there."""
    try:
        os.link(before, path)
    except OSError:  # a file system without such names
        shutil.copyfile(before, path)


def _in_merge(quad: Quad) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, DEFAULT_GRAPH)


def _is_below(one: object, subject: NamedNode) -> bool:
    """Whether it is the subject, or has an IRI below its own."""
    return isinstance(one, NamedNode) and (one == subject or one.value.startswith(f"{subject.value}/"))


def _is_said(graph: pyoxigraph.Store, quad: Quad) -> bool:
    found = graph.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
    return any(one.graph_name != DEFAULT_GRAPH for one in found)


def _opened(folder: Path) -> pyoxigraph.Store:
    try:
        return pyoxigraph.Store.read_only(str(folder))
    except (OSError, RuntimeError) as error:
        raise StoreError(f"{folder} cannot be opened: {error}") from None


def _sync_tree(folder: Path, version: int) -> None:
    """Make the files of a version durable before the manifest names it."""
    for path in (folder / f"{version}.search.sqlite", *(folder / str(version)).iterdir()):
        with open(path, "rb") as stream:
            os.fsync(stream.fileno())
    sync_folder(folder / str(version))
    sync_folder(folder)
