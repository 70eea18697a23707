"""Judged links: read from a table or from SSSOM, and what ``papertriples link`` prints of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyoxigraph import NamedNode

from kg.cli import main
from kg.errors import StoreError, UsageError
from kg.graph import vocabulary as v
from kg.link import Entry, Link, Subject
from kg.link.gold import read_gold, score, shipped_gold
from kg.pipeline import build
from kg.store import open_store
from tests.export.small_store import make_store
from tests.link.test_linking import catalogue, datasets

PWC = "https://paperswithcode.com/dataset/"


def link(subject: Subject, slug: str) -> Link:
    return Link(subject, Entry(PWC + slug, slug, ("Dataset",)), 0.9, slug, True)


SUBJECTS = [Subject(f"urn:{name}", "Dataset", name) for name in ("A", "B", "C", "D", "E")]
LINKS = [link(SUBJECTS[0], "a"), link(SUBJECTS[1], "b"), link(SUBJECTS[2], "c"), link(SUBJECTS[4], "e")]


def test_a_table_of_judgements(tmp_path: Path) -> None:
    """A is right, B has another entry, C is none of the target's; D is there and not linked; nobody judged E."""
    path = tmp_path / "gold.tsv"
    rows = [f"a\t{PWC}x|{PWC}a", f"B\t{PWC}other", "C\t-", f"D\t{PWC}d", "E\t", f"absent\t{PWC}z"]
    path.write_text("type\tlabel\tpaperswithcode\n" + "".join(f"Dataset\t{row}\n" for row in rows))
    (found,) = score(LINKS, SUBJECTS, read_gold([path])).values()
    assert (found.right, found.linked, found.there) == (1, 3, 3)
    assert (found.precision, found.recall) == (1 / 3, 1 / 3)


def test_judgements_as_mappings(tmp_path: Path) -> None:
    path = tmp_path / "gold.sssom.tsv"
    rows = [
        f"{SUBJECTS[0].iri}\t\tskos:exactMatch\tp:a",
        f"{SUBJECTS[1].iri}\tNot\tskos:exactMatch\tp:b",
        f"{SUBJECTS[2].iri}\t\tskos:exactMatch\tsssom:NoTermFound",
        f"{SUBJECTS[3].iri}\t\tskos:exactMatch\tp:d",
    ]
    head = f"#curie_map:\n#  p: {PWC}\nsubject_id\tpredicate_modifier\tpredicate_id\tobject_id\n"
    path.write_text(head + "".join(row.replace("urn:", "https://example.org/") + "\n" for row in rows))
    moved = [Subject(one.iri.replace("urn:", "https://example.org/"), one.type, one.label) for one in SUBJECTS]
    (found,) = score([link(moved[n], "abcde"[n]) for n in (0, 1, 2, 4)], moved, read_gold([path])).values()
    assert (found.right, found.linked, found.there) == (1, 3, 2)


def test_what_is_no_gold_is_told(tmp_path: Path) -> None:
    path = tmp_path / "gold.tsv"
    path.write_text("label\tpaperswithcode\nA\t-\n")
    with pytest.raises(UsageError, match="expected SSSOM TSV, or the columns type, label"):
        read_gold([path])
    path.write_text("type\tlabel\tcso\nThing\tA\t-\n")
    with pytest.raises(UsageError, match=r"gold\.tsv:2: .*expected a type"):
        read_gold([path])


def test_ours_holds_hundreds_of_concepts_for_each_target() -> None:
    judged = [answers for path in shipped_gold() for answers in read_gold([path]).by_name.values()]
    for target in ("cso", "mlso", "paperswithcode", "openalex", "wikidata"):
        assert sum(target in answers for answers in judged) >= 300, target


