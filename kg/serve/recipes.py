"""``/recipes`` and ``/recipes/NAME?param=value``: the stored recipes, each a documented call."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, g, jsonify, render_template, request

from kg.errors import PapertriplesError, ParameterError
from kg.query.recipes import Recipe
from kg.serve.answers import HTML, SHOWN_ROWS, answer_query, choose_format, preview_query
from kg.serve.binding import bind
from kg.serve.context import Context
from kg.serve.negotiation import choose
from kg.serve.problems import ProblemDetails, answer, details_of, problem
from kg.serve.result_chart import result_chart
from kg.serve.sparql_request import FORM


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
            response = jsonify({"recipes": [_described(context.recipe(one)) for one in context.recipes]})
        response.vary.add("Accept")
        return response

    @pages.route("/recipes/<name>", methods=["GET", "POST"])
    def recipe(name: str) -> Response:
        known = context.recipes
        if name not in known:
            abort(404, description=f"There is no recipe {name!r}; /recipes lists them.")
        found = context.recipe(known.get(name))
        if request.method == "POST" and request.mimetype not in (FORM, ""):
            return problem(415, "media-type", f"found Content-Type {request.mimetype}, expected {FORM}")
        chosen = choose_format(found.kind, html=True)
        if isinstance(chosen, Response):
            return chosen
        form, media_type = chosen
        called = (request.method == "POST") == (found.method == "POST")
        if not called and (form is not None or request.method == "POST"):
            allowed = "POST, OPTIONS" if found.method == "POST" else "GET, HEAD, OPTIONS"
            told = ProblemDetails(405, "method-not-allowed", f"recipe {name} is called with {found.method}")
            return answer(told, {"Allow": allowed})
        if form is None:
            return _page(context, found, called)
        given = _parameters()
        limit = None if found.page_size is None or found.ranks_inside else found.page(given)[1]
        response = answer_query(context, bind(context, found, given, ahead=True), form, media_type, page_rows=limit)
        if found.page_size is not None:
            for relation, address in _pages(found, given, _goes_on(found, given)).items():
                response.headers.add("Link", f'<{address}>; rel="{relation}"')
        return response

    return pages


def _sent() -> Any:
    """What was sent by form, or in the address."""
    return request.form if request.method == "POST" else request.args


def _parameters() -> dict[str, str]:
    """The parameters of the request; raises ParameterError where one stands twice."""
    given: dict[str, str] = {}
    for name, values in _sent().lists():
        if name == "format":
            continue
        if len(values) > 1:
            raise ParameterError(f"parameter {name}: found {len(values)} times, expected it once")
        given[name] = values[0]
    return given


def _goes_on(recipe: Recipe, given: dict[str, str]) -> bool:
    """Is there a next page? Where the query ranks inside, or the answer is long, there may be."""
    told = g.answer.told
    if not g.answer.whole or "rows" not in told:
        return True
    return bool(told["cut"]) or (recipe.ranks_inside and told["rows"] >= recipe.page(given)[1])


def _pages(recipe: Recipe, given: dict[str, str], goes_on: bool) -> dict[str, str]:
    """The addresses of the pages around the one that was asked for (RFC 8288), for recipes that are called with GET."""
    if recipe.method != "GET":
        return {}
    page, _ = recipe.page(given)
    wanted = {"first": 1, "prev": page - 1, "next": page + 1 if goes_on else 0}
    kept = {name: value for name, value in request.args.items() if name != "page"}
    address = f"{request.script_root}/recipes/{recipe.name}"
    return {
        relation: f"{address}?{urlencode({**kept, 'page': str(number)})}"
        for relation, number in wanted.items()
        if number > 0
    }


def _page(context: Context, recipe: Recipe, called: bool) -> Response:
    """The recipe with a form for its parameters, and its results as soon as they are given."""
    given = {name: value for name, value in _sent().items() if name != "format"}
    result, failed, around = None, None, {}
    if called and (given or request.method == "POST" or not any(one.required for one in recipe.parameters)):
        try:
            # A field of a form that is left empty is no value.
            values = {name: value for name, value in _parameters().items() if value != ""}
            paged = recipe.page_size is not None and not recipe.ranks_inside
            most = recipe.page(values)[1] if paged else SHOWN_ROWS
            result = preview_query(context, bind(context, recipe, values, ahead=True), most=most)
            if recipe.page_size is not None:
                goes_on = result.more if paged else len(result.rows) >= recipe.page(values)[1]
                around = _pages(recipe, values, goes_on)
        except PapertriplesError as error:
            failed = details_of(error)
    page = render_template(
        "recipe.html",
        recipe=recipe,
        given=given,
        result=result,
        chart=None if result is None else result_chart(result),
        problem=failed,
        around=around,
        example_query=urlencode(recipe.example) if recipe.method == "GET" else "",
        query_string=urlencode({name: value for name, value in given.items() if value != ""}),
    )
    response = Response(page, 200 if failed is None else failed.status, mimetype=HTML)
    response.vary.add("Accept")
    return response


def _described(recipe: Recipe) -> dict[str, Any]:
    address = f"{request.script_root}/recipes/{recipe.name}"
    example = f"{address}?{urlencode(recipe.example)}" if recipe.example else address
    return {**recipe.as_dict(), "url": address, "example_url": example}
