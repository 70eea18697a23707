"""``/reconcile``: the graph's concepts, papers, people, venues and repositories for OpenRefine and its like.

Reconciliation Service API 0.2 (https://reconciliation-api.github.io/specs/0.2/): manifest, batches of queries, suggest
services with flyouts, previews, data extension. JSON alone; other sites may ask (CORS), without JSONP.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request

from kg import __version__
from kg.errors import UsageError
from kg.serve.headers import CONTENT_SECURITY_POLICY
from kg.serve.pages_context import PageContext, reading
from kg.serve.problems import problem
from kg.serve.reconcile_matching import descriptions, found_by_name, reconcile
from kg.serve.reconcile_request import (
    BATCH_SIZE,
    LONGEST,
    BatchTooLarge,
    Extension,
    parse_extension,
    parse_queries,
    parse_types,
)
from kg.serve.reconcile_schema import (
    CONCEPTS,
    PROPERTIES,
    TYPE_NAMES,
    described_property,
    described_type,
    properties_of,
    types_of,
)
from kg.serve.reconcile_values import (
    MOST_A_CELL,
    cell,
    entities_by_identifier,
    labels_of,
    texts_of,
    type_of,
    values_of,
)
from kg.settings import ONTOLOGY_NAMESPACE

SUGGESTED = 20
_PREVIEW_SIZE = (430, 260)
# Pages of others show previews in a frame. Where this is said, browsers do not look at X-Frame-Options (CSP 3, 6.4.2).
_FRAMED_POLICY = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
# What a preview shows of an entity, where it has it.
_PREVIEWED = (
    "alternativeName",
    "author",
    "year",
    "venue",
    "doi",
    "arxivId",
    "introduces",
    "addresses",
    "broader",
    "usedFor",
    "benchmarkFor",
    "paperCount",
    "resultCount",
    "exactMatch",
    "closeMatch",
    "address",
    "orcid",
)


def blueprint(context: PageContext) -> Blueprint:
    """The routes under ``/reconcile``."""
    pages = Blueprint("reconcile", __name__)

    @pages.errorhandler(BatchTooLarge)
    def _too_large(error: BatchTooLarge) -> Response:
        return problem(413, "batch-too-large", str(error))

    @pages.route("/reconcile", methods=["GET", "POST"])
    def service() -> Response:
        """The manifest, or the answer to ``queries`` or ``extend``."""
        queries, extend = request.values.get("queries"), request.values.get("extend")
        if queries is not None and extend is not None:
            raise UsageError("found queries and extend, expected one of them")
        if queries is not None:
            asked = parse_queries(queries)
            with reading(context) as (store, lookup, _):
                found = {
                    key: {"result": [one.as_dict() for one in reconcile(store, lookup, query)]}
                    for key, query in asked.items()
                }
            return jsonify(found)
        if extend is not None:
            return jsonify(_extended(context, parse_extension(extend)))
        if request.method == "POST" or request.args:
            raise UsageError("found neither queries nor extend")
        with reading(context) as (store, _, _):
            return jsonify(manifest(request.url_root.rstrip("/"), store.base_iri))

    @pages.get("/reconcile/suggest/entity")
    def suggest_entity() -> Response:
        text, cursor = _prefix()
        wanted = [one for one in request.args.getlist("type") if one]
        types = parse_types(wanted) or None
        with reading(context) as (store, lookup, _):
            named = [one for one in entities_by_identifier(lookup, text) if types is None or type_of(one) in types]
            hits = store.search(text, types, min(cursor, 1000) + SUGGESTED) if text else []
            ids = [*named, *(hit.iri.removeprefix(lookup.base_iri) for hit in hits)]
            if not ids and text:
                ids = found_by_name(store, lookup.base_iri, text, types)
            shown = list(dict.fromkeys(ids))[cursor : cursor + SUGGESTED]
            labels = lookup.labels(lookup.base_iri + one for one in shown)
            about = descriptions(lookup, shown)
            result = [
                {
                    "id": one,
                    "name": labels[lookup.base_iri + one],
                    "description": about[one],
                    "notable": types_of(type_of(one) or ""),
                }
                for one in shown
                if lookup.base_iri + one in labels
            ]
        return jsonify(result=result)

    @pages.get("/reconcile/suggest/type")
    def suggest_type() -> Response:
        text, cursor = _prefix()
        found = [described_type(one) for one in TYPE_NAMES if _fits(text, one, one)]
        return jsonify(result=found[cursor : cursor + SUGGESTED])

    @pages.get("/reconcile/suggest/property")
    def suggest_property() -> Response:
        text, cursor = _prefix()
        found = [described_property(one) for one in PROPERTIES.values() if _fits(text, one.id, one.name)]
        return jsonify(result=found[cursor : cursor + SUGGESTED])

    @pages.get("/reconcile/properties")
    def properties() -> Response:
        """Data extension property proposals."""
        given = request.args.get("type", "")
        named = parse_types([given])[0] if given else None
        limit = request.args.get("limit", type=int)
        found = [{"id": one.id, "name": one.name} for one in properties_of(named)]
        shown = found[: max(0, limit)] if limit is not None else found
        return jsonify(type=given, properties=shown, **({} if limit is None else {"limit": limit}))

    @pages.get("/reconcile/preview")
    def preview() -> Response:
        response = Response(_preview(context), content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = _FRAMED_POLICY
        return response

    @pages.get("/reconcile/flyout")
    def flyout() -> Response:
        return jsonify(id=request.args.get("id", ""), html=_preview(context, "reconcile_flyout.html"))

    return pages


def manifest(server: str, base_iri: str) -> dict[str, Any]:
    """What the service offers, at its address ``server``."""
    width, height = _PREVIEW_SIZE
    return {
        "versions": ["0.2"],
        "name": "papertriples",
        "identifierSpace": base_iri,
        "schemaSpace": ONTOLOGY_NAMESPACE,
        "serviceVersion": __version__,
        "documentation": f"{server}/openapi.json",
        "logo": f"{server}/static/icon.svg",
        "defaultTypes": [described_type(one) for one in (*CONCEPTS, "Paper", "Concept")],
        "view": {"url": f"{server}/{{{{id}}}}"},
        "preview": {"url": f"{server}/reconcile/preview?id={{{{id}}}}", "width": width, "height": height},
        "suggest": {
            "entity": {
                "service_url": server,
                "service_path": "/reconcile/suggest/entity",
                "flyout_service_path": "/reconcile/flyout?id=${id}",
            },
            "type": {"service_url": server, "service_path": "/reconcile/suggest/type"},
            "property": {"service_url": server, "service_path": "/reconcile/suggest/property"},
        },
        "extend": {
            "propose_properties": {"service_url": server, "service_path": "/reconcile/properties"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Limit",
                    "type": "number",
                    "default": 0,
                    "help_text": f"How many values at most; 0 gives up to {MOST_A_CELL}",
                }
            ],
        },
        "batchSize": BATCH_SIZE,
    }


def _extended(context: PageContext, asked: Extension) -> dict[str, Any]:
    rows: dict[str, dict[str, list[dict[str, Any]]]] = {entity: {} for entity in asked.ids}
    with reading(context) as (_, lookup, _):
        for one, limit in asked.properties:
            values = values_of(lookup, one, asked.ids, min(limit or MOST_A_CELL, MOST_A_CELL))
            labels = labels_of(lookup, values.values())
            for entity in asked.ids:
                held = values.get(entity, [])
                rows[entity][one.id] = [cell(value, one, labels, lookup.base_iri) for value in held]
    meta = [
        {"id": one.id, "name": one.name, **({"type": {"id": one.of_type, "name": one.of_type}} if one.of_type else {})}
        for one, _ in asked.properties
    ]
    return {"meta": meta, "rows": rows}


def _preview(context: PageContext, template: str = "reconcile_preview.html") -> str:
    entity = request.args.get("id", "")
    with reading(context) as (_, lookup, links):
        named = entities_by_identifier(lookup, entity)
        labels = lookup.labels(lookup.base_iri + one for one in named)
        iri = next((lookup.base_iri + one for one in named if lookup.base_iri + one in labels), None)
        if iri is None:
            abort(404, description=f"The graph holds nothing under {entity[:LONGEST]!r}.")
        found = iri.removeprefix(lookup.base_iri)
        values = {name: texts_of(lookup, name, [found], 4).get(found, []) for name in _PREVIEWED}
        return render_template(
            template,
            thing=links.thing(iri, labels[iri]),
            page=f"{request.url_root.rstrip('/')}/{found}",
            rows=[(PROPERTIES[name].name, shown) for name, shown in values.items() if shown],
        )


def _prefix() -> tuple[str, int]:
    text = request.args.get("prefix", "").strip()[:LONGEST]
    cursor = request.args.get("cursor", "0") or "0"
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 9:
        raise UsageError(f"cursor: found {cursor[:60]!r}, expected a whole number")
    return text, int(cursor)


def _fits(text: str, identifier: str, name: str) -> bool:
    asked = text.casefold()
    return identifier.casefold().startswith(asked) or any(
        word.startswith(asked) for word in (name.casefold(), *name.casefold().split())
    )
