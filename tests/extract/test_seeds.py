"""The summaries that ship as seeds, read in the third person: results, and what each paper introduces."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kg.records import Extraction
from kg.resources import resource_folder
from kg.store import read_manifest
from kg.store.staging import STAGING, Staging

CASES = Path(__file__).parent / "cases"
ASSERTED = 0.5
Row = tuple[str, str | None, str | None]


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(row) for row in path.read_text(encoding="utf-8").split("\n") if row]


@pytest.fixture(scope="module")
def extractions(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Extraction]:
    """What the extractor read in each seed when the store of the demo was built."""
    copy = tmp_path_factory.mktemp("seeds") / "store"
    shutil.copytree(demo / STAGING, copy / STAGING)
    manifest = read_manifest(demo)
    with Staging(copy, manifest.version) as staging:
        held = list(staging.records())
        found = {one.record.title: staging.extraction(one.text_digest, manifest.extractor.digest) for one in held}
    assert found.keys() == {seed["title"] for seed in rows(resource_folder("seeds") / "papers.jsonl")}
    return found


def claimed(extraction: Extraction) -> Counter[Row]:
    def text(mention: int | None) -> str | None:
        return None if mention is None else extraction.mentions[mention].text

    found = [r for r in extraction.results if r.score >= ASSERTED]
    return Counter((str(abs(r.value)), text(r.metric), text(r.dataset)) for r in found)


def test_results_of_the_seeds(extractions: dict[str, Extraction]) -> None:
    table = rows(CASES / "seed_results.jsonl")
    wanted: dict[str, Counter[Row]] = {title: Counter() for title in extractions}
    for row in table:
        (title,) = [title for title in extractions if title.startswith(row["paper"])]
        wanted[title] = Counter((value, metric, dataset) for value, metric, dataset in row["results"])
    found = {title: claimed(extraction) for title, extraction in extractions.items()}
    hits = sum((wanted[title] & found[title]).total() for title in extractions)
    missed = {title: wanted[title] - found[title] for title in extractions if wanted[title] - found[title]}
    extra = {title: found[title] - wanted[title] for title in extractions if found[title] - wanted[title]}
    assert hits / sum(one.total() for one in wanted.values()) >= 0.9, missed
    assert hits / sum(one.total() for one in found.values()) >= 0.95, extra


INTRODUCED = {
    "MDETR": "MDETR",
    "Detecting Any Human": "UniHOI",
    "General Detection": "DTLR",
    "Rethinking Supervised": "LOOK",
    "Detecting Pretraining": "WIKIMIA",
    "Active Prompt": "PCB",
    "Understanding and Mitigating": "NMTune",
    "Coarse-to-Fine": "FIBER",
    "Open-vocabulary Object Detection via": "ViLD",
    "Model soups": "Model soups",
    "Towards All-in-one": "M3I Pre-training",
    "When to Pre-Train": "W2PGNN",
    "PLIP": "SYNTH-PEDES",
    "Masked Momentum": "MMC",
    "Learning from Future": "FST",
}
SURVEYS = ("Pre-Trained Models", "A Survey of", "Never Train", "Revisiting Unreasonable")


def introduced(extractions: dict[str, Extraction], start: str) -> set[str]:
    (extraction,) = [found for title, found in extractions.items() if title.startswith(start)]
    roles = [role for role in extraction.roles if role.role == "introduces" and role.score >= ASSERTED]
    return {extraction.mentions[role.mention].text for role in roles}


@pytest.mark.parametrize("start", INTRODUCED)
def test_a_summary_introduces_what_its_paper_names(extractions: dict[str, Extraction], start: str) -> None:
    assert INTRODUCED[start] in introduced(extractions, start)


@pytest.mark.parametrize("start", SURVEYS)
def test_a_survey_introduces_nothing(extractions: dict[str, Extraction], start: str) -> None:
    assert introduced(extractions, start) == set()
