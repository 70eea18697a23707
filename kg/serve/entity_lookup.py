"""Bounded look-ups of the pages: a few short SPARQL queries each, counted.

A page knows a graph only through :class:`Lookup`. No query runs once a row: what is needed of many things is asked
for all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import cast

import pyoxigraph
from pyoxigraph import Literal, NamedNode

from kg.graph.vocabulary import PREFIXES
from kg.store import Snapshot

Row = dict[str, str]
TIES = 200  # rows beyond those wanted that are looked at before all are
_PROLOGUE = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())


class Lookup:
    """Asks one version of the graph; ``asked`` is the number of queries so far."""

    def __init__(self, store: Snapshot) -> None:
        self.base_iri = store.base_iri
        self._graph = store.graph
        self.asked = 0

    def select(self, query: str, **terms: object) -> list[Row]:
        """The rows of a SELECT; unbound variables are left out. ``$name`` in the query stands for a term."""
        solutions = cast(pyoxigraph.QuerySolutions, self._ask(query, terms))
        names = [variable.value for variable in solutions.variables]
        rows: list[Row] = []
        for solution in solutions:
            row: Row = {}
            for name in names:
                if (term := solution[name]) is not None:
                    row[name] = term_text(term)
            rows.append(row)
        return rows

    def foremost(
        self,
        query: str,
        by: str,
        weight: Callable[[Row], float | str],
        then: tuple[str, ...],
        most: int,
        **terms: object,
    ) -> list[Row]:
        """The ``most`` rows with the largest ``?by``, equal ones by the texts of ``then``; by one query, rarely two.

        ``weight`` reads ``?by`` of a row; ``query`` has no order and no limit of its own. Oxigraph reads an IRI's text
        from disk at each comparison, so equal rows are put in order here: where they may reach beyond those that were
        looked at, all rows are asked for.
        """
        looked_at = most + TIES
        rows = self.select(f"{query} ORDER BY DESC(?{by}) LIMIT {looked_at}", **terms)
        if len(rows) == looked_at and weight(rows[most - 1]) == weight(rows[-1]):
            rows = self.select(query, **terms)
        rows = [row for row in rows if then[0] in row]  # a group of nothing has no name
        rows.sort(key=lambda row: tuple(row.get(name, "") for name in then))
        return sorted(rows, key=weight, reverse=True)[:most]

    def terms(self, query: str, *names: str, **terms: object) -> list[tuple[object, ...]]:
        """The rows of a SELECT as terms, for pages that must tell an IRI from a literal."""
        solutions = cast(pyoxigraph.QuerySolutions, self._ask(query, terms))
        return [tuple(solution[name] for name in names) for solution in solutions]

    def construct(self, query: str, **terms: object) -> Iterator[pyoxigraph.Triple]:
        """The triples of a CONSTRUCT."""
        return iter(cast(pyoxigraph.QueryTriples, self._ask(query, terms)))

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """The labels of many things by one query; the smallest where one has several."""
        wanted = sorted(set(iris))
        if not wanted:
            return {}
        rows = self.select(
            "SELECT ?iri (MIN(?name) AS ?label) WHERE { VALUES ?iri { $iris } ?iri rdfs:label ?name } GROUP BY ?iri",
            iris=wanted,
        )
        return {row["iri"]: row["label"] for row in rows if "label" in row}

    def _ask(self, query: str, terms: Mapping[str, object]) -> object:
        self.asked += 1
        return self._graph.query(_PROLOGUE + bind(query, terms))


def bind(query: str, terms: Mapping[str, object]) -> str:
    """The query with ``$name`` replaced by IRIs, lists of IRIs or whole numbers.

    The queries are ours, the terms are not: an IRI that could end the term that it stands in is refused.

    >>> bind("?s a $type LIMIT $most", {"type": "https://example.org/A", "most": 5})
    '?s a <https://example.org/A> LIMIT 5'
    >>> bind("?s a $type", {"type": "https://example.org/A> } #"})
    Traceback (most recent call last):
        ...
    ValueError: Invalid IRI code point '>'
    """
    for name in sorted(terms, key=len, reverse=True):
        query = query.replace(f"${name}", _written(terms[name]))
    return query


def _written(term: object) -> str:
    if isinstance(term, int):
        return str(term)
    if isinstance(term, str):
        return str(NamedNode(term))
    if isinstance(term, NamedNode):
        return str(term)
    if isinstance(term, Iterable):
        return " ".join(_written(one) for one in term)
    raise TypeError(f"cannot put {type(term).__name__} into a query")


def term_text(term: object) -> str:
    """An IRI, or the lexical form of a literal."""
    if isinstance(term, NamedNode | Literal):
        return term.value
    return str(term)
