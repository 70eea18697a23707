"""CSV on the Web: the tables of ``--format csv`` and what each column is, to be read as triples.

https://www.w3.org/TR/tabular-metadata/
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from kg.export.options import ExportOptions
from kg.export.packages import DESCRIPTION, NAME
from kg.export.tables import THING, ClassTable, class_tables, noted
from kg.export.texts import without_texts
from kg.graph import vocabulary as v
from kg.store import EmbeddedStore, quads_of_merge

Json = dict[str, Any]
SEPARATOR: Final = " | "  # between the values of a cell
_XSD: Final = v.PREFIXES["xsd"]
# Data types of XML Schema that CSV on the Web has under the same name.
_DATATYPES: Final = frozenset({"boolean", "integer", "decimal", "double", "date", "gYear", "gYearMonth", "anyURI"})


def write_csvw(store: EmbeddedStore, folder: Path, options: ExportOptions) -> None:
    """One CSV file a class, and ``csv-metadata.json``: each column's property, its type, and whether it is a list."""
    kinds: dict[str, set[str]] = defaultdict(set)
    quads = quads_of_merge(store)
    described: list[Json] = []
    for table in class_tables(noted(quads if options.texts else without_texts(quads), kinds)):
        path = folder / f"{table.name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.headers)
            writer.writerows([iri, *map(SEPARATOR.join, cells)] for iri, cells in table.rows())
        described.append(_described(table, kinds))
    licence = {"dc:license": {"@id": options.licence}} if options.licence else {}
    metadata: Json = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": NAME,
        "dc:description": DESCRIPTION,
        **licence,
        "tables": sorted(described, key=lambda one: str(one["url"])),
    }
    text = json.dumps(metadata, ensure_ascii=False, indent=2)
    (folder / "csv-metadata.json").write_text(text + "\n", encoding="utf-8")


def _described(table: ClassTable, kinds: dict[str, set[str]]) -> Json:
    columns: list[Json] = [
        {"titles": "iri", "name": "iri", "datatype": "anyURI", "required": True, "suppressOutput": True}
    ]
    for title, one in zip(table.headers[1:], table.properties, strict=True):
        found = kinds[one]
        column: Json = {"titles": title, "name": _column_name(title), "propertyUrl": one, **_type(found)}
        several = any(len(table.described[iri].get(one, ())) > 1 for iri in table.members)
        if several:
            column["separator"] = SEPARATOR
        elif found == {THING}:
            column["valueUrl"] = f"{{+{column['name']}}}"
        columns.append(column)
    schema = {"columns": columns, "primaryKey": "iri", "aboutUrl": "{+iri}"}
    return {"url": f"{table.name}.csv", "dc:title": table.name, "tableSchema": schema}


def _type(kinds: set[str]) -> Json:
    """What the values of a column are, where they are all of one type.

    >>> _type({_XSD + "integer"}), _type({_XSD + "integer", _XSD + "string"}), _type({THING})
    ({'datatype': 'integer'}, {'datatype': 'string'}, {'datatype': 'anyURI'})
    """
    if kinds == {THING}:
        return {"datatype": "anyURI"}
    names = {one.removeprefix(_XSD) for one in kinds}
    return {"datatype": names.pop() if len(names) == 1 and names <= _DATATYPES else "string"}


def _column_name(title: str) -> str:
    r"""A name that a URI template allows.

    >>> _column_name("http://a/x-y"), _column_name("year")
    ('http_3A_2F_2Fa_2Fx_2Dy', 'year')
    """
    return "".join(one if one.isascii() and one.isalnum() else f"_{ord(one):02X}" for one in title)
