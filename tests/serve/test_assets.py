"""Style sheets and scripts: whole, kept for ever under an address that changes with the content, small."""

from __future__ import annotations

import gzip
import re

import pytest
from flask.testing import FlaskClient

from kg.serve.assets import STATIC, STYLE
from tests.serve.pages_library import LIBRARY, pages_of, write_store

FIRST_PAGE = 150_000  # bytes, compressed, of a page with all that it needs
SCRIPT = 8_000


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory):
    folder = write_store(tmp_path_factory.mktemp("assets") / "store", LIBRARY)
    with pages_of(folder) as app:
        yield app.test_client()


def needed(client: FlaskClient, address: str) -> list[str]:
    """The style sheets and scripts of a page."""
    html = client.get(address).get_data(as_text=True)
    return re.findall(r'(?:rel="stylesheet" href|<script[^>]* src)="([^"]+)"', html)


def test_the_style_sheet_holds_every_component_in_order(client: FlaskClient) -> None:
    response = client.get("/style.css")
    assert response.mimetype == "text/css"
    text = response.get_data(as_text=True)
    for path in STYLE.glob("*.css"):
        assert path.read_text(encoding="utf-8").strip() in text, path.name
    assert text.index("--ground:") < text.index(".masthead {") < text.index("@media print")


def test_an_address_with_the_digest_may_be_kept_and_another_is_asked_again(client: FlaskClient) -> None:
    addresses = needed(client, "/")
    assert len(addresses) >= 2
    for address in addresses:
        with client.get(address) as response:
            assert response.status_code == 200, address
            assert "immutable" in response.headers["Cache-Control"]
        with client.get(address.partition("?")[0] + "?v=000000000000") as old:
            assert "immutable" not in old.headers.get("Cache-Control", "")
        with client.get(address, headers={"If-None-Match": response.headers["ETag"]}) as again:
            assert again.status_code == 304


def test_a_page_with_all_that_it_needs_is_small(client: FlaskClient) -> None:
    for address in ("/", "/paper/gat-2017", "/leaderboard/node-classification/cora"):
        pieces = []
        for one in (address, *needed(client, address)):
            with client.get(one) as response:
                pieces.append(response.get_data())
        assert sum(len(gzip.compress(piece)) for piece in pieces) < FIRST_PAGE, address
    assert all(path.stat().st_size < SCRIPT for path in STATIC.glob("search.js"))


def test_addresses_keep_the_path_that_the_server_is_mounted_at(client: FlaskClient) -> None:
    html = client.get("/", environ_overrides={"SCRIPT_NAME": "/kg"}).get_data(as_text=True)
    assert 'href="/kg/style.css?v=' in html
    assert 'src="/kg/static/search.js?v=' in html
