"""Opening a store for reading, wherever it is: a folder, or the address of an endpoint that holds our export."""

from __future__ import annotations

import os

from kg.settings import is_remote
from kg.store import embedded
from kg.store.embedded import EmbeddedStore
from kg.store.manifest import manifest_state
from kg.store.remote import base_iri_of, open_remote, remote_version
from kg.store.remote_graph import Endpoint

Location = str | os.PathLike[str]
_PROBE_SECONDS = 5.0


def open_store(location: Location, *, timeout: float | None = None) -> EmbeddedStore:
    """A snapshot of the current version of the store in a folder; or the store behind an endpoint's address.

    ``timeout`` is how many seconds an endpoint may be silent. Raises StoreMissing, StoreVersionError, or StoreError
    where it cannot be opened; UsageError for a wrong address.
    """
    return open_remote(str(location), timeout) if is_remote(location) else embedded.open_store(location)


def current_version(location: Location) -> int:
    """The number of the store's current version: it grows with each build that changes something.

    An endpoint tells of no version: its number grows with time, so that nothing is kept for long.
    """
    return remote_version() if is_remote(location) else embedded.current_version(location)


def version_state(location: Location) -> object:
    """What is equal as long as the store's current version is the same, told without reading anything; None where
    nobody knows: ask :func:`current_version` then."""
    return None if is_remote(location) else manifest_state(location)


def readable_version(location: Location) -> int:
    """The current version, once the store was found to answer. Raises StoreError."""
    if is_remote(location):
        base_iri_of(Endpoint(str(location), _PROBE_SECONDS))
    return current_version(location)
