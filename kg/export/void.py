"""What a version of the graph holds, as VoID (https://www.w3.org/TR/void/) and DCAT 3, for ``/void`` and for dumps.

No blank nodes: parts of the description are fragments of its own address, so that two descriptions of one version are
the same triples.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Triple

from kg.export.packages import DESCRIPTION, NAME
from kg.graph import vocabulary as v
from kg.graph.vocabulary import compress
from kg.settings import ONTOLOGY_NAMESPACE
from kg.store import Snapshot

VOID: Final = "http://rdfs.org/ns/void#"
DCAT: Final = "http://www.w3.org/ns/dcat#"
SPDX: Final = "http://spdx.org/rdf/terms#"
FORMATS: Final = "http://www.w3.org/ns/formats/"
MEDIA: Final = "https://www.iana.org/assignments/media-types/"
PREFIXES: Final = {**v.PREFIXES, "void": VOID, "dcat": DCAT, "spdx": SPDX}
EXAMPLES_OF: Final = ("Paper", "Task", "Method", "Dataset", "Metric", "Result", "Repository", "Statement")
SERVED: Final = ("Turtle", "N-Triples", "JSON-LD", "RDF_XML", "N-Quads", "TriG")

_CLASSES = "SELECT ?class (COUNT(?s) AS ?n) (MIN(?s) AS ?first) WHERE { ?s a ?class } GROUP BY ?class"
_PROPERTIES = "SELECT ?property (COUNT(*) AS ?n) WHERE { ?s ?property ?o } GROUP BY ?property"
_SUBJECTS = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }"
_OBJECTS = "SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s ?p ?o }"
_ENTITIES = 'SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s a ?class FILTER (STRSTARTS(STR(?s), "{base}")) }}'
_LINKS = (
    "SELECT ?property (COUNT(*) AS ?n) WHERE {{ GRAPH <{base}graph/links> {{ ?s ?property ?o }} }} GROUP BY ?property"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A class with the number of its instances, or a property with the number of its triples."""

    iri: str
    count: int


@dataclass(frozen=True, slots=True)
class Contents:
    """How much of what a version holds; ``first`` has the smallest instance of some classes, as an example."""

    base_iri: str
    version: int
    triples: int
    entities: int  # things with an IRI of ours
    subjects: int
    objects: int
    classes: tuple[Part, ...]  # by IRI
    properties: tuple[Part, ...]
    links: tuple[Part, ...]  # of the graph of links, by property
    first: tuple[tuple[str, str], ...]  # local name of the class, IRI of the instance

    @property
    def vocabularies(self) -> tuple[str, ...]:
        """The namespaces of the classes and properties."""
        return tuple(sorted({_namespace(part.iri) for part in (*self.classes, *self.properties)} - {""}))


@dataclass(frozen=True, slots=True)
class File:
    """A file that holds the whole graph. ``url`` may be relative to nothing: it is an IRI."""

    url: str
    name: str
    media_type: str
    size: int | None = None
    digest: str | None = None  # SHA-256


@dataclass(frozen=True, slots=True)
class Access:
    """Where the graph can be had: addresses of a server, files, the licence."""

    endpoint: str | None = None
    page: str | None = None
    files: Sequence[File] = field(default_factory=tuple)
    licence: str | None = None


def contents_of(store: Snapshot) -> Contents:
    """Count a version: six queries over all of it, a few seconds for each million triples."""
    base = NamedNode(store.base_iri).value  # an IRI: nothing in it ends the text that it stands in
    classes = _rows(store, _CLASSES)
    properties = [Part(iri, count) for iri, count, _ in _rows(store, _PROPERTIES)]
    examples = {iri.removeprefix(ONTOLOGY_NAMESPACE): first for iri, _, first in classes}
    return Contents(
        base_iri=store.base_iri,
        version=store.version,
        triples=sum(part.count for part in properties),
        entities=_number(store, _ENTITIES.format(base=base)),
        subjects=_number(store, _SUBJECTS),
        objects=_number(store, _OBJECTS),
        classes=tuple(sorted((Part(iri, count) for iri, count, _ in classes), key=_by_iri)),
        properties=tuple(sorted(properties, key=_by_iri)),
        links=tuple(sorted((Part(iri, n) for iri, n, _ in _rows(store, _LINKS.format(base=base))), key=_by_iri)),
        first=tuple((name, examples[name]) for name in EXAMPLES_OF if name in examples),
    )


def dataset_iri(base_iri: str) -> NamedNode:
    """The graph as a data set: its description is found at the address without the fragment."""
    return NamedNode(f"{base_iri}void#dataset")


def description(contents: Contents, access: Access) -> Iterator[Triple]:
    """VoID and DCAT of a version."""
    document, dataset = NamedNode(f"{contents.base_iri}void"), dataset_iri(contents.base_iri)
    yield from _stated(
        document,
        ("rdf:type", NamedNode(VOID + "DatasetDescription")),
        ("dcterms:title", Literal(f"Description of: {NAME}", language="en")),
        ("foaf:primaryTopic", dataset),
    )
    yield from _stated(
        dataset,
        ("rdf:type", NamedNode(VOID + "Dataset")),
        ("rdf:type", NamedNode(DCAT + "Dataset")),
        ("dcterms:title", Literal(NAME, language="en")),
        ("dcterms:description", Literal(DESCRIPTION, language="en")),
        ("dcterms:conformsTo", NamedNode(ONTOLOGY_NAMESPACE.rstrip("#"))),
        ("dcat:version", Literal(str(contents.version))),
        ("void:uriSpace", Literal(contents.base_iri)),
        ("void:triples", Literal(contents.triples)),
        ("void:entities", Literal(contents.entities)),
        ("void:distinctSubjects", Literal(contents.subjects)),
        ("void:distinctObjects", Literal(contents.objects)),
        ("void:classes", Literal(len(contents.classes))),
        ("void:properties", Literal(len(contents.properties))),
        *(("void:vocabulary", NamedNode(namespace)) for namespace in contents.vocabularies),
        *(("void:exampleResource", NamedNode(iri)) for _, iri in contents.first),
    )
    if access.licence:
        yield from _stated(dataset, ("dcterms:license", NamedNode(access.licence)))
    if access.page:
        yield from _stated(dataset, ("foaf:homepage", NamedNode(access.page)))
    yield from _partitions(contents, dataset)
    yield from _link_sets(contents, dataset)
    if access.endpoint:
        yield from _service(dataset, NamedNode(access.endpoint))
    for file in access.files:
        yield from _file(dataset, file, access.licence)


