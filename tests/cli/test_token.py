"""``papertriples token``: the token is the last line, and is shown once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.store.tokens import Tokens
from tests.cli.test_cli import run
from tests.query.small import write_store


@pytest.fixture
def location(tmp_path: Path) -> Path:
    return write_store(tmp_path / "store")


def test_make_list_revoke(location: Path) -> None:
    made = run("token", "create", "--store", location, "--scope", "curate", "--label", "ada", "--expires", "90d")
    assert made.exit_code == 0, made.output
    assert len(made.stdout.splitlines()) == 1
    secret = made.stdout.splitlines()[-1]
    (held,) = Tokens(location).all()
    assert Tokens(location).find(secret) == held
    assert f"token {held.id} for curate, until {held.expires}" in made.stderr
    quiet = run("token", "create", "--store", location, "--scope", "read", "--quiet")
    assert (quiet.exit_code, quiet.stderr) == (0, "")
    listed = run("token", "list", "--store", location, "--json")
    assert [(one["scope"], one["label"], one["counts"]) for one in json.loads(listed.stdout)] == [
        ("curate", "ada", True),
        ("read", "", True),
    ]
    assert held.digest not in listed.stdout
    assert run("token", "revoke", held.id, "--store", location).stderr == f"token {held.id} for curate is revoked\n"
    text = run("token", "list", "--store", location).stdout
    assert "revoked 20" in text.splitlines()[0]
    assert secret not in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["create", "--scope", "root"], "is not one of"),
        (["create", "--scope", "read", "--expires", "soon"], "expected a time to come"),
        (["revoke", "12345678"], "found no token 12345678 to revoke"),
    ],
)
def test_what_is_wrong_is_told(location: Path, arguments: list[str], told: str) -> None:
    done = run("token", *arguments, "--store", location)
    assert (done.exit_code, told in done.stderr) == (2, True), done.output
    missing = run("token", "list", "--store", location / "none")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "no store at" in missing.stderr
