"""The home page, the lists and the leaderboards."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, render_template, request

from kg.serve import assets, feeds, sitemap
from kg.serve.entity_claims import show_quotes
from kg.serve.entity_formats import is_iri
from kg.serve.entity_paper import json_ld_script
from kg.serve.entity_results import result_row
from kg.serve.leaderboard_choices import ORDERS as BOARD_ORDERS
from kg.serve.leaderboard_choices import read_choices
from kg.serve.leaderboard_files import as_csv, as_json
from kg.serve.negotiation import choose
from kg.serve.pages_context import PageContext, reading
from kg.serve.pages_leaderboard import leaderboard
from kg.serve.pages_links import KINDS, Thing
from kg.serve.pages_lists import LISTS, Lists, cut, linked, linked_boards, linked_papers, linked_trending

ON_HOME = 10
ORDERS = {
    "task": "by papers that address them",
    "method": "by papers that introduce, use or compare with them",
    "dataset": "by papers that introduce, use or evaluate on them",
    "metric": "by papers that mention them",
    "leaderboard": "by results",
    "trending": "by the papers that used what they introduce in the last year of the graph",
}
HEADINGS = {"leaderboard": "Leaderboards", "trending": "Trending papers"}


def blueprint(context: PageContext) -> Blueprint:
    """The routes ``/``, those of the lists, and ``/leaderboard/TASK/DATASET``."""
    pages = Blueprint("pages", __name__)
    pages.register_blueprint(assets.blueprint())
    lists = Lists()
    pages.record_once(lambda state: state.app.extensions.setdefault(LISTS, lists))
    pages.register_blueprint(feeds.blueprint(context, lists))
    pages.register_blueprint(sitemap.blueprint(context))

    @pages.get("/")
    def home() -> str:
        with reading(context) as (store, lookup, links):
            fresh = lists.fresh.get(store, lookup)
            quotes = {one.object: show_quotes(one, links) for one in fresh.claims}
            papers = lists.papers.get(store, lookup)[:ON_HOME]
            largest = [
                (KINDS[kind][1], kind, ORDERS[kind], linked(lists.concepts[kind].get(store, lookup)[:ON_HOME], links))
                for kind in ("task", "method", "dataset")
            ]
            boards = linked_boards(lists.boards.get(store, lookup)[:ON_HOME], links)
            return render_template(
                "home.html",
                counts=lists.counts.get(store, lookup),
                papers=linked_papers(papers, links),
                dated=any(one.date for one in papers),
                trending=linked_trending(lists.trending.get(store, lookup)[:ON_HOME], links),
                largest=[*largest, ("Leaderboards", "leaderboard", ORDERS["leaderboard"], boards)],
                fresh=[result_row(result, links, fresh.labels, quotes) for result in fresh.results],
                json_ld=json_ld_script(_site(request.url_root)),
            )

    @pages.get("/<any(task,method,dataset,metric,leaderboard,paper,trending):kind>")
    def listed(kind: str) -> str:
        with reading(context) as (store, lookup, links):
            entries: list[tuple[Thing, int | str | None]]
            if kind == "paper":
                entries = [*linked_papers(lists.papers.get(store, lookup), links)]
            elif kind == "trending":
                entries = [*linked_trending(lists.trending.get(store, lookup), links)]
            elif kind == "leaderboard":
                entries = [*linked_boards(lists.boards.get(store, lookup), links)]
            else:
                entries = [*linked(lists.concepts[kind].get(store, lookup), links)]
            found = cut(entries, _page())
            if found is None:
                abort(404, description="The list has fewer pages.")
            return render_template(
                "list.html",
                kind=kind,
                heading=HEADINGS[kind] if kind in HEADINGS else KINDS[kind][1],
                order=ORDERS.get(kind, "the newest first"),
                entries=found[0],
                cut=found[1],
            )

    @pages.get("/leaderboard/<task>/<dataset>")
    def board(task: str, dataset: str) -> Response:
        dataset, _, suffix = dataset.partition(".")
        form = _board_form(suffix)
        choices = read_choices(request.args)
        with reading(context) as (_, lookup, links):
            iris = links.iri(f"task/{task}"), links.iri(f"dataset/{dataset}")
            view = leaderboard(lookup, links, *iris, choices) if all(map(is_iri, iris)) else None
        if view is None:
            abort(404, description=f"The graph holds no task {task} or no dataset {dataset}.")
        if form == "json":
            response = jsonify(as_json(view, choices.query()))
        elif form == "csv":
            response = Response(as_csv(view), content_type="text/csv; charset=utf-8")
            response.headers["Content-Disposition"] = f'inline; filename="{task}-{dataset}.csv"'
        else:
            address = f"{links.root}{request.path.partition('.')[0]}"
            response = Response(
                render_template("leaderboard.html", view=view, choices=choices, orders=BOARD_ORDERS, address=address),
                content_type="text/html; charset=utf-8",
            )
        response.vary.add("Accept")
        return response

    return pages


def _board_form(suffix: str) -> str:
    """``html``, ``csv`` or ``json``, by suffix, ``?format=`` or ``Accept``."""
    forms = {"text/html": "html", "text/csv": "csv", "application/json": "json"}
    asked = suffix or request.args.get("format")
    form = asked if asked else forms.get(choose(request.headers.get("Accept"), list(forms)) or "")
    if form is None or form not in forms.values():
        abort(404 if suffix else 406, description="A leaderboard is served as html, csv or json.")
    return form


def _page() -> int:
    return request.args.get("page", 1, type=int)


def _site(root: str) -> dict[str, object]:
    """The site in the words of schema.org, with its search."""
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "papertriples",
        "url": root,
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{root}search?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }
