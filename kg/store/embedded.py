"""Opening a store for reading: a snapshot of its current version that stays the same while builds go on."""

from __future__ import annotations

import functools
import os
import sqlite3
import threading
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Protocol

import pyoxigraph

from kg.errors import StoreError
from kg.store.locks import hold_version
from kg.store.manifest import Manifest, manifest_path, read_manifest
from kg.store.search import (
    SearchHit,
    count_entities,
    heirs_of,
    named_iris,
    names_alike,
    open_index,
    search_index,
    search_like,
)
from kg.store.spelling import Speller
from kg.store.versions import graph_folder, lock_file, search_file


class Snapshot(Protocol):
    """A version of the graph that stays the same, as those who read it see it."""

    @property
    def graph(self) -> pyoxigraph.Store: ...

    @property
    def base_iri(self) -> str: ...

    @property
    def version(self) -> int: ...


class EmbeddedStore:
    """A read-only snapshot of one version; made by :func:`open_store`. Close it, or use it in a ``with`` block.

    ``graph`` is the Oxigraph database: its default graph is the RDF merge of all named graphs, each triple once.
    """

    def __init__(self, path: Path, manifest: Manifest, graph: pyoxigraph.Store, held: int) -> None:
        self.path = path
        self.manifest = manifest
        self._graph: pyoxigraph.Store | None = graph
        self._held = held
        self._index: sqlite3.Connection | None = None
        self._speller: Speller | None = None
        self._index_turn = threading.Lock()

    @property
    def version(self) -> int:
        return self.manifest.version

    @property
    def base_iri(self) -> str:
        return self.manifest.base_iri

    @functools.cached_property
    def state(self) -> str:
        """What tells the graph of this version from that of another one."""
        return f"{self.version} {self.manifest.made} {self.manifest.counts}"

    @property
    def published(self) -> float:
        """When the current version was published, in seconds since 1970."""
        return manifest_path(self.path).stat().st_mtime

    @property
    def graph(self) -> pyoxigraph.Store:
        if self._graph is None:
            raise StoreError(f"the store at {self.path} was closed")
        return self._graph

    def search(self, text: str, types: Sequence[str] | None = None, limit: int = 20) -> list[SearchHit]:
        """Entities whose names hold the words of ``text``, the last word as a prefix, the best first.

        ``types`` are local names of classes (``Paper``, ``Task``, ``Method`` ...); None means all.
        """
        with self._index_turn:
            return search_index(self._opened_index(), text, types, limit)

    def search_like(self, text: str, types: Sequence[str] | None = None, limit: int = 20) -> list[SearchHit]:
        """Entities whose names hold words that are spelled like those of ``text``; where none holds all, some.

        For people who search: what they meant is a guess. ``types`` as for :meth:`search`.
        """
        with self._index_turn:
            index = self._opened_index()
            if self._speller is None:
                self._speller = Speller(index)
            return search_like(index, self._speller, text, types, limit)

    def count_named(self) -> int:
        """How many entities the search index names: papers, concepts, people, venues, repositories."""
        with self._index_turn:
            return count_entities(self._opened_index())

    def named(self, offset: int, limit: int) -> list[str]:
        """Their IRIs in order, from a place on."""
        with self._index_turn:
            return named_iris(self._opened_index(), offset, limit)

    def names_alike(self, text: str) -> list[str] | None:
        """All spellings of a name, whatever their case; None where no index tells."""
        with self._index_turn:
            return names_alike(self._opened_index(), text)

    def heirs(self, *iris: str) -> list[SearchHit]:
        """The entities that have one of ``iris``, or had it before names or records were merged; sorted by IRI."""
        with self._index_turn:
            return heirs_of(self._opened_index(), iris)

    def _opened_index(self) -> sqlite3.Connection:
        if self._graph is None:
            raise StoreError(f"the store at {self.path} was closed")
        if self._index is None:
            self._index = open_index(search_file(self.path, self.version))
        return self._index

    def close(self) -> None:
        """Let go of the version, so that a build may delete it once it is old."""
        if self._graph is None:
            return
        self._graph = None
        with self._index_turn:
            if self._index is not None:
                self._index.close()
        os.close(self._held)

    def __enter__(self) -> EmbeddedStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_graph", None) is not None:
            warnings.warn(f"unclosed store {self.path}", ResourceWarning, source=self, stacklevel=2)
            self.close()


def open_store(location: str | os.PathLike[str]) -> EmbeddedStore:
    """A snapshot of the current version of the store at ``location``.

    Raises StoreMissing, StoreVersionError, or StoreError where the files cannot be opened.
    """
    path = Path(location)
    while True:
        manifest = read_manifest(path)
        try:
            held = hold_version(lock_file(path, manifest.version))
        except FileNotFoundError:
            if read_manifest(path).version == manifest.version:
                raise StoreError(f"the store at {path} lacks its version {manifest.version}; build it again") from None
            continue
        except OSError as error:
            raise StoreError(f"the store at {path} cannot be opened: {error.strerror}") from None
        # A version is deleted only after the manifest has moved on, and not while it is held.
        if read_manifest(path).version == manifest.version:
            break
        os.close(held)
    return _opened(path, manifest, held)


def open_version(location: str | os.PathLike[str], version: int) -> EmbeddedStore:
    """A snapshot of one version of the store at ``location``: the current one, or an older one that is still there.

    An older version stays as long as somebody reads it, and is deleted by the next build after that. The counts of
    the manifest are those of the current version. Raises as :func:`open_store`, StoreError where it is gone.
    """
    path = Path(location)
    manifest = read_manifest(path)
    if version == manifest.version:
        return open_store(path)
    try:
        held = hold_version(lock_file(path, version))
    except FileNotFoundError:
        raise StoreError(
            f"the store at {path} has no version {version} any more, the current one is {manifest.version}; "
            "to compare with what was, keep an export: papertriples export --format nq"
        ) from None
    return _opened(path, replace(manifest, version=version), held)


def _opened(path: Path, manifest: Manifest, held: int) -> EmbeddedStore:
    try:
        graph = pyoxigraph.Store.read_only(str(graph_folder(path, manifest.version)))
    except (OSError, RuntimeError) as error:
        os.close(held)
        raise StoreError(f"the store at {path} cannot be opened: {error}") from None
    return EmbeddedStore(path, manifest, graph, held)


def quads_of_merge(store: EmbeddedStore) -> Iterator[pyoxigraph.Quad]:
    """All triples of the store, each once, as quads of the default graph."""
    return store.graph.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph())


def current_version(location: str | os.PathLike[str]) -> int:
    """The number of the store's current version: it grows with each build that changes something."""
    return read_manifest(location).version
