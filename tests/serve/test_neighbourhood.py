"""A thing's neighbourhood: bounded, each relation once, the same as a page and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.serve import neighbourhood
from kg.serve.entity_lookup import Lookup
from kg.serve.pages_links import Links
from kg.store import open_store
from tests.serve.pages_library import BASE, LIBRARY, OneStore, pages_of, write_store

GAT = f"{BASE}method/graph-attention-network"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_store(tmp_path_factory.mktemp("neighbourhood") / "store", LIBRARY)


@pytest.fixture(scope="module")
def client(library: Path) -> Iterator[FlaskClient]:
    with pages_of(library) as app, open_store(library) as opened:
        app.register_blueprint(neighbourhood.blueprint(OneStore(opened)))
        yield app.test_client()


def related(client: FlaskClient, node: str, **more: str) -> dict[str, list[str]]:
    found = client.get("/graph", query_string={"node": node, "format": "json", **more}).get_json()
    return {one["key"]: [other["label"] for other in one["nodes"]] for one in found["relations"]}


def test_a_method_is_related_both_ways(client: FlaskClient) -> None:
    found = related(client, GAT)
    assert found["pt:usedFor"] == ["node classification"]
    assert found["pt:introduces-"] == ["Graph Attention Networks for k-hop Graphs"]
    assert found["pt:uses-"] == ["Better Graphs"]
    assert found["pt:comparedWith"] == ["GCN"]  # symmetric: once, in one direction
    assert "pt:comparedWith-" not in found
    assert "pt:mentions-" not in found  # whoever introduces it, mentions it


def test_one_relation_alone(client: FlaskClient) -> None:
    assert list(related(client, GAT, relation="pt:usedFor")) == ["pt:usedFor"]


def test_the_page_says_the_same_in_a_table(client: FlaskClient) -> None:
    page = client.get("/graph", query_string={"node": GAT}, headers={"Accept": "text/html"}).text
    for words in ("used for", "introduced by", "Better Graphs", "node classification"):
        assert words in page
    assert page.count('name="relation"') == len(related(client, GAT))
    assert page.count(" checked") == len(related(client, GAT))
    assert f'/graph?node={BASE}task/node-classification"' in page.replace("%3A", ":")


def test_each_entity_page_leads_there(client: FlaskClient) -> None:
    page = client.get("/method/graph-attention-network", headers={"Accept": "text/html"}).text
    assert f'/graph?node={GAT}"' in page.replace("%3A", ":")


def test_what_is_left_out_is_counted(library: Path) -> None:
    with open_store(library) as opened:
        lookup = Lookup(opened)
        found = neighbourhood.neighbourhood(lookup, Links(opened.base_iri), f"{BASE}dataset/cora", 1)
        assert lookup.asked == 2
    assert found is not None
    papers = next(one for one in found.relations if one.key == "pt:evaluatesOn-")
    assert (len(papers.things), papers.more, papers.count) == (1, 2, 3)


def test_what_is_no_iri_or_unknown_is_told(client: FlaskClient) -> None:
    assert client.get("/graph").status_code == 400
    assert client.get("/graph?node=bert").status_code == 400
    assert client.get(f"/graph?node={BASE}method/none").status_code == 404
    assert client.get(f"/graph?node={GAT}&format=png").status_code == 406


def test_hostile_names_stay_names(client: FlaskClient) -> None:
    app: Flask = client.application
    with app.test_client() as one:
        page = one.get("/graph", query_string={"node": f"{BASE}paper/hostile"}, headers={"Accept": "text/html"}).text
    assert "<img" not in page
    assert "<script>" not in page
