"""Answers on disk, as they came: a question that was answered is not asked again, by whichever run.

One SQLite file for all services, and a lock file for each endpoint, which a run holds from choosing what to ask until
the answer is kept: two runs at once take turns, keep to one rate and ask nothing twice. The kernel lets go of the lock
of a run that is killed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.errors import PapertriplesError
from kg.link.online.service import Question
from kg.store.locks import held_alone

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS answers (
    id INTEGER PRIMARY KEY, service TEXT NOT NULL, request TEXT NOT NULL, questions TEXT NOT NULL,
    date REAL NOT NULL, status INTEGER NOT NULL, digest TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS questions (
    service TEXT NOT NULL, question TEXT NOT NULL, answer INTEGER NOT NULL REFERENCES answers,
    PRIMARY KEY (service, question)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS questions_of_answer ON questions (answer);
CREATE TABLE IF NOT EXISTS pace (endpoint TEXT PRIMARY KEY, next REAL NOT NULL) WITHOUT ROWID;
"""
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer to some questions; ``body`` is verbatim, but for a key that a service repeats."""

    questions: tuple[Question, ...]
    status: int
    body: bytes


class Cache:
    """The answers in a folder; PapertriplesError where it cannot be read or written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "answers.sqlite"
        with self._failures():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # it tells what somebody asked
            self._database = sqlite3.connect(self.path, timeout=60, isolation_level=None)
            version = self._database.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, _VERSION):
                raise PapertriplesError(f"{self.path}: made by another version of papertriples; give another --cache")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.executescript(f"{_SCHEMA} PRAGMA user_version = {_VERSION};")

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def find(self, service: str, question: Question, since: float = 0.0) -> int | None:
        """The number of the answer to a question; None where there is none, or none from ``since`` on."""
        with self._failures():
            row = self._database.execute(
                "SELECT id FROM questions JOIN answers ON answer = id "
                "WHERE questions.service = ? AND question = ? AND date >= ?",
                (service, question.key, since),
            ).fetchone()
        return None if row is None else int(row[0])

    def answer(self, number: int) -> KeptAnswer | None:
        """The answer of a number; one that is damaged is forgotten, and is none."""
        with self._failures():
            row = self._database.execute(
                "SELECT questions, status, digest, body FROM answers WHERE id = ?", (number,)
            ).fetchone()
        if row is None:
            return None
        questions, status, digest, packed = row
        with contextlib.suppress(zlib.error, ValueError, TypeError):
            body = zlib.decompress(packed)
            if hashlib.sha256(body).hexdigest() == digest:
                return KeptAnswer(tuple(Question(*one) for one in json.loads(questions)), status, body)
        self.forget(number)
        return None

    def keep(
        self, service: str, request: str, questions: Sequence[Question], status: int, body: bytes, date: float
    ) -> None:
        """Keep the answer to a request, as that to all its questions, whether it says something of them or not."""
        said = json.dumps([[one.kind, one.value] for one in questions], ensure_ascii=False)
        digest, packed = hashlib.sha256(body).hexdigest(), zlib.compress(body)
        with self._failures(), self._transaction():
            older = self._answers(service, questions)
            number = self._database.execute(
                "INSERT INTO answers (service, request, questions, date, status, digest, body) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (service, request, said, date, status, digest, packed),
            ).lastrowid
            self._database.executemany(
                "INSERT OR REPLACE INTO questions (service, question, answer) VALUES (?, ?, ?)",
                [(service, one.key, number) for one in questions],
            )
            self._database.executemany(
                "DELETE FROM answers WHERE id = ? AND NOT EXISTS (SELECT 1 FROM questions WHERE answer = id)",
                [(one,) for one in older],
            )

    def _answers(self, service: str, questions: Sequence[Question]) -> set[int]:
        found = (
            self._database.execute(
                "SELECT answer FROM questions WHERE service = ? AND question = ?", (service, one.key)
            ).fetchone()
            for one in questions
        )
        return {row[0] for row in found if row is not None}

    def forget(self, number: int) -> None:
        """Take an answer out: its questions are open again."""
        with self._failures(), self._transaction():
            self._database.execute("DELETE FROM questions WHERE answer = ?", (number,))
            self._database.execute("DELETE FROM answers WHERE id = ?", (number,))

    def next_at(self, endpoint: str) -> float:
        """When an endpoint may be asked next, of all runs; 0 where it never was."""
        with self._failures():
            row = self._database.execute("SELECT next FROM pace WHERE endpoint = ?", (endpoint,)).fetchone()
        return float(row[0]) if row else 0.0

    def set_next(self, endpoint: str, when: float) -> None:
        """Say when an endpoint may be asked next."""
        with self._failures():
            self._database.execute("INSERT OR REPLACE INTO pace (endpoint, next) VALUES (?, ?)", (endpoint, when))

    @contextlib.contextmanager
    def turn(self, endpoint: str) -> Iterator[bool]:
        """Hold an endpoint; False where another run holds it."""
        with self._failures():
            handle = os.open(self.folder / f"{endpoint}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        with held_alone(handle) as alone:
            yield alone

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise PapertriplesError(f"{self.path}: {error}; the cache cannot be used: give another --cache") from error
        except OSError as error:
            raise PapertriplesError(f"cannot write {self.folder}: {error.strerror or error}") from error
