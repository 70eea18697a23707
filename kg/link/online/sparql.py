"""What SPARQL endpoints share: a SELECT of ?s ?p ?o by POST, its rows as triples, and these as N-Triples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from kg.link.online.service import SPARQL_JSON, Request, Row


def select(query: str) -> Request:
    """A query by POST (SPARQL 1.1 Protocol, 2.1.2), its answer as JSON."""
    return Request(form=(("query", query),), accept=SPARQL_JSON)


def literal(text: str) -> str:
    """A text as a SPARQL literal."""
    return str(Literal(text))


def iris(values: Iterable[str]) -> str:
    """IRIs for a VALUES clause; what is none is left out, so that one does not break the query for all.

    >>> iris(["https://doi.org/10.1/a", "https://doi.org/10.1/b <c>"])
    '<https://doi.org/10.1/a>'
    """
    return " ".join(f"<{one}>" for one in values if not set(one) & set('<>"{}|^`\\ \t\n'))


def triples_in(answer: Any) -> tuple[dict[str, list[Row]], int]:
    """The bindings of ?s ?p ?o by the IRI of ?s, and how many are no triples; ValueError for another form."""
    results = answer.get("results") if isinstance(answer, dict) else None
    bindings = results.get("bindings") if isinstance(results, dict) else None
    if not isinstance(bindings, list):
        raise ValueError("expected SPARQL results with bindings")
    found: dict[str, list[Row]] = defaultdict(list)
    dropped = 0
    for one in bindings:
        row = _row(one)
        if row is None or _triple(row) is None:
            dropped += 1
        else:
            found[row["s"]].append(row)
    return found, dropped


def _row(binding: Any) -> Row | None:
    try:
        subject, predicate, value = (binding[name] for name in "spo")
        row: Row = {"s": subject["value"], "p": predicate["value"], "o": value["value"], "type": value["type"]}
    except (KeyError, TypeError):
        return None
    for name in ("xml:lang", "datatype"):
        if value.get(name):
            row[name] = value[name]
    return row if all(isinstance(one, str) for one in row.values()) else None


def _triple(row: Row) -> Triple | None:
    try:
        if row["type"] == "uri":
            found: NamedNode | Literal = NamedNode(row["o"])
        elif row["type"] in ("literal", "typed-literal"):
            kind = row.get("datatype")
            found = Literal(row["o"], language=row.get("xml:lang"), datatype=NamedNode(kind) if kind else None)
        else:
            return None
        return Triple(NamedNode(row["s"]), NamedNode(row["p"]), found)
    except ValueError:
        return None


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """The rows as N-Triples."""
    for row in rows:
        triple = _triple(row)
        if triple is not None:
            yield (pyoxigraph.serialize([triple], format=RdfFormat.N_TRIPLES) or b"").decode("utf-8").rstrip("\n")
