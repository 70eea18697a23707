"""Bytes -> XML elements, one record at a time, without entities and without network.

The parser goes on after an error. A record is given out when the parser has come to the next one, and only if no error
lies between the two: a damaged record is skipped and reported, its neighbours are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from lxml import etree

from kg.read.opening import Opened
from kg.read.place import Place, quoted

_PIECE = 64 * 1024  # bytes fed at once where lines are longer
_MAX_ERRORS = 500  # a file with more is no such XML
_EXPECTED = "well-formed XML"


def xml_records(
    opened: Opened, place: Place, record: str, context: tuple[str, ...] = ()
) -> Iterator[tuple[Place, etree._Element]]:
    """The elements named ``record``, and those named in ``context`` as they come, with their places.

    Names are as lxml writes them (``{namespace}name``). An element is emptied when the next one is asked for. A
    document that declares entities is refused as a whole: no paper needs them, and attacks do.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"), tag=(record, *context), recover=True, resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    errors = _Errors(place)
    waiting: etree._Element | None = None  # a finished record, given out when the next one begins
    checked = False
    for done in _feed(parser, opened, errors):
        for event, element in parser.read_events():
            if not isinstance(element, etree._Element):
                continue
            if not checked:
                checked = True
                if _declares_entities(element):
                    place.at(1).report("XML", "declarations of entities", "a document without them", skipped=True)
                    return
            if waiting is not None and (event == "start" or element.tag == record):
                yield from errors.unless_damaged(waiting, _line(element))
                _free(waiting)
                waiting = None
            if event == "end" and element.tag == record:
                waiting = element
            elif event == "end":
                yield place.at(_line(element)), element
        if done and waiting is not None:
            yield from errors.unless_damaged(waiting, None)
        if errors.too_many():
            break
    errors.report_rest()


def _feed(parser: etree.XMLPullParser, opened: Opened, errors: _Errors) -> Iterator[bool]:
    """Feeds the parser line by line; after each line, whether it was the end."""
    done = False
    while not done:
        piece = opened.stream.readline(_PIECE)
        done = not piece
        try:
            if piece:
                parser.feed(piece)
            else:
                parser.close()
        except etree.XMLSyntaxError:  # there is nothing at all to recover; the parser's log says why
            done = True
        errors.take(parser.feed_error_log)
        yield done


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


class _Errors:
    """The parser's errors that no record has been blamed for yet, by line."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._count = 0
        self._open: list[tuple[int, str]] = []

    def take(self, log: etree._ListErrorLog) -> None:
        """Adds what is new in the parser's log."""
        if len(log) > self._count:
            self._open += [(entry.line, entry.message) for entry in list(log)[self._count :]]
            self._count = len(log)

    def too_many(self) -> bool:
        return self._count > _MAX_ERRORS

    def unless_damaged(self, element: etree._Element, end: int | None) -> Iterator[tuple[Place, etree._Element]]:
        """The record, unless an error lies from its first line to ``end``, the first line of the next one."""
        start = _line(element)
        last = max(end, start + 1) if end is not None else None
        mine = [one for one in self._open if one[0] >= start and (last is None or one[0] < last)]
        if mine:
            self._open = [one for one in self._open if one not in mine]
            line, message = mine[0]
            self._place.at(line).report("XML", quoted(message), _EXPECTED, skipped=True)
        elif any(True for _ in element.iter(etree.Entity)):
            self._place.at(start).report("XML", "an entity that is not declared", _EXPECTED, skipped=True)
        else:
            yield self._place.at(start), element

    def report_rest(self) -> None:
        """Reports the first error that no record was blamed for: what follows it are mostly its consequences."""
        for line, message in self._open[:1]:
            more = " (the rest of the file is not read)" if self.too_many() else ""
            self._place.at(line).report("XML", quoted(message), _EXPECTED + more, skipped=True)


def text_of(element: etree._Element | None) -> str:
    """All the text in an element, or "" where there is none.

    >>> text_of(etree.fromstring("<t>An <i>odd</i> title</t>"))
    'An odd title'
    >>> text_of(None)
    ''
    """
    return "" if element is None else "".join(str(piece) for piece in element.itertext())
