"""Feeds, sitemaps, and what else machines ask of a site."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from urllib.robotparser import RobotFileParser

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from kg.serve import sitemap
from kg.serve.atom import Entry, Feed, document
from tests.serve.atom_schema import check_feed
from tests.serve.conftest import Running
from tests.serve.pages_library import BASE, LIBRARY, Written, pages_of, write_store

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LATER = tuple(
    Written(
        f"user {number}",
        f"User {number}",
        abstract="It uses [M:Deeper Network] in [T:node classification].",
        roles={0: "uses", 1: "addresses"},
        date=f"2019-0{number}",
    )
    for number in (3, 4)
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = write_store(tmp_path_factory.mktemp("feeds") / "store", (*LIBRARY, *LATER))
    with pages_of(folder) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def entries(client: FlaskClient, address: str) -> list[ET.Element]:
    """The entries of a feed, after a check of what RFC 4287 demands of it."""
    with client.get(address) as response:
        assert response.status_code == 200, address
        assert response.mimetype == "application/atom+xml"
        check_feed(response.get_data())
        root = ET.fromstring(response.get_data())
    assert root.tag == f"{ATOM}feed"
    own = [one.get("href") for one in root.findall(f"{ATOM}link") if one.get("rel") == "self"]
    assert own == [f"http://localhost{address}"]
    found = root.findall(f"{ATOM}entry")
    for one in (root, *found):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1, name
        updated = one.findtext(f"{ATOM}updated") or ""
        assert len(updated) == 20
        assert updated.endswith("Z")
    assert root.find(f"{ATOM}author/{ATOM}name") is not None  # for entries that have none
    identifiers = [one.findtext(f"{ATOM}id") for one in found]
    assert len(identifiers) == len(set(identifiers))
    assert all((one.find(f"{ATOM}link").get("href") or "").startswith("http") for one in found)  # type: ignore[union-attr]
    return found


def titles(found: list[ET.Element]) -> list[str]:
    return [one.findtext(f"{ATOM}title") or "" for one in found]


def test_the_feed_of_new_papers(client: FlaskClient) -> None:
    found = entries(client, "/feeds/papers.atom")
    assert titles(found)[:3] == ["User 4", "User 3", "Better Graphs"]
    gat = next(one for one in found if one.findtext(f"{ATOM}id") == f"{BASE}paper/gat-2017")
    assert gat.findtext(f"{ATOM}updated") == "2017-10-30T00:00:00Z"
    assert [one.text for one in gat.findall(f"{ATOM}author/{ATOM}name")] == ["Ada Lovelace", "Charles Babbage"]
    assert (gat.findtext(f"{ATOM}summary") or "").startswith("We introduce Graph Attention Network")
    assert "<script>" in (titles(found)[-1] + titles(found)[-2] + titles(found)[-3])  # a text, as it is


def test_trending_are_papers_whose_things_were_used_in_the_last_year(client: FlaskClient) -> None:
    # Two papers of 2019 use the Deeper Network; the use of 2019 without a month is no later than a year before.
    assert titles(entries(client, "/feeds/trending.atom"))[0] == "Better Graphs"
    html = client.get("/trending").get_data(as_text=True)
    assert 'href="/paper/better-graphs"' in html
    assert "Trending papers" in client.get("/").get_data(as_text=True)


def test_the_feed_of_a_task_tells_what_was_the_best_when_it_came(client: FlaskClient) -> None:
    found = titles(entries(client, "/feeds/task/node-classification.atom"))
    assert found[:2] == [
        "85.5% accuracy on Cora: Deeper Network",
        "83.0% accuracy on Cora: Graph Attention Network",
    ]
    assert not any("61.5%" in one or "1.5%" in one.replace("61.5%", "") for one in found)
    assert client.get("/feeds/task/none.atom").status_code == 404
    assert client.get("/feeds/task/a%20b.atom").status_code == 404


def test_a_search_is_a_feed(client: FlaskClient) -> None:
    assert "Graph Attention Network" in titles(entries(client, "/feeds/search.atom?q=graph"))
    assert entries(client, "/feeds/search.atom?q=zzzz") == []


def test_a_feed_asks_a_bounded_number_of_queries(app: Flask) -> None:
    for address in ("/feeds/papers.atom", "/feeds/trending.atom", "/feeds/task/node-classification.atom"):
        with app.test_client() as client:
            client.get(address)
            client.get(address)
            assert g.queries_asked <= 6, address


def test_the_sitemap_names_every_page(client: FlaskClient) -> None:
    root = ET.fromstring(client.get("/sitemap.xml").get_data())
    found = {one.text for one in root.findall(f"{SITEMAP}url/{SITEMAP}loc")}
    for path in ("", "task", "paper/gat-2017", "task/node-classification", "person/orcid-0000-0002-1825-0097"):
        assert f"http://localhost/{path}" in found
    for address in found:
        if "/paper/" in str(address) or "/task/" in str(address):
            assert client.get(str(address).removeprefix("http://localhost")).status_code == 200


def test_a_large_sitemap_is_parted(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {one.text for one in ET.fromstring(client.get("/sitemap.xml").get_data()).iter(f"{SITEMAP}loc")}
    monkeypatch.setattr(sitemap, "ON_A_PAGE", 10)
    index = ET.fromstring(client.get("/sitemap.xml").get_data())
    assert index.tag == f"{SITEMAP}sitemapindex"
    parts = [str(one.text).removeprefix("http://localhost") for one in index.iter(f"{SITEMAP}loc")]
    assert len(parts) > 2
    joined = [one.text for part in parts for one in ET.fromstring(client.get(part).get_data()).iter(f"{SITEMAP}loc")]
    assert len(joined) == len(set(joined))
    assert set(joined) == whole
    assert client.get("/sitemap-999.xml").status_code == 404


def test_robots_and_browsers_are_told_where_to_look(client: FlaskClient) -> None:
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt").get_data(as_text=True).splitlines())
    assert rules.site_maps() == ["http://localhost/sitemap.xml"]
    assert rules.can_fetch("*", "http://localhost/paper/gat-2017")
    assert not rules.can_fetch("*", "http://localhost/sparql?query=x")
    described = ET.fromstring(client.get("/opensearch.xml").get_data())
    templates = [one.get("template") for one in described if one.tag.endswith("Url")]
    assert "http://localhost/search?q={searchTerms}" in templates


def test_addresses_keep_the_path_that_the_server_is_mounted_at(client: FlaskClient) -> None:
    for address in ("/feeds/papers.atom", "/sitemap.xml"):
        text = client.get(address, environ_overrides={"SCRIPT_NAME": "/kg"}).get_data(as_text=True)
        assert "http://localhost/kg/paper/gat-2017" in text
        assert "/kg/kg/" not in text


def test_the_writer_escapes_what_papers_say() -> None:
    hostile = '</title><script>alert("1")</script> & 😀'
    feed = Feed(
        hostile, "s", "http://h/f?a=1&b=2", "http://h/", "2020-01-01T00:00:00Z", (Entry("i", hostile, "http://h"),)
    )
    root = ET.fromstring(document(feed))
    assert root.findtext(f"{ATOM}title") == root.findtext(f"{ATOM}entry/{ATOM}title") == hostile


def test_any_recipe_is_a_feed(server: Running) -> None:
    client = server.app.test_client()
    found = entries(client, "/feeds/recipes/newest-papers.atom")
    assert found
    again = entries(client, "/feeds/recipes/newest-papers.atom")
    assert [one.findtext(f"{ATOM}id") for one in found] == [one.findtext(f"{ATOM}id") for one in again]
    for address, status in (("none.atom", 404), ("newest-papers.atom?since=soon", 400)):
        with client.get(f"/feeds/recipes/{address}") as response:
            assert response.status_code == status
    with client.get("/recipes/newest-papers?format=html") as response:
        assert 'href="/feeds/recipes/newest-papers.atom"' in response.get_data(as_text=True)


def test_a_feed_keeps_its_grammar_whatever_dates_say() -> None:
    """And the grammar of the tests refuses what it should."""
    dates = ("2020", "2020-02-31", "2020-13", "2020-00-00", "in press", None)
    told = tuple(Entry(f"urn:x:{number}", "A & <b>", "http://a/", date) for number, date in enumerate(dates))
    feed = Feed("T", "S", "http://a/feed", "http://a/page", "2026-01-01T00:00:00Z", told)
    made = document(feed)
    check_feed(made)
    stamps = re.findall("<updated>(.*?)</updated>", made.decode())
    assert stamps[1:4] == ["2020-01-01T00:00:00Z"] * 3
    for right, wrong in (
        ("<id>urn:x:1<", "<id>paper/1<"),
        ('rel="alternate" type="text/html" href="http://a/"', 'rel="self" href="http://a/"'),
        ("<updated>2020-01-01T00:00:00Z<", "<updated>2020-01<"),
        ("<author><name>papertriples</name></author>", ""),
        ("<title>A", "<subtitle>x</subtitle><title>A"),
    ):
        assert right in made.decode()
        with pytest.raises(AssertionError):
            check_feed(made.decode().replace(right, wrong).encode())
