"""Graph -> links that follow from identifiers alone: where else each paper, person and repository is found.

Nobody is asked. ``schema:sameAs`` where the address names this very thing by a published rule, ``rdfs:seeAlso``
where another system will tell of it if it knows it; never ``owl:sameAs``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg.graph import vocabulary as v
from kg.identifiers import Elsewhere, author_elsewhere, paper_elsewhere, repository_elsewhere
from kg.records import Identifier

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]


def computed_links(graph: pyoxigraph.Store) -> Iterator[Triple]:
    """The links of all papers, persons and repositories of the merge, sorted by nothing: a set of triples."""
    for paper, identifiers in papers_of(graph).items():
        yield from _links(paper, paper_elsewhere(identifiers))
    for person, orcid, source_id in _persons(graph):
        yield from _links(person, author_elsewhere(orcid, source_id))
    for repository, url in values_of(graph, v.SCHEMA_codeRepository):
        yield from _links(repository, repository_elsewhere(url))


def _links(subject: NamedNode, found: tuple[Elsewhere, ...]) -> Iterator[Triple]:
    for one in found:
        yield subject, v.SCHEMA_sameAs if one.same else v.RDFS_seeAlso, NamedNode(one.url)
        if one.identifier is not None:
            yield subject, v.SCHEMA_identifier, Literal(one.identifier)


def papers_of(graph: pyoxigraph.Store) -> dict[NamedNode, list[Identifier]]:
    """The identifiers of all papers that have one."""
    found: dict[NamedNode, list[Identifier]] = defaultdict(list)
    for scheme, predicate in v.IDENTIFIER_PROPERTIES.items():
        for paper, value in values_of(graph, predicate):
            found[paper].append(Identifier(scheme, value))
    return found


def _persons(graph: pyoxigraph.Store) -> Iterator[tuple[NamedNode, str | None, str | None]]:
    for person, orcid in values_of(graph, v.PT_orcid):
        yield person, orcid, None
    for person, source_id in values_of(graph, v.PT_sourceAuthorId):
        yield person, None, source_id


def values_of(graph: pyoxigraph.Store, predicate: NamedNode) -> Iterator[tuple[NamedNode, str]]:
    """All subjects and literals of a property in the merge."""
    for quad in graph.quads_for_pattern(None, predicate, None, DefaultGraph()):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
            yield quad.subject, quad.object.value
