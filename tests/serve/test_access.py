"""Tokens over HTTP, and attacks on them, which ``docs/generate_serving.py`` puts into the table of docs/security.md."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from flask import Response, g

from kg.serve.limits import client_of
from kg.settings import Settings
from kg.store.tokens import SCOPES, Scope, Tokens
from tests.query.small import write_store
from tests.serve.conftest import Running
from tests.serve.test_limits import ask

Serve = Callable[..., contextlib.AbstractContextManager[Running]]


@pytest.fixture
def location(tmp_path: Path) -> Path:
    return write_store(tmp_path / "store")


@pytest.fixture
def own(location: Path, serve: Serve) -> Iterator[Running]:
    """A server with a page for each scope."""
    with serve(location, workers=1, timeout=20.0) as server:
        yield _with_pages(server)


def _with_pages(server: Running) -> Running:
    def page(scope: Scope) -> Response:
        found = server.context.access.required(scope)
        return found if isinstance(found, Response) else Response(f"{g.token} {client_of()}")

    server.app.add_url_rule("/needs/<scope>", "needs", page, methods=["GET", "POST"])
    return server


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_opens_what_its_scope_includes(own: Running, location: Path) -> None:
    for scope in SCOPES:
        made, secret = Tokens(location).create(scope)  # while the server runs
        for needed in SCOPES:
            response = requests.get(f"{own.address}/needs/{needed}", headers=bearer(secret), timeout=10)
            if made.includes(needed):
                assert (response.status_code, response.text) == (200, f"{made.id} token {made.id}")
            else:
                told = f'Bearer realm="papertriples", error="insufficient_scope", scope="{needed}"'
                assert (response.status_code, response.headers["WWW-Authenticate"]) == (403, told)
                assert response.json()["detail"] == f"found a token with the scope {scope}, expected one with {needed}"
        Tokens(location).revoke(made.id)
        ended = requests.get(f"{own.address}/needs/read", headers=bearer(secret), timeout=10)
        told = 'Bearer realm="papertriples", error="invalid_token"'
        assert (ended.status_code, ended.headers["WWW-Authenticate"]) == (401, told)
    without = requests.get(f"{own.address}/needs/read", timeout=10)
    assert (without.status_code, without.headers["WWW-Authenticate"]) == (401, 'Bearer realm="papertriples"')
    assert without.json()["code"] == "token-needed"


def test_reads_are_open_unless_the_server_is_told_otherwise(location: Path, serve: Serve) -> None:
    _, secret = Tokens(location).create("read")
    with serve(location, workers=1) as server:
        assert ask(server).status_code == 200
        assert ask(server, Authorization="Basic eDp5").status_code == 200  # a proxy's, perhaps
        assert ask(server, Authorization=f"bearer {secret}").status_code == 200
        assert ask(server, Authorization="Bearer pt_wrong").status_code == 401
    with serve(location, settings=Settings({"read_token": True, "workers": 1})) as server:
        for path in ("/", "/sparql", "/recipes", "/openapi.json", "/metrics", "/search?q=x", "/nowhere"):
            response = requests.get(server.address + path, timeout=10)
            assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'Bearer realm="papertriples"')
            assert "Authorization" in response.headers["Vary"]
        assert ask(server).status_code == 401
        assert ask(server, Authorization=f"Bearer {secret}").status_code == 200
        tag = ask(server, Authorization=f"Bearer {secret}").headers["ETag"]
        assert ask(server, **{"If-None-Match": tag}).status_code == 401  # not even that it is unchanged
        for path, status in (("/health/live", 200), ("/health/ready", 200), ("/health", 200), ("/static/none", 404)):
            assert requests.get(server.address + path, timeout=10).status_code == status
        preflight = requests.options(f"{server.address}/sparql", headers={"Origin": "https://a.example"}, timeout=10)
        assert preflight.status_code == 200
        assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]


def test_a_valid_token_is_a_client_of_its_own(location: Path, serve: Serve) -> None:
    secrets = [Tokens(location).create("read")[1] for _ in range(2)]
    with serve(location, settings=Settings({"rate_limit": "2/minute", "workers": 1})) as server:
        for headers in (*({"Authorization": f"Bearer {one}"} for one in secrets), {}):
            assert [ask(server, **headers).status_code for _ in range(3)] == [200, 200, 429]


def test_guessing_tokens(location: Path, serve: Serve) -> None:
    """Guess tokens, or parts of one: its id, its digest, its beginning; try one that was revoked.

    401 each time, compared with all tokens in the same time; after 20 in a minute no token of that address is looked at
    (429), and others go on as before. A token has 256 random bits.
    """
    made, secret = Tokens(location).create("write")
    guesses = (made.id, made.digest, secret[:-1], secret + "A", "pt_", "x" * 4000)
    with serve(location, settings=Settings({"token_failures": "20/minute", "workers": 1})) as server:
        told = [ask(server, Authorization=f"Bearer {guesses[n % len(guesses)]}") for n in range(22)]
        assert [one.status_code for one in told] == [401] * 20 + [429] * 2
        assert 1 <= int(told[-1].headers["Retry-After"]) <= 60
        assert ask(server, Authorization=f"Bearer {secret}").status_code == 429
        assert ask(server).status_code == 200  # what needs no token goes on
        assert ask(server, client="127.0.0.2", Authorization=f"Bearer {secret}").status_code == 200


def test_widening_a_scope(own: Running, location: Path) -> None:
    """Use a token for more than it is good for: by another method, a parameter, a second header, or another spelling of
    the address.

    403 with the scope that is needed (or 404): the scope is looked up by the token, nothing that is sent widens it.
    """
    _, secret = Tokens(location).create("read")
    headers = bearer(secret)
    for path in ("/needs/admin", "/needs/admin?scope=admin", "/needs/%61dmin", "/needs//admin"):
        for extra in ({}, {"X-Scope": "admin"}, {"X-HTTP-Method-Override": "GET"}, {"Scope": "admin"}):
            response = requests.post(own.address + path, {"scope": "admin"}, headers=headers | extra, timeout=10)
            assert response.status_code in (403, 404)
    twice = f"Bearer {secret}, Bearer {secret}"
    assert requests.get(f"{own.address}/needs/read", headers={"Authorization": twice}, timeout=10).status_code == 401


def test_writing_by_a_visitors_browser(own: Running, location: Path) -> None:
    """Have a page of somebody else write with the rights of its visitor (CSRF).

    There are no cookies: a token comes in a header that no browser adds by itself. Preflights allow pages of others no
    such header and no method that writes; a request that names another site as its origin is 403, whatever its token.
    """
    _, secret = Tokens(location).create("admin")
    evil = {"Origin": "https://evil.example"}
    at = f"{own.address}/needs/write"
    assert requests.post(at, headers=evil, cookies={"token": secret}, timeout=10).status_code == 401
    refused = requests.post(at, headers=evil | bearer(secret), timeout=10)
    assert (refused.status_code, refused.json()["code"]) == (403, "cross-site")
    assert requests.post(at, headers={"Origin": "null"} | bearer(secret), timeout=10).status_code == 403
    assert requests.post(at, headers={"Origin": own.address} | bearer(secret), timeout=10).status_code == 200
    for path in ("/update", "/data?default", "/data/mine", "/curation"):
        assert requests.post(own.address + path, headers=evil | bearer(secret), timeout=10).status_code == 403
        preflight = requests.options(own.address + path, headers=evil, timeout=10)
        assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        assert "Authorization" not in preflight.headers["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in preflight.headers


def test_tokens_in_addresses_and_logs(location: Path, serve: Serve, tmp_path: Path) -> None:
    """Find a token in an address, in the access log, or in an answer.

    A token in the address is refused (400), and logs and answers name a token by its id alone.
    """
    made, secret = Tokens(location).create("write")
    log = tmp_path / "access.jsonl"
    with serve(location, settings=Settings({"access_log": str(log), "workers": 1})) as server:
        refused = requests.get(f"{server.address}/sparql", {"query": "ASK {}", "access_token": secret}, timeout=10)
        assert (refused.status_code, refused.json()["code"]) == (400, "token-in-address")
        fine = ask(server, Authorization=f"Bearer {secret}")
        wrong = ask(server, Authorization=f"Bearer {secret}x")
        assert [fine.status_code, wrong.status_code] == [200, 401]
        for response in (refused, fine, wrong):
            assert secret not in response.text + str(response.headers)
    lines = log.read_text()
    assert secret not in lines
    assert [json.loads(line).get("token") for line in lines.splitlines()] == [None, made.id, None]
