"""ETags by the store's version: what was asked of a version once need not be answered again.

An answer is a function of the store's version, the address, the headers it is negotiated by, and the recipe's text; but
for queries that ask for the time or for chance, which have no tag. Small answers are kept by their tags: the header
``Cache-Status`` (RFC 9211) says which came from there.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, g, request
from werkzeug.http import parse_etags

from kg import __version__
from kg.errors import PapertriplesError
from kg.query.tokens import decode_codepoints
from kg.serve.context import Context
from kg.serve.limits import GATED, client_of, refusal
from kg.serve.workers import HEAD_SIZE, Answer
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
# The words alone: whether a call follows is not looked at, so that no text takes long to look through.
_IMPURE: Final = re.compile(r"\b(?:now|rand|uuid|struuid|bnode)\b", re.IGNORECASE)


LARGEST_KEPT: Final = HEAD_SIZE  # bytes of an answer that is kept; a larger one is not whole when its head goes out
HIT: Final = "papertriples; hit"
_MEBIBYTE: Final = 1 << 20
_OVERHEAD: Final = 1 << 10  # bytes that an answer takes beside its body, about


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it is given again, with what the records of requests tell of it."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    query: str | None
    told: dict[str, int] | None

    @property
    def size(self) -> int:
        """The bytes that it takes, about."""
        return len(self.body) + len(self.query or "") + _OVERHEAD


class Answers:
    """Answers by their tags, ``most`` bytes of them: those that were asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._turn = threading.Lock()

    def find(self, tag: str) -> Kept | None:
        """The answer with a tag, where it is still kept."""
        with self._turn:
            found = self._kept.get(tag)
            if found is not None:
                self._kept.move_to_end(tag)
            return found

    def keep(self, tag: str, answer: Kept) -> None:
        """Keep an answer; those that were not asked for longest make room."""
        if answer.size > self._most:
            return
        with self._turn:
            before = self._kept.pop(tag, None)
            self._size += answer.size - (0 if before is None else before.size)
            self._kept[tag] = answer
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1].size


def register(app: Flask, context: Context) -> None:
    """Tag the app's answers, answer with 304 whoever has them, and with what is kept whoever has not."""
    answers = Answers(context.settings.integer("answer_cache") * _MEBIBYTE)

    @app.before_request
    def _known() -> Response | None:
        if request.blueprint not in TAGGED or request.method not in ("GET", "HEAD"):
            return None
        g.tag = _tag(context)
        if g.tag is None:
            return None
        if not parse_etags(request.headers.get("If-None-Match")).contains_weak(g.tag):
            kept = answers.find(g.tag)
            if kept is None:
                return None
            refused = refusal(context.gate.count, client_of()) if request.endpoint in GATED else None
            return _again(kept) if refused is None else refused
        response = Response(status=304)
        response.vary.add("Accept")
        return response

    @app.after_request
    def _tagged(response: Response) -> Response:
        tag = g.get("tag")
        if tag is not None and response.status_code in (200, 304) and "ETag" not in response.headers:
            response.set_etag(tag, weak=True)
            response.headers["Cache-Control"] = CACHE_CONTROL
        if tag is not None and _is_small(response) and "Cache-Status" not in response.headers:
            asked: Answer | None = g.get("answer")
            told = None if asked is None else dict(asked.told)
            answers.keep(tag, Kept(response.get_data(), tuple(response.headers), g.get("query"), told))
        return response


def is_pure(query: str) -> bool:
    """Has the query the same answer each time? No, where it merely names what has not.

    >>> is_pure("SELECT (COUNT(*) AS ?nows) {}"), is_pure("SELECT (NOW () AS ?t) {}")
    (True, False)
    """
    return _IMPURE.search(decode_codepoints(query)) is None


def _is_small(response: Response) -> bool:
    """Is this a whole answer, of a request that asked for its body, that is small enough to be kept?"""
    whole = response.status_code == 200 and not response.is_streamed and not response.direct_passthrough
    return request.method == "GET" and whole and (response.content_length or 0) <= LARGEST_KEPT


def _again(kept: Kept) -> Response:
    g.query = kept.query
    if kept.told is not None:
        g.answer = Answer(b"", True, iter(()), kept.told)
    response = Response(kept.body, headers=list(kept.headers))
    response.headers["Cache-Status"] = HIT
    return response


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
            version = f"{store.version} {store.manifest.made} {store.manifest.counts}"
    except PapertriplesError:
        return None
    headers = [request.headers.get(one, "") for one in ("Accept", "Accept-Language")]
    parts = (__version__, version, request.url, request.script_root, *headers, *queries)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
