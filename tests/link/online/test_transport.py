"""One request: who asks, where a redirect leads, what a key never shows itself in, proxies."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import UsageError
from kg.link.online.keys import contact_of, keys_of
from kg.link.online.service import KeyPlace, Request
from kg.link.online.services import SERVICES
from kg.link.online.transport import Failure, Person, Transport
from tests.link.online.world import Told, World, a_world, told

KEY = "secret-key-0815"
ADA = Person("ada@example.org")
KEYED = Person("ada@example.org", KEY)


@pytest.fixture
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(read=2)
    yield made
    made.close()


def ask(world: World, transport: Transport, person: Person = ADA, place: KeyPlace | None = None) -> object:
    request = Request("/works", (("filter", "doi:10.5555/starling"), ("per_page", "1")))
    return transport.ask(world.address("openalex"), request, person, place, mailto=True).json()


def moved(world: World, location: str, status: int = 302) -> None:
    world.fails("openalex", Told(status, b"", {"Location": location}))


def test_who_asks_is_told(world: World, transport: Transport) -> None:
    ask(world, transport)
    agent = world.asked[0].headers["user-agent"]
    assert agent.startswith("papertriples/")
    assert "mailto:ada@example.org" in agent
    assert world.asked[0].query["mailto"] == "ada@example.org"


@pytest.mark.parametrize("name", [name for name, one in SERVICES.items() if one.key])
def test_a_key_goes_where_the_service_wants_it(world: World, transport: Transport, name: str) -> None:
    place = SERVICES[name].key
    assert place is not None
    ask(world, transport, KEYED, place)
    sent = world.asked[0]
    assert KEY in (
        sent.query.get(place.param or "", ""),
        sent.headers.get((place.header or "").lower(), "")[-len(KEY) :],
    )
    ask(world, transport, ADA, place)
    assert KEY not in str(world.asked[1])


def test_a_key_that_is_repeated_is_not_kept(world: World, transport: Transport) -> None:
    world.fails("openalex", told({"you": f"?api_key={KEY}", "results": []}))
    assert ask(world, transport, KEYED) == {"you": "?api_key=***", "results": []}


def test_no_message_shows_a_key(world: World, transport: Transport) -> None:
    place = KeyPlace("https://example.org", param="api_key", header="x-api-key")
    elsewhere = f"https://elsewhere.example/?api_key={KEY}"
    for fault in (told({"error": KEY}, 403), Told(302, b"", {"Location": elsewhere}), Told(200, KEY.encode())):
        world.fails("openalex", fault)
        with pytest.raises(Failure) as caught:
            ask(world, transport, KEYED, place)
        assert KEY not in str(caught.value)
    with pytest.raises(Failure) as caught:
        transport.ask("http://127.0.0.1:9", Request(), KEYED, place)
    assert KEY not in str(caught.value) + repr(KEYED)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_within_the_host_is_followed(world: World, transport: Transport, status: int) -> None:
    moved(world, "/openalex/works?filter=doi:10.5555/starling&per_page=1", status)
    found = ask(world, transport)
    assert isinstance(found, dict)
    assert len(found["results"]) == 1
    assert world.count() == 2


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:{port}/x",
        "https://127.0.0.1:{port}/x",
        "http://127.0.0.1:9/x",
        "//elsewhere.example/",
        "file:///etc/hosts",
    ],
)
def test_a_redirect_to_another_host_is_not(world: World, transport: Transport, location: str) -> None:
    moved(world, location.format(port=world.server.server_port))
    with pytest.raises(Failure, match="another host") as caught:
        ask(world, transport)
    assert caught.value.stop
    assert world.count() == 1


def test_redirects_without_end(world: World, transport: Transport) -> None:
    world.faults.append(lambda asked: Told(302, b"", {"Location": "/openalex/again"}))
    with pytest.raises(Failure, match="on and on"):
        ask(world, transport)
    assert world.count() == 4


def test_a_redirect_that_would_drop_what_was_asked(world: World, transport: Transport) -> None:
    world.fails("dblp", Told(302, b"", {"Location": "/dblp"}))
    with pytest.raises(Failure, match="drops what was asked"):
        transport.ask(world.address("dblp"), Request(form=(("query", "ASK {}"),)), ADA)


def test_compressed_answers_count_as_they_unpack(world: World) -> None:
    whole = gzip.compress(b"[" + b" " * 1_000_000 + b"]")
    world.faults.append(lambda asked: Told(200, whole, {"Content-Encoding": "gzip"}))
    assert ask(world, Transport()) == []
    with pytest.raises(Failure, match="more than 100,000 bytes"):
        ask(world, Transport(most_bytes=100_000))


def test_an_answer_that_comes_too_slowly(world: World) -> None:
    with pytest.raises(Failure, match="not whole after") as caught:
        ask(world, Transport(seconds=-1))
    assert caught.value.again


def test_an_answer_that_comes_byte_by_byte_is_not_waited_for(world: World) -> None:
    slow = Told(200, b"[]" + b" " * 2_000, drip=0.005)
    world.faults.append(lambda asked: slow)
    with pytest.raises(Failure, match="not whole after") as caught:
        ask(world, Transport(seconds=0.05))
    assert caught.value.again
    assert world.sent < len(slow.body), "each byte is in time for the socket; the answer as a whole is not"


def test_a_proxy_that_the_environment_names(
    world: World, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{world.server.server_port}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    request = Request("/openalex/works", (("filter", "doi:10.5555/starling"), ("per_page", "1")))
    found = transport.ask("http://service.invalid", request, ADA).json()
    assert len(found["results"]) == 1
    assert ask(world, transport) == found  # not by the proxy


def test_keys_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('openalex = "of-the-file"\nsemanticscholar = "s2"\n')
    environment = {"PAPERTRIPLES_OPENALEX_KEY": " of-the-variable\n"}
    found = keys_of(["openalex", "semanticscholar", "crossref"], environment, file)
    assert found == {"openalex": "of-the-variable", "semanticscholar": "s2"}


@pytest.mark.parametrize("text", ['openalex = "secret two"', "openalex = 815", "openalex: secret", 'other = "secret"'])
def test_a_file_of_keys_that_is_none_shows_no_key(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        keys_of(["openalex"], {}, file)
    assert "secret" not in str(caught.value)
    assert "keys.toml" in str(caught.value)


@pytest.mark.parametrize("given", ["ada", "ada@example", "a b@example.org", "ada@example.org\nX-Evil: 1", ""])
def test_an_address_that_is_none(given: str) -> None:
    with pytest.raises(UsageError, match="--contact"):
        contact_of(given, {})


def test_an_address_from_the_environment() -> None:
    assert contact_of(None, {"PAPERTRIPLES_CONTACT": "ada@example.org"}) == "ada@example.org"
