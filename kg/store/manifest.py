"""``DIR/papertriples.json``: which version of the store is the current one, and what it was made with.

The manifest is the only file that decides what a store holds: everything else is written first and becomes
visible when the manifest is renamed into place.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field, fields
from importlib import metadata
from pathlib import Path
from typing import Any

from kg import __version__
from kg.errors import StoreError, StoreMissing, StoreVersionError
from kg.records import ExtractorInfo
from kg.settings import DEFAULT_BASE_IRI, STORE_FORMAT_VERSION
from kg.store.durable import replace_file

MANIFEST_NAME = "papertriples.json"
KIND = "papertriples store"
DATASET_KIND = "papertriples dataset"  # see kg/store/dataset.py


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a version holds. ``triples`` counts the merge, each once; ``quads`` counts the named graphs."""

    records: int = 0
    papers: int = 0
    concepts: int = 0
    statements: int = 0
    asserted: int = 0  # statements at or above the minimum confidence, asserted as triples
    results: int = 0
    repositories: int = 0
    triples: int = 0
    quads: int = 0

    def keys(self) -> tuple[str, ...]:
        """The names of the counts: with ``[]``, ``dict(counts)`` and ``**counts`` work."""
        return tuple(one.name for one in fields(self))

    def __getitem__(self, name: str) -> int:
        if name not in self.keys():
            raise KeyError(name)
        return int(getattr(self, name))


@dataclass(frozen=True, slots=True, order=True)
class CatalogueRecord:
    """A catalogue of others that links are made against, kept in ``DIR/catalogues/`` under its digest."""

    target: str  # a name in kg.link.TARGETS, or "mappings": a person's own
    name: str  # the name of the file that it was read from, without its folder
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``papertriples.json`` says. ``runtime`` names what the extractor's last digits may depend on."""

    version: int
    base_iri: str = DEFAULT_BASE_IRI
    min_confidence: str = "0.5"
    extractor: ExtractorInfo | None = None
    catalogue: str = ""  # digest of the seed catalogue
    made: str = ""  # digest of all that the graph depends on beside the records: code, extractor, settings
    catalogues: tuple[CatalogueRecord, ...] = ()  # sorted
    linked: str = ""  # digest of all that the links depend on beside the graph: code, catalogues
    derived: tuple[str, ...] = ()  # which graphs are computed from the others: inferred, analytics; sorted
    curated: int = 0  # how many entries of the curation log count
    written: int = 0  # how many patches of people's own graphs count
    counts: Counts = field(default_factory=Counts)
    papertriples: str = ""
    processor: str = ""
    runtime: str = ""
    format_version: int = STORE_FORMAT_VERSION


def runtime_names(inference: str) -> tuple[str, str]:
    """The kind of processor, and the build of the package that runs the extractor's model, as the manifest names them.

    >>> runtime_names("no-such-package")[1].startswith("no-such-package unknown, CPython 3.")
    True
    """
    try:
        build = metadata.version(inference)
    except metadata.PackageNotFoundError:
        build = "unknown"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{platform.system()} {platform.machine()}", f"{inference} {build}, {python}"


def manifest_path(location: str | os.PathLike[str]) -> Path:
    return Path(location) / MANIFEST_NAME


def has_store(location: str | os.PathLike[str]) -> bool:
    """Whether a finished store is there; what a failed first build leaves behind is none."""
    return manifest_path(location).is_file()


def manifest_state(location: str | os.PathLike[str]) -> tuple[int, int, int] | None:
    """What tells one manifest in place from another without reading it; None where there is none."""
    try:
        found = manifest_path(location).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def read_manifest(location: str | os.PathLike[str]) -> Manifest:
    """The manifest of the store at ``location``.

    Raises StoreMissing where there is none, StoreVersionError where another version of papertriples made it,
    StoreError where the file cannot be read.
    """
    folder, path = Path(location), manifest_path(location)
    hint = f"make one with: papertriples build INPUT --store {folder}"
    if not folder.exists():
        raise StoreMissing(f"no store at {folder}; {hint}")
    if not folder.is_dir():
        raise StoreMissing(f"{folder} is a file, expected the folder of a store; {hint}")
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StoreMissing(f"{folder} holds no finished store (no {MANIFEST_NAME}); {hint}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: cannot be read: {error}") from None
    return _manifest_from(text, path)


def write_manifest(location: str | os.PathLike[str], manifest: Manifest) -> None:
    """Put the manifest in place: the moment at which a version becomes the current one."""
    entry = {"kind": KIND} | asdict(manifest)
    text = json.dumps(entry, indent=2, sort_keys=True, ensure_ascii=False)
    replace_file(manifest_path(location), f"{text}\n".encode())


def _manifest_from(text: str, path: Path) -> Manifest:
    try:
        entry: Any = json.loads(text)
    except ValueError as error:
        raise StoreError(f"{path}: found no JSON ({error}), expected the manifest of a store") from None
    if isinstance(entry, dict) and entry.get("kind") == DATASET_KIND:
        raise StoreError(
            f"{path.parent} holds a plain dataset; papertriples serve --plain --store {path.parent} serves it"
        )
    if not isinstance(entry, dict) or entry.get("kind") != KIND:
        raise StoreError(f"{path}: found no manifest, expected a JSON object whose kind is {KIND!r}")
    found = entry.get("format_version")
    if found != STORE_FORMAT_VERSION:
        raise StoreVersionError(
            f"the store at {path.parent} has format version {found}, this papertriples ({__version__}) reads "
            f"{STORE_FORMAT_VERSION}; build the store again from its papers, or use the version of papertriples "
            f"that made it ({entry.get('papertriples') or 'unknown'})"
        )
    known = {one.name for one in fields(Manifest)}
    values = {name: value for name, value in entry.items() if name in known}
    try:
        values["counts"] = Counts(**values.get("counts", {}))
        values["catalogues"] = tuple(CatalogueRecord(**one) for one in values.get("catalogues", ()))
        values["derived"] = tuple(values.get("derived", ()))
        if values.get("extractor") is not None:
            values["extractor"] = ExtractorInfo(**values["extractor"])
        return Manifest(**values)
    except TypeError as error:
        raise StoreError(f"{path}: the manifest is incomplete or damaged ({error})") from None
