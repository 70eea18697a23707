"""What ``/openapi.json`` says, tried: requests are made of it, and the answers are what it announces."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.serve.conftest import Running

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
EACH = 3  # requests an operation


def test_every_operation_answers_as_it_is_described(server: Running) -> None:
    document = requests.get(f"{server.address}/openapi.json", timeout=30).json()
    schema = schemathesis.openapi.from_dict(document)
    tried: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EACH,
            deadline=None,
            database=None,
            derandomize=True,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def answers_as_described(case: Any) -> None:
            response = case.call(base_url=server.address, timeout=30)
            case.validate_response(response, checks=list(CHECKS))

        answers_as_described()
        tried.append(operation.path)
    assert len(tried) >= 38
    assert {"/sparql", "/recipes", "/health/ready"} <= set(tried)


@pytest.mark.parametrize("path", ["/recipes/leaderboard?dataset=orchard", "/recipes/paper-graph?paper=2106.00001"])
def test_every_format_that_is_described_is_served(server: Running, path: str) -> None:
    document = requests.get(f"{server.address}/openapi.json", timeout=30).json()
    described = document["paths"][path.partition("?")[0]]["get"]["responses"]["200"]["content"]
    for media_type in described:
        response = requests.get(server.address + path, headers={"Accept": media_type}, timeout=30)
        assert response.headers["Content-Type"].partition(";")[0] == media_type
