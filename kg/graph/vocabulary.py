"""The terms that the graph is written in (``pyoxigraph.NamedNode``) and the tables that map records to them.

``PT_*`` are the terms of our own ontology (``ontology/papertriples.ttl``): a test compares the two, both ways.
"""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

from kg.records import ConceptType, MergeRule, RelationType, RoleName, ValueKind
from kg.settings import ONTOLOGY_NAMESPACE

PREFIXES: Final[dict[str, str]] = {
    "pt": ONTOLOGY_NAMESPACE,
    "schema": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "cito": "http://purl.org/spar/cito/",
    "fabio": "http://purl.org/spar/fabio/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
}


def _term(prefix: str, name: str) -> NamedNode:
    return NamedNode(PREFIXES[prefix] + name)


def expand(compact: str) -> NamedNode:
    """The term that a compact name means.

    >>> expand("pt:introduces")
    <NamedNode value=https://w3id.org/papertriples/ontology#introduces>
    >>> expand("nowhere:x")
    Traceback (most recent call last):
    ...
    ValueError: unknown prefix 'nowhere' in 'nowhere:x'; known are pt, schema, dcterms, skos, prov, oa, cito, fabio, \
foaf, xsd, rdf, rdfs, owl
    """
    prefix, _, name = compact.partition(":")
    if prefix not in PREFIXES:
        raise ValueError(f"unknown prefix {prefix!r} in {compact!r}; known are {', '.join(PREFIXES)}")
    return _term(prefix, name)


def compress(iri: str) -> str:
    """The compact name of an IRI in one of our namespaces, else the IRI as it is.

    >>> compress("http://purl.org/dc/terms/title")
    'dcterms:title'
    >>> compress("http://purl.org/dc/terms/a/b")  # a slash needs escaping in Turtle: left alone
    'http://purl.org/dc/terms/a/b'
    """
    for prefix, namespace in PREFIXES.items():
        name = iri.removeprefix(namespace)
        if name != iri and name and all(letter.isalnum() or letter in "_-" for letter in name):
            return f"{prefix}:{name}"
    return iri


# --- our classes --------------------------------------------------------------------------------------------

PT_Paper = _term("pt", "Paper")
PT_Concept = _term("pt", "Concept")
PT_Task = _term("pt", "Task")
PT_Method = _term("pt", "Method")
PT_Dataset = _term("pt", "Dataset")
PT_Metric = _term("pt", "Metric")
PT_Result = _term("pt", "Result")
PT_ValueKind = _term("pt", "ValueKind")
PT_Repository = _term("pt", "Repository")
PT_Person = _term("pt", "Person")
PT_Authorship = _term("pt", "Authorship")
PT_Venue = _term("pt", "Venue")
PT_Statement = _term("pt", "Statement")
PT_Evidence = _term("pt", "Evidence")
PT_ExtractionRun = _term("pt", "ExtractionRun")
PT_SourceRecord = _term("pt", "SourceRecord")
PT_Rule = _term("pt", "Rule")
PT_Merge = _term("pt", "Merge")
PT_Field = _term("pt", "Field")
PT_Community = _term("pt", "Community")
PT_Pair = _term("pt", "Pair")
PT_Emergence = _term("pt", "Emergence")

# --- what a paper says --------------------------------------------------------------------------------------

PT_mentions = _term("pt", "mentions")
PT_introduces = _term("pt", "introduces")
PT_addresses = _term("pt", "addresses")
PT_uses = _term("pt", "uses")
PT_evaluatesOn = _term("pt", "evaluatesOn")
PT_comparesWith = _term("pt", "comparesWith")
PT_inField = _term("pt", "inField")
PT_reports = _term("pt", "reports")
PT_hasRepository = _term("pt", "hasRepository")
PT_mentionsRepository = _term("pt", "mentionsRepository")
PT_hasProjectPage = _term("pt", "hasProjectPage")
PT_implementedBy = _term("pt", "implementedBy")

# --- concept to concept -------------------------------------------------------------------------------------

