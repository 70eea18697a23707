"""The page of the API says what ``/openapi.json`` says, and what it gives to try works."""

from __future__ import annotations

import html
import re

import requests

from kg.serve.api_page import operations
from tests.serve.conftest import Running


def test_each_operation_stands_on_the_page_with_its_parameters(server: Running) -> None:
    page = requests.get(f"{server.address}/api", timeout=30).text
    document = requests.get(f"{server.address}/openapi.json", timeout=30).json()
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            found = re.search(rf'<details class="call" id="{told["operationId"]}">(.*?)</details>', page, re.DOTALL)
            assert found is not None, told["operationId"]
            assert f"<b>{method.upper()}</b> {path}<" in found[1]
            for one in told.get("parameters", []):
                assert f"<code>{one['name']}</code>" in found[1]


def test_what_is_there_to_try_is_answered(server: Running) -> None:
    page = requests.get(f"{server.address}/api", timeout=30).text
    addresses = [html.unescape(one) for one in re.findall(r'<a href="([^"]+)">Try it</a>', page)]
    assert len(addresses) > 30
    for address in addresses:
        response = requests.get(server.address + address, headers={"Accept": "text/html, */*;q=0.8"}, timeout=30)
        # A small graph lacks some of the things that the examples name.
        assert response.status_code in (200, 404), (address, response.text)


def test_a_form_is_told_by_its_fields() -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "string", "examples": ["it's"]}, "b": {}},
    }
    told = {
        "operationId": "x",
        "summary": "X",
        "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": schema}}},
        "responses": {"200": {"description": "done"}},
    }
    ((found,),) = operations({"paths": {"/x": {"post": told}}}, "http://h").values()
    assert [(one.name, one.required) for one in found.fields] == [("a", True), ("b", False)]
    assert found.address is None
    assert found.curl == "curl -X POST http://h/x --data-urlencode 'a=it'\\''s'"
