"""Fixtures that every room uses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real corpora and benchmarks; tests that need it are skipped where it is absent."""
    folder = (ROOT / os.environ.get("KG_SHARED", "../shared")).resolve()
    if not (folder / "corpora").is_dir():
        pytest.skip(f"no folder of shared data at {os.environ.get('KG_SHARED', '../shared')}; set KG_SHARED to it")
    return folder