PT_usedFor = _term("pt", "usedFor")
PT_partOf = _term("pt", "partOf")
PT_kindOf = _term("pt", "kindOf")
PT_subTaskOf = _term("pt", "subTaskOf")
PT_benchmarkFor = _term("pt", "benchmarkFor")
PT_trainedWith = _term("pt", "trainedWith")
PT_evaluatedWith = _term("pt", "evaluatedWith")
PT_comparedWith = _term("pt", "comparedWith")
PT_sameNameAs = _term("pt", "sameNameAs")

# --- concepts -----------------------------------------------------------------------------------------------

PT_key = _term("pt", "key")
PT_catalogueId = _term("pt", "catalogueId")
PT_higherIsBetter = _term("pt", "higherIsBetter")
PT_fraction = _term("pt", "fraction")
PT_usualUnit = _term("pt", "usualUnit")
PT_mergedBy = _term("pt", "mergedBy")
PT_mergedName = _term("pt", "mergedName")
PT_joinedTo = _term("pt", "joinedTo")
PT_mergeRule = _term("pt", "mergeRule")
PT_because = _term("pt", "because")

# --- results ------------------------------------------------------------------------------------------------

PT_method = _term("pt", "method")
PT_task = _term("pt", "task")
PT_dataset = _term("pt", "dataset")
PT_metric = _term("pt", "metric")
PT_baseline = _term("pt", "baseline")
PT_value = _term("pt", "value")
PT_normalizedValue = _term("pt", "normalizedValue")
PT_valueText = _term("pt", "valueText")
PT_valueKind = _term("pt", "valueKind")
PT_unit = _term("pt", "unit")
PT_condition = _term("pt", "condition")
PT_split = _term("pt", "split")
PT_minValue = _term("pt", "minValue")
PT_maxValue = _term("pt", "maxValue")

PT_absolute = _term("pt", "absolute")
PT_delta = _term("pt", "delta")
PT_relative = _term("pt", "relative")

# --- analytics ----------------------------------------------------------------------------------------------

PT_pageRank = _term("pt", "pageRank")
PT_betweenness = _term("pt", "betweenness")
PT_community = _term("pt", "community")
PT_pairs = _term("pt", "pairs")
PT_emerging = _term("pt", "emerging")
PT_emergedIn = _term("pt", "emergedIn")
PT_weight = _term("pt", "weight")

# --- papers, people, repositories ---------------------------------------------------------------------------

PT_summary = _term("pt", "summary")
PT_year = _term("pt", "year")
PT_venue = _term("pt", "venue")
PT_authorship = _term("pt", "authorship")
PT_person = _term("pt", "person")
PT_position = _term("pt", "position")
PT_printedName = _term("pt", "printedName")
PT_orcid = _term("pt", "orcid")
PT_sourceAuthorId = _term("pt", "sourceAuthorId")
PT_citesIdentifier = _term("pt", "citesIdentifier")
PT_identifier = _term("pt", "identifier")
PT_doi = _term("pt", "doi")
PT_arxivId = _term("pt", "arxivId")
PT_aclId = _term("pt", "aclId")
PT_openAlexId = _term("pt", "openAlexId")
PT_semanticScholarId = _term("pt", "semanticScholarId")
PT_pubmedId = _term("pt", "pubmedId")
PT_dblpId = _term("pt", "dblpId")
PT_magId = _term("pt", "magId")
PT_host = _term("pt", "host")
PT_repositoryKind = _term("pt", "repositoryKind")

# --- statements, evidence, provenance -----------------------------------------------------------------------

PT_confidence = _term("pt", "confidence")
PT_evidence = _term("pt", "evidence")
PT_field = _term("pt", "field")
PT_start = _term("pt", "start")
PT_end = _term("pt", "end")
PT_subjectStart = _term("pt", "subjectStart")
PT_subjectEnd = _term("pt", "subjectEnd")
PT_objectStart = _term("pt", "objectStart")
PT_objectEnd = _term("pt", "objectEnd")
PT_textDigest = _term("pt", "textDigest")
PT_leftOutBy = _term("pt", "leftOutBy")
PT_extractorName = _term("pt", "extractorName")
PT_extractorVersion = _term("pt", "extractorVersion")
PT_modelDigest = _term("pt", "modelDigest")
PT_source = _term("pt", "source")
PT_recordId = _term("pt", "recordId")
PT_recordVersion = _term("pt", "recordVersion")
PT_gives = _term("pt", "gives")

