"""``/graph?node=IRI``: what a thing is related to, as a drawing that grows, as a table, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, abort, jsonify, render_template, request

from kg.graph.vocabulary import compress
from kg.serve.entity_claims import PHRASES, phrase
from kg.serve.entity_formats import is_iri
from kg.serve.entity_lookup import Lookup, Row
from kg.serve.negotiation import choose
from kg.serve.pages_context import PageContext, reading
from kg.serve.pages_links import Links, Thing

MOST_DRAWN: Final = 6  # neighbours of one relation that a drawing has
MOST_LISTED: Final = 100  # and a table
_MOST_LINKS: Final = 3000  # that are looked at
_LARGER: Final = "pt:mentions"  # said of whatever a paper says something more special of, too
# Relations that the sentences of papers do not make, from both ends.
_OTHERS: Final[dict[str, tuple[str, str]]] = {
    "dcterms:creator": ("written by", "wrote"),
    "pt:venue": ("published in", "published"),
    "cito:cites": ("cites", "cited by"),
    "pt:method": ("result of the method", "method of the result"),
    "pt:task": ("result on the task", "task of the result"),
    "pt:dataset": ("result on the dataset", "dataset of the result"),
    "pt:metric": ("result in the metric", "metric of the result"),
}
_SYMMETRIC: Final = frozenset({"pt:comparedWith", "pt:sameNameAs"})
_LINKS: Final = f"""
SELECT ?property ?other ?backwards WHERE {{
  VALUES ?property {{ {" ".join((*PHRASES, *_OTHERS))} }}
  {{ $about ?property ?other BIND("" AS ?backwards) }}
  UNION
  {{ ?other ?property $about BIND("yes" AS ?backwards) }}
  FILTER(isIRI(?other))
}} LIMIT {_MOST_LINKS}
"""


@dataclass(frozen=True, slots=True)
class Relation:
    """The things at the other end of one relation; ``key`` names it in addresses, ``more`` are left out."""

    key: str
    name: str
    backwards: bool
    things: tuple[Thing, ...]
    more: int

    @property
    def count(self) -> int:
        return len(self.things) + self.more


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A thing and its relations; ``cut``: it has more of them than were looked at."""

    node: Thing
    relations: tuple[Relation, ...]
    cut: bool


def neighbourhood(lookup: Lookup, links: Links, iri: str, most: int) -> Neighbourhood | None:
    """What is related to a thing, at most ``most`` of each relation; None where the graph does not name it.

    Two queries, whatever their number.
    """
    rows = lookup.select(_LINKS, about=iri)
    grouped = _grouped(rows, iri)
    labels = lookup.labels([iri, *(other for others in grouped.values() for other in others)])
    if not rows and iri not in labels:
        return None
    relations = []
    for (prop, backwards), others in grouped.items():
        things = sorted(
            (links.thing(other, labels.get(other)) for other in others),
            key=lambda one: (one.iri not in labels, one.label.casefold(), one.iri),
        )
        name = _OTHERS[prop][backwards] if prop in _OTHERS else phrase(prop, backwards)
        key = f"{prop}{'-' if backwards else ''}"
        relations.append(Relation(key, name, backwards, tuple(things[:most]), len(things[most:])))
    relations.sort(key=lambda one: (one.backwards, one.name))
    return Neighbourhood(links.thing(iri, labels.get(iri)), tuple(relations), len(rows) == _MOST_LINKS)


def _grouped(rows: Sequence[Row], iri: str) -> dict[tuple[str, bool], set[str]]:
    """The others by relation and direction; what is said in a more special way is not said twice."""
    grouped: dict[tuple[str, bool], set[str]] = {}
    for row in rows:
        if row["other"] != iri:
            compact = compress(row["property"])
            backwards = bool(row["backwards"]) and compact not in _SYMMETRIC
            grouped.setdefault((compact, backwards), set()).add(row["other"])
    for backwards in (False, True):
        special = {
            other for (prop, back), found in grouped.items() if back == backwards and prop != _LARGER for other in found
        }
        left = grouped.pop((_LARGER, backwards), set()) - special
        if left:
            grouped[_LARGER, backwards] = left
    return grouped


def blueprint(context: PageContext) -> Blueprint:
    """The route ``/graph``."""
    pages = Blueprint("neighbourhood", __name__)

    @pages.get("/graph")
    def graph() -> Response:
        iri = request.args.get("node", "")
        wanted = request.args.getlist("relation")
        as_json = _wants_json()
        if not is_iri(iri):
            said = f"found {iri!r}, expected an IRI" if iri else "found none; search for a thing, its page leads here"
            abort(400, description=f"parameter node: {said}.")
        with reading(context) as (_, lookup, links):
            found = neighbourhood(lookup, links, iri, MOST_DRAWN if as_json else MOST_LISTED)
        if found is None:
            abort(404, description=f"The graph holds nothing under <{iri}>.")
        shown = [one for one in found.relations if not wanted or one.key in wanted]
        if as_json:
            response = jsonify(_as_json(found, shown))
        else:
            page = render_template("graph.html", view=found, shown=shown, wanted=wanted)
            response = Response(page, content_type="text/html; charset=utf-8")
        response.vary.add("Accept")
        return response

    return pages


def _wants_json() -> bool:
    named = request.args.get("format")
    if named is None:
        return choose(request.headers.get("Accept"), ["text/html", "application/json"]) == "application/json"
    if named not in ("html", "json"):
        abort(406, description=f"Found ?format={named}; this address is served as html or json.")
    return named == "json"


def _as_json(found: Neighbourhood, shown: Sequence[Relation]) -> dict[str, Any]:
    return {
        "node": _thing(found.node),
        "relations": [
            {
                "key": one.key,
                "name": one.name,
                "backwards": one.backwards,
                "count": one.count,
                "nodes": [_thing(thing) for thing in one.things],
            }
            for one in shown
        ],
        "cut": found.cut,
    }


def _thing(thing: Thing) -> dict[str, str | None]:
    return {"iri": thing.iri, "label": thing.label, "kind": thing.kind, "url": thing.href}
