"""The SPARQL 1.1 Protocol against a running server."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import requests

from tests.query.small import IRIS
from tests.serve.conftest import Running

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?paper a <https://w3id.org/papertriples/ontology#Paper> }"
TRIPLES = "CONSTRUCT { ?s a ?class } WHERE { ?s a ?class } LIMIT 7"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def endpoint(server: Running) -> str:
    return f"{server.address}/sparql"


def count_of(response: requests.Response) -> str:
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "application/sparql-results+json"
    return str(response.json()["results"]["bindings"][0]["n"]["value"])


def problem_of(response: requests.Response, status: int) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    found: dict[str, object] = response.json()
    assert found["status"] == status
    assert found["title"]
    return found


def test_get_and_both_kinds_of_post_say_the_same(endpoint: str) -> None:
    assert count_of(requests.get(endpoint, {"query": COUNT})) == "4"
    assert count_of(requests.post(endpoint, {"query": COUNT})) == "4"
    assert count_of(requests.post(endpoint, COUNT, headers=DIRECT)) == "4"
    charset = {"Content-Type": "application/sparql-query; charset=UTF-8"}
    assert count_of(requests.post(endpoint, COUNT, headers=charset)) == "4"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/csv;q=0.3, text/tab-separated-values;q=0.4", "text/tab-separated-values; charset=utf-8"),
        ("application/sparql-results+json;q=0, */*;q=0.1", "application/json"),
        ("image/png, */*;q=0.1", "application/sparql-results+json"),
    ],
)
def test_rows_come_as_the_client_likes_them(endpoint: str, accept: str, media_type: str) -> None:
    response = requests.get(endpoint, {"query": COUNT}, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == media_type
    assert "Accept" in response.headers["Vary"]


def test_the_formats_of_rows_hold_the_same(endpoint: str) -> None:
    def body(accept: str) -> bytes:
        return requests.get(endpoint, {"query": COUNT}, headers={"Accept": accept}).content

    assert next(csv.DictReader(io.StringIO(body("text/csv").decode())))["n"] == "4"
    assert body("text/tab-separated-values").decode().split("\n")[1].strip() == "4"
    assert ElementTree.fromstring(body("application/sparql-results+xml"))[1][0][0][0].text == "4"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/n-quads", ox.RdfFormat.N_QUADS),
        ("application/trig", ox.RdfFormat.TRIG),
    ],
)
def test_graphs_come_as_the_client_likes_them(endpoint: str, accept: str, form: ox.RdfFormat) -> None:
    response = requests.get(endpoint, {"query": TRIPLES}, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["Content-Type"].split(";")[0] == accept
    assert len(list(ox.parse(response.content, format=form))) == 7


def test_describe_and_ask(endpoint: str) -> None:
    about = f"DESCRIBE <{IRIS.concept('Method', 'starling').value}>"
    assert "Starling" in requests.get(endpoint, {"query": about}).text
    assert requests.get(endpoint, {"query": "ASK { ?s ?p ?o }"}).json()["boolean"] is True
    assert requests.get(endpoint, {"query": "ASK {}"}, headers={"Accept": "text/csv"}).text == "true"


def test_what_cannot_be_given_is_406_with_the_list(endpoint: str) -> None:
    found = problem_of(requests.get(endpoint, {"query": COUNT}, headers={"Accept": "image/png"}), 406)
    assert "text/csv" in str(found["offered"])
    assert "text/turtle" not in str(found["offered"])
    problem_of(requests.get(endpoint, {"query": COUNT}, headers={"Accept": "text/turtle"}), 406)
    problem_of(requests.get(endpoint, {"query": COUNT, "format": "nonsense"}), 406)


def test_syntax_errors_say_line_and_column(endpoint: str) -> None:
    found = problem_of(requests.get(endpoint, {"query": "SELECT *\nWHERE { ?s ?p }"}), 400)
    assert (found["code"], found["line"]) == ("query-syntax", 2)
    assert isinstance(found["column"], int)
    problem_of(requests.post(endpoint, "not a query", headers=DIRECT), 400)


def test_the_dataset_is_what_the_request_says(endpoint: str) -> None:
    graph = IRIS.paper_graph(IRIS.paper("wren: a dense network")).value
    params = [("query", COUNT), ("default-graph-uri", graph)]
    assert count_of(requests.get(endpoint, params)) == "1"
    assert count_of(requests.post(endpoint, params)) == "1"
    assert count_of(requests.post(f"{endpoint}?default-graph-uri={graph}", COUNT, headers=DIRECT)) == "1"
    assert count_of(requests.get(endpoint, [("query", COUNT), ("named-graph-uri", graph)])) == "0"
    graphs = "SELECT (COUNT(DISTINCT ?g) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert count_of(requests.get(endpoint, [("query", graphs), ("named-graph-uri", graph)])) == "1"
    assert count_of(requests.get(endpoint, [("query", graphs), ("default-graph-uri", graph)])) == "0"
    other = IRIS.graph("concepts").value
    both = [
        ("query", f"SELECT (COUNT(*) AS ?n) FROM <{other}> {{ ?s a <https://w3id.org/papertriples/ontology#Paper> }}")
    ]
    assert count_of(requests.get(endpoint, both)) == "0"
    assert count_of(requests.get(endpoint, [*both, ("default-graph-uri", graph)])) == "1"


@pytest.mark.parametrize("graph", ["http://example.org/nowhere", "file:///etc/passwd"])
@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
def test_graphs_that_are_not_there_are_refused(endpoint: str, graph: str, parameter: str) -> None:
    found = problem_of(requests.get(endpoint, [("query", COUNT), (parameter, graph)]), 403)
    assert graph in str(found["detail"])
    assert problem_of(requests.get(endpoint, {"query": f"SELECT * FROM <{graph}> {{ ?s ?p ?o }}"}), 403)


@pytest.mark.parametrize(
    ("send", "status"),
    [
        (lambda at: requests.get(at, [("query", COUNT), ("query", COUNT)]), 400),
        (lambda at: requests.post(at, [("query", COUNT), ("query", COUNT)]), 400),
        (lambda at: requests.post(f"{at}?query=ASK%7B%7D", {"query": COUNT}), 400),
        (lambda at: requests.post(f"{at}?query=ASK%7B%7D", COUNT, headers=DIRECT), 400),
        (lambda at: requests.post(at, "", headers=FORM), 400),
        (lambda at: requests.post(at, COUNT.encode("utf-16"), headers=DIRECT), 400),
        (lambda at: requests.get(f"{at}?query=ASK%7B%7D%FF"), 400),
        (lambda at: requests.post(at, b"query=ASK%7B%7D%FF", headers=FORM), 400),
        (lambda at: requests.post(at, COUNT, headers={"Content-Type": "text/plain"}), 415),
        (lambda at: requests.post(at, COUNT), 415),
        (
            lambda at: requests.post(at, COUNT, headers={"Content-Type": "application/sparql-query; charset=UTF-16"}),
            415,
        ),
        (lambda at: requests.post(at, "CLEAR ALL", headers={"Content-Type": "application/sparql-update"}), 400),
        (lambda at: requests.post(at, {"update": "CLEAR ALL"}), 400),
        (lambda at: requests.get(at, {"update": "CLEAR ALL"}), 400),
        (lambda at: requests.get(at, {"query": "CLEAR ALL"}), 403),
        (lambda at: requests.get(at, {"query": "ASK { SERVICE <http://127.0.0.1:9/> {} }"}), 403),
        (lambda at: requests.put(at, COUNT), 405),
        (lambda at: requests.delete(at), 405),
        (lambda at: requests.get(at, {"query": "ASK {}", "default-graph-uri": "not an IRI"}), 400),
        (lambda at: requests.post(at, b"x" * (5 << 20), headers=DIRECT), 413),
    ],
)
def test_wrong_requests(endpoint: str, send: Callable[[str], requests.Response], status: int) -> None:
    assert problem_of(send(endpoint), status)["detail"]


def test_head_has_the_headers_and_no_body(endpoint: str) -> None:
    response = requests.head(endpoint, params={"query": COUNT})
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Type"] == "application/sparql-results+json"


def test_options_tell_what_is_allowed(endpoint: str) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    response = requests.options(endpoint, headers=asked)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert {"GET", "POST", "HEAD"} <= set(response.headers["Access-Control-Allow-Methods"].split(", "))
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]


def test_without_a_query_there_is_the_service_description_or_the_page(endpoint: str) -> None:
    for accept in ("text/turtle", "application/rdf+xml", "application/n-quads", "*/*"):
        response = requests.get(endpoint, headers={"Accept": accept})
        form = ox.RdfFormat.from_media_type(response.headers["Content-Type"])
        triples = {str(quad.predicate.value).rpartition("#")[2] for quad in ox.parse(response.content, format=form)}
        assert {"endpoint", "supportedLanguage", "resultFormat", "defaultDataset"} <= triples
    described = requests.get(endpoint, headers={"Accept": "application/n-triples"}).text
    update, data = (endpoint.replace("/sparql", path) for path in ("/update", "/data"))
    assert f"<{update}> <http://www.w3.org/ns/sparql-service-description#endpoint> <{update}> ." in described
    assert f"<{data}> <http://www.w3.org/ns/dcat#endpointURL> <{data}> ." in described
    page = requests.get(endpoint, headers={"Accept": BROWSER})
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<textarea" in page.text
    problem_of(requests.get(endpoint, headers={"Accept": "application/sparql-results+json"}), 400)


def test_people_see_their_results_and_their_errors_on_a_page(endpoint: str) -> None:
    page = requests.get(endpoint, {"query": "SELECT ('<b>' AS ?x) {}"}, headers={"Accept": BROWSER})
    assert page.status_code == 200
    assert "&lt;b&gt;" in page.text
    wrong = requests.get(endpoint, {"query": "SELECT"}, headers={"Accept": BROWSER})
    assert (wrong.status_code, wrong.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert "line 1, column" in wrong.text


def test_errors_elsewhere_are_problems_for_programs_and_pages_for_people(server: Running) -> None:
    problem_of(requests.get(f"{server.address}/nowhere"), 404)
    page = requests.get(f"{server.address}/nowhere", headers={"Accept": BROWSER})
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>Not Found</h1>" in page.text


def test_every_answer_is_closed_to_scripts_of_others_and_open_for_reads(server: Running) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/recipes", "/nowhere", "/", "/health", "/static/icon.svg"):
        response = requests.get(server.address + path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Server" not in response.headers


def test_a_large_result_comes_in_pieces_and_whole(endpoint: str) -> None:
    query = "SELECT ?s ?p ?o ?n WHERE { ?s ?p ?o . VALUES ?n { 1 2 3 4 5 6 7 8 9 } }"
    response = requests.get(endpoint, {"query": query}, headers={"Accept": "text/csv"}, stream=True)
    pieces = sum(1 for _ in response.iter_content(1 << 14))
    assert pieces > 10
    expected = count_of(requests.get(endpoint, {"query": f"SELECT (COUNT(*) AS ?n) {{ {{ {query} }} }}"}))
    whole = requests.get(endpoint, {"query": query}).json()
    assert len(whole["results"]["bindings"]) == int(expected)


def test_problems_tell_nothing_of_the_machine(endpoint: str, server: Running) -> None:
    for query in ("SELECT", "ASK { SERVICE <x:y> {} }", "SELECT (COUNT(?x) AS ?x) {}"):
        text = requests.get(endpoint, {"query": query}).text
        assert "Traceback" not in text
        assert str(server.context.location) not in text
        json.loads(text)
