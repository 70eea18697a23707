"""Papers with Code's files in, the graph, and its own files out again: what a source says is kept apart from texts."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from click.testing import CliRunner

from kg import build, open_store
from kg.cli import main
from kg.export.formats import export
from kg.graph import vocabulary as v
from kg.graph.evidence import check_evidence
from kg.graph.validate import check_shapes
from kg.graph.vocabulary import PREFIXES
from kg.serve import context_of, create_app
from kg.store import canonical_nquads

DEFAULT = pyoxigraph.DefaultGraph()
ADDRESS = "https://paperswithcode.com/paper/"
STARLING = {"paper_url": ADDRESS + "starling", "paper_title": "Starling: Sparse Message Passing on Graphs"}
WREN = {"paper_url": ADDRESS + "wren", "paper_title": "Wren: a Dense Network for Graphs"}
PAPERS = [
    {
        "paper_url": STARLING["paper_url"],
        "arxiv_id": "2106.00001",
        "title": STARLING["paper_title"],
        "abstract": "We introduce Starling, a network for node classification.",
        "url_abs": "https://arxiv.org/abs/2106.00001v1",
        "authors": ["Ada Example"],
        "tasks": ["Node Classification", "Link Prediction"],
        "date": "2021-06-01",
        "methods": [{"name": "Residual Connection"}],
    },
    {
        "paper_url": WREN["paper_url"],
        "arxiv_id": None,
        "title": WREN["paper_title"],
        "abstract": "A dense network.",
        "url_abs": "https://example.org/wren",
        "authors": ["Ben Sample"],
        "tasks": ["Node Classification"],
        "date": "2022-03-01",
        "methods": [],
    },
]
LINKS = [
    {**STARLING, "repo_url": "https://github.com/example/starling", "is_official": True},
    {**STARLING, "repo_url": "https://github.com/others/starling-again", "is_official": False},
]


def row(paper: dict[str, str], model: str, **metrics: str) -> dict[str, Any]:
    return {**paper, "model_name": model, "metrics": metrics, "paper_date": "2021-06-01", "code_links": []}


TABLES = [
    {
        "task": "Node Classification",
        "datasets": [
            {
                "dataset": "Orchard",
                "sota": {
                    "rows": [
                        row(STARLING, "Starling", Accuracy="84.5%", F1="0.83"),
                        row(WREN, "Wren", Accuracy="81.2%"),
                    ]
                },
            }
        ],
    }
]
METHODS = [
    {
        "name": "Starling",
        "full_name": "Starling",
        "introduced_year": 2021,
        "paper": {"title": STARLING["paper_title"], "url": STARLING["paper_url"]},
    }
]
DATASETS = [
    {
        "name": "Orchard",
        "homepage": "",
        "data_loaders": [],
        "paper": {"title": WREN["paper_title"], "url": WREN["paper_url"]},
    }
]
FILES = {
    "papers-with-abstracts": PAPERS,
    "links-between-papers-and-code": LINKS,
    "evaluation-tables": TABLES,
    "methods": METHODS,
    "datasets": DATASETS,
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pwc")
    for name, entries in FILES.items():
        with gzip.open(folder / f"{name}.json.gz", "wt", encoding="utf-8") as file:
            json.dump(entries, file)
    build([folder], folder / "store")
    return folder / "store"


def asked(location: Path, query: str) -> set[tuple[str, ...]]:
    prologue = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in PREFIXES.items())
    with open_store(location) as store:
        found = store.graph.query(prologue + query)
        assert isinstance(found, pyoxigraph.QuerySolutions)
        return {tuple(getattr(term, "value", "") for term in solution) for solution in found}


def test_the_records_of_a_paper_are_one_paper(store: Path) -> None:
    assert asked(store, "SELECT ?label { ?p a pt:Paper ; rdfs:label ?label }") == {
        (STARLING["paper_title"],),
        (WREN["paper_title"],),
    }


def test_results_are_those_of_the_tables(store: Path) -> None:
    found = asked(
        store,
        """SELECT ?paper ?method ?task ?dataset ?metric ?text ?source {
          ?p rdfs:label ?paper ; pt:reports ?r .
          ?r pt:method/rdfs:label ?method ; pt:task/rdfs:label ?task ; pt:dataset/rdfs:label ?dataset ;
             pt:metric/rdfs:label ?metric ; pt:valueText ?text ; prov:wasDerivedFrom/pt:source ?source }""",
    )
    assert {
        (paper[:4], method, task.lower(), dataset, text, source)
        for paper, method, task, dataset, _, text, source in found
    } == {
        ("Star", "Starling", "node classification", "Orchard", "84.5%", "papers-with-code"),
        ("Star", "Starling", "node classification", "Orchard", "0.83", "papers-with-code"),
        ("Wren", "Wren", "node classification", "Orchard", "81.2%", "papers-with-code"),
    }
    assert asked(store, 'SELECT ?n { ?r pt:valueText "84.5%" ; pt:normalizedValue ?n }') == {("0.845",)}


def test_what_a_source_says_has_no_statement_and_says_whence(store: Path) -> None:
    given = asked(
        store,
        """SELECT ?paper ?role ?label ?id {
          ?p rdfs:label ?paper ; ?role ?c . ?g prov:wasDerivedFrom ?record . ?record pt:gives ?c ; pt:recordId ?id .
          ?c a pt:Concept ; rdfs:label ?label . FILTER(?role IN (pt:addresses, pt:introduces, pt:uses))
          FILTER NOT EXISTS { ?s rdf:subject ?p ; rdf:predicate ?role ; rdf:object ?c }
          FILTER(STRSTARTS(STR(?g), STR(?p))) }""",
    )
    roles = {(paper[:4], role.rpartition("#")[2], label.lower(), record) for paper, role, label, record in given}
    assert ("Star", "addresses", "link prediction", "paper:starling") in roles
    assert ("Star", "uses", "residual connection", "paper:starling") in roles
    assert ("Wren", "introduces", "orchard", "dataset:wren Orchard") in roles
    # The text says that it introduces Starling; there is a sentence beside what the source says.
    assert asked(store, "SELECT ?e { ?s rdf:predicate pt:introduces ; pt:evidence/oa:exact ?e }")


def test_code_is_told_apart(store: Path) -> None:
    code = "SELECT ?url {{ ?p pt:{} ?r . ?r schema:codeRepository ?url }}"
    assert asked(store, code.format("hasRepository")) == {("https://github.com/example/starling",)}
    assert asked(store, code.format("implementedBy")) == {("https://github.com/others/starling-again",)}


def test_the_graph_is_sound(store: Path) -> None:
    with open_store(store) as opened:
        assert check_evidence(opened.graph).violations == ()
        assert check_shapes(opened.graph).violations == ()


def test_evidence_is_asked_for_where_no_source_gives_a_triple(store: Path) -> None:
    given = pyoxigraph.NamedNode(PREFIXES["pt"] + "gives")
    with open_store(store) as opened:
        without = [quad for quad in opened.graph if quad.predicate != given]
    assert {one.path for one in check_evidence(without).violations} >= {"pt:reports", "pt:addresses"}


def test_round_trip(store: Path, tmp_path: Path) -> None:
    """What is exported and read again exports the same tables, code links and tasks."""
    first, again = tmp_path / "first", tmp_path / "again"
    with open_store(store) as opened:
        export(opened, "paperswithcode", first)
    build([first], tmp_path / "second")
    with open_store(tmp_path / "second") as opened:
        export(opened, "paperswithcode", again)
    before, after = read(first), read(again)
    assert len(before["evaluation-tables"][0]["datasets"][0]["sota"]["rows"]) == 2
    for name in ("evaluation-tables", "links-between-papers-and-code", "papers-with-abstracts"):
        assert told(name, before[name]) == told(name, after[name])


def read(folder: Path) -> dict[str, Any]:
    return {path.name.partition(".")[0]: json.loads(gzip.decompress(path.read_bytes())) for path in folder.iterdir()}


def told(name: str, entries: list[dict[str, Any]]) -> list[str]:
    """What the entries say, without the addresses of the store's own pages."""
    if name == "papers-with-abstracts":
        kept = [
            [one["title"], one["abstract"], one["arxiv_id"], one["tasks"], one["authors"], one["date"]]
            for one in entries
        ]
    elif name == "evaluation-tables":
        kept = [
            [table["task"], dataset["dataset"], one["model_name"], one["metrics"], one["paper_title"]]
            for table in entries
            for dataset in table["datasets"]
            for one in dataset["sota"]["rows"]
        ]
    else:
        kept = [[one["paper_title"], one["repo_url"], one["is_official"]] for one in entries]
    return sorted(json.dumps(one) for one in kept)


