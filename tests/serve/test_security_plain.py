"""Attacks on a plain dataset, and by documents; ``docs/generate_serving.py`` makes rows of the docstrings."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import requests

from kg.errors import ProblemLog, UsageError
from kg.link.reading import read_catalogue
from kg.read import read_inputs
from kg.settings import Settings
from tests.serve.plain_server import running_plain
from tests.serve.test_security import Trap, trap
from tests.serve.test_workers import ENDLESS

__all__ = ["trap"]
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="urn:">{}</rdf:RDF>'
SAYS = '<rdf:Description rdf:about="urn:s"><p>{}</p></rdf:Description>'


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_plain(tmp_path_factory.mktemp("attacked") / "dataset", workers=2, timeout=60.0) as address:
        yield address


def put(address: str, body: str | bytes, media_type: str, **headers: str) -> requests.Response:
    data = body.encode() if isinstance(body, str) else body
    where = {"graph": "urn:attacked"}
    return requests.put(
        f"{address}/data", data, params=where, headers={"Content-Type": media_type, **headers}, timeout=120
    )


def refused(response: requests.Response, *statuses: int) -> None:
    assert response.status_code in statuses, response.text
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_billion_laughs(plain: str) -> None:
    """Send RDF/XML of a few hundred bytes whose entities expand to gigabytes.

    400: entities that expand to much more than was sent are not read. Entities that abbreviate namespaces are.
    """
    entities = '<!ENTITY a0 "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 10)
    )
    refused(put(plain, f"<!DOCTYPE x [{entities}]>" + RDF.format(SAYS.format("&a9;")), "application/rdf+xml"), 400)
    many = f'<!DOCTYPE x [<!ENTITY a "{"a" * 100_000}">]>' + RDF.format(SAYS.format("&a;" * 100_000))
    refused(put(plain, many, "application/rdf+xml"), 400)
    fine = '<!DOCTYPE x [<!ENTITY ex "http://example.org/">]>' + RDF.format(SAYS.format("&ex;a"))
    assert put(plain, fine, "application/rdf+xml").status_code in (201, 204)


@pytest.mark.parametrize("declared", ['<!ENTITY x SYSTEM "URL">', '<!ENTITY % x SYSTEM "URL"> %x;', "", "PUBLIC"])
def test_entities_that_lie_elsewhere(plain: str, trap: Trap, tmp_path: Path, declared: str) -> None:
    """Have RDF/XML name an entity, or a DTD, that is a file of the server or lies on another host.

    400; nothing of the file is read, no connection is made.
    """
    secret = tmp_path / "secret.txt"
    secret.write_text("kept to ourselves", encoding="utf-8")
    for url in (secret.as_uri(), trap.address):
        outside = {"": f'SYSTEM "{url}"', "PUBLIC": f'PUBLIC "-//x" "{url}"'}.get(declared, "")
        inside = declared.replace("URL", url) if outside == "" else ""
        body = f"<!DOCTYPE x {outside} [{inside}]>" + RDF.format(SAYS.format("&x;"))
        refused(put(plain, body, "application/rdf+xml"), 400)
        found = requests.get(f"{plain}/sparql", {"query": "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"})
        assert "ourselves" not in found.text
    assert not trap.was_knocked_at()


@pytest.mark.parametrize(
    "context", ['"URL"', '["URL"]', '{"@import": "URL", "@version": 1.1}', '{"a": {"@id": "urn:a", "@context": "URL"}}']
)
def test_contexts_that_lie_elsewhere(plain: str, trap: Trap, context: str) -> None:
    """Have JSON-LD name a context on another host, to be imported, or for a term.

    400; no connection is made: contexts are sent with the document.
    """
    body = f'{{"@context": {context.replace("URL", trap.address)}, "@id": "urn:x", "a": {{"urn:b": 1}}}}'
    refused(put(plain, body, "application/ld+json"), 400)
    assert not trap.was_knocked_at()


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/ld+json", "[" * 1_000_000),
        ("application/ld+json", '{"@context":' + '{"a":{"@id":"urn:a","@context":' * 20_000),
        ("application/rdf+xml", RDF.format("<a><b>" * 200_000)),
        ("text/turtle", "<urn:a> <urn:b> " + "(" * 300_000),
        ("text/turtle", "<urn:a> <urn:b> " + "[ <urn:p> " * 300_000),
    ],
)
def test_documents_that_are_nested_deep(plain: str, media_type: str, body: str) -> None:
    """Send a document of a few megabytes whose brackets, contexts or elements are nested many thousands deep.

    400: the process of the dataset does not go so deep, and answers others as before.
    """
    pool = requests.get(f"{plain}/metrics", timeout=30).text
    refused(put(plain, body, media_type), 400)
    assert requests.get(f"{plain}/sparql", {"query": "ASK {}"}, timeout=30).json()["boolean"] is True
    assert "papertriples_workers 1.0" in pool


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * WHERE " + "{" * 100_000 + "}" * 100_000,
        "SELECT (" + "(" * 100_000 + "1" + ")" * 100_000 + " AS ?x) {}",
        "SELECT * WHERE { FILTER(" + "!" * 300_000 + "true) }",
        "SELECT * WHERE { ?s " + "(" * 100_000 + "<urn:p>" + ")" * 100_000 + " ?o }",
    ],
)
def test_queries_that_are_nested_deep(plain: str, text: str) -> None:
    """Send a query or an update whose brackets are nested so deep that its reader's stack ends.

    400 with the reason; the process that holds the dataset goes on.
    """
    direct = {"Content-Type": "application/sparql-query"}
    refused(requests.post(f"{plain}/sparql", text, headers=direct, timeout=60), 400)
    update = {"Content-Type": "application/sparql-update"}
    nested = "DELETE WHERE { ?s " + "(" * 100_000 + "<urn:p>" + ")" * 100_000 + " ?o }"
    refused(requests.post(f"{plain}/update", nested, headers=update, timeout=60), 400)


def test_compressed_graphs(plain: str) -> None:
    """Send a graph as a small compressed body that unpacks to a very large one.

    415: bodies of requests are not unpacked.
    """
    bomb = gzip.compress(b"# \n" * (32 << 20))
    refused(put(plain, bomb, "text/turtle", **{"Content-Encoding": "gzip"}), 415)


def test_a_write_in_the_disguise_of_a_read(plain: str) -> None:
    """Have a read of a graph delete it, by ``X-HTTP-Method-Override``, ``_method`` or a method that nobody knows.

    Such headers and fields mean nothing; other methods are 405, and the graph is as it was.
    """
    assert put(plain, "<urn:a> <urn:b> <urn:c> .", "text/turtle").status_code in (201, 204)
    where = {"graph": "urn:attacked", "_method": "DELETE"}
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        found = requests.get(f"{plain}/data", where, headers={header: "DELETE"}, timeout=30)
        assert found.status_code == 200
    for method in ("TRACE", "PATCH", "PROPFIND", "MOVE"):
        assert requests.request(method, f"{plain}/data", params=where, timeout=30).status_code == 405
    assert "urn:c" in requests.get(f"{plain}/data", where, timeout=30).text


def test_writes_through_a_proxy(tmp_path: Path) -> None:
    """Write into a plain dataset by way of a reverse proxy that passes on the server's own address as the host.

    401: behind ``trusted_proxy`` nobody counts as being on this machine.
    """
    settings = Settings({"trusted_proxy": "127.0.0.1", "workers": 1})
    with running_plain(tmp_path / "dataset", settings=settings) as address:
        forwarded = {"X-Forwarded-For": "192.0.2.7"}
        assert requests.post(f"{address}/update", {"update": "CLEAR ALL"}, headers=forwarded).status_code == 401
        assert requests.delete(f"{address}/data?default", headers=forwarded).status_code == 401
        service = {"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}
        assert requests.get(f"{address}/sparql", service, headers=forwarded).status_code == 403


def test_line_ends_in_names_of_graphs(plain: str) -> None:
    """Put a line end into the name of a graph that comes back in a header.

    It stays encoded, or the request is refused.
    """
    place = urlsplit(plain)
    for name in ("/data/x%0d%0aX-Injected:%20yes", "/data?graph=urn:x%0d%0aX-Injected:%20yes"):
        with socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=30) as connection:
            head = f"PUT {name} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: text/turtle\r\n"
            connection.sendall(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while piece := connection.recv(1 << 16):
                answer += piece
        assert b"\r\nx-injected" not in answer.lower()


def test_files_by_load(plain: str, tmp_path: Path) -> None:
    """Read a file of the server by LOAD into a dataset that takes writes.

    The update fails: LOAD asks other hosts by HTTP, and only for whoever may write from this machine.
    """
    secret = tmp_path / "secret.nt"
    secret.write_text('<urn:a> <urn:b> "kept to ourselves" .\n', encoding="utf-8")
    sent = requests.post(f"{plain}/update", {"update": f"LOAD <{secret.as_uri()}> INTO GRAPH <urn:f>"}, timeout=30)
    assert sent.status_code in (400, 403)
    found = requests.get(f"{plain}/sparql", {"query": "ASK { GRAPH <urn:f> { ?s ?p ?o } }"}, timeout=30)
    assert found.json()["boolean"] is False


def test_one_client_of_a_dataset_leaves_room_for_others(tmp_path: Path) -> None:
    """Keep all of a dataset's queries busy.

    Queries of one client beyond its number are 429 at once; the others' are answered, and the figures say so.
    """
    settings = Settings({"client_queries": 1, "workers": 2, "timeout": 4.0})
    with running_plain(tmp_path / "dataset", settings=settings) as address:
        sent = "".join(f"<urn:s{number}> <urn:p> {number} .\n" for number in range(300))
        loaded = requests.put(f"{address}/data?default", sent, headers={"Content-Type": "text/turtle"}, timeout=60)
        assert loaded.status_code in (200, 201, 204)
        where = urlsplit(address)
        with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=30) as busy:
            query = quote(ENDLESS)
            busy.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            end = time.monotonic() + 10
            while "papertriples_queries_running 1.0" not in requests.get(f"{address}/metrics", timeout=30).text:
                assert time.monotonic() < end
            refused(requests.get(f"{address}/sparql", {"query": "ASK {}"}, timeout=30), 429)
        figures = requests.get(f"{address}/metrics", timeout=30).text
    assert 'papertriples_rejections_total{reason="too-many-queries"} 1.0' in figures


@pytest.mark.parametrize(
    "declared", ['<!ENTITY x SYSTEM "URL">', '<!ENTITY y "&z;&z;"><!ENTITY z "a"><!ENTITY x "&y;&y;">']
)
def test_entities_in_files_that_are_read(tmp_path: Path, declared: str) -> None:
    """Have a file of papers in XML declare entities: of a file of the machine, or that grow.

    The file is a problem that names its line, and nothing of it is read.
    """
    secret, papers, log = tmp_path / "secret.txt", tmp_path / "papers.xml", ProblemLog()
    secret.write_text("kept to ourselves", encoding="utf-8")
    papers.write_text(
        f'<!DOCTYPE collection [{declared.replace("URL", secret.as_uri())}]><collection id="2021.x"><volume id="1">'
        '<meta><year>2021</year></meta><paper id="1"><title>On &x;</title></paper></volume></collection>',
        encoding="utf-8",
    )
    assert list(read_inputs([papers], format="acl-anthology", handler=log)) == []
    assert ("entities" in str(log.problems[0]), log.problems[0].line) == (True, 1)


def test_bombs_in_files_that_are_read(tmp_path: Path) -> None:
    """Give papers, or a catalogue, as a small compressed file that unpacks to a very large one.

    It is read no further than 64 MiB and 200 times its size; what came before is kept.
    """
    papers, log = tmp_path / "papers.jsonl.gz", ProblemLog()
    first, last = (gzip.compress(json.dumps({"title": f"The {name} Paper"}).encode() + b"\n") for name in ("A", "Z"))
    blank = gzip.compress((b" " * 999_999 + b"\n") * 16)
    papers.write_bytes(first + blank * 40 + last)
    assert [one.title for one in read_inputs([papers], handler=log)] == ["The A Paper"]
    assert "it unpacks to more than 64 MiB and 200 times its size" in str(log.problems)
    with pytest.raises(UsageError, match="it unpacks to more than 64 MiB"):
        read_catalogue(papers)
    papers.write_bytes(first + blank * 3 + last)
    assert [one.title for one in read_inputs([papers], handler=log)] == ["The A Paper", "The Z Paper"]
