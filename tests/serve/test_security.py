"""Attacks on a running server. ``docs/generate_serving.py`` makes the table of docs/security.md of the docstrings:
their first paragraph is the attack, the second one what comes of it."""

from __future__ import annotations

import contextlib
import gzip
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
import requests

from kg.query.parameters import TYPES
from kg.serve import context_of, create_app
from kg.settings import Settings
from tests.conftest import ROOT
from tests.serve.conftest import Running
from tests.serve.denying import may_confine
from tests.serve.pages_library import LIBRARY, write_store
from tests.serve.test_workers import FLOOD

Serve = Callable[..., contextlib.AbstractContextManager[Running]]
BROWSER = {"Accept": "text/html"}


class Trap:
    """A port of this machine that nobody should knock at."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}/x"

    def was_knocked_at(self) -> bool:
        try:
            self._socket.accept()[0].close()
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    found = Trap()
    yield found
    found.close()


def test_the_trap_notices(trap: Trap) -> None:
    with contextlib.suppress(requests.RequestException):
        requests.get(trap.address, timeout=0.1)
    assert trap.was_knocked_at()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
        "SELECT * { VALUES ?x { <URL> } SERVICE ?x { ?s ?p ?o } }",
        "ASK { S\\u0045RVICE <URL> {} }",
        "BASE <URL> ASK { SERVICE <> {} }",
        "PREFIX x: <URL> ASK { ?s ?p 1.SERVICE x: {} }",
        "ASK { FILTER EXISTS { SERVICE<URL>{} } }",
        "ASK { { SELECT * { SERVICE # a comment\n <URL> {} } } }",
        "SELECT * FROM <URL> { ?s ?p ?o }",
        "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
        "LOAD <URL>",
        "LOAD SILENT <URL> INTO GRAPH <urn:x>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    ],
)
def test_other_hosts_by_a_clause(server: Running, trap: Trap, query: str) -> None:
    """Reach another host by SERVICE (an IRI, a variable, SILENT, with escapes, comments, BASE or PREFIX), FROM, FROM
    NAMED or LOAD.

    403 with the reason; no connection is made.
    """
    response = requests.get(f"{server.address}/sparql", {"query": query.replace("URL", trap.address)}, timeout=30)
    assert response.status_code == 403
    assert not trap.was_knocked_at()


def test_other_hosts_past_the_policy(server: Running, trap: Trap) -> None:
    """Reach another host by a query that the reader of texts takes for harmless, should there be one.

    The kernel refuses: processes that run queries and updates cannot open a network socket (seccomp, on Linux). Where
    it does not let them be confined, this test is skipped, and the server says so.
    """
    if not may_confine():
        pytest.skip("the kernel lets no process confine itself here (seccomp: no Linux, or denied by a container)")
    for process in server.context.pool.process_ids:
        assert "Seccomp:\t2" in Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    query = f"SELECT * {{ SERVICE <{trap.address}> {{ ?s ?p ?o }} }}"
    asks = (
        f"import pyoxigraph, kg.serve.confinement as c; assert c.confine(); next(pyoxigraph.Store().query({query!r}))"
    )
    command = [sys.executable, "-c", asks]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert "Permission denied" in done.stderr
    assert not trap.was_knocked_at()


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
def test_other_hosts_by_a_parameter(server: Running, trap: Trap, parameter: str) -> None:
    """Reach another host by ``default-graph-uri`` or ``named-graph-uri``.

    403: graphs are those of the store; no connection is made.
    """
    asked = {"query": "SELECT * { ?s ?p ?o }", parameter: trap.address}
    assert requests.get(f"{server.address}/sparql", asked, timeout=30).status_code == 403
    assert not trap.was_knocked_at()


def test_files_by_a_clause(server: Running, tmp_path: Path) -> None:
    """Read a file of the server by ``FROM <file:...>``, ``FROM NAMED``, ``LOAD`` or a graph parameter.

    403 with the reason; nothing of the file is in the answer.
    """
    secret = tmp_path / "secret.nt"
    secret.write_text('<urn:a> <urn:b> "kept to ourselves" .\n', encoding="utf-8")
    at = f"{server.address}/sparql"
    iri = secret.as_uri()
    for asked in (
        {"query": f"SELECT * FROM <{iri}> {{ ?s ?p ?o }}"},
        {"query": f"SELECT * FROM NAMED <{iri}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"},
        {"query": f"LOAD <{iri}>"},
        {"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": iri},
        {"query": "SELECT * { GRAPH ?g { ?s ?p ?o } }", "named-graph-uri": iri},
    ):
        response = requests.get(at, asked, timeout=30)
        assert response.status_code == 403
        assert "ourselves" not in response.text


@pytest.mark.parametrize("page", ["recipes", "paper", "task", "evidence", "static", "leaderboard/x"])
def test_paths_out_of_a_folder(server: Running, page: str) -> None:
    """Leave a folder by ``..`` in the name of a recipe, of an entity or of a static file, in any encoding.

    404 (or 400): names are looked up in what was read at the start, no path is made of them.
    """
    for name in ("../setup.cfg", "..%2f..%2fsetup.cfg", "%2e%2e/%2e%2e/etc/passwd", "..%5c..%5csetup.cfg", "x%00.rq"):
        told = _raw(server, f"GET /{page}/{name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert told.split(b" ", 2)[1] in (b"400", b"404"), told[:100]
        assert b"root:" not in told
        assert b"[metadata]" not in told


INJECTIONS = (
    '" } SELECT * { ?s ?p ?o } #',
    "' ; DROP ALL ; '",
    "<urn:x> } ; CLEAR ALL #",
    "urn:x> ?p ?o } #",
    "1 } UNION { ?s ?p ?o",
    "2020-01-01'^^<urn:x> } #",
    "\\u0022 } SELECT * { ?s ?p ?o } #",
    '"""',
    "?s",
    "ab\nSERVICE <http://127.0.0.1:9/> {}",
)


