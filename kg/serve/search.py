"""``/search?q=``: one box for everything, as a page and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request

from kg.serve.pages_context import PageContext, reading
from kg.serve.pages_links import KINDS, Links, Thing
from kg.serve.pages_lists import LISTS, Lists
from kg.store import SearchHit

AT_MOST = 100
OF_A_TYPE = 12
LONGEST = 500
FEW = 4
MOST_LIKE = 20
# Local names of the classes that have names, with their kind in addresses.
TYPES = {name: kind for kind, (name, _) in KINDS.items() if kind not in ("result", "statement", "evidence")}


def blueprint(context: PageContext) -> Blueprint:
    """The route ``/search``."""
    pages = Blueprint("search", __name__)

    @pages.get("/search")
    def search() -> Response:
        text = request.args.get("q", "").strip()[:LONGEST]
        wanted = [one for one in request.args.getlist("type") if one]
        if any(one not in TYPES for one in wanted):
            abort(400, description=f"Found type {', '.join(wanted)}; there are {', '.join(TYPES)}.")
        limit = min(max(request.args.get("limit", AT_MOST, type=int), 1), 1000)
        with reading(context) as (store, lookup, links):
            hits = store.search(text, wanted or None, max(limit, AT_MOST)) if text else []
            lists: Lists = current_app.extensions[LISTS]
            hits = by_use(text, hits, lists.weights(store, lookup))[:limit]
            # Few matches may be somebody's slip of the pen: what is spelled alike follows.
            like = store.search_like(text, wanted or None, min(limit, MOST_LIKE)) if text and len(hits) < FEW else []
            like = [hit for hit in like if hit.iri not in {one.iri for one in hits}]
            response = (
                _as_json(text, hits, like[: limit - len(hits)], links)
                if _wants_json()
                else _as_page(text, wanted, hits, like, links, limit)
            )
        response.vary.add("Accept")
        return response

    return pages


def by_use(text: str, hits: Sequence[SearchHit], weights: Mapping[str, int]) -> list[SearchHit]:
    """Hits, the name itself first, then what the most papers have to do with; the others as they came."""
    wanted = text.casefold()
    return sorted(hits, key=lambda hit: (hit.label.casefold() != wanted, -weights.get(hit.iri, 0)))


def _wants_json() -> bool:
    asked = request.args.get("format")
    if asked is not None:
        if asked not in ("json", "html"):
            abort(406, description=f"Found ?format={asked}; this address is served as html or json.")
        return asked == "json"
    return request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html") == "application/json"


def _as_json(text: str, hits: list[SearchHit], like: list[SearchHit], links: Links) -> Response:
    """``near``: names that are spelled alike follow the matches; such a result says ``"near": true``."""
    return jsonify(
        query=text,
        count=len(hits) + len(like),
        near=bool(like),
        results=[
            {
                "iri": hit.iri,
                "label": hit.label,
                "type": hit.type,
                "alias": hit.snippet,
                "url": links.href(hit.iri),
                "near": hit in like,
            }
            for hit in (*hits, *like)
        ],
    )


def _as_page(
    text: str, wanted: list[str], hits: list[SearchHit], like: list[SearchHit], links: Links, limit: int
) -> Response:
    groups: dict[str, list[tuple[Thing, str | None]]] = {}  # in the order of the best of each
    for hit in hits:
        groups.setdefault(hit.type, []).append((links.thing(hit.iri, hit.label), hit.snippet))
    most = limit if wanted else OF_A_TYPE
    body = render_template(
        "search.html",
        text=text,
        wanted=wanted,
        groups=[
            (kind, KINDS[TYPES[kind]][1] if kind in TYPES else kind, found[:most], len(found) - len(found[:most]))
            for kind, found in groups.items()
        ],
        like=[links.thing(hit.iri, hit.label) for hit in like],
        cut=len(hits) == limit,
    )
    return Response(body, content_type="text/html; charset=utf-8")
