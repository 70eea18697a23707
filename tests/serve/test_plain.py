"""``serve --plain``: an ordinary dataset behind the protocols."""

from __future__ import annotations

import json
import multiprocessing
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import requests

from kg.errors import StoreError, StoreLocked, UsageError
from kg.store import open_store
from kg.store.building import AUDIT_LOG
from kg.store.dataset import PlainDataset
from kg.store.tokens import Scope, Tokens
from tests.serve.command_server import serving
from tests.serve.plain_server import running_plain
from tests.serve.test_workers import wait_until

TURTLE = {"Content-Type": "text/turtle"}
SPARQL_UPDATE = {"Content-Type": "application/sparql-update"}
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
HANGS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_plain(tmp_path_factory.mktemp("plain") / "dataset", workers=4) as address:
        yield address


@pytest.fixture
def plain(server: str) -> str:
    """The address of a server whose dataset is empty."""
    change(server, "DROP ALL")
    return server


def change(address: str, text: str) -> None:
    response = requests.post(f"{address}/update", {"update": text})
    assert response.status_code == 204, response.text


def count(address: str, query: str = COUNT, **parameters: str | list[str]) -> int:
    response = requests.get(f"{address}/sparql", {"query": query, **parameters})
    assert response.status_code == 200, response.text
    return int(response.json()["results"]["bindings"][0]["n"]["value"])


def test_updates_come_in_two_ways_and_are_seen_at_once(plain: str) -> None:
    assert requests.post(f"{plain}/update", {"update": "INSERT DATA { <urn:a> <urn:p> 1 }"}).status_code == 204
    text = "INSERT DATA { GRAPH <urn:g> { <urn:é> <urn:p> 'ü' } }".encode()
    assert requests.post(f"{plain}/update", text, headers=SPARQL_UPDATE).status_code == 204
    assert count(plain) == 1
    assert count(plain, "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { <urn:é> ?p 'ü' } }") == 1


