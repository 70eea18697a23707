"""What SERVICE may ask (``--services``), asked for the workers: a small proxy on this machine's own address.

A worker asks ``http://127.0.0.1:PORT/SECRET/N``; the query goes on to the Nth endpoint of the list, to an address that
is looked up here and is nobody's private one. Redirects are not followed, wherever they lead, and an answer that is too
long is broken off.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

LARGEST_QUERY: Final = 1 << 20  # bytes
LARGEST_ANSWER: Final = 64 << 20
_PIECE: Final = 1 << 16
_SENT_ON: Final = ("Accept", "Content-Type")


class Fetcher:
    """Asks ``endpoints``, each of which has ``timeout`` seconds for an answer. Close it in the end."""

    def __init__(self, endpoints: Sequence[str], timeout: float) -> None:
        secret = secrets.token_urlsafe(32)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        start = f"http://127.0.0.1:{self._server.server_address[1]}"
        paths = {f"/{secret}/{number}": endpoint for number, endpoint in enumerate(endpoints)}
        self.routes: Mapping[str, str] = {endpoint: start + path for path, endpoint in paths.items()}
        self._server.endpoints, self._server.seconds = paths, timeout  # type: ignore[attr-defined]
        threading.Thread(target=self._server.serve_forever, name="fetcher", daemon=True).start()

    def close(self) -> None:
        """Ask nobody any more."""
        self._server.shutdown()
        self._server.server_close()


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses of a host. Raises OSError where it has none."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Is it an address of the open internet?

    >>> [is_public(one) for one in ("8.8.8.8", "127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1")]
    [True, False, False, False, False, False]
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (mapped is None or mapped.is_global)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        endpoint = self.server.endpoints.get(self.path)  # type: ignore[attr-defined]
        said = self.headers.get("Content-Length", "")
        length = int(said) if said.isdecimal() and len(said) < 10 else -1
        if endpoint is None or not 0 <= length <= LARGEST_QUERY:
            self.send_error(404 if endpoint is None else 413)
            return
        sent = {name: self.headers[name] for name in _SENT_ON if name in self.headers}
        try:
            with contextlib.closing(_connected(endpoint, self.server.seconds)) as connection:  # type: ignore[attr-defined]
                parts = urlsplit(endpoint)
                target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                connection.request("POST", target, self.rfile.read(length), {**sent, "User-Agent": "papertriples"})
                self._pass_on(connection.getresponse())
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.send_error(502)

    def _pass_on(self, response: http.client.HTTPResponse) -> None:
        if response.status != 200:
            self.send_error(502)
            return
        content, end = bytearray(), time.monotonic() + self.server.seconds  # type: ignore[attr-defined]
        while piece := response.read1(_PIECE):
            content += piece
            if len(content) > LARGEST_ANSWER or time.monotonic() > end:
                self.send_error(502)
                return
        self.send_response(200)
        self.send_header("Content-Type", response.headers.get("Content-Type", ""))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the secret stands in the path."""


def _connected(endpoint: str, seconds: float) -> http.client.HTTPConnection:
    """A connection to the endpoint's host, at an address that was looked at. Raises OSError for a private one."""
    parts = urlsplit(endpoint)
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    found = addresses_of(host, port)
    if not all(map(is_public, found)):
        raise OSError(f"{host} has a private address")
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    joined = socket.create_connection((found[0], port), timeout=seconds)
    try:
        secure = parts.scheme == "https"
        connection.sock = ssl.create_default_context().wrap_socket(joined, server_hostname=host) if secure else joined
    except BaseException:
        joined.close()
        raise
    return connection
