"""Catalogues that a person has -> what a store keeps of them, under their digests, so that every build links alike."""

from __future__ import annotations

import gzip
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from kg.errors import StoreError, UsageError
from kg.link.catalogues import TARGETS, Entry, entries_from_lines, entries_to_lines, target_of
from kg.link.papers import PaperEntry
from kg.link.reading import read_catalogue, text_of
from kg.link.sssom import OwnMapping, read_mappings
from kg.records import record_from_json
from kg.store import CatalogueRecord
from kg.store.versions import CATALOGUES

MAPPINGS = "mappings"


def record_catalogues(
    location: Path, files: Iterable[Path], targets: Sequence[str], before: Iterable[CatalogueRecord]
) -> tuple[CatalogueRecord, ...]:
    """What the store links against from now on: what it had, and these files; a file replaces one of its name.

    ``targets``: the only ones that are taken from the files. Raises UsageError for a file of no known kind, and where
    a file holds nothing of the targets.
    """
    kept = {(one.target, one.name): one for one in before}
    for path in files:
        if path.name.endswith((".sssom.tsv", ".sssom.tsv.gz")):
            text = text_of(path)
            read_mappings(text, str(path))
            kept[MAPPINGS, path.name] = CatalogueRecord(MAPPINGS, path.name, _keep(location, text))
            continue
        by_target: dict[str, list[Entry | PaperEntry]] = defaultdict(list)
        for entry in read_catalogue(path):
            by_target[target_of(entry.iri) or ""].append(entry)
        wanted = [one for one in sorted(by_target) if one in targets]
        if not wanted:
            named = ", ".join(sorted(by_target)) or "no entry"
            raise UsageError(f"{path}: found {named}, expected something of {', '.join(targets)}")
        for target in wanted:
            text = entries_to_lines(by_target[target])
            kept[target, path.name] = CatalogueRecord(target, path.name, _keep(location, text))
    return tuple(sorted(kept.values()))


def kept_text(location: Path, record: CatalogueRecord) -> str:
    """What the store keeps of a catalogue; raises StoreError where the file is gone or another one."""
    path = _path(location, record.digest)
    try:
        text = gzip.decompress(path.read_bytes()).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: the catalogue {record.name} cannot be read: {error}; link with it again") from None
    if _digest(text) != record.digest:
        raise StoreError(f"{path}: the catalogue {record.name} was changed; link with it again")
    return text


def kept_entries(location: Path, records: Iterable[CatalogueRecord]) -> list[Entry]:
    """The entries of all catalogues, sorted by IRI; of two with one IRI the first, what is near of both."""
    found: dict[str, Entry] = {}
    for record in records:
        if record.target in TARGETS and not TARGETS[record.target].papers:
            for entry in entries_from_lines(kept_text(location, record)):
                first = found.setdefault(entry.iri, entry)
                if first is not entry:
                    names = tuple(sorted({*first.aliases, entry.label, *entry.aliases} - {first.label}))
                    near = tuple(sorted({*first.near, *entry.near}))
                    found[entry.iri] = Entry(entry.iri, first.label, first.types, names, near)
    return [found[iri] for iri in sorted(found)]


def kept_papers(location: Path, records: Iterable[CatalogueRecord], target: str) -> list[PaperEntry]:
    """The papers of the catalogues of a target, each once."""
    found: dict[str, PaperEntry] = {}
    for record in records:
        if record.target == target:
            for line in kept_text(location, record).split("\n"):
                if line:
                    entry = record_from_json(PaperEntry, line)
                    found.setdefault(entry.iri, entry)
    return [found[iri] for iri in sorted(found)]


def kept_mappings(location: Path, records: Iterable[CatalogueRecord]) -> list[OwnMapping]:
    """What a person's own SSSOM files say."""
    return [
        mapping
        for record in records
        if record.target == MAPPINGS
        for mapping in read_mappings(kept_text(location, record), record.name)
    ]


def _keep(location: Path, text: str) -> str:
    digest = _digest(text)
    path = _path(location, digest)
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        partial = path.with_suffix(".part")
        partial.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))
        partial.replace(path)
    return digest


def _path(location: Path, digest: str) -> Path:
    return location / CATALOGUES / f"{digest}.gz"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
