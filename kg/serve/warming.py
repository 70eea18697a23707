"""What pages show of a whole version is found out before anybody asks: when the server starts, and after each build."""

from __future__ import annotations

import threading
from typing import Final

from flask import Flask

from kg.errors import PapertriplesError
from kg.serve.context import Context
from kg.serve.entity_lookup import Lookup
from kg.serve.pages_lists import LISTS, Lists

_PAUSE: Final = 2.0  # seconds between looks for a new version


def keep_warm(app: Flask, context: Context) -> threading.Thread:
    """Start a thread that makes the lists of each version, until the server stops or the context is closed."""
    thread = threading.Thread(target=_warm, args=(app.extensions[LISTS], context), name="warming", daemon=True)
    thread.start()
    return thread


def _warm(lists: Lists, context: Context) -> None:
    version = -1
    while not context.stopping.is_set():
        try:
            with context.snapshot() as store:
                if store.version != version:
                    version = store.version
                    lists.warm(store, Lookup(store))
                    store.search_like("warm")  # the words of the index
        except PapertriplesError:  # closed, or a build that went wrong: pages say so themselves
            if context.stopping.is_set() or context.snapshots.closed:
                return
        context.stopping.wait(_PAUSE)
