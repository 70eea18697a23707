"""All pages at once: hostile texts, valid HTML, how many queries."""

from __future__ import annotations

import json
import re

import html5rdf
from flask import Flask, g
from flask.testing import FlaskClient

from kg.serve import entity_company, entity_lookup, entity_papers
from tests.serve.pages_library import Written, pages_of, write_store
from tests.serve.reading_pages import BOARD, Page, paths

MOST_QUERIES = 17


def test_hostile_texts_stay_texts(client: FlaskClient, folder) -> None:
    for address in ("/", "/search?q=script", "/leaderboard/node-classification/cora", *paths(folder)):
        response = client.get(address)
        assert response.status_code == 200, address
        shown = Page(response.get_data(as_text=True))  # elements nest: nothing was broken out of
        assert not {"img", "b"} & (set(shown.elements) - {"b"} if address == "/" else set(shown.elements)), address
        assert shown.elements.count("script") == (address == "/" or is_paper(address)), address
        assert not any((href or "").lower().startswith("javascript") for href in shown.hrefs())


def is_paper(address: str) -> bool:
    return address.startswith("/paper/") and address.count("/") == 2


def test_the_data_block_of_a_hostile_paper_is_whole(client: FlaskClient) -> None:
    html = client.get("/paper/hostile").get_data(as_text=True)
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    described = json.loads(block)
    assert described["@type"] == "ScholarlyArticle"
    assert "</script><script>alert(2)</script>" in described["abstract"]


def errors_in(html: str) -> list[object]:
    """What a parser by the HTML standard finds wrong."""
    parser = html5rdf.HTMLParser()
    parser.parse(html)
    return list(parser.errors)


def test_pages_are_valid_html(client: FlaskClient, folder) -> None:
    assert errors_in("<!doctype html><title>x</title><p><b>y</p>")  # it can tell
    for address in ("/", "/task", "/trending", "/search?q=graph", "/search?q=grpah", BOARD, *paths(folder)):
        html = client.get(address).get_data(as_text=True)
        assert errors_in(html) == [], address


def test_no_page_asks_a_query_a_row(app: Flask, folder) -> None:
    asked: dict[str, int] = {}
    for address in (
        "/",
        "/",
        "/task",
        "/task",
        "/ontology",
        "/leaderboard/node-classification/cora",
        "/search?q=a",
        *paths(folder),
    ):
        with app.test_client() as client:
            client.get(address)
            asked[address] = g.queries_asked
    assert max(asked.values()) <= MOST_QUERIES, asked
    assert asked["/"] == asked["/task"] == 0, "found out once a version"
    assert asked["/search?q=a"] == 0


def test_the_number_of_queries_does_not_grow_with_the_graph(tmp_path) -> None:
    counts = []
    for size in (2, 25):
        many = [
            Written(
                f"p {number}",
                f"Paper {number}",
                abstract=f"[M:Model {number}] uses [M:Popular] and gets {number}.5% [E:accuracy] on [D:Set].",
                roles={0: "introduces", 1: "uses", 3: "evaluatesOn"},
                results=[(f"{number}.5%", "absolute", {"metric": 2, "dataset": 3, "method": 0})],
            )
            for number in range(size)
        ]
        with pages_of(write_store(tmp_path / str(size), many)) as app:
            for address in ("/method/popular", "/dataset/set", "/paper/p-0", "/"):
                with app.test_client() as client:
                    client.get(address)
                    counts.append(g.queries_asked)
    assert counts[:4] == counts[4:]


def test_pages_are_the_same_where_equal_rows_reach_beyond_those_looked_at(tmp_path, monkeypatch) -> None:
    many = [
        Written(
            f"p {number}",
            f"Paper {number}",
            abstract=f"[M:Model {number}] uses [M:Popular] in [T:sorting].",
            roles={0: "introduces", 1: "uses", 2: "addresses"},
            date="2020",
        )
        for number in range(30)
    ]
    folder = write_store(tmp_path / "store", many)
    addresses = ("/task/sorting", "/method/popular", "/method")
    shown, asked = [], []
    for ties in (entity_lookup.TIES, 1):
        for module in (entity_lookup, entity_company, entity_papers):
            monkeypatch.setattr(module, "TIES", ties)
        with pages_of(folder) as app:
            for address in addresses:
                with app.test_client() as client:
                    shown.append(client.get(address).get_data(as_text=True))
                    asked.append(g.queries_asked)
    assert shown[:3] == shown[3:]
    assert all(few < more for few, more in zip(asked[:2], asked[3:5], strict=True)), "all rows were asked for"
    task = Page(shown[3]).text
    assert re.findall(r"Model \d+", task.partition("Methods in papers on it")[2])[:3] == [
        "Model 0",
        "Model 1",
        "Model 10",
    ]
