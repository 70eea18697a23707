"""Readers stream: the first record comes before the end is read, and memory stays flat."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from kg.errors import ProblemLog
from kg.read import FORMATS, read_inputs
from kg.read.opening import Opened
from kg.read.place import Place

ABSTRACT = "A sentence of the abstract. " * 20
ENTRY = "<entry><id>http://arxiv.org/abs/2101.{:05}v1</id><title>T {}</title><summary>{}</summary></entry>\n"
ENDLESS: dict[str, tuple[str, Callable[[int], str]]] = {
    "json-lines": ("", lambda n: f'{{"title": "Title {n}", "abstract": "{ABSTRACT}"}}\n'),
    "csv": ("title,abstract\n", lambda n: f'Title {n},"{ABSTRACT}"\n'),
    "bibtex": ("", lambda n: f"@misc{{k{n}, title={{Title {n}}},\n abstract={{{ABSTRACT}}}}}\n"),
    "ris": ("", lambda n: f"TY  - JOUR\nTI  - Title {n}\nAB  - {ABSTRACT}\nER  - \n\n"),
    "listing": ("Subscribe\n\n", lambda n: f"Title Number {n}\n\n{ABSTRACT}\n\n"),
    "arxiv-metadata": ("", lambda n: f'{{"id": "2101.{n % 100000:05}", "title": "T", "abstract": "{ABSTRACT}"}}\n'),
    "arxiv-api": (
        '<feed xmlns="http://www.w3.org/2005/Atom">\n',
        lambda n: ENTRY.format(n % 100000, n, ABSTRACT),
    ),
    "acl-anthology": (
        '<collection id="2020.acl"><volume id="main">\n',
        lambda n: f'<paper id="{n}"><title>T {n}</title><abstract>{ABSTRACT}</abstract></paper>\n',
    ),
    "openalex": ("", lambda n: f'{{"id": "https://openalex.org/W{n + 1}", "title": "T {n}"}}\n'),
    "papers-with-code": (
        "",
        lambda n: f'{{"paper_url": "https://x.org/paper/p{n}", "title": "T {n}", "url_abs": ""}}\n',
    ),
    "semantic-scholar": ("", lambda n: f'{{"corpusid": {n + 1}, "title": "T {n}"}}\n'),
}


class Endless(io.RawIOBase):
    """A file without end, which counts how much of it was read."""

    def __init__(self, start: str, record: Callable[[int], str]) -> None:
        self._pieces = self._make(start, record)
        self._left = b""
        self.given = 0

    @staticmethod
    def _make(start: str, record: Callable[[int], str]) -> Iterator[bytes]:
        yield start.encode()
        number = 0
        while True:
            yield "".join(record(n) for n in range(number, number + 20)).encode()
            number += 20

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._left:
            self._left = next(self._pieces)
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        self.given += size
        return size


def test_every_format_is_here() -> None:
    assert set(ENDLESS) == set(FORMATS)


@pytest.mark.parametrize("name", ENDLESS)
def test_records_come_before_the_end_and_memory_stays_flat(name: str) -> None:
    endless = Endless(*ENDLESS[name])
    log = ProblemLog()
    with io.BufferedReader(endless) as stream:
        records = FORMATS[name].read(Opened(b"", stream), Place("endless", log))
        next(records)
        assert endless.given < 200_000
        assert sum(1 for _ in islice(records, 300)) == 300
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            assert sum(1 for _ in islice(records, 2000)) == 2000
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
    assert grown < 300_000
    assert log.skipped == 0


def test_a_json_array_streams_even_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "array.json"
    path.write_text("[" + ",".join(f'{{"title": "Title {n}"}}' for n in range(50_000)) + "]")
    log = ProblemLog()
    assert sum(1 for _ in read_inputs([path], log)) == 50_000
    assert log.problems == []
