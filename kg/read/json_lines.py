"""JSON lines of one's own, with the columns of :mod:`kg.read.columns` -> SourceRecord."""

from __future__ import annotations

from collections.abc import Iterator

from kg.read.columns import Columns, column, record_of_row
from kg.read.json_values import JsonObject, json_objects
from kg.read.opening import Opened
from kg.read.place import Place
from kg.records import SourceRecord

SOURCE = "json-lines"


def sniff(found: JsonObject) -> bool:
    """Whether an object has a title under a name that we know, and is no full text (S2ORC, unarXive)."""
    return any(column(name) == "title" for name in found) and not {"body_text", "pdf_parse"} & found.keys()


def read(opened: Opened, place: Place) -> Iterator[SourceRecord]:
    """The papers of a file of JSON lines, or of a JSON array of objects."""
    columns = Columns(place)
    for here, found in json_objects(opened, place):
        record = record_of_row(SOURCE, columns.row(found, here), here)
        if record:
            yield record
