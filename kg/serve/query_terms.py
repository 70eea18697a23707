"""``/sparql/terms``: the prefixes, classes, properties and graphs of this store, for the editor's completion."""

from __future__ import annotations

import json
import threading
from typing import Any, Final

from flask import Blueprint, Response, jsonify

from kg.errors import PapertriplesError
from kg.graph.vocabulary import PREFIXES, compress
from kg.serve.context import Context
from kg.serve.pages_context import reading
from kg.serve.worker_process import PREVIEW, Job

_MOST: Final = 2000
_USED: Final = f"""
SELECT ?term ?kind ?uses WHERE {{
  {{ SELECT ?term (COUNT(*) AS ?uses) ("property" AS ?kind) WHERE {{ ?subject ?term ?object }} GROUP BY ?term }}
  UNION
  {{ SELECT ?term (COUNT(*) AS ?uses) ("class" AS ?kind) WHERE {{ ?subject a ?term }} GROUP BY ?term }}
}} ORDER BY DESC(?uses) ?term LIMIT {_MOST}
"""
_DESCRIBED: Final = """
SELECT ?term ?name ?text WHERE {
  VALUES ?term { $terms }
  OPTIONAL { ?term rdfs:label ?name }
  OPTIONAL { ?term skos:definition ?text }
}
"""
# What the ontology has and nobody has used yet: all that is known where the uses cannot be counted in time.
_DECLARED: Final = """
SELECT DISTINCT ?term ?kind WHERE {
  { VALUES (?type ?kind) { (owl:Class "class") (owl:ObjectProperty "property") (owl:DatatypeProperty "property") }
    ?term a ?type FILTER(isIRI(?term)) }
} ORDER BY ?term LIMIT 2000
"""


class Terms:
    """The terms of the version that is served, found out once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._turn = threading.Lock()
        self._known: tuple[int, dict[str, Any]] | None = None

    def current(self) -> dict[str, Any]:
        """``{"prefixes": {...}, "terms": [{"name", "iri", "kind", "label", "about", "uses"}]}``, most used first."""
        with self._turn, reading(self._context) as (store, lookup, _):
            if self._known is None or self._known[0] != store.version:
                kinds, uses = self._used()
                for row in lookup.select(_DECLARED):
                    kinds.setdefault(row["term"], row["kind"])
                described = lookup.select(_DESCRIBED, terms=sorted(kinds)) if kinds else []
                about = {row["term"]: row for row in reversed(described)}
                terms = [
                    {
                        "name": compress(iri),
                        "iri": iri,
                        "kind": kind,
                        "label": about.get(iri, {}).get("name", ""),
                        "about": about.get(iri, {}).get("text", ""),
                        "uses": uses.get(iri, 0),
                    }
                    for iri, kind in kinds.items()
                ]
                self._known = store.version, {"prefixes": PREFIXES, "terms": terms}
            return self._known[1]

    def _used(self) -> tuple[dict[str, str], dict[str, int]]:
        """The kinds of all terms that the graph uses and how often; nothing where that takes too long."""
        try:
            asked = self._context.pool.ask(Job(_USED, PREVIEW, None, _MOST))
            try:
                rows = json.loads(asked.read())["rows"]
            finally:
                asked.close()
        except PapertriplesError:
            return {}, {}
        found = [(term["value"], kind["value"], int(uses["value"])) for term, kind, uses in rows]
        return {iri: kind for iri, kind, _ in found}, {iri: uses for iri, _, uses in found}


def blueprint(context: Context) -> Blueprint:
    """The route ``/sparql/terms``."""
    pages = Blueprint("query_terms", __name__)
    terms = Terms(context)

    @pages.get("/sparql/terms")
    def known() -> Response:
        return jsonify(terms.current())

    return pages
