"""An address whose thing is no more -> 301 to its heir, or a 404 that lists what may be meant.

Names become one concept and records one paper as more papers come, or by curation: their addresses then lead to what
they are now (kg/store/heirs.py). Nothing is guessed: several heirs, or a namesake of another kind, are listed only.
"""

from __future__ import annotations

from flask import Response, request

from kg.serve.entity_formats import is_iri
from kg.serve.entity_lookup import Lookup
from kg.serve.pages_links import CONCEPT_KINDS, KINDS, Links
from kg.serve.problems import problem
from kg.store import EmbeddedStore, SearchHit

# Whether a correction that counts gave a concept another type.
_RETYPED = """
SELECT ?entry WHERE {
  ?entry a prov:Activity ; dcterms:type "retype" ; prov:used $about .
  FILTER NOT EXISTS { ?entry owl:deprecated true }
} LIMIT 1
"""


MOST_LIKE = 5
_NAMED = (*CONCEPT_KINDS, "paper", "repository", "venue")


def moved_or_missing(
    store: EmbeddedStore, lookup: Lookup, links: Links, path: str, suffix: str, detail: str
) -> Response:
    """The answer for the ``path`` of an entity that is not in the graph; ``suffix`` is that of the format asked for.

    The redirect keeps suffix and query. It may be asked for again at each use: a name may be parted from others.
    """
    iri = links.iri(path)
    hits = store.heirs(iri) if is_iri(iri) else []
    if not hits:
        hits = _namesakes(store, links, path)
        if len(hits) == 1 and not lookup.select(_RETYPED, about=hits[0].iri):
            return _missing(detail, hits, links)
    heir = links.href(hits[0].iri) if len(hits) == 1 else None
    if heir is None:
        return _missing(detail, hits or _like(store, path), links)
    return redirect_to(heir + suffix)


def heir_path(store: EmbeddedStore, links: Links, path: str) -> str | None:
    """The path of what an entity is now, or None where nothing, or not one thing, is it or its heir."""
    iri = links.iri(path)
    hits = store.heirs(iri) if is_iri(iri) else []
    own = [hit for hit in hits if hit.iri == iri]
    found = own or hits
    return found[0].iri.removeprefix(links.base_iri) if len(found) == 1 else None


def redirect_to(address: str) -> Response:
    """301 to an address of ours, with the query of the request."""
    query = request.query_string.decode("ascii", "replace")
    response = Response(status=301)
    response.location = f"{address}?{query}" if query else address
    response.headers["Cache-Control"] = "no-cache"
    return response


def _namesakes(store: EmbeddedStore, links: Links, path: str) -> list[SearchHit]:
    kind, _, segment = path.partition("/")
    if kind not in CONCEPT_KINDS:
        return []
    iris = [links.iri(f"{other}/{segment}") for other in CONCEPT_KINDS if other != kind]
    return store.heirs(*filter(is_iri, iris))


def _like(store: EmbeddedStore, path: str) -> list[SearchHit]:
    """Things of the same kind with a name like the address, for a person to choose from."""
    kind, _, slug = path.partition("/")
    words = slug.partition("--")[0].replace("-", " ")  # without the digest
    return store.search_like(words, [KINDS[kind][0]], MOST_LIKE) if kind in _NAMED else []


def _missing(detail: str, hits: list[SearchHit], links: Links) -> Response:
    if not hits:
        return problem(404, "not-found", detail)
    candidates = [
        {"iri": hit.iri, "label": hit.label, "type": hit.type, "url": links.href(hit.iri)} for hit in hits[:20]
    ]
    return problem(404, "not-found", detail, candidates=candidates)
