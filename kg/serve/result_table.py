"""The first rows of a result -> cells for a page: text, and a link where the thing has a page or an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kg.graph.vocabulary import compress
from kg.query.preview import label_column
from kg.serve.pages_links import Links

_NUMBERS = ("integer", "decimal", "double", "float")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell of a table."""

    text: str
    href: str | None = None
    is_number: bool = False
    is_iri: bool = False


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A result for a page; ``boolean`` is the answer of an ASK, and then there are no rows."""

    variables: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    more: bool = False
    boolean: bool | None = None
    seconds: float = 0.0  # that the query took


def result_table(found: Mapping[str, Any], links: Links) -> ResultTable:
    """The table of a preview (kg/query/preview.py)."""
    if "boolean" in found:
        return ResultTable(boolean=found["boolean"])
    names = list(found["variables"])
    rows = [[_cell(one, links) for one in row] for row in found["rows"]]
    shown = [*range(len(names))]
    for index, name in enumerate(names):
        label = label_column(name, names)
        if label is None or any(row[index].text and not row[index].is_iri for row in rows):
            continue
        # The name carries the link, and the column of IRIs goes.
        shown.remove(index)
        for row in rows:
            if row[label].text:
                row[label] = replace(row[label], href=row[index].href)
    return ResultTable(
        tuple(names[index] for index in shown),
        tuple(tuple(row[index] for index in shown) for row in rows),
        found["more"],
    )


def _cell(found: Mapping[str, str] | None, links: Links) -> Cell:
    if found is None:
        return Cell("")
    value = found["value"]
    if found["type"] == "uri":
        text = compress(value)
        return Cell(text, links.href(value), is_iri=True)
    if found["type"] == "literal":
        datatype = found.get("datatype", "").rpartition("#")[2]
        if datatype == "anyURI" and value.startswith(("https://", "http://")):
            return Cell(value, value)
        return Cell(value, is_number=datatype in _NUMBERS)
    return Cell(value)
