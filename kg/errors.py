"""What went wrong, where, and what would be right.

::

    PapertriplesError            exit code 1
    ├── UsageError               exit code 2: a bad option, input, parameter
    │   ├── UnknownFormat        the known ones are listed
    │   ├── ParameterError       a recipe's parameter is missing or ill-typed
    │   ├── GraphMissing         the store has no such graph
    │   ├── GraphChanged         a write was to be made on a condition that does not hold
    │   └── UnreadableGraph      a document that is to be written is in no format that is read here
    ├── StoreError               the store cannot be opened or written
    │   ├── StoreMissing
    │   ├── StoreVersionError    made by another version of papertriples
    │   ├── StoreLocked          somebody else is building
    │   ├── StoreFull            the disk has no space left, or a quota is used up
    │   └── StoreReadOnly        the disk or the folder takes no writes
    ├── QueryError
    │   ├── QuerySyntaxError     with line and column
    │   ├── QueryRefused         the policy forbids it: SERVICE, LOAD, FROM a file
    │   └── QueryTimeout
    └── RecipeError              a recipe file whose header cannot be read: file and line

A bad *record* is no exception but a :class:`Problem`, handed to a :data:`ProblemHandler`: one bad record never
ends a run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


class PapertriplesError(Exception):
    """The base of all errors that a user may see; the message is complete, no trace is needed."""

    exit_code = 1


class UsageError(PapertriplesError):
    exit_code = 2


class UnknownFormat(UsageError):
    pass


class ParameterError(UsageError):
    pass


class GraphMissing(UsageError):
    pass


class GraphChanged(UsageError):
    pass


class UnreadableGraph(UsageError):
    pass


class StoreError(PapertriplesError):
    pass


class StoreMissing(StoreError):
    exit_code = 2


class StoreVersionError(StoreError):
    pass


class StoreLocked(StoreError):
    pass


class StoreFull(StoreError):
    pass


class StoreReadOnly(StoreError):
    pass


class QueryError(PapertriplesError):
    pass


class QuerySyntaxError(QueryError):
    """The query cannot be parsed; ``line`` and ``column`` count from 1 and are None where unknown."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QueryRefused(QueryError):
    pass


class QueryTimeout(QueryError):
    pass


class RecipeError(PapertriplesError):
    pass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the input that is not right: where, what was found, what would be right, what was done.

    ``skipped``: the whole record was left out; else it was kept without the field.

    >>> print(Problem("refs.bib", "year", found='"in press"', expected="four digits", line=118))
    refs.bib:118: year: found "in press", expected four digits; kept without it
    >>> print(Problem("works.jsonl", "title", found="nothing", expected="a text", record="3", skipped=True))
    works.jsonl: record 3: title: found nothing, expected a text; skipped
    """

    file: str  # for people; never enters the graph
    field: str
    found: str
    expected: str
    line: int | None = None
    record: str | None = None
    skipped: bool = False

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line is not None else "")
        place += f": record {self.record}" if self.record is not None else ""
        done = "skipped" if self.skipped else "kept without it"
        return f"{place}: {self.field}: found {self.found}, expected {self.expected}; {done}"


ProblemHandler = Callable[[Problem], None]


class ProblemLog:
    """A handler that keeps the first ``limit`` problems and counts all of them."""

    def __init__(self, limit: int = 100) -> None:
        self.limit = limit
        self.problems: list[Problem] = []
        self.skipped = 0
        self.kept = 0
        self.by_field: Counter[str] = Counter()

    def __call__(self, problem: Problem) -> None:
        if len(self.problems) < self.limit:
            self.problems.append(problem)
        self.by_field[problem.field] += 1
        if problem.skipped:
            self.skipped += 1
        else:
            self.kept += 1


def raise_problem(problem: Problem) -> None:
    """The strict handler: the first problem ends the run."""
    raise UsageError(str(problem))
