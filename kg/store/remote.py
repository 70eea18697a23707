"""A store that is elsewhere: a SPARQL 1.1 endpoint that holds our export, asked as if it were a folder here.

Nothing is written to it. It is a snapshot in name only: what its owner loads is there with the next query.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Final, cast

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from kg.errors import StoreError, StoreMissing
from kg.graph import vocabulary as v
from kg.settings import ONTOLOGY_IRI, ONTOLOGY_NAMESPACE
from kg.store.embedded import EmbeddedStore
from kg.store.manifest import Manifest
from kg.store.remote_graph import Endpoint, RemoteGraph
from kg.store.search import MAX_WORDS, SearchHit

VERSION_SECONDS: Final = 300  # what is kept once a version is asked for again after that long
_CANDIDATES: Final = 200  # names that are ranked; the endpoint has no index to rank them by
_SEARCHED: Final = ("Paper", "Task", "Method", "Dataset", "Metric", "Repository", "Person", "Venue")
_KINDS: Final = " ".join(f"<{ONTOLOGY_NAMESPACE}{one}>" for one in _SEARCHED)
_NAMED: Final = f"VALUES ?type {{ {_KINDS} }} ?iri {v.RDF_type} ?type ; {v.RDFS_label} ?name"
_WORD: Final = re.compile(r"[^\W_]+")
_NAMES: Final = """
SELECT ?iri ?label ?type ?name WHERE {{
  ?iri <{label}>|<{other}> ?name ; <{rdf_type}> ?type . {types}
  FILTER ({words})
  ?iri <{label}> ?label .
}} LIMIT {most}
"""


class RemoteStore(EmbeddedStore):
    """Reads an endpoint; made by :func:`kg.store.open_store`. Close it, or use it in a ``with`` block."""

    def __init__(self, endpoint: Endpoint, base_iri: str) -> None:
        self.endpoint = endpoint
        self.manifest = Manifest(version=remote_version(), base_iri=base_iri)
        self._remote: RemoteGraph | None = RemoteGraph(endpoint)

    @property
    def published(self) -> float:
        """When this version was first asked for, in seconds since 1970."""
        return float(self.version * VERSION_SECONDS)

    @property
    def graph(self) -> ox.Store:
        """What reads an Oxigraph database reads this as well: queries, patterns, names of graphs."""
        if self._remote is None:
            raise StoreError("the store was closed")
        return cast(ox.Store, self._remote)

    def search(self, text: str, types: Sequence[str] | None = None, limit: int = 20) -> list[SearchHit]:
        """Entities whose names hold the words of ``text``: looked through one by one, so bounded, best first."""
        words = [word.casefold() for word in _WORD.findall(text)][:MAX_WORDS]
        if not words:
            return []
        kinds = " ".join(f"<{ONTOLOGY_NAMESPACE}{one}>" for one in types) if types else _KINDS
        query = _NAMES.format(
            label=v.RDFS_label.value,
            other=v.SKOS_altLabel.value,
            rdf_type=v.RDF_type.value,
            types=f"VALUES ?type {{ {kinds} }}",
            words=" && ".join(f"CONTAINS(LCASE(STR(?name)), {Literal(word)})" for word in words),
            most=max(_CANDIDATES, limit),
        )
        found: dict[str, tuple[tuple[bool, bool, int, str], SearchHit]] = {}
        for row in cast(ox.QuerySolutions, self.graph.query(query)):
            iri, label, kind, name = (str(getattr(row[one], "value", "")) for one in ("iri", "label", "type", "name"))
            folded = name.casefold()
            rank = (folded != text.casefold().strip(), not folded.startswith(words[0]), len(name), iri)
            hit = SearchHit(iri, label, kind.rpartition("#")[2], None if name == label else name)
            if iri not in found or rank < found[iri][0]:
                found[iri] = rank, hit
        return [hit for _, hit in sorted(found.values(), key=lambda one: one[0])][:limit]

    def search_like(self, text: str, types: Sequence[str] | None = None, limit: int = 20) -> list[SearchHit]:
        """None: an endpoint knows no spelling."""
        return []

    def count_named(self) -> int:
        """How many entities have a name."""
        (row,) = cast(ox.QuerySolutions, self.graph.query(f"SELECT (COUNT(DISTINCT ?iri) AS ?n) WHERE {{ {_NAMED} }}"))
        return int(cast(Literal, row[0]).value)

    def named(self, offset: int, limit: int) -> list[str]:
        """Their IRIs in order, from a place on."""
        part = f"ORDER BY ?iri LIMIT {limit:d} OFFSET {max(offset, 0):d}"
        rows = cast(ox.QuerySolutions, self.graph.query(f"SELECT DISTINCT ?iri WHERE {{ {_NAMED} }} {part}"))
        return [row[0].value for row in rows if isinstance(row[0], NamedNode)]

    def names_alike(self, text: str) -> list[str] | None:
        """Not known: the endpoint's names would have to be looked through one by one."""
        return None

    def heirs(self, *iris: str) -> list[SearchHit]:
        """None: former addresses are in no export."""
        return []

    def close(self) -> None:
        self._remote = None

    def __del__(self) -> None:
        pass


