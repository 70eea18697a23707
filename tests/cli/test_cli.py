"""The commands, as a user types them: exit codes, messages, what stands on which stream."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph
import pytest
import requests
from click.testing import CliRunner, Result

from kg.cli import main

PAPER = {
    "title": "GridNet: A Detector for Object Detection",
    "abstract": "We propose GridNet, a one-stage detector. GridNet reaches 51.2 AP on COCO. "
    "Code is available at https://github.com/example/gridnet.",
    "year": 2021,
}
COUNT = "SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?p a <https://w3id.org/papertriples/ontology#Paper> }"


def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments], input=stdin, catch_exceptions=False)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    (folder / "papers.jsonl").write_text(json.dumps(PAPER) + "\n", encoding="utf-8")
    done = run("build", folder / "papers.jsonl", "--store", folder / "store")
    assert done.exit_code == 0, done.output
    return folder / "store"


def test_every_command_has_help_with_an_example() -> None:
    for name in main.commands:
        done = run(name, "--help")
        assert done.exit_code == 0
        assert "Example: " in done.output, name


def test_build_says_on_stderr_what_it_did(tmp_path: Path) -> None:
    (tmp_path / "papers.jsonl").write_text(json.dumps(PAPER) + "\n")
    done = run("build", tmp_path / "papers.jsonl", "--store", tmp_path / "s")
    assert done.exit_code == 0
    assert done.stdout == ""
    assert re.search(r"\b1 paper", done.stderr)
    again = run("build", tmp_path / "papers.jsonl", "--store", tmp_path / "s", "--json")
    summary = json.loads(again.stdout)
    assert summary["counts"]["papers"] == 1
    assert summary["extracted"] == 0


def test_the_least_confidence_stays_until_another_is_given(tmp_path: Path) -> None:
    (tmp_path / "papers.jsonl").write_text(json.dumps(PAPER) + "\n")
    build = ("build", tmp_path / "papers.jsonl", "--store", tmp_path / "s", "--json")
    strict = json.loads(run(*build, "--min-confidence", "0.99").stdout)["counts"]["asserted"]
    assert json.loads(run(*build).stdout)["counts"]["asserted"] == strict
    assert json.loads(run(*build, "--min-confidence", "0.1").stdout)["counts"]["asserted"] > strict


def test_build_reads_standard_input(tmp_path: Path) -> None:
    done = run("build", "-", "--format", "jsonl", "--store", tmp_path / "s", stdin=json.dumps(PAPER) + "\n")
    assert done.exit_code == 0, done.output


def test_one_bad_record_is_told_and_counted_and_ends_nothing(tmp_path: Path) -> None:
    lines = [json.dumps(PAPER), "{not json", json.dumps({"abstract": "No title."})]
    (tmp_path / "papers.jsonl").write_text("\n".join(lines) + "\n")
    done = run("build", tmp_path / "papers.jsonl", "--store", tmp_path / "s")
    assert done.exit_code == 3
    assert "papers.jsonl:2" in done.stderr
    assert "papers.jsonl:3" in done.stderr
    assert "title" in done.stderr
    assert json.loads(run("stats", "--store", tmp_path / "s", "--json").stdout)["papers"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["build", "absent.bib", "--store", "{tmp}/s"], 2, "absent.bib"),
        (["build", "{tmp}/x.jsonl", "--format", "docx", "--store", "{tmp}/s"], 2, "bibtex"),
        (["build", "--store", "{tmp}/s"], 2, "INPUT"),
        (["query", "--store", "{tmp}/none", "-"], 2, "papertriples build"),
        (["query", "--store", "{store}"], 2, "--recipe"),
        (["query", "--store", "{store}", "absent.rq"], 2, "absent.rq"),
        (["query", "--store", "{store}", "--recipe", "no-such-recipe"], 2, "no-such-recipe"),
        (["query", "--store", "{store}", "--recipe", "newest-papers", "--param", "limit"], 2, "NAME=VALUE"),
        (["query", "--store", "{store}", "--recipe", "newest-papers", "--param", "limit=many"], 2, "limit"),
        (["export", "--store", "{store}", "--format", "docx", "--out", "{tmp}/x"], 2, "ttl"),
        (["remove", "--store", "{store}", "no-such-paper"], 2, "no-such-paper"),
    ],
)
def test_mistakes_get_a_message_and_no_trace(
    store: Path, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    (tmp_path / "x.jsonl").write_text(json.dumps(PAPER) + "\n")
    done = run(*(one.format(tmp=tmp_path, store=store) for one in arguments), stdin=COUNT)
    assert done.exit_code == code, done.output
    assert message in done.output
    assert "Traceback" not in done.output


def test_a_syntax_error_says_line_and_column(store: Path) -> None:
    done = run("query", "--store", store, "-", stdin="SELECT ?s WHERE {\n  ?s ?p }")
    assert done.exit_code == 1
    assert re.search(r"\b2\b", done.output)
    assert "Traceback" not in done.output


def test_a_store_of_another_version_is_refused(store: Path, tmp_path: Path) -> None:
    manifest = json.loads((store / "papertriples.json").read_text())
    (tmp_path / "papertriples.json").write_text(json.dumps({**manifest, "format_version": 999}))
    done = run("stats", "--store", tmp_path)
    assert done.exit_code == 1
    assert "999" in done.output


def test_queries_by_file_stdin_and_recipe(store: Path, tmp_path: Path) -> None:
    (tmp_path / "count.rq").write_text(COUNT)
    by_file = run("query", "--store", store, tmp_path / "count.rq", "--format", "json")
    by_stdin = run("query", "--store", store, "-", "--format", "json", stdin=COUNT)
    assert by_file.stdout == by_stdin.stdout
    (tmp_path / "marked.rq").write_text(COUNT, encoding="utf-8-sig")  # as some editors save it
    assert run("query", "--store", store, tmp_path / "marked.rq", "--format", "json").stdout == by_file.stdout
    assert json.loads(by_file.stdout)["results"]["bindings"][0]["n"]["value"] == "1"
    table = run("query", "--store", store, "--recipe", "newest-papers", "--format", "table")
    assert "GridNet" in table.stdout
    refused = run("query", "--store", store, "-", stdin="SELECT * WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")
    assert refused.exit_code == 1
    assert "SERVICE" in refused.output


def test_extract_answers_line_by_line_in_order() -> None:
    lines = [json.dumps({"id": str(n), "text": f"We evaluate Net{n} on COCO and reach {n}.5 AP."}) for n in range(3)]
    lines.insert(1, "not json")
    done = run("extract", stdin="\n".join(lines))
    assert done.exit_code == 3
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["id"] for one in found] == ["0", "1", "2"]
    assert set(found[0]) == {"id", "mentions", "relations", "roles", "results", "repositories"}
    assert ":2: found no JSON" in done.stderr
    text = json.loads(lines[0])["text"]
    assert all(text[m["start"] : m["end"]] == m["text"] for m in found[0]["mentions"])


def test_extract_with_any_number_of_threads() -> None:
    line = json.dumps({"id": "1", "title": "GridNet: Grids for Parsing", "abstract": "We train GridNet on COCO. " * 5})
    one, two = (run("extract", "--threads", threads, stdin=line) for threads in ("1", "2"))
    assert one.stdout == two.stdout
    assert json.loads(one.stdout)["mentions"]
    refused = run("extract", "--threads", "0", stdin=line)
    assert refused.exit_code == 2
    assert "--threads" in refused.output


def test_recipes_of_ones_own(store: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text("#+ summary: Anything?\nASK { ?s ?p ?o }\n", encoding="utf-8")
    (tmp_path / "none.rq").write_text("#+ summary: Nothing\nSELECT * { <urn:x> ?p ?o }\n", encoding="utf-8")
    assert "mine" in run("recipes", "--recipes", tmp_path).stdout
    asked = run("query", "--store", store, "--recipes", tmp_path, "--recipe", "mine", "--format", "csv")
    assert asked.stdout.strip() == "true"
    checked = json.loads(run("recipes", "check", tmp_path, "--store", store, "--json").stdout)
    assert checked == {"recipes": 2, "errors": [], "without_rows": ["none"]}
    assert json.loads(run("recipes", "check", "--json").stdout)["recipes"] >= 30
    (tmp_path / "bad.rq").write_text("#+ summary: x\n#+ color: red\nASK {}\n", encoding="utf-8")
    done = run("recipes", "check", tmp_path)
    assert done.exit_code == 1
    assert f"{tmp_path / 'bad.rq'}:2: header: found 'color'" in done.stderr
    assert "2 recipes are right, 1 are not" in done.stderr


def test_export_check_stats_analyse_recipes(store: Path, tmp_path: Path) -> None:
    done = run("export", "--store", store, "--format", "ttl", "--out", tmp_path / "graph.ttl")
    assert done.exit_code == 0
    assert list(pyoxigraph.parse(path=str(tmp_path / "graph.ttl")))
    done = run("check", "--store", store, "--json")
    assert done.exit_code == 0, done.output
    assert "paper" in run("stats", "--store", store).stdout
    assert json.loads(run("analyse", "--store", store, "--json").stdout)
    assert run("analyse", "--store", store).exit_code == 0
    recipes = json.loads(run("recipes", "--json").stdout)
    assert len(recipes) >= 15
    assert "newest-papers" in run("recipes").stdout


def test_what_is_not_english_keeps_its_metadata_and_is_told(tmp_path: Path) -> None:
    french = {
        "title": "Un petit analyseur de tableaux pour les lettres numérisées",
        "abstract": "Nous présentons un analyseur de tableaux. Il ne demande aucune donnée d'apprentissage et lit "
        "quarante pages par seconde. Dans notre collection il trouve neuf cellules sur dix.",
        "doi": "10.1000/fr",
    }
    (tmp_path / "papers.jsonl").write_text(json.dumps(PAPER) + "\n" + json.dumps(french) + "\n")
    done = run("build", tmp_path / "papers.jsonl", "--store", tmp_path / "s")
    assert done.exit_code == 0
    assert "1 text not in English (fr 1): kept, but not read" in done.stderr
    assert json.loads(run("stats", "--store", tmp_path / "s", "--json").stdout)["papers"] == 2
    again = run("build", tmp_path / "papers.jsonl", "--store", tmp_path / "t", "--json")
    assert json.loads(again.stdout)["not_english"] == {"fr": 1}
    assert json.loads(again.stdout)["skipped"] == 0
    (tmp_path / "count.rq").write_text(
        "PREFIX pt: <https://w3id.org/papertriples/ontology#> "
        "SELECT ?s WHERE { ?s a pt:Statement ; ?p ?paper . ?paper pt:doi '10.1000/fr' }"
    )
    found = run("query", "--store", tmp_path / "s", tmp_path / "count.rq", "--format", "json")
    assert json.loads(found.stdout)["results"]["bindings"] == []


def test_remove_takes_a_paper_out(tmp_path: Path) -> None:
    other = {
        "title": "Another Work on Image Captioning",
        "abstract": "We study image captioning.",
        "doi": "10.1000/xyz",
    }
    (tmp_path / "papers.jsonl").write_text(json.dumps(PAPER) + "\n" + json.dumps(other) + "\n")
    run("build", tmp_path / "papers.jsonl", "--store", tmp_path / "s")
    assert run("remove", "--store", tmp_path / "s", "10.1000/xyz").exit_code == 0
    assert json.loads(run("stats", "--store", tmp_path / "s", "--json").stdout)["papers"] == 1


def serve(store: Path, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "kg.cli", "serve", "--store", str(store), "--port", str(port), "--workers", "1"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_serve_plain_refuses_flags_that_only_a_store_has_a_use_for(tmp_path: Path) -> None:
    told = run("serve", "--plain", "--store", tmp_path / "new", "--recipes", tmp_path, "--answer-cache", "0")
    assert told.exit_code == 2
    assert "--answer-cache, --recipes: for a store that was built" in told.stderr
    assert not (tmp_path / "new").exists()


def test_serve_answers_says_where_and_ends_on_a_signal(store: Path) -> None:
    port = free_port()
    server = serve(store, port)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                answer = requests.get(f"http://127.0.0.1:{port}/health", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        assert answer.status_code == 200
        second = serve(store, port)
        _, message = second.communicate(timeout=60)
        assert second.returncode == 2
        assert str(port) in message
        assert "Traceback" not in message
    finally:
        os.kill(server.pid, signal.SIGTERM)
        out, err = server.communicate(timeout=30)
    assert f"http://127.0.0.1:{port}" in out + err
    assert "Traceback" not in err
