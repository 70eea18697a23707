"""``/sitemap.xml``, ``/robots.txt``, ``/opensearch.xml``: what crawlers and browsers ask of a site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, request

from kg.serve.pages_context import PageContext, reading
from kg.serve.pages_links import Links

ON_A_PAGE: Final = 50_000  # addresses, by the protocol of sitemaps.org
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_OWN: Final = ("", "paper", "trending", "task", "method", "dataset", "metric", "leaderboard", "recipes", "ontology")
# Addresses without end, or that cost: what they lead to is in the sitemap.
_ROBOTS: Final = """User-agent: *
Disallow: {root}/sparql
Disallow: {root}/search
Disallow: {root}/update
Disallow: {root}/data
Disallow: {root}/reconcile
Allow: /

Sitemap: {site}sitemap.xml
"""
_OPENSEARCH: Final = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>papertriples</ShortName>
<Description>Papers, tasks, methods, datasets, metrics, repositories, people</Description>
<InputEncoding>UTF-8</InputEncoding>
<Url type="text/html" template="{site}search?q={{searchTerms}}"/>
<Url type="application/json" template="{site}search?q={{searchTerms}}&amp;format=json"/>
</OpenSearchDescription>
"""


def blueprint(context: PageContext) -> Blueprint:
    """The routes for crawlers."""
    pages = Blueprint("sitemap", __name__)

    @pages.get("/sitemap.xml")
    def sitemap() -> Response:
        with reading(context) as (store, _, links):
            total = store.count_named()
            if total <= ON_A_PAGE:
                return _urls([*_own(), *_paths(store.named(0, ON_A_PAGE), links)])
        count = -(-total // ON_A_PAGE)
        names = ["pages", *map(str, range(1, count + 1))]
        return _xml("sitemapindex", "sitemap", (f"{request.url_root}sitemap-{name}.xml" for name in names))

    @pages.get("/sitemap-pages.xml")
    def own() -> Response:
        return _urls(_own())

    @pages.get("/sitemap-<int:number>.xml")
    def part(number: int) -> Response:
        with reading(context) as (store, _, links):
            found = store.named((number - 1) * ON_A_PAGE, ON_A_PAGE) if number > 0 else []
            if not found:
                abort(404, description="The sitemap has fewer parts.")
            return _urls(_paths(found, links))

    @pages.get("/robots.txt")
    def robots() -> Response:
        text = _ROBOTS.format(root=request.script_root, site=request.url_root)
        return Response(text, content_type="text/plain; charset=utf-8")

    @pages.get("/opensearch.xml")
    def opensearch() -> Response:
        text = _OPENSEARCH.format(site=escape(request.url_root))
        return Response(text, content_type="application/opensearchdescription+xml")

    return pages


def _own() -> list[str]:
    return [f"{request.script_root}/{path}" for path in _OWN]


def _paths(iris: Iterable[str], links: Links) -> Iterator[str]:
    return (f"{links.root}/{quote(iri.removeprefix(links.base_iri))}" for iri in iris if links.kind(iri))


def _urls(paths: Iterable[str]) -> Response:
    site = request.host_url.rstrip("/")
    return _xml("urlset", "url", (site + path for path in paths))


def _xml(root: str, name: str, addresses: Iterable[str]) -> Response:
    """Written as text: fifty thousand elements as objects take a second."""
    lines = (f"<{name}><loc>{escape(address)}</loc></{name}>" for address in addresses)
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_NAMESPACE}">'
    return Response("\n".join((head, *lines, f"</{root}>\n")), content_type="application/xml")
