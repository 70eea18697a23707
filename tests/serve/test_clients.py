"""Clients of each kind, against a server that really runs: the snippets of docs/clients.md, as they stand there."""

from __future__ import annotations

import contextlib
import functools
import io
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from tests.conftest import ROOT
from tests.serve.browsing import browse
from tests.serve.command_server import serving
from tests.serve.pages_library import LIBRARY, write_store

WRITTEN = "http://127.0.0.1:8000"  # the address in the page
PAGE = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
SNIPPETS: dict[str, str] = dict(re.findall(r"```\w+ ([\w-]+)\n(.*?)```", PAGE, re.DOTALL))
PT = "https://w3id.org/papertriples/ontology#"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = write_store(tmp_path_factory.mktemp("clients") / "store", LIBRARY)
    with serving(store, "--workers", "1") as served:
        yield served.address


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("clients") / "dataset", "--plain") as served:
        yield served.address


def python(name: str, address: str) -> list[str]:
    """The lines that a snippet of Python prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(SNIPPETS[name].replace(WRITTEN, address), name, "exec"), {})
    return printed.getvalue().splitlines()


def shell(name: str, address: str) -> str:
    """What a snippet for the shell prints."""
    command = ["bash", "-euo", "pipefail", "-c", SNIPPETS[name].replace(WRITTEN, address)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def test_every_snippet_is_run() -> None:
    assert PAGE.count("\n```\n") == len(SNIPPETS)
    tested = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in SNIPPETS if f'("{name}"' not in tested and f'["{name}"]' not in tested] == []


def test_sparqlwrapper(address: str) -> None:
    assert python("sparqlwrapper", address) == ['<script>alert("title")</script>', "Better Graphs", "Equal Graphs"]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # SPARQLWrapper makes one of JSON-LD
@pytest.mark.parametrize("form", ["xml", "turtle", "json-ld", "rdf+xml", "csv", "tsv"])
def test_sparqlwrapper_in_each_of_its_formats(address: str, form: str) -> None:
    from SPARQLWrapper import SPARQLWrapper

    rows = form in ("xml", "csv", "tsv")
    endpoint = SPARQLWrapper(f"{address}/sparql", returnFormat=form)
    endpoint.setMethod("POST")
    shape = f"{{ ?paper a <{PT}Paper> }}"
    endpoint.setQuery(f"SELECT ?paper WHERE {shape}" if rows else f"CONSTRUCT {shape} WHERE {shape}")
    found = endpoint.query()
    content = found.convert()
    if isinstance(content, bytes):
        assert content.count(b"/paper/") == len(LIBRARY), content
    elif isinstance(content, Graph):
        assert len(content) == len(LIBRARY)
    else:
        assert content.toxml().count("/paper/") == len(LIBRARY)


def test_sparqlstore_of_rdflib(address: str) -> None:
    assert python("rdflib", address) == ["node classification 3", "sentiment analysis 1"]
    graph = Graph(SPARQLStore(f"{address}/sparql"))
    kind = (None, URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), URIRef(f"{PT}Paper"))
    papers = list(graph.triples(kind))
    assert len(papers) == len(LIBRARY)
    assert papers[0] in graph


def test_sparqlupdatestore_of_rdflib(plain: str) -> None:
    assert python("rdflib-update", plain) == ["1"]
    store = SPARQLUpdateStore(f"{plain}/sparql", f"{plain}/update", autocommit=False)
    graph = Graph(store, URIRef("https://example.org/more"))
    subject, predicate = URIRef("https://example.org/x"), URIRef("https://example.org/says")
    texts = ["plain", 'quotes " and \\ and\nlines', "é😀", "?v { } ; DROP ALL"]
    for text in texts:
        graph.add((subject, predicate, Literal(text)))
    graph.remove((subject, predicate, Literal("plain")))
    store.commit()
    assert sorted(str(found) for found in graph.objects(subject, predicate)) == sorted(texts[1:])
    graph.update("DELETE WHERE { ?s ?p ?o }")
    store.commit()
    assert len(graph) == 0


@pytest.mark.system("curl")
def test_curl(address: str, plain: str) -> None:
    assert shell("curl", address).split() == ["papers", str(len(LIBRARY))]
    assert '"boolean":true' in shell("curl-post", address).replace(" ", "")
    assert '"read again"@en' in shell("curl-graph", plain)
    head = ["curl", "--silent", "--head", f"{address}/sparql?query=ASK%7B%7D"]
    found = subprocess.run(head, check=True, capture_output=True, text=True, timeout=60).stdout
    assert found.startswith("HTTP/1.1 200")
    etag = next(line.split(": ")[1] for line in found.splitlines() if line.lower().startswith("etag: "))
    again = subprocess.run([*head, "--header", f"If-None-Match: {etag}"], check=True, capture_output=True, text=True)
    assert again.stdout.startswith("HTTP/1.1 304")


@pytest.mark.system("chromium")
def test_fetch_of_a_page_of_another_origin(address: str, plain: str, tmp_path: Path) -> None:
    code = SNIPPETS["fetch"].replace(WRITTEN, address)
    write = f"""
      fetch("{plain}/update", {{method: "POST", body: new URLSearchParams({{update: "DROP ALL"}})}})
        .then(answer => answer.status)"""
    (tmp_path / "page.html").write_text(
        f"""<!doctype html><title>a client</title><p id="rows"></p><p id="headers"></p><p id="write"></p>
        <script type="module">
        const said = (where, text) => {{ document.getElementById(where).textContent = text; }};
        console.log = text => said("rows", `rows: ${{text}}`);
        {code}
        said("headers", `limit: ${{response.headers.get("Row-Limit")}}`);
        said("write", `write: ${{await ({write})}}`);
        </script>""",
        encoding="utf-8",
    )
    with _files(tmp_path) as origin:
        dom = browse(tmp_path / "profile", "--virtual-time-budget=20000", "--dump-dom", f"{origin}/page.html")
    assert f">rows: {len(LIBRARY)}<" in dom
    assert ">limit: 1000000<" in dom
    assert ">write: 403<" in dom


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextlib.contextmanager
def _files(folder: Path) -> Iterator[str]:
    """The address of a server of files: another port is another origin."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_pandas_by_csv(address: str) -> None:
    assert python("pandas", address) == ["85.5"]
    tasks = pd.read_csv(f"{address}/recipes/tasks-by-papers?format=csv")
    assert list(tasks["papers"]) == [3, 1]
