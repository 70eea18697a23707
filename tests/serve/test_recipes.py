"""Recipes over HTTP, and what OpenAPI says of them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import requests
from openapi_spec_validator import OpenAPIV31SpecValidator

from kg.query import load_recipes
from tests.query.small import readings
from tests.serve.conftest import Running

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def get(server: Running, path: str, accept: str = "*/*", **parameters: str) -> requests.Response:
    return requests.get(server.address + path, parameters, headers={"Accept": accept}, timeout=30)


def test_the_list_for_programs_and_for_people(server: Running) -> None:
    listed = get(server, "/recipes").json()["recipes"]
    assert [one["name"] for one in listed] == [one.name for one in load_recipes()]
    board = next(one for one in listed if one["name"] == "leaderboard")
    assert board["parameters"][0]["name"] == "dataset"
    assert board["parameters"][0]["required"] is True
    page = get(server, "/recipes", BROWSER)
    assert page.headers["Content-Type"].startswith("text/html")
    for one in listed:
        assert f"/recipes/{one['name']}" in page.text
    assert get(server, "/recipes", "text/turtle").status_code == 406


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("json", "application/sparql-results+json"),
        ("xml", "application/sparql-results+xml"),
        ("csv", "text/csv; charset=utf-8"),
        ("tsv", "text/tab-separated-values; charset=utf-8"),
        ("html", "text/html; charset=utf-8"),
    ],
)
def test_all_formats_by_parameter_and_by_accept(server: Running, form: str, media_type: str) -> None:
    named = get(server, "/recipes/leaderboard", dataset="orchard", format=form)
    asked = get(server, "/recipes/leaderboard", media_type.split(";")[0], dataset="orchard")
    for response in (named, asked):
        assert (response.status_code, response.headers["Content-Type"]) == (200, media_type)
        assert "84.5%" in response.text


def test_a_recipe_that_makes_a_graph(server: Running) -> None:
    for form in ("ttl", "nt", "jsonld", "rdfxml"):
        response = get(server, "/recipes/paper-graph", paper="2106.00001", format=form)
        assert response.status_code == 200
        assert "Starling" in response.text
    assert get(server, "/recipes/paper-graph", paper="2106.00001", format="csv").status_code == 406


def test_rows_are_those_of_the_command_line(server: Running) -> None:
    found = get(server, "/recipes/newest-papers", "text/csv", since="2022")
    assert [row["date"] for row in csv.DictReader(io.StringIO(found.text))] == ["2023-01-15", "2022-03"]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/recipes/leaderboard", "needs the parameter dataset"),
        ("/recipes/leaderboard?dataset=orchard&limit=many", "expected a whole number from 1 to 10000"),
        ("/recipes/leaderboard?dataset=orchard&limit=0", "expected a whole number from 1 to 10000"),
        ("/recipes/leaderboard?dataset=orchard&colour=red", "has no parameter 'colour'"),
        ("/recipes/leaderboard?dataset=a&dataset=b", "found 2 times"),
        ("/recipes/newest-papers?since=yesterday", "expected a date"),
        ("/recipes/low-confidence?below=much", "expected a decimal number"),
        ("/recipes/statement?statement=not+an+iri", "expected an absolute IRI"),
        ("/recipes/statements-of-paper?paper=x&kind=likes", "expected one of introduces"),
    ],
)
def test_wrong_parameters_say_what_would_be_right(server: Running, path: str, says: str) -> None:
    response = get(server, path)
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")
    assert says in response.json()["detail"]
    if "?" in path:
        page = get(server, path, BROWSER)
        assert page.status_code == 400
        assert page.headers["Content-Type"].startswith("text/html")


def test_the_page_shows_a_form_before_there_is_anything_to_run(server: Running) -> None:
    page = get(server, "/recipes/leaderboard", BROWSER)
    assert page.status_code == 200
    assert 'name="dataset"' in page.text
    assert "<table>" not in page.text
    filled = get(server, "/recipes/leaderboard", BROWSER, dataset="orchard", metric="", limit="")
    assert filled.status_code == 200
    assert 'href="/method/starling">Starling</a>' in filled.text
    assert "rows" in filled.text


def test_a_value_is_never_more_than_a_value(server: Running) -> None:
    wanted = '" } SELECT * { ?s ?p ?o } #'
    assert get(server, "/recipes/find-concept", name=wanted).json()["results"]["bindings"] == []
    page = get(server, "/recipes/find-concept", BROWSER, name="<script>alert(1)</script>")
    assert "<script>alert" not in page.text


def test_no_such_recipe(server: Running) -> None:
    response = get(server, "/recipes/nonsense")
    assert (response.status_code, response.json()["code"]) == (404, "not-found")


def test_openapi_is_valid_and_describes_every_recipe(server: Running) -> None:
    document = get(server, "/openapi.json").json()
    OpenAPIV31SpecValidator(document).validate()
    for recipe in load_recipes():
        operation = document["paths"][f"/recipes/{recipe.name}"]["get"]
        assert operation["summary"] == recipe.summary
        assert [one["name"] for one in operation["parameters"]] == [*(one.name for one in recipe.parameters), "format"]
    assert {"get", "post"} <= set(document["paths"]["/sparql"])


def test_a_broken_recipe_keeps_no_other_from_being_served(tmp_path: Path, small_location: Path, serve) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "broken.rq").write_text("#+ summary: [\nASK {}\n", encoding="utf-8")
    (tmp_path / "fine.rq").write_text("#+ summary: Is there anything?\nASK { ?s ?p ?o }\n", encoding="utf-8")
    with serve(small_location, workers=1, recipes_folder=tmp_path) as own:
        assert [one["name"] for one in get(own, "/recipes").json()["recipes"]] == ["fine"]
        assert get(own, "/recipes/fine").json()["boolean"] is True


def test_the_small_graph_is_the_one_that_is_served(server: Running) -> None:
    counted = {
        row["what"]["value"]: int(row["count"]["value"])
        for row in get(server, "/recipes/coverage").json()["results"]["bindings"]
    }
    assert counted["papers"] == len(readings())
