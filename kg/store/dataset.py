"""An ordinary RDF dataset in a folder: one process reads and writes it, and what it has acknowledged is on disk.

No builds, no versions, no graphs of our own: what ``papertriples serve --plain`` serves.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import pyoxigraph as ox
from pyoxigraph import BlankNode, DefaultGraph, NamedNode

from kg.errors import QueryError, StoreError, StoreFull, StoreLocked, StoreReadOnly, UsageError
from kg.store.durable import replace_file, sync_folder
from kg.store.failures import kind_of, store_failures
from kg.store.locks import open_for_lock
from kg.store.manifest import DATASET_KIND, MANIFEST_NAME, manifest_path

_DATABASE = "dataset"
_LOCK = "dataset.lock"
_PROBE = ".room"
_LEAST_ROOM = 1 << 20  # bytes
_FORMAT_VERSION = 1
_ADVICE = "free some space, then write again"
GraphName = NamedNode | BlankNode | DefaultGraph


class PlainDataset:
    """A dataset, open for reading and writing; close it. One process at a time, any number of threads.

    ``graph`` is the Oxigraph database. Reads may go on beside a write: they see all of it or nothing. Where the disk is
    full or takes no writes, a dataset that is there is opened for reading alone, and ``refused`` says why.
    """

    def __init__(self, location: Path) -> None:
        """Open the dataset in a folder, made where it is absent.

        Raises UsageError where the folder holds something else, StoreLocked where another process has it open,
        StoreError where the disk refuses.
        """
        self.path = location
        self.refused: StoreFull | StoreReadOnly | None = None
        self._held: int | None
        self._graph: ox.Store | None
        _make_folder(location)
        try:
            self._held, self._graph = _opened(location)
        except (StoreFull, StoreReadOnly) as error:
            if not (location / _DATABASE / "CURRENT").exists():
                raise
            self.refused = error
            self._held, self._graph = _opened_for_reading(location)
        self._turn = threading.RLock()
        self._synced: dict[str, tuple[int, int]] = {}

    @property
    def graph(self) -> ox.Store:
        if self._graph is None:
            raise StoreError(f"the dataset at {self.path} was closed")
        return self._graph

    def close(self) -> None:
        """Let go of the dataset."""
        if self._graph is not None:
            self._graph = None
            if self._held is not None:
                os.close(self._held)

    def __enter__(self) -> PlainDataset:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def has_graph(self, name: GraphName) -> bool:
        """Is there such a graph, be it empty? The default graph always is."""
        return isinstance(name, DefaultGraph) or self.graph.contains_named_graph(name)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One writer at a time; what was written in the block is on disk when it ends."""
        if self.refused is not None:
            raise type(self.refused)(str(self.refused))
        with self._turn, store_failures(self.path, _ADVICE):
            yield
            self._sync()

    def deciding(self) -> contextlib.AbstractContextManager[bool]:
        """Keeps other writers out while the block looks at the dataset and then writes."""
        return self._turn

    def update(self, text: str, base: str | None = None) -> None:
        """Carry out a SPARQL update, all of it or nothing.

        Raises SyntaxError and ValueError of the engine, QueryError where it cannot be carried out.
        """
        with self.writing():
            try:
                self.graph.update(text, base_iri=base)
            except (OSError, RuntimeError) as error:
                if "IO error" in str(error) or "Corruption" in str(error):
                    raise  # the disk's; else it is LOAD's or the like
                raise QueryError(f"the update cannot be carried out: {error}") from error

    def replace_graph(self, name: GraphName, triples: Iterable[ox.Triple]) -> bool:
        """The graph holds these triples and no others; returns whether it was new."""
        return self._put(name, triples, f"CLEAR SILENT {_target(name)} ;")

    def add_to_graph(self, name: GraphName, triples: Iterable[ox.Triple]) -> bool:
        """The graph holds these triples, too; returns whether it was new."""
        return self._put(name, triples, "")

    def remove_graph(self, name: GraphName) -> bool:
        """Take a graph out; returns whether it was there."""
        with self.writing():
            there = self.has_graph(name)
            self.graph.update(f"DROP SILENT {_target(name)}")
            return there

    def _put(self, name: GraphName, triples: Iterable[ox.Triple], before: str) -> bool:
        # One update is one transaction; the methods of the engine for graphs would be several.
        lines = (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
        if isinstance(name, DefaultGraph):
            created, block = "", lines
        else:
            created, block = f"CREATE SILENT GRAPH {name} ;", f"GRAPH {name} {{\n{lines}}}"
        with self.writing():
            fresh = not self.has_graph(name)
            self.graph.update(f"{before}{created} INSERT DATA {{\n{block}\n}}")
            return fresh

    def _sync(self) -> None:
        """Make what was written durable: the engine hands its log to the system, which may keep it for a while."""
        folder = self.path / _DATABASE
        fresh = False
        for path in folder.glob("*.log"):
            with contextlib.suppress(FileNotFoundError):  # the engine deletes a log once all of it is in tables
                handle = os.open(path, os.O_RDONLY)
                try:
                    found = os.fstat(handle)
                    state = (found.st_size, found.st_mtime_ns)
                    if self._synced.get(path.name) != state:
                        os.fsync(handle)
                        fresh = fresh or path.name not in self._synced
                        self._synced[path.name] = state
                finally:
                    os.close(handle)
        if fresh:
            sync_folder(folder)


def has_room(location: Path) -> bool:
    """Could a dataset be opened for writing now, after the disk refused a write? It is not written to."""
    logs = sum(path.stat().st_size for path in (location / _DATABASE).glob("*.log"))  # they become tables
    probe = location / _PROBE
    try:
        try:
            probe.write_bytes(b"\0" * _LEAST_ROOM)
        finally:
            probe.unlink(missing_ok=True)
    except OSError:
        return False
    return shutil.disk_usage(location).free > logs + _LEAST_ROOM


def _opened(location: Path) -> tuple[int, ox.Store]:
    """The lock and the database."""
    held = open_for_lock(location / _LOCK, os.O_RDWR | os.O_CREAT)
    try:
        _hold(held, fcntl.LOCK_EX, location)
        with store_failures(location, _ADVICE):
            _write_manifest(location)
            return held, ox.Store(str(location / _DATABASE))
    except BaseException:
        os.close(held)
        raise


def _opened_for_reading(location: Path) -> tuple[int | None, ox.Store]:
    held = None
    with contextlib.suppress(StoreError):  # no lock: nobody ever wrote here, or nobody may
        held = open_for_lock(location / _LOCK, os.O_RDONLY)
    try:
        if held is not None:
            _hold(held, fcntl.LOCK_SH, location)
        with store_failures(location, _ADVICE):
            return held, ox.Store.read_only(str(location / _DATABASE))
    except BaseException:
        if held is not None:
            os.close(held)
        raise


def _hold(handle: int, kind: int, location: Path) -> None:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StoreLocked(f"the dataset at {location} is open in another process; stop that one first") from None


def _target(name: GraphName) -> str:
    return "DEFAULT" if isinstance(name, DefaultGraph) else f"GRAPH {name}"


def _make_folder(location: Path) -> None:
    if location.exists() and not location.is_dir():
        raise UsageError(f"{location} is a file, expected a folder for a dataset, or one that does not exist yet")
    try:
        location.mkdir(parents=True, exist_ok=True)
        others = sorted(set(os.listdir(location)) - {_DATABASE, _LOCK, _PROBE, f".{MANIFEST_NAME}.new"})
    except OSError as error:
        raise kind_of(error)(f"cannot make a dataset at {location}: {error.strerror}") from None
    if MANIFEST_NAME in others:
        found = _kind_of(manifest_path(location))
        if found != DATASET_KIND:
            raise UsageError(f"{location} holds a {found}, no plain dataset; serve it without --plain")
    elif others:
        raise UsageError(
            f"{location} holds no dataset but other files ({', '.join(others[:3])}); expected an empty folder, one "
            "that does not exist yet, or a dataset"
        )


def _kind_of(path: Path) -> str:
    try:
        entry: Any = json.loads(path.read_text(encoding="utf-8"))
        return str(entry["kind"])
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(f"{path}: found no manifest, expected a JSON object whose kind is {DATASET_KIND!r}") from None


def _write_manifest(location: Path) -> None:
    path = manifest_path(location)
    if path.exists():
        return
    text = json.dumps({"kind": DATASET_KIND, "format_version": _FORMAT_VERSION})
    replace_file(path, f"{text}\n".encode())
