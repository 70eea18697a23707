"""Recipes over HTTP, and what OpenAPI says of them."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from openapi_spec_validator import OpenAPIV31SpecValidator

from kg.query import load_recipes
from kg.settings import Settings
from tests.query.small import readings
from tests.serve.conftest import Running

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
Serve = Callable[..., contextlib.AbstractContextManager[Running]]
BY_POST = """#+ summary: Is there anything of that name?
#+ method: POST
#+ parameters:
#+   - name: label
#+     type: string
#+     example: Starling
ASK { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?_label }
"""


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


def test_own_recipes_are_served_and_a_broken_one_keeps_no_other_from_it(
    tmp_path: Path, small_location: Path, serve: Serve
) -> None:
    (tmp_path / "broken.rq").write_text("#+ summary: [\nASK {}\n", encoding="utf-8")
    fine = tmp_path / "fine.rq"
    fine.write_text("#+ summary: Is there anything?\nASK { ?s ?p ?o }\n", encoding="utf-8")
    (tmp_path / "by-post.rq").write_text(BY_POST, encoding="utf-8")
    with serve(small_location, settings=Settings({"recipes": str(tmp_path), "reload": True, "workers": 1})) as own:
        names = {one["name"] for one in get(own, "/recipes").json()["recipes"]}
        assert {"fine", "by-post", "leaderboard"} <= names
        assert "broken" not in names
        assert get(own, "/recipes/fine").json()["boolean"] is True
        at = f"{own.address}/recipes/by-post"
        assert requests.post(at, {"label": "Starling"}, timeout=30).json()["boolean"] is True
        assert requests.post(at, {"label": "nothing"}, timeout=30).json()["boolean"] is False
        refused = requests.get(at, {"label": "Starling"}, timeout=30)
        assert (refused.status_code, refused.headers["Allow"]) == (405, "POST, OPTIONS")
        refused = requests.post(f"{own.address}/recipes/fine", timeout=30)
        assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
        page = get(own, "/recipes/by-post", BROWSER)
        assert (page.status_code, 'method="post"' in page.text) == (200, True)
        assert requests.post(at, json={"label": "Starling"}, timeout=30).status_code == 415
        document = get(own, "/openapi.json").json()
        OpenAPIV31SpecValidator(document).validate()
        assert list(document["paths"]["/recipes/by-post"]) == ["post"]
        fine.write_text("#+ summary: Is there nothing?\nASK { FILTER NOT EXISTS { ?s ?p ?o } }\n", encoding="utf-8")
        assert get(own, "/recipes/fine").json()["boolean"] is False
        fine.unlink()
        assert get(own, "/recipes/fine").status_code == 404


def test_pages_lead_from_one_to_the_next(server: Running) -> None:
    address: str | None = "/recipes/methods-by-papers?limit=3"
    labels: list[str] = []
    seen = []
    while address is not None:
        response = get(server, address)
        rows = response.json()["results"]["bindings"]
        labels += [row["label"]["value"] for row in rows]
        seen.append((len(rows), sorted(response.links)))
        address = response.links["next"]["url"] if "next" in response.links else None
    assert seen == [(3, ["first", "next"]), (1, ["first", "prev"])]
    assert sorted(labels) == ["GraphLoom", "Loom", "Starling", "Wren"]
    page = get(server, "/recipes/methods-by-papers?limit=3&page=2", BROWSER)
    assert ('rel="prev"' in page.text, 'rel="next"' in page.text) == (True, False)
    assert 'rel="next"' in get(server, "/recipes/methods-by-papers?limit=3", BROWSER).text
    assert get(server, "/recipes/methods-by-papers?limit=4").links.keys() == {"first"}  # as many as there are


def test_an_enum_has_the_values_that_the_store_has(server: Running) -> None:
    document = get(server, "/openapi.json").json()
    kind = document["paths"]["/recipes/code-by-host"]["get"]["parameters"][0]
    assert kind["schema"]["enum"] == ["code"]
    assert "<option" in get(server, "/recipes/code-by-host", BROWSER).text
    wrong = get(server, "/recipes/code-by-host", kind="boat")
    assert (wrong.status_code, "expected one of code" in wrong.json()["detail"]) == (400, True)


def test_the_small_graph_is_the_one_that_is_served(server: Running) -> None:
    counted = {
        row["what"]["value"]: int(row["count"]["value"])
        for row in get(server, "/recipes/coverage").json()["results"]["bindings"]
    }
    assert counted["papers"] == len(readings())
