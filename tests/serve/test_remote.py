"""Stores that are elsewhere: other servers that hold our export, read and served as if they were a folder here."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pyoxigraph as ox
import pytest
import requests

from kg.errors import StoreError, StoreMissing, UsageError
from kg.export import export
from kg.export.void import contents_of
from kg.query import Recipe, load_recipes, run_query
from kg.settings import Settings
from kg.store import EmbeddedStore, RemoteStore, check_merge, open_store
from tests.query.test_recipes_shipped import ASKED
from tests.serve.conftest import Running, running
from tests.serve.endpoints import MERGE, oxigraph, virtuoso
from tests.serve.plain_server import running_plain
from tests.serve.test_workers import ENDLESS

RECIPES = load_recipes()
HTML = {"Accept": "text/html"}
_COALESCE = "Virtuoso's COALESCE gives an error where its first argument is one"
VIRTUOSO_FAILS = {
    "code-by-host": _COALESCE,
    "repositories": _COALESCE,
    "paper-graph": "Virtuoso has every graph in GRAPH ?graph, that of the merge as well",
}


@pytest.fixture(scope="module")
def exported(small_location: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The named graphs, and their merge."""
    folder = tmp_path_factory.mktemp("exported")
    with open_store(small_location) as store:
        for form in ("nq", "nt"):
            export(store, form, folder / f"export.{form}")
    return folder / "export.nq", folder / "export.nt"


