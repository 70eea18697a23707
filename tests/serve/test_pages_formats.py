"""Every IRI of a small graph in every format, and what answers say of each other."""

from __future__ import annotations

import re

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from kg.store import open_store
from tests.serve.pages_library import BASE
from tests.serve.reading_pages import one_of_each_kind, page, paths


def test_the_graph_has_all_kinds_of_iri(folder) -> None:
    assert set(one_of_each_kind(folder)) >= {
        *("paper", "task", "method", "dataset", "metric", "result", "repository", "person", "venue"),
        *("statement", "evidence", "run", "source", "graph", "graph of a paper", "authorship"),
    }


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD parser uses it
@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
    ],
)
def test_each_kind_of_iri_is_served_as_rdf_about_it(client: FlaskClient, folder, accept: str, form: str) -> None:
    for kind, path in one_of_each_kind(folder).items():
        response = client.get(f"/{path}", headers={"Accept": accept})
        assert response.status_code == 200, kind
        assert response.mimetype == accept
        graph = rdflib.Graph().parse(data=response.get_data(), format=form)
        assert set(graph.predicate_objects(rdflib.URIRef(BASE + path))), f"{kind}: nothing about {path}"


def test_all_triples_with_the_entity_as_subject_are_there(client: FlaskClient, folder) -> None:
    for path in one_of_each_kind(folder).values():
        graph = rdflib.Graph().parse(data=client.get(f"/{path}.nt").get_data(), format="nt")
        with open_store(folder) as store:
            wanted = {str(quad.triple) for quad in store.graph if quad.subject == NamedNode(BASE + path)}
        assert len(list(graph.triples((rdflib.URIRef(BASE + path), None, None)))) == len(wanted)


def test_a_paper_is_described_by_its_whole_graph(client: FlaskClient, folder) -> None:
    iri = NamedNode(BASE + "paper/gat-2017")
    graph = rdflib.Graph().parse(data=client.get("/paper/gat-2017.ttl").get_data(), format="turtle")
    with open_store(folder) as store:
        own = list(store.graph.quads_for_pattern(None, None, None, NamedNode(iri.value + "/graph")))
    for quad in own:
        subject = rdflib.URIRef(quad.subject.value)  # type: ignore[union-attr]
        assert (subject, rdflib.URIRef(quad.predicate.value), None) in graph
    assert len(graph) >= len(own)


@pytest.mark.parametrize(("suffix", "media_type"), [("ttl", "text/turtle"), ("nt", "application/n-triples")])
def test_suffixes_and_the_format_parameter_say_the_same(client: FlaskClient, suffix: str, media_type: str) -> None:
    by_suffix = client.get(f"/method/gcn.{suffix}", headers={"Accept": "text/html"})
    by_parameter = client.get(f"/method/gcn?format={suffix}")
    assert by_suffix.mimetype == by_parameter.mimetype == media_type
    assert by_suffix.get_data() == by_parameter.get_data()


def test_an_answer_names_what_it_depends_on_and_where_the_others_are(client: FlaskClient) -> None:
    html = client.get("/method/gcn", headers={"Accept": "text/html,*/*;q=0.8"})
    assert html.mimetype == "text/html"
    assert "Accept" in html.headers["Vary"]
    assert '</method/gcn.ttl>; rel="describedby"; type="text/turtle"' in html.headers.getlist("Link")
    turtle = client.get("/method/gcn", headers={"Accept": "text/turtle"})
    assert "Accept" in turtle.headers["Vary"]
    assert '</method/gcn>; rel="alternate"; type="text/html"' in turtle.headers.getlist("Link")
    assert f'<{BASE}method/gcn>; rel="describes"' in turtle.headers.getlist("Link")


def test_a_format_that_there_is_not_is_refused_with_the_list(client: FlaskClient) -> None:
    for response in (client.get("/method/gcn", headers={"Accept": "image/png"}), client.get("/method/gcn?format=xls")):
        assert response.status_code == 406
        assert "text/turtle" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "address",
    [
        "/paper/none",
        "/paper/none.ttl",
        "/nothing/at-all",
        "/person",
        "/task?page=2",
        "/task?page=0",
        "/paper/a%20b",
        "/paper/a%3Eb",
        "/x",
    ],
)
def test_what_the_graph_does_not_hold_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404
    assert client.get(address, headers={"Accept": "application/json"}).status_code == 404  # not 406: there is no format


def test_links_of_pages_stay_on_this_server(client: FlaskClient, folder) -> None:
    """The base IRI is another host: pages link by path, and each such link leads somewhere."""
    known = set(paths(folder))
    for path in one_of_each_kind(folder).values():
        for href in page(client, f"/{path}").hrefs():
            assert not href.startswith(BASE)
            if re.match(r"/(paper|task|method|dataset|metric|person|venue|statement|evidence|result)/", href):
                assert href.partition("?")[0].removesuffix(".ttl") in known or "." in href


def test_links_keep_the_path_that_the_server_is_mounted_at(client: FlaskClient) -> None:
    html = client.get("/method/gcn", environ_overrides={"SCRIPT_NAME": "/kg"}).get_data(as_text=True)
    assert 'href="/kg/paper/gat-2017"' in html
    assert 'href="/paper/' not in html
