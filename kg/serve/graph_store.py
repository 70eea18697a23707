"""``/data``: the SPARQL 1.1 Graph Store HTTP Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/).

A graph is named by ``?graph=IRI`` or ``?default``, or by the address itself (``/data/anything``). ``/data`` alone is
the whole dataset for reading, and the place to POST a graph that gets a name there.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Blueprint, Response, request
from werkzeug.datastructures import ETags
from werkzeug.http import parse_options_header

from kg.query.formats import FORMATS, Format, formats_for
from kg.serve.answers import stream_answer
from kg.serve.documents import READ
from kg.serve.jobs import Dump, GraphTag, WriteGraph
from kg.serve.negotiation import choose
from kg.serve.problems import problem
from kg.serve.sparql_request import parameters_of
from kg.serve.workers import Answer

_MULTIPART = "multipart/form-data"
METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE"]


class GraphStore(Protocol):
    """Where the graphs are."""

    def dump(self, job: Dump) -> Answer:
        """The triples of a graph; raises GraphMissing."""

    def tag(self, job: GraphTag) -> dict[str, Any]:
        """``there`` and ``tag``: is there such a graph, and a name of its state."""

    def write(self, job: WriteGraph) -> dict[str, Any]:
        """``created``, ``triples``, ``tag``; raises GraphMissing, GraphChanged, UnreadableGraph, QueryRefused."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which graph a request is about (None: the default graph), or the place of all of them."""

    graph: str | None
    everything: bool = False


def blueprint(store: GraphStore, may_write: Callable[[], Response | str]) -> Blueprint:
    """The routes ``/data`` and ``/data/...``; ``may_write`` gives who writes, or the answer that refuses it."""
    pages = Blueprint("graph_store", __name__)

    @pages.route("/data", methods=METHODS)
    @pages.route("/data/<path:name>", methods=METHODS)
    def data(name: str = "") -> Response:
        chosen = _chosen()
        if isinstance(chosen, Response):
            return chosen
        if request.method in ("GET", "HEAD"):
            return _read(store, chosen)
        by = may_write()
        if isinstance(by, Response):
            return by
        return _write(store, chosen, by)

    return pages


def _chosen() -> _Chosen | Response:
    given = parameters_of(request.query_string)
    if given is None:
        return problem(400, "encoding", "the parameters are not UTF-8 text")
    graphs = given.getlist("graph")
    if len(graphs) > 1 or (graphs and "default" in given):
        return problem(400, "parameters", "found several graphs, expected ?graph=IRI or ?default, once")
    if graphs:
        return _Chosen(graphs[0]) if graphs[0] else problem(400, "parameters", "found ?graph= without an IRI")
    if "default" in given:
        return _Chosen(None)
    if request.path.rstrip("/") == "/data":
        return _Chosen(None, everything=True)
    return _Chosen(request.base_url)


def _read(store: GraphStore, chosen: _Chosen) -> Response:
    if chosen.everything:
        offered = {FORMATS[name].media_type: FORMATS[name] for name in ("nq", "trig")}
    else:
        offered = {media: form for form in reversed(formats_for("graph")) for media in reversed(form.media_types)}
        offered = dict(reversed(offered.items()))
    found = choose(request.headers.get("Accept"), list(offered))
    if found is None:
        return problem(
            406,
            "not-acceptable",
            f"none of the media types in Accept is on offer; there are {', '.join(offered)}",
            offered=list(offered),
        )
    form = offered[found]
    state = store.tag(GraphTag(chosen.graph))
    if not state["there"] and not chosen.everything:
        return problem(404, "no-such-graph", f"the store has no graph <{chosen.graph}>")
    tag = None if chosen.everything else _tag_of(state["tag"], form)
    if tag is not None and request.if_none_match.contains_weak(tag):
        return _tagged(Response(status=304), tag)
    if request.method == "HEAD":
        return _tagged(Response(content_type=found), tag)
    asked = store.dump(Dump(chosen.graph, form.name, chosen.everything))
    return _tagged(stream_answer(asked, found), tag)


def _write(store: GraphStore, chosen: _Chosen, by: str) -> Response:
    graph = chosen.graph
    if chosen.everything:
        if request.method != "POST":
            response = problem(405, "no-graph", "name a graph: ?graph=IRI, ?default, or an address below /data/")
            response.headers["Allow"] = "GET, HEAD, POST, OPTIONS"
            return response
        graph = f"{request.base_url.rstrip('/')}/{uuid.uuid4()}"
    parts: tuple[tuple[bytes, str], ...] = ()
    if request.method != "DELETE":
        if "Content-Range" in request.headers:
            return problem(400, "content-range", "found Content-Range, expected a whole graph")
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            return problem(415, "content-encoding", "found a compressed body, expected one that is not")
        read = _parts()
        if isinstance(read, Response):
            return read
        parts = read
    told = store.write(
        WriteGraph(
            graph,
            {"PUT": "replace", "POST": "add", "DELETE": "remove"}[request.method],  # type: ignore[arg-type]
            parts,
            _states(request.if_match),
            _states(request.if_none_match),
            by,
            graph or request.base_url,
        )
    )
    if told["created"] and request.method != "DELETE":
        response = Response(status=201)
        response.headers["Location"] = graph if graph is not None and chosen.everything else request.url
    else:
        response = Response(status=200 if request.method == "DELETE" or (parts and told["triples"]) else 204)
        if request.method == "PUT":
            response = Response(status=204)
    if request.method == "DELETE":
        return response
    return _tagged(response, told["tag"])


def _parts() -> tuple[tuple[bytes, str], ...] | Response:
    """The documents in the request's body, each with its media type."""
    if request.method == "POST" and request.mimetype == _MULTIPART:
        files = [one for group in request.files.listvalues() for one in group]
        if not files:
            return problem(400, "multipart", f"found {_MULTIPART} without files")
        return tuple((one.read(), parse_options_header(one.content_type or "")[0]) for one in files)
    if request.mimetype not in READ:
        sent = request.mimetype or "none"
        return problem(415, "media-type", f"found Content-Type {sent}, expected one of {', '.join(READ)}")
    return ((request.get_data(), request.mimetype),)


def _tag_of(state: str, form: Format) -> str:
    return f"{state}-{form.name}"


def _states(tags: ETags) -> tuple[str, ...]:
    """The states of the graph that entity tags stand for, whatever the format that they were sent with."""
    if tags.star_tag:
        return ("*",)
    return tuple(tag.partition("-")[0] for tag in tags.as_set(include_weak=False))


def _tagged(response: Response, tag: str | None) -> Response:
    if tag is not None:
        response.set_etag(tag)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    return response
