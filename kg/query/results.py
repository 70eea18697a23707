"""A query on an open store -> its results in some format: the one way that the command line and the server share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Final, Protocol, cast

import pyoxigraph as ox
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, QueryBoolean, QuerySolutions, QueryTriples

from kg.errors import QueryError, QueryRefused, QuerySyntaxError
from kg.graph.vocabulary import PREFIXES
from kg.query.formats import DEFAULT_FORMATS, TABLE_FORMAT, Format, find_format, result_kind
from kg.query.limits import Enough, More, RowLimit, Written
from kg.query.nesting import check_nesting
from kg.query.policy import check_query, missing_graph, query_kind
from kg.query.services import routed
from kg.query.table import write_table

GraphNode = NamedNode | BlankNode | DefaultGraph
Results = QuerySolutions | QueryBoolean | QueryTriples

_PLACE: Final = re.compile(r"error at (\d+):(\d+): ?(.*)", re.DOTALL)
_PART: Final = re.compile(r""""(?:[^"\\]|\\.)*"|\[(?:'[^']*'|[^]'])*\]|[^\s,][^,]*""")  # of what was expected
_MOST_PARTS: Final = 12
_TERM: Final = {'"?"', '"<"'}  # what begins a term, as the engine lists it


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
    wanted = result_kind(kind or ("SELECT" if isinstance(results, QuerySolutions | QueryBoolean) else "CONSTRUCT"))
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


def evaluate(
    store: OpenGraph,
    text: str,
    graphs: GraphChoice | None = None,
    *,
    base: str | None = None,
    ordinary: bool = False,
    outgoing: bool = False,
    routes: Mapping[str, str] | None = None,
) -> Results:
    """Check a query against the policy and start it. Raises QuerySyntaxError, QueryRefused, QueryError.

    ``base`` is what relative IRIs are relative to. In an ``ordinary`` dataset a graph that is not there is an empty
    one, no error; with ``outgoing``, SERVICE may ask other endpoints; with ``routes``, those (kg/query/services.py).
    """
    graph = store.graph

    def has_graph(iri: str) -> bool:
        return graph.contains_named_graph(NamedNode(iri))

    chosen = graphs or GraphChoice()
    check_nesting(text)
    asked = text
    text, looked_at = routed(text, routes) if routes else (text, text)
    if not outgoing:
        check_query(looked_at, None if chosen or ordinary else has_graph)
    held = None if ordinary else graph
    default: list[GraphNode] = [*_graphs("default-graph-uri", chosen.default, held)]
    named: list[NamedNode | BlankNode] = [*_graphs("named-graph-uri", chosen.named, held)]
    try:
        if chosen:
            return graph.query(text, base_iri=base, default_graph=default, named_graphs=named)
        return graph.query(text, base_iri=base)
    except SyntaxError as error:
        raise syntax_error(str(error) if text == asked else _said_of(asked, base)) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise _engine_error(error) from error


def write_results(
    results: Results, format: Format, out: IO[bytes], max_rows: int | None = None, more: More = "refuse"
) -> Written:
    """Write results as they come, in the engine's own serialisation; nothing is held in memory but sorting needs it.

    ``more`` says what becomes of results beyond ``max_rows``. Returns how many there are. Raises QueryError.
    """
    limited = None
    try:
        if not isinstance(results, QuerySolutions | QueryBoolean):
            return _write_graph(results, format, out, max_rows, more)
        assert format.rows is not None
        if max_rows is None or isinstance(results, QueryBoolean):
            results.serialize(out, format.rows)
            return Written(1 if isinstance(results, QueryBoolean) else 0)
        limited = RowLimit(out, format.name, max_rows, more)
        results.serialize(cast("IO[bytes]", limited), format.rows)
        limited.finish()
        return Written(limited.rows)
    except Enough:
        assert limited is not None
        return Written(limited.rows, cut=True)
    except (QueryError, BrokenPipeError, ConnectionResetError):  # the last two: whoever reads has gone
        raise
    except (OSError, RuntimeError) as error:
        if limited is not None and isinstance(error.__cause__, Enough):
            return Written(limited.rows, cut=True)
        cause = error.__cause__ if isinstance(error.__cause__, QueryError) else None
        raise cause or _engine_error(error) from error


