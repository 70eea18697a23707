"""``/sparql``: the SPARQL 1.1 Protocol's query operation (https://www.w3.org/TR/sparql11-protocol/#query-operation)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from werkzeug.datastructures import MultiDict

from kg.errors import PapertriplesError
from kg.query.formats import FORMATS, formats_for
from kg.query.policy import query_kind
from kg.query.results import GraphChoice
from kg.serve.answers import HTML, answer_query, choose_format, preview_query
from kg.serve.context import Context
from kg.serve.negotiation import choose
from kg.serve.problems import ProblemDetails, details_of, problem
from kg.serve.result_table import ResultTable
from kg.serve.service_description import service_description

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
EXAMPLE = """PREFIX pt: <https://w3id.org/papertriples/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?task (COUNT(DISTINCT ?paper) AS ?papers)
WHERE {
  ?paper pt:addresses ?concept .
  ?concept rdfs:label ?task .
}
GROUP BY ?task
ORDER BY DESC(?papers)
LIMIT 20"""
_CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii")


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """What a request asks: a query (None: nothing yet) on a dataset (None: the store's own)."""

    text: str | None
    graphs: GraphChoice | None


def blueprint(context: Context) -> Blueprint:
    """The route ``/sparql``."""
    endpoint = Blueprint("sparql", __name__)

    @endpoint.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        asked = _read_request()
        if isinstance(asked, Response):
            return asked
        if asked.text is None:
            return _without_query(context)
        chosen = choose_format(query_kind(asked.text), html=request.method != "POST" or request.mimetype == FORM)
        if isinstance(chosen, Response):
            return chosen
        form, media_type = chosen
        if form is None:
            return _results_page(context, asked)
        return answer_query(context, asked.text, form, media_type, asked.graphs)

    return endpoint


def _read_request() -> QueryRequest | Response:
    if request.method != "POST":
        return _from_parameters(request.args)
    if request.mimetype_params.get("charset", "utf-8").lower() not in _CHARSETS:
        return problem(415, "charset", f"found charset {request.mimetype_params['charset']}, expected utf-8")
    if request.mimetype == FORM:
        both: MultiDict[str, str] = MultiDict(request.args)
        both.update(_form_of(request.get_data(cache=True)))
        found = _from_parameters(both)
    elif request.mimetype == DIRECT:
        if "query" in request.args:
            return problem(400, "parameters", "found the parameter query beside a query in the body")
        body = _text_of(request.get_data())
        found = _from_parameters(request.args)
        if isinstance(found, QueryRequest) and body is not None:
            found = QueryRequest(body, found.graphs)
        elif body is None:
            return problem(400, "encoding", "the query is not UTF-8 text")
    elif request.mimetype == UPDATE:
        return problem(403, "update", "updates are not accepted here: this address answers queries")
    else:
        sent = request.mimetype or "none"
        return problem(415, "media-type", f"found Content-Type {sent}, expected {FORM} or {DIRECT}")
    if isinstance(found, QueryRequest) and found.text is None:
        return problem(400, "no-query", "found no parameter query")
    return found


def _form_of(body: bytes) -> MultiDict[str, str]:
    from urllib.parse import parse_qsl

    return MultiDict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace"))


def _from_parameters(parameters: MultiDict[str, str]) -> QueryRequest | Response:
    texts = parameters.getlist("query")
    if "update" in parameters:
        return problem(403, "update", "updates are not accepted here: this address answers queries")
    if len(texts) > 1:
        return problem(400, "parameters", f"found the parameter query {len(texts)} times, expected it once")
    if texts and "\ufffd" in texts[0]:
        # Bytes that are not UTF-8 were replaced on the way here; the character itself is no part of any query.
        return problem(400, "encoding", "the query is not UTF-8 text")
    choice = GraphChoice(tuple(parameters.getlist("default-graph-uri")), tuple(parameters.getlist("named-graph-uri")))
    return QueryRequest(texts[0] if texts else None, choice or None)


def _text_of(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _without_query(context: Context) -> Response:
    """The query page for people, the Service Description for machines."""
    graphs = formats_for("graph")
    names = [HTML, *(one.media_type for one in graphs)]
    accept = request.headers.get("Accept")
    chosen = choose(accept, names)
    if chosen is None:
        return problem(400, "no-query", "found no parameter query")
    if chosen == HTML and "html" in (accept or ""):
        return _page("")
    form = next((one for one in graphs if one.media_type == chosen), FORMATS["ttl"])
    with context.snapshot() as store:
        body = service_description(store, request.base_url, form)
    response = Response(body, content_type=f"{form.media_type}; charset=utf-8")
    response.vary.add("Accept")
    return response


def _results_page(context: Context, asked: QueryRequest) -> Response:
    assert asked.text is not None
    result, failed = None, None
    try:
        result = preview_query(context, asked.text, asked.graphs)
    except PapertriplesError as error:
        failed = details_of(error)
    return _page(asked.text, result, failed)


def _page(query: str, result: ResultTable | None = None, failed: ProblemDetails | None = None) -> Response:
    page = render_template(
        "sparql.html", query=query, kind=query_kind(query), result=result, problem=failed, example=EXAMPLE
    )
    response = Response(page, 200 if failed is None else failed.status, mimetype=HTML)
    response.vary.add("Accept")
    return response
