"""Who asks, and what they may do: bearer tokens (RFC 6750), in the header ``Authorization`` and nowhere else.

There are no cookies and no sessions: a browser sends nothing by itself, so that a page of somebody else can do nothing
in its visitor's name. ``g.grant`` is the valid token of the request at hand, ``g.token`` its id.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from kg.serve.limits import Rate, network_of
from kg.serve.problems import ProblemDetails, answer
from kg.store.tokens import Scope, Token, Tokens

# What says nothing of the graph, and must answer those who have no token.
_OPEN: Final = ("static", "assets.style", "health.live", "health.ready")
_REALM: Final = 'Bearer realm="papertriples"'
_HOW: Final = "send it in the header Authorization: Bearer TOKEN; papertriples token create makes one"


class Access:
    """Checks the tokens of requests. ``closed``: reads need a token, too; ``failures``: bad ones of an address in a
    time."""

    def __init__(self, tokens: Tokens, failures: str, *, closed: bool = False) -> None:
        self.closed = closed
        self._tokens = tokens
        self._failures = Rate(failures)

    def register(self, app: Flask) -> None:
        """Look at the token of each request of an app; register it before what counts clients."""

        @app.before_request
        def _identify() -> Response | None:
            if request.method == "OPTIONS" or request.endpoint in _OPEN:
                return None
            refused = self._identify()
            if refused is None and self.closed and "grant" not in g:
                return _challenge(401, "token-needed", f"this server is read with a token; {_HOW}")
            return refused

        @app.after_request
        def _varies(response: Response) -> Response:
            if self.closed and request.endpoint not in _OPEN:
                response.vary.add("Authorization")
            return response

    def required(self, scope: Scope) -> Token | Response:
        """The token of the request at hand, where it is good for ``scope``; else the answer that refuses it."""
        found: Token | None = g.get("grant")
        if found is None:
            return _challenge(401, "token-needed", f"this needs a token with the scope {scope}; {_HOW}")
        if not found.includes(scope):
            told = f"found a token with the scope {found.scope}, expected one with {scope}"
            return _challenge(403, "scope", told, f'error="insufficient_scope", scope="{scope}"')
        if not same_origin():
            told = "found a request of a page of another site, expected one of this server's own, or of no page"
            return answer(ProblemDetails(403, "cross-site", told))
        return found

    def _identify(self) -> Response | None:
        if "access_token" in request.args:
            return answer(
                ProblemDetails(400, "token-in-address", f"found a token in the address, which is logged; {_HOW}")
            )
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        address = network_of(request.remote_addr or "")
        wait = self._failures.wait(address)
        if wait is None:
            token = self._tokens.find(secret.strip())
            if token is not None:
                g.grant, g.token = token, token.id
                return None
            wait = self._failures.hit(address)
        if wait is not None:
            told = f"more than {self._failures.text} tokens of yours were wrong; wait, then send a right one"
            return answer(ProblemDetails(429, "too-many-tokens", told), {"Retry-After": str(wait)})
        return _challenge(401, "token", "the token is unknown, expired or revoked", 'error="invalid_token"')


def same_origin() -> bool:
    """Whether the request comes from a page of this server, or from no page at all.

    A browser names the page's site in ``Origin`` with everything that may write; other programs send none.
    """
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _challenge(status: int, code: str, detail: str, error: str = "") -> Response:
    return answer(ProblemDetails(status, code, detail), {"WWW-Authenticate": ", ".join(filter(None, (_REALM, error)))})
