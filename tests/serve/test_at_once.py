"""Kept answers need no thread of the server: they come while every one of them is busy, in their order, whole."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from flask import Flask, Response, request

from kg.serve.kept_answers import HIT, LARGEST, KeptAnswers
from kg.serve.limits import Gate
from kg.serve.server import bind
from kg.serve.watching import Watch
from kg.settings import Settings
from tests.serve.stopping import stop_server

THREADS = 10  # for one worker and one query that waits: two, and eight for the rest


@dataclass(frozen=True)
class Small:
    """A server of a small app behind kept answers."""

    port: int
    free: threading.Event  # until it is set, /busy does not answer
    asked: list[str]  # what the app itself was asked


def app_of(watch: Watch, free: threading.Event, asked: list[str]) -> Flask:
    app = Flask("small")
    watch.register(app)

    @app.get("/<name>")
    def answer(name: str) -> Response:
        asked.append(request.full_path.rstrip("?"))
        if name == "busy":
            free.wait(30)
        size = LARGEST if name == "large" else 5
        return Response(name[0] * size, headers={"ETag": 'W/"1"'})

    return app


@contextlib.contextmanager
def small_server(watch: Watch | None = None, **more: object) -> Iterator[Small]:
    watch, free, asked = watch or Watch(), threading.Event(), list[str]()
    app = app_of(watch, free, asked)
    gate = Gate(1, 1, 1, 1.0)
    app.wsgi_app = KeptAnswers(app.wsgi_app, 1 << 20, lambda: 1, gate, watch)  # type: ignore[method-assign]
    context = SimpleNamespace(pool=SimpleNamespace(size=1))
    server = bind(app, context, "127.0.0.1", 0, Settings({"queue": 1, **more}))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Small(server.effective_port, free, asked)
    finally:
        free.set()
        stop_server(server, thread)


def get(port: int, path: str, timeout: float = 30, **headers: str) -> tuple[str | None, bytes]:
    """The header Cache-Status and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.getheader("Cache-Status"), response.read()
    finally:
        connection.close()


def test_kept_answers_come_while_all_threads_are_busy() -> None:
    with small_server() as server:
        assert get(server.port, "/page") == (None, b"ppppp")
        busy = [threading.Thread(target=get, args=(server.port, f"/busy?{one}")) for one in range(THREADS)]
        for one in busy:
            one.start()
        while len(server.asked) < 1 + THREADS:
            assert any(one.is_alive() for one in busy)
        for _ in range(3):
            assert get(server.port, "/page", timeout=10) == (HIT, b"ppppp")
        with pytest.raises(TimeoutError):  # there really is no thread left
            get(server.port, "/other", timeout=0.3)
        server.free.set()
        for one in busy:
            one.join()
        assert server.asked.count("/page") == 1
        assert get(server.port, "/next") == (None, b"nnnnn")


def test_requests_sent_together_are_answered_in_their_order() -> None:
    with small_server() as server:
        get(server.port, "/page")
        names = ["page", "other", "page", "third", "other", "page"]
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            for number, name in enumerate(names):
                close = "Connection: close\r\n" if number == len(names) - 1 else ""
                connection.sendall(f"GET /{name} HTTP/1.1\r\nHost: 127.0.0.1\r\n{close}\r\n".encode())
            came = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        bodies = [one.partition(b"\r\n\r\n")[2] for one in came.split(b"HTTP/1.1 ")[1:]]
        assert bodies == [name[:1].encode() * 5 for name in names]


def test_a_client_that_does_not_read_keeps_no_other_from_its_answer() -> None:
    with small_server() as server:
        assert len(get(server.port, "/large")[1]) == LARGEST
        get(server.port, "/page")
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as slow:
            for _ in range(300):  # 19 MiB: more than the kernel takes in on its way
                slow.sendall(b"GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert get(server.port, "/page", timeout=10) == (HIT, b"ppppp")
            read = 0
            while read < 300 * LARGEST:
                read += len(slow.recv(1 << 20))


@pytest.mark.parametrize("proxy", ["127.0.0.1", ""])
def test_the_client_is_who_the_trusted_proxy_says(proxy: str) -> None:
    clients: list[tuple[str, str]] = []
    watch = Watch(lambda record: clients.append((record.client, threading.current_thread().name)))
    with small_server(watch, trusted_proxy=proxy) as server:
        for client in ("192.0.2.7", "192.0.2.7", "192.0.2.8", "192.0.2.9, 192.0.2.8"):
            get(server.port, "/page", **{"X-Forwarded-For": client})
        get(server.port, "/page", **{"X-Forwarded-For": "[", "X-Forwarded-Proto": "a, b"})
    told = [client for client, _ in clients]
    assert told[:4] == (["192.0.2.7", "192.0.2.7", "192.0.2.8", "192.0.2.8"] if proxy else ["127.0.0.1"] * 4)
    assert {"waitress" in name for _, name in clients[:1]} == {True}
    assert {"waitress" in name for _, name in clients[1:4]} == {False}


def test_another_host_is_another_answer() -> None:
    with small_server(trusted_proxy="127.0.0.1") as server:
        for host in ("a.example", "a.example", "b.example"):
            get(server.port, "/page", **{"X-Forwarded-Host": host})
        assert len(server.asked) == 2
