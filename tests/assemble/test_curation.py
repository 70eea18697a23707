"""Curation: what people correct stays, whatever is built, added or merged, and is undone exactly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kg.pipeline
from kg.assemble.checking import check_store
from kg.cli import main
from kg.pipeline import build
from kg.store import open_store, read_manifest
from kg.store.curation import CURATION_LOG
from tests.assemble.small import lines, load_small

BASE = "https://w3id.org/papertriples/"
PT = "https://w3id.org/papertriples/ontology#"
PAPERS = [
    {
        "id": "1",
        "title": "Paper one looks at things",
        "abstract": "We use Foobert on QuizData.",
        "arxiv_id": "2001.00001",
    },
    {"id": "2", "title": "Paper two looks at things", "abstract": "Barnet reaches 91.5 QuizScore on QuizData."},
    {"id": "3", "title": "Paper three looks at things", "abstract": "We compare Foobert. It beats Barnet."},
]
ADDED = [
    {
        "id": "4",
        "title": "Paper four looks at things",
        "abstract": "We use foobert on QuizData.",
        "arxiv_id": "2001.00004",
    },
    # the same paper as 1, from another source: another key for what the statement is of
    {
        "id": "5",
        "title": "Paper one looks at things",
        "abstract": "We use Foobert on QuizData.",
        "doi": "10.1234/x",
        "arxiv_id": "2001.00001",
    },
]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.pipeline, "load_extractor", load_small)


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return written(tmp_path / "first.jsonl", PAPERS)


@pytest.fixture
def store(tmp_path: Path, first: Path) -> Path:
    build([first], tmp_path / "store")
    return tmp_path / "store"


def written(path: Path, papers: Sequence[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(paper) + "\n" for paper in papers), encoding="utf-8")
    return path


def curate(store: Path, *arguments: str, exit_code: int = 0) -> Result:
    options = [] if arguments[0] in ("list", "export") else ["--who", "Ada"]
    result = CliRunner().invoke(main, ["curate", *arguments, "--store", str(store), *options])
    assert result.exit_code == exit_code, result.output
    return result


def ids(store: Path) -> list[str]:
    return [entry["id"] for entry in json.loads(curate(store, "list", "--json").stdout)]


def without_log(store: Path) -> list[str]:
    return [line for line in lines(store) if not line.endswith(f" <{BASE}graph/curation> .\n")]


def ask(store: Path, pattern: str) -> bool:
    with open_store(store) as opened:
        return bool(opened.graph.query(f"PREFIX pt: <{PT}> PREFIX b: <{BASE}> BASE <{BASE}> ASK {{ {pattern} }}"))


def statement(store: Path, paper: str, predicate: str, obj: str) -> str:
    """The digest of a statement."""
    with open_store(store) as opened:
        rows = opened.graph.query(
            f"PREFIX pt: <{PT}> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> BASE <{BASE}> "
            f"SELECT ?s {{ ?s rdf:subject <paper/{paper}> ; rdf:predicate pt:{predicate} ; rdf:object ?o "
            f"FILTER (STRSTARTS(STR(?o), '{BASE}{obj}')) }}"
        )
        (row,) = rows
        return str(row["s"].value.rsplit("/", 1)[1])


def session(store: Path) -> None:
    """Merge two, split one, reject a statement, add one."""
    curate(store, "merge", "Foobert", "Barnet", "--type", "Method", "--why", "two names of one net")
    curate(store, "retype", "QuizData", "Task", "--why", "a shared task")
    curate(store, "reject", statement(store, "paper-two-looks-at-things", "reports", "result"), "--why", "a typo")
    curate(store, "reject", statement(store, "arxiv-2001-00001", "uses", "method"), "--why", "only mentioned")
    curate(
        store,
        "add",
        "paper-three-looks-at-things",
        "introduces",
        "Quizzing",
        "--type",
        "Task",
        "--quote",
        "It beats Barnet.",
    )


def test_a_session_survives_a_rebuild_from_nothing_and_an_added_file(tmp_path: Path, first: Path, store: Path) -> None:
    session(store)
    expected = lines(store)
    assert not ask(store, "<method/foobert> ?p ?o")
    assert not ask(store, "<paper/arxiv-2001-00001> pt:uses <method/barnet>")
    assert ask(store, "<paper/arxiv-2001-00001> pt:mentions <method/barnet>")
    assert not ask(store, "?p pt:reports ?r")
    assert ask(store, "<paper/paper-three-looks-at-things> pt:introduces <task/quizzing>")
    assert ask(store, "<task/quizdata> a pt:Task")

    table = tmp_path / "log.tsv"
    curate(store, "export", "--out", str(table))
    build([first], tmp_path / "again")
    curate(tmp_path / "again", "import", str(table))
    assert lines(tmp_path / "again") == expected

    more = written(tmp_path / "more.jsonl", ADDED)
    build([more], store)
    build([more], tmp_path / "again")
    assert lines(store) == lines(tmp_path / "again")
    assert not ask(store, "<paper/arxiv-2001-00001> pt:uses <method/barnet>")
    assert ask(store, "<paper/arxiv-2001-00004> pt:uses <method/barnet>"), "another paper's sentence is another's"
    build([first, more], tmp_path / "both")
    table.write_text(table.read_text(encoding="utf-8"), encoding="utf-8-sig")  # as spreadsheets save it
    curate(tmp_path / "both", "import", str(table))
    assert lines(tmp_path / "both") == lines(store)
    with open_store(store) as opened:
        report = check_store(opened)
    assert report.shapes.conforms, report.as_text()
    assert report.evidence.complete, report.as_text()


def test_what_is_undone_is_as_if_it_had_never_been(store: Path) -> None:
    before = lines(store)
    session(store)
    done = lines(store)
    made = ids(store)
    curate(store, "undo", *made[::-1])
    assert without_log(store) == before
    assert "(undone)" in curate(store, "list").stdout
    undone = ids(store)[len(made) :]
    curate(store, "undo", *undone)
    assert without_log(store) == [line for line in done if line in set(done) and "graph/curation>" not in line]
    curate(store, "undo", "ffff", exit_code=2)


QUOTE = "We use Foobert on QuizData."
ACTIONS = [
    ("merge", "Foobert", "Barnet", "--type", "Method"),
    ("split", "Microsoft COCO"),
    ("split", "COCO", "Microsoft COCO"),
    ("rename", "QuizData", "The Quiz Data"),
    ("retype", "QuizScore", "Method"),
    ("reject", "A RESULT"),
    ("accept", "A RESULT"),
    ("add", "arxiv:2001.00001", "introduces", "Quizzing", "--type", "Task", "--quote", QUOTE),
    ("add", "arxiv:2001.00001", "usedFor", "Quizzing", "--type", "Task", "--subject", "Foobert", "--quote", QUOTE),
    ("add", "arxiv:2001.00001", "hasRepository", "https://github.com/ada/foobert", "--quote", QUOTE),
    ("add", "arxiv:2001.00001", "inField", "NLP", "--type", "Task", "--quote", QUOTE),
    ("link", "QuizData", "skos:exactMatch", "https://example.org/quiz"),
]


def test_each_correction_is_undone_exactly_alone_and_among_others(tmp_path: Path, first: Path, store: Path) -> None:
    more = {
        "id": "9",
        "title": "Paper nine looks at things",
        "abstract": "Foobert is a Barnet. COCO is Microsoft COCO.",
    }
    first = written(first, [*PAPERS, more])
    build([first], store, min_confidence=Decimal("0.95"))  # what papers say is unsure, so that accepting it shows
    result = statement(store, "paper-two-looks-at-things", "reports", "result")
    actions = [[result if word == "A RESULT" else word for word in one] for one in ACTIONS]
    before, undone = lines(store), list[str]()
    for action in actions:
        held = ids(store)
        curate(store, *action)
        made = ids(store)[len(held) :]
        after = lines(store)
        changed = [line for line in after if not line.endswith(f" <{BASE}graph/curation> .\n")] != before
        assert changed or action[0] == "link", action
        curate(store, "undo", *made)
        undone += ids(store)[len(held) + len(made) :]
        assert without_log(store) == before, action

    curate(store, "undo", *undone)  # all of them count again
    again = ids(store)[-len(undone) :]
    assert without_log(store) != before
    curate(store, "undo", *again[::2])
    curate(store, "undo", *again[1::2])
    assert without_log(store) == before, "whatever the order"

    curate(store, "export", "--out", str(tmp_path / "log.tsv"))
    build([first], tmp_path / "again", min_confidence=Decimal("0.95"))
    curate(tmp_path / "again", "import", str(tmp_path / "log.tsv"))
    assert lines(tmp_path / "again") == lines(store), "with what was undone"


def test_a_curator_says_which_field_a_paper_is_in(tmp_path: Path, store: Path) -> None:
    field = "task/natural-language-processing"
    add = ("add", "arxiv:2001.00001", "inField", "NLP", "--type", "Task", "--quote", QUOTE)
    curate(store, *add)
    in_field = f"<paper/arxiv-2001-00001> pt:inField <{field}>"
    assert ask(store, f"{in_field} . <{field}> a pt:Field, pt:Task")
    assert ask(store, f"?s pt:evidence/<http://www.w3.org/ns/oa#exact> '{QUOTE}' . ?s pt:confidence 1.0 . {in_field}")
    assert not ask(store, f"?paper pt:mentions|pt:addresses <{field}>")
    with open_store(store) as opened:
        report = check_store(opened)
    assert report.shapes.conforms, report.as_text()
    assert report.evidence.complete, report.as_text()

    curate(store, "add", "arxiv:2001.00001", "addresses", "NLP", "--type", "Task", "--quote", QUOTE)
    assert ask(store, f"{in_field} ; pt:addresses <{field}>"), "one does not say the other"
    refused = ("add", "arxiv:2001.00001", "inField", "Quizzing", "--type", "Task", "--quote", QUOTE)
    assert "Quizzing is no field of study; expected one of" in curate(store, *refused, exit_code=2).stderr
    assert (
        "does not lead from a paper to Method"
        in curate(
            store, "add", "arxiv:2001.00001", "inField", "Foobert", "--type", "Method", "--quote", QUOTE, exit_code=2
        ).stderr
    )


def test_of_an_addition_and_a_rejection_the_later_one_counts(store: Path) -> None:
    add = ("add", "arxiv:2001.00001", "comparesWith", "Barnet", "--type", "Method", "--quote", QUOTE)
    said = "<paper/arxiv-2001-00001> pt:comparesWith <method/barnet>"
    before = lines(store)
    curate(store, *add)
    added = without_log(store)
    assert ask(store, said)
    curate(store, "reject", statement(store, "arxiv-2001-00001", "comparesWith", "method"))
    assert without_log(store) == before
    curate(store, *add)
    assert without_log(store) != before
    assert ask(store, said)
    _, rejected, again = ids(store)
    curate(store, "undo", again)
    assert without_log(store) == before
    curate(store, "undo", rejected)
    assert without_log(store) == added


def test_what_is_retyped_is_gone_from_above_what_is_a_kind_of_it(tmp_path: Path, store: Path) -> None:
    more = {
        "id": "9",
        "title": "Paper nine looks at things",
        "abstract": "COCO small is a part. COCO is Microsoft COCO.",
    }
    build([written(tmp_path / "more.jsonl", [more])], store)
    before = lines(store)
    assert ask(store, "<dataset/coco-small> pt:kindOf <dataset/coco>")
    curate(store, "retype", "COCO", "Task", "--type", "Dataset")
    assert ask(store, "<paper/paper-nine-looks-at-things> pt:mentions <task/coco>, <dataset/coco-small>")
    assert not ask(store, "{ <dataset/coco> ?p ?o } UNION { ?s ?p <dataset/coco> }")
    curate(store, "undo", *ids(store))
    assert without_log(store) == before


def test_a_field_that_is_merged_into_a_task_is_a_field_no_more(store: Path) -> None:
    curate(store, "add", "arxiv:2001.00001", "inField", "NLP", "--type", "Task", "--quote", QUOTE)
    curate(store, "add", "arxiv:2001.00001", "addresses", "Quizzing", "--type", "Task", "--quote", QUOTE)
    before = without_log(store)
    curate(store, "split", "NLP", "--type", "Task")
    assert not ask(store, "?paper pt:inField ?field"), "the name alone is no field"
    curate(store, "undo", ids(store)[-1])
    assert without_log(store) == before


def test_split_takes_names_out(tmp_path: Path, store: Path) -> None:
    build([written(tmp_path / "more.jsonl", ADDED[:1])], store)
    curate(store, "merge", "Barnet", "Foobert")
    assert not ask(store, "<method/foobert> ?p ?o")
    curate(store, "split", "Barnet")
    assert ask(store, "<method/foobert> a pt:Method")
    assert ask(store, "<method/barnet> a pt:Method")
    curate(store, "rename", "Barnet", "The Bar Net")
    assert ask(store, "<method/barnet> <http://www.w3.org/2000/01/rdf-schema#label> 'The Bar Net'")
    curate(store, "merge", "The Bar Net", "Foobert")
    assert not ask(store, "<method/foobert> ?p ?o"), "what it was called leads to what papers write"


def test_accepted_statements_are_asserted(tmp_path: Path, first: Path) -> None:
    build([first], tmp_path / "s", min_confidence=Decimal("0.95"))
    pattern = "<paper/arxiv-2001-00001> pt:uses <method/foobert>"
    assert not ask(tmp_path / "s", pattern)
    curate(tmp_path / "s", "accept", statement(tmp_path / "s", "arxiv-2001-00001", "uses", "method"))
    assert ask(tmp_path / "s", pattern)


def test_each_entry_shows_as_prov(store: Path) -> None:
    curate(store, "merge", "Foobert", "Barnet", "--why", "one net")
    curate(store, "link", "Barnet", "skos:exactMatch", "https://example.org/barnet")
    (merged, linked) = ids(store)
    prov, label = "http://www.w3.org/ns/prov#", "http://www.w3.org/2000/01/rdf-schema#label"
    assert ask(
        store,
        f"GRAPH <graph/curation> {{ <curation/{merged}> a <{prov}Activity> ; "
        f"<{prov}wasAssociatedWith>/<{label}> 'Ada' ; <{prov}used> <method/barnet> ; "
        "<http://www.w3.org/2000/01/rdf-schema#comment> 'one net' }",
    )
    match = "<method/barnet> <http://www.w3.org/2004/02/skos/core#exactMatch> <https://example.org/barnet>"
    assert ask(store, match)
    curate(store, "undo", linked[:6])
    assert not ask(store, match)
    assert ask(store, f"<curation/{linked}> <http://www.w3.org/2002/07/owl#deprecated> true")


def test_a_concept_is_explained(tmp_path: Path, store: Path) -> None:
    build([written(tmp_path / "more.jsonl", ADDED[:1])], store)
    curate(store, "merge", "Barnet", "Foobert", "--why", "one net")
    result = CliRunner().invoke(main, ["explain", "barnet", "--store", str(store), "--json"])
    (found,) = json.loads(result.stdout)
    assert (found["iri"], found["label"], found["names"]) == (f"{BASE}method/barnet", "Foobert", ["Barnet", "foobert"])
    assert [(one["names"], one["rule"]) for one in found["merges"]] == [(["Foobert", "foobert"], "naming")]
    assert [(one["label"], one["why"], one["who"]) for one in found["corrections"]] == [
        ("merge Method Barnet: Foobert", "one net", "Ada")
    ]
    assert "Paper four looks at things pt:uses Foobert" in {one["statement"] for one in found["statements"]}
    text = CliRunner().invoke(main, ["explain", f"{BASE}method/barnet", "--store", str(store)]).stdout
    assert "why these names are one:" in text
    assert "“We use foobert on QuizData.”" in text
    missing = CliRunner().invoke(main, ["explain", "Foo", "--store", str(store)])
    assert (missing.exit_code, "near it are Foobert (Method)" in missing.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["merge", "Foobert", "Nonet"], "the graph has no concept called 'Nonet'"),
        (["merge", "Foobert", "QuizData"], "expected one type"),
        (["reject", "0123"], "no statement 0123 in the graph"),
        (
            ["add", "paper-two-looks-at-things", "uses", "Xnet", "--type", "Method", "--quote", "We use Xnet."],
            "holds no",
        ),
        (
            ["add", "paper-two-looks-at-things", "addresses", "Barnet", "--type", "Method", "--quote", "Barnet"],
            "lead from",
        ),
        (["add", "paper-two-looks-at-things", "mentions", "Barnet", "--type", "Method", "--quote", "Barnet"], "one of"),
        (["link", "Foobert", "nowhere:x", "https://example.org/"], "unknown prefix"),
        (["link", "Foobert", "skos:exactMatch", "no iri"], "expected an IRI"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_logged(store: Path, arguments: list[str], message: str) -> None:
    before = lines(store)
    result = CliRunner().invoke(main, ["curate", *arguments, "--store", str(store), "--who", "Ada"])
    assert result.exit_code == 2
    assert message in result.stderr
    assert lines(store) == before
    assert not (store / CURATION_LOG).exists()
    assert read_manifest(store).version == 1


def test_entries_of_a_build_that_never_finished_do_not_count(store: Path) -> None:
    curate(store, "rename", "Barnet", "Bar Net")
    after = lines(store)
    with (store / CURATION_LOG).open("ab") as stream:
        stream.write(b'{"half an entry')
    assert len(ids(store)) == 1
    curate(store, "rename", "Foobert", "Foo")
    assert len(ids(store)) == 2
    curate(store, "undo", ids(store)[1])
    assert without_log(store) == [line for line in after if "graph/curation>" not in line]
