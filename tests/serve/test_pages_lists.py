"""Home, lists and search."""

from __future__ import annotations

import json

from flask.testing import FlaskClient

from tests.serve.pages_library import BASE, pages_of, write_store
from tests.serve.reading_pages import page


def test_the_home_page(client: FlaskClient) -> None:
    shown = page(client, "/")
    assert "5 papers" in shown.text
    assert "Newest papers" in shown.text
    assert "curl http://localhost/sparql" in shown.text
    assert {"/task/node-classification", "/dataset/cora", "/recipes", "/sparql"} <= shown.hrefs()


def test_the_home_page_of_an_empty_graph(tmp_path) -> None:
    with pages_of(write_store(tmp_path / "store", [])) as app:
        assert "no paper yet" in page(app.test_client(), "/").text


def test_the_lists_of_what_the_graph_holds(client: FlaskClient) -> None:
    assert "/task/node-classification" in page(client, "/task").hrefs()
    assert "/method/graph-attention-network" in page(client, "/method").hrefs()
    assert "/dataset/cora" in page(client, "/dataset").hrefs()
    assert "/metric/accuracy" in page(client, "/metric").hrefs()
    assert "/leaderboard/node-classification/cora" in page(client, "/leaderboard").hrefs()
    papers = page(client, "/paper")
    assert papers.text.index("Better Graphs 2019") < papers.text.index("2017-10-30")
    assert 'aria-current="page"' in client.get("/paper").get_data(as_text=True)
    assert 'aria-current="true"' in client.get("/paper/gat-2017").get_data(as_text=True)


def test_the_home_page_shows_fresh_results_with_their_sentences(client: FlaskClient) -> None:
    shown = page(client, "/")
    assert "Fresh results" in shown.text
    assert "85.5% Deeper Network gets 85.5%" not in shown.text
    assert "Our Deeper Network gets 85.5% accuracy on Cora" in shown.text


def test_search_groups_by_type_and_answers_in_json(client: FlaskClient) -> None:
    shown = page(client, "/search?q=graph")
    assert {"/paper/gat-2017", "/paper/better-graphs", "/method/graph-attention-network"} <= shown.hrefs()
    assert page(client, "/search?q=GAT").text.count("also GAT") == 1
    for response in (
        client.get("/search?q=cora", headers={"Accept": "application/json"}),
        client.get("/search?q=cora&format=json"),
    ):
        assert response.mimetype == "application/json"
        assert "Accept" in response.headers["Vary"]
        found = json.loads(response.get_data())
        assert found["query"] == "cora"
        expected = {
            "iri": BASE + "dataset/cora",
            "label": "Cora",
            "type": "Dataset",
            "alias": None,
            "url": "/dataset/cora",
            "near": False,
        }
        assert found["results"] == [expected]


def test_search_forgives_slips_of_the_pen(client: FlaskClient) -> None:
    shown = page(client, "/search?q=grpah+atention")
    assert "Nothing is called" in shown.text
    assert "/method/graph-attention-network" in shown.hrefs()
    found = json.loads(client.get("/search?q=grpah+atention&format=json").get_data())
    assert found["near"]
    assert found["results"][0]["url"] == "/method/graph-attention-network"
    assert found["results"][0]["near"]
    few = json.loads(client.get("/search?q=GCN&format=json&limit=1").get_data())
    assert [one["label"] for one in few["results"]] == ["GCN"]


def test_search_helps_where_it_finds_nothing(client: FlaskClient) -> None:
    assert "The last word may be a beginning" in page(client, "/search").text
    assert "The last word may be a beginning" in page(client, "/search?q=%20").text
    nothing = page(client, '/search?q="<script>zzz"')
    assert '“"<script>zzz"”' in nothing.text
    assert "script" not in nothing.elements
    assert page(client, "/search?q=cora&type=Dataset").text.count("Cora") == 1
    assert client.get("/search?q=a&type=Nonsense").status_code == 400
    assert json.loads(client.get("/search?format=json").get_data())["results"] == []


def test_an_address_with_a_slip_of_the_pen_proposes_what_may_be_meant(client: FlaskClient) -> None:
    from_here = client.get("/method/grpah-atention-network", headers={"Accept": "application/json"})
    assert from_here.status_code == 404
    assert [one["url"] for one in json.loads(from_here.get_data())["candidates"]] == ["/method/graph-attention-network"]
    assert client.get("/person/grpah-atention-network").status_code == 404


def test_what_more_papers_have_to_do_with_is_found_first(client: FlaskClient) -> None:
    found = json.loads(client.get("/search?q=network&format=json&limit=2").get_data())["results"]
    assert found[0]["label"] == "Graph Attention Network"  # of two papers
    assert len(found) == 2
    exact = json.loads(client.get("/search?q=Equal+Network&format=json").get_data())["results"]
    assert exact[0]["label"] == "Equal Network"
