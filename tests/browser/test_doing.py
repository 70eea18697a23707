"""What people do on the pages, with the keyboard where that is possible."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.system("chromium")

GAT = "https://graph.example/kg/method/graph-attention-network"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
PREFIX = "PREFIX pt: <https://w3id.org/papertriples/ontology#>\n"


def write(page: Page, query: str) -> None:
    """Put a query into the editor in the place of the one that is there."""
    page.get_by_label("SPARQL query").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(query)


def test_search_proposes_and_opens(open_page: Open) -> None:
    page = open_page("/")
    page.get_by_role("combobox").first.press_sequentially("graph atten")
    expect(page.get_by_role("option").first).to_contain_text("Graph Attention Network")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Graph Attention Network")


def test_a_leaderboard_sorts_and_its_numbers_open_to_their_sentences(open_page: Open) -> None:
    page = open_page("/leaderboard/node-classification/cora")
    sentence = page.get_by_text("Our Deeper Network gets 85.5% accuracy").first
    expect(sentence).not_to_be_visible()
    page.locator("td.value summary", has_text="85.5").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".says blockquote").first).to_be_visible()
    page.get_by_role("link", name="Value").first.click()
    expect(page.locator("th[aria-sort]").first).to_contain_text("Value")
    rising = page.locator("td.value").all_inner_texts()
    page.get_by_role("link", name="Value").first.click()
    expect(page.locator("th[aria-sort]").first).not_to_have_attribute("aria-sort", "none")
    assert page.locator("td.value").all_inner_texts() != rising


def test_a_statement_opens_to_its_sentence(open_page: Open) -> None:
    page = open_page("/method/graph-attention-network")
    summary = page.locator("#why ~ details summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#why ~ details[open] blockquote").first).to_be_visible()


def test_the_graph_grows_and_shrinks_by_the_keyboard(open_page: Open) -> None:
    page = open_page(f"/graph?node={GAT}")
    nodes = page.locator("svg.graph .node")
    expect(nodes.first).to_be_visible()
    begun = nodes.count()
    page.locator("svg.graph .node[tabindex='0']").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):  # until it is another one
        page.keyboard.press(key)
        if page.locator("svg.graph .node:focus").get_attribute("aria-expanded") == "false":
            break
    name = page.locator("svg.graph .node:focus").get_attribute("aria-label")
    assert name is not None
    label = name.partition(",")[0]
    page.keyboard.press("Enter")
    expect(page.locator("svg.graph .node:focus")).to_have_attribute("aria-expanded", "true")
    assert nodes.count() >= begun
    expect(page.locator(".chosen a")).to_have_text(label)
    page.keyboard.press("Enter")
    expect(page.locator("svg.graph .node:focus")).to_have_attribute("aria-expanded", "false")
    expect(nodes).to_have_count(begun)


def test_the_graph_is_filtered_by_relation(open_page: Open) -> None:
    page = open_page(f"/graph?node={GAT}")
    nodes = page.locator("svg.graph .node")
    expect(nodes.first).to_be_visible()
    begun = nodes.count()
    page.get_by_label("used for").uncheck()
    expect(nodes).to_have_count(begun - 1)


def test_a_query_runs_shows_a_chart_and_has_an_address(open_page: Open) -> None:
    page = open_page("/sparql")
    write(page, PREFIX + "SELECT ?method (COUNT(?paper) AS ?papers) { ?paper pt:mentions ?method } GROUP BY ?method")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#outcome [role=status]")).to_contain_text(re.compile(r"\d+ rows, in"))
    expect(page.get_by_role("region", name="Results")).to_be_visible()
    page.get_by_role("tab", name="Table").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".bars .bar").first).to_be_visible()
    expect(page.get_by_role("region", name="Results")).to_be_hidden()
    assert "query=PREFIX" in page.url
    page.reload()
    expect(page.locator("#outcome [role=status]")).to_contain_text("rows, in")


def test_triples_are_drawn_as_a_graph(open_page: Open) -> None:
    page = open_page("/sparql")
    write(page, PREFIX + "CONSTRUCT { ?a pt:usedFor ?b } WHERE { ?a pt:usedFor ?b }")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("tab", name="Graph").click()
    expect(page.locator("svg.graph .node")).to_have_count(2)
    expect(page.locator("svg.graph .link text")).to_have_text("usedFor")


def test_an_error_is_marked_where_it_is(open_page: Open) -> None:
    page = open_page("/sparql")
    write(page, "SELECT ?x\nWHERE { ?x a }")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("line 2, column")
    expect(page.locator(".cm-lintRange-error")).to_have_count(1)
    page.get_by_role("button", name="Go to line 2").click()
    expect(page.locator(".cm-activeLine")).to_contain_text("WHERE")


def test_completion_knows_this_store(open_page: Open) -> None:
    page = open_page("/sparql")
    write(page, "SELECT * WHERE { ?paper ")
    page.keyboard.type("pt:evaluatesO")
    option = page.locator(".cm-tooltip-autocomplete [role=option]").first
    expect(option).to_contain_text("pt:evaluatesOn")
    expect(option).to_contain_text("uses")
    page.wait_for_timeout(100)  # the editor takes no choice that comes too soon after its list
    page.keyboard.press("Enter")
    expect(page.locator(".cm-content")).to_contain_text("PREFIX pt: <https://w3id.org/papertriples/ontology#>")
    page.keyboard.type(" <graph att")
    expect(page.locator(".cm-tooltip-autocomplete [role=option]").first).to_contain_text("Graph Attention Network")
    page.wait_for_timeout(100)
    page.keyboard.press("Enter")
    expect(page.locator(".cm-content")).to_contain_text(f"<{GAT}>")


def test_a_query_that_runs_is_cancelled(open_page: Open) -> None:
    page = open_page("/sparql")
    write(page, ENDLESS)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#running")).to_have_text("Cancelled")
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    write(page, "ASK {}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#outcome")).to_contain_text("true")


def test_a_recipe_is_opened_filled_in_and_run(open_page: Open) -> None:
    page = open_page("/sparql")
    aside = page.get_by_role("complementary", name="Recipes")
    aside.locator("summary", has_text="Results").click()
    aside.get_by_role("link", name="Leaderboard of a dataset and a metric").click()
    expect(page.get_by_label("dataset", exact=True)).to_have_attribute("list", re.compile("names"))  # scripts are there
    page.get_by_label("dataset", exact=True).fill("cor")
    expect(page.locator("datalist option").first).to_have_attribute("value", "Cora")
    page.get_by_label("dataset", exact=True).fill("cora")
    page.get_by_label("metric", exact=True).fill("accuracy")
    page.get_by_role("button", name="Run with these").click()
    expect(page.get_by_role("region", name="Results")).to_contain_text("85.5")
    with page.expect_download() as download:
        page.get_by_role("link", name="csv").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert "85.5" in download.value.path().read_text(encoding="utf-8")


def test_dark_follows_the_system(open_page: Open) -> None:
    grounds = [
        open_page("/", dark=dark).evaluate("getComputedStyle(document.documentElement).backgroundColor")
        for dark in (False, True)
    ]
    assert grounds == ["rgb(251, 250, 246)", "rgb(23, 24, 26)"]


def test_without_script_a_query_is_sent_as_a_form(open_page: Open) -> None:
    page = open_page("/sparql", script=False, phone=True)
    page.get_by_label("Query", exact=True).fill(PREFIX + "SELECT ?task { ?paper pt:addresses ?task }")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("region", name="Results")).to_contain_text("task/node-classification")
    page.goto(f"/graph?node={GAT}")
    for box in page.get_by_role("checkbox").all()[1:]:
        box.uncheck()
    page.get_by_role("button", name="Show these").click()
    expect(page.locator("#neighbours tbody")).to_have_count(1)
