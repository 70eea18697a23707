"""JSON Schemas of our own for the answers of a reconciliation service, written from the text of the specification.

Reconciliation Service API 0.2, https://reconciliation-api.github.io/specs/0.2/ (sections 2 to 6); they are stricter
than the text: what it does not name is refused.
"""

from __future__ import annotations

from typing import Any


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": sorted(required), "properties": properties, "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


NAME = {"type": "string", "minLength": 1}
TEXT = {"type": "string"}
URI = {"type": "string", "format": "uri", "pattern": "^https?://"}
TEMPLATE = {"type": "string", "pattern": r"\{\{id\}\}"}
TYPE = {**_object({"id": NAME, "name": NAME}, {"broader": _list({"$ref": "#/$defs/type"})})}
SHORT_TYPE = _object({"id": NAME}, {"name": NAME})
SUGGEST = _object({"service_url": URI, "service_path": NAME}, {"flyout_service_path": {"pattern": r"\$\{id\}"}})
SERVICE_PATH = _object({"service_url": URI, "service_path": NAME})
SETTING = _object(
    {"name": NAME, "label": NAME, "type": {"enum": ["number", "text", "checkbox", "select"]}},
    {"default": {}, "help_text": TEXT, "choices": _list(_object({"value": TEXT, "name": TEXT}))},
)
MANIFEST = {
    "$defs": {"type": TYPE},
    **_object(
        {
            "versions": {"type": "array", "items": NAME, "contains": {"const": "0.2"}},
            "name": NAME,
            "identifierSpace": URI,
            "schemaSpace": URI,
            "defaultTypes": _list(TYPE),
        },
        {
            "documentation": URI,
            "logo": URI,
            "serviceVersion": NAME,
            "view": _object({"url": TEMPLATE}),
            "preview": _object({"url": TEMPLATE, "width": {"type": "integer"}, "height": {"type": "integer"}}),
            "suggest": _object({}, {"entity": SUGGEST, "type": SUGGEST, "property": SUGGEST}),
            "extend": _object({}, {"propose_properties": SERVICE_PATH, "property_settings": _list(SETTING)}),
            "batchSize": {"type": "integer", "minimum": 1},
        },
    ),
}
FEATURE = _object({"id": NAME, "value": {"type": ["number", "boolean"]}})
CANDIDATE = _object(
    {"id": NAME, "name": NAME, "type": _list(SHORT_TYPE), "score": {"type": "number"}, "match": {"type": "boolean"}},
    {"description": TEXT, "features": _list(FEATURE)},
)
RESULTS = {"type": "object", "additionalProperties": _object({"result": _list(CANDIDATE)})}
SUGGESTED_ENTITIES = _object(
    {"result": _list(_object({"id": NAME, "name": NAME}, {"description": TEXT, "notable": _list(SHORT_TYPE)}))}
)
SUGGESTED_TYPES = {"$defs": {"type": TYPE}, **_object({"result": _list(TYPE)})}
SUGGESTED_PROPERTIES = _object({"result": _list(_object({"id": NAME, "name": NAME}, {"description": TEXT}))})
FLYOUT = _object({"id": NAME, "html": TEXT})
PROPOSALS = _object(
    {"type": TEXT, "properties": _list(_object({"id": NAME, "name": NAME}))}, {"limit": {"type": "integer"}}
)
CELL = {
    "oneOf": [
        _object({"id": NAME, "name": NAME}, {"description": TEXT}),
        _object({"str": TEXT}),
        _object({"int": {"type": "integer"}}),
        _object({"float": {"type": "number"}}),
    ]
}
EXTENSION = _object(
    {
        "meta": _list(_object({"id": NAME, "name": NAME}, {"type": SHORT_TYPE, "service": URI})),
        "rows": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": _list(CELL)},
        },
    }
)
