"""Every IRI of the graph as a page for people and as RDF for machines, by content negotiation or by suffix."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, abort, render_template, request
from pyoxigraph import NamedNode

from kg.graph.lineage import lineage
from kg.graph.related import related_papers
from kg.graph.vocabulary import compress
from kg.serve.entity_concept import concept_page
from kg.serve.entity_formats import (
    FORMATS,
    HTML,
    RDF_FORMATS,
    EntityFormat,
    describe,
    is_iri,
    negotiate,
    serialise,
    split_suffix,
)
from kg.serve.entity_lookup import Lookup
from kg.serve.entity_others import claim_page, listing_page, ontology_terms, triples_page
from kg.serve.entity_paper import json_ld_script, paper_page
from kg.serve.entity_papers import papers_page
from kg.serve.entity_trees import related_things, trees_of
from kg.serve.heirs import moved_or_missing
from kg.serve.pages_context import PageContext, reading
from kg.serve.pages_links import CONCEPT_KINDS, KINDS, Links
from kg.settings import ONTOLOGY_IRI
from kg.store import EmbeddedStore, RemoteStore

_PROPERTIES = "SELECT ?property ?value WHERE { $about ?property ?value } LIMIT 5000"
Properties = Mapping[str, list[str]]


def blueprint(context: PageContext) -> Blueprint:
    """The routes of all IRIs under the base IRI: the path after the base is the path here."""
    pages = Blueprint("entities", __name__)

    @pages.get("/<path:path>")
    def entity(path: str) -> Response:
        path, by_suffix = split_suffix(path)
        kind = path.partition("/")[0]
        if kind not in KINDS or (kind != "ontology" and "/" not in path):
            abort(404, description=f"There is no page /{path}.")
        with reading(context) as (store, lookup, links):
            iri = ONTOLOGY_IRI if path == "ontology" else links.iri(path)
            kind = "ontology" if path == "ontology" else links.kind(iri)
            properties = _properties(lookup, iri) if is_iri(iri) else {}
            if not properties:
                suffix, detail = by_suffix.suffix if by_suffix else "", f"The graph holds nothing under <{iri}>."
                return moved_or_missing(store, lookup, links, path, suffix, detail)
            form = by_suffix or _negotiated()
            if form is HTML:
                body = _page(store, lookup, links, iri, kind, properties)
                response = Response(body, content_type="text/html; charset=utf-8")
            else:
                described = links.iri("graph/ontology") if kind == "ontology" else None
                triples = describe(lookup, iri, kind, described)
                response = Response(serialise(triples, form), content_type=_content_type(form))
        response.vary.add("Accept")
        _add_links(response, f"{request.script_root}/{path}", iri, form)
        return response

    return pages


def _negotiated() -> EntityFormat:
    asked = request.args.get("format")
    form = negotiate(request.accept_mimetypes, asked)
    if form is None:
        offered = ", ".join(f"{one.media_types[0]} (?format={one.name})" for one in FORMATS)
        wanted = f"?format={asked}" if asked else f"Accept: {request.headers.get('Accept', '')}"
        abort(406, description=f"Found {wanted}; this address is served as {offered}.")
    return form


def _content_type(form: EntityFormat) -> str:
    media_type = form.media_types[0]
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _add_links(response: Response, page: str, iri: str, form: EntityFormat) -> None:
    """Where the other representations are; what this one is about."""
    for one in RDF_FORMATS:
        relation = "describedby" if form is HTML else "alternate"
        if one is not form:
            response.headers.add("Link", f'<{page}{one.suffix}>; rel="{relation}"; type="{one.media_types[0]}"')
    if form is not HTML:
        response.headers.add("Link", f'<{page}>; rel="alternate"; type="text/html"')
        response.headers.add("Link", f'<{iri}>; rel="describes"')


def _properties(lookup: Lookup, iri: str) -> Properties:
    """All that has the entity as subject: compact property -> sorted values."""
    found: dict[str, set[str]] = {}
    for row in lookup.select(_PROPERTIES, about=iri):
        found.setdefault(compress(row["property"]), set()).add(row["value"])
    return {name: sorted(values) for name, values in found.items()}


def _indexed(store: EmbeddedStore) -> bool:
    """Whether patterns of triples are looked up here: what walks the graph would ask an endpoint for each step."""
    return not isinstance(store, RemoteStore)


def _page(store: EmbeddedStore, lookup: Lookup, links: Links, iri: str, kind: str, properties: Properties) -> str:
    address = (links.href(iri) or "") if kind != "ontology" else f"{links.root}/ontology"
    role = request.args.get("role")
    if role is not None:
        listed = papers_page(lookup, links, iri, kind, role, request.args.get("page", 1, type=int))
        if listed is None:
            abort(404, description="There is no such list of papers, or it has fewer pages.")
        label = min(properties.get("rdfs:label", ()), default=iri)
        return render_template("papers.html", view=listed, address=address, role=role, label=label, kind=kind)
    if kind == "paper" and "rdf:type" in properties and "dcterms:title" in properties:
        paper = paper_page(lookup, links, iri, properties)
        near = related_papers(store.graph, NamedNode(iri)) if _indexed(store) else ()
        return render_template(
            "paper.html",
            view=paper,
            related=related_things(near, lookup, links),
            address=address,
            formats=RDF_FORMATS,
            json_ld=json_ld_script(paper.json_ld),
        )
    if kind in CONCEPT_KINDS:
        concept = concept_page(lookup, links, iri, kind, properties)
        line = lineage(store.graph, NamedNode(iri), depth=2) if kind == "method" and _indexed(store) else None
        return render_template(
            "concept.html",
            view=concept,
            trees=trees_of(line, links) if line is not None else (),
            address=address,
            formats=RDF_FORMATS,
        )
    if kind in ("repository", "person", "venue"):
        listing = listing_page(lookup, links, iri, kind, properties)
        return render_template("listing.html", view=listing, address=address, formats=RDF_FORMATS)
    if kind in ("statement", "evidence", "result"):
        claim = claim_page(lookup, links, iri, kind, properties)
        return render_template("claim.html", view=claim, address=address, formats=RDF_FORMATS)
    if kind == "ontology":
        terms = ontology_terms(lookup)
        return render_template("ontology.html", terms=terms, iri=iri, address=address, formats=RDF_FORMATS)
    triples = triples_page(lookup, links, iri, kind)
    return render_template("triples.html", view=triples, address=address, formats=RDF_FORMATS)
