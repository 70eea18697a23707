"""The pages of repositories, people, venues; of statements, evidence, results; and of anything else with an IRI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from kg.graph.vocabulary import compress
from kg.serve.charts import BarChart, bar_chart
from kg.serve.entity_claims import BY_EVIDENCE, ITSELF, SAYING, ShownClaim, find_claims, show_claim
from kg.serve.entity_company import Company, company, company_over_time, company_rows, doing_papers, papers_by_year
from kg.serve.entity_lookup import Lookup, term_text
from kg.serve.entity_papers import PaperList, count_papers, paper_lists, paper_rows
from kg.serve.entity_results import THEMSELVES, ResultRow, find_results, result_row
from kg.serve.pages_links import Links, Thing

MOST_TRIPLES = 200

_OUT = "SELECT ?property ?value WHERE { $about ?property ?value } LIMIT $most"
_IN = "SELECT ?property ?value WHERE { ?value ?property $about } LIMIT $most"
_ONTOLOGY = """
SELECT ?term ?kind (MIN(?name) AS ?label) (MIN(?text) AS ?definition) WHERE {
  VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty }
  GRAPH $graph { ?term a ?kind ; rdfs:label ?name OPTIONAL { ?term skos:definition|rdfs:comment ?text } }
} GROUP BY ?term ?kind ORDER BY ?kind ?term LIMIT 1000
"""


@dataclass(frozen=True, slots=True)
class ListingPage:
    """A repository, person or venue: its facts and its papers."""

    iri: str
    label: str
    kind: str
    facts: tuple[tuple[str, Thing], ...]
    papers: tuple[PaperList, ...]
    years: BarChart | None
    company: tuple[Company, ...]


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """A statement, an evidence or a result: what is said, and the sentence."""

    iri: str
    label: str
    kind: str
    claims: tuple[ShownClaim, ...]
    result: ResultRow | None
    run: Thing | None
    facts: tuple[tuple[str, Thing], ...]


@dataclass(frozen=True, slots=True)
class TriplesPage:
    """Anything else: the triples that it stands in."""

    iri: str
    label: str
    kind: str
    outgoing: tuple[tuple[str, Thing], ...]
    incoming: tuple[tuple[str, Thing], ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the ontology."""

    iri: str
    compact: str
    anchor: str
    kind: str
    label: str
    definition: str


def listing_page(
    lookup: Lookup, links: Links, iri: str, kind: str, properties: Mapping[str, Sequence[str]]
) -> ListingPage:
    """The page of a repository, person or venue; six queries more."""
    counts = count_papers(lookup, iri, kind)
    rows = paper_rows(lookup, iri, kind, most=100)
    doing = doing_papers(lookup, iri, kind)
    years = papers_by_year(doing)
    beside = company_rows(lookup, iri, kind, doing)
    over_time = company_over_time(lookup, kind, doing, beside)
    labels = lookup.labels([iri, *(row["paper"] for row in rows), *(row["thing"] for row in beside)])
    return ListingPage(
        iri=iri,
        label=labels.get(iri, iri),
        kind=kind,
        facts=tuple(_facts(properties)),
        papers=paper_lists(rows, counts, iri, kind, links, labels),
        years=bar_chart(years),
        company=company(beside, over_time, kind, links, labels),
    )


def claim_page(lookup: Lookup, links: Links, iri: str, kind: str, properties: Mapping[str, Sequence[str]]) -> ClaimPage:
    """The page of a statement, evidence or result; at most five queries more."""
    if kind == "evidence":
        claims = find_claims(lookup, BY_EVIDENCE, iri)
    else:
        claims = find_claims(lookup, ITSELF if kind == "statement" else SAYING, [iri])
    results = find_results(lookup, THEMSELVES, [iri]) if kind == "result" else []
    runs = [claim.run for claim in claims]
    labels = lookup.labels(
        [
            iri,
            *runs,
            *(named for claim in claims for named in claim.iris()),
            *(named for result in results for named in result.iris()),
        ]
    )
    shown = [show_claim(claim, links, labels) for claim in claims]
    if kind == "evidence":
        own = links.href(iri)
        shown = [_with_quote(claim, own) for claim in shown]
    quotes = {claim.object.iri: claim.quotes for claim in shown}
    label = labels.get(iri) or _claim_label(kind, shown)
    return ClaimPage(
        iri=iri,
        label=label,
        kind=kind,
        claims=tuple(shown),
        result=next((result_row(result, links, labels, quotes) for result in results), None),
        run=next((links.thing(run, labels.get(run)) for run in runs), None),
        facts=tuple(_offsets(properties)) if kind == "evidence" else (),
    )


