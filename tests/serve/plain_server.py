"""A plain dataset behind a real server on a free port."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from kg.serve.plain import create_plain_app, open_plain_context
from kg.serve.server import address_of, bind
from tests.serve.stopping import stop_server


@contextlib.contextmanager
def running_plain(location: Path, host: str = "127.0.0.1", **settings: object) -> Iterator[str]:
    """The address of the server, while the block runs; ``host`` is where it believes to listen."""
    context = open_plain_context(location, host=host, **settings)  # type: ignore[arg-type]
    server = bind(create_plain_app(context), context, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield address_of(server, "127.0.0.1")
    finally:
        stop_server(server, thread)
        context.close()
