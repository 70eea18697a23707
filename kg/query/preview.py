"""Results -> the first rows as plain JSON, for a page that shows them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox
from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples


def preview(results: QuerySolutions | QueryBoolean | QueryTriples, most: int) -> dict[str, Any]:
    """At most ``most`` rows: ``{"boolean"}`` or ``{"variables", "rows", "more"}``; a cell is a dictionary or None.

    A graph's triples are rows of subject, predicate, object.
    """
    if isinstance(results, QueryBoolean):
        return {"boolean": bool(results)}
    names = ["subject", "predicate", "object"]
    if isinstance(results, QuerySolutions):
        names = [variable.value for variable in results.variables]
    rows = [[_cell(term) for term in row] for row in itertools.islice(results, most + 1)]
    return {"variables": names, "rows": rows[:most], "more": len(rows) > most}


def label_column(name: str, names: Sequence[str]) -> int | None:
    """The column with the names of what another column holds: ``methodLabel`` for ``method``.

    >>> label_column("paper", ["paper", "title"]), label_column("date", ["paper", "title", "date"])
    (1, None)
    """
    own = [f"{name}Label", *(["title"] if name == "paper" else []), *(["label"] if name == names[0] else [])]
    return next((names.index(one) for one in own if one in names and one != name), None)


def _cell(term: object) -> dict[str, str] | None:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.Literal):
        cell = {"type": "literal", "value": term.value}
        if term.language:
            cell["language"] = term.language
        else:
            cell["datatype"] = term.datatype.value
        return cell
    return {"type": "bnode" if isinstance(term, ox.BlankNode) else "triple", "value": str(term)}
