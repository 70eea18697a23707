"""The reconciliation service in ``/openapi.json``."""

from __future__ import annotations

from typing import Any, Final

from kg.serve.reconcile_request import BATCH_SIZE, LONGEST, MOST_CANDIDATES, MOST_IDS
from kg.serve.reconcile_schema import PROPERTIES, TYPE_NAMES

TAG: Final = "reconciliation"
_FORM: Final = "application/x-www-form-urlencoded"
_PROBLEM: Final = {"$ref": "#/components/responses/Problem"}
_NAMED: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "description": {"type": "string"}},
}
_QUERIES: Final = f"""JSON: up to {BATCH_SIZE} queries by keys of yours, each with `query` (text, up to {LONGEST}
characters) or `properties` (`pid`, `v`), and, if you like, `type`, `type_strict`, `limit` (up to {MOST_CANDIDATES})"""
_EXTEND: Final = f"""JSON: `ids` of up to {MOST_IDS} entities, and `properties` (`id`, and `settings` with a `limit`)"""


def reconciliation_paths() -> dict[str, Any]:
    """The operations under ``/reconcile``."""
    parameters = [
        _parameter("queries", _QUERIES, {"type": "string"}, '{"q0": {"query": "BERT", "type": "Method"}}'),
        _parameter(
            "extend", _EXTEND, {"type": "string"}, '{"ids": ["method/bert"], "properties": [{"id": "paperCount"}]}'
        ),
    ]
    form = {
        "type": "object",
        "properties": {one["name"]: {**one["schema"], "description": one["description"]} for one in parameters},
    }
    answered = {
        "200": _json("The manifest where nothing is asked, candidates for queries, values for an extension", {}),
        "413": _PROBLEM,
    }
    prefix = [
        _parameter("prefix", "The beginning of a name, or an identifier", {"type": "string"}, "graph"),
        _parameter("cursor", "How many suggestions to leave out", {"type": "integer", "minimum": 0}, 0),
    ]
    types = {"type": "string", "enum": list(TYPE_NAMES)}
    entity = _parameter("id", "The identifier of an entity", {"type": "string"}, "method/bert")
    entity["required"] = True
    missing = {"404": _PROBLEM}
    return {
        "/reconcile": {
            "get": {
                **_operation("reconcileByGet", "Reconciliation Service API 0.2", answered),
                "parameters": parameters,
            },
            "post": {
                **_operation("reconcileByPost", "Reconciliation Service API 0.2", answered),
                "requestBody": {"required": True, "content": {_FORM: {"schema": form}}},
            },
        },
        "/reconcile/suggest/entity": _suggested("suggestEntity", "entities", [*prefix, _parameter("type", "", types)]),
        "/reconcile/suggest/type": _suggested("suggestType", "types", prefix),
        "/reconcile/suggest/property": _suggested("suggestProperty", f"the {len(PROPERTIES)} properties", prefix),
        "/reconcile/properties": {
            "get": {
                **_operation(
                    "proposeProperties",
                    "Proposes properties of a type for data extension",
                    {"200": _json("Properties", {"properties": {"type": "array", "items": _NAMED}})},
                ),
                "parameters": [
                    _parameter("type", "A type; without it all properties are given", types),
                    _parameter("limit", "How many at most", {"type": "integer", "minimum": 0}),
                ],
            }
        },
        "/reconcile/preview": {
            "get": {
                **_operation(
                    "previewEntity",
                    "A small page about an entity, for a frame",
                    {"200": {"description": "The page", "content": {"text/html": {"schema": {"type": "string"}}}}}
                    | missing,
                ),
                "parameters": [entity],
            }
        },
        "/reconcile/flyout": {
            "get": {
                **_operation("flyoutEntity", "HTML about an entity", {"200": _json("HTML", {"html": {}})} | missing),
                "parameters": [entity],
            }
        },
    }


def _suggested(name: str, what: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    answered = {"200": _json("Suggestions", {"result": {"type": "array", "items": _NAMED}})}
    return {
        "get": {**_operation(name, f"Suggests {what} by the beginning of a name", answered), "parameters": parameters}
    }


def _operation(name: str, summary: str, responses: dict[str, Any]) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "tags": [TAG], "responses": {**responses, "default": _PROBLEM}}


def _json(description: str, properties: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": sorted(properties)}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _parameter(name: str, description: str, schema: dict[str, Any], example: object = None) -> dict[str, Any]:
    found = {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
    return found if example is None else {**found, "example": example}
