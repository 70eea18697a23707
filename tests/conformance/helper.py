"""A server on this machine that plays the other hosts of the suite: endpoints for SERVICE, a document for LOAD."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

DOCUMENT = b"<http://example.org/s> <http://example.org/p> 1 ."


class Elsewhere:
    """The other hosts: ``add`` makes an endpoint of quads and returns its address."""

    def __init__(self) -> None:
        self.address = ""
        self.stores: dict[str, ox.Store] = {"/endpoint": ox.Store()}

    @property
    def document(self) -> str:
        return f"{self.address}/document.ttl"

    @property
    def endpoint(self) -> str:
        return f"{self.address}/endpoint"

    def add(self, quads: Iterator[ox.Quad] | list[ox.Quad]) -> str:
        path = f"/endpoint{len(self.stores)}"
        self.stores[path] = ox.Store()
        self.stores[path].extend(quads)
        return f"{self.address}{path}"


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """The other hosts, while the block runs."""
    hosts = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            self._answer(parse_qs(urlsplit(self.path).query).get("query", [""])[0])

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            direct = "sparql-query" in self.headers.get("Content-Type", "")
            self._answer(body if direct else parse_qs(body).get("query", [""])[0])

        def _answer(self, query: str) -> None:
            path = urlsplit(self.path).path
            status, media_type, body = 200, "application/sparql-results+xml", b""
            if path == "/document.ttl":
                media_type, body = "text/turtle", DOCUMENT
            else:
                try:
                    results = hosts.stores[path].query(query)
                    assert not isinstance(results, ox.QueryTriples)
                    body = results.serialize(format=ox.QueryResultsFormat.XML) or b""
                except (SyntaxError, ValueError, LookupError) as error:
                    status, media_type, body = 400, "text/plain", str(error).encode()
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hosts.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hosts
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
