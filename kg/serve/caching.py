"""ETags by the store's version: what was asked of a version once need not be answered again.

An answer is a function of the store's version, the address, the headers it is negotiated by, and the recipe's text; but
for queries that ask for the time or for chance, which have no tag.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from flask import Flask, Response, g, request
from werkzeug.http import parse_etags

from kg import __version__
from kg.errors import PapertriplesError
from kg.query.tokens import decode_codepoints
from kg.serve.context import Context
from kg.settings import is_remote

TAGGED: Final = (  # blueprints
    *(
        "sparql",
        "query_terms",
        "api_page",
        "recipes",
        "openapi",
        "pages",
        "pages.feeds",
        "pages.sitemap",
        "entities",
        "search",
        "reconcile",
        "neighbourhood",
        "void",
    ),
)
CACHE_CONTROL: Final = "no-cache"  # keep it, and ask whether it still holds
_PARTS: Final = (  # of a request: its address, and what is negotiated by
    "wsgi.url_scheme",
    "HTTP_HOST",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_LANGUAGE",
)
# The words alone: whether a call follows is not looked at, so that no text takes long to look through.
_IMPURE: Final = re.compile(r"\b(?:now|rand|uuid|struuid|bnode|service)\b", re.IGNORECASE)


def register(app: Flask, context: Context) -> None:
    """Tag the app's answers, and answer with 304 whoever has them."""

    @app.before_request
    def _known() -> Response | None:
        if request.blueprint not in TAGGED or request.method not in ("GET", "HEAD"):
            return None
        g.tag = _tag(context)
        if g.tag is None or not parse_etags(request.headers.get("If-None-Match")).contains_weak(g.tag):
            return None
        response = Response(status=304)
        response.vary.add("Accept")
        return response

    @app.after_request
    def _tagged(response: Response) -> Response:
        tag = g.get("tag")
        if tag is not None and response.status_code in (200, 304) and "ETag" not in response.headers:
            response.set_etag(tag, weak=True)
            response.headers["Cache-Control"] = CACHE_CONTROL
        return response


def is_pure(query: str) -> bool:
    """Has the query the same answer each time? No, where it merely names what has not.

    >>> is_pure("SELECT (COUNT(*) AS ?nows) {}"), is_pure("SELECT (NOW () AS ?t) {}")
    (True, False)
    """
    return _IMPURE.search(decode_codepoints(query)) is None


def _tag(context: Context) -> str | None:
    queries = request.args.getlist("query") if request.blueprint == "sparql" else []
    name = (request.view_args or {}).get("name", "")
    recipes = context.recipes
    if request.blueprint in ("recipes", "openapi", "api_page") or (request.blueprint == "sparql" and not queries):
        name = request.args.get("recipe", name)  # on the query page
        queries = [recipes.get(name).query] if name in recipes else [one.query for one in recipes]
    if not all(is_pure(query) for query in queries):
        return None
    if is_remote(context.place):  # nobody knows when an endpoint has something new
        return None
    try:
        with context.snapshot() as store:
            version = store.state
    except PapertriplesError:
        return None
    asked = (str(request.environ.get(one, "")) for one in _PARTS)
    parts = (__version__, version, *asked, *queries)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
