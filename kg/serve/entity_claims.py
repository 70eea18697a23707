"""Statements with their sentences, as the pages show them: three queries for all that a page needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from kg.graph.vocabulary import compress
from kg.serve.entity_lookup import Lookup, Row
from kg.serve.pages_links import CONCEPT_KINDS, Links, Thing
from kg.serve.pages_marking import Span, mark

# How each property reads from its subject and, on the other page, from its object.
PHRASES: dict[str, tuple[str, str]] = {
    "pt:introduces": ("introduces", "introduced by"),
    "pt:addresses": ("addresses", "addressed by"),
    "pt:uses": ("uses", "used by"),
    "pt:evaluatesOn": ("evaluates on", "evaluated on by"),
    "pt:comparesWith": ("compares with", "compared with by"),
    "pt:mentions": ("mentions", "mentioned by"),
    "pt:inField": ("in the field", "papers in it"),
    "pt:reports": ("reports", "reported by"),
    "pt:hasRepository": ("has the repository", "repository of"),
    "pt:mentionsRepository": ("mentions the repository", "mentioned by"),
    "pt:hasProjectPage": ("has the project page", "project page of"),
    "pt:usedFor": ("used for", "methods used for it"),
    "pt:partOf": ("part of", "has the parts"),
    "pt:kindOf": ("kind of", "has the kinds"),
    "pt:subTaskOf": ("subtask of", "has the subtasks"),
    "pt:benchmarkFor": ("benchmark for", "benchmarks"),
    "pt:trainedWith": ("trained with", "methods trained with it"),
    "pt:evaluatedWith": ("evaluated with", "methods evaluated with it"),
    "pt:comparedWith": ("compared with", "compared with"),
    "pt:sameNameAs": ("same name as", "same name as"),
}
FIELD_NAMES = {"title": "title", "abstract": "abstract", "summary": "our summary", "text": "text", "section": "text"}

# Three short queries: which statements, what they say, their sentences. As one query, Oxigraph 0.5 joins the optional
# parts of all statements of the graph before it looks at those few (2.4 s on 1.4 million triples, against 20 ms).
_FOUND = """
SELECT ?statement ?confidence WHERE { PATTERN ?statement pt:confidence ?confidence }
"""
_SAID = """
SELECT ?statement ?paper ?subject ?predicate ?object ?run ?evidence
       (EXISTS { ?subject ?predicate ?object } AS ?asserted)
WHERE {
  VALUES ?statement { $about }
  ?statement rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ; dcterms:isPartOf ?paper ;
             prov:wasGeneratedBy ?run ; pt:evidence ?evidence .
}
"""
_SENTENCES = "SELECT ?evidence ?property ?value WHERE { VALUES ?evidence { $about } ?evidence ?property ?value }"
OF_PAPER = "?statement dcterms:isPartOf $about ."
ABOUT = "{ ?statement rdf:object $about } UNION { ?statement rdf:subject $about }"
SAYING = "VALUES ?said { $about } ?statement rdf:object ?said ."
ITSELF = "VALUES ?statement { $about }"
BY_EVIDENCE = "?statement pt:evidence $about ."


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence that says so. Spans are offsets into the sentence, in code points."""

    iri: str
    exact: str
    field: str
    start: int  # of the sentence, in its field
    subject: tuple[int, int] | None
    object: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A Statement of the graph with the IRIs that it names, and its sentences in the order of the text."""

    iri: str
    paper: str
    subject: str
    predicate: str
    object: str
    confidence: str
    asserted: bool
    run: str
    quotes: tuple[Quote, ...] = field(default=())

    @property
    def compact(self) -> str:
        """The predicate's compact name, as ``PHRASES`` knows it."""
        return compress(self.predicate)

    def iris(self) -> tuple[str, ...]:
        """All that it names and that has a label."""
        return (self.paper, self.subject, self.object, self.run)


def find_claims(lookup: Lookup, pattern: str, about: str | Iterable[str], most: int = 200) -> list[Claim]:
    """The statements that a pattern finds, surest first, then by IRI; at most ``most``, by three queries or four."""
    terms = about if isinstance(about, str) else sorted(set(about))
    if not terms:
        return []
    query = _FOUND.replace("PATTERN", pattern)
    found = lookup.foremost(
        query, "confidence", lambda row: float(row["confidence"]), ("statement",), most, about=terms
    )
    confidences = {row["statement"]: row["confidence"] for row in found}
    if not confidences:
        return []
    said = lookup.select(_SAID, about=sorted(confidences))
    sentences: dict[str, dict[str, str]] = {}
    for row in lookup.select(_SENTENCES, about=sorted({row["evidence"] for row in said})) if said else []:
        sentences.setdefault(row["evidence"], {})[compress(row["property"])] = row["value"]
    quotes = {iri: quote for iri, described in sentences.items() if (quote := _quote(iri, described)) is not None}
    return group_claims(said, confidences, quotes)


