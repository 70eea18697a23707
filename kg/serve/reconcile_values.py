"""Values of properties, looked up for many entities at once, each with a bounded number of values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from pyoxigraph import Literal, NamedNode

from kg.graph.iris import Iris
from kg.graph.vocabulary import XSD_anyURI
from kg.identifiers import normalise_orcid, normalise_repository, parse_identifier
from kg.serve.entity_formats import is_iri
from kg.serve.entity_lookup import Lookup
from kg.serve.pages_links import KINDS
from kg.serve.reconcile_schema import PROPERTIES, Property

MOST_A_CELL: Final = 100
_ID = re.compile(r"[a-z]+/[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*")
_PROPERTY_OF_SCHEME = {
    "doi": "doi",
    "arxiv": "arxivId",
    "acl": "aclId",
    "openalex": "openAlexId",
    "semanticscholar": "semanticScholarId",
    "pubmed": "pubmedId",
    "dblp": "dblpId",
}


def type_of(entity: str) -> str | None:
    """The type of an entity by its identifier.

    >>> type_of("task/parsing"), type_of("nowhere/x")
    ('Task', None)
    """
    kind = entity.partition("/")[0]
    return KINDS[kind][0] if kind in KINDS and "/" in entity else None


def values_of(
    lookup: Lookup, one: Property, entities: Iterable[str], most: int = MOST_A_CELL
) -> dict[str, list[NamedNode | Literal]]:
    """The values of a property for each of the entities that has it, by one query; what is unknown is left out."""
    branches = []
    for number, entity in enumerate(known := list(dict.fromkeys(entities))):
        path = one.paths.get(type_of(entity) or "")
        if path is not None and is_iri(iri := lookup.base_iri + entity):
            wanted = f"{NamedNode(iri)} {path} ?value"
            if one.value == "count":
                branches.append(f"{{ SELECT ({number} AS ?n) (COUNT(DISTINCT ?value) AS ?found) {{ {wanted} }} }}")
            else:
                order = f"ORDER BY ?value LIMIT {most}"
                branches.append(f"{{ SELECT DISTINCT ({number} AS ?n) (?value AS ?found) {{ {wanted} }} {order} }}")
    if not branches:
        return {}
    found: dict[str, list[NamedNode | Literal]] = {}
    for number_term, value in lookup.terms(f"SELECT ?n ?found {{ {' UNION '.join(branches)} }}", "n", "found"):
        if isinstance(number_term, Literal) and isinstance(value, NamedNode | Literal):
            found.setdefault(known[int(number_term.value)], []).append(value)
    return found


def texts_of(lookup: Lookup, name: str, entities: Iterable[str], most: int = MOST_A_CELL) -> dict[str, list[str]]:
    """The values of a property as texts, entities by their labels."""
    found = values_of(lookup, PROPERTIES[name], entities, most)
    labels = labels_of(lookup, found.values())
    return {entity: [labels.get(one.value, one.value) for one in values] for entity, values in found.items()}


def labels_of(lookup: Lookup, values: Iterable[Sequence[NamedNode | Literal]]) -> dict[str, str]:
    """The labels of all entities among values."""
    return lookup.labels(one.value for some in values for one in some if isinstance(one, NamedNode))


def cell(value: NamedNode | Literal, one: Property, labels: Mapping[str, str], base_iri: str) -> dict[str, Any]:
    """A value as the data extension service gives it."""
    if isinstance(value, NamedNode):
        inside = value.value.removeprefix(base_iri)
        if one.value == "entity" and inside != value.value:
            return {"id": inside, "name": labels.get(value.value, inside)}
        return {"str": value.value}
    if one.value in ("integer", "count"):
        return {"int": int(value.value)}
    if one.value == "decimal":
        return {"float": float(value.value)}
    return {"str": value.value}


def entities_by_identifier(lookup: Lookup, text: str) -> list[str]:
    """The entities that a text names outright: by identifier, IRI, DOI, arXiv identifier, ORCID, repository address."""
    inside = text.removeprefix(lookup.base_iri)
    if _ID.fullmatch(inside) and type_of(inside) and is_iri(lookup.base_iri + inside):
        return [inside]
    named: list[str] = []
    literals: list[tuple[str, Literal]] = []
    if (found := parse_identifier(text)) and found.scheme in _PROPERTY_OF_SCHEME:
        literals.append((PROPERTIES[_PROPERTY_OF_SCHEME[found.scheme]].paths["Paper"], Literal(found.value)))
    if orcid := normalise_orcid(text):
        literals.append(("pt:orcid", Literal(orcid)))
    if "://" in text and (repository := normalise_repository(text)):
        named.append(Iris(lookup.base_iri).repository(repository.url).value.removeprefix(lookup.base_iri))
    for path, literal in literals:
        named += inside_of(lookup, lookup.select(f"SELECT DISTINCT ?iri {{ ?iri {path} {literal} }} LIMIT 10"))
    return list(dict.fromkeys(named))


def entities_having(lookup: Lookup, one: Property, texts: Iterable[str], kinds: Iterable[str], most: int) -> list[str]:
    """Entities that have one of some values (identifiers of entities, or texts as they stand in the graph)."""
    terms: list[str] = []
    for text in texts:
        if one.value == "entity":
            iri = lookup.base_iri + text
            terms += [str(NamedNode(iri))] if _ID.fullmatch(text) and is_iri(iri) else []
        elif one.value == "integer" and re.fullmatch(r"[0-9]{1,9}", text):
            terms.append(str(int(text)))
        elif one.value == "text":
            terms += [str(Literal(text)), str(Literal(text, datatype=XSD_anyURI))]
            terms += [str(NamedNode(text))] if is_iri(text) else []
    if not terms:
        return []
    found: list[str] = []
    for path in dict.fromkeys(path for kind, path in one.paths.items() if kind in set(kinds)):
        query = f"SELECT DISTINCT ?iri {{ VALUES ?value {{ {' '.join(terms)} }} ?iri {path} ?value }} LIMIT {most}"
        found += inside_of(lookup, lookup.select(query))
    return list(dict.fromkeys(found))


def inside_of(lookup: Lookup, rows: Iterable[Mapping[str, str]]) -> list[str]:
    """The identifiers of rows' ``iri``, without those of others."""
    iris = sorted(row["iri"] for row in rows if row["iri"].startswith(lookup.base_iri))
    return [iri.removeprefix(lookup.base_iri) for iri in iris]


def same_number(one: str, other: str) -> bool:
    """Whether two texts are the same number.

    >>> same_number("84.50", "84.5"), same_number("2021", "2022"), same_number("x", "x")
    (True, False, False)
    """
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False
