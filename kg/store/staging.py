"""``DIR/staging/staging.sqlite``: the source records that a store is a function of, and work kept for later builds.

Records and digests of graphs carry the version that added and the version that removed them. What is newer than
the manifest belongs to a build that never finished: opening rolls it back. Extractions and names are functions of
their keys (digest of the text, digest of the code that made them), so they stay, whatever became of the build.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from kg.errors import StoreError
from kg.records import Extraction, SourceRecord, record_from_json, record_to_json, text_digest
from kg.store.failures import failure
from kg.store.part_digests import PARTS_SCHEMA, PartDigests

STAGING = "staging"
PAGE = 500  # rows read at a time where the same table is written meanwhile
COMMIT_EVERY = 300  # extractions that a killed build may lose
_LAYOUT = 2
_SCHEMA = """
CREATE TABLE records (
    source TEXT NOT NULL, record_id TEXT NOT NULL, version TEXT NOT NULL, digest TEXT NOT NULL,
    text_digest TEXT NOT NULL, body BLOB NOT NULL, added INTEGER NOT NULL, removed INTEGER
);
CREATE UNIQUE INDEX records_key ON records (source, record_id, added);
CREATE INDEX records_text ON records (text_digest) WHERE removed IS NULL;
CREATE INDEX records_removed ON records (removed) WHERE removed IS NOT NULL;
CREATE INDEX records_added ON records (added);
CREATE TABLE extractions (text_digest TEXT NOT NULL, extractor TEXT NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX extractions_key ON extractions (text_digest, extractor);
CREATE TABLE names (text_digest TEXT NOT NULL, maker TEXT NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX names_key ON names (text_digest, maker);
CREATE TABLE described (graph TEXT NOT NULL, digest TEXT NOT NULL, added INTEGER NOT NULL, removed INTEGER);
CREATE UNIQUE INDEX described_key ON described (graph, added);
CREATE INDEX described_removed ON described (removed) WHERE removed IS NOT NULL;
CREATE INDEX described_added ON described (added);
"""
_VERSIONED = ("records", "described", "parts")

_LAYOUTS = (_SCHEMA, PARTS_SCHEMA)  # what each layout adds to the one before

Staged = Literal["new", "replaced", "unchanged", "older"]


@dataclass(frozen=True, slots=True)
class StagedRecord:
    """A record of the set, with the digests of the whole and of its text."""

    record: SourceRecord
    digest: str
    text_digest: str


class Staging:
    """The staged records and extractions of the store at ``location``, whose current version is ``current``.

    All changes are of version ``current + 1``. Hold the builder's lock. Raises StoreError where the file cannot
    be opened; close it, or use it in a ``with`` block.
    """

    def __init__(self, location: Path, current: int) -> None:
        self.location = location
        self.path = location / STAGING / "staging.sqlite"
        self.current = current
        self.next = current + 1
        self._kept = 0
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(self.path, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise self._unopened(error) from None
        self.parts = PartDigests(self._base, self.next)
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._base.close()
            raise self._unopened(error) from None
        except BaseException:
            self._base.close()
            raise

    def __enter__(self) -> Staging:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was not committed is as if it had never been."""
        self._base.close()

    def commit(self) -> None:
        """Make what was staged so far durable."""
        self._base.execute("COMMIT")
        self._base.execute("BEGIN IMMEDIATE")
        self._kept = 0

    # --- the set of records -------------------------------------------------------------------------------

    def stage(self, record: SourceRecord) -> Staged:
        """Put a record into the set; of records with one key the later version stays.

        Between equal versions the one of this build wins over those of earlier builds, and within one build the
        one with the greater digest: the order of the input does not matter. ``older``: a later version is there.
        """
        text = record_to_json(record)
        digest = digest_of_text(text)
        held = self._base.execute(
            "SELECT rowid, version, digest, added FROM records WHERE source = ? AND record_id = ? AND removed IS NULL",
            record.key,
        ).fetchone()
        if held is None:
            self._insert(record, text, digest)
            return "new"
        row, version, held_digest, added = held
        if digest == held_digest:
            self._base.execute("INSERT OR IGNORE INTO temp.seen VALUES (?, ?)", record.key)
            return "unchanged"
        if record.version < version:
            return "older"
        if record.version == version and digest < held_digest and (added == self.next or self._was_seen(record)):
            return "older"
        if added == self.next:
            self._base.execute("DELETE FROM records WHERE rowid = ?", (row,))
        else:
            self._base.execute("UPDATE records SET removed = ? WHERE rowid = ?", (self.next, row))
        self._insert(record, text, digest)
        return "replaced"

    def remove(self, key: tuple[str, str]) -> bool:
        """Take a record out of the set; returns whether it was there."""
        changed = self._base.execute(
            "UPDATE records SET removed = ? WHERE source = ? AND record_id = ? AND removed IS NULL", (self.next, *key)
        )
        return bool(changed.rowcount)

    def records(self) -> Iterator[StagedRecord]:
        """All records of the set, by key. Stage nothing meanwhile."""
        for body, digest, text in self._bodies():
            yield StagedRecord(record_from_json(SourceRecord, body), digest, text)

    def entries(self) -> Iterator[tuple[dict[str, Any], str, str]]:
        """The same as plain JSON, each with the digests of the whole and of its text; made at a tenth of the cost."""
        for body, digest, text in self._bodies():
            yield json.loads(body), digest, text

    def _bodies(self) -> Iterator[tuple[str, str, str]]:
        with closing(self._base.cursor()) as cursor:
            rows = cursor.execute(
                "SELECT body, digest, text_digest FROM records WHERE removed IS NULL ORDER BY source, record_id"
            )
            for body, digest, text in rows:
                yield _expand(body), digest, text

    def record(self, key: tuple[str, str]) -> StagedRecord:
        """One record of the set; KeyError where it is not in it."""
        found = self._base.execute(
            "SELECT body, digest, text_digest FROM records WHERE source = ? AND record_id = ? AND removed IS NULL", key
        ).fetchone()
        if found is None:
            raise KeyError(key)
        return StagedRecord(record_from_json(SourceRecord, _expand(found[0])), found[1], found[2])

    def count(self) -> int:
        """The number of records of the set."""
        (number,) = self._base.execute("SELECT count(*) FROM records WHERE removed IS NULL").fetchone()
        return int(number)

    def changed(self) -> bool:
        """Whether the set of records, or what graphs were described from, differs from the current version's."""
        return any(
            self._base.execute(
                f"SELECT 1 FROM {table} WHERE added = :next OR removed = :next LIMIT 1", {"next": self.next}
            ).fetchone()
            for table in _VERSIONED
        )

    # --- extractions, by the digests of text and extractor ------------------------------------------------

    def not_extracted(self, extractor: str) -> int:
        """How many texts of the set the extractor of this digest has not read yet."""
        (number,) = self._base.execute(
            f"SELECT count(DISTINCT text_digest) FROM records {_NOT_EXTRACTED}", (extractor,)
        ).fetchone()
        return int(number)

    def texts_to_extract(self, extractor: str) -> Iterator[tuple[str, SourceRecord]]:
        """Each text that the extractor has not read yet: its digest, and a record that has it."""
        last = ""
        while True:
            rows = self._base.execute(
                f"SELECT text_digest, min(rowid), body FROM records {_NOT_EXTRACTED} AND text_digest > ? "
                f"GROUP BY text_digest ORDER BY text_digest LIMIT {PAGE}",
                (extractor, last),
            ).fetchall()
            if not rows:
                return
            for digest, _, body in rows:
                yield digest, record_from_json(SourceRecord, _expand(body))
            last = rows[-1][0]

    def keep_extraction(self, digest: str, extraction: bytes, extractor: str) -> None:
        """Keep an extraction (from :func:`packed`); durable at the latest after a few hundred."""
        self._base.execute("INSERT OR REPLACE INTO extractions VALUES (?, ?, ?)", (digest, extractor, extraction))
        self._kept += 1
        if self._kept >= COMMIT_EVERY:
            self.commit()

    def extraction(self, digest: str, extractor: str) -> Extraction:
        """The extraction of a text; KeyError where there is none."""
        found = self._base.execute(
            "SELECT body FROM extractions WHERE text_digest = ? AND extractor = ?", (digest, extractor)
        ).fetchone()
        if found is None:
            raise KeyError(digest)
        return record_from_json(Extraction, _expand(found[0]))

    # --- names, by the digests of text and of what made them ----------------------------------------------

    def names(self, digest: str, maker: str, make: Callable[[], str]) -> str:
        """The names of a text as JSON: those kept, else those that ``make`` gives, kept from now on."""
        found = self._base.execute(
            "SELECT body FROM names WHERE text_digest = ? AND maker = ?", (digest, maker)
        ).fetchone()
        if found is not None:
            return _expand(found[0])
        made = make()
        self._base.execute("INSERT INTO names VALUES (?, ?, ?)", (digest, maker, _compress(made)))
        return made

    # --- what graphs were described from ------------------------------------------------------------------

    def described(self) -> Iterator[tuple[str, str]]:
        """Each graph that was described, with the digest of what it was described from, by graph."""
        last = ""
        while True:
            rows = self._base.execute(
                f"SELECT graph, digest FROM described WHERE removed IS NULL AND graph > ? ORDER BY graph LIMIT {PAGE}",
                (last,),
            ).fetchall()
            if not rows:
                return
            yield from rows
            last = rows[-1][0]

    def described_from(self, graph: str) -> str | None:
        """The digest of what a graph was described from, or None where it was not described."""
        found = self._base.execute(
            "SELECT digest FROM described WHERE graph = ? AND removed IS NULL", (graph,)
        ).fetchone()
        return found[0] if found else None

    def describe(self, graph: str, digest: str | None) -> None:
        """Note what a graph is described from in the next version; None: it is no more."""
        self._base.execute("DELETE FROM described WHERE graph = ? AND added = ?", (graph, self.next))
        self._base.execute("UPDATE described SET removed = ? WHERE graph = ? AND removed IS NULL", (self.next, graph))
        if digest is not None:
            self._base.execute("INSERT INTO described VALUES (?, ?, ?, NULL)", (graph, digest, self.next))

    # --- after publishing ---------------------------------------------------------------------------------

    def tidy(self, extractor: str, maker: str) -> None:
        """After the next version was published: forget replaced and removed records, and what only they needed.

        Extractions of this extractor and names of this maker stay where their text does.
        """
        gone = self._base.execute("SELECT 1 FROM records WHERE removed IS NOT NULL LIMIT 1").fetchone()
        for table in _VERSIONED:
            self._base.execute(f"DELETE FROM {table} WHERE removed IS NOT NULL")
        if gone is None:
            self.commit()
            return
        for table, own in (("extractions", "extractor"), ("names", "maker")):
            self._base.execute(
                f"DELETE FROM {table} WHERE {own} <> ? OR text_digest NOT IN (SELECT text_digest FROM records)",
                (extractor if own == "extractor" else maker,),
            )
        self.commit()

    # --- inside -------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        # A commit must be on disk before the manifest that counts on it.
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.execute("CREATE TEMP TABLE seen (source TEXT, record_id TEXT, PRIMARY KEY (source, record_id))")
        (layout,) = self._base.execute("PRAGMA user_version").fetchone()
        self._base.execute("BEGIN IMMEDIATE")
        if layout > _LAYOUT:
            raise StoreError(f"{self.path} has layout {layout}, expected {_LAYOUT}; build the store again")
        for command in "".join(_LAYOUTS[layout:]).split(";\n"):
            self._base.execute(command)
        self._base.execute(f"PRAGMA user_version = {_LAYOUT}")
        for table in _VERSIONED:
            self._base.execute(f"DELETE FROM {table} WHERE added > ?", (self.current,))
            self._base.execute(f"UPDATE {table} SET removed = NULL WHERE removed > ?", (self.current,))
            self._base.execute(f"DELETE FROM {table} WHERE removed IS NOT NULL")
        self.commit()

    def _unopened(self, error: Exception) -> StoreError:
        refused = failure(self.location, error)
        return StoreError(f"{self.path} cannot be opened: {error}") if type(refused) is StoreError else refused

    def _insert(self, record: SourceRecord, text: str, digest: str) -> None:
        self._base.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            (*record.key, record.version, digest, text_digest(record.fields()), _compress(text), self.next),
        )

    def _was_seen(self, record: SourceRecord) -> bool:
        found = self._base.execute("SELECT 1 FROM temp.seen WHERE source = ? AND record_id = ?", record.key).fetchone()
        return found is not None


_NOT_EXTRACTED = (
    "WHERE removed IS NULL AND NOT EXISTS (SELECT 1 FROM extractions "
    "WHERE extractions.text_digest = records.text_digest AND extractor = ?)"
)


def packed(extraction: Extraction) -> bytes:
    """An extraction as it is kept."""
    return _compress(record_to_json(extraction))


def digest_of_parts(parts: Sequence[object]) -> str:
    """A digest of JSON-able parts, equal for equal parts."""
    return digest_of_text(json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":")))


def digest_of_text(text: str) -> str:
    """The SHA-256 of a text, in hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _compress(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def _expand(body: bytes) -> str:
    return zlib.decompress(body).decode("utf-8", "surrogatepass")
