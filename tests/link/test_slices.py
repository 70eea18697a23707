"""Slices of Wikidata, ORKG, dblp and Semantic Scholar: what is read, and which papers are the same."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from kg.errors import UsageError
from kg.graph import vocabulary as v
from kg.link import TARGETS, Entry, Linking, read_catalogue, record_catalogues, report_of
from kg.link.papers import PaperEntry
from kg.records import Identifier
from kg.store import open_store
from tests.graph.cases import IRIS
from tests.query.small import write_store

ITEM = "http://www.wikidata.org/entity/"
ORKG = "http://orkg.org/orkg/resource/"


def item(number: str, label: str, *aliases: str, **claims: str) -> dict[str, object]:
    return {
        "type": "item",
        "id": number,
        "labels": {"en": {"language": "en", "value": label}, "de": {"language": "de", "value": "anders"}},
        "aliases": {"en": [{"language": "en", "value": one} for one in aliases]},
        "claims": {
            name: [{"mainsnak": {"datavalue": {"value": {"id": found}, "type": "wikibase-entityid"}}}]
            for name, found in claims.items()
        },
    }


ITEMS = [
    item("Q1", "node classification", "vertex classification", P279="Q2"),
    item("Q2", "machine learning task"),
    item("Q3", "Orchard", P31="Q1172284"),
    item("Q4", "Wren", P31="Q5"),  # a person
]
WIKIDATA = [
    Entry(
        ITEM + "Q1",
        "node classification",
        ("Method", "Metric", "Task"),
        ("vertex classification",),
        ("machine learning task",),
    ),
    Entry(ITEM + "Q2", "machine learning task", ("Method", "Metric", "Task")),
    Entry(ITEM + "Q3", "Orchard", ("Dataset",)),
]


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["lines", "dump", "gzip"])
def test_wikidata_as_json(tmp_path: Path, form: str) -> None:
    lines = [json.dumps(one) for one in ITEMS]
    text = "[\n" + ",\n".join(lines) + "\n]\n" if form == "dump" else "\n".join(lines)
    path = tmp_path / "wikidata.json"
    path.write_bytes(gzip.compress(text.encode()) if form == "gzip" else text.encode())
    assert read_catalogue(path) == WIKIDATA


def test_wikidata_as_triples(tmp_path: Path) -> None:
    label, alias = "http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#altLabel"
    direct = "http://www.wikidata.org/prop/direct/"
    lines = [
        f'<{ITEM}Q1> <{label}> "node classification"@en .',
        f'<{ITEM}Q1> <{label}> "anders"@de .',
        f'<{ITEM}Q1> <{alias}> "vertex classification"@en .',
        f"<{ITEM}Q1> <{direct}P279> <{ITEM}Q2> .",
        f'<{ITEM}Q2> <{label}> "machine learning task"@en .',
        f'<{ITEM}Q3> <{label}> "Orchard"@en .',
        f"<{ITEM}Q3> <{direct}P31> <{ITEM}Q1172284> .",
        f'<{ITEM}Q4> <{label}> "Wren"@en .',
        f"<{ITEM}Q4> <{direct}P31> <{ITEM}Q5> .",
    ]
    assert read_catalogue(written(tmp_path / "slice.nt", "\n".join(lines))) == WIKIDATA


RESOURCES = [
    Entry(ORKG + "R1", "Node Classification", ("Task",)),
    Entry(ORKG + "R2", "Orchard", ("Dataset",)),
]


def test_orkg(tmp_path: Path) -> None:
    rows = [
        {"id": "R1", "label": "Node  Classification", "classes": ["Problem"], "_class": "resource"},
        {"id": "R2", "label": "Orchard", "classes": ["Dataset"], "_class": "resource"},
        {"id": "R3", "label": "A paper", "classes": ["Paper"], "_class": "resource"},
    ]
    assert read_catalogue(written(tmp_path / "a.jsonl", "\n".join(json.dumps(one) for one in rows))) == RESOURCES
    assert read_catalogue(written(tmp_path / "b.json", json.dumps({"content": rows}))) == RESOURCES
    label, kind = "http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    triples = [
        line
        for row in rows
        for line in (
            f'<{ORKG}{row["id"]}> <{label}> "{row["label"]}" .',
            f"<{ORKG}{row['id']}> <{kind}> <http://orkg.org/orkg/class/{row['classes'][0]}> .",
        )
    ]
    assert read_catalogue(written(tmp_path / "c.nt", "\n".join(triples))) == RESOURCES


DBLP_XML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE dblp SYSTEM "dblp.dtd">
<dblp>
<inproceedings key="conf/birds/Example21"><author>Ada M&uuml;ller</author>
<title>Starling: Sparse <i>Message</i> Passing.</title><year>2021</year>
<ee>https://doi.org/10.48550/arXiv.2106.00001</ee></inproceedings>
<article key="journals/birds/Sample22"><title>Wren: A Dense Network.</title><year>2022</year></article>
<article key="journals/birds/Other09"><title>A Second Look at Small Birds.</title><year>2009</year></article>
<www key="homepages/1"><title>Home Page</title></www>
</dblp>
"""


