"""docs/conformance.md says what the suite finds."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_fresh() -> None:
    spec = importlib.util.spec_from_file_location("generate_conformance", ROOT / "docs" / "generate_conformance.py")
    assert spec is not None
    assert spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    cases = generator.cases_of(generator.suite_folder())
    if not cases:
        pytest.skip("no W3C suite in conformance/sparql11 of the shared data; set KG_SHARED to its folder")
    assert generator.PAGE.read_text(encoding="utf-8") == generator.page(cases), "stale: run make docs"
