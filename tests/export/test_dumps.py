"""A dump is whole: each file is as its checksum says, and each description can be read."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pyoxigraph
import rdflib
from click.testing import CliRunner

from kg.cli_dump import dump
from kg.store import open_store
from tests.export.small_store import make_store

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"


def test_a_dump_is_whole_and_the_same_again(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    for name in ("one", "two"):
        done = CliRunner().invoke(dump, ["--store", str(store), "--out", str(tmp_path / name), "--licence", LICENCE])
        assert done.exit_code == 0, done.output
    sums = dict(reversed(line.split("  ")) for line in (tmp_path / "one" / "SHA256SUMS").read_text().splitlines())
    assert {path.name for path in (tmp_path / "one").iterdir()} == {*sums, "SHA256SUMS"}
    for name, digest in sums.items():
        content = (tmp_path / "one" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
        assert content == (tmp_path / "two" / name).read_bytes()
    with open_store(store) as opened:
        named = {quad for quad in opened.graph if quad.graph_name != pyoxigraph.DefaultGraph()}
    text = gzip.decompress((tmp_path / "one" / "papertriples.nq.gz").read_bytes())
    assert set(pyoxigraph.parse(input=text, format=pyoxigraph.RdfFormat.N_QUADS)) == named

    void = rdflib.Graph().parse(tmp_path / "one" / "void.ttl")
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    assert len(list(void.objects(None, dcat.distribution))) == 4
    assert (None, rdflib.DCTERMS.license, rdflib.URIRef(LICENCE)) in void
    croissant = json.loads((tmp_path / "one" / "croissant.json").read_text())
    # mlcroissant takes no description without the language and the terms of the specification's own context.
    assert croissant["@context"]["@language"] == "en"
    assert croissant["@context"]["dataType"] == {"@id": "cr:dataType", "@type": "@vocab"}
    assert croissant["@context"]["recordSet"] == "cr:recordSet"
    assert "--select" not in (tmp_path / "one" / "README.md").read_text()
    assert {one["@id"]: one["sha256"] for one in croissant["distribution"]}.items() <= sums.items()


def test_without_texts(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    done = CliRunner().invoke(dump, ["--store", str(store), "--out", str(tmp_path / "out"), "--without-texts", "-q"])
    assert (done.exit_code, done.output) == (0, "")
    text = gzip.decompress((tmp_path / "out" / "papertriples.nq.gz").read_bytes()).decode()
    assert 'oa#exact> "' not in text
    assert 'textDigest> "oa:exact sha256:' in text
