"""Over HTTP: the address of a name or record that was merged leads to its heir, and to nothing that is guessed."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kg.graph.iris import slug
from kg.records import Identifier
from kg.store.curation import Entry
from tests.assemble.small import record, update
from tests.serve.conftest import Running, running

PRINTED = Identifier("acl", "2020.acl-main.7")
RECORDS = [
    replace(
        record("one", "We use Foobert. Barnet beats it on QuizData.", arxiv="2001.00001"),
        identifiers=(Identifier("arxiv", "2001.00001"), PRINTED),
    ),
    record("two", "Barnet reaches 91.5 QuizScore on QuizData.", arxiv="2001.00002"),
    replace(record("two", "We use Barnet.", source="acl"), identifiers=(Identifier("doi", "10.1/x"),)),
    replace(record("two", "We use QuizData.", source="bibtex"), identifiers=(Identifier("doi", "10.1/y"),)),
]
SAID = Entry("2026-01-31T12:00:00.000000Z", "ada", "merge", type="Method", name="Foobert", to_name="Barnet")
RETYPED = Entry("2026-01-31T12:00:01.000000Z", "ada", "retype", type="Dataset", name="QuizData", to_type="Task")


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    location = tmp_path_factory.mktemp("heirs")
    update(location, RECORDS)
    update(location, [], log=[SAID, RETYPED])
    with running(location, workers=1) as server:
        yield server


def get(server: Running, path: str, accept: str = "text/html") -> tuple[int, str | None, str]:
    """Status, Location, body; redirects are not followed."""
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept": accept})
        response = connection.getresponse()
        return response.status, response.getheader("Location"), response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "heir"),
    [
        ("/method/foobert", "/method/barnet"),
        ("/method/foobert.ttl", "/method/barnet.ttl"),
        ("/method/foobert?role=uses&page=2", "/method/barnet?role=uses&page=2"),
        ("/dataset/quizdata.jsonld", "/task/quizdata.jsonld"),
        ("/paper/acl-2020-acl-main-7", "/paper/arxiv-2001-00001"),
        ("/paper/a-first-look-at-paper-one-2020.nt", "/paper/arxiv-2001-00001.nt"),
    ],
)
def test_an_address_that_is_no_more_leads_to_its_heir(merged: Running, path: str, heir: str) -> None:
    assert get(merged, path)[:2] == (301, heir)
    assert get(merged, heir, "*/*")[0] == (404 if "page=2" in heir else 200)


def test_an_address_that_several_may_have_had_lists_them(merged: Running) -> None:
    path = "/paper/a-first-look-at-paper-two-2020"
    status, location, body = get(merged, path, "application/json")
    assert (status, location) == (404, None)
    assert {one["url"] for one in json.loads(body)["candidates"]} == {
        "/paper/arxiv-2001-00002",
        f"/paper/{slug('doi 10.1/x')}",
        f"/paper/{slug('doi 10.1/y')}",
    }
    assert 'href="/paper/arxiv-2001-00002"' in get(merged, path)[2]


def test_a_namesake_of_another_kind_is_listed_and_no_heir(merged: Running) -> None:
    status, location, body = get(merged, "/metric/barnet", "application/json")
    assert (status, location) == (404, None)
    assert [one["url"] for one in json.loads(body)["candidates"]] == ["/method/barnet"]


@pytest.mark.parametrize("path", ["/method/nonet", "/paper/nothing", "/method/%3E%20x", "/person/nobody"])
def test_what_never_was_is_missing(merged: Running, path: str) -> None:
    status, location, body = get(merged, path, "application/json")
    assert (status, location) == (404, None)
    assert "candidates" not in json.loads(body)


def test_a_name_that_is_parted_again_has_its_address_back(tmp_path: Path) -> None:
    update(tmp_path, RECORDS, log=[SAID])
    with running(tmp_path, workers=1) as server:
        assert get(server, "/method/foobert")[:2] == (301, "/method/barnet")
        update(tmp_path, [], log=[SAID, replace(SAID, when=RETYPED.when, action="undo", type=None, target=SAID.id)])
        assert get(server, "/method/foobert")[0] == 200
