"""A papers listing as plain text: blocks of title, blank line, abstract, amid a web page's furniture -> SourceRecord.

No block is known by its words alone: a title is a short block that a long block follows, the long block is its
abstract, and all that is neither is furniture (menus, names of avatars, dates, numbers of votes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.read.building import make_record
from kg.read.opening import Opened, text_lines
from kg.read.place import Place
from kg.records import SourceRecord

SOURCE = "listing"
_LONGEST_TITLE = 300
_SHORTEST_ABSTRACT = 300  # from here on a block is an abstract, whatever it looks like
_SHORTEST_PROSE = 150  # from here on it is one where it reads like sentences
_FURNITURE_BETWEEN = 6  # short blocks that may stand between a title and its abstract
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_FURNITURE = re.compile(
    rf"[\W\d_]*|[\d.,]+\s?[kKM]?"  # votes, separators
    rf"|(?:{_MONTH}\s+\d{{1,2}}|\d{{1,2}}\s+{_MONTH})(?:,?\s+\d{{4}})?|{_MONTH}\s+\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}"
    r"|(?:\d+|an?)\s+(?:minute|hour|day|week|month|year)s?\s+ago|today|yesterday"
    r"|(?:submitted\s+|published\s+(?:on\s+.*)?)?by\s?[A-Z@].{0,60}|by [a-z0-9_-]+|[·•]?\s*\d+\s+authors?"
    r"|new|subscribe|upvotes?|share|comments?|view\s.{0,20}|abstract|pdf|arxiv(?:\s+page)?|github|code|project(?:\s+page)?"
    r"|(?:github|upvote|comments?|code|\u25b3|\u2605)\s*[\d.,]+\s?[kK]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Block:
    line: int
    text: str


def sniff(head: str) -> bool:
    """Whether most long blocks of a text follow a title, at least two: prose has many paragraphs to a heading."""
    blocks = list(_blocks(enumerate(head.split("\n"), 1)))
    if len(head) >= 60_000:
        blocks = blocks[:-1]  # the last one is cut off
    pairs = list(_papers(blocks))
    with_title = sum(title is not None for title, _ in pairs)
    return with_title >= 2 and with_title >= 0.6 * len(pairs)


def read(opened: Opened, place: Place) -> Iterator[SourceRecord]:
    """The papers of a listing: title and abstract exactly as in the file."""
    for title, abstract in _papers(_blocks(text_lines(opened, place))):
        if title is None:
            here = place.at(abstract.line)
            here.report("title", "a long block after another", "a title (a short block) before it", skipped=True)
            continue
        record = make_record(place.at(title.line), SOURCE, title=title.text, abstract=abstract.text, fold=False)
        if record:
            yield record


def _blocks(lines: Iterable[tuple[int, str]]) -> Iterator[_Block]:
    """What blank lines part; a first short line followed by one long line in a block are two (title and abstract)."""
    start, block = 0, list[str]()
    for number, line in lines:
        if line.strip():
            start = start if block else number
            block.append(line)
        elif block:
            yield from _split_title(start, block)
            block = []
    if block:
        yield from _split_title(start, block)


def _split_title(start: int, lines: list[str]) -> Iterator[_Block]:
    if len(lines) == 2 and len(lines[0]) <= _LONGEST_TITLE and len(lines[1]) >= _SHORTEST_ABSTRACT:
        yield _Block(start, lines[0].strip())
        yield _Block(start + 1, lines[1].strip())
    else:
        yield _Block(start, "\n".join(lines).strip())


def _papers(blocks: Iterable[_Block]) -> Iterator[tuple[_Block | None, _Block]]:
    """Each abstract with its title, or with None where none precedes it."""
    title: _Block | None = None
    since = 0  # pieces of furniture since the title
    for block in blocks:
        if _is_abstract(block.text):
            yield title, block
            title = None
        elif _FURNITURE.fullmatch(block.text):
            since += 1
            if since > _FURNITURE_BETWEEN:
                title = None
        elif len(block.text) <= _LONGEST_TITLE:
            title, since = block, 0


def _is_abstract(text: str) -> bool:
    if len(text) >= _SHORTEST_ABSTRACT:
        return True
    prose = len(text.split()) >= 20 and re.search(r"[.!?][)\"'\u201d]?$", text)
    return len(text) >= _SHORTEST_PROSE and bool(prose)
