"""A query -> the papers that it gives."""

from __future__ import annotations

import pyoxigraph
from pyoxigraph import NamedNode

from kg.errors import QuerySyntaxError, UsageError
from kg.query.policy import check_query
from kg.store import EmbeddedStore


def selected_papers(store: EmbeddedStore, query: str) -> frozenset[str]:
    """The IRIs in the first column of a SELECT query, or in ``?paper`` where it has that.

    Raises QuerySyntaxError or QueryRefused for a query that cannot be run, UsageError for one that selects nothing.
    """
    check_query(query)
    try:
        found = store.graph.query(query)
    except SyntaxError as error:
        raise QuerySyntaxError(f"--select: {error}") from error
    if not isinstance(found, pyoxigraph.QuerySolutions):
        raise UsageError("--select: expected a SELECT query whose first variable, or ?paper, gives papers")
    names = [variable.value for variable in found.variables]
    column = "paper" if "paper" in names else names[0]
    papers = frozenset(term.value for row in found if isinstance(term := row[column], NamedNode))
    if not papers:
        raise UsageError(f"--select: ?{column} gives no IRI; expected those of papers")
    return papers