def open_remote(url: str, timeout: float | None = None) -> RemoteStore:
    """The store behind an endpoint. Raises UsageError for a wrong address, StoreError where it cannot be reached,
    StoreMissing where it holds no export of ours."""
    endpoint = Endpoint(url, timeout)
    return RemoteStore(endpoint, base_iri_of(endpoint))


def remote_version() -> int:
    """A number that grows: nobody knows when an endpoint has something new."""
    return int(time.time()) // VERSION_SECONDS


def base_iri_of(endpoint: Endpoint) -> str:
    """The base IRI of an export, from the name of its graph with the ontology. Raises StoreMissing."""
    ontology = f"GRAPH ?g {{ <{ONTOLOGY_IRI}> <{v.RDF_type.value}> ?type }}"
    for row in _rows(endpoint, f"SELECT ?g WHERE {{ {ontology} }} LIMIT 5"):
        name = row[0].value if isinstance(row[0], NamedNode) else ""
        if name.endswith("graph/ontology"):
            return name.removesuffix("graph/ontology")
    raise StoreMissing(
        f"{endpoint.url} holds no export of papertriples: no graph of it has our ontology; load what "
        "papertriples export --format nq writes"
    )


def check_merge(store: RemoteStore) -> list[str]:
    """In which ways the endpoint's default graph is not the merge of its named graphs, each triple once.

    It is tried on samples: triples of three graphs, and one that stands in several. Raises StoreError where the default
    graph holds no paper, so that nothing would be found.
    """
    endpoint, base = store.endpoint, store.base_iri
    found = []
    samples = f"<{base}graph/concepts> <{base}graph/ontology> <{base}graph/links>"
    missing = (
        f"SELECT ?g WHERE {{ VALUES ?g {{ {samples} }} GRAPH ?g {{ ?s ?p ?o }} "
        "FILTER NOT EXISTS { ?s ?p ?o } } LIMIT 1"
    )
    paper = f"GRAPH ?a {{ ?s <{v.RDF_type.value}> ?o }} GRAPH ?b {{ ?s <{v.RDF_type.value}> ?o }} FILTER (?a != ?b)"
    if not _ask(endpoint, f"ASK {{ ?paper <{v.RDF_type.value}> <{v.PT_Paper.value}> }}"):
        raise StoreError(
            f"{endpoint.url}: its default graph holds no paper, so that queries without FROM find nothing; load "
            "papertriples export --format nt into it, beside the named graphs of --format nq"
        )
    if graphs := _rows(endpoint, missing):
        found.append(f"its default graph lacks triples of {graphs[0][0]}; load papertriples export --format nt into it")
    for row in _rows(endpoint, f"SELECT ?s ?o WHERE {{ {paper} }} LIMIT 1"):
        once = f"SELECT (COUNT(*) AS ?n) WHERE {{ {row[0]} ?p {row[1]} FILTER (?p = <{v.RDF_type.value}>) }}"
        (count,) = _rows(endpoint, once)[0]
        if isinstance(count, Literal) and int(count.value) > 1:
            found.append(
                "its default graph gives a triple once for each named graph that holds it, so that counts and rankings "
                "are too high; make the default graph of papertriples export --format nt instead of a union"
            )
    return found


def _rows(endpoint: Endpoint, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in cast(ox.QuerySolutions, RemoteGraph(endpoint).query(query))]


def _ask(endpoint: Endpoint, query: str) -> bool:
    return bool(RemoteGraph(endpoint).query(query))