def _partitions(contents: Contents, dataset: NamedNode) -> Iterator[Triple]:
    for kind, parts, said, counted in (
        ("class", contents.classes, "void:class", "void:entities"),
        ("property", contents.properties, "void:property", "void:triples"),
    ):
        for part in parts:
            node = _fragment(contents, kind, part.iri)
            yield from _stated(dataset, (f"void:{kind}Partition", node))
            yield from _stated(node, (said, NamedNode(part.iri)), (counted, Literal(part.count)))


def _link_sets(contents: Contents, dataset: NamedNode) -> Iterator[Triple]:
    for part in contents.links:
        node = _fragment(contents, "links", part.iri)
        yield from _stated(dataset, ("void:subset", node))
        yield from _stated(
            node,
            ("rdf:type", NamedNode(VOID + "Linkset")),
            ("void:linkPredicate", NamedNode(part.iri)),
            ("void:subjectsTarget", dataset),
            ("void:triples", Literal(part.count)),
        )


def _service(dataset: NamedNode, endpoint: NamedNode) -> Iterator[Triple]:
    yield from _stated(
        dataset,
        ("void:sparqlEndpoint", endpoint),
        *(("void:feature", NamedNode(FORMATS + form)) for form in SERVED),
    )
    yield from _stated(
        endpoint,
        ("rdf:type", NamedNode(DCAT + "DataService")),
        ("dcterms:title", Literal("SPARQL endpoint", language="en")),
        ("dcterms:conformsTo", NamedNode("https://www.w3.org/TR/sparql11-protocol/")),
        ("dcat:endpointURL", endpoint),
        ("dcat:endpointDescription", endpoint),
        ("dcat:servesDataset", dataset),
    )


def _file(dataset: NamedNode, file: File, licence: str | None) -> Iterator[Triple]:
    part = NamedNode(file.url)
    packed = file.name.endswith(".gz")
    media = NamedNode(MEDIA + file.media_type)
    yield from _stated(
        dataset,
        ("dcat:distribution", part),
        *((("void:dataDump", part),) if file.media_type in ("application/n-quads", "text/turtle") else ()),
    )
    yield from _stated(
        part,
        ("rdf:type", NamedNode(DCAT + "Distribution")),
        ("dcterms:title", Literal(file.name)),
        ("dcat:downloadURL", part),
        ("dcat:mediaType", media),
    )
    if packed:
        yield from _stated(part, ("dcat:compressFormat", NamedNode(MEDIA + "application/gzip")))
    if licence:
        yield from _stated(part, ("dcterms:license", NamedNode(licence)))
    if file.size is not None:
        yield from _stated(part, ("dcat:byteSize", Literal(file.size)))
    if file.digest is not None:
        checksum = NamedNode(f"{file.url}#checksum")
        yield from _stated(part, ("spdx:checksum", checksum))
        yield from _stated(
            checksum,
            ("spdx:algorithm", NamedNode(SPDX + "checksumAlgorithm_sha256")),
            ("spdx:checksumValue", Literal(file.digest)),
        )


def _stated(subject: NamedNode, *said: tuple[str, NamedNode | Literal]) -> Iterator[Triple]:
    for compact, found in said:
        prefix, _, name = compact.partition(":")
        yield Triple(subject, NamedNode(PREFIXES[prefix] + name), found)


def _fragment(contents: Contents, kind: str, iri: str) -> NamedNode:
    """A name for a part of the description: readable where the term has a short name."""
    short = compress(iri)
    name = short.replace(":", "-") if short != iri else hashlib.sha256(iri.encode()).hexdigest()[:12]
    return NamedNode(f"{contents.base_iri}void#{kind}-{name}")


def _namespace(iri: str) -> str:
    """The namespace of a term, as far as its IRI shows.

    >>> _namespace("http://purl.org/dc/terms/title"), _namespace("https://example.org/a/b#C"), _namespace("urn:x")
    ('http://purl.org/dc/terms/', 'https://example.org/a/b#', '')
    """
    for mark in ("#", "/"):
        before, found, _ = iri.rpartition(mark)
        if found:
            return before + found
    return ""


def _by_iri(part: Part) -> str:
    return part.iri


def _rows(store: Snapshot, query: str) -> list[tuple[str, int, str]]:
    """An IRI, a count, and an IRI where there is one."""
    solutions = cast(pyoxigraph.QuerySolutions, store.graph.query(query))
    names = [variable.value for variable in solutions.variables]
    found = []
    for solution in solutions:
        term, example = solution[names[0]], solution["first"] if "first" in names else None
        if isinstance(term, NamedNode):
            first = example.value if isinstance(example, NamedNode) else ""
            found.append((term.value, int(cast(Literal, solution["n"]).value), first))
    return found


def _number(store: Snapshot, query: str) -> int:
    solution = next(cast(pyoxigraph.QuerySolutions, store.graph.query(query)))
    return int(cast(Literal, solution["n"]).value)
