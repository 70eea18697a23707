"""A real browser without a window: Debian's Chromium."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.conftest import program_of

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", "--disable-default-apps", "--disable-extensions", "--hide-scrollbars"),
    *("--disable-dev-shm-usage", "--no-default-browser-check", "--metrics-recording-only"),
)
SECONDS = 60


def browse(profile: Path, *arguments: str) -> str:
    """What the browser prints when it is run with a profile of its own."""
    program = program_of("chromium")
    assert program is not None
    command = [program, *FLAGS, f"--user-data-dir={profile}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True).stdout
