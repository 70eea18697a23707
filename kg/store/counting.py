"""Counts what a version holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pyoxigraph

from kg.graph import vocabulary as v
from kg.store.manifest import Counts
from kg.store.publish import VersionWriter

_PREFIX = f"PREFIX pt: <{v.PREFIXES['pt']}> "
_CLASSES = {
    "papers": "Paper",
    "concepts": "Concept",
    "statements": "Statement",
    "results": "Result",
    "repositories": "Repository",
}


def count_graph(graph: pyoxigraph.Store, records: int, min_confidence: Decimal) -> Counts:
    """The counts of a database whose default graph is the merge of its named graphs."""
    triples = _number(graph, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
    return Counts(
        records=records,
        asserted=_asserted(graph, min_confidence),
        triples=triples,
        quads=len(graph) - triples,
        **{
            name: _number(graph, f"SELECT (COUNT(*) AS ?n) WHERE {{ ?s a pt:{one} }}") for name, one in _CLASSES.items()
        },
    )


def count_changed(writer: VersionWriter, before: Counts, min_confidence: Decimal) -> Counts:
    """The counts of a writer's next version, whose records are those of the current one: by what changed, where that
    is little, since counting all costs seconds where there are millions."""
    changes = writer.merge_changes()
    if changes is None or not before.quads:
        return count_graph(writer.changed(), before.records, min_confidence)
    gained, lost = changes
    found, gone = _typed(gained), _typed(lost)
    asserted = before.asserted
    if v.PT_confidence in {triple.predicate for triple in (*gained, *lost)} or (found | gone)[v.PT_Statement]:
        asserted = _asserted(writer.changed(), min_confidence)
    return replace(
        before,
        asserted=asserted,
        triples=before.triples + len(gained) - len(lost),
        quads=before.quads + writer.difference.added - writer.difference.removed,
        **{
            name: before[name] + found[v.expand(f"pt:{one}")] - gone[v.expand(f"pt:{one}")]
            for name, one in _CLASSES.items()
        },
    )


def _typed(triples: Sequence[pyoxigraph.Triple]) -> Counter[object]:
    return Counter(triple.object for triple in triples if triple.predicate == v.RDF_type)


def _asserted(graph: pyoxigraph.Store, min_confidence: Decimal) -> int:
    return _number(
        graph,
        "SELECT (COUNT(*) AS ?n) WHERE { ?s a pt:Statement ; pt:confidence ?confidence . "
        f"FILTER (?confidence >= {min_confidence:f}) }}",
    )


def _number(graph: pyoxigraph.Store, query: str) -> int:
    solutions = graph.query(_PREFIX + query)
    if not isinstance(solutions, pyoxigraph.QuerySolutions):
        raise TypeError(f"expected solutions of {query}")
    return int(next(solutions)["n"].value)
