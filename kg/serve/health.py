"""``/health``: does the process live, and can it answer?"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from kg.errors import PapertriplesError
from kg.serve.context import Context
from kg.store import readable_version


def blueprint(context: Context) -> Blueprint:
    """The routes ``/health``, ``/health/live``, ``/health/ready``."""
    pages = Blueprint("health", __name__)

    @pages.get("/health/live")
    def live() -> Response:
        return _answered({"status": "ok"}, 200)

    @pages.get("/health")
    @pages.get("/health/ready")
    def ready() -> Response:
        """200 where the store can be read and a worker runs; 503 else. Busy workers are no reason to be unready."""
        context.pool.mend()
        alive = context.pool.alive
        try:
            version: int | None = readable_version(context.place)
        except PapertriplesError:
            version = None
        fine = alive > 0 and version is not None and not context.stopping.is_set()
        told: dict[str, object] = {
            "status": "ok" if fine else "stopping" if context.stopping.is_set() else "unavailable",
            "store_version": version,
            "workers": {"alive": alive, "wanted": context.pool.size},
        }
        return _answered(told, 200 if fine else 503)

    return pages


def _answered(told: dict[str, object], status: int) -> Response:
    response = jsonify(told)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
