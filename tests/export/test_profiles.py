"""Profiles and folders: read back by libraries, with terms that the targets' own vocabularies hold."""

from __future__ import annotations

import csv
import gzip
import io
import json
import logging
import re
import sys
import warnings
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import bibtexparser
import jsonschema
import pyoxigraph
import pytest
import rdflib
from pyarrow import parquet

from kg.errors import UsageError
from kg.export import FORMATS, ExportOptions, export, selected_papers
from kg.export.options import EVERYTHING
from kg.export.profiles import FOLDER, profile_prefixes, profile_query
from kg.export.texts import text_digest_of
from kg.graph import vocabulary as v
from kg.store import EmbeddedStore, open_store
from tests.export.papers_with_code_schemas import PAPERS_WITH_CODE
from tests.export.small_store import make_store

PROFILES = sorted(path.stem for path in FOLDER.glob("*.rq"))
PAPER = "https://example.org/kg/paper/acl-n18-3011"
WITHOUT = ExportOptions(texts=False)
TEXTS = {"exact": v.OA_exact, "abstract": v.DCTERMS_abstract}
# Where the terms of a namespace are defined; what is not here has no file to look into.
VOCABULARIES = {
    "http://www.w3.org/ns/mls#": "mls.ttl",
    "http://w3id.org/mlso/": "mlso.ttl",
    "https://linkedpaperswithcode.com/": "lpwc.ttl",
    "http://purl.org/spar/fabio/": "fabio.ttl",
    "http://purl.org/spar/cito/": "cito.ttl",
    "https://schema.org/": "schema.ttl",
    "http://xmlns.com/foaf/0.1/": "foaf.ttl",
    "http://purl.org/dc/terms/": "dcterms.ttl",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    with open_store(make_store(tmp_path_factory.mktemp("profiles") / "store")) as opened:
        yield opened


def written(store: EmbeddedStore, name: str, folder: Path, options: ExportOptions = EVERYTHING) -> rdflib.Graph:
    path = folder / f"graph{FORMATS[name].suffixes[0]}"
    export(store, name, path, options=options)
    graph = rdflib.Graph(bind_namespaces="none")
    quads = pyoxigraph.parse(path=str(path), format=FORMATS[name].rdf)
    for quad in quads:
        graph.parse(data=f"{quad.subject} {quad.predicate} {quad.object} .", format="nt")
    return graph


def test_each_query_is_a_profile() -> None:
    assert sorted(one.profile for one in FORMATS.values() if one.profile) == PROFILES
    for name in PROFILES:
        assert profile_query(name).startswith("# ")


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_says_papers_and_results(store: EmbeddedStore, tmp_path: Path, name: str) -> None:
    graph = written(store, name, tmp_path)
    titles = {str(found) for _, _, found in graph}
    assert any("Small" in title and "Things" in title for title in titles)
    results = [one.subject for one in store.graph.quads_for_pattern(None, v.PT_value, None, pyoxigraph.DefaultGraph())]
    absolute = {
        one.subject
        for one in store.graph.quads_for_pattern(None, v.PT_valueKind, v.PT_absolute, pyoxigraph.DefaultGraph())
    }
    assert 0 < len(absolute) < len(results)
    for result in results:
        # A difference would be read as what was measured where nothing says that it is one.
        there = name == "schemaorg" or (name != "spar" and result in absolute)
        assert ((rdflib.URIRef(result.value), None, None) in graph) == there, (name, result)


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_leads_to_terms_that_exist(store: EmbeddedStore, tmp_path: Path, shared: Path, name: str) -> None:
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # lpwc has blanks inside IRIs
    graph = written(store, name, tmp_path)
    terms = {str(found) for _, predicate, found in graph if predicate == rdflib.RDF.type}
    terms |= {str(predicate) for _, predicate, _ in graph}
    looked_up = 0
    known: dict[str, set[str]] = {}
    for term in sorted(terms, key=lambda one: "linkedpaperswithcode" not in one):
        for namespace, file in VOCABULARIES.items():
            if term.startswith(namespace):
                if file not in known:
                    parsed = rdflib.Graph().parse(shared / "vocabularies" / file)
                    known[file] = {
                        str(subject).replace("http://schema.org/", "https://schema.org/")
                        for subject in parsed.subjects()
                    }
                # Linked Papers with Code writes one of FaBiO's properties in its own way.
                of_target = known.get("lpwc.ttl", set()) if name == "lpwc" else set()
                assert term in known[file] | of_target, f"{file} has no {term}"
                looked_up += 1
    assert looked_up > 2 or name == "orkg"


def test_predicates_of_the_research_graph_are_as_it_has_them(store: EmbeddedStore, tmp_path: Path) -> None:
    """Its predicates have no vocabulary to look into: P31 is a contribution, P32 a research problem."""
    graph = written(store, "orkg", tmp_path)
    predicate = rdflib.Namespace("http://orkg.org/orkg/predicate/")
    contribution = rdflib.URIRef(PAPER + "/contribution")
    assert (rdflib.URIRef(PAPER), predicate.P31, contribution) in graph
    for _, _, found in graph.triples((None, predicate.P32, None)):
        assert (found, rdflib.RDF.type, rdflib.URIRef("http://orkg.org/orkg/class/Problem")) in graph


@pytest.mark.parametrize("name", ["nq", "trig", "ttl", "schemaorg", "spar", "lpwc", "nanopub"])
def test_texts_can_be_left_out(store: EmbeddedStore, tmp_path: Path, name: str) -> None:
    texts = {
        quad.object.value
        for predicate in (v.DCTERMS_abstract, v.PT_summary, v.OA_exact)
        for quad in store.graph.quads_for_pattern(None, predicate, None, pyoxigraph.DefaultGraph())
    }
    titles = {
        q.object.value for q in store.graph.quads_for_pattern(None, v.DCTERMS_title, None, pyoxigraph.DefaultGraph())
    }
    path = tmp_path / f"graph{FORMATS[name].suffixes[0]}"
    export(store, name, path, options=WITHOUT)
    held = {quad.object.value for quad in pyoxigraph.parse(path=str(path), format=FORMATS[name].rdf)}
    assert texts
    assert not held & (texts - titles)
    if name in ("nq", "ttl", "nanopub"):
        assert any(one.startswith("oa:exact sha256:") for one in held)


def test_nanopublications_are_whole(store: EmbeddedStore, tmp_path: Path) -> None:
    """What the guidelines ask for and a file can show: four graphs, none empty, each about the right thing."""
    export(store, "nanopub", tmp_path / "np.trig")
    dataset = pyoxigraph.Store()
    dataset.load(path=str(tmp_path / "np.trig"), format=pyoxigraph.RdfFormat.TRIG)
    np = "http://www.nanopub.org/nschema#"
    found = [
        quad.subject
        for quad in dataset.quads_for_pattern(None, v.RDF_type, pyoxigraph.NamedNode(np + "Nanopublication"))
    ]
    assert found
    for one in found:
        parts = []
        for name in ("hasAssertion", "hasProvenance", "hasPublicationInfo"):
            (quad,) = dataset.quads_for_pattern(one, pyoxigraph.NamedNode(np + name), None)
            parts.append(quad.object)
            assert quad.graph_name.value == f"{one.value}/head"
        assert len(set(parts)) == 3
        assertion, provenance, published = (list(dataset.quads_for_pattern(None, None, None, part)) for part in parts)
        assert len(assertion) == 1
        assert any(quad.subject == parts[0] for quad in provenance)
        assert any(quad.subject == one for quad in published)
    asserted = {quad.triple for quad in dataset if quad.graph_name.value.endswith("/assertion")}
    merge = {quad.triple for quad in store.graph.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph())}
    assert asserted <= merge


