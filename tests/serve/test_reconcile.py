"""The reconciliation service over HTTP: what it offers, what it finds, when it is sure, what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import pandas
import pytest
import requests
from reconciler import reconcile as reconcile_column

from tests.query.small import field_quads, quads, readings, write_store
from tests.serve import reconciliation_schemas as schemas
from tests.serve.conftest import Running

Serve = Callable[..., AbstractContextManager[Running]]
STARLING = "paper/starling-sparse-message-passing--3bf63970ae"


def get(server: Running, path: str, schema: dict[str, Any] | None = None, **parameters: str) -> Any:
    response = requests.get(f"{server.address}/reconcile{path}", parameters, timeout=30)
    assert response.status_code == 200, response.text
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    if schema is not None:
        jsonschema.validate(response.json(), schema)
    return response.json()


def ask(server: Running, **query: Any) -> list[dict[str, Any]]:
    """The candidates for one query, which GET and POST find alike."""
    asked = json.dumps({"q": query})
    posted = requests.post(f"{server.address}/reconcile", {"queries": asked}, timeout=30)
    assert posted.status_code == 200, posted.text
    jsonschema.validate(posted.json(), schemas.RESULTS)
    assert posted.json() == get(server, "", schemas.RESULTS, queries=asked)
    found: list[dict[str, Any]] = posted.json()["q"]["result"]
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    return found


def extend(server: Running, ids: list[str], *properties: str, limit: str | None = None) -> Any:
    settings = {} if limit is None else {"settings": {"limit": limit}}
    asked = json.dumps({"ids": ids, "properties": [{"id": one, **settings} for one in properties]})
    answer = requests.post(f"{server.address}/reconcile", {"extend": asked}, timeout=30)
    assert answer.status_code == 200, answer.text
    jsonschema.validate(answer.json(), schemas.EXTENSION)
    return answer.json()


def matched(found: list[dict[str, Any]]) -> str | None:
    assert not any(one["match"] for one in found[1:])
    return found[0]["id"] if found and found[0]["match"] else None


def test_the_manifest_leads_to_all_services(server: Running) -> None:
    manifest = get(server, "", schemas.MANIFEST)
    assert manifest["identifierSpace"] == "https://w3id.org/papertriples/"
    view = manifest["view"]["url"].replace("{{id}}", quote("method/starling", safe=""))
    assert "Starling" in requests.get(view, timeout=30).text
    for name in ("entity", "type", "property"):
        service = manifest["suggest"][name]
        assert requests.get(service["service_url"] + service["service_path"], timeout=30).status_code == 200
    assert requests.get(manifest["logo"], timeout=30).status_code == 200


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Starling", "method/starling"),
        ("  starlings ", "method/starling"),  # plural, case, blanks
        ("STARLING net", "method/starling"),  # another name
        ("graph-loom", "method/graph-loom"),
        ("Starling: sparse message passing", STARLING),
        ("arXiv:2106.00001v3", STARLING),
        ("https://arxiv.org/abs/2106.00001", STARLING),
        ("https://github.com/Example/Starling.git", "repository/github-com-example-starling--9d8fa9aead"),
        ("method/wren", "method/wren"),
        ("https://w3id.org/papertriples/method/wren", "method/wren"),
    ],
)
def test_what_is_named_is_a_match(server: Running, asked: str, found: str) -> None:
    candidates = ask(server, query=asked)
    assert matched(candidates) == found
    assert candidates[0]["score"] >= 95


@pytest.mark.parametrize(
    ("asked", "best"),
    [
        ("Ada Example", None),  # three namesakes
        ("node classfication", "task/node-classification"),  # a slip is a candidate, not a match
        ("Strling", "method/starling"),
        ("Starling network for graphs", "method/starling"),
        ("quantum chromodynamics", None),
    ],
)
def test_no_match_where_it_is_unsure(server: Running, asked: str, best: str | None) -> None:
    candidates = ask(server, query=asked)
    assert matched(candidates) is None
    if best is not None:
        assert candidates[0]["id"] == best


def test_types_narrow(server: Running) -> None:
    assert {one["type"][0]["id"] for one in ask(server, query="Starling")} == {"Method", "Repository"}
    assert [one["id"] for one in ask(server, query="Starling", type="Method")] == ["method/starling"]
    assert {one["id"] for one in ask(server, query="loom", type=["pt:Concept"])} == {"method/loom", "method/graph-loom"}
    assert ask(server, query="Starling", type=["Method", "Paper"], type_strict="all") == []
    assert ask(server, query="Starling", type=["Task"]) == []
    hinted = ask(server, query="Starling", type="Task", type_strict="should")
    assert hinted[0]["id"] == "method/starling"
    assert hinted[0]["score"] == 80
    assert matched(hinted) is None


def test_limits(server: Running) -> None:
    assert len(ask(server, query="Ada Example", limit=2)) == 2
    assert len(ask(server, query="Ada Example", type="Person")) == 4


def test_properties_tell_namesakes_apart(server: Running) -> None:
    for paper, found in (("Starling: Sparse Message Passing", "starling"), ("Wren: a Dense Network", "wren")):
        candidates = ask(server, query="Ada Example", type="Person", properties=[{"pid": "paper", "v": paper}])
        assert (matched(candidates) or "").startswith(f"person/{found}")
        assert candidates[1]["score"] < 90
    by_entity = ask(server, query="Ada Example", properties=[{"pid": "paper", "v": {"id": STARLING}}])
    assert (matched(by_entity) or "").startswith("person/starling")


def test_a_property_that_contradicts_is_no_match(server: Running) -> None:
    title = "Starling: Sparse Message Passing"
    assert matched(ask(server, query=title, properties=[{"pid": "year", "v": 2021}])) == STARLING
    assert matched(ask(server, query=title, properties=[{"pid": "year", "v": ["2021", "2022"]}])) == STARLING
    wrong = ask(server, query=title, properties=[{"pid": "year", "v": "1999"}])
    assert matched(wrong) is None
    assert wrong[0]["features"][-1] == {"id": "year", "value": 0.0}
    # What the graph does not know of a paper does not contradict.
    assert matched(ask(server, query=title, properties=[{"pid": "doi", "v": "10.5555/1"}])) == STARLING


def test_properties_alone_find(server: Running) -> None:
    found = ask(server, properties=[{"pid": "venue", "v": "Workshop on Birds"}])
    assert [one["id"] for one in found] == [STARLING]
    assert [one["id"] for one in ask(server, properties=[{"pid": "arxivId", "v": "2106.00001"}])] == [STARLING]
    assert {one["id"] for one in ask(server, properties=[{"pid": "usedFor", "v": "node classification"}])} == {
        "method/starling"
    }


def test_papers_are_in_a_field_of_study(serve: Serve, tmp_path: Path) -> None:
    store = write_store(tmp_path / "store", [*quads(), *field_quads()])
    with serve(store, workers=1) as server:
        answer = extend(server, ["task/ornithology", "task/node-classification"], "paperCount", "paper")
        (found,) = ask(server, query="ornithology", type="Task")
    rows = answer["rows"]
    assert rows["task/ornithology"]["paperCount"] == [{"int": len(readings())}]
    assert len(rows["task/ornithology"]["paper"]) == len(readings())
    assert rows["task/node-classification"]["paperCount"] == [{"int": 2}]
    assert found["description"] == f"Task; in {len(readings())} papers"


def test_data_extension(server: Running) -> None:
    answer = extend(
        server,
        ["method/starling", STARLING, "method/nowhere"],
        *("name", "alternativeName", "paperCount", "introducedBy", "year", "author", "code", "result", "broader"),
    )
    rows = answer["rows"]
    assert rows["method/starling"]["alternativeName"] == [{"str": "STARLING net"}]
    assert rows["method/starling"]["paperCount"] == [{"int": 2}]
    assert rows["method/starling"]["introducedBy"] == [{"id": STARLING, "name": "Starling: Sparse Message Passing"}]
    assert rows["method/starling"]["year"] == []
    assert len(rows["method/starling"]["result"]) == 3
    assert rows[STARLING]["year"] == [{"int": 2021}]
    assert rows[STARLING]["code"] == [{"str": "https://github.com/example/starling"}]
    assert all(not cells or name == "paperCount" for name, cells in rows["method/nowhere"].items())
    assert {"id": "introducedBy", "name": "introduced by", "type": {"id": "Paper", "name": "Paper"}} in answer["meta"]
    result = rows["method/starling"]["result"][0]["id"]
    assert "float" in extend(server, [result], "value")["rows"][result]["value"][0]


def test_values_are_capped(server: Running) -> None:
    answer = extend(server, ["method/starling"], "result", limit="1")
    assert len(answer["rows"]["method/starling"]["result"]) == 1


def test_suggestions(server: Running) -> None:
    entities = get(server, "/suggest/entity", schemas.SUGGESTED_ENTITIES, prefix="star")["result"]
    assert {"method/starling", STARLING} <= {one["id"] for one in entities}
    rest = get(server, "/suggest/entity", prefix="star", cursor="1")["result"]
    assert rest == entities[1:]
    assert [one["id"] for one in get(server, "/suggest/entity", prefix="method/wren")["result"]] == ["method/wren"]
    types = get(server, "/suggest/type", schemas.SUGGESTED_TYPES, prefix="ta")["result"]
    assert [one["id"] for one in types] == ["Task"]
    found = get(server, "/suggest/property", schemas.SUGGESTED_PROPERTIES, prefix="arx")["result"]
    assert [one["id"] for one in found] == ["arxivId"]
    proposed = get(server, "/properties", schemas.PROPOSALS, type="Person", limit="10")
    assert [one["id"] for one in proposed["properties"]] == ["name", "paperCount", "paper", "sameAs", "orcid"]


def test_every_property_that_is_proposed_can_be_asked_for(server: Running) -> None:
    for kind, example in (("Method", "method/starling"), ("Paper", STARLING), ("Metric", "metric/accuracy")):
        names = [one["id"] for one in get(server, "/properties", type=kind)["properties"]]
        for batch in (names[at : at + 20] for at in range(0, len(names), 20)):
            assert set(extend(server, [example], *batch)["rows"][example]) == set(batch)


def test_previews_may_be_framed_and_run_nothing(server: Running) -> None:
    manifest = get(server, "")
    address = manifest["preview"]["url"].replace("{{id}}", quote("method/starling", safe=""))
    answer = requests.get(address, timeout=30)
    assert answer.status_code == 200
    assert "STARLING net" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src 'self'" in policy
    assert "<script" not in answer.text
    flyout = get(server, "/flyout", schemas.FLYOUT, id="method/starling")
    assert "STARLING net" in flyout["html"]
    missing = requests.get(f"{server.address}/reconcile/preview", {"id": "method/nowhere"}, timeout=30)
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"queries": "{"}, 400, "no JSON"),
        ({"queries": "[]"}, 400, "expected an object"),
        ({"queries": '{"a": {}}'}, 400, "queries: a: found neither"),
        ({"queries": '{"a": {"query": 3}}'}, 400, "queries: a: query: found 3, expected text"),
        ({"queries": '{"a": {"query": "x", "limit": 0}}'}, 400, "limit"),
        ({"queries": '{"a": {"query": "x", "type": "Bird"}}'}, 400, "'Bird', expected one of Task"),
        ({"queries": '{"a": {"query": "x", "properties": [{"pid": "wings", "v": 2}]}}'}, 400, "suggest/property"),
        ({"queries": json.dumps({str(n): {"query": "x"} for n in range(51)})}, 413, "50 at a time"),
        ({"extend": '{"ids": ["a"]}'}, 400, "extend: properties"),
        ({"extend": json.dumps({"ids": ["a"] * 201, "properties": []})}, 413, "200 at a time"),
        ({"queries": "{}", "extend": "{}"}, 400, "one of them"),
        ({"query": "Starling"}, 400, "neither queries nor extend"),
    ],
)
def test_what_is_wrong_is_told(server: Running, sent: dict[str, str], status: int, words: str) -> None:
    answer = requests.post(f"{server.address}/reconcile", sent, timeout=30)
    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_names_that_look_like_queries_are_names(server: Running) -> None:
    for text in ('" } #', "> } DROP ALL #", "$iris", "a" * 5000, "\\ud800", "NEAR(a b)", "%", "'"):
        assert matched(ask(server, query=text)) is None
        ask(server, properties=[{"pid": "venue", "v": text}, {"pid": "exactMatch", "v": {"id": text}}])
        extend(server, [text], "name")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # the client's own
def test_a_client_of_others(server: Running) -> None:
    """The client library ``reconciler`` reconciles a column of a table with another as property."""
    table = pandas.DataFrame({"name": ["Starling", "Graph Looms", "Wren: a Dense Network"], "year": ["", "", "2022"]})
    address = f"{server.address}/reconcile"
    found = reconcile_column(table["name"], reconciliation_endpoint=address)
    assert list(found["id"]) == ["method/starling", "method/graph-loom", "paper/wren-a-dense-network--11f82ce980"]
    assert list(found["match"]) == [True, True, True]
    papers = reconcile_column(
        table["name"][2:],
        type_id="Paper",
        property_mapping={"year": table["year"][2:]},
        reconciliation_endpoint=address,
    )
    assert list(papers["type_id"]) == ["Paper"]
