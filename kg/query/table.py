"""Results as a table for a terminal: columns no wider than it helps, names instead of long IRIs."""

from __future__ import annotations

import io
import itertools
import shutil
from collections.abc import Iterator
from typing import IO, Final

import pyoxigraph as ox
from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples

from kg.graph.vocabulary import compress
from kg.query.preview import label_column

MOST_ROWS: Final = 10_000
_LONGEST: Final = 400


def write_table(
    results: QuerySolutions | QueryBoolean | QueryTriples, out: IO[bytes], width: int | None = None
) -> None:
    """Write the results as a table, at most ``MOST_ROWS`` rows and ``width`` columns of text (the terminal's)."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if isinstance(results, QueryBoolean):
        out.write(b"true\n" if results else b"false\n")
        return
    width = shutil.get_terminal_size((120, 24)).columns if width is None else width
    names = ["subject", "predicate", "object"]
    if isinstance(results, QuerySolutions):
        names = [variable.value for variable in results.variables]
    table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False)
    found = list(itertools.islice(_rows(results), MOST_ROWS + 1))
    rows, more = min(len(found), MOST_ROWS), len(found) > MOST_ROWS
    # Where a column of names stands beside a column of IRIs, the IRIs only take room.
    kept = [index for index, name in enumerate(names) if not _is_named(index, name, names, found)]
    for index in kept:
        table.add_column(Text(names[index]), overflow="fold")
    for row in found[:MOST_ROWS]:
        table.add_row(*(Text(shown(row[index])) for index in kept))
    text = io.StringIO()
    console = Console(file=text, width=max(width, 20), color_system=None, force_terminal=False, highlight=False)
    if names:
        console.print(table)
    noun = "row" if isinstance(results, QuerySolutions) else "triple"
    total = f"more than {rows} {noun}s: --format csv has all" if more else f"{rows} {noun}{'' if rows == 1 else 's'}"
    console.print(Text(total))
    lines = (line.rstrip() for line in text.getvalue().split("\n"))
    out.write("\n".join(lines).encode("utf-8", "replace"))


def _rows(results: QuerySolutions | QueryTriples) -> Iterator[tuple[object, ...]]:
    for row in results:
        yield tuple(row)


def _is_named(index: int, name: str, names: list[str], rows: list[tuple[object, ...]]) -> bool:
    label = label_column(name, names)
    return label is not None and all(
        row[index] is None or (isinstance(row[index], ox.NamedNode) and row[label] is not None) for row in rows
    )


def shown(term: object) -> str:
    """A term for people: a prefixed name or an IRI, or a literal's text in one line.

    >>> shown(ox.NamedNode("https://w3id.org/papertriples/ontology#uses"))
    'pt:uses'
    >>> shown(ox.Literal("two\\nlines")), shown(None)
    ('two lines', '')
    """
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return compress(term.value)
    if isinstance(term, ox.Literal):
        text = " ".join("".join(letter if letter.isprintable() else " " for letter in term.value).split())
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return str(term)