def test_bibtex_is_read_by_a_library(store: EmbeddedStore, tmp_path: Path) -> None:
    export(store, "bibtex", tmp_path / "papers.bib")
    library = bibtexparser.parse_file(str(tmp_path / "papers.bib"))
    assert not library.failed_blocks
    entry = next(one for one in library.entries if "doi" in one.fields_dict)
    assert entry["author"] == "Ada Byron and Ching Li and Ching Li"
    assert (entry["year"], entry["month"], entry["doi"]) == ("2018", "6", "10.18653/v1/n18-3011")
    assert len({one.key for one in library.entries}) == len(library.entries)


def test_bibtex_of_a_selection(store: EmbeddedStore, tmp_path: Path) -> None:
    papers = selected_papers(store, 'SELECT ?x WHERE { ?x <https://w3id.org/papertriples/ontology#aclId> "N18-3011" }')
    assert papers == {PAPER}
    export(store, "bibtex", tmp_path / "one.bib", options=ExportOptions(papers=papers))
    assert (tmp_path / "one.bib").read_text().count("\n@") + 1 == 1
    with pytest.raises(UsageError, match="not for ttl"):
        export(store, "ttl", tmp_path / "one.ttl", options=ExportOptions(papers=papers))
    with pytest.raises(UsageError, match="gives no IRI"):
        selected_papers(store, 'SELECT ("x" AS ?paper) {}')


