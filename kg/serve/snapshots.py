"""One open snapshot of the store for all requests of this process; a newer version takes over between requests."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kg.errors import StoreError
from kg.store import EmbeddedStore, current_version, open_store, version_state


class Snapshots:
    """Hands out the current version's store; an old one is closed when its last reader is done."""

    def __init__(self, location: Path | str, timeout: float | None = None) -> None:
        self.location = location
        self._timeout = timeout
        self._turn = threading.Lock()
        self._current: EmbeddedStore | None = None
        self._state: object = None
        self._readers: Counter[EmbeddedStore] = Counter()
        self._closed = False

    @contextlib.contextmanager
    def current(self) -> Iterator[EmbeddedStore]:
        """The store for one request: the same version from its beginning to its end."""
        store = self._enter()
        try:
            yield store
        finally:
            self._leave(store)

    @property
    def closed(self) -> bool:
        """Whether no store is handed out any more."""
        return self._closed

    def close(self) -> None:
        """Close the store as soon as nobody reads it."""
        with self._turn:
            self._closed = True
            if self._current is not None and not self._readers[self._current]:
                self._current.close()
            self._current = None

    def _enter(self) -> EmbeddedStore:
        with self._turn:
            if self._closed:
                raise StoreError("the server is stopping")
            state = version_state(self.location)  # before the version is read: a newer one has another
            if self._current is None or state is None or state != self._state:
                if self._current is None or current_version(self.location) != self._current.version:
                    newer = open_store(self.location, timeout=self._timeout)
                    if self._current is not None and not self._readers[self._current]:
                        self._current.close()
                    self._current = newer
                self._state = state
            self._readers[self._current] += 1
            return self._current

    def _leave(self, store: EmbeddedStore) -> None:
        with self._turn:
            self._readers[store] -= 1
            if not self._readers[store]:
                del self._readers[store]
                if store is not self._current:
                    store.close()