@pytest.mark.parametrize("kind", list(TYPES))
def test_injection_by_a_parameter(tmp_path: Path, small_location: Path, serve: Serve, kind: str) -> None:
    """Break out of the value of a recipe's parameter, of each type, into the query.

    400 where the value is none of that type, else an answer in which it is one term: values become RDF terms and are
    never pasted.
    """
    more = "\n#+     values: [ab, cd]" if kind == "enum" else ""
    header = f"#+ summary: x\n#+ parameters:\n#+   - name: v\n#+     type: {kind}{more}\n"
    (tmp_path / "one.rq").write_text(f"{header}SELECT ?x {{ BIND(?_v AS ?x) }}\n", encoding="utf-8")
    with serve(small_location, settings=Settings({"recipes": str(tmp_path), "workers": 1})) as own:
        for value in INJECTIONS:
            response = requests.get(f"{own.address}/recipes/one", {"v": value}, timeout=30)
            if response.status_code == 200:
                (row,) = response.json()["results"]["bindings"]
                assert (kind, row["x"]["value"]) == ("string", value)
            else:
                assert (response.status_code, response.json()["code"]) == (400, "parameter")


def test_headers_of_ones_own(server: Running) -> None:
    """Put a line end into what comes back in a header (addresses of pages, formats, redirects), to add a header.

    The line end stays encoded, or the request is refused.
    """
    attack = "%0d%0aX-Injected:%20yes"
    for path in (
        f"/recipes/methods-by-papers?limit=1&format=json&page=1{attack}",
        f"/recipes/methods-by-papers?limit=1&format=json{attack}",
        f"/recipes/find-concept?name={attack}",
        f"/paper/x{attack}",
        f"/paper/x{attack}.ttl",
        f"/sparql?query=ASK%7B%7D&format={attack}",
        f"/search?q={attack}",
    ):
        for accept in ("*/*", "text/html", "text/turtle"):
            request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
            head = _raw(server, request.encode()).partition(b"\r\n\r\n")[0]
            assert b"\r\nx-injected" not in head.lower()
    smuggled = b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert _raw(server, smuggled).count(b"HTTP/1.1") <= 1


def test_huge_addresses_and_bodies(server: Running) -> None:
    """Send an address, a header or a body of many megabytes.

    Refused with 4xx before it is held in memory as a whole: addresses and headers from 256 KiB on, bodies from 4 MiB
    on.
    """
    at = f"{server.address}/sparql"
    for request in (
        b"GET /sparql?query=" + b"x" * (1 << 20) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * (1 << 20) + b"\r\n\r\n",
    ):
        assert _raw(server, request).split(b" ", 2)[1] in (b"400", b"414", b"431")
    direct = {"Content-Type": "application/sparql-query"}
    assert requests.post(at, b" " * (5 << 20), headers=direct, timeout=30).status_code == 413
    assert requests.get(at, {"query": "ASK {}"}, timeout=30).status_code == 200