def read_json(path: Path) -> list[dict[str, Any]]:
    rows = json.loads(gzip.decompress(path.read_bytes()))
    assert isinstance(rows, list)
    return rows


def test_papers_with_code_files(store: EmbeddedStore, tmp_path: Path) -> None:
    export(store, "paperswithcode", tmp_path / "pwc")
    assert len(list((tmp_path / "pwc").iterdir())) == 5
    papers = {row["paper_url"]: row for row in read_json(tmp_path / "pwc" / "papers-with-abstracts.json.gz")}
    assert papers[PAPER]["authors"] == ["Ada Byron", "Ching Li", "Ching Li"]
    assert papers[PAPER]["conference_url_pdf"] == "https://aclanthology.org/N18-3011.pdf"
    links = read_json(tmp_path / "pwc" / "links-between-papers-and-code.json.gz")
    assert {"https://github.com/Foo/Net"} <= {row["repo_url"] for row in links if row["is_official"]}
    assert read_json(tmp_path / "pwc" / "methods.json.gz")
    export(store, "paperswithcode", tmp_path / "again")
    for path in (tmp_path / "pwc").iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()
    export(store, "paperswithcode", tmp_path / "without", options=WITHOUT)
    assert not any(row["abstract"] for row in read_json(tmp_path / "without" / "papers-with-abstracts.json.gz"))
    for folder in ("pwc", "without"):
        for name, schema in PAPERS_WITH_CODE.items():
            jsonschema.validate(read_json(tmp_path / folder / f"{name}.json.gz"), schema)


def test_papers_with_code_files_say_no_more_than_the_graph(tmp_path: Path) -> None:
    """No method that a paper is merely compared with; no table without a row; a paper's addresses in each file."""
    iri = "https://example.org/kg/"
    paper, result, task, dataset = (
        pyoxigraph.NamedNode(iri + one)
        for one in ("paper/arxiv-2101-00001", "result/odd", "task/swan-counting", "dataset/swanbank")
    )
    triples = (
        (paper, v.PT_reports, result),
        (result, v.PT_task, task),
        (result, v.PT_dataset, dataset),
        (result, v.PT_valueKind, v.PT_absolute),
        (result, v.PT_value, pyoxigraph.Literal("9.5", datatype=v.XSD_decimal)),
    )
    graph = pyoxigraph.NamedNode(paper.value + "/graph")
    with open_store(make_store(tmp_path / "store", (pyoxigraph.Quad(*one, graph) for one in triples))) as opened:
        export(opened, "paperswithcode", tmp_path / "pwc")
    papers = {row["paper_url"]: row for row in read_json(tmp_path / "pwc" / "papers-with-abstracts.json.gz")}
    assert [one["name"] for one in papers[paper.value]["methods"]] == ["FooNet"]  # BazNet is what it is compared with
    tables = read_json(tmp_path / "pwc" / "evaluation-tables.json.gz")
    assert [one["task"] for one in tables] == ["shallow parsing"]
    links = read_json(tmp_path / "pwc" / "links-between-papers-and-code.json.gz")
    for row in links:
        described = papers[row["paper_url"]]
        assert (row["paper_url_abs"], row["paper_url_pdf"]) == (described["url_abs"], described["url_pdf"])
    assert any(row["paper_url_pdf"] == "https://arxiv.org/pdf/2101.00001" for row in links)


