"""The search index of a version: names of papers, concepts, people, venues, repositories (SQLite FTS5), former IRIs.

Words match without regard to case and accents, the last one as a prefix. What a user types is never query
syntax: only its words count.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.store.spelling import Speller, likeness

# Letters, digits and marks, as the tokenizer unicode61 sees words.
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_SCHEMA = """
CREATE TABLE entity (row INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, type TEXT NOT NULL, label TEXT NOT NULL);
CREATE VIRTUAL TABLE names USING fts5(label, others, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
CREATE TABLE former (iri TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (iri, row)) WITHOUT ROWID;
CREATE INDEX former_row ON former (row);
PRAGMA user_version = 2;
"""
_LAYOUT = 2
MAX_WORDS = 16
_CONSIDERED = 100  # names that are compared with the whole text


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """What is indexed of one entity: ``type`` is the local name of its class, ``others`` its other names.

    ``former`` are IRIs that it had, or would have had, before it was merged with others (kg/store/heirs.py).
    """

    iri: str
    type: str
    label: str
    others: tuple[str, ...] = ()
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One entity found; ``snippet`` is the other name that matched, where it was not the label."""

    iri: str
    label: str
    type: str
    snippet: str | None = None


def create_index(path: Path) -> None:
    """A new, empty index at ``path``."""
    with closing(sqlite3.connect(path)) as index:
        index.executescript(_SCHEMA)


def is_current(path: Path) -> bool:
    """Whether there is an index of this layout; an older one must be made again."""
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as index:
        return bool(index.execute("PRAGMA user_version").fetchone() == (_LAYOUT,))


def update_index(path: Path, gone: Iterable[str], entries: Iterable[SearchEntry]) -> None:
    """Take entities out by IRI, then put entries in, replacing what was there for the same IRI."""
    with closing(sqlite3.connect(path)) as index, index:
        for iri in gone:
            _delete(index, iri)
        for entry in entries:
            _delete(index, entry.iri)
            row = index.execute(
                "INSERT INTO entity (iri, type, label) VALUES (?, ?, ?)", (entry.iri, entry.type, entry.label)
            ).lastrowid
            index.execute(
                "INSERT INTO names (rowid, label, others) VALUES (?, ?, ?)",
                (row, entry.label, "\n".join(entry.others)),
            )
            index.executemany("INSERT INTO former VALUES (?, ?)", ((iri, row) for iri in entry.former))


def count_entities(index: sqlite3.Connection) -> int:
    """How many entities have a name."""
    return int(index.execute("SELECT COUNT(*) FROM entity").fetchone()[0])


def named_iris(index: sqlite3.Connection, offset: int, limit: int) -> list[str]:
    """The IRIs of the entities that have a name, in order, from a place on."""
    return [
        iri for (iri,) in index.execute("SELECT iri FROM entity ORDER BY iri LIMIT ? OFFSET ?", (limit, max(offset, 0)))
    ]


def merge_index(path: Path) -> None:
    """Merge the index's parts after many changes: queries read one part."""
    with closing(sqlite3.connect(path)) as index, index:
        index.execute("INSERT INTO names (names) VALUES ('optimize')")


def open_index(path: Path) -> sqlite3.Connection:
    """The index, read-only; it may be used from any thread, by one at a time."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def search_index(
    index: sqlite3.Connection, text: str, types: Sequence[str] | None = None, limit: int = 20
) -> list[SearchHit]:
    """The entities whose names hold all words of ``text``, the best first."""
    if limit <= 0:
        return []
    match = match_expression(text)
    rows = _matches(index, match, text, types, limit) if match else []
    if not rows and text.strip() and not (text.isascii() and match):
        rows = _holding(index, text.strip(), types, limit)
    words = [word.casefold() for word in _WORD.findall(text)]
    return [SearchHit(iri, label, kind, _snippet(label, others, words)) for iri, label, kind, others in rows]


def names_alike(index: sqlite3.Connection, text: str) -> list[str]:
    """The names of entities that are ``text`` but for case, as they are spelled, sorted."""
    words = _WORD.findall(text)
    if words:
        rows = index.execute("SELECT label, others FROM names WHERE names MATCH ?", (f'"{" ".join(words)}"',))
    else:  # C++ has a word, + has none
        rows = index.execute("SELECT label, others FROM names WHERE label = ?", (text,))
    wanted = text.lower()
    names = (name for label, others in rows for name in (label, *others.split("\n")))
    return sorted({name for name in names if name.lower() == wanted})


def heirs_of(index: sqlite3.Connection, iris: Sequence[str]) -> list[SearchHit]:
    """The entities that have one of ``iris``, or had it before they were merged, by IRI; none in an old index."""
    if index.execute("PRAGMA user_version").fetchone() != (_LAYOUT,):
        return []
    marks = ", ".join("?" * len(iris))
    rows = index.execute(
        f"SELECT entity.iri, label, type FROM entity WHERE iri IN ({marks}) UNION "
        f"SELECT entity.iri, label, type FROM former JOIN entity USING (row) WHERE former.iri IN ({marks}) ORDER BY 1",
        (*iris, *iris),
    )
    return [SearchHit(*found) for found in rows]


def search_like(
    index: sqlite3.Connection,
    speller: Speller,
    text: str,
    types: Sequence[str] | None = None,
    limit: int = 20,
) -> list[SearchHit]:
    """The entities whose names hold words like those of ``text``: all of them, or where none does, some.

    Those with a name that is most like the whole text come first.
    """
    for some in (False, True):
        match = speller.expression(text, MAX_WORDS, some=some) if limit > 0 else ""
        rows = _matches(index, match, text, types, max(limit, _CONSIDERED)) if match else []
        if rows:
            ranked = sorted(rows, key=lambda row: -likeness(text, (row[1], *row[3].split("\n"))))
            return [SearchHit(iri, label, kind) for iri, label, kind, _ in ranked[:limit]]
    return []


def match_expression(text: str) -> str:
    """The FTS5 expression for what a user typed: every word quoted, the last a prefix.

    >>> match_expression('graph atten')
    '"graph" "atten"*'
    >>> match_expression('NEAR("a" OR b*) -- "')
    '"NEAR" "a" "OR" "b"*'
    >>> match_expression(' "*" ')
    ''
    """
    words = _WORD.findall(text)[:MAX_WORDS]
    return " ".join(f'"{word}"' for word in words) + "*" if words else ""


def _matches(
    index: sqlite3.Connection, match: str, text: str, types: Sequence[str] | None, limit: int
) -> list[tuple[str, str, str, str]]:
    chosen, values = _type_clause(types)
    return index.execute(
        "SELECT iri, entity.label, type, names.others FROM names JOIN entity ON entity.row = names.rowid "
        f"WHERE names MATCH ? {chosen} "
        "ORDER BY lower(entity.label) <> lower(?), bm25(names, 4.0, 1.0), length(entity.label), iri LIMIT ?",
        (match, *values, text.strip(), limit),
    ).fetchall()


def _holding(
    index: sqlite3.Connection, text: str, types: Sequence[str] | None, limit: int
) -> list[tuple[str, str, str, str]]:
    """For names that have no words of their own, or whose script does not part words: names that hold the text."""
    chosen, values = _type_clause(types)
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
    return index.execute(
        "SELECT iri, entity.label, type, names.others FROM names JOIN entity ON entity.row = names.rowid "
        f"WHERE (names.label LIKE ? ESCAPE '\\' OR names.others LIKE ? ESCAPE '\\') {chosen} "
        "ORDER BY length(entity.label), entity.label, iri LIMIT ?",
        (pattern, pattern, *values, limit),
    ).fetchall()


def _type_clause(types: Sequence[str] | None) -> tuple[str, tuple[Any, ...]]:
    if types is None:
        return "", ()
    return f"AND type IN ({', '.join('?' * len(types))})", tuple(types)


def _snippet(label: str, others: str, words: Sequence[str]) -> str | None:
    if not words or all(word in label.casefold() for word in words):
        return None
    return next((name for name in others.split("\n") if all(word in name.casefold() for word in words)), None)


def _delete(index: sqlite3.Connection, iri: str) -> None:
    found = index.execute("SELECT row FROM entity WHERE iri = ?", (iri,)).fetchone()
    if found:
        index.execute("DELETE FROM names WHERE rowid = ?", found)
        index.execute("DELETE FROM former WHERE row = ?", found)
        index.execute("DELETE FROM entity WHERE row = ?", found)
