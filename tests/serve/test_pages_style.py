"""The style sheets: enough contrast in light and dark, nothing from elsewhere, each token used and defined."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kg.serve

STATIC = Path(kg.serve.__file__).parent / "static"
STYLE = STATIC / "style"
TEMPLATES = STATIC.parent / "templates"
ENOUGH = 4.5  # WCAG 2.2, 1.4.3 for text of normal size
GROUNDS = ("ground", "surface", "sunken")


def tokens(dark: bool) -> dict[str, str]:
    text = (STATIC / "style" / "tokens.css").read_text(encoding="utf-8")
    light, _, in_dark = text.partition("@media (prefers-color-scheme: dark)")
    found = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
    return dict(found.findall(light)) | (dict(found.findall(in_dark)) if dark else {})


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definition)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_has_enough_contrast(dark: bool) -> None:
    colours = tokens(dark)
    pairs = [(text, ground) for text in ("ink", "ink-soft", "link", "accent") for ground in GROUNDS]
    pairs += [
        (kind, ground) for kind in ("task", "method", "dataset", "metric") for ground in (*GROUNDS, f"{kind}-tint")
    ]
    pairs += [("surface", kind) for kind in ("task", "method", "dataset", "metric")]  # a mention under the pointer
    pairs += [("ink", "subject-tint"), ("ink", "object-tint")]
    low = {pair: round(found, 2) for pair in pairs if (found := contrast(*(colours[one] for one in pair))) < ENOUGH}
    assert not low


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_borders_of_fields_and_the_focus_can_be_seen(dark: bool) -> None:
    colours = tokens(dark)
    for line in ("rule-strong", "focus"):
        assert contrast(colours[line], colours["ground"]) >= 3  # 1.4.11


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path in (*STYLE.glob("*.css"), *TEMPLATES.glob("*.html")):
        text = path.read_text(encoding="utf-8")
        assert "@import" not in text, path.name
        assert not re.search(r"(?:src|action)=\"(?:https?:)?//|url\(", text), path.name
        scripts = re.findall(r"<script[^>]*>(?!</script>)", text)  # with something inside
        assert set(scripts) <= {'<script type="application/ld+json">'}, path.name
        assert not re.search(r"style=\"| on[a-z]+=", text), path.name


def test_each_token_that_is_used_is_defined_and_the_reverse() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(STYLE.glob("*.css")))
    defined, used = set(re.findall(r"(--[a-z0-9-]+):", text)), set(re.findall(r"var\((--[a-z0-9-]+)", text))
    assert defined == used


def test_no_template_switches_escaping_off() -> None:
    for path in TEMPLATES.glob("*.html"):
        assert not re.search(r"\|\s*safe|autoescape", path.read_text(encoding="utf-8")), path.name


def test_the_design_language_tells_the_contrasts_as_they_are() -> None:
    text = (Path(__file__).parents[2] / "docs" / "design-language.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| `(#\w+)` ([\d.]+) \| `(#\w+)` ([\d.]+) \|$", text, re.M)
    assert len(told) == 8
    for name, *shown in told:
        for dark, colour, ratio in ((False, *shown[:2]), (True, *shown[2:])):
            colours = tokens(dark)
            grounds = [one for one in (*GROUNDS, f"{name}-tint") if one in colours]
            assert colour == colours[name], name
            assert float(ratio) == round(min(contrast(colour, colours[one]) for one in grounds), 1), name
    listed = set(
        re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", text.partition("## Components")[2], re.M)))
    )
    assert listed == {path.stem for path in STYLE.glob("*.css")}
