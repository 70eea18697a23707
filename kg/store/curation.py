r"""``DIR/curation.jsonl``: what people corrected, an append-only log that each build replays.

A line an entry: who, when, why, and what. Entries name concepts by type and name, and statements by what they rest on
(source records, names, predicate, sentences), never by keys that change with other papers: so the log outlives merges
and is good for a store built from nothing. Order comes from the time of an entry alone, so logs of several people can
be joined in any order. The manifest counts the entries of a version: what stands behind those in the file belongs to a
build that never finished, and is cut off by the next one.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from kg.errors import StoreError, UsageError
from kg.graph.vocabulary import PREFIXES
from kg.records import ConceptType, record_from_json, record_to_json
from kg.store.durable import sync_folder
from kg.store.staging import digest_of_parts

CURATION_LOG = "curation.jsonl"

Action = Literal["merge", "split", "rename", "retype", "accept", "reject", "add", "link", "undo"]
ACTIONS: tuple[Action, ...] = get_args(Action)


@dataclass(frozen=True, slots=True)
class Entry:
    """One correction. ``type`` and ``name`` are the concept that it is about, or a statement's subject.

    ============== ==========================================================================================
    merge          the concept of (type, name) and that of (type, to_name) are one, called ``to_name``
    split          the name (type, name) is a concept of its own
    rename         the concept of (type, name) is called ``to_name``
    retype         all names of the concept of (type, name) are of ``to_type``
    accept, reject a statement: of the paper of ``records``, with ``predicate``, subject (the paper where ``name`` is
                   None), object (``to_type``, ``to_name``, else ``target``), in the sentences ``quotes``; with the
                   predicate pt:gives rejects what ``records`` give without a sentence, ``target`` (as JSON)
    add            such a statement, with the one sentence in ``quotes``
    link           the concept of (type, name) has ``predicate`` to the IRI ``target`` or to (to_type, to_name)
    undo           the entry with the id ``target`` counts no more (or, where that is an undo, counts again)
    ============== ==========================================================================================
    """

    when: str  # UTC, "2026-01-31T12:00:00.000000Z": entries count in this order
    who: str
    action: Action
    why: str = ""
    type: ConceptType | None = None
    name: str | None = None
    to_type: ConceptType | None = None
    to_name: str | None = None
    predicate: str | None = None  # a full IRI
    target: str | None = None
    records: tuple[tuple[str, str], ...] = ()  # keys of the paper's source records
    quotes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """A digest of all that the entry says."""
        return digest_of_parts([record_to_json(self)])[:16]


GIVES = PREFIXES["pt"] + "gives"
_WHEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z", re.ASCII)
_NEEDED: dict[Action, tuple[str, ...]] = {
    "merge": ("type", "name", "to_name"),
    "split": ("type", "name"),
    "rename": ("type", "name", "to_name"),
    "retype": ("type", "name", "to_type"),
    "accept": ("records", "predicate", "quotes"),
    "reject": ("records", "predicate", "quotes"),
    "add": ("records", "predicate", "quotes"),
    "link": ("type", "name", "predicate"),
    "undo": ("target",),
}


def checked(entry: Entry) -> Entry:
    """The entry, if it says all that its action needs; UsageError names what is missing.

    >>> checked(Entry("2026-01-31T12:00:00.000000Z", "ada", "rename", type="Method", name="GAT"))
    Traceback (most recent call last):
    kg.errors.UsageError: rename: found no to_name, expected type, name, to_name
    """
    if entry.action not in _NEEDED:
        raise UsageError(f"action: found {entry.action!r}, expected one of {', '.join(ACTIONS)}")
    needed = ("when", "who", *_NEEDED[entry.action])
    if entry.action == "reject" and entry.predicate == GIVES:
        needed = ("when", "who", "records", "target")
    missing = [name for name in needed if not getattr(entry, name)]
    if not missing and entry.action in ("accept", "reject", "add", "link") and not (entry.target or entry.to_name):
        missing = ["target or to_name"]
    if missing:
        raise UsageError(f"{entry.action}: found no {', '.join(missing)}, expected {', '.join(_NEEDED[entry.action])}")
    if not _WHEN.fullmatch(entry.when):
        raise UsageError(f"when: found {entry.when!r}, expected a time in UTC such as 2026-01-31T12:00:00Z")
    return entry


def in_force(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that count, each once, in their order: those undone, and the undoing, are left out.

    >>> when = "2026-01-31T12:00:0{}.000000Z".format
    >>> split = Entry(when(0), "ada", "split", type="Method", name="GAT")
    >>> undo = Entry(when(1), "ada", "undo", target=split.id)
    >>> len(in_force([split])), len(in_force([undo, split])), len(in_force([split, undo, split]))
    (1, 0, 0)
    """
    ordered = sorted({entry.id: entry for entry in entries}.items(), key=lambda pair: (pair[1].when, pair[0]))
    undone: set[str] = set()
    for id, entry in reversed(ordered):  # an undo comes after what it undoes, so the last word is said first
        if entry.action == "undo" and id not in undone and entry.target is not None:
            undone.add(entry.target)
    return [entry for id, entry in ordered if id not in undone and entry.action != "undo"]