def test_tables_for_graph_databases_hold_together(store: EmbeddedStore, tmp_path: Path) -> None:
    export(store, "kgx", tmp_path / "kgx")
    with (tmp_path / "kgx" / "nodes.tsv").open(newline="") as file:
        nodes = {row["id"] for row in csv.DictReader(file, delimiter="\t")}
    with (tmp_path / "kgx" / "edges.tsv").open(newline="") as file:
        edges = list(csv.DictReader(file, delimiter="\t"))
    assert PAPER in nodes
    assert edges
    assert {end for edge in edges for end in (edge["subject"], edge["object"])} <= nodes
    assert any(float(edge["has_confidence_score"] or 0) > 0.5 for edge in edges)
    read = {edge["agent_type"] for edge in edges if edge["has_confidence_score"]}
    assert (read, {edge["knowledge_level"] for edge in edges}) == (
        {"text_mining_agent"},
        {"not_provided"},
    )  # of Biolink
    for edge in edges:
        assert bool(edge["publications"]) == bool(edge["has_confidence_score"])
        assert edge["publications"] == "" or edge["publications"] in nodes
    export(store, "neo4j", tmp_path / "neo4j")
    with (tmp_path / "neo4j" / "nodes.csv").open(newline="") as file:
        assert {row["iri:ID"] for row in csv.DictReader(file)} == nodes
    with (tmp_path / "neo4j" / "relationships.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(edges)
    assert all(re.fullmatch("[A-Z_]+", row[":TYPE"]) for row in rows)


def of_csvw(folder: Path) -> set[tuple[str, str, str]]:
    """The triples that the tables say, read as CSV on the Web tells: a cell's property, its values, their types."""
    metadata = json.loads((folder / "csv-metadata.json").read_text("utf-8"))
    assert {one["url"] for one in metadata["tables"]} == {path.name for path in folder.glob("*.csv")}
    found = set()
    for table in metadata["tables"]:
        with (folder / table["url"]).open(newline="", encoding="utf-8") as file:
            header, *rows = list(csv.reader(file))
        iri, *columns = table["tableSchema"]["columns"]
        assert [one["titles"] for one in (iri, *columns)] == header
        names = [one["name"] for one in (iri, *columns)]
        assert len(set(names)) == len(names)
        assert all(re.fullmatch(r"[A-Za-z0-9_]+", name) for name in names)
        for row in rows:
            for column, cell in zip(columns, row[1:], strict=True):
                values = cell.split(column["separator"]) if "separator" in column else [cell]
                for value in filter(None, values):
                    assert re.fullmatch(TYPED.get(column["datatype"], "(?s:.*)"), value), (column, value)
                    found.add((row[0], column["propertyUrl"], value))
    return found


# What a value of a data type looks like.
TYPED = {
    "integer": r"-?\d+",
    "decimal": r"-?\d+(\.\d+)?",
    "boolean": "true|false",
    "anyURI": r"\w+:\S+",
}


@pytest.mark.parametrize("options", [EVERYTHING, WITHOUT])
def test_csv_on_the_web_says_the_same_triples(store: EmbeddedStore, tmp_path: Path, options: ExportOptions) -> None:
    export(store, "csvw", tmp_path / "csvw", options=options)
    found = of_csvw(tmp_path / "csvw")
    subjects = {subject for subject, _, _ in found}
    merge = {
        (quad.subject.value, quad.predicate.value, quad.object.value)
        for quad in store.graph.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph())
        if quad.predicate != v.RDF_type and quad.subject.value in subjects
    }
    texts = {v.OA_exact.value, v.DCTERMS_abstract.value, v.PT_summary.value}
    if options.texts:
        assert found == merge
    else:
        digests = {one for one in found if one[1] == v.PT_textDigest.value}
        assert digests
        assert found - digests == {one for one in merge if one[1] not in texts}
    types = {
        column["propertyUrl"]: column["datatype"]
        for table in json.loads((tmp_path / "csvw" / "csv-metadata.json").read_text())["tables"]
        for column in table["tableSchema"]["columns"][1:]
    }
    assert types[v.PT_value.value] == types[v.PT_confidence.value] == "decimal"
    assert types[v.PT_start.value] == "integer"
    assert types[v.RDFS_label.value] == "string"
    assert types[v.PT_evidence.value] == "anyURI"


