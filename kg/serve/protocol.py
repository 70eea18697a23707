"""``/sparql``: the SPARQL 1.1 Protocol's query operation (https://www.w3.org/TR/sparql11-protocol/#query-operation)."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, request

from kg.query.formats import FORMATS, formats_for
from kg.query.policy import query_kind
from kg.serve.answers import HTML, answer_query, choose_format
from kg.serve.context import Context
from kg.serve.negotiation import choose
from kg.serve.problems import problem
from kg.serve.query_page import query_page
from kg.serve.service_description import service_description
from kg.serve.sparql_request import DIRECT, FORM, read_request

__all__ = ["DIRECT", "FORM", "blueprint"]


def blueprint(context: Context) -> Blueprint:
    """The route ``/sparql``."""
    endpoint = Blueprint("sparql", __name__)

    @endpoint.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        asked = read_request("query")
        if isinstance(asked, Response):
            return asked
        if asked.text is None:
            return _without_query(context)
        chosen = choose_format(query_kind(asked.text), html=request.method != "POST" or request.mimetype == FORM)
        if isinstance(chosen, Response):
            return chosen
        form, media_type = chosen
        if form is None:
            return query_page(context, asked)
        return answer_query(context, asked.text, form, media_type, asked.graphs)

    return endpoint


def _without_query(context: Context) -> Response:
    """The query page for people, the Service Description for machines."""
    graphs = formats_for("graph")
    names = [HTML, *(one.media_type for one in graphs)]
    accept = request.headers.get("Accept")
    chosen = choose(accept, names)
    if chosen is None:
        return problem(400, "no-query", "found no parameter query")
    if chosen == HTML and "html" in (accept or ""):
        return query_page(context)
    form = next((one for one in graphs if one.media_type == chosen), FORMATS["ttl"])
    with context.snapshot() as store:
        writable, federated = isinstance(context.place, Path), context.fetcher is not None
        body = service_description(store, request.url_root, form, writable=writable, federated=federated)
    response = Response(body, content_type=f"{form.media_type}; charset=utf-8")
    response.headers.add("Link", f'<{request.url_root}void>; rel="describedby"')
    response.vary.add("Accept")
    return response
