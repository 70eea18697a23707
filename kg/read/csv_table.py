"""CSV or TSV with a header, with the columns of :mod:`kg.read.columns` -> SourceRecord."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from kg.read.columns import Columns, column, record_of_row
from kg.read.opening import Opened, text_lines
from kg.read.place import Place, quoted
from kg.records import SourceRecord

SOURCE = "csv"
_DELIMITERS = (",", ";", "\t", "|")


def sniff(head: str) -> bool:
    """Whether the first line is a header of at least two columns of which one is the title."""
    names = _header(head)
    return len(names) > 1 and any(column(name) == "title" for name in names)


def _header(head: str) -> list[str]:
    line = head.split("\n", 1)[0].rstrip("\r")
    return _cells(line, _delimiter(line))


def _delimiter(header: str) -> str:
    """The delimiter that parts a header into most columns that we know."""
    return max(_DELIMITERS, key=lambda one: sum(column(name) is not None for name in _cells(header, one)))


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of one line; none where it is no such line."""
    try:
        return next(csv.reader([line.replace("\r", " ")], delimiter=delimiter), [])
    except csv.Error:  # a cell longer than any title of a column
        return []


def read(opened: Opened, place: Place) -> Iterator[SourceRecord]:
    """The papers of a table, one a row; cells may span lines in quotation marks (RFC 4180)."""
    lines = text_lines(opened, place)
    _, header = next(lines, (1, ""))
    delimiter = _delimiter(header)
    names = _cells(header, delimiter)
    if not any(column(name) == "title" for name in names):
        place.at(1).report("header", quoted(header), 'columns of which one is "title"', skipped=True)
        return
    columns = Columns(place)
    rows = csv.reader((line.replace("\r", " ") + "\n" for _, line in lines), delimiter=delimiter)
    start = 2
    while True:
        here = place.at(start)
        try:
            cells = next(rows, None)
        except csv.Error as error:
            here.report("row", str(error), "cells in quotation marks that are closed", skipped=True)
            start = rows.line_num + 2
            continue
        if cells is None:
            return
        start = rows.line_num + 2
        if len(cells) > len(names):
            here.report("row", f"{len(cells)} cells", f"{len(names)}, as in the header", skipped=True)
        elif cells:
            values = dict(zip(reversed(names), reversed(cells + [""] * (len(names) - len(cells))), strict=True))
            record = record_of_row(SOURCE, columns.row({name: values[name] for name in names}, here), here)
            if record:
                yield record
