"""Counts the rows in a stream of serialised results, so that an answer can be ended when it grows too long.

The engine serialises by itself, in one go; what it writes is looked at on its way. In each format one byte sequence
stands once a row and cannot stand inside of a value.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import IO, Final, Literal

from kg.errors import QueryError

# What to do with more rows than there may be: fail; end the answer with a mark that it is cut (fail where the format
# has no place for one); end it as if it were whole, for whoever asked for no more.
More = Literal["refuse", "mark", "drop"]

# JSON: inside of a string a quotation mark is escaped, so {"x can only open an object with a variable's name; a row
# begins after [ or , and not after a colon. XML: < is escaped. TSV: line ends are escaped. CSV: see _line_ends.
_ROWS: Final = {
    "json": re.compile(rb'[\[,]\{(?:"[\w]|\})'),
    "xml": re.compile(rb"<result(?:>|/>)"),
}
_HELD: Final = 16  # bytes: longer than any of the sequences
_ENDINGS: Final = {"json": (b"]}", b"}"), "xml": (b"</results></sparql>", b""), "csv": (b"", b""), "tsv": (b"", b"")}
_MARKS: Final = {"json": b',"truncated":true', "xml": b"<!-- truncated: there are more results -->"}


class Enough(QueryError):
    """There are all the rows that there may be; what was written is a whole answer."""


@dataclass(slots=True)
class Written:
    """How many rows or triples an answer has; ``cut``: there were more."""

    rows: int = 0
    cut: bool = False


class RowLimit(io.RawIOBase):
    """Hands bytes on to ``out`` until more than ``most`` rows have gone by; then ends as ``more`` says.

    ``rows`` is the number so far. Raises QueryError or Enough. Call ``finish`` at the end.
    """

    def __init__(self, out: IO[bytes], format: str, most: int, more: More = "refuse") -> None:
        super().__init__()
        self._out = out
        self._format = format
        self._most = most
        self._more = more
        self.rows = -1 if format in ("tsv", "csv") else 0  # their first line is the header
        self.cut = False
        self._held = b""
        self._quoted = False
        self._ended = False

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        data = bytes(piece)  # type: ignore[call-overload]
        if not self._ended:  # the engine may still empty its buffer after an error
            if self._format in _ROWS:
                self._pass_on(self._held + data, keep=_HELD)
            else:
                self._pass_on_lines(data)
        return len(data)

    def finish(self) -> None:
        """Hand on what is still held."""
        if not self._ended and self._held:
            self._pass_on(self._held, keep=0)

    def _pass_on(self, seen: bytes, keep: int) -> None:
        edge = max(0, len(seen) - keep)  # what begins after it may not be there whole, and is looked at the next time
        for found in _ROWS[self._format].finditer(seen):
            if found.start() >= edge:
                break
            if self.rows == self._most:
                self._end(seen[: found.start() + found.group().startswith(b"[")])
            self.rows += 1
        self._out.write(seen[:edge])
        self._held = seen[edge:]

    def _pass_on_lines(self, data: bytes) -> None:
        start = 0
        if self.rows + data.count(b"\n") >= self._most:
            for end in self._line_ends(data):
                if self.rows == self._most:
                    break
                self.rows += 1
                start = end
            if self.rows == self._most and start < len(data):
                self._end(data[:start])
        elif self._format == "csv":
            self.rows += sum(1 for _ in self._line_ends(data))
        else:
            self.rows += data.count(b"\n")
        self._out.write(data)

    def _line_ends(self, data: bytes) -> list[int]:
        """The places behind line ends; in CSV those outside of quotation marks (a doubled mark closes and opens)."""
        if self._format == "tsv":
            return [found.end() for found in re.finditer(b"\n", data)]
        ends = []
        for found in re.finditer(b'["\n]', data):
            if found.group() == b'"':
                self._quoted = not self._quoted
            elif not self._quoted:
                ends.append(found.end())
        return ends

    def _end(self, last: bytes) -> None:
        self._ended = self.cut = True
        if self._more == "refuse" or (self._more == "mark" and self._format not in _MARKS):
            raise QueryError(f"the query gives more than {self._most} rows; add a LIMIT, or ask for less")
        before, after = _ENDINGS[self._format]
        mark = _MARKS[self._format] if self._more == "mark" else b""
        self._out.write(last + before + (mark + after if self._format == "json" else after + mark))
        raise Enough
