"""The page of a paper: what it is, what it says, and the sentence behind each statement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from kg.graph.vocabulary import PREFIXES, compress
from kg.identifiers import url_of
from kg.records import Identifier
from kg.serve.entity_claims import (
    OF_PAPER,
    Claim,
    ShownClaim,
    find_claims,
    mentions_in,
    phrase,
    show_claim,
)
from kg.serve.entity_lookup import Lookup
from kg.serve.entity_results import MOST_RESULTS, Measured, ResultRow, find_results, result_row
from kg.serve.entity_results import OF_PAPER as RESULTS_OF_PAPER
from kg.serve.pages_links import Links, Thing
from kg.serve.pages_marking import mark, repeated

MOST_CLAIMS = 500
ROLES = ("pt:introduces", "pt:addresses", "pt:uses", "pt:evaluatesOn", "pt:comparesWith")
REPOSITORIES = ("pt:hasRepository", "pt:hasProjectPage", "pt:mentionsRepository")
REPOSITORY_NAMES = ("Code", "Project page", "Mentioned repositories")
# The paper's property, the identifier's scheme, and what people call it.
IDENTIFIERS = (
    ("pt:doi", "doi", "DOI"),
    ("pt:arxivId", "arxiv", "arXiv"),
    ("pt:aclId", "acl", "ACL Anthology"),
    ("pt:openAlexId", "openalex", "OpenAlex"),
    ("pt:semanticScholarId", "semanticscholar", "Semantic Scholar"),
    ("pt:pubmedId", "pubmed", "PubMed"),
    ("pt:dblpId", "dblp", "DBLP"),
    ("pt:magId", "mag", "MAG"),
)

_AUTHORS = """
SELECT ?position ?person ?name WHERE {
  $about pt:authorship ?place . ?place pt:person ?person ; pt:position ?position ; rdfs:label ?name
} ORDER BY ?position LIMIT 300
"""
_REPOSITORIES = """
SELECT ?property ?repository ?label ?url WHERE {
  VALUES ?property { pt:hasRepository pt:hasProjectPage pt:mentionsRepository }
  $about ?property ?repository . ?repository rdfs:label ?label ; schema:codeRepository ?url
} ORDER BY ?property ?label LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A heading and what stands under it."""

    name: str
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class TextField:
    """The abstract or our summary, with every mention marked."""

    name: str
    marked: Markup
    lang: str | None


@dataclass(frozen=True, slots=True)
class PaperPage:
    """All that the template of a paper needs."""

    iri: str
    label: str
    authors: tuple[Thing, ...]
    date: str | None
    venue: Thing | None
    identifiers: tuple[tuple[str, Thing], ...]
    addresses: tuple[Thing, ...]  # landing pages
    texts: tuple[TextField, ...]
    roles: tuple[Named, ...]
    repositories: tuple[Named, ...]
    results: tuple[ResultRow, ...]
    claims: tuple[ShownClaim, ...]
    unsure: tuple[ShownClaim, ...]
    cites: tuple[Thing, ...]
    language: str | None
    citation: tuple[tuple[str, str], ...]  # names and contents of meta elements
    description: str
    json_ld: dict[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """The parts that the results name, as the table's columns."""
        return tuple(
            part for part in ("metric", "method", "dataset", "task") if any(part in row.parts for row in self.results)
        )

    @property
    def marked_types(self) -> tuple[str, ...]:
        """The types that the texts name, for the legend."""
        joined = "".join(field.marked for field in self.texts)
        return tuple(kind for kind in ("task", "method", "dataset", "metric") if f"mention {kind}" in joined)


