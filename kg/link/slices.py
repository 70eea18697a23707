"""Slices of large graphs -> entries: Wikidata and ORKG as N-Triples or JSON lines, dblp as N-Triples or XML, Semantic
Scholar as JSON lines.

A slice is what somebody cut out of a dump for their field: read whole, then kept in the compact form of all catalogues.
"""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import pyoxigraph
from lxml import etree
from pyoxigraph import Literal, NamedNode

from kg.identifiers import identifier, identifiers_in_url, url_of
from kg.link.catalogues import TARGETS, TOPIC, Entry
from kg.link.papers import PaperEntry
from kg.records import ConceptType, Identifier

_LABEL: Final = "http://www.w3.org/2000/01/rdf-schema#label"
_ALT: Final = "http://www.w3.org/2004/02/skos/core#altLabel"
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_DIRECT: Final = "http://www.wikidata.org/prop/direct/"
_ORKG_CLASS: Final = "http://orkg.org/orkg/class/"
_DBLP: Final = "https://dblp.org/rdf/schema#"

# What an item that is one of these is not: a task, method, data set or metric (Wikidata, P31).
_NO_CONCEPTS: Final = {
    "Q5": "human", "Q11424": "film", "Q482994": "album", "Q7366": "song", "Q7725634": "literary work",
    "Q13442814": "scholarly article", "Q16521": "taxon", "Q4167410": "disambiguation page", "Q4167836": "category",
    "Q11266439": "template", "Q101352": "family name", "Q202444": "given name", "Q486972": "human settlement",
    "Q4830453": "business", "Q783794": "company",
}  # fmt: skip
_DATA_SET: Final = "Q1172284"
_ABOVE: Final = ("P31", "P279", "P361")  # instance of, subclass of, part of

ORKG_TYPES: Final[dict[str, tuple[ConceptType, ...]]] = {
    "Problem": ("Task",),
    "Dataset": ("Dataset",),
    "Metric": ("Metric",),
    "Method": ("Method",),
    "Model": ("Method",),
    "Algorithm": ("Method",),
}


def read_wikidata_json(text: str) -> Iterator[Entry]:
    """Items as in Wikidata's JSON dumps, one a line, with or without the dump's brackets and commas."""
    items = [item for item in json_lines(text) if item.get("type", "item") == "item"]
    labels = {item["id"]: label for item in items if (label := _english(item.get("labels")))}
    for item in items:
        above = {name: _claims(item, name) for name in _ABOVE}
        aliases = [one["value"] for one in (item.get("aliases") or {}).get("en", ())]
        yield from _wikidata(item["id"], labels.get(item["id"]), aliases, above, labels)


def read_wikidata_triples(text: str) -> Iterator[Entry]:
    """Items as in Wikidata's "truthy" N-Triples."""
    space = TARGETS["wikidata"].namespace
    labels: dict[str, str] = {}
    aliases: dict[str, list[str]] = defaultdict(list)
    above: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, found in _triples(text):
        item = subject.removeprefix(space)
        if item == subject:
            continue
        if isinstance(found, Literal) and (found.language or "en") in ("en", "mul"):
            if predicate == _LABEL and (found.language != "mul" or item not in labels):  # "mul": as in all languages
                labels[item] = found.value
            elif predicate == _ALT:
                aliases[item].append(found.value)
        elif isinstance(found, NamedNode) and predicate.startswith(_DIRECT):
            above[item][predicate.removeprefix(_DIRECT)].append(found.value.removeprefix(space))
    for item, label in labels.items():
        yield from _wikidata(item, label, aliases[item], above[item], labels)


def _wikidata(
    item: str, label: str | None, aliases: Iterable[str], above: Mapping[str, list[str]], labels: Mapping[str, str]
) -> Iterator[Entry]:
    kinds = set(above.get("P31", ()))
    if label and re.fullmatch(r"Q[0-9]+", item) and not kinds & _NO_CONCEPTS.keys():
        near = {labels[one] for name in _ABOVE for one in above.get(name, ()) if one in labels}
        types: tuple[ConceptType, ...] = ("Dataset",) if _DATA_SET in kinds else TOPIC
        names = tuple(sorted({*aliases} - {label}))
        yield Entry(TARGETS["wikidata"].namespace + item, label, types, names, tuple(sorted(near)))


def read_orkg_json(text: str) -> Iterator[Entry]:
    """Resources as the interface of ORKG gives them, one a line or in pages (``content``)."""
    for row in json_lines(text):
        for one in row["content"] if isinstance(row.get("content"), list) else [row]:
            types = _orkg_types(one.get("classes") or ())
            if types and str(one.get("label") or "").strip():
                yield Entry(TARGETS["orkg"].namespace + str(one["id"]), " ".join(one["label"].split()), types)


def read_orkg_triples(text: str) -> Iterator[Entry]:
    """Resources as in ORKG's RDF dump."""
    labels: dict[str, str] = {}
    classes: dict[str, set[str]] = defaultdict(set)
    for subject, predicate, found in _triples(text):
        if predicate == _LABEL and isinstance(found, Literal):
            labels[subject] = " ".join(found.value.split())
        elif predicate == _TYPE and isinstance(found, NamedNode) and found.value.startswith(_ORKG_CLASS):
            classes[subject].add(found.value.removeprefix(_ORKG_CLASS))
    for iri, label in labels.items():
        types = _orkg_types(classes[iri])
        if types and label and iri.startswith(TARGETS["orkg"].namespace):
            yield Entry(iri, label, types)


