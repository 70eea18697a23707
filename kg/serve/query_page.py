"""The query page: an editor, the recipes beside it with forms for their parameters, and what was answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import Response, abort, render_template, request

from kg.errors import PapertriplesError
from kg.query.policy import query_kind
from kg.query.recipes import Recipe
from kg.serve.answers import HTML, preview_query
from kg.serve.binding import bind
from kg.serve.context import Context
from kg.serve.problems import ProblemDetails, details_of
from kg.serve.result_chart import result_chart
from kg.serve.result_table import ResultTable
from kg.serve.sparql_request import Asked

EXAMPLE = """PREFIX pt: <https://w3id.org/papertriples/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?task (COUNT(DISTINCT ?paper) AS ?papers)
WHERE {
  ?paper pt:addresses ?concept .
  ?concept rdfs:label ?task .
}
GROUP BY ?task
ORDER BY DESC(?papers)
LIMIT 20"""

_HEADER: Final = re.compile(r"^(?:#\+.*\n)+")  # of a recipe: the page says it in its own way


@dataclass(frozen=True, slots=True)
class Place:
    """Where a query is wrong: the line with its number, and the white space that leads to the column."""

    line: int
    column: int
    text: str
    before: str


def place_of(problem: ProblemDetails, query: str) -> Place | None:
    """The place that a problem with a query names.

    >>> place_of(ProblemDetails(400, "query-syntax", "wrong", {"line": 1, "column": 5}), "ASK x")
    Place(line=1, column=5, text='ASK x', before='    ')
    """
    line, column = problem.extra.get("line"), problem.extra.get("column")
    lines = query.splitlines()
    if not isinstance(line, int) or not isinstance(column, int) or not 1 <= line <= len(lines):
        return None
    text = lines[line - 1]
    return Place(line, column, text, "".join(one if one == "\t" else " " for one in text[: column - 1]))


def query_page(context: Context, asked: Asked | None = None) -> Response:
    """The page; with a query, or a recipe in the address (``?recipe=NAME&...``), it shows the answer, too."""
    recipe, given, text = None, dict[str, str](), "" if asked is None else asked.text or ""
    result, failed = None, None
    try:
        if not text and "recipe" in request.args:
            recipe, given = _recipe(context)
            text = _HEADER.sub("", bind(context, recipe, given))
        if text:
            result = preview_query(context, text, None if asked is None else asked.graphs)
    except PapertriplesError as error:
        failed = details_of(error)
    return _rendered(context, text, result, failed, recipe, given)


def _recipe(context: Context) -> tuple[Recipe, dict[str, str]]:
    """The recipe that the address names, and values for it: the ones that it gives, else those of its example."""
    name = request.args["recipe"]
    if name not in context.recipes:
        abort(404, description=f"There is no recipe {name!r}; /recipes lists them.")
    found = context.recipe(context.recipes.get(name))
    given = {
        key: value for key, value in request.args.items() if key not in ("recipe", "format", "query") and value != ""
    }
    return found, given or found.example


def _rendered(
    context: Context,
    text: str,
    result: ResultTable | None,
    failed: ProblemDetails | None,
    recipe: Recipe | None,
    given: Mapping[str, str],
) -> Response:
    shelf: dict[str, list[Recipe]] = {}
    for one in context.recipes:
        shelf.setdefault(one.tags[0] if one.tags else "more", []).append(one)
    page = render_template(
        "sparql.html",
        query=text,
        kind=query_kind(text),
        result=result,
        chart=None if result is None else result_chart(result),
        problem=failed,
        place=None if failed is None else place_of(failed, text),
        example=EXAMPLE,
        shelf=sorted(shelf.items()),
        recipe=recipe,
        given=given,
        share=f"{request.script_root}/sparql?{urlencode({'query': text})}" if text else None,
    )
    response = Response(page, 200 if failed is None else failed.status, mimetype=HTML)
    response.vary.add("Accept")
    return response