def paper_page(lookup: Lookup, links: Links, iri: str, properties: Mapping[str, Sequence[str]]) -> PaperPage:
    """The page of a paper whose ``properties`` (compact name -> values) are known; seven queries more."""
    authors = lookup.select(_AUTHORS, about=iri)
    repositories = lookup.select(_REPOSITORIES, about=iri)
    claims = find_claims(lookup, OF_PAPER, iri, MOST_CLAIMS)
    results = find_results(lookup, RESULTS_OF_PAPER, iri)
    labels = lookup.labels(
        [
            *(named for claim in claims for named in claim.iris()),
            *(named for result in results for named in result.iris()),
            *(named for role in (*ROLES, "pt:venue", "cito:cites") for named in properties.get(role, ())),
        ]
    )
    label = first(properties, "rdfs:label") or iri
    texts = tuple(_texts(properties, claims, links, labels))
    shown = {claim.iri: show_claim(claim, links, labels) for claim in claims}
    said = [claim for claim in claims if claim.compact != "pt:mentions"]
    numbers = {claim.object: shown[claim.iri].quotes for claim in claims if claim.compact == "pt:reports"}
    return PaperPage(
        iri=iri,
        label=label,
        authors=tuple(links.thing(row["person"], row["name"]) for row in authors),
        date=first(properties, "dcterms:date"),
        venue=next((links.thing(one, labels.get(one)) for one in properties.get("pt:venue", ())), None),
        identifiers=tuple(_identifiers(properties)),
        addresses=tuple(thing for url in properties.get("schema:url", ()) if (thing := links.thing(url, url)).href),
        texts=texts,
        roles=tuple(
            Named(phrase(_expanded(role)).capitalize(), _things(properties.get(role, ()), links, labels))
            for role in ROLES
            if properties.get(role)
        ),
        repositories=tuple(
            Named(name, found)
            for role, name in zip(REPOSITORIES, REPOSITORY_NAMES, strict=True)
            if (found := tuple(links.thing(row["repository"], row["label"]) for row in _having(repositories, role)))
        ),
        results=tuple(result_row(result, links, labels, numbers) for result in _in_order(results, claims)),
        claims=tuple(shown[claim.iri] for claim in _by_role(said) if claim.asserted),
        unsure=tuple(shown[claim.iri] for claim in _by_role(said) if not claim.asserted),
        cites=_things(properties.get("cito:cites", ())[:100], links, labels),
        language=first(properties, "dcterms:language"),
        citation=tuple(_citation(label, properties, authors, labels)),
        description=_description(properties),
        json_ld=_json_ld(iri, label, properties, authors, repositories, labels),
    )


def first(properties: Mapping[str, Sequence[str]], name: str) -> str | None:
    """The smallest value of a property."""
    return min(properties.get(name, ()), default=None)


def _expanded(compact: str) -> str:
    prefix, _, name = compact.partition(":")
    return PREFIXES[prefix] + name


def _things(iris: Iterable[str], links: Links, labels: Mapping[str, str]) -> tuple[Thing, ...]:
    things = (links.thing(iri, labels.get(iri)) for iri in iris)
    return tuple(sorted(things, key=lambda thing: (thing.label.casefold(), thing.iri)))


def _having(rows: Iterable[dict[str, str]], role: str) -> list[dict[str, str]]:
    return [row for row in rows if compress(row["property"]) == role]


def _texts(
    properties: Mapping[str, Sequence[str]], claims: Sequence[Claim], links: Links, labels: dict[str, str]
) -> Iterable[TextField]:
    language = first(properties, "dcterms:language")
    for compact, field_name, name in (
        ("dcterms:abstract", "abstract", "Abstract"),
        ("pt:summary", "summary", "Our summary"),
    ):
        for text in properties.get(compact, ())[:1]:
            spans = repeated(text, mentions_in(claims, field_name, links, labels))
            yield TextField(name, mark(text, spans), language if field_name == "abstract" else None)


def _by_role(claims: Iterable[Claim]) -> list[Claim]:
    """What the paper itself does first, in the order of its roles; then relations; numbers and code last."""

    def place(claim: Claim) -> tuple[int, float, str]:
        order = ROLES.index(claim.compact) if claim.compact in ROLES else 6
        if claim.compact in ("pt:reports", *REPOSITORIES):
            order = 7 + ("pt:reports", *REPOSITORIES).index(claim.compact)
        return order, -float(claim.confidence), claim.iri

    return sorted(claims, key=place)