def triples_page(lookup: Lookup, links: Links, iri: str, kind: str) -> TriplesPage:
    """The page of anything else: its triples, both ways, bounded; three queries."""
    found = [lookup.terms(query, "property", "value", about=iri, most=MOST_TRIPLES + 1) for query in (_OUT, _IN)]
    paper = iri.removesuffix("/graph")
    labels = lookup.labels(
        [iri, paper, *(value.value for rows in found for _, value in rows if isinstance(value, NamedNode))]
    )
    outgoing, incoming = (
        tuple(sorted(((compress(term_text(prop)), _shown(value, links, labels)) for prop, value in rows), key=_order))
        for rows in found
    )
    return TriplesPage(
        iri=iri,
        label=labels.get(iri) or _unnamed(lookup, iri, labels.get(paper)),
        kind=kind,
        outgoing=outgoing[:MOST_TRIPLES],
        incoming=incoming[:MOST_TRIPLES],
        cut=max(len(outgoing), len(incoming)) > MOST_TRIPLES,
    )


def _unnamed(lookup: Lookup, iri: str, paper: str | None) -> str:
    """What a page calls a thing without a label: a named graph by its paper, else by its path."""
    return f"All that “{paper}” says" if paper is not None else iri.removeprefix(lookup.base_iri)


def ontology_terms(lookup: Lookup) -> tuple[Term, ...]:
    """The classes and properties of the ontology, by one query."""
    rows = lookup.select(_ONTOLOGY, graph=f"{lookup.base_iri}graph/ontology")
    kinds = {"owl:Class": "Class", "owl:ObjectProperty": "Property", "owl:DatatypeProperty": "Property with a value"}
    return tuple(
        Term(
            row["term"],
            compress(row["term"]),
            row["term"].rsplit("#", 1)[-1],
            kinds[compress(row["kind"])],
            row["label"],
            row.get("definition", ""),
        )
        for row in rows
        if compress(row["term"]).startswith("pt:")
    )


def _shown(value: object, links: Links, labels: Mapping[str, str]) -> Thing:
    if isinstance(value, NamedNode):
        return links.thing(value.value, labels.get(value.value) or compress(value.value))
    return Thing("", term_text(value), None, "")


def _order(entry: tuple[str, Thing]) -> tuple[str, str, str]:
    return entry[0], entry[1].label.casefold(), entry[1].iri


def _facts(properties: Mapping[str, Sequence[str]]) -> list[tuple[str, Thing]]:
    """What a repository, person or venue says of itself, in words."""
    facts = []
    for compact, name in (
        ("schema:codeRepository", "Address"),
        ("pt:repositoryKind", "Kind"),
        ("pt:host", "Host"),
        ("pt:orcid", "ORCID"),
        ("pt:sourceAuthorId", "Identifier"),
    ):
        for value in sorted(properties.get(compact, ())):
            address = f"https://orcid.org/{value}" if compact == "pt:orcid" else value
            linked = compact in ("schema:codeRepository", "pt:orcid") and address.startswith(("https://", "http://"))
            facts.append((name, Thing(value, value, address if linked else None, "")))
    return facts


def _offsets(properties: Mapping[str, Sequence[str]]) -> list[tuple[str, Thing]]:
    facts = []
    for name, start, end in (
        ("Sentence", "pt:start", "pt:end"),
        ("Subject", "pt:subjectStart", "pt:subjectEnd"),
        ("Object", "pt:objectStart", "pt:objectEnd"),
    ):
        if properties.get(start) and properties.get(end):
            written = f"{properties[start][0]}–{properties[end][0]}"
            facts.append((f"{name}, in code points of its field", Thing("", written, None, "")))
    return facts


def _with_quote(claim: ShownClaim, href: str | None) -> ShownClaim:
    """The claim with one of its sentences alone."""
    kept = tuple(quote for quote in claim.quotes if quote.href == href)
    return replace(claim, quotes=kept)


def _claim_label(kind: str, claims: Sequence[ShownClaim]) -> str:
    if not claims:
        return kind.capitalize()
    claim = claims[0]
    return f"{claim.subject.label} {claim.phrase} {claim.object.label}"
