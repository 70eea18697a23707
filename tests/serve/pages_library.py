"""A small graph for the tests of the pages, described as a build does it, from texts with marked names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from flask import Flask

from kg.graph.describe import describe_concepts, describe_paper, ontology_quads
from kg.graph.iris import Iris
from kg.records import (
    Author,
    Concept,
    ConceptType,
    Extraction,
    ExtractorInfo,
    FieldName,
    Identifier,
    Mention,
    Paper,
    Relation,
    RelationType,
    RepositoryMention,
    ResultClaim,
    Role,
    RoleName,
    Sentence,
    SourceRecord,
    ValueKind,
)
from kg.serve import entities, pages, search
from kg.store import EmbeddedStore, Manifest, VersionWriter, open_store

BASE = "https://graph.example/kg/"
INFO = ExtractorInfo("by hand", "1", "0" * 64)
TYPES: dict[str, ConceptType] = {"T": "Task", "M": "Method", "D": "Dataset", "E": "Metric"}


@dataclass
class Text:
    """A field with names marked as ``[M:BERT]``; parts of the text are found again by their words."""

    marked: str
    place: FieldName = "abstract"
    plain: str = ""
    mentions: list[Mention] = field(default_factory=list)

    def __post_init__(self) -> None:
        for piece in re.split(r"(\[[TMDE]:[^\]]+\])", self.marked):
            start = len(self.plain)
            if piece.startswith("[") and piece[2:3] == ":":
                self.plain += piece[3:-1]
                kind = TYPES[piece[1]]
                self.mentions.append(Mention(self.place, start, len(self.plain), piece[3:-1], kind, 0.9))
            else:
                self.plain += piece

    def find(self, words: str) -> tuple[int, int]:
        start = self.plain.index(words)
        return start, start + len(words)

    def sentences(self) -> list[Sentence]:
        found = re.finditer(r"[^ ].*?(?:\.(?= )|\.?$)", self.plain)
        return [Sentence(self.place, one.start(), one.end(), one.group()) for one in found]


@dataclass
class Written:
    """A paper to be: ``roles``, ``relations``, ``results`` name mentions by the order in the text."""

    key: str
    title: str
    abstract: str = ""
    summary: str = ""
    roles: dict[int, RoleName] = field(default_factory=dict)
    relations: list[tuple[int, RelationType, int]] = field(default_factory=list)
    results: list[tuple[str, str, dict[str, int]]] = field(default_factory=list)  # number, kind, parts
    conditions: dict[str, str] = field(default_factory=dict)  # number -> condition
    unsure: set[int] = field(default_factory=set)  # mentions whose role is doubtful
    url: str | None = None
    authors: tuple[Author, ...] = ()
    date: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    venue: str | None = None

    def read(self) -> tuple[Paper, Extraction]:
        text = Text(self.abstract or self.summary, "abstract" if self.abstract else "summary")
        record = SourceRecord(
            "jsonl",
            self.key,
            self.title,
            abstract=text.plain if self.abstract else None,
            summary=text.plain if self.summary else None,
            authors=self.authors,
        )
        paper = Paper(
            self.key,
            (record,),
            record,
            self.title,
            record.abstract,
            record.summary,
            authors=self.authors,
            date=self.date,
            identifiers=self.identifiers,
            venue=self.venue,
        )
        mentions = tuple(text.mentions)
        results = []
        for number, kind, parts in self.results:
            start, end = text.find(number)
            value = Decimal(re.sub(r"[^0-9.-]", "", number))
            unit = "%" if number.endswith("%") else None
            condition = self.conditions.get(number)
            shown: ValueKind = kind  # type: ignore[assignment]
            results.append(
                ResultClaim(
                    text.place,
                    start,
                    end,
                    value,
                    number,
                    shown,
                    0.8,
                    unit,
                    condition=condition,
                    **parts,
                )
            )
        repositories = ()
        if self.url:
            start, end = text.find(self.url)
            repositories = (RepositoryMention(text.place, start, end, self.url, True, 1.0),)
        extraction = Extraction(
            INFO.digest,
            tuple(text.sentences()),
            mentions,
            tuple(Relation(head, tail, kind, 0.7) for head, kind, tail in self.relations),
            tuple(Role(index, role, 0.3 if index in self.unsure else 0.875) for index, role in self.roles.items()),
            tuple(results),
            repositories,
        )
        return paper, extraction


def concept_of(mention: Mention) -> Concept:
    """One concept for each name, without regard to case."""
    key = mention.text.casefold()
    aliases = ("GAT",) if key == "graph attention network" else ()
    higher = {"accuracy": True, "error rate": False}.get(key)
    return Concept(key, mention.type, mention.text, aliases, higher_is_better=higher, fraction=higher)


def write_store(folder: Path, papers: Sequence[Written], base: str = BASE) -> Path:
    """Publishes a store with these papers."""
    iris = Iris(base)
    concepts: dict[tuple[str, str], Concept] = {}
    folder.mkdir(exist_ok=True)
    with VersionWriter(folder, 0) as writer:
        for written in papers:
            paper, extraction = written.read()
            found = [concept_of(mention) for mention in extraction.mentions]
            for concept in found:
                concepts.setdefault((concept.type, concept.key), concept)
            graph = iris.paper_graph(iris.paper(paper.key))
            named = [concepts[(one.type, one.key)] for one in found]
            writer.replace_graph(graph, describe_paper(paper, extraction, named, iris, INFO, Decimal("0.5")))
        known = [concepts[key] for key in sorted(concepts)]
        writer.replace_graph(iris.graph("concepts"), describe_concepts(known, iris))
        writer.replace_graph(iris.graph("ontology"), ontology_quads(iris))
        writer.publish(Manifest(version=writer.version, base_iri=base, extractor=INFO))
    return folder


@dataclass
class OneStore:
    """The part of the application that pages need, on one open store."""

    opened: EmbeddedStore

    @contextmanager
    def snapshot(self) -> Iterator[EmbeddedStore]:
        yield self.opened


@contextmanager
def pages_of(folder: Path) -> Iterator[Flask]:
    """An application that has the pages alone, without the workers of the endpoint."""
    with open_store(folder) as opened:
        context = OneStore(opened)
        app = Flask("kg.serve")
        for module in (pages, search, entities):
            app.register_blueprint(module.blueprint(context))
        app.testing = True
        yield app


LIBRARY = (
    Written(
        "gat 2017",
        "Graph Attention Networks for $k$-hop Graphs",
        abstract=(
            "We introduce [M:Graph Attention Network], a method for [T:node classification]. "
            "Graph Attention Network reaches 83.0% [E:accuracy] on [D:Cora]. "
            "With 10% of the data it reaches 61.5% accuracy on Cora. "
            "It beats [M:GCN] by 1.5% accuracy. "
            "[M:DeepWalk] is another one. "
            "Code: https://github.com/ada/gat."
        ),
        roles={0: "introduces", 1: "addresses", 3: "evaluatesOn", 4: "comparesWith", 5: "uses"},
        unsure={5},
        relations=[(0, "Used-For", 1), (0, "Compare-With", 4), (0, "Evaluated-With", 3)],
        results=[
            ("83.0%", "absolute", {"metric": 2, "dataset": 3, "task": 1, "method": 0}),
            ("61.5%", "absolute", {"metric": 2, "dataset": 3, "task": 1, "method": 0}),
            ("1.5%", "delta", {"metric": 2, "method": 0, "baseline": 4}),
        ],
        conditions={"61.5%": "With 10% of the data"},
        url="https://github.com/ada/gat",
        authors=(Author("Ada Lovelace", orcid="0000-0002-1825-0097"), Author("Charles Babbage")),
        date="2017-10-30",
        identifiers=(Identifier("arxiv", "1710.10903"), Identifier("doi", "10.1000/gat")),
        venue="Journal of Small Graphs",
    ),
    Written(
        "better graphs",
        "Better Graphs",
        abstract=(
            "Our [M:Deeper Network] gets 85.5% [E:accuracy] on [D:Cora] in [T:node classification]. "
            "It uses [M:Graph Attention Network]."
        ),
        roles={0: "introduces", 2: "evaluatesOn", 3: "addresses", 4: "uses"},
        results=[("85.5%", "absolute", {"metric": 1, "dataset": 2, "task": 3, "method": 0})],
        date="2019",
        authors=(Author("Ada Lovelace", orcid="0000-0002-1825-0097"),),
    ),
    Written(
        "equal graphs",
        "Equal Graphs",
        # The sentence names no task; the paper addresses it.
        abstract=(
            "We address [T:node classification]. "
            "[M:Equal Network] has 85.5% [E:accuracy] and 14.5% [E:error rate] on [D:Cora]."
        ),
        roles={0: "addresses", 1: "introduces", 4: "evaluatesOn"},
        results=[
            ("85.5%", "absolute", {"metric": 2, "dataset": 4, "method": 1}),
            ("14.5%", "absolute", {"metric": 3, "dataset": 4, "method": 1}),
        ],
    ),
    Written(
        "letters beyond",
        "Letters 𝒜 and 😀",
        summary="In 😀 texts [M:Emoji Model 𝒳] works for [T:sentiment analysis] 👍 well.",
        roles={0: "introduces", 1: "addresses"},
    ),
    Written(
        "hostile",
        '<script>alert("title")</script>',
        abstract=(
            'The [M:<img src=x onerror=alert("method")>] breaks [D:"><script>alert(1)</script>] & <b>more</b>. '
            "</script><script>alert(2)</script>"
        ),
        roles={0: "introduces", 1: "evaluatesOn"},
        authors=(Author("<b>Robert</b>", source_id="javascript:alert(1)"),),
        venue="</title><script>alert(3)</script>",
    ),
)