def test_pages_say_who_gives_a_result(store: Path) -> None:
    app = create_app(store, workers=1)
    try:
        client = app.test_client()
        page = client.get("/leaderboard/node-classification/orchard").get_data(as_text=True)
        assert "84.5%" in page
        assert page.count("gives it") == 3
        assert page.count('data-given="https://') == 3  # by which curate.js lets curators reject it
        paper = next(iter(asked(store, "SELECT ?p { ?p pt:arxivId '2106.00001' }")))[0]
        assert ">papers-with-code</a> gives it" in client.get("/paper/" + paper.rpartition("/")[2]).get_data(
            as_text=True
        )
    finally:
        context_of(app).close()


def curated(store: Path, *arguments: str) -> str:
    shown = CliRunner().invoke(main, ["curate", *arguments, "--store", str(store)], catch_exceptions=False)
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_curators_reject_what_a_source_gives(store: Path, tmp_path: Path) -> None:
    """A result, a task and somebody's code: gone as if no record had given them, back when that is undone."""
    store = Path(shutil.copytree(store, tmp_path / "store"))
    again = Path(shutil.copytree(store, tmp_path / "again"))
    with open_store(store) as opened:
        before = set(opened.graph)
        value = pyoxigraph.Literal("84.5", datatype=pyoxigraph.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))
        (result,) = (quad.subject.value for quad in opened.graph.quads_for_pattern(None, v.PT_value, value, DEFAULT))
        (code,) = (quad for quad in opened.graph.quads_for_pattern(None, v.PT_implementedBy, None, DEFAULT))
    rejected = {result, f"{opened.base_iri}task/link-prediction", code.object.value}
    curated(store, "reject", result, code.object.value, "--why", "not in the paper")
    curated(store, "reject", f"{opened.base_iri}task/link-prediction", "--paper", "arxiv:2106.00001")
    with open_store(store) as opened:
        given = opened.graph.quads_for_pattern(None, v.PT_gives, None, DEFAULT)
        assert rejected.isdisjoint({quad.object.value for quad in given})
        paper = list(opened.graph.quads_for_pattern(code.subject, None, None, DEFAULT))
        assert rejected.isdisjoint({quad.object.value for quad in paper})
        assert any(quad.predicate == v.PT_addresses for quad in paper)  # the other task stays
        assert not check_evidence(opened.graph).violations
        table = json.loads(CliRunner().invoke(main, ["curate", "list", "--json", "--store", str(store)]).output)
    assert [entry["action"] for entry in table] == ["reject"] * 3
    (tmp_path / "log.tsv").write_text(curated(store, "export"))
    curated(again, "import", str(tmp_path / "log.tsv"))
    with open_store(store) as one, open_store(again) as other:
        assert list(canonical_nquads(one)) == list(canonical_nquads(other))
    curated(store, "undo", *(entry["id"] for entry in table))
    with open_store(store) as opened:
        log = pyoxigraph.NamedNode(opened.base_iri + "graph/curation")
        said = {quad.triple for quad in opened.graph.quads_for_pattern(None, None, None, log)}
        assert {quad for quad in opened.graph if quad.triple not in said} == before


