"""The table of export formats, and the one function that writes any of them.

RDF formats are streamed by the store's own serialisers. N-Quads, TriG and JSON-LD hold the named graphs;
Turtle, N-Triples and RDF/XML hold their merge, each triple once (it is the store's default graph). Profiles say the
merge in the words of others.
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
from kg.export.bibtex import write_bibtex
from kg.export.csvw import write_csvw
from kg.export.folders import new_folder
from kg.export.graph_tables import write_kgx, write_neo4j
from kg.export.jelly import write_jelly
from kg.export.json_ld import write_schema_org
from kg.export.nanopublications import PREFIXES as NANOPUBLICATION_PREFIXES
from kg.export.nanopublications import nanopublications
from kg.export.networks import write_gexf, write_graphml
from kg.export.options import EVERYTHING, ExportOptions
from kg.export.packages import write_ro_crate
from kg.export.papers_with_code import write_papers_with_code
from kg.export.parquet import write_parquet
from kg.export.profiles import profile_prefixes, profile_triples
from kg.export.tables import write_statement_table, write_table_folder
from kg.export.texts import without_texts
from kg.graph.vocabulary import PREFIXES
from kg.store import EmbeddedStore, canonical_nquads, quads_of_merge

Quads = Iterator[pyoxigraph.Quad]
TURTLE, JSON_LD = pyoxigraph.RdfFormat.TURTLE, pyoxigraph.RdfFormat.JSON_LD


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format: its name, what it holds, the endings it is known by, and its writer.

    ``rdf`` is the serialiser of the RDF formats; ``write`` writes the others from the quads of the merge (or
    of one graph) to an open file. ``named_graphs``: the file keeps the graphs apart. ``profile``: the query in
    ``kg/export/profile_queries`` that says the graph in the words of others; ``quads`` says it in graphs of its own;
    ``write_store`` writes from the whole store; ``write_folder`` fills a new folder.
    """

    name: str
    description: str
    suffixes: tuple[str, ...]
    rdf: pyoxigraph.RdfFormat | None = None
    write: Callable[[Quads, BinaryIO], None] | None = None
    named_graphs: bool = False
    profile: str | None = None
    quads: Callable[[EmbeddedStore, ExportOptions], Quads] | None = None
    write_store: Callable[[EmbeddedStore, BinaryIO, ExportOptions], None] | None = None
    write_folder: Callable[[EmbeddedStore, Path, ExportOptions], None] | None = None

    @property
    def whole(self) -> bool:
        """Whether it is written from the whole store, never from one graph."""
        return any((self.profile, self.quads, self.write_store, self.write_folder))


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
        ExportFormat("jelly", "Jelly, the named graphs, binary", (".jelly",), write=write_jelly, named_graphs=True),
        ExportFormat("graphml", "GraphML: papers and concepts as nodes", (".graphml",), write=write_graphml),
        ExportFormat("gexf", "GEXF for Gephi: papers and concepts as nodes", (".gexf",), write=write_gexf),
        ExportFormat(
            "csv",
            "CSV: a table of statements, or a folder of tables where --out is a folder",
            (".csv",),
            write=write_statement_table,
        ),
        ExportFormat("schemaorg", "schema.org, as JSON-LD", (".jsonld",), JSON_LD, profile="schemaorg"),
        ExportFormat("spar", "SPAR: FaBiO and CiTO, as Turtle", (".ttl",), TURTLE, profile="spar"),
        ExportFormat("mls", "ML-Schema and MLSO, as Turtle", (".ttl",), TURTLE, profile="mls"),
        ExportFormat("lpwc", "Linked Papers with Code, as Turtle", (".ttl",), TURTLE, profile="lpwc"),
        ExportFormat("orkg", "Open Research Knowledge Graph, as Turtle", (".ttl",), TURTLE, profile="orkg"),
        ExportFormat(
            "nanopub",
            "nanopublications, one a statement, as TriG (unsigned)",
            (".trig",),
            pyoxigraph.RdfFormat.TRIG,
            named_graphs=True,
            quads=nanopublications,
        ),
        ExportFormat("bibtex", "BibTeX of the papers", (".bib",), write_store=write_bibtex),
        ExportFormat(
            "paperswithcode", "a folder of Papers with Code's JSON files", ("",), write_folder=write_papers_with_code
        ),
        ExportFormat("csvw", "CSV on the Web: a folder of tables with their metadata", ("",), write_folder=write_csvw),
        ExportFormat("parquet", "Parquet: a folder of tables with types", ("",), write_folder=write_parquet),
        ExportFormat(
            "rocrate", "RO-Crate: a folder with N-Quads and their metadata", ("",), write_folder=write_ro_crate
        ),
        ExportFormat("kgx", "KGX: a folder with tables of nodes and edges (TSV)", ("",), write_folder=write_kgx),
        ExportFormat("neo4j", "a folder of CSV files for Neo4j's bulk import", ("",), write_folder=write_neo4j),
    )
}