def _orkg_types(classes: Iterable[str]) -> tuple[ConceptType, ...]:
    return tuple(sorted({type for name in classes for type in ORKG_TYPES.get(name, ())}))


# --- papers -------------------------------------------------------------------------------------------------


def read_dblp_triples(text: str) -> Iterator[PaperEntry]:
    """Publications as in dblp's RDF dump."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, found in _triples(text):
        if predicate.startswith(_DBLP) and subject.startswith(TARGETS["dblp"].namespace):
            said[subject][predicate.removeprefix(_DBLP)].append(found.value)
    for iri, of in said.items():
        if of["title"]:
            addresses = [*of["doi"], *of["primaryDocumentPage"], *of["documentPage"]]
            years = of["yearOfPublication"] or of["yearOfEvent"]
            yield _paper(iri, of["title"][0], min(years, default=""), addresses)


def read_dblp_xml(text: str) -> Iterator[PaperEntry]:
    """Publications as in ``dblp.xml``; its DTD is not needed, for the entities are those of HTML."""
    written = re.sub(r"&(?!amp;|lt;|gt;|quot;|apos;|#)\w+;", lambda one: html.unescape(one[0]), text)
    written = re.sub(r"<!DOCTYPE[^>]*>", "", written)
    root = etree.fromstring(written.encode("utf-8"), etree.XMLParser(resolve_entities=False, no_network=True))
    for one in root.iterchildren("article", "inproceedings", "incollection", "book", "phdthesis", "mastersthesis"):
        named = one.find("title")
        title = "" if named is None else " ".join("".join(map(str, named.itertext())).split())
        if title and one.get("key"):
            year = one.findtext("year") or ""
            yield _paper(
                TARGETS["dblp"].namespace + one.get("key", ""),
                title,
                year,
                [e.text or "" for e in one.iterchildren("ee")],
            )


def read_semantic_scholar(text: str) -> Iterator[PaperEntry]:
    """Papers as in the bulk files of Semantic Scholar and the replies of its interface."""
    for row in json_lines(text):
        for one in row["data"] if isinstance(row.get("data"), list) else [row]:
            number = identifier("semanticscholar", str(one.get("corpusid") or one.get("corpusId") or ""))
            address = url_of(number) if number else None
            if address is None or not one.get("title"):
                continue
            external = one.get("externalids") or one.get("externalIds") or {}
            known = [
                identifier(scheme, str(external[scheme])) for scheme in ("DOI", "ArXiv", "ACL") if external.get(scheme)
            ]
            year = int(one["year"]) if str(one.get("year") or "").isdigit() else None
            identifiers = tuple(sorted({found for found in known if found is not None}))
            cites = tuple(sorted({found for cited in one.get("references") or () for found in _cited(cited)}))
            yield PaperEntry(address, " ".join(str(one["title"]).split()), year, identifiers, cites)


def _cited(row: Any) -> Iterator[Identifier]:
    external = (row.get("externalIds") if isinstance(row, dict) else None) or {}
    for scheme in ("CorpusId", "DOI", "ArXiv", "ACL"):
        found = identifier(scheme, str(external[scheme])) if external.get(scheme) else None
        if found is not None:
            yield found


def _paper(iri: str, title: str, year: str, addresses: Iterable[str]) -> PaperEntry:
    found: set[Identifier] = {one for address in addresses for one in identifiers_in_url(address)}
    return PaperEntry(iri, title.removesuffix("."), int(year[:4]) if year[:4].isdigit() else None, tuple(sorted(found)))


# --- pieces -------------------------------------------------------------------------------------------------


def json_lines(text: str) -> Iterator[dict[str, Any]]:
    """The objects of JSON lines, of a dump with brackets and commas, or of an array in one line."""
    if text.lstrip().startswith("[") and "\n" not in text.strip():
        yield from (one for one in json.loads(text) if isinstance(one, dict))
        return
    for line in text.split("\n"):
        written = line.strip().removesuffix(",")
        if written not in ("", "[", "]"):
            found = json.loads(written)
            if isinstance(found, dict):
                yield found


def _triples(text: str) -> Iterator[tuple[str, str, NamedNode | Literal]]:
    for quad in pyoxigraph.parse(input=text, format=pyoxigraph.RdfFormat.N_TRIPLES):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            yield quad.subject.value, quad.predicate.value, quad.object


def _english(labels: Any) -> str:
    found = (labels or {}).get("en") or (labels or {}).get("mul") or {}
    return str(found.get("value") or "")


def _claims(item: Mapping[str, Any], name: str) -> list[str]:
    values = (
        claim.get("mainsnak", {}).get("datavalue", {}).get("value")
        for claim in (item.get("claims") or {}).get(name, ())
    )
    return [value["id"] for value in values if isinstance(value, dict) and "id" in value]
