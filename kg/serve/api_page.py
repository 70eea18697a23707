"""``/api``: ``/openapi.json`` for people. The page is made from the document alone, so that both say the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from kg.query.recipes import Recipe
from kg.serve.context import Context
from kg.serve.openapi import openapi_document

_FIRST: Final = ("sparql", "recipes")  # of the groups; the others by name
_MORE_TYPES: Final = 4  # media types of an answer that are named


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a form; ``type`` is in words."""

    name: str
    type: str
    required: bool
    about: str
    example: str | None


@dataclass(frozen=True, slots=True)
class Operation:
    """A call: ``address`` is one to try, with examples for what it needs; None where it is no GET."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    fields: tuple[Field, ...]
    bodies: tuple[str, ...]
    answers: tuple[tuple[str, str, str], ...]
    address: str | None
    curl: str


def operations(document: Mapping[str, Any], root: str) -> dict[str, list[Operation]]:
    """The operations of an OpenAPI document by their first tag; ``root`` is the server's address."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            tag = (told.get("tags") or ["more"])[0]
            found.setdefault(tag, []).append(_operation(path, method.upper(), told, root))
    order = [*(one for one in _FIRST if one in found), *sorted(set(found) - set(_FIRST))]
    return {tag: found[tag] for tag in order}


def _operation(path: str, method: str, told: Mapping[str, Any], root: str) -> Operation:
    fields = tuple(_field(one["name"], one) for one in told.get("parameters", []))
    content = told.get("requestBody", {}).get("content", {})
    values = _to_try(told.get("parameters", []))
    sent = ""
    for media_type, body in content.items():
        schema = body.get("schema", {})
        if not fields and schema.get("properties"):
            required = schema.get("required", [])
            fields = tuple(
                _field(name, {**one, "schema": one, "required": name in required})
                for name, one in schema["properties"].items()
            )
            sent = " ".join(
                f"--data-urlencode '{one.name}={_quoted(one.example or '...')}'" for one in fields if one.required
            )
        elif not sent:
            sent = f"-H 'Content-Type: {media_type}' --data-binary @FILE"
    if told.get("security"):
        sent = f'-H "Authorization: Bearer $TOKEN" {sent}'.rstrip()
    query = urlencode(values)
    address = f"{path}?{query}" if query else path
    curl = (
        f"curl {sent} '{root}{address}'".replace("  ", " ")
        if method == "GET"
        else f"curl -X {method} {root}{path} {sent}".rstrip()
    )
    filled = all(one.example or not one.required for one in fields)
    can_be_tried = method == "GET" and filled and "security" not in told
    return Operation(
        told["operationId"],
        method,
        path,
        told["summary"],
        told.get("description", ""),
        fields,
        tuple(content),
        tuple(_answers(told["responses"])),
        address if can_be_tried else None,
        curl,
    )


def _to_try(parameters: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Values for what a call needs; where it needs nothing, for the first of what may be given."""
    known = [one for one in parameters if "example" in one]
    chosen = [one for one in known if one.get("required")] or known[:1]
    return {one["name"]: str(one["example"]) for one in chosen}


def _field(name: str, told: Mapping[str, Any]) -> Field:
    schema = told.get("schema", {})
    kinds = schema.get("type", "")
    type_name = " or ".join(kinds) if isinstance(kinds, list) else kinds
    if schema.get("enum"):
        values = [str(one) for one in schema["enum"]]
        type_name = "one of " + ", ".join(values[:8]) + (", ..." if len(values) > 8 else "")
    example = told.get("example", next(iter(told.get("examples", ())), schema.get("default")))
    shown = None if example is None or example == "" else example if isinstance(example, str) else json.dumps(example)
    return Field(name, type_name, bool(told.get("required")), told.get("description", ""), shown)


def _answers(responses: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Status, what it means, in which media types."""
    for status, told in responses.items():
        if "$ref" in told:
            yield (
                ("any other" if status == "default" else status),
                "What went wrong (RFC 9457)",
                "application/problem+json",
            )
            continue
        types = list(told.get("content", {}))
        more = len(types) - _MORE_TYPES
        shown = ", ".join(types[:_MORE_TYPES]) + (f" and {more} more" if more > 0 else "")
        yield status, told.get("description", ""), shown


def _quoted(text: str) -> str:
    """A text within single quotes of a shell."""
    return text.replace("'", "'\\''")


def blueprint(context: Context) -> Blueprint:
    """The route ``/api``."""
    pages = Blueprint("api_page", __name__)

    @pages.get("/api")
    def api() -> Response:
        recipes: list[Recipe] = [context.recipe(one) for one in context.recipes]
        document = openapi_document(recipes, request.script_root or "/")
        groups = operations(document, request.url_root.rstrip("/"))
        return Response(render_template("api.html", groups=groups, about=document["info"]), mimetype="text/html")

    return pages
