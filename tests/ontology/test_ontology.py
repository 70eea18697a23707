"""The ontology's files: every term is explained, generated files are fresh, alignments lead somewhere."""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path
from types import ModuleType

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS, URIRef

from tests.conftest import ROOT

PT = "https://w3id.org/papertriples/ontology#"
ONTOLOGY = rdflib.Graph().parse(ROOT / "ontology" / "papertriples.ttl")
TERMS = sorted({term for term in ONTOLOGY.subjects() if isinstance(term, URIRef) and term.startswith(PT)})
PROPERTIES = [
    term for term in TERMS if {OWL.ObjectProperty, OWL.DatatypeProperty} & set(ONTOLOGY.objects(term, RDF.type))
]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    path = ROOT / "docs" / "generate_ontology.py"
    spec = importlib.util.spec_from_file_location("generate_ontology", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _name(term: URIRef) -> str:
    return term.removeprefix(PT)


@pytest.mark.parametrize("term", TERMS, ids=_name)
def test_a_term_is_explained(term: URIRef) -> None:
    for predicate in (RDFS.label, SKOS.definition, SKOS.example):
        found = [str(one) for one in ONTOLOGY.objects(term, predicate)]
        assert len(found) == 1, predicate
        assert found[0].strip() == found[0] != ""


def test_labels_tell_classes_apart() -> None:
    classes = [term for term in TERMS if (term, RDF.type, OWL.Class) in ONTOLOGY]
    assert len({str(ONTOLOGY.value(term, RDFS.label)) for term in classes}) == len(classes)


@pytest.mark.parametrize("term", PROPERTIES, ids=_name)
def test_a_property_has_domain_and_range_of_the_right_sort(term: URIRef) -> None:
    domains, ranges = (list(ONTOLOGY.objects(term, one)) for one in (RDFS.domain, RDFS.range))
    assert len(domains) == len(ranges) == 1
    is_datatype = str(ranges[0]).startswith("http://www.w3.org/2001/XMLSchema#")
    assert is_datatype is ((term, RDF.type, OWL.DatatypeProperty) in ONTOLOGY)


def test_no_term_is_of_two_sorts() -> None:
    """OWL 2 DL: no IRI is two kinds of property, nor a class and a property here."""
    sorts = [OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual]
    for term in set(ONTOLOGY.subjects(RDF.type)):
        assert len([one for one in sorts if (term, RDF.type, one) in ONTOLOGY]) <= 1, term


def test_super_classes_and_properties_are_declared() -> None:
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range):
        for found in ONTOLOGY.objects(None, predicate):
            if isinstance(found, URIRef) and not found.startswith("http://www.w3.org/2001/XMLSchema#"):
                assert (found, RDF.type, None) in ONTOLOGY, found


def test_generated_files_are_fresh(generator: ModuleType) -> None:
    for path, text in generator.generated().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: python docs/generate_ontology.py"


def test_a_stale_page_is_noticed(generator: ModuleType) -> None:
    page = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
    changed = rdflib.Graph(bind_namespaces="none").parse(ROOT / "ontology" / "papertriples.ttl")
    changed.set((URIRef(PT + "uses"), SKOS.definition, rdflib.Literal("Something else.")))
    assert generator.filled(page, generator.tables(changed)) != page
    with pytest.raises(ValueError, match="lacks the lines"):
        generator.filled("no markers", generator.tables(changed))


def test_every_term_is_on_the_page() -> None:
    page = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
    assert [term for term in TERMS if f"| `pt:{_name(term)}` |" not in page] == []


def _mappings() -> list[dict[str, str]]:
    lines = (ROOT / "ontology" / "alignments.sssom.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n")
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def _header() -> list[str]:
    lines = (ROOT / "ontology" / "alignments.sssom.tsv").read_text(encoding="utf-8").split("\n")
    return [line[1:] for line in lines if line.startswith("#")]


def test_mappings_are_sssom() -> None:
    """What SSSOM 1.0 asks for: the required slots, prefixes that the curie map knows, no mapping twice."""
    header = _header()
    prefixes = {line.strip().partition(": ")[0]: line.partition(": ")[2] for line in header if line.startswith("  ")}
    slots = {line.partition(":")[0] for line in header if not line.startswith(" ")}
    assert {"curie_map", "mapping_set_id", "license"} <= slots
    mappings = _mappings()
    assert len(mappings) > 80
    assert len({(one["subject_id"], one["predicate_id"], one["object_id"]) for one in mappings}) == len(mappings)
    for mapping in mappings:
        for slot in ("subject_id", "predicate_id", "object_id", "mapping_justification"):
            assert mapping[slot].partition(":")[0] in prefixes, mapping
        assert mapping["mapping_justification"] == "semapv:ManualMappingCuration"


# Where the vocabulary that a mapping leads to lies among the shared files. ORKG and NIF are not there.
FILES = {
    "cito": "cito", "datacite": "datacite", "dcat": "dcat", "dcterms": "dcterms", "doap": "doap", "fabio": "fabio",
    "foaf": "foaf", "mls": "mls", "oa": "oa", "prism": "fabio", "prov": "prov", "schema": "schema", "skos": "skos",
}  # fmt: skip
LPWC = {"lpwcc", "lpwcp"}


def test_mappings_lead_to_terms_that_exist(shared: Path) -> None:
    prefixes = {prefix: str(iri) for prefix, iri in ONTOLOGY.namespaces()}
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # lpwc has blanks inside IRIs
    missing, looked_up = [], 0
    known: dict[str, set[str]] = {}
    for mapping in _mappings():
        prefix, _, name = mapping["object_id"].partition(":")
        file = "lpwc" if prefix in LPWC else FILES.get(prefix)
        if file is None:
            continue
        if file not in known:
            graph = rdflib.Graph().parse(shared / "vocabularies" / f"{file}.ttl")
            # The shared schema.org is an old one, in its http namespace.
            known[file] = {str(one).replace("http://schema.org/", "https://schema.org/") for one in graph.subjects()}
        looked_up += 1
        if prefixes[prefix] + name not in known[file]:
            missing.append(mapping["object_id"])
    assert missing == []
    assert looked_up > 70


def test_licences_stand_in_the_files() -> None:
    for name in ("papertriples.ttl", "shapes.ttl", "alignments.sssom.tsv", "README.md"):
        text = (ROOT / "ontology" / name).read_text(encoding="utf-8")
        assert "creativecommons.org/publicdomain/zero/1.0/" in text, name
