"""The golden cases: folders that hold records and the quads that they become."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from kg.graph.describe import describe_concepts, describe_paper
from kg.graph.iris import Iris
from kg.records import Concept, Extraction, ExtractorInfo, Identifier, Paper, record_from_json

FOLDER = Path(__file__).parent / "cases"
NAMES = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())
IRIS = Iris("https://example.org/kg/")
INFO = ExtractorInfo("reader", "1", "e" * 64)
LEAST = Decimal("0.5")


@dataclass(frozen=True)
class Case:
    """The records of one folder; ``concepts`` is one for each mention, ``known`` are all."""

    paper: Paper | None
    extraction: Extraction
    concepts: tuple[Concept | None, ...]
    known: tuple[Concept, ...]
    cited: dict[Identifier, str]

    def quads(self) -> list[Quad]:
        described = list(describe_concepts(self.known, IRIS))
        if self.paper is not None:
            described += describe_paper(self.paper, self.extraction, self.concepts, IRIS, INFO, LEAST, self.cited)
        return described


def load(name: str) -> Case:
    """Reads ``input.json``: records as JSON; ``concepts`` names each mention's concept by its key, or null."""
    given = json.loads((FOLDER / name / "input.json").read_text(encoding="utf-8"))
    known = tuple(_record(Concept, one) for one in given["known"])
    extraction = _record(Extraction, given.get("extraction", {"extractor": INFO.digest}))
    by_key = {(concept.type, concept.key): concept for concept in known}
    keys = given.get("concepts", [])
    return Case(
        _record(Paper, given["paper"]) if "paper" in given else None,
        extraction,
        tuple(
            None if key is None else by_key[mention.type, key]
            for mention, key in zip(extraction.mentions, keys, strict=True)
        ),
        known,
        {_record(Identifier, identifier): key for identifier, key in given.get("cited", [])},
    )


def expected(name: str) -> list[Quad]:
    """Reads ``expected.trig``."""
    return list(pyoxigraph.parse(path=FOLDER / name / "expected.trig", format=RdfFormat.TRIG))


def all_quads() -> list[Quad]:
    """Everything that the cases hold, as one graph would, concepts of all cases together."""
    cases = [load(name) for name in NAMES]
    known = {(concept.type, concept.key): concept for case in cases for concept in case.known}
    quads = list(describe_concepts(tuple(known.values()), IRIS))
    for case in cases:
        if case.paper is not None:
            quads += describe_paper(case.paper, case.extraction, case.concepts, IRIS, INFO, LEAST, case.cited)
    return quads


def _record(kind: Any, plain: Any) -> Any:
    return record_from_json(kind, json.dumps(plain))
