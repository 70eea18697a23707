"""What the pages need of the application: a snapshot of the store for the time of one request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from flask import g, request

from kg.serve.entity_lookup import Lookup
from kg.serve.pages_links import Links
from kg.store import EmbeddedStore

ViewT = TypeVar("ViewT")


class PageContext(Protocol):
    """The application, as far as pages know it."""

    def snapshot(self) -> AbstractContextManager[EmbeddedStore]:
        """The store's current version, kept for the time of the block."""
        ...


@contextmanager
def reading(context: PageContext) -> Iterator[tuple[EmbeddedStore, Lookup, Links]]:
    """A snapshot with its look-up and links, for the time of a request; the number of queries is noted in ``g``."""
    with context.snapshot() as store:
        lookup = Lookup(store)
        try:
            yield store, lookup, Links(store.base_iri, request.script_root)
        finally:
            g.queries_asked = lookup.asked


@dataclass(slots=True)
class OncePerVersion(Generic[ViewT]):
    """Keeps what is dear to find out for as long as the same version is served."""

    make: Callable[[Lookup], ViewT]
    _kept: tuple[int, ViewT] | None = field(default=None)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def get(self, store: EmbeddedStore, lookup: Lookup) -> ViewT:
        """The view of this version, made at its first use."""
        kept = self._kept  # read once: another thread may replace it
        if kept is None or kept[0] != store.version:
            with self._turn:  # what is dear is found out once, however many ask
                kept = self._kept
                if kept is None or kept[0] != store.version:
                    kept = self._kept = (store.version, self.make(lookup))
        return kept[1]
