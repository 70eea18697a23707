"""The pictures of README.md and docs: each that is shown is there, each that is there is shown and small."""

from __future__ import annotations

import re

from tests.conftest import ROOT

IMAGES = ROOT / "docs" / "images"
GALLERY = IMAGES / "README.md"
LARGEST = 150_000  # bytes


def test_pictures_are_there_shown_and_small() -> None:
    shown = set()
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), GALLERY):
        for alt, target in re.findall(r"!\[([^]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            assert alt, f"{page.name}: {target} has no text for those who do not see it"
            shown.add((page.parent / target).resolve())
    there = {path.resolve() for path in IMAGES.iterdir() if path != GALLERY}
    assert shown == there
    assert {path.name for path in there if path.stat().st_size > LARGEST} == set()
