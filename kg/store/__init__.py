"""Quads -> a store on disk: versions that appear whole or not at all, and snapshots to read them."""

from kg.store.canonical import canonical_nquads
from kg.store.embedded import EmbeddedStore, Snapshot, quads_of_merge
from kg.store.manifest import CatalogueRecord, Counts, Manifest, has_store, read_manifest
from kg.store.opening import current_version, open_store, readable_version, version_state
from kg.store.publish import VersionWriter
from kg.store.remote import RemoteStore, check_merge
from kg.store.search import SearchHit

__all__ = [
    "CatalogueRecord",
    "Counts",
    "EmbeddedStore",
    "Manifest",
    "RemoteStore",
    "SearchHit",
    "Snapshot",
    "VersionWriter",
    "canonical_nquads",
    "check_merge",
    "current_version",
    "has_store",
    "open_store",
    "quads_of_merge",
    "read_manifest",
    "readable_version",
    "version_state",
]