def test_what_no_source_gives_cannot_be_rejected_so(store: Path) -> None:
    ((wren,),) = asked(store, f'SELECT ?p {{ ?p a pt:Paper ; rdfs:label "{WREN["paper_title"]}" }}')
    for arguments, message in (
        (["https://example.org/none"], "is no statement"),
        (["Starling", "--paper", wren], "no source gives"),
        (["Node Classification", "--paper", "arxiv:1901.00001"], "no such paper"),
    ):
        shown = CliRunner().invoke(main, ["curate", "reject", *arguments, "--store", str(store)])
        assert shown.exit_code == 2
        assert message in shown.output


def test_leaderboards_show_what_a_source_gives(store: Path) -> None:
    """Without a sentence, but with the source's name."""

    def rows(*arguments: str) -> list[dict[str, str]]:
        command = ["query", "--store", str(store), "--format", "json", "--recipe", *arguments]
        shown = CliRunner().invoke(main, command, catch_exceptions=False)
        found = json.loads(shown.output)["results"]["bindings"]
        return [{name: cell["value"] for name, cell in one.items()} for one in found]

    board = rows("leaderboard", "--param", "dataset=Orchard", "--param", "metric=Accuracy")
    assert [(one["methodLabel"], one["valueText"]) for one in board] == [("Starling", "84.5%"), ("Wren", "81.2%")]
    assert {(one["source"], one.get("sentence")) for one in board} == {("papers-with-code", None)}
    assert ("Orchard", "84.5%") in {(one["datasetLabel"], one["valueText"]) for one in rows("best-results")}
    of_method = rows("results-of-method", "--param", "method=Wren")
    assert [(one["valueText"], one["source"]) for one in of_method] == [("81.2%", "papers-with-code")]
