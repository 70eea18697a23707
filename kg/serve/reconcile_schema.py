"""What the reconciliation service offers: types, and properties with the way from an entity to their values.

https://reconciliation-api.github.io/specs/0.2/ calls them types and properties; identifiers are local names of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from kg.graph.vocabulary import PREFIXES

Value = Literal["text", "integer", "decimal", "count", "entity"]
CONCEPTS = ("Task", "Method", "Dataset", "Metric")
# What the search index knows, in the order of what people mostly look for.
SEARCHED = (*CONCEPTS, "Paper", "Repository", "Person", "Venue")
_BROADER = dict.fromkeys(CONCEPTS, "Concept")


@dataclass(frozen=True, slots=True)
class Property:
    """A property: ``paths`` leads from an entity of a type to its values (SPARQL 1.1 property paths).

    ``of_type`` is the type of values that are entities, where it is one.
    """

    id: str
    name: str
    value: Value
    paths: dict[str, str]
    of_type: str | None = None
    description: str = ""


def _of(types: tuple[str, ...], path: str) -> dict[str, str]:
    return dict.fromkeys(types, path)


_RESULT = "^(pt:task|pt:method|pt:dataset|pt:metric)"
_PAPERS = {
    **_of(CONCEPTS, "^pt:mentions"),
    "Task": "^(pt:mentions|pt:inField)",  # papers are in a field of study, which they do not mention
    "Person": "^dcterms:creator",
    "Venue": "^pt:venue",
    "Repository": "^(pt:hasRepository|pt:hasProjectPage|pt:mentionsRepository)",
}
_IDENTIFIERS = (
    ("doi", "DOI", "pt:doi"),
    ("arxivId", "arXiv identifier", "pt:arxivId"),
    ("aclId", "ACL Anthology identifier", "pt:aclId"),
    ("openAlexId", "OpenAlex identifier", "pt:openAlexId"),
    ("semanticScholarId", "Semantic Scholar identifier", "pt:semanticScholarId"),
    ("pubmedId", "PubMed identifier", "pt:pubmedId"),
    ("dblpId", "dblp key", "pt:dblpId"),
)
_ROLES = (
    ("introduces", "introduces", CONCEPTS, None),
    ("addresses", "addresses", ("Task",), "Task"),
    ("uses", "uses", ("Method", "Dataset"), None),
    ("evaluatesOn", "evaluates on", ("Dataset",), "Dataset"),
    ("comparesWith", "compares with", ("Method",), "Method"),
)
_BY = {
    "introduces": ("introducedBy", "introduced by"),
    "addresses": ("addressedBy", "addressed by"),
    "uses": ("usedBy", "used by"),
    "evaluatesOn": ("evaluatedOnBy", "evaluated on by"),
    "comparesWith": ("comparedWithBy", "compared with by"),
}
_RELATIONS = (
    ("usedFor", "used for", ("Method",), "Task"),
    ("partOf", "part of", ("Method", "Dataset"), None),
    ("benchmarkFor", "benchmark for", ("Dataset",), "Task"),
    ("trainedWith", "trained with", ("Method",), "Dataset"),
    ("evaluatedWith", "evaluated with", ("Method",), "Dataset"),
    ("comparedWith", "compared with", ("Method",), "Method"),
)
PROPERTIES: dict[str, Property] = {
    one.id: one
    for one in (
        Property("name", "name", "text", _of(SEARCHED, "rdfs:label")),
        Property("alternativeName", "alternative name", "text", _of(CONCEPTS, "skos:altLabel")),
        Property("paperCount", "number of papers", "count", _PAPERS),
        Property("resultCount", "number of results", "count", {**_of(CONCEPTS, _RESULT), "Paper": "pt:reports"}),
        Property("year", "year", "integer", _of(("Paper",), "pt:year")),
        Property("date", "date", "text", _of(("Paper",), "dcterms:date"), description="a year, month or day"),
        Property("author", "author", "entity", _of(("Paper",), "dcterms:creator"), "Person"),
        Property("venue", "venue", "entity", _of(("Paper",), "pt:venue"), "Venue"),
        *(Property(name, shown, "text", _of(("Paper",), path)) for name, shown, path in _IDENTIFIERS),
        *(Property(name, shown, "entity", _of(("Paper",), f"pt:{name}"), kind) for name, shown, _, kind in _ROLES),
        Property("cites", "cites", "entity", _of(("Paper",), "cito:cites"), "Paper"),
        Property("code", "code", "text", _of(("Paper",), "pt:hasRepository/schema:codeRepository"), None, "addresses"),
        Property("repository", "repository", "entity", _of(("Paper",), "pt:hasRepository"), "Repository"),
        Property("paper", "paper", "entity", _PAPERS, "Paper"),
        *(Property(*_BY[name], "entity", _of(types, f"^pt:{name}"), "Paper") for name, _, types, _ in _ROLES),
        *(Property(name, shown, "entity", _of(types, f"pt:{name}"), kind) for name, shown, types, kind in _RELATIONS),
        Property("broader", "broader concept", "entity", _of(CONCEPTS, "skos:broader")),
        Property("narrower", "narrower concept", "entity", _of(CONCEPTS, "^skos:broader")),
        Property("result", "result", "entity", {**_of(CONCEPTS, _RESULT), "Paper": "pt:reports"}, "Result"),
        Property("exactMatch", "same concept elsewhere", "text", _of(CONCEPTS, "skos:exactMatch"), None, "addresses"),
        Property("closeMatch", "close concept elsewhere", "text", _of(CONCEPTS, "skos:closeMatch"), None, "addresses"),
        Property(
            "sameAs", "same thing elsewhere", "text", _of(("Paper", "Person"), "schema:sameAs"), None, "addresses"
        ),
        Property("orcid", "ORCID iD", "text", _of(("Person",), "pt:orcid")),
        Property("address", "address", "text", _of(("Repository",), "schema:codeRepository")),
        Property("catalogueId", "catalogue key", "text", _of(CONCEPTS, "pt:catalogueId")),
        Property("value", "value", "decimal", _of(("Result",), "pt:value")),
        Property("valueText", "value as written", "text", _of(("Result",), "pt:valueText")),
        *(
            Property(
                f"result{kind}", f"{kind.lower()} of the result", "entity", _of(("Result",), f"pt:{kind.lower()}"), kind
            )
            for kind in CONCEPTS
        ),
    )
}
TYPE_NAMES = (*SEARCHED, "Concept", "Result")


def find_property(text: str) -> Property | None:
    """A property by its identifier, which may have our prefix or namespace."""
    return PROPERTIES.get(_local(text))


def find_type(text: str) -> str | None:
    """A type by its identifier, which may have our prefix or namespace.

    >>> find_type("pt:Task"), find_type("https://w3id.org/papertriples/ontology#Paper"), find_type("Q5")
    ('Task', 'Paper', None)
    """
    name = _local(text)
    return name if name in TYPE_NAMES else None


def _local(text: str) -> str:
    return text.removeprefix(PREFIXES["pt"]).removeprefix("pt:")


def searched_types(name: str) -> tuple[str, ...]:
    """The types of the search index that a type covers.

    >>> searched_types("Concept"), searched_types("Paper")
    (('Task', 'Method', 'Dataset', 'Metric'), ('Paper',))
    """
    return CONCEPTS if name == "Concept" else (name,)


def described_type(name: str) -> dict[str, Any]:
    """A type as answers name it, with the one above it."""
    broader = _BROADER.get(name)
    return {"id": name, "name": name, **({"broader": [{"id": broader, "name": broader}]} if broader else {})}


def types_of(kind: str) -> list[dict[str, str]]:
    """The types of an entity, the narrowest first."""
    return [{"id": one, "name": one} for one in (kind, _BROADER.get(kind)) if one]


def described_property(one: Property) -> dict[str, str]:
    """A property as answers name it."""
    found = {"id": one.id, "name": one.name}
    what = one.description or (f"leads to a {one.of_type}" if one.of_type else "")
    return {**found, "description": f"of {', '.join(one.paths)}" + (f"; {what}" if what else "")}


def properties_of(name: str | None) -> Iterator[Property]:
    """The properties that entities of a type may have; all where the type is None."""
    types = None if name is None else searched_types(name)
    for one in PROPERTIES.values():
        if types is None or any(kind in one.paths for kind in types):
            yield one
