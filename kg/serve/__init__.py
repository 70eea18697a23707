"""Store -> HTTP: the SPARQL endpoint, the recipes and the pages.

The names below are loaded when first used: the processes that answer queries live in this package too, and need
no web framework.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.serve.app import context_of, create_app
    from kg.serve.server import run_plain_server, run_server

__all__ = ["context_of", "create_app", "run_plain_server", "run_server"]

_HOMES = {
    "create_app": "kg.serve.app",
    "context_of": "kg.serve.app",
    "run_plain_server": "kg.serve.server",
    "run_server": "kg.serve.server",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'kg.serve' has no attribute {name!r}")
