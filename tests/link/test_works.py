"""Works of OpenAlex and Crossref, Semantic Scholar's references: which papers they are, and which cite which."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.graph import vocabulary as v
from kg.link import TARGETS, Linking, read_catalogue, record_catalogues
from kg.link.papers import PaperEntry
from kg.records import Identifier
from kg.store import open_store
from tests.link.cases import paper
from tests.query.small import IRIS, write_store

BIRDS = "Starling: Sparse Message Passing"
LOOM = "GraphLoom: a Loom for Graphs"
OPENALEX = [
    {
        "id": "https://openalex.org/W101",
        "doi": "https://doi.org/10.5555/Starling",
        "title": BIRDS,
        "publication_year": 2021,
        "ids": {"mag": "33"},
        "locations": [{"landing_page_url": "http://arxiv.org/abs/2106.00001"}, None, {"landing_page_url": None}],
        "referenced_works": ["https://openalex.org/W102", "https://openalex.org/W999"],
    },
    {"id": "https://openalex.org/W102", "display_name": LOOM, "publication_year": None, "doi": None},
    {"id": "https://openalex.org/W103", "title": None},
]
CROSSREF = {
    "DOI": "10.5555/Starling",
    "title": [BIRDS],
    "issued": {"date-parts": [[2021, 6]]},
    "reference": [{"key": "r1", "DOI": "10.5555/LOOM"}, {"key": "r2", "unstructured": "A book."}],
}


def links(folder: Path, papers: Sequence[Sequence[ox.Quad]], *files: Path) -> set[tuple[str, str, str]]:
    """The links of papers by the names of their first words, but for those that follow from identifiers alone."""
    store = write_store(folder / "store", [quad for one in papers for quad in one])
    recorded = record_catalogues(store, files, tuple(TARGETS), ())
    with open_store(store) as opened:
        found, alone = (set(one.quads(opened.graph, IRIS)) for one in (Linking(store, recorded), Linking(store)))
    return {
        (_name(q.subject), v.compress(q.predicate.value), _name(q.object))
        for q in found - alone
        if q.predicate != v.PROV_wasDerivedFrom
    }


def _name(term: object) -> str:
    assert isinstance(term, ox.NamedNode)
    iri = term.value
    return iri.rpartition("/")[2].partition("-")[0] if iri.startswith(IRIS.base_iri) else iri


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["lines", "page"])
def test_openalex_works(tmp_path: Path, form: str) -> None:
    rows = OPENALEX if form == "lines" else [{"meta": {"count": 3}, "results": OPENALEX}]
    starling = PaperEntry(
        "https://openalex.org/W101",
        BIRDS,
        2021,
        (
            Identifier("arxiv", "2106.00001"),
            Identifier("doi", "10.5555/starling"),
            Identifier("mag", "33"),
            Identifier("openalex", "W101"),
        ),
        (Identifier("openalex", "W102"), Identifier("openalex", "W999")),
    )
    loom = PaperEntry("https://openalex.org/W102", LOOM, None, (Identifier("openalex", "W102"),))
    assert read_catalogue(lines(tmp_path / "works.jsonl", *rows)) == [starling, loom]


@pytest.mark.parametrize("form", ["lines", "page", "one"])
def test_crossref_works(tmp_path: Path, form: str) -> None:
    untitled = {"DOI": "10.5555/none", "title": []}
    forms: dict[str, list[object]] = {
        "lines": [CROSSREF, untitled],
        "page": [{"status": "ok", "message": {"items": [CROSSREF, untitled]}}],
        "one": [{"status": "ok", "message": CROSSREF}],
    }
    own = (Identifier("doi", "10.5555/starling"),)
    entry = PaperEntry("https://doi.org/10.5555/starling", BIRDS, 2021, own, (Identifier("doi", "10.5555/loom"),))
    assert read_catalogue(lines(tmp_path / "works.jsonl", *forms[form])) == [entry]


def test_what_cites_what(tmp_path: Path) -> None:
    s2 = {
        "corpusId": 7,
        "title": "Wren",
        "externalIds": {"ArXiv": "2203.00002"},
        "references": [
            {"paperId": "a", "externalIds": {"ArXiv": "2106.00001", "CorpusId": 8}},
            {"externalIds": None},
            None,
        ],
    }
    papers = [
        paper(BIRDS, ("arxiv", "2106.00001")),
        paper(LOOM, ("openalex", "W102"), ("doi", "10.5555/loom")),
        paper("Wren: a Dense Network", ("arxiv", "2203.00002")),
    ]
    found = links(tmp_path, papers, lines(tmp_path / "openalex.jsonl", *OPENALEX), lines(tmp_path / "s2.jsonl", s2))
    # W999 is no paper of the graph; the work of the DOI alone is known by its identifier at OpenAlex.
    assert found == {
        ("starling", "schema:sameAs", "https://openalex.org/W101"),
        ("wren", "schema:sameAs", "https://api.semanticscholar.org/CorpusID:7"),
        ("starling", "cito:cites", "graphloom"),
        ("wren", "cito:cites", "starling"),
    }


def test_citations_need_an_identifier(tmp_path: Path) -> None:
    papers = [paper(BIRDS), paper(LOOM, ("openalex", "W102"))]
    found = links(tmp_path, papers, lines(tmp_path / "openalex.jsonl", *OPENALEX))
    assert found == {("starling", "rdfs:seeAlso", "https://openalex.org/W101")}


def test_a_publication_comes_before_its_preprint(tmp_path: Path) -> None:
    published = {**CROSSREF, "reference": []}
    rows = [
        {"id": "https://openalex.org/W1", "title": BIRDS, "doi": "https://doi.org/10.48550/arxiv.2106.00001"},
        {"id": "https://openalex.org/W2", "title": BIRDS, "doi": "https://doi.org/10.5555/starling"},
    ]
    known = paper(BIRDS, ("arxiv", "2106.00001"), ("doi", "10.5555/starling"))
    both = lines(tmp_path / "openalex.jsonl", *rows)
    assert links(tmp_path, [known], both, lines(tmp_path / "crossref.jsonl", published)) == {
        ("starling", "schema:sameAs", "https://openalex.org/W2")
    }
    # Two entries with one identifier: which is it?
    twice = [rows[1], {**rows[1], "id": "https://openalex.org/W3"}]
    (tmp_path / "again").mkdir()
    assert links(tmp_path / "again", [known], lines(tmp_path / "openalex.jsonl", *twice)) == set()


def test_names_for_all_languages_are_read_where_there_is_no_english_one(tmp_path: Path) -> None:
    label, item = "<http://www.w3.org/2000/01/rdf-schema#label>", "http://www.wikidata.org/entity/"
    path = tmp_path / "slice.nt"
    path.write_text(
        f'<{item}Q1> {label} "Starling"@mul .\n<{item}Q2> {label} "Loom"@en .\n<{item}Q2> {label} "LOOM"@mul .\n'
    )
    assert [one.label for one in read_catalogue(path) if not isinstance(one, PaperEntry)] == ["Starling", "Loom"]
