"""What SERVICE may ask (``--services``), asked for the workers: a small proxy on this machine's own address.

A worker asks ``http://127.0.0.1:PORT/SECRET/N``; the query goes on to the Nth endpoint of the list, to an address that
is looked up here and is nobody's private one. Redirects are not followed, wherever they lead, and an answer that is too
long, or has not come as a whole in time, is broken off.
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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

from kg.errors import UsageError

LARGEST_QUERY: Final = 1 << 20  # bytes
LARGEST_ANSWER: Final = 64 << 20
_PIECE: Final = 1 << 16
_SENT_ON: Final = ("Accept", "Content-Type")
_CONNECT_SECONDS: Final = 5.0  # for each address of a host
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")  # IPv4 by way of NAT64 (RFC 6052)


class Fetcher:
    """Asks ``endpoints``, each of which has ``timeout`` seconds for all of an answer. Close it in the end.

    Raises UsageError for what is no address of an endpoint.
    """

    def __init__(self, endpoints: Sequence[str], timeout: float) -> None:
        parsed = {address: _parsed(address) for address in endpoints}
        secret = secrets.token_urlsafe(32)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        start = f"http://127.0.0.1:{self._server.server_address[1]}"
        paths = {address: f"/{secret}/{number}" for number, address in enumerate(parsed)}
        self.routes: Mapping[str, str] = {address: start + path for address, path in paths.items()}
        self._server.endpoints = {path: parsed[address] for address, path in paths.items()}  # type: ignore[attr-defined]
        self._server.seconds = timeout  # type: ignore[attr-defined]
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
    >>> [is_public(one) for one in ("64:ff9b::808:808", "64:ff9b::a00:1", "2002:a00:1::1", "fec0::1", "fe80::1%eth0")]
    [True, False, False, False, False]
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour
        if found in _TRANSLATED:
            inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if found.is_site_local or (inside is not None and not inside.is_global):
            return False
    return found.is_global and not found.is_multicast


@dataclass(frozen=True, slots=True)
class _Endpoint:
    host: str
    port: int
    secure: bool
    target: str  # path and query


def _parsed(address: str) -> _Endpoint:
    """An endpoint by its address. Raises UsageError."""
    try:
        parts = urlsplit(address)
        secure, host = parts.scheme == "https", parts.hostname or ""
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if not host.encode("idna") or not target.isascii():
            raise ValueError("it has no host" if not host else "its path has letters beyond ASCII")
        return _Endpoint(host, parts.port or (443 if secure else 80), secure, target)
    except ValueError as error:
        raise UsageError(
            f"--services: {address}: {error}; expected an address such as https://query.wikidata.org/sparql"
        ) from None


class _Handler(BaseHTTPRequestHandler):
    # What whoever asks gets to read.
    error_message_format = "%(message)s"
    error_content_type = "text/plain"

    def do_POST(self) -> None:
        endpoint = self.server.endpoints.get(self.path)  # type: ignore[attr-defined]
        said = self.headers.get("Content-Length", "")
        length = int(said) if said.isdecimal() and len(said) < 10 else -1
        if endpoint is None or not 0 <= length <= LARGEST_QUERY:
            self.send_error(404 if endpoint is None else 413)
            return
        sent = {name: self.headers[name] for name in _SENT_ON if name in self.headers}
        end = time.monotonic() + self.server.seconds  # type: ignore[attr-defined]
        try:
            body = self.rfile.read(length)
            with _connected(endpoint, end) as connection:
                connection.request("POST", endpoint.target, body, {**sent, "User-Agent": "papertriples"})
                media_type, content = _read(connection.getresponse(), end)
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.send_error(502)
            return
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the secret stands in the path."""


def _read(response: http.client.HTTPResponse, end: float) -> tuple[str, bytes]:
    """Media type and content of an answer. Raises OSError, HTTPException where it is none, or is not whole in time."""
    if response.status != 200:
        raise OSError(f"the endpoint answers {response.status}")
    content = bytearray()
    while piece := response.read1(_PIECE):
        content += piece
        if len(content) > LARGEST_ANSWER:
            raise OSError("the answer is too long")
    if response.length or time.monotonic() > end:  # hung up, by the endpoint or by us
        raise OSError("the answer is not whole")
    return response.headers.get("Content-Type", ""), bytes(content)


@contextlib.contextmanager
def _connected(endpoint: _Endpoint, end: float) -> Iterator[http.client.HTTPConnection]:
    """A connection to the endpoint's host, at an address that was looked at; it is hung up when ``end`` has come.

    Raises OSError for a private address, or one that nobody answers at.
    """
    host, port = endpoint.host, endpoint.port
    found = addresses_of(host, port)
    if not all(map(is_public, found)):
        raise OSError(f"{host} has a private address")
    with _joined(found, port, end) as joined, _hung_up(joined, end):
        connection = http.client.HTTPConnection(host, port)
        connection.sock, connection.auto_open = joined, 0  # it never looks the host up by itself
        if endpoint.secure:
            connection.sock = ssl.create_default_context().wrap_socket(joined, server_hostname=host)
            connection.default_port = http.client.HTTPS_PORT  # which the header Host leaves out
        with contextlib.closing(connection):
            yield connection


@contextlib.contextmanager
def _hung_up(joined: socket.socket, end: float) -> Iterator[None]:
    """Whatever waits for the connection, piece by piece, finds it closed when ``end`` has come."""
    same = joined.dup()  # the socket itself may pass into one that encrypts

    def hang_up() -> None:
        with contextlib.suppress(OSError):  # the other side has closed it already
            same.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, end - time.monotonic()), hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        same.close()


def _joined(addresses: Sequence[str], port: int, end: float) -> socket.socket:
    """A connection to the first address that takes one. Raises OSError."""
    failure = OSError("no address")
    for address in addresses:
        left = end - time.monotonic()
        if left <= 0:
            break
        try:
            joined = socket.create_connection((address, port), timeout=min(left, _CONNECT_SECONDS))
        except OSError as error:
            failure = error
        else:
            joined.settimeout(None)  # it is hung up in time
            return joined
    raise failure
