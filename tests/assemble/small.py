"""A tiny extractor: it knows a few names, and that a paper uses what it mentions."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path

from kg.assemble import Assembled, Deriving, Making, assemble, extract_missing
from kg.graph.iris import Iris
from kg.records import (
    ConceptType,
    Extraction,
    ExtractorInfo,
    FieldName,
    Identifier,
    Mention,
    Relation,
    ResultClaim,
    Role,
    Sentence,
    SourceRecord,
)
from kg.resolve import Catalogue
from kg.store import Manifest, canonical_nquads, open_store
from kg.store.building import building
from kg.store.counting import count_graph
from kg.store.curation import Entry

NAMES: dict[str, ConceptType] = {
    "Foobert": "Method",
    "foobert": "Method",
    "Barnet": "Method",
    "QuizData": "Dataset",
    "QuizScore": "Metric",
    "Microsoft COCO": "Dataset",  # the catalogue calls both one
    "COCO small": "Dataset",
    "COCO": "Dataset",
}
INFO = ExtractorInfo("small", "1", "0" * 64)
SOURCES = ("acl", "jsonl", "bibtex")


@dataclass(frozen=True)
class SmallExtractor:
    info: ExtractorInfo

    def extract(self, fields: Mapping[FieldName, str]) -> Extraction:
        sentences = tuple(Sentence(name, 0, len(text), text) for name, text in fields.items())
        mentions = tuple(
            Mention(sentence.field, found.start(), found.end(), found[0], NAMES[found[0]], 0.9)
            for sentence in sentences
            for found in re.finditer("|".join(NAMES), sentence.text)
        )
        roles = tuple(Role(number, "uses", 0.9) for number, _ in enumerate(mentions))
        first = {mention.type: number for number, mention in reversed(list(enumerate(mentions)))}
        results = tuple(
            ResultClaim(
                sentence.field,
                found.start(),
                found.end(),
                Decimal(found[0]),
                found[0],
                "absolute",
                0.9,
                method=0,
                dataset=first.get("Dataset"),
                metric=first.get("Metric"),
            )
            for sentence in sentences
            for found in re.finditer(r"\d+\.\d+", sentence.text)
            if mentions
        )
        relations = tuple(
            Relation(one, other, "SubClass-Of", 0.9)
            for one, other in pairwise(range(len(mentions)))
            if fields[mentions[one].field][mentions[one].end : mentions[other].start] == " is a "
        )
        return Extraction(
            self.info.digest, sentences=sentences, mentions=mentions, roles=roles, results=results, relations=relations
        )


def die(_chunk: object) -> None:
    """Ends the process at once, as the kernel does when memory runs out."""
    os._exit(9)


def load_small(threads: int | None = None, model: str = "fast") -> SmallExtractor:
    """For processes that extract."""
    return SmallExtractor(INFO)


def record(
    name: str, text: str, *, source: str = "jsonl", arxiv: str | None = None, cites: str | None = None
) -> SourceRecord:
    return SourceRecord(
        source,
        name,
        f"A first look at paper {name}",
        abstract=text,
        date="2020",
        identifiers=(Identifier("arxiv", arxiv),) if arxiv else (),
        cites=(Identifier("arxiv", cites),) if cites else (),
    )


def making(min_confidence: str = "0.5", info: ExtractorInfo = INFO) -> Making:
    return Making(Iris("https://example.org/kg/"), info, Decimal(min_confidence), Catalogue(), SOURCES)


def silent(phase: str, done: int, total: int | None) -> None:
    pass


def update(
    location: Path,
    records: list[SourceRecord],
    removed: tuple[tuple[str, str], ...] = (),
    made: Making | None = None,
    log: Sequence[Entry] = (),
    deriving: Deriving | None = None,
    jobs: int = 1,
) -> Assembled:
    """Stage records, extract by ``jobs`` processes, assemble with a curation log, derive, publish."""
    made = made or making()
    with building(location) as (staging, writer, _before):
        for one in records:
            staging.stage(one)
        for key in removed:
            staging.remove(key)
        extract_missing(staging, made.info.digest, partial(SmallExtractor, made.info), jobs, silent)
        assembled = assemble(staging, writer, made, silent, log)
        staging.commit()
        if deriving is not None:
            deriving.update(writer, made.iris)
        if writer.difference or staging.changed():
            counts = count_graph(writer.changed(), staging.count(), made.min_confidence)
            writer.publish(Manifest(version=writer.version, base_iri=made.iris.base_iri, counts=counts))
    return assembled


def lines(location: Path) -> list[str]:
    with open_store(location) as store:
        return list(canonical_nquads(store))
