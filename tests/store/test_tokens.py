"""Tokens: shown once, kept as digests, known at once to whoever reads them, safe under several processes."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kg.errors import StoreError, StoreMissing, UsageError
from kg.store import tokens
from kg.store.manifest import Manifest, write_manifest
from kg.store.tokens import PREFIX, SCOPES, TOKENS, TOKENS_LOCK, Tokens


@pytest.fixture
def location(tmp_path: Path) -> Path:
    write_manifest(tmp_path, Manifest(1))
    return tmp_path


def test_a_token_is_kept_as_a_digest_in_a_file_of_the_owner(location: Path) -> None:
    made, secret = Tokens(location).create("write", "importer")
    assert secret.startswith(PREFIX)
    assert len(secret) >= len(PREFIX) + 43  # 256 bits in base64
    kept = (location / TOKENS).read_text()
    assert secret not in kept
    assert secret.removeprefix(PREFIX) not in kept
    assert json.loads(kept)["digest"] == hashlib.sha256(secret.encode()).hexdigest()
    assert stat.S_IMODE((location / TOKENS).stat().st_mode) == 0o600
    assert Tokens(location).find(secret) == made
    assert secret not in repr(made)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, who may give files away")
def test_what_root_makes_is_of_the_owner_of_the_store(location: Path) -> None:
    os.chown(location, 12345, 12345)
    Tokens(location).create("read")
    owners = {(path.name, path.stat().st_uid) for path in location.iterdir() if path.name.startswith("tokens")}
    assert owners == {(TOKENS, 12345), (TOKENS_LOCK, 12345)}


def test_what_another_process_changes_is_seen_at_once(location: Path) -> None:
    here, there = Tokens(location), Tokens(location)
    assert here.find("pt_nothing") is None
    made, secret = there.create("read")
    assert here.find(secret) == made
    there.revoke(made.id)
    assert here.find(secret) is None
    assert [(one.id, counts) for one, counts in here.listed()] == [(made.id, False)]
    with pytest.raises(UsageError, match=f"found no token {made.id} to revoke; there are: none"):
        here.revoke(made.id)


def test_a_token_ends_when_it_should(location: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Tokens(location)
    made, secret = held.create("read", expires="2h")
    assert held.find(secret) == made
    monkeypatch.setattr(tokens, "_now", lambda now=tokens._now: now() + tokens.timedelta(hours=3))
    assert held.find(secret) is None
    for wrong in ("yesterday", "2001-01-01", "0d", "999999y", ""):
        with pytest.raises(UsageError, match="expected a time to come"):
            held.create("read", expires=wrong)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_includes_those_before_it(location: Path, scope: tokens.Scope) -> None:
    made, _ = Tokens(location).create(scope)
    assert [one for one in SCOPES if made.includes(one)] == list(SCOPES[: SCOPES.index(scope) + 1])


def test_near_misses_are_no_tokens(location: Path) -> None:
    held = Tokens(location)
    made, secret = held.create("admin")
    for wrong in (
        secret[:-1],
        secret + "x",
        secret.upper(),
        secret.removeprefix(PREFIX),
        made.id,
        made.digest,
        "",
        "é",
    ):
        assert held.find(wrong) is None
    held.revoke(made.id)
    assert held.find("") is None  # a revoked token has the digest ""


def test_processes_that_make_tokens_side_by_side_lose_none(location: Path) -> None:
    code = "import sys; from pathlib import Path; from kg.store.tokens import Tokens\n"
    code += "for _ in range(20): Tokens(Path(sys.argv[1])).create('read')"
    running = [subprocess.Popen([sys.executable, "-c", code, str(location)]) for _ in range(3)]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    assert len({one.id for one in Tokens(location).all()}) == 60


def test_a_folder_without_a_store_and_a_broken_file_are_told(tmp_path: Path, location: Path) -> None:
    with pytest.raises(StoreMissing, match="no store at"):
        Tokens(tmp_path / "none").create("read")
    with pytest.raises(UsageError, match="expected one of read, curate, write, admin"):
        Tokens(location).create("root")  # type: ignore[arg-type]
    for label in ("two\nlines", "\x1b[31m", "x" * 101):
        with pytest.raises(UsageError, match="expected a line of 100 characters at most"):
            Tokens(location).create("read", label)
    (location / TOKENS).write_text("{}\n")
    with pytest.raises(StoreError, match="put a copy back, or make new ones"):
        Tokens(location).find("pt_x")
