"""Fixtures and guards that every room uses."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A system package, as ci/system-packages names it, and the programs that show that it is there.
PROGRAMS = {
    "default-jre-headless": ("java",),
    "curl": ("curl",),
    "virtuoso-opensource-7-bin": ("virtuoso-t",),
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
}


def program_of(package: str) -> str | None:
    """The path of the program that a system package brings, or None where it is absent."""
    return next((path for name in PROGRAMS[package] if (path := shutil.which(name))), None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("system"):
        for package in marker.args:
            if program_of(package) is None:
                reason = f"needs the system package {package}; ci/system-packages installs it"
                if os.environ.get("KG_REQUIRE_SYSTEM_PACKAGES"):
                    pytest.fail(reason)
                pytest.skip(reason)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real corpora and benchmarks; tests that need it are skipped where it is absent."""
    named = os.environ.get("KG_SHARED", "../shared")
    folder = (ROOT / named).resolve()
    if not (folder / "corpora").is_dir():
        pytest.skip(f"no folder of shared data at {named}; set KG_SHARED to it")
    return folder
