"""Each page: nothing that axe-core finds against WCAG 2.2 AA, light and dark; it fits a phone, and needs no script."""

from __future__ import annotations

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open

pytestmark = pytest.mark.system("chromium")

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RULES = {"light": WCAG, "dark": COLOURS}  # the rest is the same in both
CLASSES = ("Statement", "Evidence", "Result", "Repository", "Person", "Venue", "ExtractionRun")
ENDPOINT = "/sparql?query="
# Path, and words that stand there with and without JavaScript.
PAGES = {
    "/": "Papers, and what they say",
    "/paper": "Papers",
    "/paper/gat-2017": "Graph Attention Networks for k-hop Graphs",
    "/paper/hostile": "alert",
    "/task/node-classification": "Addressed by",
    "/method/graph-attention-network": "Introduced by",
    "/dataset/cora": "Evaluated on by",
    "/metric/accuracy": "higher is better",
    "/leaderboard/node-classification/cora": "higher is better",
    "/search?q=graph": "Graph Attention Network",
    "/search?q=nothinglikeit": "nothinglikeit",
    "/recipes": "Recipes",
    "/api": "/recipes/leaderboard",
    "/curation": "Corrections",
    "/recipes/methods-by-papers": "Run",
    "/ontology": "Evidence",
    "/sparql": "Query the graph",
    "/sparql?recipe=tasks-by-papers": "node classification",
    "/sparql?recipe=leaderboard&dataset=Cora&metric=": "85.5",
    "/sparql?query=SELECT+%3Fx%0AWHERE+%7B+%3Fx+a+%7D": "line 2, column",
    "/graph?node=https%3A%2F%2Fgraph.example%2Fkg%2Fmethod%2Fgraph-attention-network": "Better Graphs",
    "/trending": "Trending",
    "/leaderboard": "node classification",
    "/void": "graph",
    "/paper/none": "404",
}


def violations(page: Page, scheme: str = "light") -> list[str]:
    there = page.evaluate("typeof axe === 'object'")  # its script is put into a page once
    options = {"runOnly": RULES[scheme], "resultTypes": ["violations"]}
    found = (Axe("undefined") if there else Axe()).run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['html'][:200]} {node['failureSummary']}" for one in found for node in one["nodes"]]


def settle(page: Page) -> None:
    """Wait until scripts have put their parts in place."""
    page.wait_for_load_state("networkidle")


def check(page: Page) -> None:
    settle(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert not violations(page, scheme), f"{page.url} in {scheme}"
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than a phone"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path[:40])
def test_a_page_is_for_all_in_light_dark_and_on_a_phone(open_page: Open, path: str) -> None:
    check(open_page(path))


@pytest.mark.parametrize("name", CLASSES)
def test_the_page_of_each_class_is_for_all(open_page: Open, address: str, name: str) -> None:
    query = f"SELECT ?one {{ ?one a <https://w3id.org/papertriples/ontology#{name}> }} ORDER BY ?one LIMIT 1"
    rows = requests.get(f"{address}/sparql", {"query": query}, timeout=30).json()["results"]["bindings"]
    check(open_page("/" + rows[0]["one"]["value"].removeprefix("https://graph.example/kg/")))


def test_axe_would_find_something(open_page: Open) -> None:
    page = open_page("/")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert any(one.startswith("button-name") for one in violations(page))


def test_without_script_the_pages_say_the_same(open_page: Open) -> None:
    page = open_page("/", script=False)
    for path, words in PAGES.items():
        page.goto(path)
        expect(page.locator("main")).to_contain_text(words)


@pytest.mark.parametrize("path", ["/", "/paper/gat-2017", "/leaderboard/node-classification/cora", "/sparql", "/graph"])
def test_nothing_moves_while_a_page_loads(open_page: Open, path: str) -> None:
    """Cumulative layout shift (https://web.dev/articles/cls): good is below 0.1."""
    if path == "/graph":
        path += "?node=https://graph.example/kg/method/graph-attention-network"
    page = open_page(path)
    settle(page)
    shift = page.evaluate(
        """() => new Promise((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value; })
            .observe({ type: "layout-shift", buffered: true });
          setTimeout(() => resolve(sum), 50);
        })"""
    )
    assert shift < 0.05
