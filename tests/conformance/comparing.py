"""Results of queries and graphs, compared strictly: terms as they are written, blank nodes up to isomorphism."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

RESULT_SET = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"


@dataclass(frozen=True)
class Rows:
    """A table: its variables and its rows; the order of the rows is not compared."""

    variables: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ox.Term], ...], ...]


Result = bool | Rows | frozenset[Quad]


def assert_same(found: Result, expected: Result) -> None:
    """Fail with what differs."""
    assert type(found) is type(expected), f"found {found!r}, expected {expected!r}"
    if isinstance(found, Rows) and isinstance(expected, Rows):
        assert set(found.variables) == set(expected.variables)
        assert _canonical(_as_quads(found)) == _canonical(_as_quads(expected)), f"{found.rows}\n{expected.rows}"
    elif isinstance(found, frozenset) and isinstance(expected, frozenset):
        assert _canonical(found) == _canonical(expected)
    else:
        assert found == expected


def rows_of(results: ox.QuerySolutions | ox.QueryBoolean) -> Result:
    """The engine's parsed results."""
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    names = tuple(variable.value for variable in results.variables)
    return Rows(
        names,
        tuple(tuple((name, row[name]) for name in names if row[name] is not None) for row in results),
    )


def rows_in(quads: Iterable[Quad]) -> Result | None:
    """The table that a graph of the result-set vocabulary describes; None where it describes none."""
    graph = ox.Dataset(quads)

    def objects(subject: object, name: str) -> list[ox.Term]:
        predicate = f"{RESULT_SET}{name}"
        return [quad.object for quad in graph.quads_for_subject(subject) if quad.predicate.value == predicate]

    for quad in graph.quads_for_object(NamedNode(f"{RESULT_SET}ResultSet")):
        for flag in objects(quad.subject, "boolean"):
            assert isinstance(flag, Literal)
            return flag.value in ("true", "1")
        variables = tuple(one.value for one in objects(quad.subject, "resultVariable") if isinstance(one, Literal))
        rows = []
        for solution in objects(quad.subject, "solution"):
            row = []
            for binding in objects(solution, "binding"):
                (name,), (value,) = objects(binding, "variable"), objects(binding, "value")
                assert isinstance(name, Literal)
                row.append((name.value, value))
            rows.append(tuple(row))
        return Rows(variables, tuple(rows))
    return None


def _as_quads(table: Rows) -> list[Quad]:
    """Each distinct row is a node with its number of times: the table is then a graph."""
    counted = Counter(frozenset(row) for row in table.rows)
    quads = []
    for number, (row, times) in enumerate(counted.items()):
        node = BlankNode(f"row{number}")
        quads.append(Quad(node, NamedNode("urn:times"), Literal(times)))
        quads += [Quad(node, NamedNode(f"urn:variable:{name}"), value) for name, value in row]
    return quads


def _canonical(quads: Iterable[Quad]) -> frozenset[str]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return frozenset(map(str, dataset))
