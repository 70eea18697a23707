"""``/openapi.json``: the endpoint and every recipe as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from kg import __version__
from kg.query.formats import FORMATS, Format, ResultKind, formats_for, result_kind
from kg.query.parameters import TYPES, Parameter
from kg.query.recipes import Recipe
from kg.serve.context import Context
from kg.serve.openapi_writes import CURATION, SECURITY, write_paths
from kg.serve.openapi_writes import TAG as WRITING
from kg.serve.problems import MEDIA_TYPE
from kg.serve.reconcile_openapi import TAG as RECONCILIATION
from kg.serve.reconcile_openapi import reconciliation_paths
from kg.serve.sparql_request import DIRECT, FORM

_TEXT: dict[str, Any] = {"type": "string"}
_SCHEMAS: dict[str, dict[str, Any]] = {  # of what is no text to a reader of JSON
    "json": {"allOf": [{"$ref": "#/components/schemas/Results"}]},
    "jsonld": {"type": ["object", "array"]},
}
# https://www.w3.org/TR/sparql11-results-json/
_RESULTS: dict[str, Any] = {
    "type": "object",
    "required": ["head"],
    "properties": {
        "head": {"type": "object", "properties": {"vars": {"type": "array", "items": {"type": "string"}}}},
        "boolean": {"type": "boolean", "description": "The answer of an ASK"},
        "results": {
            "type": "object",
            "required": ["bindings"],
            "properties": {
                "bindings": {
                    "type": "array",
                    "items": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Term"}},
                }
            },
        },
        "truncated": {"type": "boolean", "description": "There are more rows than the server gives"},
    },
}
_TERM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "value"],
    "properties": {
        "type": {"enum": ["uri", "literal", "bnode", "triple"]},
        "value": {"type": ["string", "object"]},
        "datatype": {"type": "string"},
        "xml:lang": {"type": "string"},
    },
}
_TAGS = ("sparql", "recipes", "server", RECONCILIATION, WRITING, CURATION)
_PROBLEM = {"$ref": "#/components/responses/Problem"}


def blueprint(context: Context) -> Blueprint:
    """The route ``/openapi.json``."""
    pages = Blueprint("openapi", __name__)

    @pages.get("/openapi.json")
    def openapi() -> Response:
        recipes = [context.recipe(one) for one in context.recipes]
        return jsonify(openapi_document(recipes, request.script_root or "/"))

    return pages


def openapi_document(recipes: list[Recipe], server: str = "/") -> dict[str, Any]:
    """The description of the endpoint and of these recipes."""
    paths: dict[str, Any] = {
        "/sparql": _sparql(),
        "/recipes": {"get": _operation("listRecipes", "Lists the recipes", ["recipes"], _json("The recipes"))},
        **{f"/recipes/{one.name}": {one.method.lower(): _recipe(one)} for one in recipes},
        "/void": {"get": _operation("describeGraph", "Says what the graph holds: VoID, DCAT", ["server"], _void())},
        **reconciliation_paths(),
        **write_paths(),
        "/health": {"get": _operation("health", "Can the server answer?", ["server"], _json("It can"))},
        "/health/live": {"get": _operation("live", "Does the server live?", ["server"], _json("It does"))},
        "/health/ready": {"get": _operation("ready", "Can the server answer?", ["server"], _json("It can"))},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "papertriples",
            "version": __version__,
            "description": "A knowledge graph of papers: a SPARQL 1.1 endpoint and stored recipes.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "tags": [{"name": name} for name in sorted({*_TAGS, *_tags(recipes)})],
        "paths": paths,
        "components": {
            "securitySchemes": SECURITY,
            "responses": {
                "Problem": {
                    "description": "What went wrong (RFC 9457)",
                    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
            "schemas": {
                "Results": _RESULTS,
                "Term": _TERM,
                "Problem": {
                    "type": "object",
                    "required": ["title", "status", "detail", "code"],
                    "properties": {
                        "type": {"type": "string"},
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                        "code": {"type": "string"},
                        "line": {"type": "integer", "description": "of a syntax error, from 1"},
                        "column": {"type": "integer", "description": "of a syntax error, from 1"},
                    },
                },
            },
        },
    }


def _tags(recipes: list[Recipe]) -> set[str]:
    return {tag for one in recipes for tag in one.tags}


def _sparql() -> dict[str, Any]:
    graphs = [
        {
            "name": name,
            "in": "query",
            "description": f"IRI of a graph of the store that makes up the {kind}",
            "schema": {"type": "array", "items": {"type": "string", "format": "iri"}},
            "explode": True,
        }
        for name, kind in (("default-graph-uri", "default graph"), ("named-graph-uri", "named graphs"))
    ]
    query = {
        "name": "query",
        "in": "query",
        "description": "A SPARQL 1.1 query; without it the Service Description is given",
        "schema": {"type": "string"},
        "example": "SELECT * WHERE { ?s ?p ?o } LIMIT 10",
    }
    everything = {"200": {"description": "The results", "content": _content(tuple(FORMATS.values()))}}
    form = {
        "type": "object",
        "required": ["query"],
        "properties": {
            "query": {"type": "string"},
            **{one["name"]: one["schema"] for one in graphs},
        },
    }
    post = _operation("queryByPost", "Answers a SPARQL query", ["sparql"], everything)
    post["requestBody"] = {
        "required": True,
        "content": {FORM: {"schema": form}, DIRECT: {"schema": {"type": "string"}}},
    }
    get = _operation("queryByGet", "Answers a SPARQL query", ["sparql"], everything)
    get["parameters"] = [query, *graphs]
    return {"get": get, "post": post}


def _recipe(recipe: Recipe) -> dict[str, Any]:
    kind = result_kind(recipe.kind)
    found = _operation(
        "recipe_" + recipe.name.replace("-", "_"),
        recipe.summary,
        list(recipe.tags) or ["recipes"],
        {"200": {"description": "The results", "content": _content(formats_for(kind))}},
    )
    if recipe.description:
        found["description"] = recipe.description
    if recipe.page_size is not None:
        about = "Addresses of the first page, the one before and the next one (RFC 8288)"
        found["responses"]["200"]["headers"] = {"Link": {"description": about, "schema": {"type": "string"}}}
    parameters = [*map(_parameter, recipe.parameters), _format_parameter(kind)]
    if recipe.method == "GET":
        found["parameters"] = parameters
    else:
        found["requestBody"] = {"content": {FORM: {"schema": _form(parameters)}}}
    return found


def _form(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """The schema of a form with these parameters as its fields."""
    return {
        "type": "object",
        "required": [one["name"] for one in parameters if one["required"]],
        "properties": {
            one["name"]: {
                **one["schema"],
                "description": one["description"],
                **({"examples": [one["example"]]} if "example" in one else {}),
            }
            for one in parameters
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = dict(TYPES[parameter.type].schema)
    for bound in ("minimum", "maximum"):
        if getattr(parameter, bound) is not None:
            schema[bound] = getattr(parameter, bound)
    if parameter.values:
        schema["enum"] = list(parameter.values)
    if parameter.default is not None:
        schema["default"] = _typed(parameter, parameter.default)
    found: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": f"{parameter.description or parameter.name} ({parameter.expected})",
        "schema": schema,
    }
    if parameter.example is not None:
        found["example"] = _typed(parameter, parameter.example)
    return found


def _typed(parameter: Parameter, text: str) -> str | int | float:
    if parameter.type == "integer":
        return int(text)
    return float(text) if parameter.type == "decimal" else text


def _format_parameter(kind: ResultKind) -> dict[str, Any]:
    names = [one.name for one in formats_for(kind)]
    return {
        "name": "format",
        "in": "query",
        "required": False,
        "description": "The format of the results; the header Accept chooses where it is absent",
        "schema": {"type": "string", "enum": names},
    }


def _operation(name: str, summary: str, tags: list[str], responses: dict[str, Any]) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "tags": tags, "responses": {**responses, "default": _PROBLEM}}


def _json(description: str) -> dict[str, Any]:
    return {"200": {"description": description, "content": {"application/json": {"schema": {"type": "object"}}}}}


def _void() -> dict[str, Any]:
    return {"200": {"description": "The description", "content": _content(formats_for("graph"))}}


def _content(formats: tuple[Format, ...]) -> dict[str, Any]:
    return {
        one.media_type: {"schema": {**_SCHEMAS.get(one.name, _TEXT), "description": one.description}} for one in formats
    }