def test_parquet_holds_the_tables_with_types(store: EmbeddedStore, tmp_path: Path) -> None:
    """What the CSV tables hold, read back by pyarrow: lists where there are several values, numbers as numbers."""
    export(store, "parquet", tmp_path / "parquet")
    export(store, "csv", tmp_path / "csv")
    assert {path.stem for path in (tmp_path / "parquet").iterdir()} == {
        path.stem for path in (tmp_path / "csv").iterdir()
    }
    for path in (tmp_path / "csv").iterdir():
        found = parquet.read_table(tmp_path / "parquet" / f"{path.stem}.parquet")
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
        assert found.column_names == rows[0]
        assert found.column("iri").to_pylist() == [row[0] for row in rows[1:]]
    export(store, "parquet", tmp_path / "without", options=WITHOUT)
    for name, left_out in (("evidence", "exact"), ("papers", "abstract")):
        held, bare = (parquet.read_table(tmp_path / one / f"{name}.parquet") for one in ("parquet", "without"))
        assert set(bare.column_names) == {*held.column_names, "textDigest"} - {left_out, "summary"}
        assert left_out in held.column_names
        whole = held.column(left_out).to_pylist()
        digests = [text_digest_of(TEXTS[left_out], text) for text in whole if text]
        assert set(digests) <= {
            one
            for row in bare.column("textDigest").to_pylist()
            for one in ([row] if isinstance(row, str) else row or [])
        }
    results = parquet.read_table(tmp_path / "parquet" / "results.parquet")
    values = [
        quad.object.value for quad in store.graph.quads_for_pattern(None, v.PT_value, None, pyoxigraph.DefaultGraph())
    ]
    assert sorted(results.column("value").to_pylist()) == sorted(map(float, values))
    assert results.schema.field("value").metadata[b"property"].decode() == v.PT_value.value
    papers = parquet.read_table(tmp_path / "parquet" / "papers.parquet")
    creators = [len(one or ()) for one in papers.column("creator").to_pylist()]
    assert creators == [len(row) for row in (one or [] for one in papers.column("authorship").to_pylist())]
    assert max(creators) > 1


def test_jelly_is_read_back_as_the_same_quads(store: EmbeddedStore, tmp_path: Path) -> None:
    """By rdflib with pyjelly's plugin, beside what it reads of the N-Quads."""
    read = []
    for name, format in (("nq", "nquads"), ("jelly", "jelly")):
        export(store, name, tmp_path / name)
        with (tmp_path / name).open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own readers ask for what it will drop
            read.append(set(rdflib.Dataset().parse(file, format=format).quads()))
    assert read[0] == read[1]
    assert len(read[0]) == sum(quad.graph_name != pyoxigraph.DefaultGraph() for quad in store.graph)
    assert (tmp_path / "jelly").stat().st_size * 2 < (tmp_path / "nq").stat().st_size


