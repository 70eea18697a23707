"""``/metrics``: figures in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder

from kg import __version__
from kg.errors import PapertriplesError
from kg.serve.limits import Gate
from kg.serve.watching import Record, Watch
from kg.store import current_version

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
REJECTIONS = ("too-many-queries", "all-workers-busy", "query-refused")


class Workers(Protocol):
    """A pool of workers, as figures need it."""

    @property
    def alive(self) -> int: ...

    @property
    def confined(self) -> bool | None: ...


class Watched(Protocol):
    """Whoever serves: a Context, or that of a plain dataset."""

    @property
    def pool(self) -> Workers: ...

    @property
    def gate(self) -> Gate: ...

    @property
    def watch(self) -> Watch: ...


class Figures:
    """The figures of one server, fed with records."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        registry = self.registry
        self._requests = Counter(
            "papertriples_requests", "Requests answered.", ("route", "method", "status"), registry=registry
        )
        self._seconds = Histogram(
            "papertriples_request_seconds",
            "Seconds from a request to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._bytes = Counter("papertriples_answer_bytes", "Bytes of answers.", ("route",), registry=registry)
        self._rows = Counter("papertriples_rows", "Rows and triples of answers.", registry=registry)
        self._timeouts = Counter(
            "papertriples_timeouts", "Queries that were ended at their deadline.", registry=registry
        )
        self._broken = Counter(
            "papertriples_broken_answers", "Answers that were begun and not finished.", registry=registry
        )
        self._rejections = Counter(
            "papertriples_rejections", "Queries that were not let through.", ("reason",), registry=registry
        )
        for reason in REJECTIONS:
            self._rejections.labels(reason)
        info = Gauge("papertriples_build_info", "The version of papertriples.", ("version",), registry=registry)
        info.labels(__version__).set(1)

    def __call__(self, record: Record) -> None:
        route = record.route or "none"
        method = record.method if record.method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS") else "other"
        self._requests.labels(route, method, str(record.status)).inc()
        self._seconds.labels(route).observe(record.seconds)
        self._bytes.labels(route).inc(record.bytes)
        self._rows.inc(record.rows or 0)
        if record.code == "query-timeout":
            self._timeouts.inc()
        if record.broken:
            self._broken.inc()
        if record.code in REJECTIONS:
            self._rejections.labels(record.code).inc()

    def watch(self, context: Watched, version: Callable[[], float] | None = None) -> None:
        """Show what a context knows at the moment that figures are asked for."""
        if version is not None:
            about = "The version of the store that is served."
            Gauge("papertriples_store_version", about, registry=self.registry).set_function(version)
        for name, about, function in (
            ("papertriples_workers", "Processes that answer queries.", lambda: context.pool.alive),
            ("papertriples_queries_running", "Queries that are being answered.", lambda: context.gate.running),
            ("papertriples_queries_waiting", "Queries that wait for a worker.", lambda: context.gate.waiting),
            ("papertriples_requests_in_flight", "Requests that are being answered.", lambda: context.watch.in_flight),
        ):
            Gauge(name, about, registry=self.registry).set_function(function)
        if context.pool.confined is not None:
            about = "1 where the kernel keeps queries from the network, 0 where only the policy on their texts does."
            confined = Gauge("papertriples_confined", about, registry=self.registry)
            confined.set_function(lambda: float(context.pool.confined is not False))


def blueprint(figures: Figures) -> Blueprint:
    """The route ``/metrics``."""
    pages = Blueprint("metrics", __name__)

    @pages.get("/metrics")
    def metrics() -> Response:
        encode, media_type = choose_encoder(request.headers.get("Accept", ""))
        response = Response(encode(figures.registry), content_type=media_type)
        response.headers["Cache-Control"] = "no-store"
        return response

    return pages


def version_of(place: Path | str) -> float:
    """The current version of a store, not a number where nobody can tell."""
    try:
        return current_version(place)
    except PapertriplesError:
        return float("nan")
