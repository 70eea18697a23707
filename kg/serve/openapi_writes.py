"""What tokens are for, in ``/openapi.json``: updates, graphs, corrections, the audit log."""

from __future__ import annotations

from typing import Any, Final

from kg.assemble.corrections import MANY, NEEDED, ONE_NAME, OPTIONAL
from kg.query.formats import FORMATS, formats_for
from kg.records import CONCEPT_TYPES
from kg.serve.audit import MEDIA_TYPE
from kg.serve.curation import MOST
from kg.serve.documents import READ
from kg.store.curation import Action

TAG: Final = "writing"
CURATION: Final = "curation"
SECURITY: Final = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token that `papertriples token create` makes, with the scope that the operation names",
    }
}
_PROBLEM: Final = {"$ref": "#/components/responses/Problem"}
_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
_TEXT: Final[dict[str, Any]] = {"type": "string"}
_GRAPH: Final[list[dict[str, Any]]] = [
    {
        "name": "graph",
        "in": "query",
        "description": "The IRI of a graph; to write, one that does not begin with the base of the store",
        "schema": {"type": "string", "format": "iri"},
        "example": "urn:mine",
    },
    {
        "name": "default",
        "in": "query",
        "description": "The default graph, which is the merge of all others; it is read only",
        "schema": {"type": "string", "maxLength": 0},
    },
]


def write_paths() -> dict[str, Any]:
    """The operations for which there are tokens."""
    return {
        "/update": {"post": _update()},
        "/data": {
            "get": {
                **_operation("readGraph", "Gives a graph, or all of them", TAG, _graphs()),
                "parameters": _GRAPH,
            },
            "put": _write("replaceGraph", "Replaces a graph of your own", ("201", "204")),
            "post": _write("addToGraph", "Adds to a graph of your own; without one it gets a new name", ("200", "201")),
            "delete": _write("removeGraph", "Removes a graph of your own", ("200",)),
        },
        "/curation": {
            "get": _operation("listCorrections", "Lists the corrections that people made", CURATION, _listed()),
            "post": _correct(),
        },
        "/audit": {
            "get": _secured(
                "admin",
                _operation("audit", "Gives the log of writes, a line of JSON each", TAG, {"200": _text("The log")}),
            )
        },
    }


def _update() -> dict[str, Any]:
    told = {
        "type": "object",
        "required": ["version", "graphs", "added", "removed"],
        "properties": {
            "version": {"type": "integer", "description": "of the store, which holds the update"},
            "graphs": {"type": "array", "items": _TEXT, "description": "The graphs that changed"},
            "added": {"type": "integer"},
            "removed": {"type": "integer"},
        },
    }
    answers = {"200": _json("What changed; it is on disk, and served", told), "403": _PROBLEM}
    fields = {
        "update": {**_TEXT, "description": "SPARQL 1.1 Update", "examples": ["CLEAR SILENT GRAPH <urn:mine>"]},
        "using-graph-uri": {"type": "array", "items": _TEXT},
        "using-named-graph-uri": {"type": "array", "items": _TEXT},
    }
    form = {"type": "object", "required": ["update"], "properties": fields}
    found = _secured("write", _operation("update", "Updates graphs of your own", TAG, answers))
    content = {_FORM: {"schema": form}, "application/sparql-update": {"schema": _TEXT}}
    return {**found, "requestBody": {"required": True, "content": content}}


def _write(name: str, summary: str, statuses: tuple[str, ...]) -> dict[str, Any]:
    answers: dict[str, Any] = {one: {"description": "Done; it is on disk, and served"} for one in (*statuses, "204")}
    found = _secured("write", _operation(name, summary, TAG, {**answers, "403": _PROBLEM, "412": _PROBLEM}))
    found["parameters"] = _GRAPH
    if name != "removeGraph":
        found["requestBody"] = {"required": True, "content": {one: {"schema": _TEXT} for one in READ}}
    return found


def _correct() -> dict[str, Any]:
    told = {
        "type": "object",
        "required": ["entries", "new", "version", "published"],
        "properties": {
            "entries": {"type": "array", "items": _TEXT, "description": "The ids of the entries in the log"},
            "new": {"type": "integer", "description": "how many of them the log did not have"},
            "version": {"type": "integer"},
            "published": {"type": "boolean", "description": "Whether this made the version"},
        },
    }
    answers = {
        "200": _json("The log has all of these", told),
        "201": _json("Made; on disk, in the graph, and served", told),
        "422": _PROBLEM,
    }
    one = {"oneOf": [_correction(action) for action in NEEDED]}
    body = {"oneOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": MOST}]}
    example = {"action": "rename", "name": "gat", "label": "GAT", "type": "Method", "why": "as papers write it"}
    found = _secured("curate", _operation("correct", "Corrects the graph, for good", CURATION, answers))
    return {**found, "requestBody": {"required": True, "content": {_JSON: {"schema": body, "example": example}}}}


def _correction(action: Action) -> dict[str, Any]:
    """The schema of a correction; ``names``, ``statements`` and ``ids`` are named in the singular where one will do."""
    types = {"type": "string", "enum": list(CONCEPT_TYPES)}
    several = {"type": "array", "items": _TEXT, "minItems": 1}
    properties: dict[str, Any] = {"action": {"const": action}}
    for name in (*NEEDED[action], *OPTIONAL.get(action, ()), "why"):
        if name in MANY and action in ONE_NAME:
            properties[MANY[name]] = _TEXT
        else:
            properties[name] = several if name in MANY else types if name.endswith("type") else _TEXT
    required = [MANY[one] if one in MANY and action in ONE_NAME else one for one in NEEDED[action]]
    return {
        "type": "object",
        "title": action,
        "required": ["action", *required],
        "properties": properties,
    }


def _listed() -> dict[str, Any]:
    entry = {
        "type": "object",
        "required": ["id", "when", "who", "action", "label", "counts"],
        "properties": {
            **dict.fromkeys(("id", "when", "who", "action"), _TEXT),
            "label": {**_TEXT, "description": "The correction in a few words"},
            "counts": {"type": "boolean", "description": "It was not undone"},
        },
    }
    entries = {"type": "array", "items": entry}
    schema = {"type": "object", "properties": {"version": {"type": "integer"}, "entries": entries}}
    found = _json("The corrections, the first one first", schema)
    found["content"]["text/html"] = {"schema": _TEXT}
    return {"200": found}


def _graphs() -> dict[str, Any]:
    forms = (*formats_for("graph"), FORMATS["nq"], FORMATS["trig"])
    content: dict[str, Any] = {one.media_type: {"schema": {}} for one in forms}
    return {"200": {"description": "The triples", "content": content}, "404": _PROBLEM}


def _text(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": _TEXT}}}


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": schema}}}


def _operation(name: str, summary: str, tag: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "tags": [tag], "responses": {**answers, "default": _PROBLEM}}


def _secured(scope: str, operation: dict[str, Any]) -> dict[str, Any]:
    operation["responses"] |= {"401": _PROBLEM, "403": _PROBLEM}
    return {**operation, "description": f"Needs a token with the scope `{scope}`.", "security": [{"token": []}]}
