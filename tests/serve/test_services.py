"""SERVICE for endpoints of a list (``--services``), and for nobody else."""

from __future__ import annotations

import contextlib
import errno
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests

from kg.errors import UsageError
from kg.serve.confinement import knows_ports
from kg.serve.context import open_context
from kg.serve.fetching import Fetcher
from kg.settings import Settings
from tests.conftest import ROOT
from tests.serve.conftest import Running
from tests.serve.plain_server import running_plain

Serve = Callable[..., contextlib.AbstractContextManager[Running]]
ROW = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"from elsewhere"}}]}}'


class Elsewhere(HTTPServer):
    """An endpoint that has one answer to everything, or leads on."""

    asked: list[str]
    leads_to: str | None = None
    answer = ROW


class _Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Elsewhere)
        self.server.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(200 if self.server.leads_to is None else 307)
        if self.server.leads_to is not None:
            self.send_header("Location", self.server.leads_to)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere(("127.0.0.1", 0), _Answers) as found:
        found.asked = []
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


def test_endpoints_of_the_list_alone(
    small_location: Path, serve: Serve, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where SERVICE may ask an endpoint: ask another one, by a variable, a prefix or a spelling that is read in two
    ways; have its name or a redirect lead to a private address; have it answer without an end.

    403 for all but the endpoints of ``--services``, each by its full IRI; 400, and nobody private is asked, no redirect
    followed, no answer beyond 64 MiB read.
    """
    at = f"http://127.0.0.1:{elsewhere.server_port}/sparql"
    with serve(small_location, workers=1, settings=Settings({"services": at})) as server:

        def ask(text: str) -> requests.Response:
            return requests.get(f"{server.address}/sparql", {"query": text.replace("AT", at)}, timeout=60)

        asks = "SELECT * { SERVICE <AT> { ?s <urn:p> ?x } }"
        private = ask(asks)
        assert (private.status_code, private.json()["code"], elsewhere.asked) == (400, "query-failed", [])
        assert at in private.json()["detail"]
        assert server.context.fetcher.routes[at] not in private.text  # type: ignore[union-attr]
        wrong = "SELECT * { SERVICE <AT> { ?s ?p ?o } ) }"
        assert ask(wrong).json()["column"] <= len(wrong.replace("AT", at)) + 1, "a place in what was sent instead"
        monkeypatch.setattr("kg.serve.fetching.is_public", lambda address: True)
        found = ask(asks)
        assert found.json()["results"]["bindings"] == [{"x": {"type": "literal", "value": "from elsewhere"}}]
        assert "ETag" not in found.headers
        assert "<urn:p>" in elsewhere.asked.pop()
        for text in (
            "SELECT * { VALUES ?at { <AT> } SERVICE ?at { ?s ?p ?x } }",
            "SELECT * { SERVICE <AT/other> { ?s ?p ?x } }",
            "BASE <AT> SELECT * { SERVICE <> { ?s ?p ?x } }",
            "PREFIX at: <AT> SELECT * { SERVICE at: { ?s ?p ?x } }",
            "SELECT * { S\\u0045RVICE <AT> { ?s ?p ?x } }",
            "SELECT * { SERVICE <AT> { ?s ?p ?x } SERVICE <AT/other> { ?s ?p ?x } }",
            "SELECT * { SERVICE <AT> { ?s ?p ?x FILTER(?a<?b)SERVICE#>\n<AT/other> {} } }",
        ):
            refused = ask(text)
            assert (refused.status_code, refused.json()["code"]) == (403, "query-refused"), text
        assert elsewhere.asked == []
        elsewhere.leads_to = f"http://127.0.0.1:{elsewhere.server_port}/elsewhere"
        assert ask(asks).status_code == 400
        assert len(elsewhere.asked) == 1, "a redirect was followed"
        elsewhere.leads_to, elsewhere.answer = None, ROW + b" " * 2000
        monkeypatch.setattr("kg.serve.fetching.LARGEST_ANSWER", 1000)
        assert ask(asks).status_code == 400
        assert ask("SELECT ('SERVICE <urn:x> {}' AS ?x) { SERVICE SILENT <AT> { ?s ?p ?o } }").status_code == 200
        assert "BasicFederatedQuery" in requests.get(f"{server.address}/sparql", timeout=30).text
        for process in server.context.pool.process_ids if knows_ports() else ():
            assert "NoNewPrivs:\t1" in Path(f"/proc/{process}/status").read_text(encoding="utf-8")
        port = server.context.fetcher.routes[at].split("/")[2]  # type: ignore[union-attr]
        assert requests.post(f"http://{port}/guess/0", "ASK {}", timeout=30).status_code == 404


def test_an_endpoint_is_asked_at_whichever_of_its_addresses_answers(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.serve.fetching.is_public", lambda address: True)
    monkeypatch.setattr("kg.serve.fetching.addresses_of", lambda host, port: ["127.0.0.9", "127.0.0.1"])
    at = f"http://endpoint.example:{elsewhere.server_port}/sparql"
    with contextlib.closing(Fetcher([at], 30.0)) as fetcher:
        found = requests.post(fetcher.routes[at], "ASK {}", timeout=30)
    assert (found.status_code, found.content, elsewhere.asked) == (200, ROW, ["ASK {}"])


class _Drips(BaseHTTPRequestHandler):
    """Sends ``begins``, then something every now and then, and never ends."""

    begins = b""

    def do_POST(self) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(self.begins)
            for number in range(200):
                self.wfile.write(b"X-Drip-%d: 1\r\n" % number)
                time.sleep(0.1)

    def log_message(self, format: str, *args: object) -> None:
        pass


OK = b"HTTP/1.0 200 OK\r\nContent-Type: application/sparql-results+json\r\n"


@pytest.mark.parametrize("begins", [OK, OK + b"\r\n" + ROW, OK + b"Content-Length: 100000\r\n\r\n"])
def test_an_endpoint_that_drips_has_one_deadline_for_headers_and_answer(
    monkeypatch: pytest.MonkeyPatch, begins: bytes
) -> None:
    """Have an endpoint that SERVICE may ask send its answer byte by byte, its headers included, to keep threads busy.

    The whole answer has one deadline, that of a query; what is not whole then is none.
    """
    monkeypatch.setattr("kg.serve.fetching.is_public", lambda address: True)
    monkeypatch.setattr(_Drips, "begins", begins)
    with HTTPServer(("127.0.0.1", 0), _Drips) as dripping:
        threading.Thread(target=dripping.serve_forever, daemon=True).start()
        with contextlib.closing(Fetcher([f"http://127.0.0.1:{dripping.server_port}/sparql"], 1.0)) as fetcher:
            began = time.monotonic()
            (route,) = fetcher.routes.values()
            found = requests.post(route, "ASK {}", timeout=60)
            took = time.monotonic() - began
        dripping.shutdown()
    assert found.status_code == 502
    assert 0.9 < took < 10
    assert not [one for one in threading.enumerate() if isinstance(one, threading.Timer)]


def test_an_answer_that_breaks_off_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.serve.fetching.is_public", lambda address: True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        at = f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"

        def breaks_off() -> None:
            with listener.accept()[0] as taken:
                taken.recv(1 << 16)
                taken.sendall(OK + b"Content-Length: 100000\r\n\r\n" + ROW)

        threading.Thread(target=breaks_off, daemon=True).start()
        with contextlib.closing(Fetcher([at], 30.0)) as fetcher:
            assert requests.post(fetcher.routes[at], "ASK {}", timeout=60).status_code == 502


@pytest.mark.parametrize(
    "address",
    ["https://a.org:99999/sparql", "http://:80/sparql", "http://[::1/sparql", "http://a..org/", "http://a.org/\xe9"],
)
def test_what_is_no_address_of_an_endpoint(address: str) -> None:
    with pytest.raises(UsageError, match=re.escape(address)):
        Fetcher([address], 30.0)


def test_a_store_that_is_elsewhere_asks_nobody_for_us() -> None:
    """Its server would be told where our proxy is."""
    with pytest.raises(UsageError, match="--services needs a store in a folder"):
        open_context("http://127.0.0.1:9/sparql", settings=Settings({"services": "https://a.org/sparql"}))


@pytest.mark.skipif(not knows_ports(), reason="needs Landlock with rules for ports: Linux 6.7 or later")
def test_workers_reach_the_proxy_alone(elsewhere: Elsewhere) -> None:
    """Reach another host past the policy, where SERVICE may ask some endpoints.

    The kernel lets workers connect to the port of the server's own proxy alone (Landlock, Linux 6.7).
    """
    with HTTPServer(("127.0.0.1", 0), _Answers) as other:
        ports = (elsewhere.server_port, other.server_port)
        tries = (
            "import socket, sys\nfrom kg.serve.confinement import confine_to\n"
            "print(confine_to(int(sys.argv[1])))\n"
            "for port in sys.argv[1:]: print(socket.socket().connect_ex(('127.0.0.1', int(port))))\n"
        )
        command = [sys.executable, "-c", tries, *map(str, ports)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    confined, own, others = done.stdout.split()
    assert (confined, int(own), int(others)) == ("True", 0, errno.EACCES)


def test_a_plain_dataset_asks_the_endpoints_of_the_list_and_nobody_else(
    tmp_path: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ``--services``, have a plain dataset ask an endpoint that is not of the list, from this machine, too; LOAD.

    403, and nobody else is asked: the list holds for everybody, and only for queries.
    """
    at = f"http://127.0.0.1:{elsewhere.server_port}/sparql"
    monkeypatch.setattr("kg.serve.fetching.is_public", lambda address: True)
    with running_plain(tmp_path / "dataset", settings=Settings({"services": at, "workers": 2})) as address:
        asks = {"query": f"SELECT * {{ SERVICE <{at}> {{ ?s <urn:p> ?x }} }}"}
        for headers in ({}, {"Host": "data.example.org"}, {"Origin": "https://else.example"}):
            found = requests.get(f"{address}/sparql", asks, headers=headers, timeout=60)
            assert found.json()["results"]["bindings"] == [{"x": {"type": "literal", "value": "from elsewhere"}}]
        assert len(elsewhere.asked) == 3
        for text in (f"SELECT * {{ SERVICE <{at}/other> {{ ?s ?p ?x }} }}", "SELECT * { SERVICE ?at { ?s ?p ?x } }"):
            refused = requests.get(f"{address}/sparql", {"query": text}, timeout=60)
            assert (refused.status_code, refused.json()["code"]) == (403, "query-refused"), text
        for text in (f"LOAD <{at}>", f"INSERT {{ ?s ?p ?x }} WHERE {{ SERVICE <{at}> {{ ?s ?p ?x }} }}"):
            refused = requests.post(f"{address}/update", {"update": text}, timeout=60)
            assert (refused.status_code, refused.json()["code"]) == (403, "query-refused"), text
        assert len(elsewhere.asked) == 3
        assert "BasicFederatedQuery" in requests.get(f"{address}/sparql", timeout=30).text
        failing = {"query": f"SELECT * {{ SERVICE <{at}> {{ ?s <urn:p> ?x }} }}"}
        elsewhere.leads_to = at
        told = requests.get(f"{address}/sparql", failing, timeout=60)
        assert (told.status_code, at in told.json()["detail"]) == (400, True)
