"""``/curation``: the corrections that people made, and the place to send more (docs/curation.md, docs/access.md)."""

from __future__ import annotations

import json
from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template, request

from kg.assemble.corrections import correction_of, entry_as_dict, listed
from kg.assemble.curation_log import label_of
from kg.errors import UsageError
from kg.serve.audit import came_to
from kg.serve.context import Context
from kg.serve.negotiation import choose
from kg.serve.problems import problem
from kg.serve.writing import Refused
from kg.store.curation import read_log

JOB: Final = "kg.curate_job"
MOST: Final = 1000  # corrections in one request
_JSON: Final = "application/json"
_OFFERED: Final = (_JSON, "text/html")


def blueprint(context: Context) -> Blueprint:
    """The route ``/curation``."""
    pages = Blueprint("curation", __name__)

    @pages.get("/curation")
    def corrections() -> Response:
        chosen = choose(request.headers.get("Accept"), _OFFERED)
        if chosen is None:
            there = ", ".join(_OFFERED)
            return problem(406, "not-acceptable", f"none of the media types in Accept is on offer; there are {there}")
        with context.snapshot() as store:
            version, entries = store.version, listed(read_log(context.location, store.manifest.curated))
        shown = [{**entry_as_dict(entry, counts), "label": label_of(entry)} for entry, counts in entries]
        if chosen == _JSON:
            response = jsonify({"version": version, "entries": shown})
        else:
            response = Response(render_template("curation.html", entries=shown[::-1]), mimetype="text/html")
        response.vary.add("Accept")
        response.headers["Cache-Control"] = "no-cache"
        return response

    @pages.post("/curation")
    def correct() -> Response:
        body = context.writing.body("curate")
        token = context.writing.admit("curate", "curation", body)
        if isinstance(token, Response):
            return token
        if request.mimetype != _JSON:
            sent = request.mimetype or "none"
            return problem(415, "media-type", f"found Content-Type {sent}, expected {_JSON}")
        said = _corrections(body)
        if isinstance(said, Response):
            return said
        who = token.label or f"token {token.id}"
        try:
            told = context.writing.run(JOB, {"who": who, "corrections": said})
        except Refused as refused:
            if not isinstance(refused.error, UsageError):
                raise refused.error from None
            extra = {"entry": refused.told["entry"]} if "entry" in refused.told else {}
            return problem(422, "correction", str(refused), **extra)
        came_to(version=told["version"], entries=told["entries"])
        response = jsonify(told)
        response.status_code = 201 if told["new"] else 200
        response.headers["Location"] = f"{request.script_root}/curation"
        response.headers["Cache-Control"] = "no-store"
        return response

    return pages


def _corrections(body: bytes) -> list[dict[str, Any]] | Response:
    """The corrections in a request's body: an object, or a list of objects."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        return problem(400, "json", f"the body is no JSON: {error}")
    said = found if isinstance(found, list) else [found]
    if not said or not all(isinstance(one, dict) for one in said):
        return problem(400, "json", 'expected an object such as {"action": "rename", ...}, or a list of such')
    if len(said) > MOST:
        return problem(400, "too-many", f"found {len(said)} corrections, expected {MOST} at most")
    for number, one in enumerate(said):
        try:
            correction_of(one)
        except UsageError as error:
            return problem(422, "correction", str(error), entry=number)
    return said
