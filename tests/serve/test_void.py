"""What the server says of its graph: VoID and DCAT, counted on the version that it serves."""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import requests
from click.testing import CliRunner
from rdflib import DCAT, DCTERMS, RDF, VOID, Graph, Literal, Namespace, URIRef

from kg.cli_dump import dump
from kg.query.formats import Format, formats_for
from kg.settings import Settings
from kg.store import open_store
from tests.export.small_store import make_store
from tests.serve.conftest import Running, running

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
SHAPES = Path(__file__).with_name("void_shapes.ttl")
SPDX = Namespace("http://spdx.org/rdf/terms#")
PT = Namespace("https://w3id.org/papertriples/ontology#")


@pytest.fixture(scope="module")
def location(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("void") / "store")


@pytest.fixture(scope="module")
def described(location: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a licence and a dump."""
    out = tmp_path_factory.mktemp("void") / "dump"
    done = CliRunner().invoke(dump, ["--store", str(location), "--out", str(out), "-q"])
    assert done.exit_code == 0, done.output
    with running(location, settings=Settings({"workers": 1, "licence": LICENCE, "dumps": str(out)})) as server:
        yield server


@pytest.fixture(scope="module")
def void(described: Running) -> Graph:
    return Graph().parse(data=requests.get(f"{described.address}/void", timeout=60).text, format="turtle")


def test_it_says_what_it_must(void: Graph) -> None:
    conforms, _, told = pyshacl.validate(void, shacl_graph=Graph().parse(SHAPES))
    assert conforms, told
    void.remove((None, VOID.classPartition, None))  # the check can fail
    assert not pyshacl.validate(void, shacl_graph=Graph().parse(SHAPES))[0]


def test_it_counts_what_is_there(described: Running, location: Path) -> None:
    graph = Graph().parse(f"{described.address}/void", format="turtle")
    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    with open_store(location) as store:
        triples = [quad.triple for quad in store.graph.quads_for_pattern(None, None, None, ox.DefaultGraph())]
        base = store.base_iri
    assert str(dataset) == f"{base}void#dataset"
    assert graph.value(dataset, VOID.triples) == Literal(len(triples))
    properties = Counter(triple.predicate.value for triple in triples)
    assert _parts(graph, VOID.propertyPartition, VOID.property, VOID.triples) == properties
    classes = Counter(triple.object.value for triple in triples if triple.predicate.value == str(RDF.type))
    assert _parts(graph, VOID.classPartition, VOID["class"], VOID.entities) == {
        name: count for name, count in classes.items() if "//" in name
    }
    assert graph.value(dataset, VOID.distinctSubjects) == Literal(len({triple.subject for triple in triples}))
    assert graph.value(dataset, VOID.distinctObjects) == Literal(len({triple.object for triple in triples}))
    typed = {str(triple.subject.value) for triple in triples if triple.predicate.value == str(RDF.type)}
    ours = {iri for iri in typed if iri.startswith(base)}
    assert graph.value(dataset, VOID.entities) == Literal(len(ours))
    assert {str(one) for one in graph.objects(dataset, VOID.exampleResource)} <= ours
    assert URIRef(str(PT)) in set(graph.objects(dataset, VOID.vocabulary))
    assert graph.value(dataset, DCTERMS.license) == URIRef(LICENCE)
    assert len(list(graph.objects(dataset, VOID.subset))) >= 1


def _parts(graph: Graph, partition: URIRef, name: URIRef, count: URIRef) -> dict[str, int]:
    nodes = list(graph.objects(None, partition))
    return {str(graph.value(node, name)): int(graph.value(node, count) or 0) for node in nodes}


@pytest.mark.parametrize("form", formats_for("graph"), ids=lambda form: form.name)
def test_every_format_says_the_same(described: Running, form: Format) -> None:
    turtle = requests.get(f"{described.address}/void", timeout=60).content
    assert form.graph is not None
    for path in ("/void", "/.well-known/void"):
        found = requests.get(described.address + path, headers={"Accept": form.media_type}, timeout=60)
        assert (found.status_code, found.headers["Content-Type"].partition(";")[0]) == (200, form.media_type)
        assert found.headers["Content-Location"] == "/void"
        assert set(ox.parse(found.content, format=form.graph)) == set(ox.parse(turtle, format=ox.RdfFormat.TURTLE))


def test_people_get_a_page(described: Running) -> None:
    page = requests.get(f"{described.address}/void", headers={"Accept": "text/html"}, timeout=60)
    assert page.headers["Content-Type"].startswith("text/html")
    assert ("<code>pt:Paper</code>" in page.text, "papertriples.nq.gz" in page.text, LICENCE in page.text) == (
        True,
    ) * 3
    assert requests.get(f"{described.address}/void", headers={"Accept": "image/png"}, timeout=60).status_code == 406


def test_dumps_are_what_the_description_says(described: Running, location: Path) -> None:
    graph = Graph().parse(f"{described.address}/void")
    files = list(graph.objects(None, DCAT.distribution))
    assert len(files) == 4
    for file in files:
        content = requests.get(str(file), timeout=60).content
        assert graph.value(file, DCAT.byteSize) == Literal(len(content))
        checksum = graph.value(file, SPDX.checksum)
        assert str(graph.value(checksum, SPDX.checksumValue)) == hashlib.sha256(content).hexdigest()
    (quads,) = [file for file in graph.objects(None, VOID.dataDump) if str(file).endswith(".nq.gz")]
    text = gzip.decompress(requests.get(str(quads), timeout=60).content)
    with open_store(location) as store:
        named = {quad for quad in store.graph if quad.graph_name != ox.DefaultGraph()}
    assert set(ox.parse(text, format=ox.RdfFormat.N_QUADS)) == named
    for name in ("SHA256SUMS", "../store/papertriples.json", "%2e%2e%2fstore%2fpapertriples.json", "nothing"):
        assert requests.get(f"{described.address}/dumps/{name}", timeout=60).status_code == 404


def test_the_service_description_leads_to_it(described: Running) -> None:
    endpoint = f"{described.address}/sparql"
    found = requests.get(endpoint, headers={"Accept": "text/turtle"}, timeout=60)
    assert f'<{described.address}/void>; rel="describedby"' in found.headers["Link"]
    graph = Graph().parse(data=found.text)
    rdfs = Namespace("http://www.w3.org/2000/01/rdf-schema#")
    assert (URIRef(endpoint), rdfs.seeAlso, URIRef(f"{described.address}/void")) in graph


def test_a_version_is_counted_once(location: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.serve import void as module

    asked: list[int] = []
    original = module.contents_of

    def counted(store: object) -> object:
        asked.append(1)
        return original(store)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "contents_of", counted)
    with running(location, workers=1) as server:
        first = requests.get(f"{server.address}/void", timeout=60)
        requests.get(f"{server.address}/void", headers={"Accept": "text/html"}, timeout=60)
        again = requests.get(f"{server.address}/void", headers={"If-None-Match": first.headers["ETag"]}, timeout=60)
    assert (first.status_code, again.status_code, len(asked)) == (200, 304, 1)
