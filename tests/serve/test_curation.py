"""Corrections over HTTP: by a token, checked against the graph, in the log, in the graph, in the audit log."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from kg.pipeline import build
from kg.store import read_manifest
from kg.store.building import AUDIT_LOG, building
from kg.store.curation import CURATION_LOG, read_log
from kg.store.tokens import Scope, Tokens
from tests.serve.conftest import Running, running
from tests.serve.test_access import bearer

Serve = Callable[..., contextlib.AbstractContextManager[Running]]
PAPERS = (
    {"id": "1", "title": "GridNet: A Detector", "abstract": "We propose GridNet. We evaluate GridNet on ImageNet."},
    {"id": "2", "title": "LoomNet", "abstract": "We present LoomNet, which reaches 81.3 accuracy on ImageNet."},
)
RENAME = {"action": "rename", "name": "GridNet", "label": "Grid Net", "why": "two words"}


def build_papers(folder: Path) -> Path:
    """A store of the two papers, in a folder."""
    (folder / "papers.jsonl").write_text("".join(json.dumps(one) + "\n" for one in PAPERS), encoding="utf-8")
    build(folder / "papers.jsonl", folder / "store")
    return folder / "store"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_papers(tmp_path_factory.mktemp("curation"))


@pytest.fixture
def location(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "store"))


@pytest.fixture
def own(location: Path, serve: Serve) -> Iterator[Running]:
    with serve(location, workers=1, timeout=30.0) as server:
        yield server


@pytest.fixture(scope="module")
def unchanged(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server for all tests that correct nothing."""
    with running(shutil.copytree(built, tmp_path_factory.mktemp("unchanged") / "store"), workers=1) as server:
        yield server


def send(server: Running, body: Any, scope: Scope | None = "curate", **headers: str) -> requests.Response:
    if scope is not None:
        headers |= bearer(Tokens(server.context.location).create(scope, "ada")[1])
    return requests.post(f"{server.address}/curation", json=body, headers=headers, timeout=120)


def labels(server: Running) -> list[str]:
    query = 'SELECT ?l { ?c <http://www.w3.org/2000/01/rdf-schema#label> ?l FILTER(STRENDS(?l, "Net")) }'
    found = requests.get(f"{server.address}/sparql", {"query": query}, timeout=30).json()["results"]["bindings"]
    return [one["l"]["value"] for one in found]


def audited(location: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (location / AUDIT_LOG).read_text().splitlines()]


def test_a_correction_is_in_the_log_and_in_the_graph_when_it_is_answered(own: Running, location: Path) -> None:
    made = send(own, RENAME)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["new"], told["version"]) == (1, 2)
    assert "Grid Net" in labels(own)  # the server has moved on by itself
    (entry,) = read_log(location, read_manifest(location).curated)
    assert (entry.id, entry.who, entry.why) == (told["entries"][0], "ada", "two words")
    shown = requests.get(f"{own.address}/curation", timeout=30).json()
    assert [(one["id"], one["label"], one["counts"]) for one in shown["entries"]] == [
        (entry.id, "rename Method GridNet: Grid Net", True)
    ]
    page = requests.get(f"{own.address}/curation", headers={"Accept": "text/html"}, timeout=30)
    assert "rename Method GridNet: Grid Net" in page.text

    undone = send(own, [{"action": "undo", "id": entry.id[:6]}])
    assert undone.status_code == 201, undone.text
    assert "Grid Net" not in labels(own)
    page = requests.get(f"{own.address}/curation", headers={"Accept": "text/html"}, timeout=30)
    assert "(undone)" in page.text

    begun, done, *_ = audited(location)
    token = next(one for one in Tokens(location).all() if one.scope == "curate")
    assert begun["outcome"] == "begun"
    assert (begun["token"], begun["label"], begun["operation"]) == (token.id, "ada", "curation")
    assert (done["write"], done["outcome"], done["status"], done["version"]) == (begun["write"], "done", 201, 2)


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"action": "rename", "name": "GridNet"}, 422, "rename: found no label, expected name, label, and if need be"),
        ({"action": "rename", "name": "GridNett", "label": "x"}, 422, "the graph has no concept called 'GridNett'"),
        ({"action": "explode"}, 422, "expected one of merge, split, rename, retype, accept, reject, add, link, undo"),
        ({"action": "retype", "name": "GridNet", "to_type": "Thing"}, 422, "expected one of Task, Method, Dataset"),
        ({"action": "undo", "id": "3f2a"}, 422, "expected the id of one entry"),
        ({"action": "rename", "name": "GridNet", "label": ["x"]}, 422, "label: found ['x'], expected a text"),
        ({"action": "rename", "name": "GridNet", "label": "\ud800"}, 422, "half of a character"),
        ({"action": "rename", "name": "a b://<>", "label": "x"}, 422, "expected an IRI such as"),
        ({"action": "reject", "statement": "http://x/ y"}, 422, "expected an IRI such as"),
        ({"action": "reject", "statement": "0" * 24}, 422, "expected the IRI of a pt:Statement"),
        ({"action": "rename", "name": "GridNet", "label": "x", "who": "somebody else"}, 422, "rename: found who"),
        ([], 400, "expected an object such as"),
        ("rename", 400, "expected an object such as"),
    ],
)
def test_what_is_wrong_is_told_and_changes_nothing(unchanged: Running, body: Any, status: int, told: str) -> None:
    own, location = unchanged, unchanged.context.location
    right = {"action": "rename", "name": "LoomNet", "label": "Loom"}
    refused = send(own, [right, body] if isinstance(body, dict) else body)
    assert refused.status_code == status, refused.text
    assert told in refused.json()["detail"]
    assert refused.json().get("entry") == (1 if status == 422 else None)
    assert (read_manifest(location).version, read_manifest(location).curated) == (1, 0)
    assert audited(location)[-1]["outcome"] == "refused"


