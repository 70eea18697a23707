"""Counts the rows in a stream of serialised results, so that an answer can be ended when it grows too long.

The engine serialises by itself, in one go; what it writes is looked at on its way. In each format one byte sequence
stands once a row and cannot stand inside of a value.
"""

from __future__ import annotations

import io
import re
from typing import IO, Final

from kg.errors import QueryError

# JSON: inside of a string a quotation mark is escaped, so {"x can only open an object with a variable's name; a row
# begins after [ or , and not after a colon. XML: < is escaped. TSV: line ends are escaped. CSV: see _count.
_ROWS: Final = {
    "json": re.compile(rb'[\[,]\{(?:"[\w]|\})'),
    "xml": re.compile(rb"<result(?:>|/>)"),
    "tsv": re.compile(rb"\n"),
}
_CARRIED: Final = 16  # bytes: longer than any of the sequences


class RowLimit(io.RawIOBase):
    """Hands bytes on to ``out`` until more than ``most`` rows have gone by; then raises QueryError.

    ``rows`` is the number so far.
    """

    def __init__(self, out: IO[bytes], format: str, most: int) -> None:
        super().__init__()
        self._out = out
        self._format = format
        self._most = most
        self.rows = -1 if format in ("tsv", "csv") else 0  # their first line is the header
        self._carried = b""
        self._quoted = False

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        data = bytes(piece)  # type: ignore[call-overload]
        self.rows += self._count(data)
        if self.rows > self._most:
            raise QueryError(f"the query gives more than {self._most} rows; add a LIMIT, or ask for less")
        self._out.write(data)
        return len(data)

    def _count(self, data: bytes) -> int:
        if self._format == "csv":
            return self._count_csv(data)
        if self._format == "tsv":
            return data.count(b"\n")
        seen = self._carried + data
        found = list(_ROWS[self._format].finditer(seen))
        # What ends inside of the carried bytes was counted before.
        fresh = sum(1 for one in found if one.end() > len(self._carried))
        self._carried = seen[-_CARRIED:]
        return fresh

    def _count_csv(self, data: bytes) -> int:
        """Line ends outside of quotation marks (a doubled mark closes and opens again)."""
        rows = 0
        for index, part in enumerate(data.split(b'"')):
            self._quoted = self._quoted != (index > 0)
            if not self._quoted:
                rows += part.count(b"\n")
        return rows
