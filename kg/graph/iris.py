"""Keys -> IRIs: the one place where the graph's instances get their names.

An IRI is a function of the key alone: no counters, no dots, no clock. ``Iris`` holds the base.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from kg.records import Author, ConceptType
from kg.settings import DEFAULT_BASE_IRI

_LOSSLESS: Final = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
_LONGEST: Final = 80
_READABLE: Final = 60
_DIGEST: Final = 24  # hex digits: 96 bits, no accident in a billion

# Hosts whose owners and names ignore case: one repository, one IRI.
_CASELESS_HOSTS: Final = frozenset({"github.com", "gitlab.com", "bitbucket.org"})


def slug(key: str) -> str:
    """The path segment of a key, injective on keys and made of ``[a-z0-9-]`` alone.

    A key of lower-case letters, digits and single spaces becomes itself with hyphens. Where letters would be
    lost, or the key is longer than 80 characters, a digest of the key follows the readable part after two
    hyphens, which no slug of the first kind holds.

    >>> slug("graph attention network")
    'graph-attention-network'
    >>> slug("c++"), slug("c")
    ('c--cedb1bac7e', 'c')
    >>> slug("机器翻译")
    'x--b06f4948ac'
    """
    if len(key) <= _LONGEST and _LOSSLESS.fullmatch(key):
        return key.replace(" ", "-")
    letters = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode("ascii").lower()
    readable = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_READABLE].rstrip("-") or "x"
    # surrogatepass: a lone surrogate is no reason to fail here; readers replace them long before.
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{readable}--{digest}"


def digest_of(*parts: str) -> str:
    """The digest that names what has no key of its own: 24 hex digits of SHA-256 over the parts.

    >>> digest_of("a", "bc") == digest_of("ab", "c")
    False
    """
    # The length before each part keeps the joined text unambiguous.
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]


def person_key(author: Author, paper_key: str, position: int) -> str:
    """The key of a person: an ORCID, else a source's author id, else one paper's nth author.

    Namesakes are never merged by name alone.

    >>> person_key(Author("Ada Lovelace", orcid="0000-0002-1825-009X"), "any", 1)
    'orcid 0000 0002 1825 009x'
    >>> person_key(Author("Ada Lovelace"), "notes on the engine 1843", 2)
    'notes on the engine 1843 author 2'
    """
    if author.orcid:
        return "orcid " + author.orcid.lower().replace("-", " ")
    if author.source_id:
        return author.source_id
    return f"{paper_key} author {position}"


def venue_key(name: str) -> str:
    """The key of a venue: its name without regard to case and spacing.

    >>> venue_key("Proceedings  of ACL ")
    'proceedings of acl'
    """
    return " ".join(name.casefold().split())


def repository_key(url: str) -> str:
    """The key of a repository: its normalised URL without scheme, in lower case where the host ignores case.

    >>> repository_key("https://github.com/Owner/Name")
    'github.com/owner/name'
    >>> repository_key("https://huggingface.co/Owner/Name")
    'huggingface.co/Owner/Name'
    """
    address = url.partition("://")[2] or url
    return address.lower() if urlsplit(url).hostname in _CASELESS_HOSTS else address


@dataclass(frozen=True, slots=True)
class Iris:
    """The IRIs under one base. ``base_iri`` ends in ``/`` or ``#``.

    >>> Iris().paper("attention is all you need 2017").value
    'https://w3id.org/papertriples/paper/attention-is-all-you-need-2017'
    >>> Iris("https://example.org/kg/").concept("Dataset", "squad").value
    'https://example.org/kg/dataset/squad'
    """

    base_iri: str = DEFAULT_BASE_IRI

    def __post_init__(self) -> None:
        NamedNode(self.base_iri)  # raises ValueError on what is no absolute IRI
        if not self.base_iri.endswith(("/", "#")):
            raise ValueError(f"the base IRI must end in / or #, found {self.base_iri!r}")

    def paper(self, key: str) -> NamedNode:
        """A paper, by :attr:`kg.records.Paper.key`."""
        return self._named("paper", slug(key))

    def concept(self, kind: ConceptType, key: str) -> NamedNode:
        """A task, method, dataset or metric, by type and key."""
        return self._named(kind.lower(), slug(key))

    def merge(self, concept: NamedNode, rule: str, form: str, joined: str) -> NamedNode:
        """Why a concept has the names of one normal form."""
        return NamedNode(f"{concept.value}/merge/{digest_of(rule, form, joined)}")

    def person(self, key: str) -> NamedNode:
        """A person, by :func:`person_key`."""
        return self._named("person", slug(key))

    def venue(self, name: str) -> NamedNode:
        """A venue, by its name as it came."""
        return self._named("venue", slug(venue_key(name)))

    def repository(self, url: str) -> NamedNode:
        """A repository, by its normalised URL."""
        return self._named("repository", slug(repository_key(url)))

    def authorship(self, paper: NamedNode, position: int) -> NamedNode:
        """The nth place in a paper's list of authors."""
        return NamedNode(f"{paper.value}/authorship/{position}")

    def result(self, paper: NamedNode, field: str, start: int, end: int) -> NamedNode:
        """The number that a paper's field holds from ``start`` to ``end``."""
        return self._named("result", digest_of(paper.value, field, str(start), str(end)))

    def stated_result(self, paper: NamedNode, source: NamedNode, *parts: str) -> NamedNode:
        """The number that a source record gives for a paper; ``parts`` are what it says, in a fixed order."""
        return self._named("result", digest_of(paper.value, source.value, *parts))

    def statement(self, paper: NamedNode, subject: NamedNode, predicate: NamedNode, obj: NamedNode) -> NamedNode:
        """What a paper states: one IRI for each (paper, subject, predicate, object)."""
        return self._named("statement", digest_of(paper.value, subject.value, predicate.value, obj.value))

    def evidence(self, statement: NamedNode, field: str, *offsets: int | None) -> NamedNode:
        """A sentence that says a statement; ``offsets`` are those of sentence, subject and object."""
        numbers = ("-" if offset is None else str(offset) for offset in offsets)
        return self._named("evidence", digest_of(statement.value, field, *numbers))

    def run(self, digest: str) -> NamedNode:
        """The extraction run of an extractor, by the extractor's digest."""
        return self._named("run", digest_of(digest))

    def curation(self, entry_id: str) -> NamedNode:
        """An entry of the curation log, by its id."""
        return self._named("curation", entry_id)

    def curator(self, who: str) -> NamedNode:
        """Somebody who corrects the graph, by the name given in the log."""
        return self._named("curator", slug(who))

    def source(self, source: str, record_id: str) -> NamedNode:
        """A record of a source."""
        return self._named("source", f"{slug(source)}/{slug(record_id)}")

    def paper_graph(self, paper: NamedNode) -> NamedNode:
        """The named graph that holds all that a paper says."""
        return NamedNode(f"{paper.value}/graph")

    def graph(self, name: str) -> NamedNode:
        """One of the graphs that no single paper owns: ``concepts``, ``links``, ``ontology`` ..."""
        return self._named("graph", slug(name))

    def _named(self, kind: str, segment: str) -> NamedNode:
        return NamedNode(f"{self.base_iri}{kind}/{segment}")
