"""The table of export formats, and the one function that writes any of them.

RDF formats are streamed by the store's own serialisers. N-Quads, TriG and JSON-LD hold the named graphs;
Turtle, N-Triples and RDF/XML hold their merge, each triple once (it is the store's default graph).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyoxigraph

from kg.errors import PapertriplesError, UnknownFormat, UsageError
from kg.export.networks import write_gexf, write_graphml
from kg.export.tables import write_statement_table, write_table_folder
from kg.graph.vocabulary import PREFIXES
from kg.store import EmbeddedStore, canonical_nquads, quads_of_merge

Quads = Iterator[pyoxigraph.Quad]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format: its name, what it holds, the endings it is known by, and its writer.

    ``rdf`` is the serialiser of the RDF formats; ``write`` writes the others from the quads of the merge (or
    of one graph) to an open file. ``named_graphs``: the file keeps the graphs apart.
    """

    name: str
    description: str
    suffixes: tuple[str, ...]
    rdf: pyoxigraph.RdfFormat | None = None
    write: Callable[[Quads, BinaryIO], None] | None = None
    named_graphs: bool = False


FORMATS: dict[str, ExportFormat] = {
    entry.name: entry
    for entry in (
        ExportFormat("ttl", "Turtle, the merge of all graphs", (".ttl",), pyoxigraph.RdfFormat.TURTLE),
        ExportFormat("nt", "N-Triples, the merge of all graphs", (".nt",), pyoxigraph.RdfFormat.N_TRIPLES),
        ExportFormat("nq", "N-Quads, the named graphs", (".nq",), pyoxigraph.RdfFormat.N_QUADS, named_graphs=True),
        ExportFormat("trig", "TriG, the named graphs", (".trig",), pyoxigraph.RdfFormat.TRIG, named_graphs=True),
        ExportFormat(
            "jsonld", "JSON-LD, the named graphs", (".jsonld",), pyoxigraph.RdfFormat.JSON_LD, named_graphs=True
        ),
        ExportFormat("rdfxml", "RDF/XML, the merge", (".rdf", ".owl", ".xml"), pyoxigraph.RdfFormat.RDF_XML),
        ExportFormat("graphml", "GraphML: papers and concepts as nodes", (".graphml",), write=write_graphml),
        ExportFormat("gexf", "GEXF for Gephi: papers and concepts as nodes", (".gexf",), write=write_gexf),
        ExportFormat(
            "csv",
            "CSV: a table of statements, or a folder of tables where --out is a folder",
            (".csv",),
            write=write_statement_table,
        ),
    )
}


def export_format(name: str) -> ExportFormat:
    """The format of that name; raises UnknownFormat with the known ones.

    >>> export_format("ttl").description
    'Turtle, the merge of all graphs'
    >>> export_format("docx")
    Traceback (most recent call last):
        ...
    kg.errors.UnknownFormat: no export format "docx"; there are ttl, nt, nq, trig, jsonld, rdfxml, graphml, gexf, csv
    """
    if name not in FORMATS:
        raise UnknownFormat(f'no export format "{name}"; there are {", ".join(FORMATS)}')
    return FORMATS[name]


def export(
    store: EmbeddedStore, format: str, out: str | Path, *, graph: str | None = None, canonical: bool = False
) -> None:
    """Writes the store, or one of its graphs, to a file, a folder (csv) or standard output ("-").

    A file appears under its name only when it is whole. ``canonical`` gives sorted N-Quads, the same bytes for
    the same graph. Raises UsageError for a graph that the store does not hold or options that do not fit.
    """
    chosen = export_format(format)
    if canonical and chosen.name != "nq":
        raise UsageError(f"--canonical gives sorted N-Quads: use --format nq, not {format}")
    name = _graph_name(store, graph)
    if chosen.name == "csv" and str(out) != "-" and Path(out).suffix != ".csv":
        write_table_folder(_quads(store, chosen, name), Path(out))
        return
    if str(out) == "-":
        _write(store, chosen, name, canonical, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    path = Path(out)
    if path.is_dir():
        raise UsageError(
            f"--out {path} is a folder; name a file in it, such as {path / ('graph' + chosen.suffixes[0])}"
        )
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("wb") as file:
            _write(store, chosen, name, canonical, file)
        partial.replace(path)
    except OSError as error:
        raise PapertriplesError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _graph_name(store: EmbeddedStore, graph: str | None) -> pyoxigraph.NamedNode | None:
    if graph is None:
        return None
    try:
        name = pyoxigraph.NamedNode(graph)
    except ValueError as error:
        raise UsageError(f"--graph {graph}: not an absolute IRI") from error
    if not store.graph.contains_named_graph(name):
        raise UsageError(f"the store holds no graph <{graph}>; a paper's graph is its IRI followed by /graph")
    return name


def _quads(store: EmbeddedStore, chosen: ExportFormat, graph: pyoxigraph.NamedNode | None) -> Quads:
    """One graph, or all named graphs, or the merge: whichever the format holds."""
    if graph is not None:
        yield from store.graph.quads_for_pattern(None, None, None, graph)
    elif chosen.named_graphs:
        for name in store.graph.named_graphs():
            yield from store.graph.quads_for_pattern(None, None, None, name)
    else:
        yield from quads_of_merge(store)


def _write(
    store: EmbeddedStore,
    chosen: ExportFormat,
    graph: pyoxigraph.NamedNode | None,
    canonical: bool,
    file: BinaryIO,
) -> None:
    if canonical:
        file.writelines(line.encode("utf-8") for line in canonical_nquads(store, graph=graph))
        return
    quads = _quads(store, chosen, graph)
    if chosen.rdf is None:
        assert chosen.write is not None
        chosen.write(quads, file)
    elif chosen.named_graphs:
        pyoxigraph.serialize(quads, file, format=chosen.rdf, prefixes=PREFIXES)
    else:
        pyoxigraph.serialize((quad.triple for quad in quads), file, format=chosen.rdf, prefixes=PREFIXES)
