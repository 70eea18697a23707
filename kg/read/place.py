"""Where a reader is, so that every problem says the file, the line and the record."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kg.errors import Problem, ProblemHandler

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A file, or a line or record in it, and whom to tell of problems there."""

    file: str
    handler: ProblemHandler
    line: int | None = None
    record: str | None = None

    def at(self, line: int | None = None, record: str | None = None) -> Place:
        """The place of one record in this file."""
        return replace(self, line=line, record=record)

    def report(self, field: str, found: str, expected: str, *, skipped: bool = False) -> None:
        """Hands a problem with ``field`` to the handler; ``skipped``: the whole record is left out."""
        self.handler(Problem(self.file, field, found, expected, self.line, self.record, skipped))


def quoted(found: object) -> str:
    """What was found, in quotation marks, on one line, shortened: for messages.

    >>> quoted("in press")
    '"in press"'
    >>> quoted("x" * 80) == '"' + "x" * 60 + '..."'
    True
    """
    text = " ".join(str(found).split())
    return f'"{text[:_SHOWN]}..."' if len(text) > _SHOWN else f'"{text}"'


def kind_of(found: object) -> str:
    """What a JSON value is, in the words of JSON.

    >>> kind_of(["a"]), kind_of(None), kind_of(True)
    ('an array', 'null', 'true or false')
    """
    if found is None:
        return "null"
    if isinstance(found, bool):
        return "true or false"
    kinds: tuple[tuple[type, str], ...] = ((dict, "an object"), (list, "an array"), (str, "a text"))
    return next((name for kind, name in kinds if isinstance(found, kind)), "a number")
