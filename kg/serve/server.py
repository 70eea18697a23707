"""Serving for real: waitress on an address, the address printed once it answers, an orderly end on a signal."""

from __future__ import annotations

import errno
import logging
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import waitress.server
from flask import Flask

from kg.errors import UsageError
from kg.serve.app import app_of
from kg.serve.at_once import answer_at_once
from kg.serve.context import Context, open_context
from kg.serve.kept_answers import KeptAnswers
from kg.serve.plain import create_plain_app, open_plain_context
from kg.serve.stopping import OrderlyStop
from kg.serve.warming import keep_warm
from kg.serve.watching import Watch
from kg.settings import Settings

_ANSWER_SECONDS = 30.0
_THREADS_BESIDE = 8
_FORWARDED = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host")
_CONNECTIONS = 500  # open at a time; more wait to be taken
_SPOOL = 1 << 30  # bytes of answers that wait on disk for slow clients, so that these hold up no worker


def run_server(
    location: str | Path,
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    timeout: float | None = None,
    max_rows: int | None = None,
    recipes_folder: Path | None = None,
    settings: Settings | None = None,
    quiet: bool = False,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve a store until SIGINT or SIGTERM; call it from the main thread. What is None is as ``settings`` say.

    Requests in hand have ``stop_seconds`` to end; a second signal ends them. ``announce`` gets the address when the
    server answers (None: it is printed, unless ``quiet``). Raises UsageError where the address is taken, StoreError
    where the store cannot be opened.
    """
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # requests that wait for a thread are no news
    given = (settings or Settings()).but(
        host=host, port=port, workers=workers, timeout=timeout, max_rows=max_rows, recipes=recipes_folder
    )
    context = open_context(location, settings=given)
    for error in context.recipes.errors:
        print(f"papertriples: {error}", file=sys.stderr)
    _run(lambda: _warmed(context), context, given, announce or (_ignore if quiet else _print))


def _warmed(context: Context) -> Flask:
    app = app_of(context)
    keep_warm(app, context)
    return app


def run_plain_server(
    location: str | Path,
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    timeout: float | None = None,
    settings: Settings | None = None,
    quiet: bool = False,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve an ordinary dataset (kg/serve/plain.py) in the same way; the folder is made where it is absent."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    given = (settings or Settings()).but(host=host, port=port, workers=workers, timeout=timeout)
    context = open_plain_context(location, host=given.text("host"), settings=given)
    _run(lambda: create_plain_app(context), context, given, announce or (_ignore if quiet else _print))


class Pool(Protocol):
    """A pool of workers, as a server needs it."""

    @property
    def size(self) -> int: ...

    def close(self) -> None: ...


class Closing(Protocol):
    """What a server serves from, and closes at its end."""

    @property
    def pool(self) -> Pool: ...

    def close(self) -> None: ...


class Serving(Closing, Protocol):
    """The same, with what a stop asks for."""

    @property
    def watch(self) -> Watch: ...

    @property
    def stopping(self) -> threading.Event: ...


def _run(make_app: Callable[[], Flask], context: Serving, settings: Settings, say: Callable[[str], None]) -> None:
    host = settings.text("host")
    try:
        server = bind(make_app(), context, host, settings.integer("port"), settings)
        stop = OrderlyStop(
            context.stopping.set,
            lambda: context.watch.in_flight + _unsent(server),
            settings.number("stop_seconds"),
            context.pool.close,
        )
        previous = [(one, signal.signal(one, stop)) for one in (signal.SIGINT, signal.SIGTERM)]
        address = address_of(server, host)
        threading.Thread(target=_announce, args=(address, say), name="announcer", daemon=True).start()
        try:
            server.run()  # returns upon SystemExit, after the requests in hand
        finally:
            server.close()
            for number, handler in previous:
                signal.signal(number, handler)
    finally:
        context.close()


def _unsent(server: waitress.server.BaseWSGIServer) -> int:
    """How many answers, made whole already, wait for their clients to read on."""
    return sum(1 for channel in list(server.active_channels.values()) if channel.total_outbufs_len)


def bind(
    app: Flask, context: Closing, host: str, port: int, settings: Settings | None = None
) -> waitress.server.BaseWSGIServer:
    """A waitress server that listens; raises UsageError that says what to do where it cannot.

    There are threads for all queries that may run or wait, and some more, so that health and pages are answered then.
    """
    given = settings or Settings()
    proxy = given.text("trusted_proxy")
    server = waitress.server.create_server(
        app,
        sockets=[_listening(host, port)],
        threads=context.pool.size + given.integer("queue") + _THREADS_BESIDE,
        trusted_proxy=proxy or None,
        trusted_proxy_headers=set(_FORWARDED) if proxy else set(),
        url_prefix=given.text("url_prefix"),
        ident=None,
        outbuf_high_watermark=_SPOOL,
        channel_request_lookahead=1,  # so that a connection that is closed while its query runs is seen to be
        connection_limit=_CONNECTIONS,
        asyncore_use_poll=True,  # select() takes no file beyond the 1024th
        log_socket_errors=False,
        clear_untrusted_proxy_headers=True,
    )
    if isinstance(app.wsgi_app, KeptAnswers):
        answer_at_once(server, app.wsgi_app)
    return server


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens on the address: waitress leaks its own where that fails."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise UsageError(f"cannot listen on {host}: {error.strerror}") from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"port {port} on {host} is in use; stop what listens there, or choose another with --port"
            ) from error
        raise UsageError(f"cannot listen on {host}, port {port}: {error.strerror}") from error
    return listener


def address_of(server: waitress.server.BaseWSGIServer, host: str) -> str:
    """The URL to open: the port that was really taken, a name instead of "all addresses"."""
    port = getattr(server, "effective_port", None) or server.effective_listen[0][1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def _announce(address: str, say: Callable[[str], None]) -> None:
    end = time.monotonic() + _ANSWER_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=5):
                say(address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)


def _print(address: str) -> None:
    print(f"papertriples serves on {address}", flush=True)


def _ignore(address: str) -> None:
    pass