def test_who_may_correct(unchanged: Running) -> None:
    own, location = unchanged, unchanged.context.location
    assert send(own, RENAME, None).status_code == 401
    refused = send(own, RENAME, "read")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope")
    assert [one["outcome"] for one in audited(location)[-2:]] == ["begun", "refused"]
    assert send(own, RENAME, Origin="https://evil.example").status_code == 403
    as_text = requests.post(
        f"{own.address}/curation",
        data=json.dumps(RENAME),
        headers=bearer(Tokens(location).create("curate")[1]) | {"Content-Type": "text/plain"},
        timeout=30,
    )
    assert as_text.status_code == 415
    assert read_manifest(location).version == 1


def test_while_a_build_runs_it_is_told_to_come_again(unchanged: Running) -> None:
    own, location = unchanged, unchanged.context.location
    with building(location):
        busy = send(own, RENAME)
    assert (busy.status_code, busy.json()["code"]) == (503, "being-written")
    assert int(busy.headers["Retry-After"]) >= 1
    assert str(location) not in busy.text


def test_a_write_beyond_its_deadline_is_ended(unchanged: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged.context.writing, "seconds", 0.2)
    ended, location = send(unchanged, RENAME), unchanged.context.location
    assert (ended.status_code, read_manifest(location).version) == (504, 1)
    assert audited(location)[-1]["outcome"] == "failed"


def test_corrections_sent_side_by_side_are_all_made(own: Running, location: Path) -> None:
    """Two at a time: the second waits for the first, or is told to come again; none is lost or half made."""
    secret = Tokens(location).create("curate")[1]
    told: list[requests.Response] = []

    def rename(name: str) -> None:
        body = {"action": "rename", "name": name, "label": f"The {name}"}
        while not told or told[-1].status_code:
            found = requests.post(f"{own.address}/curation", json=body, headers=bearer(secret), timeout=120)
            if found.status_code != 503:
                told.append(found)
                return

    threads = [threading.Thread(target=rename, args=(name,)) for name in ("GridNet", "LoomNet")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert [one.status_code for one in told] == [201, 201]
    assert {"The GridNet", "The LoomNet"} <= set(labels(own))
    assert (location / CURATION_LOG).read_bytes().count(b"\n") == 2


def test_the_audit_log_is_for_admins(unchanged: Running) -> None:
    own, location = unchanged, unchanged.context.location
    send(own, RENAME, "read")
    for scope, status in (("write", 403), ("admin", 200)):
        found = requests.get(f"{own.address}/audit", headers=bearer(Tokens(location).create(scope)[1]), timeout=30)
        assert found.status_code == status
    assert found.content == (location / AUDIT_LOG).read_bytes()
    assert requests.get(f"{own.address}/audit", timeout=30).status_code == 401
    assert (location / AUDIT_LOG).stat().st_mode & 0o777 == 0o600
