"""A small graph of our own, made by the functions that make every graph: four papers whose facts the tests know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox

from kg.graph import vocabulary as v
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
)
from kg.store import Manifest, VersionWriter, current_version, has_store

INFO = ExtractorInfo("by hand", "1", "0" * 64)
IRIS = Iris()
CONCEPTS = {
    ("Method", "starling"): Concept("starling", "Method", "Starling", alt_labels=("STARLING net",)),
    ("Method", "wren"): Concept("wren", "Method", "Wren"),
    ("Method", "graph loom"): Concept("graph loom", "Method", "GraphLoom", alt_labels=("Graph Loom",)),
    ("Method", "loom"): Concept("loom", "Method", "Loom"),
    ("Task", "node classification"): Concept("node classification", "Task", "node classification"),
    ("Task", "link prediction"): Concept("link prediction", "Task", "link prediction"),
    ("Dataset", "orchard"): Concept("orchard", "Dataset", "Orchard"),
    ("Metric", "accuracy"): Concept("accuracy", "Metric", "accuracy", higher_is_better=True, fraction=True),
    ("Metric", "error rate"): Concept("error rate", "Metric", "error rate", higher_is_better=False, fraction=True),
}


@dataclass
class Reading:
    """A paper and what somebody read in it: names are found in the text, so that offsets are right."""

    title: str
    abstract: str
    date: str | None = None
    arxiv: str | None = None
    code: str | None = None
    venue: str | None = None
    mentions: list[Mention] = field(default_factory=list)
    concepts: list[Concept | None] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    results: list[ResultClaim] = field(default_factory=list)

    def name(self, text: str, kind: ConceptType, key: str, nth: int = 0) -> int:
        """A mention of a concept: the nth place in the abstract where it is named; returns its index."""
        start = [found.start() for found in re.finditer(re.escape(text), self.abstract)][nth]
        self.mentions.append(Mention("abstract", start, start + len(text), text, kind, 0.9))
        self.concepts.append(CONCEPTS[kind, key])
        return len(self.mentions) - 1

    def role(self, mention: int, role: RoleName, score: float = 0.9) -> None:
        self.roles.append(Role(mention, role, score))

    def relation(self, head: int, kind: RelationType, tail: int, score: float = 0.8) -> None:
        self.relations.append(Relation(head, tail, kind, score))

    def result(self, text: str, method: int, metric: int, dataset: int, condition: str | None = None) -> None:
        start = self.abstract.index(text)
        value = Decimal(text.rstrip("%"))
        self.results.append(
            ResultClaim(
                "abstract",
                start,
                start + len(text),
                value,
                text,
                "absolute",
                0.85,
                unit="%",
                metric=metric,
                dataset=dataset,
                method=method,
                condition=condition,
            )
        )

    def paper(self) -> Paper:
        identifiers = (Identifier("arxiv", self.arxiv),) if self.arxiv else ()
        record = SourceRecord(
            "jsonl",
            self.title,
            self.title,
            abstract=self.abstract,
            authors=(Author("Ada Example"),),
            date=self.date,
            identifiers=identifiers,
            venue=self.venue,
            code_urls=(self.code,) if self.code else (),
        )
        return Paper(
            key=self.title.lower(),
            records=(record,),
            text_record=record,
            title=record.title,
            abstract=record.abstract,
            authors=record.authors,
            date=record.date,
            identifiers=identifiers,
            venue=record.venue,
            code_urls=record.code_urls,
        )

    def extraction(self) -> Extraction:
        fields: Sequence[tuple[FieldName, str]] = (("title", self.title), ("abstract", self.abstract))
        sentences = [
            Sentence(name, found.start(), found.end(), found.group())
            for name, text in fields
            for found in re.finditer(r"\S.*?(?:[.](?=\s|$)|$)", text)
        ]
        return Extraction(
            INFO.digest,
            tuple(sentences),
            tuple(self.mentions),
            tuple(self.relations),
            tuple(self.roles),
            tuple(self.results),
            tuple(self._repositories()),
        )

    def _repositories(self) -> Iterator[RepositoryMention]:
        for found in re.finditer(r"https://\S+?(?=[.]?(?:\s|$))", self.abstract):
            yield RepositoryMention("abstract", found.start(), found.end(), found.group(), True, 0.95)


def readings() -> list[Reading]:
    """The papers."""
    starling = Reading(
        "Starling: Sparse Message Passing",
        "We introduce Starling, a kind of GraphLoom for node classification. Starling is trained on Orchard and "
        "reaches 84.5% accuracy. We compare it with Wren. Our code is at https://github.com/example/starling.",
        date="2021-06-01",
        arxiv="2106.00001",
        venue="Workshop on Birds",
    )
    new = starling.name("Starling", "Method", "starling")
    loom = starling.name("GraphLoom", "Method", "graph loom")
    task = starling.name("node classification", "Task", "node classification")
    again = starling.name("Starling", "Method", "starling", nth=1)
    data = starling.name("Orchard", "Dataset", "orchard")
    metric = starling.name("accuracy", "Metric", "accuracy")
    rival = starling.name("Wren", "Method", "wren")
    starling.role(new, "introduces")
    starling.role(loom, "uses")
    starling.role(task, "addresses")
    starling.role(data, "evaluatesOn")
    starling.role(rival, "comparesWith")
    starling.relation(new, "SubClass-Of", loom)
    starling.relation(new, "Used-For", task)
    starling.relation(again, "Trained-With", data)
    starling.result("84.5%", again, metric, data)

    wren = Reading(
        "Wren: a Dense Network",
        "Wren obtains 81.2% accuracy on Orchard, a benchmark for node classification. With a tenth of the labels Wren "
        "obtains 60.5% accuracy on Orchard. Wren has an error rate of 18.8% on Orchard.",
        date="2022-03",
        code="https://gitlab.com/example/wren",
    )
    new = wren.name("Wren", "Method", "wren")
    metric = wren.name("accuracy", "Metric", "accuracy")
    data = wren.name("Orchard", "Dataset", "orchard")
    task = wren.name("node classification", "Task", "node classification")
    error = wren.name("error rate", "Metric", "error rate")
    wren.role(new, "introduces")
    wren.role(task, "addresses", score=0.3)  # too unsure to be asserted
    wren.relation(data, "Benchmark-For", task)
    wren.result("81.2%", new, metric, data)
    wren.result("60.5%", new, metric, data, condition="With a tenth of the labels")
    wren.result("18.8%", new, error, data)

    second = Reading(
        "A Second Look at Small Birds",
        "We run Starling again. Starling with Loom reaches 80.0% accuracy on Orchard and an error rate of 20.0% there. "
        "GraphLoom is a part of Loom.",
        date="2023-01-15",
    )
    method = second.name("Starling", "Method", "starling", nth=1)
    loom = second.name("Loom", "Method", "loom")
    metric = second.name("accuracy", "Metric", "accuracy")
    data = second.name("Orchard", "Dataset", "orchard")
    error = second.name("error rate", "Metric", "error rate")
    graph_loom = second.name("GraphLoom", "Method", "graph loom")
    second.role(method, "uses")
    second.role(loom, "uses")
    second.role(data, "evaluatesOn")
    second.relation(graph_loom, "Part-Of", loom)
    second.result("80.0%", method, metric, data)
    second.result("20.0%", method, error, data)

    silent = Reading("Notes without a Date", "Nothing is measured here. Link prediction is hard.")
    silent.role(silent.name("Link prediction", "Task", "link prediction"), "addresses")
    return [starling, wren, second, silent]


def quads(only: Sequence[Reading] | None = None) -> list[ox.Quad]:
    """The quads of the papers, the concepts and the ontology."""
    found: list[ox.Quad] = [*ontology_quads(IRIS), *describe_concepts(list(CONCEPTS.values()), IRIS)]
    for reading in readings() if only is None else only:
        found += describe_paper(reading.paper(), reading.extraction(), reading.concepts, IRIS, INFO, Decimal("0.5"))
    return found


def field_quads() -> list[ox.Quad]:
    """A field of study, and that all papers are in it."""
    field = Concept("ornithology", "Task", "ornithology", field=True)
    found = list(describe_concepts([field], IRIS))
    for one in readings():
        paper = IRIS.paper(one.paper().key)
        found.append(ox.Quad(paper, v.PT_inField, IRIS.concept("Task", field.key), IRIS.paper_graph(paper)))
    return found


def write_store(location: Path, found: Sequence[ox.Quad] | None = None) -> Path:
    """A store of these quads (of the small graph where None) as the next version in a folder."""
    location.mkdir(parents=True, exist_ok=True)
    grouped: dict[ox.NamedNode, list[ox.Quad]] = {}
    for quad in quads() if found is None else found:
        assert isinstance(quad.graph_name, ox.NamedNode)
        grouped.setdefault(quad.graph_name, []).append(quad)
    before = current_version(location) if has_store(location) else 0
    with VersionWriter(location, before) as writer:
        for graph, held in grouped.items():
            writer.replace_graph(graph, held)
        writer.publish(Manifest(version=writer.version, base_iri=IRIS.base_iri))
    return location
