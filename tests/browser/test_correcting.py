"""Corrections in place: a token, a rejected statement, a new label, and both undone; what is wrong is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from kg.pipeline import build
from kg.store.tokens import Tokens
from tests.browser.conftest import DESK
from tests.browser.test_every_page import violations
from tests.export.test_papers_with_code import FILES
from tests.serve.command_server import serving
from tests.serve.test_curation import build_papers

pytestmark = pytest.mark.system("chromium")

WRITING = 60_000  # milliseconds that a correction may take


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_papers(tmp_path_factory.mktemp("correcting"))


@pytest.fixture
def page(store: Path, chromium: Browser) -> Iterator[Page]:
    """A page of a server on that store."""
    with serving(store, "--workers", "1") as server:
        context = chromium.new_context(base_url=server.address, viewport=DESK)  # type: ignore[arg-type]
        context.set_default_timeout(WRITING)
        yield context.new_page()
        context.close()


def give(page: Page, token: str) -> None:
    page.goto("/curation")
    page.get_by_label("Token with the scope").fill(token)
    page.get_by_role("button", name="Correct with it").click()
    expect(page.get_by_role("button", name="Forget the token")).to_be_visible()


def test_corrections_are_made_and_undone_where_things_stand(store: Path, page: Page) -> None:
    page.goto("/method/gridnet")
    expect(page.locator("h1")).to_have_text("GridNet")
    expect(page.get_by_text("Correct this method")).to_have_count(0)  # without a token
    give(page, Tokens(store).create("curate", "ada")[1])

    page.goto("/method/gridnet")
    page.get_by_text("Correct this method").click()
    assert not violations(page)
    rename = page.get_by_role("form", name="Rename")
    rename.get_by_label("Another label").fill("Grid Net")
    rename.get_by_label("Why").fill("two words")
    rename.get_by_role("button", name="Rename").click()
    expect(rename.get_by_role("status")).to_contain_text("Done, version 2", timeout=WRITING)
    rename.get_by_role("button", name="Show the page anew").click()
    expect(page.locator("h1")).to_have_text("Grid Net")

    claim = page.locator("details[data-statement]", has_text="introduces").first
    claim.locator("summary").click()
    expect(claim.get_by_role("button", name="Reject")).to_be_visible()
    page.goto("/method/loomnet")
    page.locator("td.value summary", has_text="81.3").click()
    number = page.locator(".says [data-statement]")
    number.get_by_role("button", name="Reject").click()
    expect(number.get_by_role("status")).to_contain_text("Rejected, version 3", timeout=WRITING)
    assert "81.3" not in page.request.get("/method/loomnet").text().partition('id="why"')[0]
    number.get_by_role("button", name="Undo").click()
    expect(number.get_by_role("status")).to_contain_text("Undone, version 4", timeout=WRITING)

    page.goto("/curation")
    expect(page.locator(".corrections")).to_contain_text("rename Method GridNet: Grid Net")
    expect(page.locator(".corrections")).to_contain_text("two words")
    page.locator(".corrections > li", has_text="rename").get_by_role("button").click()
    expect(page.locator(".corrections")).to_contain_text("Undone, version 5", timeout=WRITING)
    page.goto("/method/gridnet")
    expect(page.locator("h1")).to_have_text("GridNet")


def test_a_wrong_token_is_told_and_forgotten(page: Page) -> None:
    give(page, "no-such-token")
    page.goto("/dataset/imagenet")
    page.get_by_text("Correct this dataset").click()
    rename = page.get_by_role("form", name="Rename")
    rename.get_by_role("button", name="Rename").click()
    expect(rename.get_by_role("status")).to_contain_text("the token is unknown, expired or revoked")
    assert page.evaluate("sessionStorage.length") == 0
    assert page.evaluate("localStorage.length") == 0
    assert page.context.cookies() == []


def test_the_token_goes_to_the_server_alone(store: Path, page: Page) -> None:
    sent: list[tuple[str, bool]] = []
    page.on("request", lambda one: sent.append((urlsplit(one.url).path, "authorization" in one.headers)))
    give(page, Tokens(store).create("curate", "ada")[1])
    page.goto("/method/gridnet")
    page.wait_for_load_state("networkidle")
    assert not any(with_token for _, with_token in sent)


def test_what_a_source_gives_is_rejected_and_comes_back(tmp_path: Path, chromium: Browser) -> None:
    """A row of Papers with Code: no sentence to accept; a curator takes it out where it stands, and undoes that."""
    for name, entries in FILES.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(entries), encoding="utf-8")
    build([tmp_path / f"{name}.json" for name in FILES], tmp_path / "store")
    board = "/leaderboard/node-classification/orchard"
    with serving(tmp_path / "store", "--workers", "1") as server:
        context = chromium.new_context(base_url=server.address, viewport=DESK)  # type: ignore[arg-type]
        context.set_default_timeout(WRITING)
        page = context.new_page()
        page.goto(board)
        expect(page.get_by_role("button", name="Reject")).to_have_count(0)  # without a token
        give(page, Tokens(tmp_path / "store").create("curate", "ada")[1])
        page.goto(board)
        given = page.locator("tr", has_text="84.5%").locator("[data-given]")
        expect(given).to_contain_text("papers-with-code gives it")
        expect(given.get_by_role("button", name="Accept")).to_have_count(0)
        assert not violations(page)
        given.get_by_role("button", name="Reject").click()
        expect(given.get_by_role("status")).to_contain_text("Rejected, version 2", timeout=WRITING)
        shown = page.request.get(board).text()
        assert "84.5%" not in shown
        assert "81.2%" in shown
        given.get_by_role("button", name="Undo").click()
        expect(given.get_by_role("status")).to_contain_text("Undone, version 3", timeout=WRITING)
        assert "84.5%" in page.request.get(board).text()
        context.close()
