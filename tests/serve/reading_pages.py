"""Pages as tests read them, and the addresses that a graph has pages for."""

from __future__ import annotations

from html.parser import HTMLParser

from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from kg.store import open_store
from tests.serve.pages_library import BASE

BOARD = "/leaderboard/node-classification/cora"


class Page(HTMLParser):
    """The elements of a page: checks that they nest, and keeps links, marks and the text."""

    VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.elements: list[str] = []
        self.ids: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()
        assert not self.open, f"unclosed: {self.open}"
        assert len(self.ids) == len(set(self.ids)), f"ids twice: {self.ids}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append("script of ours" if tag == "script" and "src" in dict(attrs) else tag)
        found = dict(attrs)
        if "id" in found:
            self.ids.append(found["id"] or "")
        if tag == "a":
            assert "a" not in self.open, "a link in a link"
            self.links.append(found)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1:] == [tag], f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["script"], ["style"]):
            self.words += data

    @property
    def text(self) -> str:
        return " ".join(self.words.split())

    def hrefs(self) -> set[str]:
        return {link.get("href") or "" for link in self.links}


def page(client: FlaskClient, address: str) -> Page:
    response = client.get(address)
    assert response.status_code == 200, f"{address}: {response.status}"
    assert response.content_type == "text/html; charset=utf-8"
    return Page(response.get_data(as_text=True))


def one_of_each_kind(folder) -> dict[str, str]:
    """For each kind of IRI under the base, the path of one that is described."""
    found: dict[str, str] = {}
    with open_store(folder) as store:
        for quad in sorted(store.graph.quads_for_pattern(None, None, None, None), key=str):
            if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(BASE):
                path = quad.subject.value.removeprefix(BASE)
                kind = "graph of a paper" if path.endswith("/graph") else path.partition("/")[0]
                if "/authorship/" in path:
                    kind = "authorship"
                found.setdefault(kind, path)
    return found


def paths(folder) -> list[str]:
    with open_store(folder) as store:
        subjects = {quad.subject for quad in store.graph}
    return sorted(
        "/" + one.value.removeprefix(BASE)
        for one in subjects
        if isinstance(one, NamedNode) and one.value.startswith(BASE)
    )