@pytest.mark.parametrize(
    ("method", "parameters", "body", "media_type", "status"),
    [
        ("GET", "", None, None, 405),
        ("PUT", "", b"CLEAR ALL", "application/sparql-update", 405),
        ("POST", "", b"CLEAR ALL", "text/plain", 415),
        ("POST", "", b"CLEAR ALL", None, 415),
        ("POST", "", b"CLEAR ALL", "application/sparql-update; charset=utf-16", 415),
        ("POST", "", b"CLEAR \xff", "application/sparql-update", 400),
        ("POST", "", b"update=%FF", "application/x-www-form-urlencoded", 400),
        ("POST", "", b"update=CLEAR+ALL&update=CLEAR+ALL", "application/x-www-form-urlencoded", 400),
        ("POST", "", b"query=ASK%7B%7D", "application/x-www-form-urlencoded", 400),
        ("POST", "", b"", "application/x-www-form-urlencoded", 400),
        ("POST", "", b"ASK {}", "application/sparql-query", 400),
        ("POST", "?update=CLEAR+ALL", b"CLEAR ALL", "application/sparql-update", 400),
        ("POST", "", b"CLEAR XYZ", "application/sparql-update", 400),
        ("POST", "?using-graph-uri=relative", b"DELETE WHERE { ?s ?p 1 }", "application/sparql-update", 400),
        (
            "POST",
            "?using-graph-uri=urn:g",
            b"DELETE { ?s ?p 1 } USING <urn:g> WHERE { ?s ?p 1 }",
            "application/sparql-update",
            400,
        ),
    ],
)
def test_what_is_no_update_is_told_so(
    plain: str, method: str, parameters: str, body: bytes | None, media_type: str | None, status: int
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    response = requests.request(method, f"{plain}/update{parameters}", data=body, headers=headers)
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    if status == 405:
        assert "POST" in response.headers["Allow"]


def test_a_wrong_update_says_where(plain: str) -> None:
    response = requests.post(f"{plain}/update", b"INSERT DATA {\n <urn:a> <urn:b> }", headers=SPARQL_UPDATE)
    assert (response.status_code, response.json()["line"]) == (400, 2)


def test_a_request_of_several_operations_is_carried_out_whole_or_not_at_all(plain: str) -> None:
    text = b"INSERT DATA { <urn:a> <urn:p> 1 } ; CREATE GRAPH <urn:g> ; CREATE GRAPH <urn:g>"
    assert requests.post(f"{plain}/update", text, headers=SPARQL_UPDATE).status_code == 400
    assert count(plain) == 0


def test_datasets_of_queries_and_updates_by_parameters(plain: str) -> None:
    change(
        plain,
        "INSERT DATA { <urn:a> <urn:p> 0 GRAPH <urn:g> { <urn:a> <urn:p> 1, 2 } GRAPH <urn:h> { <urn:a> <urn:p> 3 } }",
    )
    assert count(plain) == 1
    assert count(plain, **{"default-graph-uri": ["urn:g", "urn:h"]}) == 3
    assert count(plain, **{"default-graph-uri": "urn:none"}) == 0
    named = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert count(plain, named) == 3
    assert count(plain, named, **{"named-graph-uri": "urn:h"}) == 1
    assert count(plain, COUNT, **{"named-graph-uri": "urn:h"}) == 0
    for text in ("INSERT { GRAPH <urn:new> { ?s ?p ?o } } WHERE { ?s ?p ?o }", "DELETE WHERE { ?s ?p 3 }"):
        headers = SPARQL_UPDATE
        response = requests.post(f"{plain}/update", text, params={"using-graph-uri": "urn:h"}, headers=headers)
        assert response.status_code == 204, response.text
    assert count(plain, **{"default-graph-uri": "urn:new"}) == 1
    assert count(plain) == 1


def test_graphs_come_and_go_by_their_names(plain: str) -> None:
    at = f"{plain}/data?graph=urn:g"
    assert requests.get(at).status_code == 404
    assert requests.put(at, "<urn:a> <urn:p> 1, 2 .", headers=TURTLE).status_code == 201
    assert requests.put(at, "<urn:a> <urn:p> 3 .", headers=TURTLE).status_code == 204
    assert requests.post(at, "<urn:a> <urn:p> 4 .", headers=TURTLE).status_code == 200
    got = requests.get(at, headers={"Accept": "application/n-triples"})
    assert got.headers["Content-Type"] == "application/n-triples"
    assert sorted(got.text.splitlines()) == [
        f'<urn:a> <urn:p> "{n}"^^<http://www.w3.org/2001/XMLSchema#integer> .' for n in (3, 4)
    ]
    head = requests.head(at)
    assert (head.status_code, head.text) == (200, "")
    assert head.headers["Content-Type"].startswith("text/turtle")
    assert requests.delete(at).status_code == 200
    assert requests.delete(at).status_code == 404
    assert requests.head(at).status_code == 404


def test_an_empty_graph_is_a_graph(plain: str) -> None:
    at = f"{plain}/data?graph=urn:empty"
    assert requests.put(at, "", headers=TURTLE).status_code == 201
    assert (requests.get(at).status_code, requests.get(at).text.strip()) == (200, "")


def test_the_default_graph_always_is_there(plain: str) -> None:
    at = f"{plain}/data?default"
    assert requests.get(at).status_code == 200
    assert requests.put(at, "<a> <p> 1 .", headers=TURTLE).status_code in (201, 204)
    assert count(plain) == 1
    assert requests.delete(at).status_code == 200
    assert count(plain) == 0


def test_a_graph_is_named_by_its_address_or_gets_a_name(plain: str) -> None:
    direct = f"{plain}/data/person/1"
    assert requests.put(direct, "<> <urn:p> 1 .", headers=TURTLE).status_code == 201
    assert count(plain, **{"default-graph-uri": direct}) == 1
    assert count(plain, f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ <{direct}> ?p ?o }} }}") == 1
    made = requests.post(f"{plain}/data", "<urn:a> <urn:p> 1 .", headers=TURTLE)
    assert made.status_code == 201
    assert requests.get(made.headers["Location"]).status_code == 200
    everything = requests.get(f"{plain}/data", headers={"Accept": "application/n-quads"})
    assert len(everything.text.splitlines()) == 2
    assert requests.delete(f"{plain}/data").status_code == 405


