"""What somebody chose to see of a leaderboard: filters and order, in the query of its address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlencode

from kg.errors import ParameterError

_YEAR: Final = re.compile(r"[0-9]{4}")
NO_SPLIT: Final = "none"


class Sortable(Protocol):
    """A row, as far as orders know it."""

    @property
    def rank(self) -> int | None: ...
    @property
    def row(self) -> Any: ...
    @property
    def measured(self) -> Any: ...
    @property
    def date(self) -> str | None: ...


RowT = TypeVar("RowT", bound=Sortable)
# Each order: the name of its column, and what it goes by; the rank is the order of the page itself.
ORDERS: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "rank": ("Rank", lambda one: one.rank or 0),
    "value": ("Value", lambda one: one.measured.comparable),
    "method": (
        "Method",
        lambda one: one.row.parts.get("method", one.row.paper).label.casefold(),
    ),
    "paper": ("Paper", lambda one: one.row.paper.label.casefold()),
    "date": ("Date", lambda one: one.date or ""),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of a request; the empty ones are those of the page as it is."""

    metric: str = ""  # slug
    split: str = ""
    since: str = ""  # year
    until: str = ""
    code: bool = False
    absolute: bool = False
    sort: str = "rank"
    down: bool = False

    def takes(self, *, metric: str, split: str | None, date: str | None, code: bool) -> bool:
        """Whether a result is among what was chosen; one without a date is not, where years are."""
        year = (date or "")[:4]
        return (
            self.metric in ("", metric)
            and self.split in ("", split or NO_SPLIT)
            and not (self.since and not (year and self.since <= year))
            and not (self.until and not (year and year <= self.until))
            and (code or not self.code)
        )

    def sorted(self, rows: Iterable[RowT]) -> list[RowT]:
        """Rows in the chosen order; equal ones as they came."""
        kept = list(rows)
        if self.sort == "rank":
            return kept[::-1] if self.down else kept
        return sorted(kept, key=ORDERS[self.sort][1], reverse=self.down)

    def query(self, **changes: object) -> str:
        """The query of the address that shows these choices, with some changed; what is as it is by itself is left out.

        >>> Choices(metric="f1", code=True).query(sort="date", down=True)
        'metric=f1&code=1&sort=date&order=desc'
        >>> Choices().query()
        ''
        """
        values = {**asdict(self), **changes}
        if values["sort"] == "rank":
            values["sort"] = ""
        values["order"] = "desc" if values.pop("down") else ""
        return urlencode({name: "1" if value is True else str(value) for name, value in values.items() if value})


def read_choices(given: Mapping[str, str]) -> Choices:
    """The choices of a query. Raises ParameterError, which says what may be chosen.

    >>> read_choices({"since": "2019", "code": "1"}).since
    '2019'
    """
    for name in ("since", "until"):
        if given.get(name) and not _YEAR.fullmatch(given[name]):
            raise ParameterError(f"parameter {name}: found {given[name]!r}, expected a year of four digits")
    sort, order = given.get("sort") or "rank", given.get("order") or "asc"
    if sort not in ORDERS:
        raise ParameterError(f"parameter sort: found {sort!r}, expected one of {', '.join(ORDERS)}")
    if order not in ("asc", "desc"):
        raise ParameterError(f"parameter order: found {order!r}, expected asc or desc")
    code, absolute = (given.get(name, "") not in ("", "0", "false") for name in ("code", "absolute"))
    metric, split, since, until = (given.get(name, "")[:200] for name in ("metric", "split", "since", "until"))
    return Choices(metric, split, since, until, code, absolute, sort, order == "desc")
