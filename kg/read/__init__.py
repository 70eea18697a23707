"""Files -> SourceRecord: one module a format, one table of them, formats recognised by content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.errors import ProblemHandler, UnknownFormat
from kg.read.formats import FORMATS, Format, find_format, recognise
from kg.read.opening import DamagedInput, InputFile, UnreadableInput, input_files, open_input
from kg.read.place import Place
from kg.read.sources import SOURCES
from kg.records import SourceRecord

__all__ = ["FORMATS", "SOURCES", "Format", "InputFile", "find_format", "input_files", "read_inputs"]


def read_inputs(
    inputs: Iterable[str | Path], handler: ProblemHandler, format: str | None = None
) -> Iterator[SourceRecord]:
    """The records of files, folders, globs and ``-`` (standard input), one by one.

    Before the first record it is known that every input exists, that ``format`` does, and that every named file has a
    format (UsageError, UnknownFormat). What is wrong inside the files is told to ``handler``.
    """
    files = input_files(inputs)
    chosen = find_format(format) if format is not None else None
    if chosen is None:
        for file in files:
            if file.named and file.path is not None:
                _check_format(file)
    return _read_files(files, handler, chosen)


def _check_format(file: InputFile) -> None:
    try:
        with open_input(file) as opened:
            head = opened.head
    except DamagedInput:  # reported when its turn comes
        return
    if head.strip() and recognise(head, file.name) is None:
        raise _unknown(file)


def _unknown(file: InputFile) -> UnknownFormat:
    return UnknownFormat(
        f"{file.name}: its format is not recognised; name it with --format, one of {', '.join(FORMATS)}"
    )


def _read_files(files: Iterable[InputFile], handler: ProblemHandler, chosen: Format | None) -> Iterator[SourceRecord]:
    for file in files:
        place = Place(file.name, handler)
        try:
            yield from _read_file(file, place, chosen)
        except DamagedInput as error:
            place.report("file", f"damage ({error})", "a whole file (what came before it is kept)", skipped=True)
        except UnreadableInput as error:
            if file.named:
                raise
            place.report("file", str(error).removeprefix(f"{file.name}: "), "a file that can be read", skipped=True)


def _read_file(file: InputFile, place: Place, chosen: Format | None) -> Iterator[SourceRecord]:
    with open_input(file) as opened:
        found = chosen or recognise(opened.head, file.name, named=file.named)
        if not opened.head.strip():
            place.report("file", "an empty file", "papers", skipped=True)
        elif found is not None:
            yield from found.read(opened, place)
        elif file.named:
            raise _unknown(file)
        else:
            place.report("file", "an unknown format", f"one of {', '.join(FORMATS)}", skipped=True)
