"""The pictures of docs/images, taken of the demo graph by Debian's Chromium: ``make screenshots``.

Every kind of page, in light, in dark and on a phone, and the page that shows them all.

python -m docs.screenshots STORE
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import program_of
from tests.serve.command_server import serving

FOLDER = Path(__file__).parent / "images"
LARGEST = 150_000  # bytes of a picture
COLOURS = 128
METHOD = "https://w3id.org/papertriples/method/bert"
CHART = "/sparql?recipe=tasks-by-papers&limit=12"


@dataclass(frozen=True)
class Shown:
    """A page, and what is done on it before its pictures are taken."""

    name: str
    about: str
    path: str
    do: Callable[[Page], object] = lambda page: None
    height: int = 800
    status: int = 200


@dataclass(frozen=True)
class Look:
    """How a page is seen; ``suffix`` stands behind its name."""

    suffix: str
    about: str
    scheme: Literal["light", "dark"]
    width: int
    height: int | None = None  # that of the page


LOOKS = (
    Look("", "light", "light", 1200),
    Look("-dark", "dark", "dark", 1200),
    Look("-phone", "on a phone", "light", 390, 844),
)


def chart(page: Page) -> None:
    page.get_by_role("tab", name="Chart").click()


def graph(page: Page) -> None:
    page.locator("svg.graph .node").first.wait_for()
    page.locator("svg.graph .node[tabindex='0']").focus()


def sentence(page: Page) -> None:
    page.locator("td.value summary").first.click()


PAGES = (
    Shown("home", "Home", "/"),
    Shown("search", "Search, with a slip of the pen", "/search?q=objct+detection"),
    Shown("list", "All tasks", "/task"),
    Shown("paper", "A paper, its names marked", "/paper/arxiv-2110-07143"),
    Shown("task", "A task", "/task/object-detection"),
    Shown("method", "A method", "/method/bert"),
    Shown("dataset", "A dataset", "/dataset/coco"),
    Shown("metric", "A metric", "/metric/mean-average-precision"),
    Shown("leaderboard", "A leaderboard, one number opened", "/leaderboard/object-detection/coco", do=sentence),
    Shown("query", "The query page with a chart", CHART, do=chart, height=1150),
    Shown("error", "An error at its place", "/sparql?query=SELECT ?paper%0AWHERE {%0A  ?paper a }", status=400),
    Shown("graph", "A neighbourhood", f"/graph?node={METHOD}", do=graph, height=900),
    Shown("recipes", "The recipes", "/recipes"),
    Shown("recipe", "A recipe", "/recipes/tasks-by-papers"),
    Shown("api", "The page of all calls", "/api", do=lambda page: page.locator("#recipe_leaderboard summary").click()),
    Shown("corrections", "The log of corrections", "/curation"),
    Shown("void", "What the graph holds", "/void"),
    Shown("missing", "An address that is not there", "/task/object-detektion", status=404),
)


def take(browser: Browser, address: str, shown: Shown, look: Look) -> bytes:
    """A picture as PNG, its colours reduced to a palette."""
    context = browser.new_context(
        base_url=address,
        color_scheme=look.scheme,
        viewport={"width": look.width, "height": look.height or shown.height},
    )
    page = context.new_page()
    answered = page.goto(shown.path)
    if answered is None or answered.status != shown.status:
        raise SystemExit(f"{shown.name}: {shown.path}: expected status {shown.status}")
    page.wait_for_load_state("networkidle")
    shown.do(page)
    shot = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    out = io.BytesIO()
    shot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def gallery() -> str:
    """The page that shows all pictures, as Markdown."""
    lines = ["# Every page, in light, in dark and on a phone", "", "Taken of the demo graph by `make screenshots`.", ""]
    for shown in PAGES:
        lines += [f"## {shown.about}", ""]
        lines += [f"![{shown.about}, {look.about}]({shown.name}{look.suffix}.png)" for look in LOOKS]
        lines.append("")
    return "\n".join(lines)


def main(store: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with serving(store, "--workers", "2") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program_of("chromium"), args=["--no-sandbox"])
        for shown in PAGES:
            for look in LOOKS:
                name, taken = f"{shown.name}{look.suffix}.png", take(browser, server.address, shown, look)
                if len(taken) > LARGEST:
                    raise SystemExit(f"{name}: {len(taken)} bytes, expected {LARGEST} at most")
                (FOLDER / name).write_bytes(taken)
                print(f"{name} {len(taken) // 1000} kB")
        browser.close()
    (FOLDER / "README.md").write_text(gallery(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
