"""``papertriples link --online`` as a person types it: what is asked, printed and linked, and what stays offline."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.graph import vocabulary as v
from kg.link import TARGETS, Linking
from kg.link.online.keys import key_variable
from kg.link.online.services import SERVICES
from kg.store import open_store, read_manifest
from tests.link.cases import paper
from tests.link.online.world import LOOM, STARLING, UNAVAILABLE, WREN, World, a_world
from tests.query.small import IRIS, quads, write_store

KEY = "secret-key-0815"


@pytest.fixture
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture
def store(tmp_path: Path) -> Path:
    papers = (
        paper(STARLING, ("arxiv", "2106.00001"), ("doi", "10.5555/starling")),
        paper(LOOM, ("acl", "2020.acl-main.7"), date="2020"),
        paper(WREN, date="2022"),
    )
    return write_store(tmp_path / "store", [*quads(only=[]), *(quad for one in papers for quad in one)])


def link(world: World, store: Path, *arguments: str, contact: bool = True) -> Result:
    services = [f"--service={name}={address}" for name, address in world.addresses.items()]
    given = ["link", "--store", str(store), "--cache", str(store.parent / "cache"), "--rate", "1000", *services]
    asks = ["--contact", "ada@example.org"] if contact else []
    return CliRunner().invoke(main, [*given, *asks, *arguments], catch_exceptions=False)


def links(store: Path) -> set[tuple[str, str, str]]:
    """What the graph of links says beyond what follows from identifiers."""
    with open_store(store) as opened:
        computed = set(Linking(store).quads(opened.graph, IRIS))
        held = opened.graph.quads_for_pattern(None, None, None, IRIS.graph("links"))
        found = {one for one in held if one not in computed and one.predicate != v.PROV_wasDerivedFrom}
    return {(name(q.subject.value), v.compress(q.predicate.value), name(q.object.value)) for q in found}  # type: ignore[union-attr]


def name(iri: str) -> str:
    return iri.rpartition("/")[2].partition("-")[0] if iri.startswith(IRIS.base_iri) else iri


ALL = {
    ("starling", "schema:sameAs", "https://openalex.org/W101"),
    ("graphloom", "schema:sameAs", "https://openalex.org/W102"),
    ("wren", "rdfs:seeAlso", "https://openalex.org/W103"),
    ("starling", "schema:sameAs", "https://api.semanticscholar.org/CorpusID:11"),
    ("graphloom", "schema:sameAs", "https://api.semanticscholar.org/CorpusID:12"),
    ("starling", "cito:cites", "graphloom"),
    ("wren", "rdfs:seeAlso", "https://doi.org/10.5555/wren"),
    ("graphloom", "schema:sameAs", "https://doi.org/10.18653/v1/2020.acl-main.7"),
    ("starling", "schema:sameAs", "https://dblp.org/rec/conf/birds/S21"),
    ("graphloom", "schema:sameAs", "https://dblp.org/rec/conf/acl/L20"),
    ("wren", "rdfs:seeAlso", "https://dblp.org/rec/journals/birds/W22"),
    ("node", "skos:closeMatch", "http://www.wikidata.org/entity/Q1"),
    ("node", "skos:exactMatch", "http://orkg.org/orkg/resource/R1"),
    ("link", "skos:exactMatch", "http://orkg.org/orkg/resource/R3"),
    ("orchard", "skos:exactMatch", "http://orkg.org/orkg/resource/R2"),
}


def test_all_services(world: World, store: Path) -> None:
    done = link(world, store, "--to", "all", "--online")
    assert done.exit_code == 0, done.output
    assert links(store) >= ALL
    told = {line.split()[0]: line.split()[1:] for line in done.stderr.splitlines()[1:]}
    assert told["openalex"] == ["3", "3", "0", "0", "2"]  # asked about, found, not there, open, requests
    assert told["semanticscholar"] == ["3", "2", "1", "0", "2"]
    assert {one.target for one in read_manifest(store).catalogues} == {
        "crossref", "dblp", "openalex-works", "orkg", "semanticscholar", "wikidata",
    }  # fmt: skip


def test_what_was_linked_stays_without_services_and_cache(world: World, store: Path, tmp_path: Path) -> None:
    link(world, store, "--to", "all", "--online")
    before, count = links(store), world.count()
    (tmp_path / "cache" / "answers.sqlite").unlink()
    done = link(world, store, "--to", "all")
    assert done.exit_code == 0
    assert links(store) == before
    assert world.count() == count
    with open_store(store) as opened:  # a build makes links anew from what the store keeps
        again = set(Linking(store, read_manifest(store).catalogues).quads(opened.graph, IRIS))
        assert again == set(opened.graph.quads_for_pattern(None, None, None, IRIS.graph("links")))


def test_a_second_run_asks_nobody_and_changes_nothing(world: World, store: Path) -> None:
    link(world, store, "--to", "all", "--online")
    count, manifest = world.count(), read_manifest(store)
    done = link(world, store, "--to", "all", "--online", "--json")
    assert (done.exit_code, world.count()) == (0, count)
    assert {one["requests"] for one in json.loads(done.stdout)["online"]} == {0}
    assert read_manifest(store).catalogues == manifest.catalogues


def test_only_what_is_asked_for(world: World, store: Path) -> None:
    assert link(world, store, "--to", "openalex", "--online").exit_code == 0
    assert {one.endpoint for one in world.asked} == {"openalex"}
    assert ("starling", "schema:sameAs", "https://openalex.org/W101") in links(store)


@pytest.mark.parametrize("arguments", [[], ["--offline"], ["--online", "--offline"], ["--offline", "--online"]])
def test_offline_is_the_default_and_wins(world: World, store: Path, arguments: list[str]) -> None:
    assert link(world, store, "--to", "all", *arguments).exit_code == 0
    assert world.asked == []
    assert not (store.parent / "cache").exists()


def test_a_dry_run_tells_what_would_be_asked(world: World, store: Path) -> None:
    done = link(world, store, "--to", "all", "--online", "--dry-run", contact=False)
    assert done.exit_code == 0
    assert world.asked == []
    told = {line.split()[0]: line for line in done.stdout.splitlines()}
    questions, requests, example = told["openalex"].split(None, 3)[1:]
    assert (questions, requests) == ("3", "2")
    assert example.startswith(f"GET {world.address('openalex')}/works?filter=doi:10.18653/v1/2020.acl-main.7|10.5555/")
    assert "mailto=ADDRESS" in example
    assert "ARXIV:2106.00001" in told["semanticscholar"]
    link(world, store, "--to", "openalex", "--online")
    again = json.loads(link(world, store, "--to", "all", "--online", "--dry-run", "--json").stdout)["ahead"]
    assert "openalex" not in {one["service"] for one in again}  # what is known is not asked again


def test_a_service_that_is_down_is_told_and_the_rest_is_linked(world: World, store: Path) -> None:
    world.faults.append(lambda asked: UNAVAILABLE if asked.endpoint == "dblp" else None)
    done = link(world, store, "--to", "dblp", "--to", "orkg", "--online", "--limit", "1")
    assert done.exit_code == 3
    assert "dblp: --limit 1 is reached; run again to go on" in done.stderr
    assert ("orchard", "skos:exactMatch", "http://orkg.org/orkg/resource/R2") not in links(store)
    world.faults.clear()
    assert link(world, store, "--to", "dblp", "--to", "orkg", "--online").exit_code == 0
    assert {one for one in ALL if "orkg" in one[2] or "dblp" in one[2]} <= links(store)


def test_a_key_is_sent_and_nowhere_else(world: World, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERTRIPLES_OPENALEX_KEY", KEY)
    (store.parent / "keys.toml").write_text(f'semanticscholar = "{KEY}-2"\n')
    arguments = ("--to", "openalex", "--to", "semanticscholar", "--online", "--keys", str(store.parent / "keys.toml"))
    planned = link(world, store, *arguments, "--dry-run")
    world.faults.append(lambda asked: UNAVAILABLE if "search" in asked.path else None)
    done = link(world, store, *arguments, "--limit", "3")
    assert done.exit_code == 3
    sent = {one.endpoint: one for one in world.asked}
    assert sent["openalex"].query["api_key"] == KEY
    assert sent["semanticscholar"].headers["x-api-key"] == f"{KEY}-2"
    assert KEY not in planned.output + done.output
    (store.parent / "keys.toml").unlink()
    for path in store.parent.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path
    with sqlite3.connect(store.parent / "cache" / "answers.sqlite") as cache:
        rows = cache.execute("SELECT request FROM answers").fetchall()
    cache.close()
    assert rows
    assert KEY not in str(rows)
    assert "ada@example.org" not in str(rows)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "cso"], "nobody to ask for cso"),
        (["--to", "dblp", "--contact", "ada"], "expected an e-mail address"),
        (["--to", "dblp", "--service", "google=http://127.0.0.1:9"], "expected NAME=URL with one of openalex"),
        (["--to", "dblp", "--service", "dblp=ftp://127.0.0.1"], "expected NAME=URL"),
        (["--to", "dblp", "--rate", "0"], "--rate"),
    ],
)
def test_what_cannot_be_asked(world: World, store: Path, arguments: list[str], said: str) -> None:
    done = link(world, store, "--online", *arguments)
    assert done.exit_code == 2
    assert said in done.output
    assert world.asked == []


def test_a_contact_is_needed(world: World, store: Path) -> None:
    done = link(world, store, "--to", "dblp", "--online", contact=False)
    assert done.exit_code == 2
    assert "PAPERTRIPLES_CONTACT" in done.output


def test_a_key_goes_over_https_or_stays_here(world: World, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERTRIPLES_OPENALEX_KEY", KEY)
    mirror = "--service=openalex=http://mirror.example"
    done = link(world, store, "--to", "openalex", "--online", mirror)
    assert done.exit_code == 2
    assert "https alone" in done.output
    assert KEY not in done.output


def test_what_asks_is_read_when_somebody_asks() -> None:
    """The import contracts keep it out of builds and servers; the command line reads it for --online alone."""
    code = "import sys, kg.cli, kg.cli_online; print([one for one in sys.modules if one.startswith('urllib3')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_targets_that_services_fill_are_there() -> None:
    assert {target for one in SERVICES.values() for target in one.targets} <= TARGETS.keys()
    names = [one.name for of in SERVICES.values() for one in of.endpoints]
    assert len(names) == len(set(names))
    assert all(one.address.startswith("https://") for of in SERVICES.values() for one in of.endpoints)


def test_the_documentation_names_who_is_asked_how_often_and_with_which_key() -> None:
    page = (Path(__file__).parents[3] / "docs" / "interoperability.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if "://" in line and line.startswith("|")]
    told = {row[2].split()[0].strip("`"): row for row in rows if len(row) == 8}
    for service in SERVICES.values():
        for endpoint in service.endpoints:
            row = told[endpoint.name]
            assert row[2].split()[1] == endpoint.address
            assert row[3].split(",")[0].split(";")[0].strip() == f"{endpoint.seconds:g}"
            assert endpoint.keyed is None or f"with a key {endpoint.keyed:g}" in row[3]
            batch = max(one.batch for one in service.kinds if one.endpoint == endpoint.name)
            assert service.name == "orkg" or int(row[4]) == batch
            assert row[6].strip().strip("`") == (key_variable(service.name) if service.key else "")


def test_no_test_here_reaches_the_world(monkeypatch: pytest.MonkeyPatch, world: World, store: Path) -> None:
    """Names are not looked up: all addresses of the tests are of this machine."""

    def refuse(host: str, *_: object, **__: object) -> object:
        raise AssertionError(f"somebody asked for {host}")

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: real(host, *a, **k) if host == "127.0.0.1" else refuse(host)
    )
    assert link(world, store, "--to", "all", "--online").exit_code == 0