def test_documents_in_each_format_and_in_parts(plain: str) -> None:
    for media_type, document in (
        ("application/n-triples", "<urn:a> <urn:p> <urn:1> ."),
        ("application/ld+json", '{"@id": "urn:a", "urn:p": {"@id": "urn:2"}}'),
        (
            "application/rdf+xml",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:">'
            '<rdf:Description rdf:about="urn:a"><x:p rdf:resource="urn:3"/></rdf:Description></rdf:RDF>',
        ),
    ):
        response = requests.post(f"{plain}/data?default", document, headers={"Content-Type": media_type})
        assert response.status_code == 200, response.text
    parts = [
        ("one", ("1.ttl", "<urn:a> <urn:p> <urn:4> .", "text/turtle; charset=utf-8")),
        ("two", ("2.nt", "", "application/n-triples")),
    ]
    assert requests.post(f"{plain}/data?default", files=parts).status_code == 200
    assert count(plain) == 4


@pytest.mark.parametrize(
    ("parameters", "headers", "body", "status", "code"),
    [
        ("?graph=relative", TURTLE, "<urn:a> <urn:p> 1 .", 400, "usage"),
        ("?graph=urn:a&default", TURTLE, "", 400, "parameters"),
        ("?graph=urn:a&graph=urn:b", TURTLE, "", 400, "parameters"),
        ("?graph=", TURTLE, "", 400, "parameters"),
        ("?default", {"Content-Type": "text/csv"}, "a,b", 415, "media-type"),
        ("?default", {"Content-Type": "application/n-quads"}, "", 415, "media-type"),
        ("?default", {**TURTLE, "Content-Encoding": "gzip"}, "", 415, "content-encoding"),
        ("?default", {**TURTLE, "Content-Range": "bytes 1-2/3"}, "", 400, "content-range"),
        ("?default", TURTLE, "<urn:a> <urn:p> ", 400, "query-syntax"),
        (
            "?default",
            {"Content-Type": "application/ld+json"},
            '{"@context": "http://127.0.0.1:1/c", "a": 1}',
            400,
            "query-syntax",
        ),
        (
            "?default",
            {"Content-Type": "application/ld+json"},
            '{"@id":"urn:g","@graph":[{"@id":"urn:a","urn:p":1}]}',
            400,
            "usage",
        ),
    ],
)
def test_graphs_that_are_not_taken(
    plain: str, parameters: str, headers: dict[str, str], body: str, status: int, code: str
) -> None:
    response = requests.put(f"{plain}/data{parameters}", body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert count(plain) == 0


def test_nothing_of_a_graph_is_on_offer_in_a_format_that_nobody_knows(plain: str) -> None:
    response = requests.get(f"{plain}/data?default", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert "text/turtle" in response.json()["offered"]


def test_writes_on_the_condition_that_nothing_changed(plain: str) -> None:
    at = f"{plain}/data?graph=urn:g"
    assert requests.put(at, "", headers={**TURTLE, "If-Match": "*"}).status_code == 412
    tag = requests.put(at, "<urn:a> <urn:p> 1 .", headers={**TURTLE, "If-None-Match": "*"}).headers["ETag"]
    assert requests.put(at, "", headers={**TURTLE, "If-None-Match": "*"}).status_code == 412
    got = requests.get(at)
    assert requests.get(at, headers={"If-None-Match": got.headers["ETag"]}).status_code == 304
    assert requests.put(f"{plain}/data?graph=urn:other", "", headers=TURTLE).status_code == 201
    assert requests.post(at, "<urn:a> <urn:p> 2 .", headers={**TURTLE, "If-Match": tag}).status_code == 200
    assert requests.put(at, "", headers={**TURTLE, "If-Match": got.headers["ETag"]}).status_code == 412
    change(plain, "CLEAR DEFAULT")  # an update may have changed any graph
    assert requests.get(at, headers={"If-None-Match": requests.get(at).headers["ETag"]}).status_code == 304
    assert requests.delete(at, headers={"If-Match": tag}).status_code == 412


def test_concurrent_updates_are_all_there(plain: str) -> None:
    change(plain, "INSERT DATA { <urn:counter> <urn:is> 0 }")
    text = (
        "DELETE { <urn:counter> <urn:is> ?n } INSERT { <urn:counter> <urn:is> ?m } "
        "WHERE { <urn:counter> <urn:is> ?n BIND (?n + 1 AS ?m) }"
    )

    def add() -> None:
        for _ in range(10):
            change(plain, text)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(plain, "SELECT ?n WHERE { <urn:counter> <urn:is> ?n }") == 40


def test_pages_of_other_sites_may_read_but_not_write(plain: str) -> None:
    other = {"Origin": "http://example.org"}
    assert (
        requests.get(f"{plain}/sparql", {"query": "ASK {}"}, headers=other).headers["Access-Control-Allow-Origin"]
        == "*"
    )
    assert requests.post(f"{plain}/update", {"update": "CLEAR ALL"}, headers=other).status_code == 403
    assert requests.put(f"{plain}/data?default", "", headers={**TURTLE, **other}).status_code == 403
    assert requests.post(f"{plain}/update", {"update": "CLEAR ALL"}, headers={"Host": "example.org"}).status_code == 403
    assert requests.post(f"{plain}/update", {"update": "CLEAR ALL"}, headers={"Origin": plain}).status_code == 204
    service = {"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}
    assert requests.get(f"{plain}/sparql", service, headers=other).status_code == 403


def test_on_other_addresses_the_dataset_is_read_only_and_asks_nobody(tmp_path: Path) -> None:
    with running_plain(tmp_path / "dataset", host="0.0.0.0", workers=1) as address:
        assert requests.post(f"{address}/update", {"update": "CLEAR ALL"}).status_code == 401
        assert requests.delete(f"{address}/data?default").status_code == 401
        service = {"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}
        assert requests.get(f"{address}/sparql", service).status_code == 403
        assert count(address) == 0


def test_on_other_addresses_a_token_writes(tmp_path: Path) -> None:
    insert = {"update": "INSERT DATA { <urn:a> <urn:p> 1 }"}
    with running_plain(tmp_path / "dataset", host="0.0.0.0", workers=1) as address:
        wanted: dict[Scope, int] = {"read": 403, "write": 204}
        for scope, status in wanted.items():
            made, secret = Tokens(tmp_path / "dataset").create(scope)
            headers = {"Authorization": f"Bearer {secret}"}
            assert requests.post(f"{address}/update", insert, headers=headers).status_code == status
        load = {"update": "LOAD <http://127.0.0.1:9/x>"}
        assert requests.post(f"{address}/update", load, headers=headers).status_code == 403
        evil = headers | {"Origin": "https://evil.example"}
        assert requests.post(f"{address}/update", {"update": "CLEAR ALL"}, headers=evil).status_code == 403
        assert count(address) == 1
    written = [json.loads(line) for line in (tmp_path / "dataset" / AUDIT_LOG).read_text().splitlines()]
    assert [one["outcome"] for one in written[1::2]] == ["refused", "done", "refused", "refused"]
    assert (written[2]["token"], written[2]["operation"]) == (made.id, "POST /update")
    with running_plain(tmp_path / "dataset", workers=1) as address:  # and from here by another name, as proxies do
        named = headers | {"Host": "data.example.org"}
        assert requests.post(f"{address}/update", insert, headers={"Host": "data.example.org"}).status_code == 403
        assert requests.post(f"{address}/update", insert, headers=named).status_code == 204
        assert requests.post(f"{address}/update", load, headers=named).status_code == 403


def test_where_reads_need_a_token_so_do_writes_from_this_machine_but_no_look_at_its_health(tmp_path: Path) -> None:
    asks, insert = {"query": "ASK {}"}, {"update": "INSERT DATA { <urn:a> <urn:p> 1 }"}
    with serving(tmp_path / "dataset", "--plain", "--read-token") as server:
        at = server.address
        assert {requests.get(f"{at}/health{one}").status_code for one in ("", "/live", "/ready")} == {200}
        assert requests.get(f"{at}/sparql", asks).status_code == 401
        assert requests.post(f"{at}/update", insert).status_code == 401
        wanted: dict[Scope, int] = {"read": 403, "write": 204}
        for scope, status in wanted.items():
            headers = {"Authorization": f"Bearer {Tokens(tmp_path / 'dataset').create(scope)[1]}"}
            assert requests.get(f"{at}/sparql", asks, headers=headers).status_code == 200
            assert requests.post(f"{at}/update", insert, headers=headers).status_code == status


def test_a_query_past_its_deadline_ends_and_the_next_is_answered(tmp_path: Path) -> None:
    with running_plain(tmp_path / "dataset", workers=2, timeout=3.0) as address:
        change(address, "INSERT DATA { " + " . ".join(f"<urn:{n}> <urn:p> {n}" for n in range(400)) + " }")
        response = requests.get(f"{address}/sparql", {"query": HANGS})
        assert (response.status_code, response.json()["code"]) == (504, "query-timeout")
        hanging = "INSERT { ?a <urn:x> ?l } " + HANGS[HANGS.index("WHERE") :]
        assert requests.post(f"{address}/update", {"update": hanging}).status_code == 504
        assert count(address) == 400


def test_a_query_ends_when_its_client_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.serve.dataset_pool._YOUNG_SECONDS", 0.0)
    with running_plain(tmp_path / "dataset", workers=2, timeout=60.0) as address:
        change(address, "INSERT DATA { " + " . ".join(f"<urn:{n}> <urn:p> {n}" for n in range(400)) + " }")
        where = urlsplit(address)

        def running() -> bool:
            return "papertriples_queries_running 1.0" in requests.get(f"{address}/metrics", timeout=30).text

        with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=30) as leaving:
            leaving.sendall(f"GET /sparql?query={quote(HANGS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            wait_until(running)
        wait_until(lambda: not running(), 40.0)
        assert count(address) == 400


def test_head_options_and_the_service_description(plain: str) -> None:
    head = requests.head(f"{plain}/sparql", params={"query": "ASK {}"})
    assert (head.status_code, head.text) == (200, "")
    assert {"GET", "POST", "HEAD"} <= set(requests.options(f"{plain}/sparql").headers["Allow"].split(", "))
    assert {"GET", "PUT", "DELETE"} <= set(requests.options(f"{plain}/data?default").headers["Allow"].split(", "))
    described = requests.get(f"{plain}/sparql", headers={"Accept": "application/n-triples"}).text
    sd = "http://www.w3.org/ns/sparql-service-description#"
    assert f"<{plain}/sparql> <{sd}endpoint> <{plain}/sparql> ." in described
    assert f"<{plain}/update> <{sd}supportedLanguage> <{sd}SPARQL11Update> ." in described
    assert f"<{plain}/data> <http://www.w3.org/ns/dcat#endpointURL> <{plain}/data> ." in described


def test_a_folder_holds_one_kind_of_store(tmp_path: Path, small_location: Path) -> None:
    with PlainDataset(tmp_path / "dataset"):
        with pytest.raises(StoreLocked, match="open in another process"):
            PlainDataset(tmp_path / "dataset")
        with pytest.raises(StoreError, match="serve --plain"):
            open_store(tmp_path / "dataset")
    with pytest.raises(UsageError, match="without --plain"):
        PlainDataset(small_location)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letters.txt").write_text("a")
    with pytest.raises(UsageError, match=r"letters\.txt"):
        PlainDataset(tmp_path / "other")
    (tmp_path / "file").write_text("a")
    with pytest.raises(UsageError, match="is a file"):
        PlainDataset(tmp_path / "file")


def test_a_process_that_is_killed_loses_nothing_acknowledged(tmp_path: Path) -> None:
    with running_plain(tmp_path / "dataset", workers=2) as address:
        for number in range(3):
            change(address, f"INSERT DATA {{ <urn:{number}> <urn:p> {number} }}")
        (process,) = [one for one in multiprocessing.active_children() if one.name.endswith(str(tmp_path / "dataset"))]
        process.kill()
        assert count(address) == 3
        change(address, "INSERT DATA { <urn:x> <urn:p> 9 }")
        assert count(address) == 4


def test_the_command_makes_serves_and_keeps_a_dataset(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg.cli", "serve", "--plain", "--store", str(tmp_path / "new"), "--port", "0"]
    for wanted in (1, 2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                address = process.stdout.readline().strip().rpartition(" ")[2]
                change(address, f"INSERT DATA {{ <urn:a> <urn:p> {wanted} }}")
                assert count(address) == wanted
            finally:
                process.send_signal(signal.SIGKILL if wanted == 1 else signal.SIGTERM)
            assert process.wait(20) == (-signal.SIGKILL if wanted == 1 else 0)