@pytest.mark.parametrize(("name", "library"), [("parquet", "pyarrow"), ("jelly", "pyjelly")])
def test_a_library_that_is_not_there_is_named(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError, match=rf"needs {library}: pip install .papertriples\[{name}\]"):
        export(store, name, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_research_objects_are_whole(store: EmbeddedStore, tmp_path: Path) -> None:
    licence = "https://creativecommons.org/publicdomain/zero/1.0/"
    export(store, "rocrate", tmp_path / "crate", options=ExportOptions(licence=licence))
    crate = json.loads((tmp_path / "crate" / "ro-crate-metadata.json").read_text())
    by_id = {one["@id"]: one for one in crate["@graph"]}
    root = by_id["./"]
    assert {"name", "description", "datePublished", "license"} <= root.keys()
    assert root["license"] == {"@id": licence}
    assert by_id[licence]["@type"] == "CreativeWork"
    assert by_id[licence]["name"]
    assert by_id[licence]["description"]
    export(store, "rocrate", tmp_path / "none")
    without = json.loads((tmp_path / "none" / "ro-crate-metadata.json").read_text())
    (described,) = [one for one in without["@graph"] if one["@id"] == "./"]
    assert described["license"].startswith("No licence was given")  # words, where there is none: it must be there
    for part in root["hasPart"]:
        assert (tmp_path / "crate" / part["@id"]).stat().st_size == int(by_id[part["@id"]]["contentSize"])
    with pytest.raises(UsageError, match="not an empty folder"):
        export(store, "rocrate", tmp_path / "crate")


def test_prefixes_of_queries_are_those_of_the_graph() -> None:
    for name in PROFILES:
        for prefix, iri in profile_prefixes(name).items():
            assert v.PREFIXES.get(prefix, iri) == iri


def test_schema_org_can_be_read_as_json(store: EmbeddedStore, tmp_path: Path) -> None:
    """By who knows schema.org and no RDF: each thing once, its type and properties by their short names."""
    graph = written(store, "schemaorg", tmp_path)
    path = tmp_path / "graph.jsonld"
    described = json.loads(path.read_text("utf-8"))
    things = {one["@id"]: one for one in described["@graph"]}
    assert len(things) == len(described["@graph"])
    assert described["@context"]["@vocab"] == "https://schema.org/"
    paper = things["https://example.org/kg/paper/arxiv-2101-00001"]
    assert (paper["@type"], paper["name"]) == ("ScholarlyArticle", "FooNet: O(n) shallow parsing")
    assert paper["about"] == {"@id": "https://example.org/kg/task/shallow-parsing"}
    assert "Dataset" in things["https://example.org/kg/dataset/barbank"]["@type"]
    assert all("@type" in one for one in things.values())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own readers ask for what it will drop
        read = rdflib.Graph().parse(path, format="json-ld")
    assert len(read) == len(graph)


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_says_together_what_it_says_of_a_thing(store: EmbeddedStore, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"graph{FORMATS[name].suffixes[0]}"
    export(store, name, path)
    subjects = [quad.subject for quad in pyoxigraph.parse(path=str(path), format=FORMATS[name].rdf)]
    changes = sum(one != other for one, other in pairwise(subjects))
    assert changes + 1 == len(set(subjects))


def test_schema_org_says_that_a_paper_in_a_field_is_about_it() -> None:
    paper, field = (pyoxigraph.NamedNode(f"https://example.org/{name}") for name in ("paper/a", "task/f"))
    graph = pyoxigraph.Store()
    graph.extend(pyoxigraph.Quad(paper, *rest) for rest in ((v.RDF_type, v.PT_Paper), (v.PT_inField, field)))
    found = graph.query(profile_query("schemaorg"))
    about = pyoxigraph.NamedNode("https://schema.org/about")
    assert isinstance(found, pyoxigraph.QueryTriples)
    assert pyoxigraph.Triple(paper, about, field) in set(found)