PT_superPropertyRule = _term("pt", "superPropertyRule")
PT_symmetryRule = _term("pt", "symmetryRule")
PT_namingRule = _term("pt", "namingRule")
PT_catalogueRule = _term("pt", "catalogueRule")
PT_abbreviationRule = _term("pt", "abbreviationRule")
PT_longFormRule = _term("pt", "longFormRule")
PT_definitionRule = _term("pt", "definitionRule")
PT_typeWordRule = _term("pt", "typeWordRule")
PT_writtenOutRule = _term("pt", "writtenOutRule")
PT_turnedRule = _term("pt", "turnedRule")
PT_headWordRule = _term("pt", "headWordRule")
PT_acyclicRule = _term("pt", "acyclicRule")
PT_identifierRule = _term("pt", "identifierRule")
PT_subClassRule = _term("pt", "subClassRule")
PT_domainRule = _term("pt", "domainRule")
PT_rangeRule = _term("pt", "rangeRule")
PT_allValuesRule = _term("pt", "allValuesRule")
PT_inverseRule = _term("pt", "inverseRule")
PT_transitivityRule = _term("pt", "transitivityRule")
PT_equivalenceRule = _term("pt", "equivalenceRule")
PT_networkRule = _term("pt", "networkRule")

# --- terms of others ----------------------------------------------------------------------------------------

RDF_type = _term("rdf", "type")
RDF_subject = _term("rdf", "subject")
RDF_predicate = _term("rdf", "predicate")
RDF_object = _term("rdf", "object")
RDFS_label = _term("rdfs", "label")
RDFS_seeAlso = _term("rdfs", "seeAlso")
SKOS_prefLabel = _term("skos", "prefLabel")
SKOS_altLabel = _term("skos", "altLabel")
SKOS_broader = _term("skos", "broader")
SKOS_exactMatch = _term("skos", "exactMatch")
SKOS_closeMatch = _term("skos", "closeMatch")
DCTERMS_title = _term("dcterms", "title")
DCTERMS_abstract = _term("dcterms", "abstract")
DCTERMS_date = _term("dcterms", "date")
DCTERMS_creator = _term("dcterms", "creator")
DCTERMS_language = _term("dcterms", "language")
DCTERMS_isPartOf = _term("dcterms", "isPartOf")
CITO_cites = _term("cito", "cites")
FOAF_name = _term("foaf", "name")
SCHEMA_url = _term("schema", "url")
SCHEMA_codeRepository = _term("schema", "codeRepository")
SCHEMA_sameAs = _term("schema", "sameAs")
SCHEMA_identifier = _term("schema", "identifier")
OA_exact = _term("oa", "exact")
PROV_wasGeneratedBy = _term("prov", "wasGeneratedBy")
PROV_wasDerivedFrom = _term("prov", "wasDerivedFrom")
PROV_wasAttributedTo = _term("prov", "wasAttributedTo")
PROV_Activity = _term("prov", "Activity")
PROV_Agent = _term("prov", "Agent")
PROV_endedAtTime = _term("prov", "endedAtTime")
PROV_wasAssociatedWith = _term("prov", "wasAssociatedWith")
PROV_used = _term("prov", "used")
PROV_generated = _term("prov", "generated")
PROV_invalidated = _term("prov", "invalidated")
PROV_wasInformedBy = _term("prov", "wasInformedBy")
OWL_deprecated = _term("owl", "deprecated")
RDFS_comment = _term("rdfs", "comment")
DCTERMS_type = _term("dcterms", "type")

