"""``/recipes`` and ``/recipes/NAME?param=value``: the stored recipes, each a documented call."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, jsonify, render_template, request

from kg.errors import PapertriplesError, ParameterError
from kg.query.recipes import Recipe
from kg.serve.answers import HTML, answer_query, choose_format, preview_query
from kg.serve.context import Context
from kg.serve.negotiation import choose
from kg.serve.problems import details_of, problem


def blueprint(context: Context) -> Blueprint:
    """The routes of the recipes."""
    pages = Blueprint("recipes", __name__)

    @pages.get("/recipes")
    def recipes() -> Response:
        offered = ["application/json", HTML]
        named = request.args.get("format")
        chosen = choose(request.headers.get("Accept"), offered)
        if named is not None:
            chosen = {"json": offered[0], "html": HTML}.get(named)
        if chosen is None:
            return problem(406, "not-acceptable", "the list of recipes is served as json or html", offered=offered)
        if chosen == HTML:
            response = Response(render_template("recipes.html", recipes=list(context.recipes)), mimetype=HTML)
        else:
            response = jsonify({"recipes": [_described(one) for one in context.recipes]})
        response.vary.add("Accept")
        return response

    @pages.get("/recipes/<name>")
    def recipe(name: str) -> Response:
        if name not in context.recipes:
            abort(404, description=f"There is no recipe {name!r}; /recipes lists them.")
        found = context.recipes.get(name)
        chosen = choose_format(found.kind, html=True)
        if isinstance(chosen, Response):
            return chosen
        form, media_type = chosen
        if form is None:
            return _page(context, found)
        return answer_query(context, found.bind(_parameters()), form, media_type)

    return pages


def _parameters() -> dict[str, str]:
    """The parameters of the request; raises ParameterError where one stands twice."""
    given: dict[str, str] = {}
    for name, values in request.args.lists():
        if name == "format":
            continue
        if len(values) > 1:
            raise ParameterError(f"parameter {name}: found {len(values)} times, expected it once")
        given[name] = values[0]
    return given


def _page(context: Context, recipe: Recipe) -> Response:
    """The recipe with a form for its parameters, and its results as soon as they are given."""
    given = {name: value for name, value in request.args.items() if name != "format"}
    result, failed = None, None
    if given or not any(one.required for one in recipe.parameters):
        try:
            # A field of a form that is left empty is no value.
            given_values = {name: value for name, value in _parameters().items() if value != ""}
            result = preview_query(context, recipe.bind(given_values))
        except PapertriplesError as error:
            failed = details_of(error)
    page = render_template(
        "recipe.html",
        recipe=recipe,
        given=given,
        result=result,
        problem=failed,
        example_query=urlencode(recipe.example),
        query_string=urlencode({name: value for name, value in given.items() if value != ""}),
    )
    response = Response(page, 200 if failed is None else failed.status, mimetype=HTML)
    response.vary.add("Accept")
    return response


def _described(recipe: Recipe) -> dict[str, Any]:
    address = f"{request.script_root}/recipes/{recipe.name}"
    example = f"{address}?{urlencode(recipe.example)}" if recipe.example else address
    return {**recipe.as_dict(), "url": address, "example_url": example}
