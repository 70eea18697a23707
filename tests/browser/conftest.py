"""One browser (Debian's Chromium) and one server for all tests of this folder.

Each page that a test opens is watched: an error of a script, something that the content security policy forbids, or a
request to another host fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import program_of
from tests.serve.command_server import serving
from tests.serve.pages_library import LIBRARY, write_store

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1200, "height": 900}
SECONDS = 20
Open = Callable[..., Page]


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server that users run, over a small graph."""
    store = write_store(tmp_path_factory.mktemp("browser") / "store", LIBRARY)
    with serving(store, "--workers", "2", "--timeout", "30") as server:
        yield server.address


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser, without a window. It ends with this folder's tests: its event loop would be in the way of others."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program_of("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Open]:
    """``open_page(path, dark=False, phone=False, script=True)`` opens a page in a profile of its own."""
    contexts, wrong = [], list[str]()

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                wrong.append(f"{page.url}: {message.text}")
                # An answer that is a problem is shown by the page, and noted by the browser.
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )

    def open_one(path: str, *, dark: bool = False, phone: bool = False, script: bool = True) -> Page:
        context = chromium.new_context(
            base_url=address,
            color_scheme="dark" if dark else "light",
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            java_script_enabled=script,
            has_touch=phone,
        )
        context.set_default_timeout(SECONDS * 1000)
        contexts.append(context)
        own = urlsplit(address).netloc

        def only_ours(route, request) -> None:  # type: ignore[no-untyped-def]
            if urlsplit(request.url).netloc != own:
                wrong.append(f"a request to another host: {request.url}")
                route.abort()
            else:
                route.continue_()

        context.route(lambda url: not url.startswith(("data:", "blob:", "about:")), only_ours)
        page = context.new_page()
        watch(page)
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)
