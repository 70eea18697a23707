"""Atom feeds (RFC 4287): entries -> a document."""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MEDIA_TYPE: Final = "application/atom+xml"
_NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")

ET.register_namespace("", _NAMESPACE)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: ``id`` is an IRI that stays, ``date`` a year, month or day; without one the feed's time counts."""

    id: str
    title: str
    link: str  # absolute
    date: str | None = None
    summary: str = ""
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: ``made`` is when what it is read from was made (RFC 3339)."""

    title: str
    subtitle: str
    own: str  # its own address, absolute
    page: str  # the page that shows the same
    made: str
    entries: tuple[Entry, ...]


def document(feed: Feed) -> bytes:
    """The feed as XML."""
    root = ET.Element(_name("feed"))
    _text(root, "id", feed.own)
    _text(root, "title", feed.title)
    _text(root, "subtitle", feed.subtitle)
    _text(root, "updated", feed.made)
    ET.SubElement(root, _name("link"), rel="self", type=MEDIA_TYPE, href=feed.own)
    ET.SubElement(root, _name("link"), rel="alternate", type="text/html", href=feed.page)
    _author(root, ("papertriples",))
    _text(root, "generator", "papertriples")
    for one in feed.entries:
        entry = ET.SubElement(root, _name("entry"))
        _text(entry, "id", one.id)
        _text(entry, "title", one.title)
        _text(entry, "updated", timestamp(one.date) if one.date else feed.made)
        ET.SubElement(entry, _name("link"), rel="alternate", type="text/html", href=one.link)
        if one.summary:
            _text(entry, "summary", one.summary)
        _author(entry, one.authors)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def timestamp(date: str) -> str:
    """A date as RFC 3339 wants it: the beginning of what is known; what is no date is the beginning of 1970.

    >>> timestamp("2020-03"), timestamp("2020"), timestamp("soon")
    ('2020-03-01T00:00:00Z', '2020-01-01T00:00:00Z', '1970-01-01T00:00:00Z')
    >>> timestamp("2020-02-31")  # of a day that there is not, the year
    '2020-01-01T00:00:00Z'
    """
    found = _DATE.match(date)
    year, month, day = found.groups(default="01") if found else ("1970", "01", "01")
    try:
        datetime.date(int(year), int(month), int(day))
    except ValueError:
        month, day = "01", "01"
    return f"{year}-{month}-{day}T00:00:00Z"


def _name(local: str) -> str:
    return f"{{{_NAMESPACE}}}{local}"


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _name(name)).text = text


def _author(parent: ET.Element, names: Sequence[str]) -> None:
    for name in names:
        _text(ET.SubElement(parent, _name("author")), "name", name)
