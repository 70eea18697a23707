"""IRIs -> links. The base IRI need not be the server's address: pages link by path, RDF keeps the IRIs."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

# What the first segment of an IRI's path says of what it names: words for one and for many.
KINDS: dict[str, tuple[str, str]] = {
    "paper": ("Paper", "Papers"),
    "task": ("Task", "Tasks"),
    "method": ("Method", "Methods"),
    "dataset": ("Dataset", "Datasets"),
    "metric": ("Metric", "Metrics"),
    "result": ("Result", "Results"),
    "repository": ("Repository", "Repositories"),
    "person": ("Person", "People"),
    "venue": ("Venue", "Venues"),
    "statement": ("Statement", "Statements"),
    "evidence": ("Evidence", "Evidence"),
    "run": ("Extraction run", "Extraction runs"),
    "source": ("Source record", "Source records"),
    "graph": ("Named graph", "Named graphs"),
    "ontology": ("Ontology", "Ontologies"),
}
CONCEPT_KINDS = ("task", "method", "dataset", "metric")
_LINKED_SCHEMES = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a page names: its IRI, its label, the address of its page, what kind it is."""

    iri: str
    label: str
    href: str | None
    kind: str

    @property
    def kind_name(self) -> str:
        """The word for its kind, empty where it is none of ours."""
        return KINDS[self.kind][0] if self.kind in KINDS else ""


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links for a store's base IRI and the path that the server is mounted at.

    >>> links = Links("https://w3id.org/papertriples/")
    >>> links.href("https://w3id.org/papertriples/method/bert")
    '/method/bert'
    >>> links.href("https://github.com/a/b"), links.href("javascript:alert(1)")
    ('https://github.com/a/b', None)
    >>> links.kind("https://w3id.org/papertriples/method/bert"), links.kind("https://github.com/a/b")
    ('method', '')
    """

    base_iri: str
    root: str = ""

    def iri(self, path: str) -> str:
        """The IRI that the page at a path (without its first slash) is about."""
        return self.base_iri + path

    def slug(self, iri: str) -> str:
        """The last part of the path of an IRI of ours, empty for those of others."""
        return iri.rsplit("/", 1)[-1] if iri.startswith(self.base_iri) else ""

    def href(self, iri: str) -> str | None:
        """Where a link to the IRI leads: a path of ours, a web address, or nowhere."""
        if iri.startswith(self.base_iri):
            path, _, fragment = iri.removeprefix(self.base_iri).partition("#")
            return f"{self.root}/{quote(path)}" + (f"#{quote(fragment)}" if fragment else "")
        try:
            scheme = urlsplit(iri).scheme.lower()
        except ValueError:
            return None
        return iri if scheme in _LINKED_SCHEMES else None

    def kind(self, iri: str) -> str:
        """The kind of thing that an IRI of ours names, empty for those of others."""
        if not iri.startswith(self.base_iri):
            return ""
        path = iri.removeprefix(self.base_iri)
        if path.endswith("/graph"):
            return "graph"
        segment = path.partition("/")[0].partition("#")[0]
        return segment if segment in KINDS else ""

    def thing(self, iri: str, label: str | None = None) -> Thing:
        """What a page shows of an IRI; without a label, the end of the IRI stands for it."""
        return Thing(iri, label or local_name(iri), self.href(iri), self.kind(iri))


def local_name(iri: str) -> str:
    """The last part of an IRI.

    >>> local_name("http://purl.org/dc/terms/title"), local_name("https://example.org/")
    ('title', 'https://example.org/')
    """
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1] or iri