def test_texts_that_are_long_to_read(small_location: Path, serve: Serve) -> None:
    """Send megabytes of brackets, prefixes, escapes or half keywords that a reader goes through again and again.

    The server looks no further than the first keyword; the rest is read in a worker, under its deadline.
    """
    direct = {"Content-Type": "application/sparql-query"}
    with serve(small_location, workers=1, timeout=1.0) as own:
        for text in (
            "(" * (3 << 20),
            "PREFIX " * (400 << 10),
            "ASK {" + "{" * (1 << 20),
            "PREFIX x: <urn:x> " + "(" * (3 << 20),
            "\\u0020" * (500 << 10),
        ):
            began = time.monotonic()
            sent = requests.post(f"{own.address}/sparql", text.encode(), headers=direct, timeout=60)
            assert sent.status_code in (400, 406, 503, 504)
            assert time.monotonic() - began < 30
            began = time.monotonic()
            assert requests.get(f"{own.address}/health/live", timeout=30).status_code == 200
            assert time.monotonic() - began < 10


def test_another_method_in_disguise(server: Running) -> None:
    """Turn a read into a write by ``X-HTTP-Method-Override``, ``_method``, or a method that nobody knows; TRACE.

    Such headers and fields mean nothing; other methods are 405 with the list of what is allowed.
    """
    at = f"{server.address}/sparql"
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        response = requests.get(at, {"query": "ASK {}", "_method": "DELETE"}, headers={header: "DELETE"}, timeout=30)
        assert response.json()["boolean"] is True
    for method in ("TRACE", "DELETE", "PATCH", "PROPFIND", "NONSENSE"):
        response = requests.request(method, at, timeout=30)
        assert response.status_code == 405
        assert "DELETE" not in response.headers["Allow"]


