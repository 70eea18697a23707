"""The pages in a real browser: they render, nothing leaves for another host, nothing is run that should not be."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.serve.browsing import SECONDS, browse
from tests.serve.pages_library import LIBRARY, write_store

pytestmark = pytest.mark.system("chromium")

START, NO_PAGE = "URL_REQUEST_START_JOB", "not an origin"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server that users run, over a small graph, in a process of its own."""
    store = write_store(tmp_path_factory.mktemp("browser") / "store", LIBRARY)
    code = "import sys; from kg.serve import run_server; run_server(sys.argv[1], port=0, workers=1)"
    with subprocess.Popen([sys.executable, "-c", code, str(store)], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()
            assert server.wait(SECONDS) == 0


Browser = Callable[..., str]


class Elements(HTMLParser):
    """The names of all elements and attributes of a document."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        ours = (dict(attrs).get("src") or "").startswith("/static/")
        self.names.append("script of ours" if tag == "script" and ours else tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """Runs the browser with a fresh profile; returns what it prints."""

    def run(*arguments: str) -> str:
        return browse(tmp_path / "profile", *arguments)

    return run


def hosts_asked(log: Path) -> set[str]:
    """The hosts of all requests of pages in Chromium's log of the network.

    The browser's own requests, as for its updates, have no page as their initiator.
    """
    logged = json.loads(log.read_text(encoding="utf-8"))
    (start,) = [number for name, number in logged["constants"]["logEventTypes"].items() if name == START]
    asked = [event.get("params", {}) for event in logged["events"] if event["type"] == start]
    return {
        urlsplit(request["url"]).netloc
        for request in asked
        if "url" in request and request.get("initiator", NO_PAGE) != NO_PAGE
    }


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "Papers, and what they say"),
        ("/paper/gat-2017", "Graph Attention Networks for k-hop Graphs"),
        ("/method/graph-attention-network", "Introduced by"),
        ("/dataset/cora", "Evaluated on by"),
        ("/task/node-classification", "Addressed by"),
        ("/search?q=graph", "All matches"),
        ("/leaderboard/node-classification/cora", "higher is better"),
        ("/recipes", "Recipes"),
        ("/sparql", "SPARQL"),
    ],
)
def test_a_page_renders_and_asks_no_other_host(
    address: str, browser: Browser, tmp_path: Path, path: str, words: str
) -> None:
    log = tmp_path / "net.json"
    dom = browser(f"--log-net-log={log}", "--dump-dom", address + path)
    assert words in dom
    assert 'rel="stylesheet"' in dom
    assert hosts_asked(log) == {urlsplit(address).netloc}


def test_the_log_would_tell_of_another_host(browser: Browser, tmp_path: Path) -> None:
    """The check above can fail: a page with an image elsewhere is caught."""
    log, page = tmp_path / "net.json", tmp_path / "page.html"
    page.write_text('<img src="http://127.0.0.1:1/elsewhere.png">', encoding="utf-8")
    browser(f"--log-net-log={log}", "--dump-dom", page.as_uri())
    assert "127.0.0.1:1" in hosts_asked(log)


def test_hostile_texts_run_nothing(address: str, browser: Browser) -> None:
    for path in ("/paper/hostile", "/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/"):
        dom = browser("--dump-dom", address + path)
        elements = Elements(dom)
        assert "img" not in elements.names
        assert elements.names.count("script") == (path in ("/", "/paper/hostile")), path  # data blocks
        assert not any(name.startswith("on") for name in elements.attributes)


def test_the_style_sheets_apply_in_light_and_dark_and_on_a_phone(
    address: str, browser: Browser, tmp_path: Path
) -> None:
    light, dark, phone = (tmp_path / f"{name}.png" for name in ("light", "dark", "phone"))
    shown = address + "/paper/gat-2017"
    browser(f"--screenshot={light}", "--window-size=1000,800", shown)
    browser(f"--screenshot={dark}", "--window-size=1000,800", "--blink-settings=preferredColorScheme=0", shown)
    browser(f"--screenshot={phone}", "--window-size=500,800", shown)
    pictures = [picture.read_bytes() for picture in (light, dark, phone)]
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert len(set(pictures)) == 3
