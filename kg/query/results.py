"""A query on an open store -> its results in some format: the one way that the command line and the server share."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Final, Protocol, cast

import pyoxigraph as ox
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, QueryBoolean, QuerySolutions, QueryTriples

from kg.errors import QueryError, QueryRefused, QuerySyntaxError
from kg.graph.vocabulary import PREFIXES
from kg.query.formats import DEFAULT_FORMATS, TABLE_FORMAT, Format, find_format, result_kind
from kg.query.limits import RowLimit
from kg.query.policy import check_query, missing_graph, query_kind
from kg.query.table import write_table

GraphNode = NamedNode | BlankNode | DefaultGraph
Results = QuerySolutions | QueryBoolean | QueryTriples

_PLACE: Final = re.compile(r"error at (\d+):(\d+): ?(.*)", re.DOTALL)


class OpenGraph(Protocol):
    """What a query runs on: a :class:`kg.store.EmbeddedStore`, or anything that holds an Oxigraph store."""

    @property
    def graph(self) -> ox.Store: ...


@dataclass(frozen=True, slots=True)
class GraphChoice:
    """The RDF dataset that a request asks for (``default-graph-uri``, ``named-graph-uri``); it overrides FROM."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


def run_query(
    store: OpenGraph,
    text: str,
    format: str | None,
    out: IO[bytes],
    *,
    graphs: GraphChoice | None = None,
    max_rows: int | None = None,
) -> None:
    """Run a query and write its results to a binary file.

    ``format`` is a name in ``FORMATS``, ``table``, or None: a table on a terminal, else JSON or Turtle. Raises
    QuerySyntaxError, QueryRefused, UnknownFormat; QueryError where the engine fails or there are more than
    ``max_rows`` rows.
    """
    kind = query_kind(text)
    results = evaluate(store, text, graphs)
    wanted = result_kind(kind or ("CONSTRUCT" if isinstance(results, QueryTriples) else "SELECT"))
    if format is None:
        format = TABLE_FORMAT if out.isatty() else DEFAULT_FORMATS[wanted]
    if format == TABLE_FORMAT:
        try:
            write_table(results, out)
        except BrokenPipeError:
            raise
        except (OSError, RuntimeError) as error:
            raise _engine_error(error) from error
        return
    write_results(results, find_format(format, wanted), out, max_rows)


def evaluate(store: OpenGraph, text: str, graphs: GraphChoice | None = None) -> Results:
    """Check a query against the policy and start it. Raises QuerySyntaxError, QueryRefused, QueryError."""
    graph = store.graph

    def has_graph(iri: str) -> bool:
        return graph.contains_named_graph(NamedNode(iri))

    chosen = graphs or GraphChoice()
    check_query(text, None if chosen else has_graph)
    default: list[GraphNode] = [*_graphs("default-graph-uri", chosen.default, graph)]
    named: list[NamedNode | BlankNode] = [*_graphs("named-graph-uri", chosen.named, graph)]
    try:
        if chosen:
            return graph.query(text, default_graph=default, named_graphs=named)
        return graph.query(text)
    except SyntaxError as error:
        raise syntax_error(str(error)) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise _engine_error(error) from error


def write_results(results: Results, format: Format, out: IO[bytes], max_rows: int | None = None) -> None:
    """Write results as they come, in the engine's own serialisation; nothing is held in memory but sorting needs it."""
    try:
        if isinstance(results, QueryTriples):
            assert format.graph is not None
            triples: Iterable[ox.Triple] | Iterable[ox.Quad] = _bounded(results, max_rows)
            if format.graph.supports_datasets and format.graph != ox.RdfFormat.JSON_LD:
                triples = (ox.Quad(*triple) for triple in _bounded(results, max_rows))
            ox.serialize(triples, out, format.graph, prefixes=PREFIXES)
        else:
            assert format.rows is not None
            limited = out if max_rows is None else RowLimit(out, format.name, max_rows)
            results.serialize(cast("IO[bytes]", limited), format.rows)
    except (QueryError, BrokenPipeError, ConnectionResetError):  # the last two: whoever reads has gone
        raise
    except (OSError, RuntimeError) as error:
        cause = error.__cause__ if isinstance(error.__cause__, QueryError) else None
        raise cause or _engine_error(error) from error


def syntax_error(message: str) -> QuerySyntaxError:
    """The engine's message as ours, with line and column.

    >>> error = syntax_error("error at 2:11: expected one of HAVING, OFFSET")
    >>> print(error, error.line, error.column)
    line 2, column 11: expected one of HAVING, OFFSET 2 11
    """
    found = _PLACE.fullmatch(message.strip())
    if not found:
        return QuerySyntaxError(message.strip())
    line, column = int(found[1]), int(found[2])
    said = " ".join(found[3].split())
    # The engine lists whole alphabets of letters that might follow; what helps is the keywords.
    said = said if len(said) <= 200 else said[:197] + "..."
    return QuerySyntaxError(f"line {line}, column {column}: {said or 'the query cannot be parsed'}", line, column)


def _graphs(parameter: str, iris: Sequence[str], graph: ox.Store) -> list[NamedNode]:
    nodes = []
    for iri in iris:
        try:
            node = NamedNode(iri)
        except ValueError as error:
            raise QueryError(f"{parameter}: {iri!r} is no absolute IRI") from error
        if not graph.contains_named_graph(node):
            raise QueryRefused(missing_graph(parameter, iri))
        nodes.append(node)
    return nodes


def _bounded(triples: QueryTriples, max_rows: int | None) -> Iterator[ox.Triple]:
    if max_rows is None:
        yield from triples
        return
    yield from itertools.islice(triples, max_rows)
    if next(triples, None) is not None:
        raise QueryError(f"the query gives more than {max_rows} triples; add a LIMIT, or ask for less")


def _engine_error(error: Exception) -> QueryError:
    return QueryError(f"the query cannot be answered: {str(error) or type(error).__name__}")
