"""Every recipe that ships gives rows on the small graph, and the rows say what the papers say."""

from __future__ import annotations

import csv
import io

import pyoxigraph
import pytest

from kg.graph.vocabulary import PREFIXES
from kg.query import Recipe, load_recipes, run_query
from kg.store import EmbeddedStore
from tests.query.small import IRIS, readings

RECIPES = load_recipes()

# What to ask the small graph; a recipe that is not here is asked with its defaults.
ASKED: dict[str, dict[str, str]] = {
    "leaderboard": {"dataset": "ORCHARD", "metric": "Accuracy"},
    "methods-for-task": {"task": "Node Classification"},
    "datasets-for-task": {"task": "node classification"},
    "paper-introduces": {"paper": "2106.00001"},
    "paper-uses": {"paper": "starling: sparse message passing"},
    "paper-evaluates-on": {"paper": IRIS.paper("starling: sparse message passing").value},
    "papers-with-code": {"task": "node classification"},
    "papers-by-concepts": {"task": "node classification", "dataset": "orchard"},
    "paper-graph": {"paper": "2106.00001"},
    "statements-of-paper": {"paper": "2106.00001", "kind": "comparesWith"},
    "evidence": {"name": "orchard", "predicate": "pt:evaluatesOn"},
    "method-lineage": {"method": "graph loom"},
    "co-used-methods": {"method": "starling"},
    "results-of-method": {"method": "starling net"},
    "low-confidence": {"below": "0.6"},
    "find-concept": {"name": "starling NET"},
    "metrics-for-dataset": {"dataset": "orchard"},
    "compared-methods": {"method": "starling"},
    "datasets-of-method": {"method": "starling"},
    "tasks-of-method": {"method": "Starling"},
    "who-introduced": {"name": "STARLING net"},
    "similar-papers": {"paper": "2106.00001"},
    "papers-of-person": {"name": "ada example"},
}


def rows(
    store: EmbeddedStore, recipe: Recipe, given: dict[str, str] | None = None, *, alike: bool = True
) -> list[dict[str, str]]:
    out = io.BytesIO()
    run_query(store, recipe.bind(given, names=store.names_alike if alike else None), "csv", out)
    return list(csv.DictReader(io.StringIO(out.getvalue().decode())))


def ask(store: EmbeddedStore, name: str, /, **given: str) -> list[dict[str, str]]:
    return rows(store, RECIPES.get(name), {**ASKED.get(name, {}), **given})


def some_statement(store: EmbeddedStore) -> str:
    return ask(store, "evidence")[0]["statement"]


def test_there_are_at_least_thirty_and_all_can_be_read() -> None:
    assert len(RECIPES) >= 30
    assert RECIPES.errors == ()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_gives_rows_on_the_small_graph(recipe: Recipe, small_store: EmbeddedStore) -> None:
    given = ASKED.get(recipe.name, {})
    if recipe.name == "statement":
        given = {"statement": some_statement(small_store)}
    if "analytics" in recipe.tags:  # honestly none, since the small graph has none; see test_recipes_analytics.py
        assert rows(small_store, recipe, recipe.example) == []
    elif recipe.kind == "SELECT":
        assert rows(small_store, recipe, given)
    else:
        out = io.BytesIO()
        run_query(small_store, recipe.bind(given), "nt", out)
        assert out.getvalue()


def test_names_are_looked_up_in_the_index_and_give_the_same_rows(small_store: EmbeddedStore) -> None:
    """No recipe looks through all names for the one that it must be given."""
    by_name = [one for one in RECIPES if "_names }" in one.query]
    assert len(by_name) >= 23
    for recipe in by_name:
        given = {**recipe.example, **ASKED.get(recipe.name, {})}
        assert "UNDEF" not in recipe.bind(given, names=small_store.names_alike), recipe.name
        assert "UNDEF" in recipe.bind(given), recipe.name
        if recipe.kind == "SELECT":
            assert rows(small_store, recipe, given) == rows(small_store, recipe, given, alike=False), recipe.name
    text = RECIPES.get("find-concept").bind({"name": "starling NET"}, names=small_store.names_alike)
    assert 'VALUES ?name { "STARLING net" }' in text


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_parameter_is_documented_and_its_example_runs(recipe: Recipe, small_store: EmbeddedStore) -> None:
    assert recipe.tags
    for parameter in recipe.parameters:
        assert parameter.description
        assert parameter.example is not None or parameter.default is not None
    run_query(small_store, recipe.bind(recipe.example), None, io.BytesIO())


def test_leaderboard_ranks_and_leaves_out_what_stands_under_a_condition(small_store: EmbeddedStore) -> None:
    found = ask(small_store, "leaderboard")
    assert [(row["methodLabel"], row["value"]) for row in found] == [
        ("Starling", "84.5"),
        ("Wren", "81.2"),
        ("Starling", "80"),
    ]
    assert "reaches 84.5% accuracy" in found[0]["sentence"]
    assert found[0]["title"] == "Starling: Sparse Message Passing"


