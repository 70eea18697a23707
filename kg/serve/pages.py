"""The home page and the leaderboards."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template

from kg.serve import assets
from kg.serve.entity_formats import is_iri
from kg.serve.heirs import heir_path, redirect_to
from kg.serve.pages_context import OncePerVersion, PageContext, reading
from kg.serve.pages_home import home_facts, linked
from kg.serve.pages_leaderboard import leaderboard


def blueprint(context: PageContext) -> Blueprint:
    """The routes ``/`` and ``/leaderboard/TASK/DATASET``."""
    pages = Blueprint("pages", __name__)
    pages.register_blueprint(assets.blueprint())
    facts_of = OncePerVersion(home_facts)

    @pages.get("/")
    def home() -> str:
        with reading(context) as (store, lookup, links):
            facts = facts_of.get(store, lookup)
            return render_template(
                "home.html",
                facts=facts,
                papers=[(links.thing(iri, label), date) for iri, label, date in facts.papers],
                largest=[
                    ("Tasks", "by papers that address them", linked(facts.tasks, links)),
                    ("Methods", "by papers that introduce, use or compare with them", linked(facts.methods, links)),
                    ("Datasets", "by papers that introduce, use or evaluate on them", linked(facts.datasets, links)),
                ],
            )

    @pages.get("/leaderboard/<task>/<dataset>")
    def board(task: str, dataset: str) -> str | Response:
        with reading(context) as (store, lookup, links):
            iris = links.iri(f"task/{task}"), links.iri(f"dataset/{dataset}")
            view = leaderboard(lookup, links, *iris) if all(map(is_iri, iris)) else None
            if view is None:
                now = [heir_path(store, links, path) for path in (f"task/{task}", f"dataset/{dataset}")]
                if all(now):
                    parts = "/".join((path or "").partition("/")[2] for path in now)
                    return redirect_to(f"{links.root}/leaderboard/{parts}")
                abort(404, description=f"The graph holds no task {task} or no dataset {dataset}.")
            return render_template("leaderboard.html", view=view)

    return pages
