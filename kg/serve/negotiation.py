"""``Accept`` -> one of the media types on offer (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")

Range = tuple[str, str, float]


def choose(accept: str | None, offered: Sequence[str]) -> str | None:
    """The offered media type that the client likes best, the earlier of equals; None where it accepts none.

    A type's quality is that of the most specific range that covers it.

    >>> choose("text/*;q=0.5, text/csv;q=0, application/json", ["text/csv", "text/turtle"])
    'text/turtle'
    >>> choose("image/png", ["text/csv"]) is None
    True
    >>> choose("", ["text/csv"])
    'text/csv'
    """
    ranges = _ranges(accept or "")
    if not ranges:
        return offered[0]
    best, best_quality = None, 0.0
    for one in offered:
        quality = _quality(one, ranges)
        if quality > best_quality:
            best, best_quality = one, quality
    return best


def prefers_html(accept: str | None) -> bool:
    """Is this a browser: does it name HTML, and nothing that a program would want more?

    >>> prefers_html("text/html,application/xml;q=0.9,*/*;q=0.8"), prefers_html("*/*"), prefers_html(None)
    (True, False, False)
    """
    ranges = _ranges(accept or "")
    named = [quality for kind, name, quality in ranges if (kind, name) in (("text", "html"), ("text", "*"))]
    return bool(named) and choose(accept, ["application/problem+json", "application/json", "text/html"]) == "text/html"


def accepts_coding(accept_encoding: str | None, coding: str) -> bool:
    """Does ``Accept-Encoding`` ask for a content coding (RFC 9110, section 12.5.3)?

    >>> accepts_coding("br, gzip;q=0.5", "gzip"), accepts_coding("gzip;q=0, *", "gzip"), accepts_coding(None, "gzip")
    (True, False, False)
    """
    qualities: dict[str, float] = {}
    for part in (accept_encoding or "").lower().split(","):
        name, *parameters = (one.strip() for one in part.split(";"))
        given = next((one[2:].strip() for one in parameters if one.startswith("q=")), "1")
        qualities[name] = float(given) if _QUALITY.fullmatch(given) else 0.0
    return qualities.get(coding, qualities.get("*", 0.0)) > 0


def _quality(media_type: str, ranges: Sequence[Range]) -> float:
    kind, _, name = media_type.partition("/")
    for wanted in ((kind, name), (kind, "*"), ("*", "*")):
        found = [quality for range_kind, range_name, quality in ranges if (range_kind, range_name) == wanted]
        if found:
            return max(found)
    return 0.0


def _ranges(accept: str) -> list[Range]:
    """The ranges with their qualities; what is no media range is left out."""
    ranges = []
    for part in accept.split(","):
        media_range, *parameters = (one.strip().lower() for one in part.split(";"))
        kind, slash, name = media_range.partition("/")
        if not slash or not kind or not name or (kind == "*" and name != "*"):
            continue
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                quality = float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
        ranges.append((kind, name, quality))
    return ranges
