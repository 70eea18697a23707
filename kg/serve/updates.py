"""``/update`` and ``/data`` on a built store: all graphs are read, those that are people's own are written.

Tokens with the scope ``write`` write; what builds make, and the merged default graph, are read-only for everybody.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, jsonify, request

from kg.serve import graph_store
from kg.serve.answers import client_gone
from kg.serve.audit import came_to
from kg.serve.context import Context
from kg.serve.jobs import Dump, GraphTag, Update, WriteJob, job_as_json
from kg.serve.problems import problem
from kg.serve.sparql_request import read_request
from kg.serve.worker_process import graph_name
from kg.serve.workers import Answer
from kg.serve.writing import Refused
from kg.store.written import LastWrites, tag_of

JOB: Final = "kg.serve.write_job"
_ACTIONS: Final = {"PUT": "graph.replace", "POST": "graph.add", "DELETE": "graph.remove"}


class BuiltGraphs:
    """The graphs of a built store: read by the workers, written by a process of their own."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._writes = LastWrites(context.location)
        self._memory = context.settings.integer("worker_memory") << 20

    def dump(self, job: Dump) -> Answer:
        return self._context.pool.ask(job, gone=client_gone())

    def tag(self, job: GraphTag) -> dict[str, Any]:
        name = graph_name(job.graph)
        with self._context.snapshot() as store:
            there = job.graph is None or store.graph.contains_named_graph(name)
            return {"there": there, "tag": tag_of(self._writes, store.manifest, job.graph)}

    def write(self, job: WriteJob) -> dict[str, Any]:
        """What a write came to. Raises what it raises in its process."""
        try:
            told = self._context.writing.run(JOB, job_as_json(job, self._memory))
        except Refused as refused:
            raise refused.error from None
        came_to(version=told["version"], graphs=told["graphs"], added=told["added"], removed=told["removed"])
        return told


def blueprints(context: Context) -> tuple[Blueprint, Blueprint]:
    """The routes ``/update``, and ``/data`` with those below it."""
    graphs, writing = BuiltGraphs(context), context.writing
    pages = Blueprint("updates", __name__)

    # GET, too: else it would ask for the page of a thing that is called update.
    @pages.route("/update", methods=["GET", "POST", "OPTIONS"])
    def update() -> Response:
        if request.method != "POST":
            refused = problem(405, "method-not-allowed", "updates are sent by POST, with a token")
            answer = Response() if request.method == "OPTIONS" else refused
            answer.headers["Allow"] = "POST, OPTIONS"
            return answer
        token = writing.admit("write", "update", writing.body("write"))
        if isinstance(token, Response):
            return token
        asked = read_request("update")
        if isinstance(asked, Response):
            return asked
        assert asked.text is not None
        by = token.label or f"token {token.id}"
        told = graphs.write(Update(asked.text, request.base_url, asked.graphs, by=by))
        response = jsonify({name: told[name] for name in ("version", "graphs", "added", "removed")})
        response.headers["Cache-Control"] = "no-store"
        return response

    def may_write() -> Response | str:
        about = request.args.get("graph") or ("default" if "default" in request.args else request.path)
        token = writing.admit("write", _ACTIONS[request.method], writing.body("write"), graph=about[:1000])
        return token if isinstance(token, Response) else token.label or f"token {token.id}"

    return pages, graph_store.blueprint(graphs, may_write)
