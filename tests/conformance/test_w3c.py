"""The W3C SPARQL 1.1 suite over HTTP, against ``serve --plain``: each test by its IRI, known failures by name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.helper import elsewhere
from tests.conformance.known_failures import KNOWN_FAILURES
from tests.conformance.manifests import SUITE, Case, cases_of
from tests.conformance.running import Endpoint, run_case
from tests.serve.plain_server import running_plain

ROOT = Path(__file__).resolve().parents[2]
FOLDER = (ROOT / os.environ.get("KG_SHARED", "../shared") / "conformance" / "sparql11").resolve()
CASES = cases_of(FOLDER)
NO_SUITE = "no W3C suite in conformance/sparql11 of the shared data; set KG_SHARED to its folder"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    folder = tmp_path_factory.mktemp("w3c") / "dataset"
    with running_plain(folder) as address, elsewhere() as hosts:
        found = Endpoint(address, hosts)
        yield found
        found.session.close()


def _parameter(case: Case) -> object:
    reason = KNOWN_FAILURES.get(case.iri)
    marks = [] if reason is None else [pytest.mark.xfail(strict=True, reason=reason, raises=AssertionError)]
    return pytest.param(case, id=case.iri.removeprefix(SUITE), marks=marks)


@pytest.mark.skipif(not CASES, reason=NO_SUITE)
@pytest.mark.parametrize("case", [_parameter(case) for case in CASES])
def test_w3c(case: Case, endpoint: Endpoint) -> None:
    run_case(case, endpoint)


@pytest.mark.skipif(not CASES, reason=NO_SUITE)
def test_known_failures_are_tests_of_the_suite() -> None:
    assert set(KNOWN_FAILURES) <= {case.iri for case in CASES}
