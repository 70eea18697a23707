"""``papertriples serve --plain``: an ordinary SPARQL dataset behind the protocols, without pages and graphs of ours.

Whoever reaches it on this machine's own address may write. On any other address, by any other name, and behind a proxy
(``trusted_proxy``), writes need a token, and SERVICE and LOAD are refused; where reads need a token (``read_token``),
all writes do. With a list of endpoints (``services``) queries ask these, whoever sends them, and nobody else is asked.
"""

from __future__ import annotations

import ipaddress
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, g, jsonify, request

from kg.query.formats import FORMATS, formats_for
from kg.query.policy import query_kind
from kg.serve import compression, graph_store, headers, limits, metrics, problems
from kg.serve.access import Access, same_origin
from kg.serve.answers import answer_query, choose_format, client_gone
from kg.serve.assets import asset
from kg.serve.audit import AuditLog
from kg.serve.confinement import warning_of
from kg.serve.dataset_pool import DatasetPool
from kg.serve.fetching import Fetcher
from kg.serve.jobs import Dump, GraphTag, Update, WriteGraph
from kg.serve.limits import Gate
from kg.serve.metrics import Figures
from kg.serve.negotiation import choose
from kg.serve.problems import problem
from kg.serve.service_description import plain_description
from kg.serve.sparql_request import read_request
from kg.serve.watching import AccessLog, Watch
from kg.serve.workers import Answer
from kg.settings import Settings
from kg.store.tokens import Token, Tokens

GATED = ("sparql.sparql", "sparql.update", "graph_store.data")  # what asks the process of the dataset
LOCAL = "local"  # who writes from this machine
MEBIBYTE = 1 << 20
LARGEST_BODY = 256 << 20  # bytes of a request


@dataclass(frozen=True, slots=True)
class PlainContext:
    """What the parts of the server share. Close it when the app is done with."""

    location: Path
    pool: DatasetPool
    max_rows: int
    local: bool  # the server is reached from this machine only
    access: Access
    audit: AuditLog
    settings: Settings
    gate: Gate
    figures: Figures
    watch: Watch
    log: AccessLog | None
    fetcher: Fetcher | None  # of what SERVICE may ask
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def outgoing(self) -> bool:
        """Who writes from this machine may also ask any other host."""
        return self.local and self.fetcher is None

    def dump(self, job: Dump) -> Answer:
        return self.pool.ask(job, client_gone())

    def tag(self, job: GraphTag) -> dict[str, Any]:
        return self.pool.told(job)

    def write(self, job: WriteGraph) -> dict[str, Any]:
        return self.pool.told(job)

    def close(self) -> None:
        """End the process that holds the dataset."""
        self.pool.close()
        if self.fetcher is not None:
            self.fetcher.close()
        if self.log is not None:
            self.log.close()


def open_plain_context(
    location: str | Path,
    *,
    host: str = "127.0.0.1",
    timeout: float | None = None,
    workers: int | None = None,
    max_rows: int | None = None,
    settings: Settings | None = None,
) -> PlainContext:
    """Open the dataset in a folder, made where it is absent; what is None is as ``settings`` say.

    Raises UsageError where the folder holds something else, or a setting does not fit, StoreLocked, StoreError.
    """
    given = (settings or Settings()).but(workers=workers, timeout=timeout, max_rows=max_rows)
    size, seconds = given.integer("workers"), given.number("timeout")
    log = AccessLog(given.text("access_log")) if given.text("access_log") else None
    most = given.integer("max_answer") * MEBIBYTE
    local = is_local(host) and not given.text("trusted_proxy")  # whom a proxy lets in may be anywhere
    asked = given.text("services").split()
    fetcher = Fetcher(asked, seconds) if asked else None
    pool = DatasetPool(
        Path(location).resolve(),
        size,
        seconds,
        most_bytes=most,
        outgoing=local and fetcher is None,
        routes=None if fetcher is None else fetcher.routes,
    )
    try:
        pool.start()
        warning = warning_of(pool.confined, required=given.switch("require_confinement"))
    except BaseException:
        pool.close()
        if fetcher is not None:
            fetcher.close()
        if log is not None:
            log.close()
        raise
    if warning is not None:
        print(f"papertriples: {warning}", file=sys.stderr)
    gate = Gate(size, given.integer("client_queries"), given.integer("queue"), seconds, given.text("rate_limit"))
    figures = Figures()
    context = PlainContext(
        pool.location,
        pool,
        given.integer("max_rows"),
        local,
        Access(Tokens(pool.location), given.text("token_failures"), closed=given.switch("read_token")),
        AuditLog(pool.location),
        given,
        gate,
        figures,
        Watch(figures, *([] if log is None else [log])),
        log,
        fetcher,
    )
    figures.watch(context)
    return context


