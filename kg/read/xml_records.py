"""Bytes -> XML elements, one record at a time, without entities and without network.

Parsing is strict: at an error the record that is open is given up and reported, and a new parser goes on where the next
record begins, inside the same ancestors. (libxml2's own recovery loses the rest of a file at a stray "<" or end tag.)
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from lxml import etree

from kg.read.opening import Opened
from kg.read.place import Place, quoted

_PIECE = 64 * 1024  # bytes fed at once where lines are longer
_MOST_KEPT = 16 * 1024 * 1024  # bytes kept to read again after an error
_MOST_ERRORS = 500  # a file with more is no such XML
_EXPECTED = "well-formed XML"


def xml_records(
    opened: Opened, place: Place, record: str, context: tuple[str, ...] = ()
) -> Iterator[tuple[Place, etree._Element]]:
    """The elements named ``record``, and those named in ``context``, as they end, with their places.

    Names are as lxml writes them (``{namespace}name``). An element is emptied when the next one is asked for. A
    document that declares entities is refused as a whole: no paper needs them, and attacks do.
    """
    tags = (record, *context)
    source = _Source(opened, re.compile(rb"<(?:[\w.-]+:)?" + etree.QName(record).localname.encode() + rb"(?=[\s>/])"))
    walk = _Walk(record, _parser(tags))
    errors = 0
    while True:
        piece = source.next_piece()
        error = _feed(walk.parser, piece)
        for event, node in walk.parser.read_events():
            element = cast(etree._Element, node)
            here = place.at(_line(element) + walk.lines_before)
            if not walk.checked and _declares_entities(element):
                here.report("XML", "declarations of entities", "a document without them", skipped=True)
                return
            walk.checked = True
            if event == "start":
                source.begun()
                walk.open_record = element
                walk.ancestors = list(element.iterancestors()) or walk.ancestors
            elif element.tag != record:
                yield here, element
            else:
                walk.open_record = None
                if any(True for _ in element.iter(etree.Entity)):
                    here.report("XML", "an entity that is not declared", _EXPECTED, skipped=True)
                else:
                    yield here, element
                _free(element)
        if error is not None:
            errors += 1
            _report(place.at(error.line + walk.lines_before), error, walk, errors)
            prefix = _start_tags(walk.ancestors)
            if errors > _MOST_ERRORS or not prefix or not source.go_to_next_record():
                return
            walk.parser, walk.open_record, walk.lines_before = _parser(tags), None, source.line - 1
            walk.parser.feed(prefix)
        elif not piece:
            return


@dataclass(slots=True)
class _Walk:
    """How far the parsing is."""

    record: str
    parser: etree.XMLPullParser
    open_record: etree._Element | None = None
    ancestors: list[etree._Element] = field(default_factory=list)  # of the last record, innermost first
    lines_before: int = 0  # lines before the first one that this parser was fed
    checked: bool = False  # whether the document's declarations were looked at


def _parser(tags: tuple[str, ...]) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=("start", "end"), tag=tags, resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Error:
    line: int
    message: str


def _feed(parser: etree.XMLPullParser, piece: bytes) -> _Error | None:
    """Feeds a piece, or ends the document where there is none; gives back the first error that it met.

    Some errors (an entity that is not declared) stop the parser without an exception, so its log is read, too.
    """
    stopped: etree.XMLSyntaxError | None = None
    try:
        if piece:
            parser.feed(piece)
        else:
            parser.close()
    except etree.XMLSyntaxError as error:
        stopped = error
    for entry in parser.feed_error_log:
        if entry.level >= etree.ErrorLevels.ERROR:
            return _Error(entry.line, " ".join(entry.message.split()))
    if stopped is None:
        return None
    return _Error(stopped.lineno or 1, re.sub(r", line \d+, column \d+.*", "", str(stopped.msg)))


def _report(place: Place, error: _Error, walk: _Walk, errors: int) -> None:
    expected = _EXPECTED if errors <= _MOST_ERRORS else f"{_EXPECTED} (the rest of the file is not read)"
    place.report("XML", quoted(error.message), expected, skipped=walk.open_record is not None or not walk.ancestors)


def _line(element: etree._Element) -> int:
    return cast(int, element.sourceline or 0)


def _declares_entities(element: etree._Element) -> bool:
    declarations = element.getroottree().docinfo.internalDTD
    return declarations is not None and any(True for _ in cast(Any, declarations).iterentities())


def _free(element: etree._Element) -> None:
    """Empties a record and lets go of all that stands before it under the same parent."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _start_tags(ancestors: list[etree._Element]) -> bytes:
    """The start tags of a record's ancestors, outermost first, with their attributes and namespaces."""
    inner: etree._Element | None = None
    outer: etree._Element | None = None
    for one in reversed(ancestors):
        attributes = {str(name): str(value) for name, value in one.attrib.items()}
        if inner is None:
            inner = outer = etree.Element(one.tag, attributes, cast(Any, one.nsmap))
        else:
            inner = etree.SubElement(inner, one.tag, attributes, cast(Any, one.nsmap))
    if outer is None:
        return b""
    nested = etree.tostring(outer)  # the innermost is the only empty one
    return nested[: nested.index(b"/>")] + b">"


class _Source:
    """The bytes of a file, line by line, of which those are kept that follow the record being parsed."""

    def __init__(self, opened: Opened, start_tag: re.Pattern[bytes]) -> None:
        self._stream = opened.stream
        self._start_tag = start_tag
        self._kept = b""  # fed already; begins at the first start tag that the parser has not come to
        self._starts: deque[tuple[int, int]] = deque()  # position and line of such start tags
        self._position = 0  # of the end of what was read
        self._again = b""  # to be fed next
        self.line = 1  # of what is fed next

    def next_piece(self) -> bytes:
        """What is to be fed next; empty at the end."""
        piece, self._again = self._again or self._stream.readline(_PIECE), b""
        for match in self._start_tag.finditer(piece):
            self._starts.append((self._position + match.start(), self.line + piece.count(b"\n", 0, match.start())))
        self._position += len(piece)
        self.line += piece.count(b"\n")
        self._kept += piece
        self._trim()
        return piece

    def begun(self) -> None:
        """The parser has come to a record."""
        if self._starts:
            self._starts.popleft()
        self._trim()

    def go_to_next_record(self) -> bool:
        """Goes on where the next record begins that the parser has not come to; false where there is none."""
        while not self._starts:
            if not self.next_piece():
                return False
        position, line = self._starts[0]
        self._trim()
        self._again, self._kept = self._kept, b""
        self._position, self.line = position, line
        self._starts.clear()
        return True

    def _trim(self) -> None:
        while self._starts and self._position - self._starts[0][0] > _MOST_KEPT:
            self._starts.popleft()  # it was no start tag, but stood in a comment
        wanted = self._position - self._starts[0][0] if self._starts else 0
        self._kept = self._kept[-wanted:] if wanted else b""


def text_of(element: etree._Element | None) -> str:
    """All the text in an element, or "" where there is none.

    >>> text_of(etree.fromstring("<t>An <i>odd</i> title</t>"))
    'An odd title'
    >>> text_of(None)
    ''
    """
    return "" if element is None else "".join(str(piece) for piece in element.itertext())