def test_leaderboard_of_a_metric_where_less_is_better(small_store: EmbeddedStore) -> None:
    assert [row["value"] for row in ask(small_store, "leaderboard", metric="error rate")] == ["18.8", "20"]


def test_leaderboards_of_all_metrics_stand_one_after_another(small_store: EmbeddedStore) -> None:
    found = ask(small_store, "leaderboard", metric="")
    assert [row["metricLabel"] for row in found] == ["accuracy"] * 3 + ["error rate"] * 2


def test_methods_and_datasets_for_a_task(small_store: EmbeddedStore) -> None:
    methods = {row["label"]: row for row in ask(small_store, "methods-for-task")}
    assert set(methods) == {"Starling", "GraphLoom"}
    assert methods["Starling"]["saidToBeUsedForIt"] == "true"
    assert methods["GraphLoom"]["saidToBeUsedForIt"] == "false"
    datasets = ask(small_store, "datasets-for-task")
    assert [(row["label"], row["papers"], row["saidToBeItsBenchmark"]) for row in datasets] == [
        ("Orchard", "2", "true")
    ]


def test_what_a_paper_introduces_uses_and_evaluates_on(small_store: EmbeddedStore) -> None:
    introduced = ask(small_store, "paper-introduces")
    assert [(row["label"], row["type"]) for row in introduced] == [("Starling", "Method")]
    assert introduced[0]["sentence"].startswith("We introduce Starling")
    assert [row["label"] for row in ask(small_store, "paper-uses")] == ["GraphLoom"]
    assert [row["label"] for row in ask(small_store, "paper-evaluates-on")] == ["Orchard"]


def test_papers_with_code_need_an_asserted_task(small_store: EmbeddedStore) -> None:
    found = ask(small_store, "papers-with-code")
    assert [(row["title"], row["code"]) for row in found] == [
        ("Starling: Sparse Message Passing", "https://github.com/example/starling")
    ]


def test_evidence_tells_what_is_not_asserted(small_store: EmbeddedStore) -> None:
    found = ask(small_store, "evidence", name="node classification", predicate="pt:addresses")
    assert {(row["subjectLabel"], row["asserted"]) for row in found} == {
        ("Starling: Sparse Message Passing", "true"),
        ("Wren: a Dense Network", "false"),
    }
    without = RECIPES.get("evidence").bind({"name": "node classification"})
    out = io.BytesIO()
    run_query(small_store, without, "csv", out)
    assert len(out.getvalue().splitlines()) > len(found) + 1


def test_a_statement_shows_where_its_sentence_stands(small_store: EmbeddedStore) -> None:
    (row,) = ask(small_store, "statement", statement=some_statement(small_store))
    reading = next(one for one in readings() if one.title == row["title"])
    assert row["field"] == "abstract"
    assert reading.abstract[int(row["start"]) : int(row["end"])] == row["sentence"]


def test_lineage_goes_both_ways(small_store: EmbeddedStore) -> None:
    found = ask(small_store, "method-lineage")
    assert [(row["direction"], row["label"]) for row in found] == [("above", "Loom"), ("below", "Starling")]
    above = [row["label"] for row in ask(small_store, "method-lineage", method="Starling")]
    assert above == ["GraphLoom", "Loom"]


def test_co_used_methods_and_results(small_store: EmbeddedStore) -> None:
    assert {row["label"] for row in ask(small_store, "co-used-methods")} == {"GraphLoom", "Loom"}
    assert {row["valueText"] for row in ask(small_store, "results-of-method")} == {"84.5%", "80.0%", "20.0%"}
    conditions = [row["condition"] for row in ask(small_store, "results-of-method", method="wren")]
    assert "With a tenth of the labels" in conditions


def test_newest_papers_since_a_day(small_store: EmbeddedStore) -> None:
    assert [row["date"] for row in ask(small_store, "newest-papers")] == ["2023-01-15", "2022-03", "2021-06-01", ""]
    assert [row["date"] for row in ask(small_store, "newest-papers", since="2022")] == ["2023-01-15", "2022-03"]


def test_repositories_of_a_host(small_store: EmbeddedStore) -> None:
    assert {row["label"] for row in ask(small_store, "repositories")} == {"example/starling", "example/wren"}
    assert [row["label"] for row in ask(small_store, "repositories", host="gitlab.com")] == ["example/wren"]


def test_low_confidence_and_conflicts(small_store: EmbeddedStore) -> None:
    assert {row["confidence"] for row in ask(small_store, "low-confidence")} == {"0.3"}
    (conflict,) = ask(small_store, "conflicting-results")
    assert {conflict["valueText"], conflict["otherValueText"]} == {"84.5%", "80.0%"}
    assert ask(small_store, "conflicting-results", tolerance="0.2") == []


def test_coverage_counts_each_paper_once(small_store: EmbeddedStore) -> None:
    counts = {row["what"]: int(row["count"]) for row in ask(small_store, "coverage")}
    assert counts["papers"] == 4
    assert counts["papers with code"] == 2
    assert counts["papers with a date"] == 3
    assert counts["methods"] == 4
    assert counts["results"] == 6