def create_plain_app(context: PlainContext) -> Flask:
    """The server of a plain dataset as a WSGI app."""
    app = Flask("kg.serve", static_folder=None, template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.url_map.strict_slashes = False
    app.extensions["papertriples"] = context
    problems.register(app)
    app.add_template_global(asset, "asset")
    context.watch.register(app)
    headers.register(app, with_tokens=context.access.closed)
    context.access.register(app)
    context.audit.register(app)
    compression.register(app)
    limits.register(app, context.gate, GATED, ())
    app.register_blueprint(_protocol(context))
    app.register_blueprint(graph_store.blueprint(context, lambda: may_write(context)))
    app.register_blueprint(_health(context))
    if context.settings.switch("metrics"):
        app.register_blueprint(metrics.blueprint(context.figures))
    return app


def is_local(host: str) -> bool:
    """Is this an address that only this machine can reach?

    >>> is_local("localhost"), is_local("127.0.0.1"), is_local("::1"), is_local("0.0.0.0"), is_local("example.org")
    (True, True, True, False, False)
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def may_write(context: PlainContext) -> Response | str:
    """Who writes, or the answer that refuses it: a page of another site must not write by a visitor's browser."""
    if context.local and _from_here() and not context.access.closed:
        return LOCAL
    token: Token | None = g.get("grant")
    if token is None and context.local:
        return problem(403, "cross-site", "found a write from a page of another site, expected none")
    if token is not None:
        context.audit.begin(token, f"{request.method} {request.path}", request.get_data(cache=True))
    found = context.access.required("write")
    return found if isinstance(found, Response) else found.label or f"token {found.id}"


def _from_here() -> bool:
    """The request names this machine, and comes from no page of another site (which CORS lets read, not write)."""
    # A name of somebody else's may lead here (DNS rebinding).
    return is_local(urlsplit(f"//{request.host}").hostname or "") and same_origin()


def _protocol(context: PlainContext) -> Blueprint:
    endpoint = Blueprint("sparql", __name__)

    @endpoint.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        asked = read_request("query")
        if isinstance(asked, Response):
            return asked
        outgoing = context.outgoing and _from_here()
        if asked.text is None:
            return _description(outgoing or context.fetcher is not None)
        chosen = choose_format(query_kind(asked.text), html=False)
        if isinstance(chosen, Response):
            return chosen
        form, media_type = chosen
        assert form is not None
        return answer_query(context, asked.text, form, media_type, asked.graphs, outgoing=outgoing)

    @endpoint.route("/update", methods=["POST"])
    def update() -> Response:
        by = may_write(context)
        if isinstance(by, Response):
            return by
        asked = read_request("update")
        if isinstance(asked, Response):
            return asked
        assert asked.text is not None
        outgoing = context.outgoing and by == LOCAL
        context.pool.told(Update(asked.text, request.base_url, asked.graphs, outgoing, by))
        return Response(status=204)

    return endpoint


def _description(federated: bool) -> Response:
    graphs = {one.media_type: one for one in formats_for("graph")}
    chosen = choose(request.headers.get("Accept"), list(graphs))
    if chosen is None:
        return problem(400, "no-query", "found no parameter query")
    body = plain_description(request.url_root, graphs.get(chosen, FORMATS["ttl"]), federated=federated)
    response = Response(body, content_type=f"{chosen}; charset=utf-8")
    response.vary.add("Accept")
    return response


def _health(context: PlainContext) -> Blueprint:
    pages = Blueprint("health", __name__)

    @pages.get("/health", endpoint="ready")
    @pages.get("/health/ready", endpoint="ready")
    @pages.get("/health/live", endpoint="live")
    def health() -> Response:
        context.pool.mend()
        stopping = context.stopping.is_set() and not request.path.endswith("/live")
        fine = context.pool.alive > 0 and not stopping
        response = jsonify({"status": "ok" if fine else "stopping" if stopping else "unavailable"})
        response.status_code = 200 if fine else 503
        response.headers["Cache-Control"] = "no-store"
        return response

    return pages