def _write_graph(results: QueryTriples, format: Format, out: IO[bytes], max_rows: int | None, more: More) -> Written:
    assert format.graph is not None
    written = Written()
    bounded = _bounded(results, max_rows, "refuse" if more == "mark" and format.name == "jsonld" else more, written)
    triples: Iterable[ox.Triple] | Iterable[ox.Quad] = bounded
    if format.graph.supports_datasets and format.graph != ox.RdfFormat.JSON_LD:
        triples = (ox.Quad(*triple) for triple in bounded)
    ox.serialize(triples, out, format.graph, prefixes=PREFIXES)
    if written.cut and more == "mark":
        comment = f"truncated: there are more than {max_rows} triples"
        out.write((f"<!-- {comment} -->\n" if format.name == "rdfxml" else f"# {comment}\n").encode())
    return written


def _said_of(text: str, base: str | None) -> str:
    """What the engine says of a text that it cannot read: of what somebody sent, the places are other ones."""
    try:
        ox.Store().query(text, base_iri=base)
    except SyntaxError as error:
        return str(error)
    return "the query cannot be parsed"


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
    said = _expected(" ".join(found[3].split())) or "the query cannot be parsed"
    return QuerySyntaxError(f"line {line}, column {column}: {said}", line, column)


def _expected(said: str) -> str:
    """The engine's list of what might follow, without the alphabets of letters; what it says in a sentence comes alone.

    >>> _expected("expected one of Prefix not found, ['%'], ['-' | '0' ..= '9'], [_]")
    'prefix not found'
    >>> print(_expected('expected one of ",", ".", "}", [_], FILTER'))
    expected one of ",", ".", "}", FILTER
    >>> _expected('expected one of "$", "(", "<", "?", "true"')
    'expected a term (a variable, an IRI, a name, a literal)'
    >>> _expected("expected one of ['0'..='9'], [_]")
    ''
    """
    if not said.startswith("expected "):
        return said
    parts = [one for one in _PART.findall(said.removeprefix("expected ").removeprefix("one of ")) if one[0] != "["]
    told = [one for one in parts if " " in one and one[0] != '"']
    if told:
        return "; ".join(one[0].lower() + one[1:] for one in told)
    if set(parts) >= _TERM:
        parts = ["a term (a variable, an IRI, a name, a literal)", *(one for one in parts if one.isalpha())]
    shown = ", ".join(parts[:_MOST_PARTS]) + (", ..." if len(parts) > _MOST_PARTS else "")
    return f"expected {'one of ' if len(parts) > 1 else ''}{shown}" if parts else ""


def _graphs(parameter: str, iris: Sequence[str], held: ox.Store | None) -> list[NamedNode]:
    """The graphs of a parameter; where ``held`` is given, each must be in it."""
    nodes = []
    for iri in iris:
        try:
            node = NamedNode(iri)
        except ValueError as error:
            raise QueryError(f"{parameter}: {iri!r} is no absolute IRI") from error
        if held is not None and not held.contains_named_graph(node):
            raise QueryRefused(missing_graph(parameter, iri))
        nodes.append(node)
    return nodes


def _bounded(triples: QueryTriples, max_rows: int | None, more: More, written: Written) -> Iterator[ox.Triple]:
    for triple in triples:
        if written.rows == max_rows:
            if more == "refuse":
                raise QueryError(f"the query gives more than {max_rows} triples; add a LIMIT, or ask for less")
            written.cut = True
            return
        written.rows += 1
        yield triple


def _engine_error(error: Exception) -> QueryError:
    return QueryError(f"the query cannot be answered: {str(error) or type(error).__name__}")