def undone_by(entries: Iterable[Entry]) -> dict[str, str]:
    """The ids of the entries that were undone, each with the id of the entry that undid it last."""
    entries = list(entries)
    counted = {entry.id for entry in in_force(entries)}
    return {
        entry.target: entry.id
        for entry in sorted(entries, key=lambda entry: (entry.when, entry.id))
        if entry.action == "undo" and entry.target is not None and entry.target not in counted
    }


class CurationLog:
    """The log of the store at ``location``, of whose file the first ``held`` entries count. Hold the builder's lock."""

    def __init__(self, location: Path, held: int) -> None:
        self._path = location / CURATION_LOG
        self._old = tuple(read_log(location, held))
        self._new: list[Entry] = []

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, those last that :meth:`append` took."""
        return (*self._old, *self._new)

    def append(self, entries: Iterable[Entry]) -> int:
        """Take entries in; those that the log has already are left out. Returns how many are new."""
        known = {entry.id for entry in self.entries}
        before = len(self._new)
        for entry in entries:
            if checked(entry).id not in known:
                known.add(entry.id)
                self._new.append(entry)
        return len(self._new) - before

    def digest(self) -> str:
        """Changes when an entry comes; "" where there is none. The order of the entries is no part of it."""
        return digest_of_parts(sorted(entry.id for entry in self.entries)) if self.entries else ""

    def write(self) -> int:
        """Make the new entries durable; they count from the moment that a manifest says so. Returns how many there are.

        What a build that never finished has left behind the entries that count is cut off.
        """
        if self._new:
            size = sum(len(_line(entry)) for entry in self._old)
            with open(self._path, "r+b" if self._path.exists() else "w+b") as stream:
                stream.truncate(size)
                stream.seek(size)
                stream.writelines(map(_line, self._new))
                stream.flush()
                os.fsync(stream.fileno())
            sync_folder(self._path.parent)
        return len(self.entries)


def read_log(location: Path, held: int) -> list[Entry]:
    """The first ``held`` entries of the log at ``location``. StoreError where the file has fewer, or others."""
    if not held:
        return []
    path = location / CURATION_LOG
    try:
        lines = path.read_bytes().split(b"\n")[:held]
        entries = [record_from_json(Entry, line.decode("utf-8")) for line in lines]
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"{path}: cannot be read: {error}; put back a copy of it, or of the store") from None
    if len(entries) < held:
        raise StoreError(f"{path}: found {len(entries)} entries, expected {held}; put back a copy of it")
    return entries


def _line(entry: Entry) -> bytes:
    return record_to_json(entry).encode("utf-8", "surrogatepass") + b"\n"


# --- tables, for people ---------------------------------------------------------------------------------------

_FIELDS = tuple(field.name for field in dataclasses.fields(Entry))


def write_table(entries: Sequence[Entry]) -> str:
    r"""The entries as a table with tabs between cells and a header; lists are JSON, other cells have ``\t \n \\``."""
    lines = ["\t".join(_FIELDS)]
    lines += ["\t".join(_cell(getattr(entry, name)) for name in _FIELDS) for entry in entries]
    return "".join(f"{line}\n" for line in lines)


def read_table(text: str, where: str = "table") -> list[Entry]:
    r"""The inverse of :func:`write_table`; columns may be missing or in another order.

    Raises UsageError that names the line.

    >>> entry = Entry("2026-01-31T12:00:00.000000Z", "ada", "reject", 'a\ttab', records=(("jsonl", "1"),),
    ...     predicate="https://example.org/p", target="x", quotes=('It says "no".',))
    >>> read_table(write_table([entry])) == [entry]
    True
    >>> read_table("who\taction\nada\trename\n")
    Traceback (most recent call last):
    kg.errors.UsageError: table:2: rename: found no type, name, to_name, expected type, name, to_name
    """
    header, *lines = text.split("\n")
    names = header.rstrip("\r").split("\t")
    unknown = [name for name in names if name not in _FIELDS]
    if unknown or "action" not in names:
        raise UsageError(f"{where}:1: found the columns {', '.join(names)}, expected some of {', '.join(_FIELDS)}")
    entries = []
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        cells = dict(zip(names, line.rstrip("\r").split("\t"), strict=False))
        values = {name: cell for name, cell in cells.items() if cell}
        try:
            for name in ("records", "quotes"):
                if name in values:
                    values[name] = json.loads(values[name])
            plain = {name: _unescaped(cell) if isinstance(cell, str) else cell for name, cell in values.items()}
            entry = record_from_json(Entry, json.dumps({"when": "", "who": "", **plain}))
            checked(dataclasses.replace(entry, when=entry.when or "2000-01-01T00:00:00Z", who=entry.who or "somebody"))
            entries.append(entry)
        except (ValueError, TypeError) as error:
            raise UsageError(f"{where}:{number}: {error}") from None
        except UsageError as error:
            raise UsageError(f"{where}:{number}: {error}") from None
    return entries


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False) if value else ""
    text = "" if value is None else str(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _unescaped(cell: str) -> str:
    parts = cell.split("\\\\")
    return "\\".join(part.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r") for part in parts)
