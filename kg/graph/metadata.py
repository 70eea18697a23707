"""Paper -> triples: what the sources say of a paper, and which records said so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode

from kg.graph import vocabulary as v
from kg.graph.iris import Iris, person_key
from kg.graph.literals import date, integer, text, uri
from kg.identifiers import normalise_repository
from kg.records import Author, Identifier, Paper
from kg.text import plain

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]


def paper_triples(paper: Paper, iris: Iris, cited: Mapping[Identifier, str]) -> Iterator[Triple]:
    """All that the sources say of a paper; ``cited`` maps identifiers to the keys of papers in the graph."""
    iri = iris.paper(paper.key)
    yield iri, v.RDF_type, v.PT_Paper
    yield iri, v.RDFS_label, text(plain(paper.title) or paper.key)
    yield iri, v.DCTERMS_title, text(paper.title)
    if paper.abstract:
        yield iri, v.DCTERMS_abstract, text(paper.abstract)
    if paper.summary:
        yield iri, v.PT_summary, text(paper.summary)
    if paper.date and (written := date(paper.date)):
        yield iri, v.DCTERMS_date, written
        yield iri, v.PT_year, integer(int(written.value[:4]))
    if paper.language:
        yield iri, v.DCTERMS_language, text(paper.language)
    if paper.venue and (name := " ".join(paper.venue.split())):
        venue = iris.venue(name)
        yield iri, v.PT_venue, venue
        yield venue, v.RDF_type, v.PT_Venue
        yield venue, v.RDFS_label, text(plain(name) or name)
    for position, author in enumerate(paper.authors, start=1):
        yield from _author_triples(iri, paper.key, author, position, iris)
    for identifier in paper.identifiers:
        if identifier.scheme in v.IDENTIFIER_PROPERTIES:
            yield iri, v.IDENTIFIER_PROPERTIES[identifier.scheme], text(identifier.value)
        else:
            yield iri, v.PT_identifier, text(f"{identifier.scheme}:{identifier.value}")
    for identifier in paper.cites:
        yield iri, v.PT_citesIdentifier, text(f"{identifier.scheme}:{identifier.value}")
        key = cited.get(identifier)
        if key is not None and key != paper.key:
            yield iri, v.CITO_cites, iris.paper(key)
    for url in paper.urls:
        yield iri, v.SCHEMA_url, uri(url)
    for url in paper.code_urls:
        repository = normalise_repository(url)
        normal = repository.url if repository else url
        yield iri, v.PT_hasRepository, iris.repository(normal)
        yield from repository_triples(normal, repository.kind if repository else "other", iris)


def repository_triples(url: str, kind: str, iris: Iris) -> Iterator[Triple]:
    """A repository by its normalised URL: a label that people know it by, its address, host and kind."""
    iri = iris.repository(url)
    found = normalise_repository(url)
    host = found.host if found else urlsplit(url).hostname
    yield iri, v.RDF_type, v.PT_Repository
    if found and found.name and kind not in ("page", "other"):
        yield iri, v.RDFS_label, text(f"{found.owner}/{found.name}" if found.owner else found.name)
    else:
        yield iri, v.RDFS_label, text(url.partition("://")[2] or url)
    yield iri, v.SCHEMA_codeRepository, uri(url)
    yield iri, v.PT_repositoryKind, text(kind)
    if host:
        yield iri, v.PT_host, text(host)


def source_triples(paper: Paper, graph: NamedNode, iris: Iris) -> Iterator[Triple]:
    """The records that a paper's graph is derived from."""
    for record in paper.records:
        iri = iris.source(record.source, record.record_id)
        yield graph, v.PROV_wasDerivedFrom, iri
        yield iri, v.RDF_type, v.PT_SourceRecord
        yield iri, v.RDFS_label, text(f"{record.source}: {record.record_id}")
        yield iri, v.PT_source, text(record.source)
        yield iri, v.PT_recordId, text(record.record_id)
        if record.version:
            yield iri, v.PT_recordVersion, text(record.version)


def _author_triples(paper: NamedNode, paper_key: str, author: Author, position: int, iris: Iris) -> Iterator[Triple]:
    person, authorship = iris.person(person_key(author, paper_key, position)), iris.authorship(paper, position)
    name = plain(author.name) or author.name
    yield paper, v.DCTERMS_creator, person
    yield paper, v.PT_authorship, authorship
    yield authorship, v.RDF_type, v.PT_Authorship
    yield authorship, v.RDFS_label, text(name)
    yield authorship, v.PT_person, person
    yield authorship, v.PT_position, integer(position)
    yield authorship, v.PT_printedName, text(author.name)
    yield person, v.RDF_type, v.PT_Person
    yield person, v.RDFS_label, text(name)
    yield person, v.FOAF_name, text(name)
    if author.orcid:
        yield person, v.PT_orcid, text(author.orcid)
    if author.source_id:
        yield person, v.PT_sourceAuthorId, text(author.source_id)
