"""Fixtures and guards that every room uses."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")
GIB = 1 << 30

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


def pytest_configure() -> None:
    """Let tests write to memory where there is plenty: most of their seconds on a slow disk are waits for fsync.

    Java is told that it runs for seconds: its better compiler would cost a third more than it saves.
    """
    os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    try:
        available = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        if os.access(MEMORY, os.W_OK) and min(shutil.disk_usage(MEMORY).free, available) > 6 * GIB:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    except (OSError, ValueError):  # a system without such a folder or such figures
        return


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """An empty folder; on a disk for a test with that marker."""
    if request.node.get_closest_marker("disk") is None:
        yield tmp_path
    else:
        with tempfile.TemporaryDirectory(prefix="papertriples-", ignore_cleanup_errors=True) as folder:
            yield Path(folder).resolve()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store of the demo corpus, built once for all processes of a run; tests only read it."""
    from kg.pipeline import build  # a second, for the tests that need it
    from kg.resources import resource_folder
    from kg.store import has_store

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with open(folder / "demo.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until the file is closed
        if not has_store(folder / "demo"):
            build([resource_folder("seeds") / "papers.jsonl"], folder / "demo")
    return folder / "demo"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real corpora and benchmarks; tests that need it are skipped where it is absent."""
    named = os.environ.get("KG_SHARED", "../shared")
    folder = (ROOT / named).resolve()
    if not (folder / "corpora").is_dir():
        pytest.skip(f"no folder of shared data at {named}; set KG_SHARED to it")
    return folder