@pytest.fixture(
    scope="module",
    params=["oxigraph", "plain", pytest.param("virtuoso", marks=pytest.mark.system("virtuoso-opensource-7-bin"))],
)
def endpoint(
    request: pytest.FixtureRequest, exported: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a server that holds the small graph."""
    folder = tmp_path_factory.mktemp("endpoint")
    if request.param == "oxigraph":
        with oxigraph(folder / "oxigraph", *exported) as address:
            yield address
    elif request.param == "virtuoso":
        with virtuoso(folder / "virtuoso", *exported) as address:
            yield address
    else:
        with running_plain(folder / "plain", workers=4) as address:
            load(address, exported)
            yield f"{address}/sparql"


def load(address: str, exported: tuple[Path, Path]) -> None:
    """Put what was exported into a plain dataset, graph by graph."""
    quads, merge = exported
    graphs: dict[str, list[ox.Triple]] = {}
    for quad in ox.parse(path=quads, format=ox.RdfFormat.N_QUADS):
        assert isinstance(quad.graph_name, ox.NamedNode)
        graphs.setdefault(quad.graph_name.value, []).append(quad.triple)
    bodies = {name: ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) for name, triples in graphs.items()}
    for name, body in (*bodies.items(), ("", merge.read_bytes())):
        at = f"{address}/data?" + (f"graph={name}" if name else "default")
        sent = requests.put(at, body, headers={"Content-Type": "application/n-triples"}, timeout=60)
        assert sent.ok, sent.text


@pytest.fixture(scope="module")
def remote(endpoint: str) -> Iterator[RemoteStore]:
    with open_store(endpoint) as store:
        assert isinstance(store, RemoteStore)
        yield store


@pytest.fixture(scope="module")
def local(small_location: Path) -> Iterator[EmbeddedStore]:
    with open_store(small_location) as store:
        yield store


@pytest.fixture(scope="module")
def served(endpoint: str) -> Iterator[Running]:
    with running(endpoint, settings=Settings({"workers": 2, "timeout": 30.0})) as server:
        yield server


def lines(store: EmbeddedStore, recipe: Recipe, given: dict[str, str]) -> list[str]:
    out = io.BytesIO()
    run_query(store, recipe.bind(given), "tsv" if recipe.kind == "SELECT" else "nt", out)
    return sorted(map(as_virtuoso, out.getvalue().decode().splitlines()))


def as_virtuoso(line: str) -> str:
    """Virtuoso 7 has no booleans: it keeps them as 1 and 0."""
    line = line.replace('"true"^^', '"1"^^').replace('"false"^^', '"0"^^')
    return "\t".join({"true": "1", "false": "0"}.get(cell, cell) for cell in line.split("\t"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_recipe_says_what_it_says_here(
    request: pytest.FixtureRequest, remote: RemoteStore, local: EmbeddedStore, recipe: Recipe
) -> None:
    if MERGE in remote.endpoint.url and recipe.name in VIRTUOSO_FAILS:
        request.node.add_marker(pytest.mark.xfail(reason=VIRTUOSO_FAILS[recipe.name], strict=True))
    given = ASKED.get(recipe.name, recipe.example if any(one.required for one in recipe.parameters) else {})
    if recipe.name == "statement":
        (first, *_) = local.graph.query("SELECT ?s { ?s a <https://w3id.org/papertriples/ontology#Statement> }")
        given = {"statement": first[0].value}
    assert lines(remote, recipe, given) == lines(local, recipe, given)


def test_the_store_is_known_by_its_contents(remote: RemoteStore, local: EmbeddedStore) -> None:
    assert (remote.base_iri, check_merge(remote)) == (local.base_iri, [])
    here, there = contents_of(local), contents_of(remote)
    assert (there.triples, there.classes, there.properties) == (here.triples, here.classes, here.properties)
    assert {hit.iri for hit in remote.search("starling")} == {hit.iri for hit in local.search("starling")}
    assert remote.search("starling net")[0].iri == local.search("starling net")[0].iri
    assert remote.search("loom", ["Method"], 1)[0].type == "Method"
    assert remote.search(' " \\ ') == []
    names = remote.named(0, 1000)
    assert (len(names), names) == (remote.count_named(), sorted(set(names)))
    assert remote.named(2, 3) == names[2:5]
    merge = list(local.graph.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    found = remote.graph.quads_for_pattern(None, None, None, ox.DefaultGraph())
    assert {as_virtuoso(str(quad)) for quad in found} == {as_virtuoso(str(quad)) for quad in merge}
    one = next(quad for quad in merge if isinstance(quad.object, ox.NamedNode))
    assert list(remote.graph.quads_for_pattern(*one)) == [one]
    (graph, *_) = [name for name in local.graph.named_graphs() if name.value.startswith(local.base_iri)]
    assert set(remote.graph.quads_for_pattern(one.subject, None, None, None)) >= {one}
    assert graph in set(remote.graph.named_graphs())


def test_it_is_served_with_pages_recipes_and_formats(served: Running, server: Running) -> None:
    things = ("/search?q=starling", "/method/starling", "/feeds/papers.atom")
    for path in ("/", "/recipes", "/void", "/sparql", "/ontology", *things):
        found = requests.get(served.address + path, headers=HTML, timeout=60)
        assert (found.status_code, "ETag" in found.headers) == (200, False), (path, found.text)
    for path in ("/recipes/methods-by-papers?format=csv", "/recipes/leaderboard?dataset=orchard&format=csv"):
        here, there = (requests.get(one.address + path, timeout=60).text for one in (server, served))
        assert sorted(there.splitlines()) == sorted(here.splitlines())
    for path in ("/method/starling.nt", "/task/node-classification.nt"):
        here, there = (requests.get(one.address + path, timeout=60).text for one in (server, served))
        assert set(map(as_virtuoso, there.splitlines())) == set(map(as_virtuoso, here.splitlines()))
    (paper, *_) = requests.get(f"{served.address}/recipes/newest-papers", timeout=60).json()["results"]["bindings"]
    path = paper["paper"]["value"].removeprefix("https://w3id.org/papertriples")
    here, there = (requests.get(f"{one.address}{path}.nt", timeout=60).text for one in (server, served))
    assert set(map(as_virtuoso, there.splitlines())) == set(map(as_virtuoso, here.splitlines()))
    assert requests.get(f"{served.address}/health/ready", timeout=60).status_code == 200


def test_queries_have_the_same_limits(served: Running, remote: RemoteStore) -> None:
    endpoint = f"{served.address}/sparql"
    for query, status, code in (
        ("SELECT * WHERE { ?s ?p }", 400, "query-syntax"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403, "query-refused"),
        ("SELECT * FROM <urn:nothing> { ?s ?p ?o }", 403, "query-refused"),
    ):
        found = requests.get(endpoint, {"query": query}, timeout=60)
        assert (found.status_code, found.json().get("code")) == (status, code), (query, found.text)
    found = requests.get(endpoint, {"query": "SELECT * { ?s ?p }"}, timeout=60).json()
    assert (found["line"], found["column"] > 1) == (1, True)
    wanted = {"query": "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c }"}
    for accept in ("text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"):
        found = requests.get(endpoint, wanted, headers={"Accept": accept}, timeout=60)
        assert (found.status_code, found.headers["Content-Type"].partition(";")[0]) == (200, accept)
    refused = requests.post(f"{served.address}/update", {"update": "DROP ALL"}, timeout=60)
    assert (refused.status_code, refused.json()["code"]) == (403, "read-only")
    if MERGE not in remote.endpoint.url:  # Virtuoso refuses by itself what it takes to be too long
        with running(remote.endpoint.url, workers=1, timeout=2.0) as hurried:
            found = requests.get(f"{hurried.address}/sparql", {"query": ENDLESS}, timeout=60)
        assert (found.status_code, found.json()["code"]) == (504, "query-timeout")


def test_the_command_asks_it(endpoint: str) -> None:
    command = [sys.executable, "-m", "kg.cli", "query", "--store", endpoint, "--recipe", "methods-by-papers"]
    done = subprocess.run([*command, "--format", "csv"], capture_output=True, text=True, check=True, timeout=60)
    assert "Starling" in done.stdout
    assert done.stderr == ""


def test_a_default_graph_that_is_not_the_merge_is_told(exported: tuple[Path, Path], tmp_path: Path) -> None:
    quads, _ = exported
    with oxigraph(tmp_path / "named", quads) as address, open_store(address) as store:
        assert isinstance(store, RemoteStore)
        with pytest.raises(StoreError, match=r"its default graph holds no paper.*export --format nt"):
            check_merge(store)
        with pytest.raises(StoreError, match="holds no paper"):
            running(address, workers=1).__enter__()
    union = ("--union-default-graph",)
    with oxigraph(tmp_path / "union", quads, options=union) as address, open_store(address) as store:
        assert isinstance(store, RemoteStore)
        (told,) = check_merge(store)
        assert "once for each named graph" in told
        command = [sys.executable, "-m", "kg.cli", "query", "--store", address, "--recipe", "coverage"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        assert "once for each named graph" in done.stderr


def test_a_merge_that_lacks_something_is_told(exported: tuple[Path, Path], tmp_path: Path) -> None:
    quads, merge = exported
    part = tmp_path / "part.nt"
    kept = [line for line in merge.read_text(encoding="utf-8").splitlines(keepends=True) if "prefLabel" not in line]
    part.write_text("".join(kept), encoding="utf-8")
    with oxigraph(tmp_path / "part", quads, part) as address, open_store(address) as store:
        assert isinstance(store, RemoteStore)
        (told,) = check_merge(store)
        assert "its default graph lacks triples of <https://w3id.org/papertriples/graph/" in told


def test_what_is_no_store(tmp_path: Path) -> None:
    with running_plain(tmp_path / "empty") as address, pytest.raises(StoreMissing, match="holds no export"):
        open_store(f"{address}/sparql")
    for wrong in ("http://", "http://127.0.0.1:x/", "https://me:secret@example.org/sparql"):
        with pytest.raises(UsageError) as told:
            open_store(wrong)
        assert "secret" not in str(told.value)
    with pytest.raises(StoreError, match="cannot be reached"):
        open_store("http://127.0.0.1:9/sparql")


@pytest.mark.parametrize(
    ("status", "headers", "body", "told"),
    [
        (301, {"Location": "http://127.0.0.1:9/elsewhere"}, b"", "has moved to http://127.0.0.1:9/elsewhere"),
        (200, {"Content-Type": "text/html"}, b"<p>hello</p>", "answers a query with text/html"),
        (500, {"Content-Type": "text/plain"}, b"oh  no\n", r"failed \(500\): oh no"),
        (503, {}, b"", r"failed \(503\)"),
    ],
)
def test_what_answers_no_queries(status: int, headers: dict[str, str], body: bytes, told: str) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            with pytest.raises(StoreError, match=told):
                open_store(f"http://127.0.0.1:{server.server_port}/sparql")
        finally:
            server.shutdown()
            thread.join()


def test_an_endpoint_that_goes_is_told(exported: tuple[Path, Path], tmp_path: Path) -> None:
    endpoint = contextlib.ExitStack()
    address = endpoint.enter_context(oxigraph(tmp_path / "gone", *exported))
    with endpoint, running(address, workers=1) as served:
        asked = {"query": "ASK { ?s ?p ?o }"}
        assert requests.get(f"{served.address}/sparql", asked, timeout=60).json()["boolean"] is True
        endpoint.close()
        found = requests.get(f"{served.address}/sparql", asked, timeout=60)
        assert (found.status_code, found.json()["code"]) == (503, "store")
        assert address not in found.text
        assert requests.get(f"{served.address}/health/ready", timeout=60).status_code == 503
