"""Values -> RDF literals, in the canonical forms that the store would rewrite them to anyway."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Final

from pyoxigraph import Literal

from kg.graph import vocabulary as v

_YEAR: Final = re.compile(r"[0-9]{4}", re.ASCII)
_MONTH: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])", re.ASCII)


def text(value: str) -> Literal:
    """A plain string."""
    return Literal(value)


def integer(value: int) -> Literal:
    """An ``xsd:integer``."""
    return Literal(str(value), datatype=v.XSD_integer)


def boolean(value: bool) -> Literal:
    """An ``xsd:boolean``."""
    return Literal("true" if value else "false", datatype=v.XSD_boolean)


def uri(value: str) -> Literal:
    """An ``xsd:anyURI``: addresses as people write them need not be valid IRIs."""
    return Literal(value, datatype=v.XSD_anyURI)


def decimal(value: Decimal) -> Literal:
    """An ``xsd:decimal`` in its canonical form: no exponent, no trailing zeros. NaN and infinity raise ValueError.

    >>> decimal(Decimal("59.40")).value, decimal(Decimal("1E+3")).value, decimal(Decimal("-0.0")).value
    ('59.4', '1000', '0')
    """
    if not value.is_finite():
        raise ValueError(f"{value} is no xsd:decimal")
    written = format(value, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return Literal("0" if written in ("-0", "") else written, datatype=v.XSD_decimal)


def moment(value: str) -> Literal:
    """An ``xsd:dateTime`` from a time in UTC, in its canonical form.

    >>> moment("2026-01-31T12:00:00.046200Z").value, moment("2026-01-31T12:00:00.000000Z").value
    ('2026-01-31T12:00:00.0462Z', '2026-01-31T12:00:00Z')
    """
    seconds, _, fraction = value.removesuffix("Z").partition(".")
    fraction = fraction.rstrip("0")
    return Literal(f"{seconds}.{fraction}Z" if fraction else f"{seconds}Z", datatype=v.XSD_dateTime)


def date(value: str) -> Literal | None:
    """A day, month or year with the datatype that fits; what is no calendar date loses its day, then its month.

    >>> date("2021-06-01").datatype.value[-4:], date("2021-06").datatype.value[-10:], date("2021").value
    ('date', 'gYearMonth', '2021')
    >>> date("2021-02-31").value
    '2021-02'
    >>> date("in press") is None
    True
    """
    if _is_day(value):
        return Literal(value, datatype=v.XSD_date)
    if _MONTH.fullmatch(value[:7]) and value[:4] != "0000":
        return Literal(value[:7], datatype=v.XSD_gYearMonth)
    if _YEAR.fullmatch(value[:4]) and value[:4] != "0000":
        return Literal(value[:4], datatype=v.XSD_gYear)
    return None


def _is_day(value: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True
