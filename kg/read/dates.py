"""Dates as sources write them -> YYYY, YYYY-MM or YYYY-MM-DD."""

from __future__ import annotations

import calendar
import datetime
import re

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = r"(?P<year>1[5-9][0-9]{2}|20[0-9]{2}|21[0-9]{2})"
_NAME = r"(?P<name>(?:" + "|".join(MONTHS) + r")[a-z]*)\.?"
_DAY = r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?"
_TIME = r"(?:[T ]\s*[0-9]{1,2}:[0-9]{2}.*)?"
_DASH = r"\s*[-\u2010-\u2014/]+\s*"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_YEAR}(?:\.0)?/*",  # 2021, 2021.0 (a spreadsheet's), 2021/// (RIS)
        rf"{_YEAR}[-/.](?P<month>[01]?[0-9])/*",
        rf"{_YEAR}[-/.](?P<month>[01]?[0-9])[-/.](?P<day>[0-3]?[0-9])(?:/.*)?{_TIME}",
        rf"(?P<day>[0-3]?[0-9])\.\s?(?P<month>[01]?[0-9])\.\s?{_YEAR}",  # with points the day comes first
        rf"(?:[a-z]{{3,9}},?\s+)?{_DAY}[\s-]+{_NAME},?[\s-]+{_YEAR}{_TIME}",  # Thu, 22 Dec 2022 17:01:56 GMT
        rf"{_NAME}\s+{_DAY}(?:{_DASH}[0-9]+)?,?\s+{_YEAR}",
        rf"{_NAME}(?:{_DASH}[a-z]+\.?)?,?\s+{_YEAR}",  # June 2021, July-August 2021
        rf"{_YEAR},?\s+{_NAME}(?:\s+{_DAY})?(?:{_DASH}.*)?",
    )
)


def normalise_date(text: str) -> str | None:
    """The date as YYYY, YYYY-MM or YYYY-MM-DD, or None where the text is no date.

    Of a range the beginning counts. Dates such as 06/01/2021, of which nobody knows the month, are none.

    >>> normalise_date("June 2021"), normalise_date("1 Jun 2021"), normalise_date("2021/6")
    ('2021-06', '2021-06-01', '2021-06')
    >>> normalise_date("Thu, 22 Dec 2022 17:01:56 GMT")
    '2022-12-22'
    >>> normalise_date("in press") is None, normalise_date("2021-02-30") is None
    (True, True)
    """
    for form in _FORMS:
        match = form.fullmatch(text.strip())
        if match:
            parts = match.groupdict()
            name = parts.get("name")
            month = month_number(name) if name else int(parts.get("month") or 0)
            return _checked(int(parts["year"]), month, parts.get("day")) if month is not None else None
    return None


def month_number(text: str) -> int | None:
    """The number of a month by its name (or its first three letters), or by its number; of a range the first.

    >>> month_number("September"), month_number("jul"), month_number("07"), month_number("July\u2013August")
    (9, 7, 7, 7)
    >>> month_number("Spring") is None
    True
    """
    name = text.strip().strip(".").lower()
    if name.isascii() and name.isdigit():
        return int(name) if 1 <= int(name) <= 12 else None
    match = re.match(r"[a-z]+", name)
    word = match[0] if match else ""
    number = MONTHS.index(word[:3]) + 1 if word[:3] in MONTHS else None
    full = calendar.month_name[number].lower() if number else ""
    return number if full.startswith(word) or word == "sept" else None


def _checked(year: int, month: int, day: str | None) -> str | None:
    """The date; of 2021-00-00 the year, for month and day are not known."""
    if month == 0:
        return f"{year}"
    if month > 12:
        return None
    if day is None or int(day) == 0:
        return f"{year}-{month:02}"
    try:
        return datetime.date(year, month, int(day)).isoformat()
    except ValueError:
        return None
