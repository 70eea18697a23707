"""The pages of things over a small graph: what they show."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from kg.store import open_store
from tests.serve.pages_library import BASE, Written, pages_of, write_store
from tests.serve.reading_pages import one_of_each_kind, page, paths


def test_the_page_of_a_paper(client: FlaskClient) -> None:
    shown = page(client, "/paper/gat-2017")
    for words in ("Ada Lovelace", "Charles Babbage", "Journal of Small Graphs", "2017-10-30", "1710.10903", "ada/gat"):
        assert words in shown.text
    assert {"/method/graph-attention-network", "/task/node-classification", "/dataset/cora"} <= shown.hrefs()
    assert "https://arxiv.org/abs/1710.10903" in shown.hrefs()
    for words in (
        "Introduces",
        "Addresses",
        "Evaluates on",
        "Compares with",
        "83.0%",
        "Δ 1.5%",
        "With 10% of the data",
    ):
        assert words in shown.text
    assert "details" in shown.elements


def test_every_mention_is_marked_and_leads_to_its_concept(client: FlaskClient) -> None:
    html = client.get("/paper/gat-2017").get_data(as_text=True)
    lead = re.search(r'<p class="lead">(.*?)</p>', html, re.S)
    assert lead
    marked = re.findall(r'<a class="mention (\w+)" title="([^"]*)" href="([^"]*)">([^<]*)</a>', lead[1])
    assert (
        "method",
        "Method: Graph Attention Network",
        "/method/graph-attention-network",
        "Graph Attention Network",
    ) in (marked)
    assert [text for _, _, _, text in marked].count("Graph Attention Network") == 2  # the second by its letters alone
    assert [text for _, _, _, text in marked].count("Cora") == 2


def test_a_doubtful_statement_stands_apart(client: FlaskClient) -> None:
    text = page(client, "/paper/gat-2017").text
    said, _, unsure = text.partition("Too unsure to be asserted")
    assert "uses DeepWalk" not in said
    assert "This paper uses DeepWalk 30 %" in unsure


def test_a_paper_without_authors_or_statements_has_a_page(tmp_path) -> None:
    folder = write_store(tmp_path / "store", [Written("bare", "Bare")])
    with pages_of(folder) as app:
        shown = page(app.test_client(), "/paper/bare")
        assert "No statement was read" in shown.text


def test_the_page_of_a_concept(client: FlaskClient) -> None:
    shown = page(client, "/method/graph-attention-network")
    for words in (
        *("Also GAT", "Introduced by 1 paper", "Used by 1 paper", "Used for node classification"),
        *("Compared with GCN", "Evaluated with Cora", "83.0%"),
    ):
        assert words in shown.text
    dataset = page(client, "/dataset/cora")
    assert "node classification on Cora" in dataset.text
    assert "/leaderboard/node-classification/cora" in dataset.hrefs()
    assert "lower is better" in page(client, "/metric/error-rate").text


def test_a_concept_shows_its_company_its_years_and_its_lineage(client: FlaskClient) -> None:
    task = page(client, "/task/node-classification")
    assert "Methods in papers on it" in task.text
    assert {"/method/deeper-network", "/dataset/cora", "/leaderboard/node-classification/cora"} <= task.hrefs()
    method = page(client, "/method/graph-attention-network")
    assert "What came of it is built on by Deeper Network" in method.text
    assert "as a table" not in method.text  # two papers are told better by a list


def test_papers_by_year_are_drawn_and_told_as_a_table(tmp_path) -> None:
    many = [
        Written(
            f"p {number}",
            f"Paper {number}",
            abstract="It uses [M:Popular] in [T:sorting].",
            roles={0: "uses", 1: "addresses"},
            date=str(2015 + number // 2),
        )
        for number in range(6)
    ]
    with pages_of(write_store(tmp_path / "store", many)) as app:
        client = app.test_client()
        html = client.get("/method/popular").get_data(as_text=True)
        drawn = re.search(r"<figure.*?</figure>", html, re.S)
        assert drawn
        assert re.findall(r"<title>(\d+: \d)</title>", drawn[0]) == ["2015: 2", "2016: 2", "2017: 2"]
        assert "201522016220172" in page(client, "/method/popular").text  # the cells of the table
        assert 'aria-label="2015: 2, 2016: 2, 2017: 2"' in html.partition("Tasks")[2]  # the line beside a task


def test_a_paper_is_described_for_reference_managers_and_shows_related_ones(client: FlaskClient) -> None:
    html = client.get("/paper/gat-2017").get_data(as_text=True)
    described = re.findall(r'<meta name="(citation_\w+)" content="([^"]*)">', html)
    assert described == [
        ("citation_title", "Graph Attention Networks for k-hop Graphs"),
        ("citation_author", "Ada Lovelace"),
        ("citation_author", "Charles Babbage"),
        ("citation_publication_date", "2017/10/30"),
        ("citation_journal_title", "Journal of Small Graphs"),
        ("citation_doi", "10.1000/gat"),
        ("citation_arxiv_id", "1710.10903"),
    ]
    assert '<meta property="og:type" content="article">' in html
    shown = page(client, "/paper/gat-2017")
    assert "Related papers" in shown.text
    assert "/paper/better-graphs" in shown.hrefs()
    assert re.search(r"Confidence 88 %, read by \w+", shown.text)


@pytest.mark.parametrize("address", ["/", "/task", "/paper/gat-2017", "/leaderboard/node-classification/cora?code=1"])
def test_a_page_names_its_own_address_and_what_it_is(client: FlaskClient, address: str) -> None:
    html = client.get(address).get_data(as_text=True)
    assert f'<link rel="canonical" href="http://localhost{address.partition("?")[0]}">' in html
    title = re.search(r"<title>(.*?)</title>", html)
    told = re.search(r'<meta property="og:title" content="(.*?)">', html)
    assert title
    assert told
    assert title[1] == told[1]
    assert re.search(r'<meta name="description" content="[^"]{20,}">', html)


def test_the_pages_of_repository_person_and_venue_list_papers(client: FlaskClient, folder) -> None:
    assert "/paper/gat-2017" in page(client, "/repository/" + slug_of(folder, "repository")).hrefs()
    person = page(client, "/person/orcid-0000-0002-1825-0097")
    assert {"/paper/gat-2017", "/paper/better-graphs", "https://orcid.org/0000-0002-1825-0097"} <= person.hrefs()
    assert "/paper/gat-2017" in page(client, "/venue/journal-of-small-graphs").hrefs()


def slug_of(folder, kind: str) -> str:
    return one_of_each_kind(folder)[kind].partition("/")[2]


@pytest.mark.parametrize("kind", ["statement", "evidence", "result"])
def test_statement_evidence_and_result_show_the_marked_sentence(client: FlaskClient, folder, kind: str) -> None:
    for path in paths(folder):
        if path.startswith(f"/{kind}/"):
            html = client.get(path).get_data(as_text=True)
            assert '<blockquote class="sentence">' in html, path
            assert re.search(r'<mark class="(subject|object)', html), path


def test_the_ontology_has_a_page_with_its_terms(client: FlaskClient) -> None:
    shown = page(client, "/ontology")
    assert "pt:evaluatesOn" in shown.text
    assert "evaluatesOn" in shown.ids
    turtle = client.get("/ontology.ttl").get_data(as_text=True)
    assert "evaluatesOn" in turtle


def test_the_page_of_a_graph_links_to_a_query_for_all_of_it(client: FlaskClient, folder) -> None:
    shown = page(client, "/paper/gat-2017/graph")
    assert "All that “Graph Attention Networks for k-hop Graphs” says" in shown.text
    (href,) = [one for one in shown.hrefs() if one.startswith("/sparql?format=ttl")]
    (query,) = parse_qs(urlsplit(href).query)["query"]
    with open_store(folder) as store:
        graph = NamedNode(BASE + "paper/gat-2017/graph")
        wanted = {quad.triple for quad in store.graph.quads_for_pattern(None, None, None, graph)}
        assert set(store.graph.query(query)) == wanted


def test_letters_beyond_the_basic_plane_are_marked_whole(client: FlaskClient) -> None:
    html = client.get("/paper/letters-beyond").get_data(as_text=True)
    assert ">Emoji Model 𝒳</a>" in html
    assert ">sentiment analysis</a> 👍 well." in html
    assert "Our summary" in html


def test_long_lists_are_cut_and_go_on_page_by_page(tmp_path) -> None:
    many = [
        Written(
            f"p {number}",
            f"Paper {number}",
            abstract="It uses [M:Popular].",
            roles={0: "uses"},
            date=str(1800 + number),
        )
        for number in range(130)
    ]
    with pages_of(write_store(tmp_path / "store", many)) as app:
        client = app.test_client()
        first = page(client, "/method/popular")
        assert "Used by 130 papers" in first.text
        assert "and 110 more" in first.text
        second = page(client, "/method/popular?role=uses")
        third = page(client, "/method/popular?role=uses&page=2")
        listed = [[href for href in shown.hrefs() if href.startswith("/paper/")] for shown in (second, third)]
        assert [len(one) for one in listed] == [100, 30]
        assert not set(listed[0]) & set(listed[1])
        assert "/paper/p-129" in listed[0]  # the newest first
        for wrong in ("role=uses&page=3", "role=uses&page=0", "role=eats"):
            assert client.get(f"/method/popular?{wrong}").status_code == 404
