"""The terms in code and the terms in ``ontology/papertriples.ttl`` are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import NamedNode
from rdflib import OWL, RDF, RDFS, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.graph import vocabulary as v
from kg.records import CONCEPT_TYPES, RELATION_TYPES, ROLE_NAMES, ROLE_RANGES
from kg.resources import resource_folder

PT = v.PREFIXES["pt"]
CONSTANTS = {name: term for name, term in vars(v).items() if isinstance(term, NamedNode)}


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    return rdflib.Graph().parse(resource_folder("ontology") / "papertriples.ttl")


def test_code_and_ontology_have_the_same_terms(ontology: rdflib.Graph) -> None:
    in_code = {term.value for name, term in CONSTANTS.items() if name.startswith("PT_")}
    in_ontology = {str(term) for term in ontology.subjects(RDF.type, None) if str(term).startswith(PT)}
    assert in_code - in_ontology == set(), "terms in kg/graph/vocabulary.py that the ontology lacks"
    assert in_ontology - in_code == set(), "terms of the ontology that kg/graph/vocabulary.py lacks"


def test_a_constant_is_named_after_its_term() -> None:
    for name, term in CONSTANTS.items():
        prefix, _, local = name.partition("_")
        assert term.value == v.PREFIXES[prefix.lower()] + local, name


def test_terms_of_others_are_declared_or_built_in(ontology: rdflib.Graph) -> None:
    declared = {str(term) for term in ontology.subjects(RDF.type, None)}
    for name, term in CONSTANTS.items():
        if not name.startswith(("PT_", "RDF_", "RDFS_", "XSD_")):
            assert term.value in declared, f"{name} is used and not declared at the end of the ontology"


def test_code_uses_no_term_beside_the_constants() -> None:
    """A term written out in code would escape the comparison above."""
    for path in Path(v.__file__).parent.glob("*.py"):
        if path.name != "vocabulary.py":
            assert not re.search(r"ontology#[a-z]", path.read_text(encoding="utf-8")), path.name


def test_tables_cover_all_types_roles_and_relations() -> None:
    assert tuple(v.CONCEPT_CLASSES) == CONCEPT_TYPES
    assert tuple(v.ROLE_PROPERTIES) == ROLE_NAMES == tuple(ROLE_RANGES)
    assert tuple(v.RELATION_PROPERTIES) == RELATION_TYPES == tuple(v.RELATION_SIGNATURES)


def _types(graph: rdflib.Graph, term: NamedNode, predicate: Node) -> set[str]:
    """The concept types that a domain or range means."""
    found = graph.value(URIRef(term.value), predicate)
    union = graph.value(found, OWL.unionOf)
    members = list(Collection(graph, union)) if union is not None else [found]
    names = {str(member).removeprefix(PT) for member in members}
    return set(CONCEPT_TYPES) if names == {"Concept"} else names


def test_roles_lead_where_the_ontology_says(ontology: rdflib.Graph) -> None:
    for role, term in v.ROLE_PROPERTIES.items():
        assert _types(ontology, term, RDFS.range) == set(ROLE_RANGES[role]), role
        assert (URIRef(term.value), RDFS.subPropertyOf, URIRef(v.PT_mentions.value)) in ontology, role


def test_relations_join_what_the_ontology_says(ontology: rdflib.Graph) -> None:
    for relation, term in v.RELATION_PROPERTIES.items():
        pairs = v.RELATION_SIGNATURES[relation]
        assert _types(ontology, term, RDFS.domain) == {subject for subject, _ in pairs}, relation
        assert _types(ontology, term, RDFS.range) == {found for _, found in pairs}, relation


def test_symmetric_properties_are_those_of_the_ontology(ontology: rdflib.Graph) -> None:
    found = {NamedNode(str(term)) for term in ontology.subjects(RDF.type, OWL.SymmetricProperty)}
    assert found == v.SYMMETRIC_PROPERTIES


@pytest.mark.parametrize("compact", ["pt:introduces", "schema:url", "rdf:type", "dcterms:isPartOf"])
def test_compressing_undoes_expanding(compact: str) -> None:
    assert v.compress(v.expand(compact).value) == compact


@pytest.mark.parametrize("iri", ["https://example.org/x", PT, PT + "a/b", "urn:x"])
def test_what_has_no_short_form_stays(iri: str) -> None:
    assert v.compress(iri) == iri
