"""A request of the SPARQL 1.1 Protocol -> what it asks for (https://www.w3.org/TR/sparql11-protocol/, section 2).

Three ways of sending: parameters of a GET (queries only), a form in a POST, or the text itself in a POST.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from flask import Response, request
from werkzeug.datastructures import MultiDict

from kg.query.results import GraphChoice
from kg.serve.problems import problem

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
_DIRECT = {"query": DIRECT, "update": "application/sparql-update"}
_OTHER = {"query": "update", "update": "query"}
_GRAPHS = {
    "query": ("default-graph-uri", "named-graph-uri"),
    "update": ("using-graph-uri", "using-named-graph-uri"),
}
_CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii")
_ELSEWHERE = {
    "query": "found an update, expected a query: this address answers queries, updates go to /update",
    "update": "found a query, expected an update: this address takes updates, queries go to /sparql",
}

Kind = Literal["query", "update"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks: a query or update (None: nothing yet) on a dataset (None: the store's own)."""

    text: str | None
    graphs: GraphChoice | None


def read_request(kind: Kind) -> Asked | Response:
    """What the request at hand asks, or the problem with it: 400 or 415."""
    given = parameters_of(request.query_string)
    if given is None:
        return problem(400, "encoding", "the parameters are not UTF-8 text")
    if request.method != "POST":
        return _from_parameters(kind, given)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        return problem(415, "content-encoding", "found a compressed body, expected one that is not")
    charset = request.mimetype_params.get("charset", "utf-8").strip('"')
    if charset.lower() not in _CHARSETS:
        return problem(415, "charset", f"found charset {charset}, expected utf-8")
    if request.mimetype == FORM:
        fields = parameters_of(request.get_data(cache=True))
        if fields is None:
            return problem(400, "encoding", "the form is not UTF-8 text")
        given.update(fields)
        found = _from_parameters(kind, given)
    elif request.mimetype == _DIRECT[kind]:
        if kind in given:
            return problem(400, "parameters", f"found the parameter {kind} beside one in the body")
        found = _from_parameters(kind, given)
        body = _text_of(request.get_data())
        if body is None:
            return problem(400, "encoding", f"the {kind} is not UTF-8 text")
        if isinstance(found, Asked):
            found = Asked(body, found.graphs)
    elif request.mimetype == _DIRECT[_OTHER[kind]]:
        return problem(400, "wrong-address", _ELSEWHERE[kind])
    else:
        sent = request.mimetype or "none"
        return problem(415, "media-type", f"found Content-Type {sent}, expected {FORM} or {_DIRECT[kind]}")
    if isinstance(found, Asked) and found.text is None:
        return problem(400, f"no-{kind}", f"found no parameter {kind}")
    return found


def parameters_of(text: bytes) -> MultiDict[str, str] | None:
    """The parameters of a query string or of a form; None where they are not UTF-8.

    >>> parameters_of(b"query=ASK+%7B%7D&query=%C3%A9"), parameters_of(b"query=%E9")
    (MultiDict([('query', 'ASK {}'), ('query', 'é')]), None)
    """
    try:
        return MultiDict(parse_qsl(text.decode("utf-8"), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        return None


def _from_parameters(kind: Kind, parameters: MultiDict[str, str]) -> Asked | Response:
    texts = parameters.getlist(kind)
    if _OTHER[kind] in parameters:
        return problem(400, "wrong-address", _ELSEWHERE[kind])
    if len(texts) > 1:
        return problem(400, "parameters", f"found the parameter {kind} {len(texts)} times, expected it once")
    default, named = _GRAPHS[kind]
    choice = GraphChoice(tuple(parameters.getlist(default)), tuple(parameters.getlist(named)))
    return Asked(texts[0] if texts else None, choice or None)


def _text_of(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None
