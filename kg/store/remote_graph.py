"""The SPARQL 1.1 Protocol from the asking side: what reads an Oxigraph database can read an endpoint instead.

Results are read as they come. The endpoint's owner is trusted with what it answers, but is led nowhere: redirects are
not followed, since the address is one that a person chose.
"""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import IO, Final, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pyoxigraph as ox
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QueryBoolean, QuerySolutions, Triple

from kg.errors import QueryError, StoreError, UsageError

_ROWS: Final = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "application/xml": ox.QueryResultsFormat.XML,
}
_TRIPLES: Final = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "text/rdf+n3": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
_ACCEPT_ROWS: Final = "application/sparql-results+json, application/sparql-results+xml;q=0.8"
_ACCEPT_TRIPLES: Final = "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5"
_LONGEST_REASON: Final = 400
_DEFAULT: Final = "default-graph-uri"
_NAMED: Final = "named-graph-uri"
_GRAPH: Final = re.compile(r"(?<![^\s{}])GRAPH\s*<([^<>]*)>", re.IGNORECASE)
_ANY_GRAPH: Final = re.compile(r"(?<![^\s{}])GRAPH\s*(?![\s<])", re.IGNORECASE)
_GraphName = NamedNode | BlankNode | DefaultGraph


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of an endpoint, and how many seconds it may be silent. Raises UsageError for what is no address.

    Parameters in the address go with each query: ``?default-graph-uri=urn:merge`` where the merge is a named graph.
    """

    url: str
    timeout: float | None = None

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            port = parts.port
        except ValueError as error:
            raise UsageError(f"--store {self.url}: no address: {error}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
            raise UsageError(f"--store {self.url}: expected a folder, or an address such as https://example.org/sparql")
        if parts.username is not None or parts.password is not None:
            raise UsageError("--store: found a password in the address; let a proxy on this machine add it")

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The parameters of the address."""
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=True)

    def post(self, fields: Sequence[tuple[str, str]], accept: str) -> http.client.HTTPResponse:
        """The answer to a query. Raises QueryError where the endpoint refuses it, StoreError where it fails."""
        request = urllib.request.Request(
            urlunsplit(urlsplit(self.url)._replace(query="", fragment="")),
            urlencode(fields).encode(),
            {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded", "User-Agent": "papertriples"},
        )
        try:
            return cast(http.client.HTTPResponse, _OPENER.open(request, timeout=self.timeout))
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error) from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise StoreError(f"the endpoint {self.url} cannot be reached: {reason}") from error

    def _refused(self, error: urllib.error.HTTPError) -> Exception:
        said = " ".join(error.read(4 * _LONGEST_REASON).decode("utf-8", "replace").split())[:_LONGEST_REASON]
        if 300 <= error.code < 400:
            place = error.headers.get("Location")
            return StoreError(f"the endpoint {self.url} has moved to {place}; give that to --store")
        if error.code in (400, 403, 406, 413, 414, 422, 501):
            return QueryError(f"the endpoint that holds the graph refuses the query ({error.code}): {said}")
        return StoreError(f"the endpoint {self.url} failed ({error.code}): {said}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


class RemoteGraph:
    """The reading half of ``pyoxigraph.Store``, by queries."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def query(
        self,
        query: str,
        *,
        base_iri: str | None = None,
        default_graph: _GraphName | Sequence[_GraphName] | None = None,
        named_graphs: Sequence[NamedNode | BlankNode] | None = None,
    ) -> QuerySolutions | QueryBoolean | Iterator[Triple]:
        """As ``Store.query``; the triples of a graph come as an iterator.

        Raises SyntaxError with the place, as the engine here reads the text; QueryError, StoreError.
        """
        # The engine parses it first: errors are those of a store on disk, and the kind of the results is known.
        # No result is kept: it may be dropped by its own thread only, and an error would keep it.
        kind = type(ox.Store().query(query, base_iri=base_iri))
        fields = [("query", query if base_iri is None else f"BASE <{base_iri}> {query}")]
        one_or_more = [default_graph] if isinstance(default_graph, _GraphName) else default_graph or ()
        chosen = [(_DEFAULT, name.value) for name in one_or_more if isinstance(name, NamedNode)]
        chosen += [(_NAMED, name.value) for name in named_graphs or () if isinstance(name, NamedNode)]
        fields += chosen or self._dataset(query)
        if kind is QueryBoolean:
            return self._boolean(fields)
        if kind is QuerySolutions:
            return self._rows(fields)
        response = self._endpoint.post(fields, _ACCEPT_TRIPLES)
        graph_form = _TRIPLES.get(response.headers.get_content_type())
        if graph_form is None:
            raise self._unknown(response)
        return (quad.triple for quad in ox.parse(cast("IO[bytes]", response), format=graph_form, lenient=True))

    def _rows(self, fields: Sequence[tuple[str, str]]) -> QuerySolutions | QueryBoolean:
        response = self._endpoint.post(fields, _ACCEPT_ROWS)
        form = _ROWS.get(response.headers.get_content_type())
        if form is None:
            raise self._unknown(response)
        return ox.parse_query_results(cast("IO[bytes]", response), format=form)

    def _boolean(self, fields: Sequence[tuple[str, str]]) -> QueryBoolean:
        found = self._rows(fields)
        if isinstance(found, QueryBoolean):
            return found
        # Virtuoso's JSON: a row that says 1, or none.
        true = any(getattr(row[0], "value", "") == "1" for row in found)
        told = f'{{"head":{{}},"boolean":{str(true).lower()}}}'
        return cast(QueryBoolean, ox.parse_query_results(told, format=ox.QueryResultsFormat.JSON))

    def _dataset(self, query: str) -> list[tuple[str, str]]:
        """The parameters of the address; Virtuoso must then be told the graphs that a query names, too."""
        fields = self._endpoint.fields
        named = dict.fromkeys(_GRAPH.findall(query))
        if any(name == _DEFAULT for name, _ in fields) and named and not _ANY_GRAPH.search(query):
            fields += [(_NAMED, iri) for iri in named]
        return fields

    def contains_named_graph(self, name: NamedNode) -> bool:
        # Without the parameters: told of a graph that it does not have, Virtuoso looks into all.
        return bool(self._boolean([("query", f"ASK {{ GRAPH {name} {{ ?s ?p ?o }} }}")]))

    def named_graphs(self) -> Iterator[NamedNode]:
        rows = cast(QuerySolutions, self.query("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"))
        return (row[0] for row in rows if isinstance(row[0], NamedNode))

    def quads_for_pattern(
        self,
        subject: NamedNode | None,
        predicate: NamedNode | None,
        object: NamedNode | ox.Literal | None,
        graph_name: NamedNode | DefaultGraph | None = None,
    ) -> Iterator[Quad]:
        """As ``Store.quads_for_pattern``; blank nodes cannot be asked for, and we mint none."""
        terms = [subject, predicate, object]
        pattern = " ".join(str(term or variable) for term, variable in zip(terms, ("?s", "?p", "?o"), strict=True))
        graph = "?g" if graph_name is None else str(graph_name)
        if not isinstance(graph_name, DefaultGraph):
            pattern = f"GRAPH {graph} {{ {pattern} }}"
        wanted = [name for name, term in zip(("?s", "?p", "?o"), terms, strict=True) if term is None]
        wanted += ["?g"] if graph_name is None else []
        if not wanted:
            if self.query(f"ASK {{ {pattern} }}"):
                yield Quad(subject, predicate, object, graph_name)  # type: ignore[arg-type]
            return
        for row in cast(QuerySolutions, self.query(f"SELECT {' '.join(wanted)} WHERE {{ {pattern} }}")):
            found = {name: row[name[1:]] for name in wanted}
            s, p, o = (term or found[name] for term, name in zip(terms, ("?s", "?p", "?o"), strict=True))
            yield Quad(s, p, o, graph_name or found["?g"])  # type: ignore[arg-type]
        if graph_name is None:
            yield from self.quads_for_pattern(subject, predicate, object, DefaultGraph())

    def __iter__(self) -> Iterator[Quad]:
        return self.quads_for_pattern(None, None, None)

    def _unknown(self, response: http.client.HTTPResponse) -> StoreError:
        kind = response.headers.get_content_type()
        response.close()
        return StoreError(f"the endpoint {self._endpoint.url} answers a query with {kind}, expected results of SPARQL")
