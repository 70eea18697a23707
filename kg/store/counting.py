"""Counts what a version holds."""

from __future__ import annotations

from decimal import Decimal

import pyoxigraph

from kg.graph.vocabulary import PREFIXES
from kg.store.manifest import Counts

_PREFIX = f"PREFIX pt: <{PREFIXES['pt']}> "


def count_graph(graph: pyoxigraph.Store, records: int, min_confidence: Decimal) -> Counts:
    """The counts of a database whose default graph is the merge of its named graphs."""
    triples = _number(graph, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
    return Counts(
        records=records,
        papers=_instances(graph, "Paper"),
        concepts=_instances(graph, "Concept"),
        statements=_instances(graph, "Statement"),
        asserted=_number(
            graph,
            "SELECT (COUNT(*) AS ?n) WHERE { ?s a pt:Statement ; pt:confidence ?confidence . "
            f"FILTER (?confidence >= {min_confidence:f}) }}",
        ),
        results=_instances(graph, "Result"),
        repositories=_instances(graph, "Repository"),
        triples=triples,
        quads=len(graph) - triples,
    )


def _instances(graph: pyoxigraph.Store, name: str) -> int:
    return _number(graph, f"SELECT (COUNT(*) AS ?n) WHERE {{ ?s a pt:{name} }}")


def _number(graph: pyoxigraph.Store, query: str) -> int:
    solutions = graph.query(_PREFIX + query)
    if not isinstance(solutions, pyoxigraph.QuerySolutions):
        raise TypeError(f"expected solutions of {query}")
    return int(next(solutions)["n"].value)