XSD_string = _term("xsd", "string")
XSD_decimal = _term("xsd", "decimal")
XSD_integer = _term("xsd", "integer")
XSD_boolean = _term("xsd", "boolean")
XSD_anyURI = _term("xsd", "anyURI")
XSD_date = _term("xsd", "date")
XSD_dateTime = _term("xsd", "dateTime")
XSD_gYearMonth = _term("xsd", "gYearMonth")
XSD_gYear = _term("xsd", "gYear")

# --- from records to terms ----------------------------------------------------------------------------------

CONCEPT_CLASSES: Final[dict[ConceptType, NamedNode]] = {
    "Task": PT_Task,
    "Method": PT_Method,
    "Dataset": PT_Dataset,
    "Metric": PT_Metric,
}

ROLE_PROPERTIES: Final[dict[RoleName, NamedNode]] = {
    "introduces": PT_introduces,
    "addresses": PT_addresses,
    "uses": PT_uses,
    "evaluatesOn": PT_evaluatesOn,
    "comparesWith": PT_comparesWith,
}

# A synonym that was merged is no triple; what stayed apart is joined by pt:sameNameAs.
RELATION_PROPERTIES: Final[dict[RelationType, NamedNode]] = {
    "Used-For": PT_usedFor,
    "Part-Of": PT_partOf,
    "SubClass-Of": PT_kindOf,
    "SubTask-Of": PT_subTaskOf,
    "Benchmark-For": PT_benchmarkFor,
    "Trained-With": PT_trainedWith,
    "Evaluated-With": PT_evaluatedWith,
    "Compare-With": PT_comparedWith,
    "Synonym-Of": PT_sameNameAs,
}

VALUE_KINDS: Final[dict[ValueKind, NamedNode]] = {
    "absolute": PT_absolute,
    "delta": PT_delta,
    "relative": PT_relative,
}

# Scheme of an identifier (kg/identifiers/schemes.py) -> the paper's property that holds its value.
IDENTIFIER_PROPERTIES: Final[dict[str, NamedNode]] = {
    "doi": PT_doi,
    "arxiv": PT_arxivId,
    "acl": PT_aclId,
    "openalex": PT_openAlexId,
    "semanticscholar": PT_semanticScholarId,
    "pubmed": PT_pubmedId,
    "dblp": PT_dblpId,
    "mag": PT_magId,
}

MERGE_RULES: Final[dict[MergeRule, NamedNode]] = {
    "spelling": PT_namingRule,
    "abbreviation": PT_abbreviationRule,
    "catalogue": PT_catalogueRule,
    "knownLongForm": PT_longFormRule,
    "sharedDefinition": PT_definitionRule,
    "typeWord": PT_typeWordRule,
    "writtenOut": PT_writtenOutRule,
    "turned": PT_turnedRule,
}

_SAME_TYPE: Final[frozenset[tuple[ConceptType, ConceptType]]] = frozenset((kind, kind) for kind in CONCEPT_CLASSES)

# Which types of concept a relation may join: (subject's, object's).
RELATION_SIGNATURES: Final[dict[RelationType, frozenset[tuple[ConceptType, ConceptType]]]] = {
    "Used-For": frozenset({("Method", "Task")}),
    "Part-Of": frozenset({("Method", "Method"), ("Dataset", "Dataset")}),
    "SubClass-Of": _SAME_TYPE,
    "SubTask-Of": frozenset({("Task", "Task")}),
    "Benchmark-For": frozenset({("Dataset", "Task")}),
    "Trained-With": frozenset({("Method", "Dataset")}),
    "Evaluated-With": frozenset({("Method", "Dataset")}),
    "Compare-With": frozenset({("Method", "Method")}),
    "Synonym-Of": _SAME_TYPE,
}

# Nothing is above itself by these.
HIERARCHY: Final[frozenset[NamedNode]] = frozenset({PT_kindOf, PT_subTaskOf})

SYMMETRIC_PROPERTIES: Final[frozenset[NamedNode]] = frozenset({PT_comparedWith, PT_sameNameAs})
