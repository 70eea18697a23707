"""The pictures of docs/images, taken of the demo graph by Debian's Chromium: ``make screenshots``.

python -m docs.screenshots STORE
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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
class Picture:
    """What is to be seen: a page, after something was done on it."""

    name: str
    path: str
    dark: bool = False
    phone: bool = False
    do: Callable[[Page], object] = lambda page: None
    height: int = 800


def chart(page: Page) -> None:
    page.get_by_role("tab", name="Chart").click()


def graph(page: Page) -> None:
    page.locator("svg.graph .node").first.wait_for()
    page.locator("svg.graph .node[tabindex='0']").focus()


def sentence(page: Page) -> None:
    page.locator("td.value summary").first.click()


PICTURES = (
    Picture("home", "/"),
    Picture("home-dark", "/", dark=True),
    Picture("home-phone", "/", phone=True),
    Picture("paper", "/paper/bert2bert-towards-reusable-pretrained-language-models"),
    Picture("task", "/task/object-detection"),
    Picture("method-dark", "/method/bert", dark=True),
    Picture("leaderboard", "/leaderboard/object-detection/coco", do=sentence),
    Picture("leaderboard-phone", "/leaderboard/object-detection/coco", phone=True, dark=True),
    Picture("query", CHART, do=chart, height=1150),
    Picture("query-dark", "/sparql?query=SELECT ?paper%0AWHERE {%0A  ?paper a }", dark=True),
    Picture("graph", f"/graph?node={METHOD}", do=graph, height=900),
    Picture("graph-dark", f"/graph?node={METHOD}", do=graph, height=900, dark=True),
    Picture("api", "/api", do=lambda page: page.locator("#recipe_leaderboard summary").click()),
)


def take(browser: Browser, address: str, picture: Picture) -> bytes:
    """The picture as PNG, its colours reduced to a palette."""
    context = browser.new_context(
        base_url=address,
        color_scheme="dark" if picture.dark else "light",
        viewport={"width": 390 if picture.phone else 1200, "height": 844 if picture.phone else picture.height},
    )
    page = context.new_page()
    answered = page.goto(picture.path)
    if answered is None or (answered.status != 200 and picture.name != "query-dark"):
        raise SystemExit(f"{picture.name}: {picture.path} is not there")
    page.wait_for_load_state("networkidle")
    picture.do(page)
    shot = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    out = io.BytesIO()
    shot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def main(store: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with serving(store, "--workers", "2") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program_of("chromium"), args=["--no-sandbox"])
        for picture in PICTURES:
            taken = take(browser, server.address, picture)
            if len(taken) > LARGEST:
                raise SystemExit(f"{picture.name}: {len(taken)} bytes, expected {LARGEST} at most")
            (FOLDER / f"{picture.name}.png").write_bytes(taken)
            print(f"{picture.name}.png {len(taken) // 1000} kB")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
