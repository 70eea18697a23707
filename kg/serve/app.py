"""The app factory: which parts the server has."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from flask import Flask

from kg.serve import (
    api_page,
    audit,
    caching,
    compression,
    curation,
    entities,
    feeds,
    headers,
    health,
    limits,
    metrics,
    neighbourhood,
    openapi,
    pages,
    problems,
    protocol,
    query_terms,
    recipes,
    reconcile,
    search,
    updates,
    void,
)
from kg.serve.context import Context, open_context
from kg.serve.kept_answers import KeptAnswers
from kg.settings import Settings
from kg.store.manifest import manifest_state

_MEBIBYTE = 1 << 20
LARGEST_BODY = 4 << 20  # bytes of a request


def create_app(
    location: str | Path,
    *,
    timeout: float | None = None,
    workers: int | None = None,
    max_rows: int | None = None,
    recipes_folder: Path | None = None,
    settings: Settings | None = None,
) -> Flask:
    """The server of a store as a WSGI app, its workers started; what is None is as ``settings`` say.

    End the workers with ``context_of(app).close()``. Raises StoreMissing, StoreError, UsageError.
    """
    context = open_context(
        location,
        timeout=timeout,
        workers=workers,
        max_rows=max_rows,
        recipes_folder=recipes_folder,
        settings=settings,
    )
    return app_of(context)


def app_of(context: Context) -> Flask:
    """The app on a context that is open already."""
    app = Flask("kg.serve", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.url_map.strict_slashes = False
    app.extensions["papertriples"] = context
    # What is registered first is asked first on the way in, and sees the answer last on the way out.
    problems.register(app)
    context.watch.register(app)
    headers.register(app, with_tokens=context.access.closed)
    context.access.register(app)
    context.writing.audit.register(app)
    compression.register(app)
    caching.register(app, context)
    limits.register(app, context.gate)
    for part in (protocol, query_terms, recipes, openapi, api_page, health, void):
        app.register_blueprint(part.blueprint(context))
    for writes in (curation.blueprint(context), *updates.blueprints(context)):
        app.register_blueprint(writes)
    app.register_blueprint(audit.blueprint(context.access, context.writing.audit))
    if context.settings.switch("metrics"):
        app.register_blueprint(metrics.blueprint(context.figures))
    app.register_blueprint(feeds.recipe_blueprint(context))
    for page in (search, reconcile, neighbourhood, pages, entities):
        app.register_blueprint(page.blueprint(context))
    most = context.settings.integer("answer_cache") * _MEBIBYTE
    # Answers of an endpoint that is elsewhere, or of recipes that are being written, change with more than the version.
    if most and isinstance(context.place, Path) and not context.settings.switch("reload") and not context.access.closed:
        version = partial(manifest_state, context.place)
        app.wsgi_app = KeptAnswers(app.wsgi_app, most, version, context.gate, context.watch)  # type: ignore[method-assign]
    return app


def context_of(app: Flask) -> Context:
    """The context that the app was made with."""
    found = app.extensions["papertriples"]
    assert isinstance(found, Context)
    return found