def test_find_concept_by_another_name(small_store: EmbeddedStore) -> None:
    (row,) = ask(small_store, "find-concept")
    assert (row["label"], row["type"], row["otherNames"], row["papers"]) == (
        "Starling",
        "Method",
        "STARLING net",
        "2",
    )


def test_leaderboards_and_the_best_of_each(small_store: EmbeddedStore) -> None:
    boards = [(row["datasetLabel"], row["metricLabel"], row["results"]) for row in ask(small_store, "leaderboards")]
    assert boards == [("Orchard", "accuracy", "3"), ("Orchard", "error rate", "2")]
    best = [(row["metricLabel"], row["methodLabel"], row["valueText"]) for row in ask(small_store, "best-results")]
    assert best == [("accuracy", "Starling", "84.5%"), ("error rate", "Wren", "18.8%")]  # of errors, less is better
    metrics = [(row["label"], row["results"], row["papers"]) for row in ask(small_store, "metrics-for-dataset")]
    assert metrics == [("accuracy", "4", "3"), ("error rate", "2", "2")]


def test_what_a_method_is_compared_with_used_for_and_tried_on(small_store: EmbeddedStore) -> None:
    assert [(row["label"], row["papers"]) for row in ask(small_store, "compared-methods")] == [("Wren", "1")]
    (task,) = ask(small_store, "tasks-of-method")
    assert (task["label"], task["papers"], task["saidToBeUsedForIt"]) == ("node classification", "1", "true")
    datasets = [(row["label"], row["how"]) for row in ask(small_store, "datasets-of-method")]
    assert datasets == [("Orchard", "has results on"), ("Orchard", "trained with")]
    (introduced,) = ask(small_store, "who-introduced")
    assert introduced["sentence"].startswith("We introduce Starling")


def test_papers_of_a_person_alike_and_by_year(small_store: EmbeddedStore) -> None:
    assert [row["date"] for row in ask(small_store, "papers-of-person")] == ["2023-01-15", "2022-03", "2021-06-01", ""]
    alike = {row["title"]: row["shared"] for row in ask(small_store, "similar-papers")}
    assert alike == {"A Second Look at Small Birds": "4", "Wren: a Dense Network": "4"}
    assert [(row["year"], row["papers"]) for row in ask(small_store, "papers-per-year", task="")] == [
        ("2023", "1"),
        ("2022", "1"),
        ("2021", "1"),
    ]
    assert [row["year"] for row in ask(small_store, "papers-per-year", since="2022-06")] == ["2023"]
    assert [row["year"] for row in ask(small_store, "papers-per-year", task="Node Classification")] == ["2021"]


def test_code_by_host_of_a_kind_that_the_store_names(small_store: EmbeddedStore) -> None:
    recipe = RECIPES.get("code-by-host").with_values(
        lambda query: [str(row[0].value) for row in small_store.graph.query(query)]
    )
    assert "code" in recipe.parameters[0].values
    assert {row["host"] for row in rows(small_store, recipe, {"kind": "code"})} == {"github.com", "gitlab.com"}


def test_pages_hold_each_row_once(small_store: EmbeddedStore) -> None:
    whole = [row["label"] for row in ask(small_store, "methods-by-papers")]
    pages = [ask(small_store, "methods-by-papers", limit="2", page=str(page)) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 2, 0]
    assert [row["label"] for page in pages for row in page] == whole
    dates = [ask(small_store, "newest-papers", limit="1", page=str(page))[0]["date"] for page in (1, 2, 3)]
    assert dates == ["2023-01-15", "2022-03", "2021-06-01"]  # ranked inside


def test_a_leaderboard_ranks_each_split_by_itself() -> None:
    recipe = next(one for one in RECIPES if one.name == "leaderboard")
    graph = pyoxigraph.Store()
    names = (
        '<x:d> a pt:Dataset ; skos:prefLabel "D" . <x:m> rdfs:label "accuracy" ; pt:higherIsBetter true . '
        '<x:p> rdfs:label "T"'
    )
    said = [
        f'<x:r{value}> pt:dataset <x:d> ; pt:metric <x:m> ; pt:valueKind pt:absolute ; pt:split "{split}" ; '
        f'pt:value {value} ; pt:valueText "{value}" . '
        f"<x:p> pt:reports <x:r{value}> . "
        f"<x:s{value}> rdf:object <x:r{value}> ; rdf:predicate pt:reports ; dcterms:isPartOf <x:p> ; "
        f'pt:evidence <x:e{value}> . <x:e{value}> oa:exact "It is {value}."'
        for value, split in ((70, "test"), (90, "test"), (80, "dev"))
    ]
    prologue = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in PREFIXES.items())
    graph.update(f"{prologue} INSERT DATA {{ {' . '.join([names, *said])} }}")
    found = graph.query(recipe.bind({"dataset": "d", "metric": ""}))
    assert [(row["split"].value, row["value"].value) for row in found] == [
        ("dev", "80"),
        ("test", "90"),
        ("test", "70"),
    ]
