"""EmbeddedStore -> a folder of Parquet files: the tables of ``--format csv``, with types, for data frames.

Needs pyarrow, which is large: ``pip install "papertriples[parquet]"``. A column is a list where an instance has several
values; numbers and booleans are such where all values of a property are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from kg.errors import UsageError
from kg.export.options import ExportOptions
from kg.export.tables import ClassTable, class_tables, noted
from kg.export.texts import without_texts
from kg.graph import vocabulary as v
from kg.store import EmbeddedStore, quads_of_merge

ROWS: Final = 10_000  # in a group, which is written at a time
_XSD: Final = v.PREFIXES["xsd"]
_READ: Final = {
    "int64": (frozenset({_XSD + "integer"}), int),
    "float64": (frozenset({_XSD + one for one in ("integer", "decimal", "double")}), float),
    "bool": (frozenset({_XSD + "boolean"}), lambda text: text in ("true", "1")),
}


def write_parquet(store: EmbeddedStore, folder: Path, options: ExportOptions) -> None:
    """One file a class; UsageError where pyarrow is not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise UsageError('--format parquet needs pyarrow: pip install "papertriples[parquet]"') from None
    kinds: dict[str, set[str]] = defaultdict(set)
    quads = quads_of_merge(store)
    for table in class_tables(noted(quads if options.texts else without_texts(quads), kinds)):
        readers = [_reader(kinds[one]) for one in table.properties]
        schema = _schema(pa, table, [name for name, _ in readers])
        with pq.ParquetWriter(folder / f"{table.name}.parquet", schema, compression="zstd") as writer:
            every = table.rows()
            while rows := list(islice(every, ROWS)):
                columns: list[Sequence[Any]] = [[iri for iri, _ in rows]]
                for number, (_, read) in enumerate(readers):
                    values = ([read(one) for one in cells[number]] for _, cells in rows)
                    many = pa.types.is_list(schema.field(number + 1).type)
                    columns.append([found if many else next(iter(found), None) for found in values])
                arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _reader(kinds: set[str]) -> tuple[str, Any]:
    """The name of a column's type, and what reads its values."""
    return next(((name, read) for name, (fits, read) in _READ.items() if kinds <= fits), ("string", str))


def _schema(pa: Any, table: ClassTable, types: Sequence[str]) -> Any:
    several = {
        one for one in table.properties if any(len(table.described[iri].get(one, ())) > 1 for iri in table.members)
    }
    fields = [pa.field("iri", pa.string(), nullable=False)]
    for header, name, one in zip(table.headers[1:], types, table.properties, strict=True):
        plain = pa.type_for_alias(name)
        fields.append(pa.field(header, pa.list_(plain) if one in several else plain, metadata={"property": one}))
    return pa.schema(fields)
