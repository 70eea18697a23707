"""``papertriples analyse`` and ``infer``, as a user types them."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner, Result

from kg.cli import main

PAPERS = (
    {
        "title": "GridNet: A Detector for Object Detection",
        "abstract": "We propose GridNet, a one-stage detector for object detection built on ResNet-50. GridNet reaches "
        "51.2 AP on COCO.",
        "year": 2021,
    },
    {
        "title": "Rare Birds on COCO",
        "abstract": "We evaluate ResNet-50 on COCO for object detection.",
        "year": 2022,
    },
)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments], catch_exceptions=False)


def build(folder: Path, papers: Sequence[dict[str, object]], *options: str) -> Path:
    (folder / "papers.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in papers), encoding="utf-8")
    done = run("build", folder / "papers.jsonl", "--store", folder / "store", "--quiet", *options)
    assert done.exit_code == 0, done.output
    return folder / "store"


def exported(store: Path) -> list[str]:
    done = run("export", "--store", store, "--format", "nq", "--canonical", "--out", "-")
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("analyse"), PAPERS)


def test_tables_for_people_and_programs(store: Path) -> None:
    text = run("analyse", "--store", store).stdout
    for title in ("most connected concepts", "most central methods", "communities of tasks", "related papers"):
        assert title in text
    found = json.loads(run("analyse", "--store", store, "--json", "--limit", "1").stdout)
    assert found["nodes_by_type"]["Paper"] == 2
    assert len(found["degree"]) == 1
    assert {found["related"][0]["label"], found["related"][0]["other_label"]} == {one["title"] for one in PAPERS}
    assert found["emerging"] == []


def test_files_of_the_network_and_the_tables(store: Path, tmp_path: Path) -> None:
    done = run("analyse", "--store", store, "--quiet", "--out", tmp_path / "n.graphml", "--csv", tmp_path / "tables")
    assert done.stdout == ""
    graph = nx.read_graphml(tmp_path / "n.graphml")
    assert {data["type"] for _, data in graph.nodes(data=True)} >= {"Task", "Method", "Dataset"}
    with open(tmp_path / "tables" / "related.csv", encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert float(row["weight"]) > 0
    refused = run("analyse", "--store", store, "--out", tmp_path / "absent" / "n.graphml")
    assert refused.exit_code == 1
    assert "cannot be written" in refused.output


def test_lineage_and_related_papers_of_one(store: Path) -> None:
    assert "ResNet-50" in run("analyse", "--store", store, "--lineage", "gridnet").stdout
    near = run("analyse", "--store", store, "--related", PAPERS[1]["title"], "--json").stdout
    (row,) = json.loads(near)["related"]
    assert row["label"] == PAPERS[0]["title"]
    assert "COCO" in {one["label"] for one in row["shared"]}
    for option, name in (("--lineage", "no such method"), ("--related", "no such paper")):
        refused = run("analyse", "--store", store, option, name)
        assert refused.exit_code == 2
        assert name in refused.output
    assert run("analyse", "--store", store, "--lineage", "a", "--related", "b").exit_code == 2


def test_a_triple_is_explained_by_sentences_or_by_rules(store: Path) -> None:
    paper = PAPERS[0]["title"]
    (said,) = json.loads(run("explain", paper, "pt:introduces", "gridnet", "--store", store, "--json").stdout)
    assert paper in said["sentences"]
    assert said["kept"] is True
    follows = run("explain", paper, "schema:mentions", "gridnet", "--store", store)
    assert "pt:mentions rdfs:subPropertyOf schema:mentions" in follows.stdout
    assert "does not keep" in follows.stdout
    for parts, message in (
        (("gridnet", "pt:uses", "gridnet"), "does not follow"),
        (("gridnet", "pt:uses", "no such thing"), "no such thing"),
        (("gridnet", "pt:u ses", "gridnet"), "prefixed name"),
        (("gridnet", "pt:uses"), "SUBJECT PREDICATE OBJECT"),
    ):
        refused = run("explain", *parts, "--store", store)
        assert refused.exit_code == 2
        assert message in refused.output


def test_what_is_derived_is_remembered_and_any_way_is_the_same(tmp_path: Path) -> None:
    for name in ("plain", "later", "once"):
        (tmp_path / name).mkdir()
    plain = exported(build(tmp_path / "plain", PAPERS))
    later = build(tmp_path / "later", PAPERS[:1], "--infer")
    assert run("analyse", "--store", later, "--write", "--quiet").exit_code == 0
    build(tmp_path / "later", PAPERS)  # says nothing of inference: the store's choice stays
    once = build(tmp_path / "once", PAPERS)
    said = run("infer", "--store", once, "--json")
    assert json.loads(said.stdout)["inferred"] > 50
    assert run("analyse", "--store", once, "--write", "--quiet").exit_code == 0
    assert exported(later) == exported(once)
    assert json.loads((once / "papertriples.json").read_text())["derived"] == ["analytics", "inferred"]
    assert run("check", "--store", once).exit_code == 0
    rows = run("query", "--store", once, "--recipe", "central-methods", "--format", "csv").stdout.splitlines()
    assert len(rows) > 1
    told = run("explain", "GridNet", "a", "skos:Concept", "--store", once).stdout
    assert "follows by pt:subClassRule (cax-sco) from" in told
    assert "does not keep" not in told
    # Analytics look at what is stated: what they keep and what is inferred change nothing in them.
    fresh = json.loads(run("analyse", "--store", tmp_path / "plain" / "store", "--json").stdout)
    assert json.loads(run("analyse", "--store", once, "--json").stdout) == fresh
    assert run("infer", "--store", once, "--off", "--quiet").exit_code == 0
    assert run("analyse", "--store", once, "--no-write", "--quiet").exit_code == 0
    assert exported(once) == plain
