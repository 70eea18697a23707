"""Writes into people's own graphs of a built store: what builds make stays as it is, what was acknowledged lasts."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from kg.errors import QueryRefused, StoreError
from kg.pipeline import build, curate
from kg.query.targets import Targets
from kg.serve.jobs import Update
from kg.serve.write_job import run
from kg.store import canonical_nquads, counting, open_store, quads_of_merge, read_manifest
from kg.store.counting import count_graph
from kg.store.curation import Entry
from kg.store.publish import VersionWriter
from kg.store.tokens import Scope, Tokens
from kg.store.versions import GRAPHS, SCRATCH
from kg.store.written import WRITTEN, patches_on_disk, replayed
from tests.assemble.small import load_small
from tests.serve.conftest import Running, running
from tests.serve.test_access import bearer
from tests.serve.test_curation import audited

BASE = "https://w3id.org/papertriples/"
MINE = "urn:mine"
PT = f"{BASE}ontology#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
PAPERS = (
    {"id": "1", "title": "Paper one looks at things", "abstract": "We use Foobert on QuizData."},
    {"id": "2", "title": "Paper two looks at things", "abstract": "Barnet reaches 91.5 QuizScore on QuizData."},
)
MORE = ({"id": "3", "title": "Paper three looks at things", "abstract": "We compare Foobert. It beats Barnet."},)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.pipeline.load_extractor", load_small)


def built_in(folder: Path, *papers: dict[str, str]) -> Path:
    """Add papers to the store in a folder."""
    (folder / "papers.jsonl").write_text("".join(json.dumps(one) + "\n" for one in papers), encoding="utf-8")
    build(folder / "papers.jsonl", folder / "store")
    return folder / "store"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kg.pipeline.load_extractor", load_small)
        yield built_in(tmp_path_factory.mktemp("updates"), *PAPERS)


@pytest.fixture
def location(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "store"))


@pytest.fixture
def own(location: Path) -> Iterator[Running]:
    with running(location, workers=1, timeout=30.0) as server:
        yield server


@pytest.fixture(scope="module")
def unchanged(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server for all tests that write nothing."""
    with running(shutil.copytree(built, tmp_path_factory.mktemp("unchanged") / "store"), workers=1) as server:
        yield server


def token(server: Running, scope: Scope = "write") -> dict[str, str]:
    return bearer(Tokens(server.context.location).create(scope, "ada")[1])


def update(server: Running, text: str, headers: dict[str, str] | None = None, **given: Any) -> requests.Response:
    headers = token(server) if headers is None else headers
    return requests.post(f"{server.address}/update", {"update": text, **given}, headers=headers, timeout=120)


def data(server: Running, method: str, graph: str | None = MINE, body: str = "", **headers: str) -> requests.Response:
    headers = token(server) | {"Content-Type": "text/turtle"} | headers
    at = f"{server.address}/data?" + ("default" if graph is None else f"graph={graph}")
    return requests.request(method, at, data=body.encode(), headers=headers, timeout=120)


def rows(server: Running, query: str) -> list[dict[str, str]]:
    found = requests.get(f"{server.address}/sparql", {"query": query}, timeout=30)
    assert found.status_code == 200, found.text
    return [{name: one["value"] for name, one in row.items()} for row in found.json()["results"]["bindings"]]