def export_format(name: str) -> ExportFormat:
    """The format of that name; raises UnknownFormat with the known ones.

    >>> export_format("ttl").description
    'Turtle, the merge of all graphs'
    >>> export_format("docx")
    Traceback (most recent call last):
        ...
    kg.errors.UnknownFormat: no export format "docx"; there are ttl, nt, nq, trig, jsonld, rdfxml, jelly, graphml, \
gexf, csv, schemaorg, spar, mls, lpwc, orkg, nanopub, bibtex, paperswithcode, csvw, parquet, rocrate, kgx, neo4j
    """
    if name not in FORMATS:
        raise UnknownFormat(f'no export format "{name}"; there are {", ".join(FORMATS)}')
    return FORMATS[name]


def export(
    store: EmbeddedStore,
    format: str,
    out: str | Path,
    *,
    graph: str | None = None,
    canonical: bool = False,
    options: ExportOptions = EVERYTHING,
) -> None:
    """Writes the store, or one of its graphs, to a file, a folder or standard output ("-").

    A file or folder appears under its name only when it is whole. ``canonical`` gives sorted N-Quads, the same bytes
    for the same graph. Raises UsageError for a graph that the store does not hold or options that do not fit.
    """
    chosen = export_format(format)
    _check(chosen, graph, canonical, options)
    name = _graph_name(store, graph)
    write_folder = chosen.write_folder
    if chosen.name == "csv" and str(out) != "-" and Path(out).suffix != ".csv":
        write_table_folder(_quads(store, chosen, name, options), Path(out))
        return
    if write_folder is not None:
        if str(out) == "-":
            raise UsageError(f"--format {format} gives a folder; name a new one with --out")
        with new_folder(Path(out)) as folder:
            write_folder(store, folder, options)
        return
    if str(out) == "-":
        _write(store, chosen, name, canonical, sys.stdout.buffer, options)
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
            _write(store, chosen, name, canonical, file, options)
        partial.replace(path)
    except OSError as error:
        raise PapertriplesError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _check(chosen: ExportFormat, graph: str | None, canonical: bool, options: ExportOptions) -> None:
    if canonical and chosen.name != "nq":
        raise UsageError(f"--canonical gives sorted N-Quads: use --format nq, not {chosen.name}")
    if canonical and not options.texts:
        raise UsageError("--canonical gives the graph as it is; leave out either it or --without-texts")
    if graph is not None and chosen.whole:
        raise UsageError(f"--format {chosen.name} is made from the whole store; leave --graph out")
    if options.papers is not None and chosen.name not in ("bibtex", "paperswithcode"):
        raise UsageError(f"--select chooses papers for bibtex and paperswithcode, not for {chosen.name}")


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


def _quads(
    store: EmbeddedStore, chosen: ExportFormat, graph: pyoxigraph.NamedNode | None, options: ExportOptions
) -> Quads:
    """One graph, or all named graphs, or the merge: whichever the format holds."""
    quads = _all_quads(store, chosen, graph)
    return quads if options.texts else without_texts(quads)


def _all_quads(store: EmbeddedStore, chosen: ExportFormat, graph: pyoxigraph.NamedNode | None) -> Quads:
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
    options: ExportOptions,
) -> None:
    if canonical:
        file.writelines(line.encode("utf-8") for line in canonical_nquads(store, graph=graph))
    elif chosen.write_store is not None:
        chosen.write_store(store, file, options)
    elif chosen.profile is not None:
        triples = profile_triples(store, chosen.profile, options)
        if chosen.rdf == JSON_LD:
            write_schema_org(triples, file)
        else:
            pyoxigraph.serialize(triples, file, format=chosen.rdf, prefixes=profile_prefixes(chosen.profile))
    elif chosen.quads is not None:
        quads = chosen.quads(store, options)
        pyoxigraph.serialize(quads, file, format=chosen.rdf, prefixes=NANOPUBLICATION_PREFIXES)
    elif chosen.write is not None:
        chosen.write(_quads(store, chosen, graph, options), file)
    elif chosen.named_graphs:
        quads = _quads(store, chosen, graph, options)
        pyoxigraph.serialize(quads, file, format=chosen.rdf, prefixes=PREFIXES)
    else:
        triples = (quad.triple for quad in _quads(store, chosen, graph, options))
        pyoxigraph.serialize(triples, file, format=chosen.rdf, prefixes=PREFIXES)