def test_the_command_prints_a_row_a_target(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    named = datasets(store)
    assert len(named) > 1
    mine = catalogue(tmp_path, [(f"d{number}", label) for number, (_, label) in enumerate(named)])
    gold = tmp_path / "gold.tsv"
    answers = [f"Dataset\t{label}\t{PWC}d{number if number else 99}\n" for number, (_, label) in enumerate(named)]
    gold.write_text("type\tlabel\tpaperswithcode\n" + "".join(answers))
    command = ["link", "--store", str(store), "--to", "all", "--offline", "--gold", str(gold)]
    shown = CliRunner().invoke(main, [*command, "--catalogue", str(mine)])
    assert shown.exit_code == 0, shown.output
    rows = {line.split()[0]: line for line in shown.output.splitlines()}
    assert "precision on gold" in rows["target"]
    right = len(named) - 1
    assert f"{right / len(named):.2f} ({right} of {len(named)})" in rows["paperswithcode"]
    assert "no catalogue" in rows["cso"]
    again = json.loads(CliRunner().invoke(main, [*command, "--json"]).output)
    (row,) = [one for one in again["targets"] if one["target"] == "paperswithcode"]
    assert row["gold"] == {
        "right": right,
        "linked": len(named),
        "there": len(named),
        "precision": right / len(named),
        "recall": right / len(named),
    }
    assert [one["gold"] for one in again["targets"] if one["target"] == "cso"] == [None]


def test_without_a_link_the_recall_is_nothing_of_what_is_there(tmp_path: Path) -> None:
    """A catalogue of other things links nothing: what the gold knows of the store was missed all the same."""
    store = make_store(tmp_path / "store")
    concept = datasets(store)[0][0]
    gold = tmp_path / "gold.sssom.tsv"
    gold.write_text(f"#curie_map:\n#  p: {PWC}\nsubject_id\tpredicate_id\tobject_id\n{concept}\tskos:exactMatch\tp:a\n")
    other = catalogue(tmp_path, [("nothing-here", "Nothing Here")])
    command = ["link", "--store", str(store), "--to", "paperswithcode", "--gold", str(gold)]
    none = CliRunner().invoke(main, command).output
    assert "no catalogue; give one with --catalogue" in none
    shown = CliRunner().invoke(main, [*command, "--catalogue", str(other)])
    assert shown.exit_code == 0, shown.output
    (row,) = [line for line in shown.output.split("\n") if line.startswith("paperswithcode")]
    assert row.split()[1:] == ["0", "0", "-", "0.00", "(0", "of", "1)"]
    assert "no concept of the gold" not in shown.output
    (told,) = json.loads(CliRunner().invoke(main, [*command, "--json"]).output)["targets"]
    assert (told["gold"]["recall"], told["gold"]["precision"]) == (0, None)


def test_a_store_whose_records_are_gone_is_linked_and_nothing_else(tmp_path: Path) -> None:
    """Its graphs stay as they are; a build, which would lose what the records said, is refused."""
    paper = {"title": "GridNet", "abstract": "We propose GridNet, a detector. We evaluate GridNet on COCO."}
    (tmp_path / "papers.jsonl").write_text(json.dumps(paper))
    build([tmp_path / "papers.jsonl"], tmp_path / "store")
    with open_store(tmp_path / "store") as opened:
        named = [quad for quad in opened.graph if "graph/links" not in str(quad.graph_name)]
    (coco,) = (iri for iri, label in datasets(tmp_path / "store") if label == "COCO")
    shutil.rmtree(tmp_path / "store" / "staging")
    mine = catalogue(tmp_path, [("coco", "COCO")])
    command = ["link", "--store", str(tmp_path / "store"), "--to", "paperswithcode", "--catalogue", str(mine)]
    assert CliRunner().invoke(main, command).exit_code == 0
    with open_store(tmp_path / "store") as opened:
        assert set(named) <= set(opened.graph)
        assert "paperswithcode.com/dataset/coco" in "".join(
            quad.object.value for quad in opened.graph.quads_for_pattern(NamedNode(coco), v.SKOS_exactMatch, None)
        )
        assert opened.manifest.counts.records == 1
    with pytest.raises(StoreError, match="found none of the store's 1 records"):
        build([tmp_path / "papers.jsonl"], tmp_path / "store")