def count(server: Running, pattern: str) -> int:
    return int(rows(server, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")[0]["n"])


def lines_of(location: Path) -> list[str]:
    with open_store(location) as store:
        return list(canonical_nquads(store))


def test_an_update_of_a_graph_of_ones_own_is_served_when_it_is_answered(own: Running, location: Path) -> None:
    before = lines_of(location)
    made = update(own, f"INSERT DATA {{ GRAPH <{MINE}> {{ <urn:a> <urn:p> 1, 2 . <urn:b> <urn:p> <urn:a> }} }}")
    assert (made.status_code, made.json()) == (200, {"version": 2, "graphs": [MINE], "added": 3, "removed": 0})
    assert count(own, "<urn:a> <urn:p> ?o") == 2  # the merge
    assert count(own, f"GRAPH <{MINE}> {{ ?s ?p ?o }}") == 3
    changed = update(
        own,
        f"PREFIX m: <urn:> WITH m:mine DELETE {{ ?s <urn:p> 1 }} INSERT {{ ?s <urn:q> ?l }} "
        f"WHERE {{ ?s <urn:p> 1 . GRAPH <{BASE}graph/concepts> {{ ?c <{LABEL}> ?l FILTER(?l = 'Foobert') }} }}",
    )
    assert (changed.json()["added"], changed.json()["removed"]) == (1, 1), changed.text
    assert rows(own, "SELECT ?l { <urn:a> <urn:q> ?l }") == [{"l": "Foobert"}]
    assert update(own, f"DROP GRAPH <{MINE}>").json()["removed"] == 3
    assert lines_of(location) == before
    assert update(own, f"CLEAR SILENT GRAPH <{MINE}>").json()["version"] == 4  # nothing to do, no version
    done = [one for one in audited(location) if one["outcome"] == "done"]
    assert [(one["version"], one["added"], one["removed"]) for one in done[:2]] == [(2, 3, 0), (3, 1, 1)]
    assert not (location / GRAPHS / SCRATCH).exists()


def test_each_triple_is_in_the_merge_once_and_stays_as_long_as_one_graph_says_it(own: Running) -> None:
    (concept,) = rows(own, f"SELECT ?c ?l {{ ?c <{LABEL}> ?l FILTER(?l = 'Foobert') }}")
    triple = f'<{concept["c"]}> <{LABEL}> "Foobert"'
    update(own, f"INSERT DATA {{ GRAPH <{MINE}> {{ {triple} }} GRAPH <urn:other> {{ {triple} }} }}")
    assert count(own, f'<{concept["c"]}> <{LABEL}> ?l FILTER(?l = "Foobert")') == 1
    update(own, f"DROP GRAPH <{MINE}> ; DROP GRAPH <urn:other>")
    assert count(own, f'<{concept["c"]}> <{LABEL}> ?l FILTER(?l = "Foobert")') == 1


SYSTEM = f"{BASE}graph/concepts"
PAPER = f"{BASE}paper/new/graph"
REFUSED = (
    "INSERT DATA { <urn:a> <urn:p> 1 }",
    "INSERT DATA { GRAPH <urn:mine> { <urn:a> <urn:p> 1 } <urn:a> <urn:p> 2 }",
    "DELETE WHERE { ?s ?p ?o }",
    "DELETE { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }",
    f"INSERT DATA {{ GRAPH <{SYSTEM}> {{ <urn:a> <urn:p> 1 }} }}",
    f"INSERT DATA {{ GRAPH <{PAPER}> {{ <urn:a> <urn:p> 1 }} }}",
    f"BASE <{BASE}> INSERT DATA {{ GRAPH <graph/concepts> {{ <urn:a> <urn:p> 1 }} }}",
    f"PREFIX g: <{BASE}> DELETE WHERE {{ GRAPH g:graph\\/concepts {{ ?s ?p ?o }} }}",
    f"WITH <{SYSTEM}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
    f"W\\u0049TH <{SYSTEM}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
    "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
    "INSERT { GRAPH ?g { <urn:a> <urn:p> 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }",
    "INSERT { GRAPH <urn:mine> { ?s ?p ?o } } WHERE { ?s ?p ?o } ; DROP ALL",
    f"CLEAR GRAPH <{SYSTEM}>",
    f"DROP SILENT GRAPH <{SYSTEM}>",
    "CLEAR DEFAULT",
    "DROP NAMED",
    "CLEAR ALL",
    f"CREATE GRAPH <{PAPER}>",
    "COPY DEFAULT TO DEFAULT",
    f"ADD <urn:mine> TO <{SYSTEM}>",
    f"MOVE GRAPH <{SYSTEM}> TO <urn:mine>",
    "COPY <urn:mine> TO DEFAULT",
    "LOAD <http://127.0.0.1:9/x> INTO GRAPH <urn:mine>",
    "INSERT { GRAPH <urn:mine> { ?s ?p ?o } } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
)


def test_writing_to_what_builds_make(unchanged: Running) -> None:
    """Write into the graphs of papers and builds, or into the merged default graph, by each kind of update: by name, by
    prefix, base, escapes, variables, WITH, CLEAR ALL, MOVE; fetch with LOAD or SERVICE.

    403 with the reason, and the store is as it was: an update runs on a copy, and no more is taken over than what it
    changed in graphs of people's own.
    """
    location = unchanged.context.location
    for text in REFUSED:
        with pytest.raises(QueryRefused, match=r"read-only|not allowed"):
            run(location, Update(text, "http://127.0.0.1/update"))
    for text in (REFUSED[0], REFUSED[-1]):
        refused = update(unchanged, text)
        assert (refused.status_code, refused.json()["code"]) == (403, "query-refused"), refused.text
    assert (read_manifest(location).version, patches_on_disk(location)) == (1, 0)


def test_what_an_updates_text_hides_is_not_taken_over(unchanged: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide from the reader of texts which graphs an update writes.

    It runs on a copy that is thrown away, where more changed than what the text names: 403.
    """
    location = unchanged.context.location
    monkeypatch.setattr("kg.serve.write_job.targets_of", lambda text, base: Targets({MINE}))
    data = "<urn:a> <urn:p> 1"
    for text in (
        f"CLEAR GRAPH <{SYSTEM}>",
        "DROP ALL",
        f"INSERT DATA {{ GRAPH <{SYSTEM}> {{ {data} }} }}",
        f"INSERT DATA {{ GRAPH <{MINE}> {{ {data} }} {data} }}",
        f"INSERT {{ GRAPH <{SYSTEM}> {{ {data} }} }} WHERE {{}}",
    ):
        with pytest.raises(QueryRefused, match="its text does not name"):
            run(location, Update(text))
    assert read_manifest(location).version == 1


def test_a_small_write_counts_what_it_changes_as_counting_all_would(
    location: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pt = "PREFIX pt: <https://w3id.org/papertriples/ontology#> "
    counted: list[int] = []
    monkeypatch.setattr(counting, "count_graph", lambda *given: counted.append(1))
    for text in (
        "INSERT DATA { GRAPH <urn:mine> { <urn:a> a pt:Paper, pt:Concept ; pt:note 1 . <urn:b> a pt:Paper } }",
        "INSERT DATA { GRAPH <urn:yours> { <urn:a> a pt:Paper . <urn:s> a pt:Statement ; pt:confidence 0.9 } }",
        "DELETE DATA { GRAPH <urn:mine> { <urn:a> a pt:Paper . <urn:b> a pt:Paper } }",
        "INSERT { GRAPH <urn:mine> { ?s ?p ?o } } WHERE { ?s ?p ?o FILTER (?p != pt:confidence) }",
    ):
        run(location, Update(pt + text))
        with open_store(location) as store:
            counts = store.manifest.counts
            assert counts == count_graph(store.graph, counts.records, Decimal(store.manifest.min_confidence))
    assert counted == []


def test_a_write_of_data_looks_at_the_graphs_that_it_names_alone(
    location: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[int] = []
    looked_at: set[str] = set()
    scratch, held = VersionWriter.scratch, VersionWriter.held
    monkeypatch.setattr(VersionWriter, "scratch", lambda writer: copied.append(1) or scratch(writer))
    monkeypatch.setattr(VersionWriter, "held", lambda writer, graph: looked_at.add(graph.value) or held(writer, graph))
    for text, came in (
        ("INSERT DATA { GRAPH <urn:mine> { <urn:a> <urn:p> 1, 2, [] } }", (3, 0)),
        ("INSERT DATA { GRAPH <urn:mine> { <urn:a> <urn:p> 1, 3 } }", (1, 0)),
        (
            "DELETE DATA { GRAPH <urn:mine> { <urn:a> <urn:p> 1, 9 } } ; "
            "INSERT DATA { GRAPH <urn:mine> { <urn:b> <urn:p> 1 } }",
            (1, 1),
        ),
        ("DELETE DATA { GRAPH <urn:mine> { <urn:none> <urn:p> 1 } }", (0, 0)),
    ):
        told = run(location, Update(text))
        assert (told["added"], told["removed"]) == came, text
    assert (copied, looked_at) == ([], {MINE})
    with open_store(location) as store:
        assert store.manifest.counts.quads == len(lines_of(location))
    assert run(location, Update("DELETE WHERE { GRAPH <urn:mine> { ?s ?p 1 } }"))["removed"] == 1
    assert copied == [1]


def test_updates_are_not_read(unchanged: Running) -> None:
    for method in ("GET", "HEAD", "PUT"):
        refused = requests.request(method, f"{unchanged.address}/update", headers=token(unchanged), timeout=30)
        assert (refused.status_code, "POST" in refused.headers["Allow"]) == (405, True)
    assert requests.options(f"{unchanged.address}/update", timeout=30).headers["Allow"] == "POST, OPTIONS"


def test_writing_to_what_builds_make_as_a_graph(unchanged: Running) -> None:
    """Write into the graphs of builds, or into the default graph, by the Graph Store Protocol.

    403 with the reason, and the store is as it was.
    """
    for method, graph in (("PUT", SYSTEM), ("POST", None), ("DELETE", PAPER)):
        refused = data(unchanged, method, graph, "<urn:a> <urn:p> 1 .")
        assert (refused.status_code, refused.json()["code"]) == (403, "query-refused"), refused.text
    assert read_manifest(unchanged.context.location).version == 1
    assert data(unchanged, "GET", SYSTEM).status_code == 200


def test_what_is_no_update_is_told(unchanged: Running) -> None:
    wrong = update(unchanged, "INSERT DATA { GRAPH <urn:mine> { <urn:a> <urn:p> } }")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "query-syntax")
    assert wrong.json()["line"] == 1
    none = update(unchanged, "CLEAR GRAPH <urn:none>")
    assert (none.status_code, none.json()["code"]) == (400, "query-failed")
    assert update(unchanged, "ASK {}").status_code == 400
    for scope in ("read", "curate"):
        assert update(unchanged, "CLEAR ALL", token(unchanged, scope)).status_code == 403
        assert audited(unchanged.context.location)[-1]["code"] == "scope"
    assert update(unchanged, "CLEAR ALL", {}).status_code == 401
    assert requests.put(f"{unchanged.address}/data?graph={MINE}", timeout=30).status_code == 401
    assert data(unchanged, "PUT", MINE, "no turtle").status_code == 400
    assert data(unchanged, "DELETE").status_code == 404
    assert data(unchanged, "PUT", MINE, "x", **{"Content-Type": "text/csv"}).status_code == 415
    huge = requests.put(
        f"{unchanged.address}/data?graph={MINE}",
        data=b" " * (5 << 20),
        headers={"Content-Type": "text/turtle"},
        timeout=30,
    )
    assert huge.status_code in (401, 413)  # large bodies are for those who may write


def test_a_graph_by_the_graph_store_protocol(own: Running, location: Path) -> None:
    made = data(own, "PUT", MINE, "<urn:a> <urn:p> 1, [ <urn:q> 2 ] .")
    assert (made.status_code, "ETag" in made.headers) == (201, True)
    read = data(own, "GET", Accept="application/n-triples")
    assert read.text.count("\n") == 3
    assert f"<{BASE}.well-known/genid/" in read.text  # blank nodes have names
    assert "_:" not in read.text
    tag = read.headers["ETag"]
    assert data(own, "GET", Accept="application/n-triples", **{"If-None-Match": tag}).status_code == 304
    assert data(own, "POST", MINE, "<urn:a> <urn:p> 3 .", **{"If-Match": tag}).status_code in (200, 204)
    assert data(own, "PUT", MINE, "<urn:a> <urn:p> 4 .", **{"If-Match": tag}).status_code == 412
    assert data(own, "PUT", "urn:new", "<urn:a> <urn:p> 4 .", **{"If-None-Match": "*"}).status_code == 201
    assert data(own, "PUT", "urn:new", "<urn:a> <urn:p> 4 .", **{"If-None-Match": "*"}).status_code == 412
    after = data(own, "GET", Accept="application/n-triples").headers["ETag"]
    assert after != tag
    data(own, "POST", "urn:new", "<urn:b> <urn:p> 4 .")
    assert data(own, "GET", Accept="application/n-triples").headers["ETag"] == after  # another graph's write
    assert data(own, "DELETE").status_code == 200
    assert data(own, "GET").status_code == 404
    posted = requests.post(
        f"{own.address}/data", data="<> <urn:p> 1 .", headers=token(own) | {"Content-Type": "text/turtle"}, timeout=60
    )
    assert posted.status_code == 201
    assert requests.get(posted.headers["Location"], timeout=30).status_code == 200
    everything = requests.get(f"{own.address}/data", headers={"Accept": "application/n-quads"}, timeout=30)
    assert posted.headers["Location"] in everything.text
    assert set(replayed(location, read_manifest(location).written)) == {
        name for name in _graphs(location) if not name.value.startswith(BASE)
    }


def _graphs(location: Path) -> set[Any]:
    with open_store(location) as store:
        return set(store.graph.named_graphs())


def test_the_graph_is_a_function_of_records_corrections_and_patches(own: Running, location: Path) -> None:
    """Builds and corrections before and after a write, in any order, and a store made anew, give the same quads."""
    paper = next(one["p"] for one in rows(own, f"SELECT ?p {{ ?p a <{PT}Paper> }} ORDER BY ?p"))
    # Links follow from identifiers, whoever says them.
    more = f"<urn:a> <{LABEL}> 'mine' . <{paper}> <{PT}doi> '10.1234/mine'"
    text = f"INSERT DATA {{ GRAPH <{MINE}> {{ <urn:a> <urn:p> 1 . {more} }} }}"
    assert update(own, text).status_code == 200
    assert count(own, f"GRAPH <{BASE}graph/links> {{ <{paper}> ?p ?o }}") > 0
    built_in(location.parent, *MORE)
    rename = Entry("2026-01-31T12:00:00.000000Z", "ada", "rename", type="Method", name="Foobert", to_name="FooBERT")
    curate(location, lambda curating: [rename])
    assert update(own, f"DELETE DATA {{ GRAPH <{MINE}> {{ <urn:a> <urn:p> 1 }} }}").status_code == 200
    found = lines_of(location)
    assert sum(f"<{MINE}>" in line for line in found) == 2

    other = location.parent / "other"
    other.mkdir()
    anew = built_in(other, *MORE, *PAPERS)
    curate(anew, lambda curating: [rename])
    with running(anew, workers=1) as server:
        assert update(server, text.replace("<urn:a> <urn:p> 1 .", "")).status_code == 200
    assert lines_of(anew) == found

    # The folder keeps nothing but what people wrote: a build begins with that.
    restored = location.parent / "restored"
    (restored / "store").mkdir(parents=True)
    shutil.copytree(location / WRITTEN, restored / "store" / WRITTEN)
    curate(built_in(restored, *PAPERS, *MORE), lambda curating: [rename])
    assert lines_of(restored / "store") == found
    assert read_manifest(restored / "store").written == 2


def test_a_patch_of_a_write_that_never_ended_is_as_if_it_were_not(
    location: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("kg.serve.write_job.VersionWriter.publish", _fails)
        with pytest.raises(StoreError):
            run(location, Update(f"INSERT DATA {{ GRAPH <{MINE}> {{ <urn:half> <urn:p> 1 }} }}"))
    assert (patches_on_disk(location), read_manifest(location).written) == (1, 0)
    built_in(location.parent, *MORE)
    assert not any(f"<{MINE}>" in line for line in lines_of(location))
    run(location, Update(f"INSERT DATA {{ GRAPH <{MINE}> {{ <urn:whole> <urn:p> 1 }} }}"))
    assert (patches_on_disk(location), read_manifest(location).written) == (1, 1)
    assert [line.split()[0] for line in lines_of(location) if f"<{MINE}>" in line] == ["<urn:whole>"]


def _fails(*_: object) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_updates_side_by_side_lose_nothing(own: Running) -> None:
    """The increments of several clients add up, as they do not where two writers have a store open."""
    headers = token(own)
    update(own, f"INSERT DATA {{ GRAPH <{MINE}> {{ <urn:counter> <urn:is> 0 }} }}", headers)
    text = (
        f"WITH <{MINE}> DELETE {{ <urn:counter> <urn:is> ?n }} INSERT {{ <urn:counter> <urn:is> ?m }} "
        "WHERE { <urn:counter> <urn:is> ?n BIND (?n + 1 AS ?m) }"
    )

    def add() -> None:
        for _ in range(2):
            while update(own, text, headers).status_code == 503:  # come again
                time.sleep(0.1)

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(own, "SELECT ?n { <urn:counter> <urn:is> ?n }") == [{"n": "6"}]


def test_a_variable_in_the_place_of_a_graph_of_ones_own(location: Path) -> None:
    run(location, Update("INSERT DATA { GRAPH <urn:x> { <urn:a> <urn:p> 1 } GRAPH <urn:y> { <urn:b> <urn:p> 1 } }"))
    text = f"INSERT {{ GRAPH ?g {{ ?s <urn:q> ?s }} }} WHERE {{ GRAPH ?g {{ ?s <urn:p> 1 }} FILTER(?g != <{SYSTEM}>) }}"
    assert run(location, Update(text))["graphs"] == ["urn:x", "urn:y"]
    assert run(location, Update("DELETE WHERE { GRAPH ?g { ?s <urn:q> ?o } }"))["removed"] == 2


def test_a_write_that_is_killed_leaves_all_or_nothing(location: Path) -> None:
    """Send updates to a server whose writing process is killed again and again: what was acknowledged is there."""
    with running(location, workers=1, timeout=30.0) as server:
        headers, acknowledged, stop = token(server), [], threading.Event()

        def kill() -> None:
            pause = 0.3
            while not stop.wait(pause):
                process = server.context.writing._running
                if process is not None:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process.pid, signal.SIGKILL)
                pause = 0.3 + (pause * 1.7) % 2

        killer = threading.Thread(target=kill)
        killer.start()
        statuses = []
        for number in range(12):
            text = f"INSERT DATA {{ GRAPH <{MINE}> {{ <urn:{number}> <urn:p> 1, 2, 3 }} }}"
            statuses.append(update(server, text, headers).status_code)
            if statuses[-1] == 200:
                acknowledged.append(f"urn:{number}")
        stop.set()
        killer.join()
        assert set(statuses) <= {200, 500}
        assert (
            update(server, f"INSERT DATA {{ GRAPH <{MINE}> {{ <urn:last> <urn:p> 1, 2, 3 }} }}", headers).status_code
            == 200
        )
        found = rows(server, f"SELECT ?s (COUNT(*) AS ?n) {{ GRAPH <{MINE}> {{ ?s ?p ?o }} }} GROUP BY ?s")
    assert {*acknowledged, "urn:last"} <= {one["s"] for one in found}
    assert {one["n"] for one in found} == {"3"}
    held = replayed(location, read_manifest(location).written)
    assert sum(map(len, held.values())) == 3 * len(found)
    with open_store(location) as store:
        assert store.manifest.counts.triples == sum(1 for _ in quads_of_merge(store))
        assert store.manifest.counts.quads == len(lines_of(location))


def test_a_server_that_is_killed_loses_nothing_it_acknowledged(location: Path) -> None:
    secret = Tokens(location).create("write")[1]
    serve = [sys.executable, "-m", "kg.cli", "serve", "--store", str(location), "--port", "0", "--workers", "1"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        text = f"INSERT DATA {{ GRAPH <{MINE}> {{ <urn:a> <urn:p> 1 }} }}"
        made = requests.post(f"{address}/update", {"update": text}, headers=bearer(secret), timeout=120)
        assert made.status_code == 200
        late = threading.Thread(target=_unanswered, args=(f"{address}/update", text.replace(" 1 ", " 2 "), secret))
        late.start()
        time.sleep(0.5)
        process.send_signal(signal.SIGKILL)
        late.join(120)
    end = time.monotonic() + 60
    with open_store(location) as store:
        version = store.version
    assert version >= 2
    while time.monotonic() < end:  # the writing process may still be about
        with contextlib.suppress(Exception), running(location, workers=1) as server:
            if update(server, text.replace(" 1 ", " 3 ")).status_code == 200:
                break
        time.sleep(0.2)
    assert {"1", "3"} <= {line.split('"')[1] for line in lines_of(location) if f"<{MINE}>" in line} <= {"1", "2", "3"}


def _unanswered(address: str, text: str, secret: str) -> None:
    with contextlib.suppress(requests.RequestException):
        requests.post(address, {"update": text}, headers=bearer(secret), timeout=120)
