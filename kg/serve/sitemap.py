"""``/sitemap.xml``, ``/robots.txt``, ``/opensearch.xml``: what crawlers and browsers ask of a site."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, request

from kg.serve.pages_context import PageContext, reading

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
                return _urls([*_own(), *(links.href(iri) for iri in store.named(0, ON_A_PAGE))])
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
            return _urls(links.href(iri) for iri in found)

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


def _urls(paths: Iterable[str | None]) -> Response:
    site = request.host_url.rstrip("/")
    return _xml("urlset", "url", (site + path for path in paths if path))


def _xml(root_name: str, name: str, addresses: Iterable[str]) -> Response:
    root = ET.Element(root_name, xmlns=_NAMESPACE)
    for address in addresses:
        ET.SubElement(ET.SubElement(root, name), "loc").text = address
    return Response(ET.tostring(root, encoding="utf-8", xml_declaration=True), content_type="application/xml")