def test_other_pages_in_a_browser(server: Running) -> None:
    """Have a page of somebody else read or write with the rights of its visitor.

    Reads are open to every page, and carry no credentials: no origin is repeated, none is let send cookies. Methods
    that
    write are in no answer to a preflight for reads.
    """
    for path in ("/sparql", "/recipes/coverage", "/", "/health"):
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "DELETE"}
        for response in (
            requests.options(server.address + path, headers=asked, timeout=30),
            requests.get(server.address + path, headers={"Origin": "https://evil.example"}, timeout=30),
        ):
            assert response.headers["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in response.headers
            assert "DELETE" not in response.headers.get("Access-Control-Allow-Methods", "")
            assert "Set-Cookie" not in response.headers


class _Active(HTMLParser):
    """Collects what a browser would run: scripts in the page, handlers of events, addresses that are scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @classmethod
    def found_in(cls, text: str) -> list[str]:
        parser = cls()
        parser.feed(text)
        parser.close()
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_data = given.get("type") == "application/ld+json"
        if tag in ("iframe", "object", "embed", "base") or (tag == "script" and "src" not in given and not is_data):
            self.found.append(tag)
        if tag == "script" and not str(given.get("src") or "/").startswith("/static/") and not is_data:
            self.found.append(f"script {given}")
        for name, value in attrs:
            text = "".join((value or "").split()).lower()
            if name.startswith("on") or name == "style" or text.startswith(("javascript:", "data:text")):
                self.found.append(f"{tag} {name}={value}")


def test_scripts_in_every_page(tmp_path: Path) -> None:
    """Have a paper bring a script: in its title, a sentence, the names of methods and data sets, of authors and venues;
    or have an address bring one.

    It is text on every page that the server has, and the content security policy allows no script but the server's own
    files.
    """
    app = create_app(write_store(tmp_path / "store", LIBRARY), workers=1)
    client = app.test_client()
    attack = quote('"><script>alert(9)</script><img src=x onerror=alert(9)>')
    waiting = ["/", "/recipes", "/sparql", "/ontology", "/search?q=script", f"/search?q={attack}", f"/nowhere/{attack}"]
    waiting += [f"/sparql?query={attack}", f"/recipes/find-concept?name={attack}", "/recipes/evidence?name=%3C"]
    seen: set[str] = set()
    try:
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            response = client.get(path, headers=BROWSER, buffered=True)
            if response.mimetype != "text/html":
                continue
            text = response.get_data(as_text=True)
            assert "script-src 'self';" in response.headers["Content-Security-Policy"]
            assert _Active.found_in(text) == [], path
            for link in re.findall(r'href="([^"]+)"', text):
                target = urlsplit(urljoin(f"http://localhost{path}", link.replace("&amp;", "&")))
                if target.netloc == "localhost" and len(seen) < 250:
                    waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    finally:
        context_of(app).close()
    assert _Active.found_in('<p onclick="x()"><a href=" java script:x">') != []
    assert len(seen) > 40
    kinds = {path.split("/")[1] for path in seen}
    assert {"paper", "method", "dataset", "task", "metric", "person", "venue", "statement", "evidence"} <= kinds


def test_clients_that_send_slowly(server: Running) -> None:
    """Open many connections, and send a request's lines one by one, or never.

    Others are answered all the while: a request takes a thread when it is there as a whole.
    """
    with contextlib.ExitStack() as stack:
        for _ in range(90):
            slow = stack.enter_context(socket.create_connection(_place(server)))
            slow.sendall(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n")
        began = time.monotonic()
        assert requests.get(f"{server.address}/sparql", {"query": "ASK {}"}, timeout=30).status_code == 200
        assert time.monotonic() - began < 5


def test_clients_that_read_slowly(small_location: Path, serve: Serve) -> None:
    """Ask for a large result and do not read it.

    It waits on disk for the client, and the worker is free for others (or is ended at the deadline).
    """
    with serve(small_location, workers=1, timeout=15.0) as own:
        query = f"{FLOOD} LIMIT 20000"
        with socket.create_connection(_place(own)) as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.5)
            assert requests.get(f"{own.address}/sparql", {"query": "ASK {}"}, timeout=30).status_code == 200


def test_bombs_in_compressed_bodies(server: Running) -> None:
    """Send a small compressed body that unpacks to a very large one.

    Bodies of requests are not unpacked: it is no query (400), or of no type that there is (415).
    """
    bomb = gzip.compress(b" " * (64 << 20) + b"ASK {}")
    headers = {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"}
    response = requests.post(f"{server.address}/sparql", bomb, headers=headers, timeout=30)
    assert response.status_code in (400, 415)


def test_what_errors_tell(tmp_path: Path, small_location: Path, serve: Serve) -> None:
    """Have an error tell of the machine: its paths, its code, its versions.

    Errors are problem+json with a reason, line and column; no path, no trace, no name of the server's software.
    """
    (tmp_path / "broken.rq").write_text("#+ summary: [\nASK {}\n", encoding="utf-8")
    with serve(small_location, settings=Settings({"recipes": str(tmp_path), "workers": 1})) as own:
        for path in (
            "/sparql?query=SELECT",
            "/sparql?query=ASK%7BSERVICE%3Cx:y%3E%7B%7D%7D",
            "/recipes/broken",
            "/recipes/leaderboard?limit=0",
            "/recipes/statement?statement=%00",
            "/nowhere",
            "/search?q=x&type=%FF",
            "/paper/%F0%9F%98%80",
        ):
            for accept in ("application/json", "text/html"):
                response = requests.get(own.address + path, headers={"Accept": accept}, timeout=30)
                assert response.status_code in (400, 403, 404)
                assert "Server" not in response.headers
                for told in ("Traceback", str(tmp_path), str(small_location), "site-packages", "kg/"):
                    assert told not in response.text


def _place(server: Running) -> tuple[str, int]:
    found = urlsplit(server.address)
    assert found.hostname is not None
    assert found.port is not None
    return found.hostname, found.port


def _raw(server: Running, request: bytes) -> bytes:
    """What comes back for these bytes; the server may close the connection before all of them are sent."""
    received = b""
    with socket.create_connection(_place(server), timeout=30) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(request)
        connection.settimeout(10)
        with contextlib.suppress(ConnectionError, TimeoutError):
            while piece := connection.recv(1 << 16):
                received += piece
                if b"\r\n\r\n" in received and b"Connection: close" not in request:
                    break
    return received
