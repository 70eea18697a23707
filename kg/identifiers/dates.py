"""The date that an identifier tells: when its archive gave it out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.records import Identifier

_ARXIV = re.compile(r"(?:[a-z-]+/)?(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?:\.[0-9]+|[0-9]{3})")
_ACL = re.compile(r"(?P<full>[0-9]{4})\..*|[A-Z](?P<short>[0-9]{2})-[0-9]{4}")


def implied_date(identifiers: Iterable[Identifier]) -> str | None:
    """The date that identifiers in their normal forms tell, as YYYY-MM or YYYY; None where none does.

    arXiv's begin with year and month of the first version (https://info.arxiv.org/help/arxiv_identifier.html), those
    of the ACL Anthology with the year of publication, or hold its last two digits (https://aclanthology.org/info/ids/).
    Of several the earliest month counts, else the earliest year.

    >>> implied_date([Identifier("arxiv", "2101.00001")]), implied_date([Identifier("arxiv", "hep-th/9901001")])
    ('2021-01', '1999-01')
    >>> implied_date([Identifier("acl", "2020.acl-main.207")]), implied_date([Identifier("acl", "P79-1001")])
    ('2020', '1979')
    >>> implied_date([Identifier("doi", "10.1000/182")]) is None
    True
    """
    found = {date for one in identifiers if (date := _date(one)) is not None}
    return min(found, key=lambda date: (len(date) == 4, date), default=None)


def _date(identifier: Identifier) -> str | None:
    if identifier.scheme == "arxiv" and (match := _ARXIV.fullmatch(identifier.value)):
        return f"{_century(match['year'])}{match['year']}-{match['month']}"
    if identifier.scheme == "acl" and (match := _ACL.fullmatch(identifier.value)):
        return match["full"] or f"{_century(match['short'])}{match['short']}"
    return None


def _century(year: str) -> str:
    """Of two digits: both archives hold nothing from before 1952."""
    return "19" if year > "51" else "20"