def _in_order(results: Sequence[Measured], claims: Iterable[Claim]) -> list[Measured]:
    """Results in the order of the text."""
    places = {
        claim.object: (quote.field, quote.start + (quote.object or (0, 0))[0])
        for claim in claims
        for quote in claim.quotes[:1]
    }
    return sorted(results, key=lambda result: (places.get(result.iri, ("~", 0)), result.iri))[:MOST_RESULTS]


def _identifiers(properties: Mapping[str, Sequence[str]]) -> Iterable[tuple[str, Thing]]:
    for compact, scheme, name in IDENTIFIERS:
        for value in properties.get(compact, ()):
            yield name, Thing(value, value, url_of(Identifier(scheme, value)), "")
    for value in properties.get("pt:identifier", ()):
        scheme, _, rest = value.partition(":")
        yield scheme, Thing(value, rest or value, None, "")


def _description(properties: Mapping[str, Sequence[str]]) -> str:
    """The start of the text, whole words, for search engines."""
    text = " ".join((first(properties, "dcterms:abstract") or first(properties, "pt:summary") or "").split())
    return text if len(text) <= 200 else text[:200].rpartition(" ")[0] + " …"


def _citation(
    label: str, properties: Mapping[str, Sequence[str]], authors: Sequence[Mapping[str, str]], labels: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    """What reference managers and scholarly search engines read (Google Scholar's inclusion guidelines)."""
    yield "citation_title", label
    for row in authors:
        yield "citation_author", row["name"]
    if date := first(properties, "dcterms:date"):
        yield "citation_publication_date", date.replace("-", "/")
    for venue in properties.get("pt:venue", ())[:1]:
        yield "citation_journal_title", labels.get(venue, "")
    for compact, name in (("pt:doi", "citation_doi"), ("pt:arxivId", "citation_arxiv_id")):
        for value in properties.get(compact, ())[:1]:
            yield name, value
    if language := first(properties, "dcterms:language"):
        yield "citation_language", language


def _json_ld(
    iri: str,
    label: str,
    properties: Mapping[str, Sequence[str]],
    authors: Sequence[Mapping[str, str]],
    repositories: Sequence[Mapping[str, str]],
    labels: Mapping[str, str],
) -> dict[str, Any]:
    """The paper in the words of schema.org, as search engines read it."""
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "@id": iri,
        "name": label,
        "headline": label[:110],
        "author": [{"@type": "Person", "@id": row["person"], "name": row["name"]} for row in authors],
        "datePublished": first(properties, "dcterms:date"),
        "abstract": first(properties, "dcterms:abstract"),
        "description": first(properties, "pt:summary"),
        "inLanguage": first(properties, "dcterms:language"),
        "identifier": [
            {"@type": "PropertyValue", "propertyID": name, "value": thing.label}
            for name, thing in _identifiers(properties)
        ],
        "sameAs": [thing.href for _, thing in _identifiers(properties) if thing.href],
        "about": [
            {"@type": "DefinedTerm", "@id": one, "name": labels.get(one, "")}
            for one in properties.get("pt:addresses", ())
        ],
        "isPartOf": [
            {"@type": "Periodical", "@id": one, "name": labels.get(one, "")} for one in properties.get("pt:venue", ())
        ],
        "workExample": [
            {"@type": "SoftwareSourceCode", "codeRepository": row["url"]}
            for row in _having([dict(row) for row in repositories], "pt:hasRepository")
        ],
    }
    return {name: value for name, value in described.items() if value}


def json_ld_script(described: Mapping[str, Any]) -> Markup:
    """JSON that may stand inside a script element: no ``<``, ``>`` or ``&`` can end it or start a comment.

    >>> json_ld_script({"name": "</script><b>"})
    Markup('{"name": "\\\\u003c/script\\\\u003e\\\\u003cb\\\\u003e"}')
    """
    written = json.dumps(described, ensure_ascii=False, sort_keys=True)
    for letter in "<>&\u2028\u2029":
        written = written.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(written)