def group_claims(said: Iterable[Row], confidences: Mapping[str, str], quotes: Mapping[str, Quote]) -> list[Claim]:
    """One claim for the rows of each statement."""
    first: dict[str, Row] = {}
    own: dict[str, set[str]] = {}
    for row in said:
        first.setdefault(row["statement"], row)
        own.setdefault(row["statement"], set()).add(row["evidence"])
    claims = [
        Claim(
            iri,
            row["paper"],
            row["subject"],
            row["predicate"],
            row["object"],
            confidences[iri],
            row["asserted"] == "true",
            row["run"],
            tuple(sorted((quotes[one] for one in own[iri] if one in quotes), key=_place)),
        )
        for iri, row in first.items()
    ]
    return sorted(claims, key=lambda claim: (-float(claim.confidence), claim.iri))


def _place(quote: Quote) -> tuple[bool, str, int, str]:
    """The order of the text."""
    return quote.field != "title", quote.field, quote.start, quote.iri


def _quote(iri: str, described: Mapping[str, str]) -> Quote | None:
    """A sentence, None where the graph does not say which."""
    if not {"oa:exact", "pt:field", "pt:start"} <= described.keys():
        return None
    start = int(described["pt:start"])
    subject, obj = _inside(described, "subject", start), _inside(described, "object", start)
    return Quote(iri, described["oa:exact"], described["pt:field"], start, subject, obj)


def _inside(described: Mapping[str, str], which: str, start: int) -> tuple[int, int] | None:
    if f"pt:{which}Start" not in described or f"pt:{which}End" not in described:
        return None
    return int(described[f"pt:{which}Start"]) - start, int(described[f"pt:{which}End"]) - start


# --- as the templates show them -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A sentence, and with subject and object marked."""

    exact: str
    marked: Markup
    place: str
    href: str | None
    statement: str | None = None  # the id of what it says, by which it can be corrected


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A statement as a page shows it: who says what, how sure, and the sentences."""

    subject: Thing
    phrase: str
    object: Thing
    paper: Thing
    confidence: str
    href: str | None
    asserted: bool
    run: Thing
    quotes: tuple[ShownQuote, ...]


def show_claim(claim: Claim, links: Links, labels: dict[str, str]) -> ShownClaim:
    """A claim with its labels, links and marked sentences."""
    return ShownClaim(
        subject=links.thing(claim.subject, labels.get(claim.subject)),
        phrase=phrase(claim.predicate),
        object=links.thing(claim.object, labels.get(claim.object)),
        paper=links.thing(claim.paper, labels.get(claim.paper)),
        confidence=percent(claim.confidence),
        href=links.href(claim.iri),
        asserted=claim.asserted,
        run=links.thing(claim.run, labels.get(claim.run)),
        quotes=show_quotes(claim, links),
    )


def show_quotes(claim: Claim, links: Links) -> tuple[ShownQuote, ...]:
    """The sentences of a statement."""
    statement = links.slug(claim.iri)
    return tuple(_show_quote(quote, links, statement) for quote in claim.quotes)


def _show_quote(quote: Quote, links: Links, statement: str) -> ShownQuote:
    """A sentence with its subject and object marked."""
    spans = []
    if quote.subject is not None:
        spans.append(Span(*quote.subject, "subject", "subject"))
    if quote.object is not None:
        spans.append(Span(*quote.object, "object", "object"))
    return ShownQuote(
        quote.exact,
        mark(quote.exact, spans),
        FIELD_NAMES.get(quote.field, quote.field),
        links.href(quote.iri),
        statement or None,
    )


def mentions_in(claims: Iterable[Claim], field_name: str, links: Links, labels: dict[str, str]) -> list[Span]:
    """Where a paper's field names a concept: the spans of its statements, each a link to the concept."""
    spans: set[Span] = set()
    for claim in claims:
        for quote in claim.quotes:
            if quote.field != field_name:
                continue
            for iri, inside in ((claim.subject, quote.subject), (claim.object, quote.object)):
                kind = links.kind(iri)
                if inside is not None and kind in CONCEPT_KINDS:
                    title = f"{kind.capitalize()}: {labels.get(iri, '')}"
                    start, end = inside
                    spans.add(
                        Span(start + quote.start, end + quote.start, f"mention {kind}", title, links.href(iri) or "")
                    )
    return sorted(spans)


def phrase(predicate: str, backwards: bool = False) -> str:
    """How a property reads.

    >>> phrase("https://w3id.org/papertriples/ontology#evaluatesOn")
    'evaluates on'
    >>> phrase("https://example.org/likes", backwards=True)
    'is https://example.org/likes of'
    """
    compact = compress(predicate)
    if compact in PHRASES:
        return PHRASES[compact][backwards]
    return f"is {compact} of" if backwards else compact


def percent(confidence: str) -> str:
    """A confidence as people read it; never rounded up to certainty.

    >>> percent("0.8765"), percent("0.9999"), percent("1")
    ('88 %', '99 %', '100 %')
    """
    value = float(confidence)
    return f"{min(round(value * 100), 99) if value < 1 else 100} %"
