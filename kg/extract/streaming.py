"""JSON lines in -> JSON lines out, one by one: what ``papertriples extract`` does with its input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from kg.errors import UsageError
from kg.extract.lines import extraction_to_line, fields_of_line
from kg.records import Extraction, FieldName

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Extracts(Protocol):
    """What is asked of an extractor here."""

    def extract(self, fields: Mapping[FieldName, str]) -> Extraction: ...


class Answer(NamedTuple):
    """A line of the output, without its end; ``language``: that of a record which is not in English."""

    line: str
    language: str | None


def answers(lines: Iterable[bytes], extractor: Extracts, refuse: Callable[[int, UsageError], None]) -> Iterator[Answer]:
    """The answer to each line of the input, in order; a line is read when the answer to the one before was taken.

    ``refuse`` gets the number of each line that is none of ours, from 1, and why; such lines have no answer, and
    empty ones are passed over.
    """
    for number, line in enumerate(lines, 1):
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        if not line.strip():
            continue
        try:
            record_id, fields = fields_of_line(_decoded(line))
        except UsageError as error:
            refuse(number, error)
            continue
        extraction = extractor.extract(fields)
        yield Answer(extraction_to_line(record_id, extraction), extraction.language)


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"found a byte that is no UTF-8 at {error.start + 1}, expected JSON in UTF-8") from None
