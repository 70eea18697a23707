"""``/feeds/...``: what is new, to subscribe to, in Atom."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request

from kg.errors import ParameterError
from kg.serve.answers import preview_query
from kg.serve.atom import MEDIA_TYPE, Entry, Feed, document
from kg.serve.binding import bind
from kg.serve.context import Context
from kg.serve.entity_formats import is_iri
from kg.serve.feed_entries import MOST_ENTRIES, best_entries, paper_entries, row_entries, search_entries
from kg.serve.pages_context import PageContext, reading
from kg.serve.pages_lists import Lists
from kg.store import EmbeddedStore


def blueprint(context: PageContext, lists: Lists) -> Blueprint:
    """The feeds of papers, of a task's best results, and of a search."""
    feeds = Blueprint("feeds", __name__)

    @feeds.get("/feeds/papers.atom")
    def papers() -> Response:
        with reading(context) as (store, lookup, links):
            entries = paper_entries(lists.papers.get(store, lookup), lookup, links, _absolute)
            return _answer("New papers", "The newest papers of the graph.", "/paper", store, entries)

    @feeds.get("/feeds/trending.atom")
    def trending() -> Response:
        with reading(context) as (store, lookup, links):
            found = [paper for paper, _ in lists.trending.get(store, lookup)]
            entries = paper_entries(found, lookup, links, _absolute)
            subtitle = "Papers whose methods and datasets were used most in the last year of the graph."
            return _answer("Trending papers", subtitle, "/trending", store, entries)

    @feeds.get("/feeds/task/<slug>.atom")
    def best(slug: str) -> Response:
        with reading(context) as (store, lookup, links):
            iri = links.iri(f"task/{slug}")
            label = lookup.labels([iri]).get(iri) if is_iri(iri) else None
            if label is None:
                abort(404, description=f"The graph holds no task {slug}.")
            entries = best_entries(iri, lookup, links, _absolute)
            title, subtitle = f"{label}: new best results", f"Results of {label} that were the best when they came out."
            return _answer(title, subtitle, f"/task/{slug}", store, entries)

    @feeds.get("/feeds/search.atom")
    def search() -> Response:
        text = request.args.get("q", "").strip()[:500]
        if not text:
            raise ParameterError("parameter q: found nothing, expected words to search for")
        with reading(context) as (store, _, links):
            entries = search_entries(store.search(text, None, MOST_ENTRIES), links, _absolute)
            page = f"/search?{request.query_string.decode('ascii', 'replace')}"
            return _answer(f"Search: {text}", f"What is named “{text}”.", page, store, entries)

    return feeds


def recipe_blueprint(context: Context) -> Blueprint:
    """The feed of any recipe that is called with GET."""
    feeds = Blueprint("recipe_feeds", __name__)

    @feeds.get("/feeds/recipes/<name>.atom")
    def recipe(name: str) -> Response:
        if name not in context.recipes or context.recipes.get(name).method != "GET":
            abort(404, description=f"There is no recipe {name!r} that is called with GET; /recipes lists them.")
        found = context.recipe(context.recipes.get(name))
        if found.kind != "SELECT":
            abort(404, description=f"Recipe {name} gives no rows, and so no entries.")
        table = preview_query(context, bind(context, found, dict(request.args.items()), ahead=True), most=MOST_ENTRIES)
        page = f"/recipes/{name}?{request.query_string.decode('ascii', 'replace')}"
        with context.snapshot() as store:
            entries = row_entries(table, name, _absolute(request.script_root + page), _absolute)
            return _answer(found.summary, found.description or found.summary, page, store, entries)

    return feeds


def _absolute(path: str) -> str:
    """The whole address of a path, which has the path that the server is mounted at already."""
    parts = urlsplit(request.host_url)
    return f"{parts.scheme}://{parts.netloc}{path}"


def _answer(title: str, subtitle: str, page: str, store: EmbeddedStore, entries: tuple[Entry, ...]) -> Response:
    made = datetime.fromtimestamp(store.published, UTC)
    feed = Feed(
        title=title,
        subtitle=subtitle,
        own=request.url,
        page=_absolute(request.script_root + page),
        made=made.strftime("%Y-%m-%dT%H:%M:%SZ"),
        entries=entries,
    )
    return Response(document(feed), content_type=f"{MEDIA_TYPE}; charset=utf-8")
