"""The query page as the server writes it: it says where a query is wrong, draws what can be drawn, opens recipes."""

from __future__ import annotations

import re

import pytest
import requests

from kg.serve.query_page import EXAMPLE
from kg.serve.result_chart import result_chart
from kg.serve.result_table import Cell, ResultTable
from tests.serve.conftest import Running

HTML = {"Accept": "text/html"}


def page(server: Running, status: int = 200, **parameters: str) -> str:
    response = requests.get(f"{server.address}/sparql", parameters, headers=HTML, timeout=30)
    assert response.status_code == status, response.text
    return response.text


def test_without_a_query_there_is_an_example_that_runs(server: Running) -> None:
    found = page(server)
    assert "GROUP BY ?task" in found
    assert 'role="status">Running' not in found
    assert "rows" in page(server, query=EXAMPLE)


def test_the_answer_tells_rows_time_formats_and_its_address(server: Running) -> None:
    found = page(server, query="SELECT ?s WHERE { ?s a <https://w3id.org/papertriples/ontology#Paper> }")
    assert re.search(r"4 rows, in\s+[\d.]+ ms", found)
    for name in ("json", "csv", "tsv", "xml"):
        assert f'&amp;format={name}" download="result.{name}"' in found
    assert 'id="share" href="/sparql?query=SELECT' in found


def test_an_error_is_shown_at_its_place(server: Running) -> None:
    found = page(server, 400, query="SELECT ?x\nWHERE { ?x a }")
    assert 'data-line="2"' in found
    line = re.search(r'<span class="line-number">2</span> (.*)\n.*?</span> ( *)<b>\^</b>', found)
    assert line is not None
    assert line[1] == "WHERE { ?x a }"
    column = re.search(r'data-column="(\d+)"', found)
    assert column is not None
    assert len(line[2]) == int(column[1]) - 1


def test_a_recipe_opens_with_its_example_and_runs_with_what_is_given(server: Running) -> None:
    name = next(iter(server.context.recipes)).name
    recipe = next(one for one in server.context.recipes if one.parameters and one.kind == "SELECT")
    assert "There is no recipe" in page(server, 404, recipe="nothing")
    assert f'href="/sparql?recipe={name}"' in page(server)
    found = page(server, recipe=recipe.name)
    assert "#+ summary" not in found
    assert 'role="status">' in found  # it was run
    for one in recipe.parameters:
        assert f'id="p-{one.name}"' in found
    assert "expected" in page(server, 400, recipe="methods-by-papers", limit="many")


def test_the_page_of_a_recipe_leads_to_the_editor(server: Running) -> None:
    response = requests.get(f"{server.address}/recipes/methods-by-papers?limit=3", headers=HTML, timeout=30)
    assert '/sparql?recipe=methods-by-papers&amp;limit=3"' in response.text


def test_completion_knows_the_terms_of_this_store(server: Running) -> None:
    response = requests.get(f"{server.address}/sparql/terms", timeout=30)
    assert response.headers["Content-Type"] == "application/json"
    found = response.json()
    assert found["prefixes"]["pt"] == "https://w3id.org/papertriples/ontology#"
    terms = {one["name"]: one for one in found["terms"]}
    assert terms["pt:Paper"]["kind"] == "class"
    assert terms["pt:Paper"]["uses"] == 4
    assert terms["pt:introduces"]["kind"] == "property"
    assert terms["pt:introduces"]["uses"] > 0
    used = [one["uses"] for one in found["terms"] if one["kind"] == "property"]
    assert used == sorted(used, reverse=True)


def table(*rows: tuple[str, str], name: str = "task") -> ResultTable:
    cells = tuple((Cell(left), Cell(right, is_number=True)) for left, right in rows)
    return ResultTable((name, "papers"), cells)


def test_names_are_drawn_as_bars_in_their_order() -> None:
    chart = result_chart(table(("a", "4"), ("b", "1"), ("c", "2.0")))
    assert chart is not None
    assert not chart.over_time
    assert [(bar.label, bar.start, bar.size) for bar in chart.bars] == [("a", 0, 100), ("b", 0, 25), ("c", 0, 50)]


def test_times_are_drawn_in_their_order() -> None:
    chart = result_chart(table(("2020", "1"), ("2018", "4"), name="year"))
    assert chart is not None
    assert chart.over_time
    assert [bar.label for bar in chart.bars] == ["2018", "2020"]
    assert chart.words == "papers by year: from 2018 (4) to 2020 (1)"


def test_what_is_below_zero_is_drawn_below_it() -> None:
    chart = result_chart(table(("a", "3"), ("b", "-1")))
    assert chart is not None
    assert chart.zero == 25
    assert [(bar.start, bar.size) for bar in chart.bars] == [(25, 75), (0, 25)]


@pytest.mark.parametrize(
    "shown", [table(), table(("a", "1")), table(("a", "INF"), ("b", "1")), ResultTable(boolean=True)], ids=str
)
def test_what_cannot_be_drawn_is_not(shown: ResultTable) -> None:
    assert result_chart(shown) is None


def test_the_page_of_a_recipe_draws_what_can_be_drawn(server: Running) -> None:
    response = requests.get(f"{server.address}/recipes/methods-by-papers", headers=HTML, timeout=30)
    assert 'class="result-chart"' in response.text
    response = requests.get(f"{server.address}/recipes/newest-papers", headers=HTML, timeout=30)
    assert 'class="result-chart"' not in response.text