def test_dblp_as_xml_and_triples(tmp_path: Path) -> None:
    found = read_catalogue(written(tmp_path / "dblp.xml", DBLP_XML))
    arxiv = (Identifier("arxiv", "2106.00001"),)
    assert (
        PaperEntry("https://dblp.org/rec/conf/birds/Example21", "Starling: Sparse Message Passing", 2021, arxiv)
        in found
    )
    assert [one.iri.rsplit("/", 1)[-1] for one in found] == ["Example21", "Other09", "Sample22"]
    rec, terms = "https://dblp.org/rec/conf/birds/Example21", "https://dblp.org/rdf/schema#"
    triples = [
        f'<{rec}> <{terms}title> "Starling: Sparse Message Passing." .',
        f'<{rec}> <{terms}yearOfPublication> "2021"^^<http://www.w3.org/2001/XMLSchema#gYear> .',
        f"<{rec}> <{terms}doi> <https://doi.org/10.48550/arXiv.2106.00001> .",
    ]
    assert read_catalogue(written(tmp_path / "dblp.nt", "\n".join(triples))) == found[:1]


def test_papers_are_linked_or_not(tmp_path: Path) -> None:
    store = write_store(tmp_path / "store")
    s2 = json.dumps({"corpusid": 7, "title": "Anything", "year": 2021, "externalids": {"ArXiv": "2106.00001"}})
    files = [written(tmp_path / "dblp.xml", DBLP_XML), written(tmp_path / "s2.jsonl", s2)]
    linking = Linking(store, record_catalogues(store, files, tuple(TARGETS), ()))
    with open_store(store) as opened:
        rows, _ = report_of((), ("dblp", "semanticscholar"), linking.paper_decisions(opened.graph))
        links = {
            (
                quad.subject.value.rpartition("/")[2].partition("-")[0],
                v.compress(quad.predicate.value),
                quad.object.value,
            )
            for quad in linking.quads(opened.graph, IRIS)
            if not quad.object.value.startswith("https://dblp.org/rec/journals/corr/")
        }
    # The arXiv identifier names one paper; another has title and year; a third has the title of twelve years before.
    assert ("starling", "schema:sameAs", "https://dblp.org/rec/conf/birds/Example21") in links
    assert ("wren", "rdfs:seeAlso", "https://dblp.org/rec/journals/birds/Sample22") in links
    assert ("starling", "schema:sameAs", "https://api.semanticscholar.org/CorpusID:7") in links
    assert not any("Other09" in one[2] for one in links)
    assert [(one.target, one.linked, one.abstained) for one in rows] == [("dblp", 2, 1), ("semanticscholar", 1, 0)]


def test_a_broken_slice_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a catalogue as its publisher writes it"):
        read_catalogue(written(tmp_path / "x.nt", f"<{ITEM}Q1> broken"))
    with pytest.raises(UsageError, match=r"x\.xml: .*expected a catalogue"):
        read_catalogue(written(tmp_path / "x.xml", "<dblp><article></dblp>"))
