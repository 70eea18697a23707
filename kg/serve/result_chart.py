"""A result's table -> a chart of it: bars for names, columns for times. All measures are percentages of the drawing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from kg.serve.result_table import Cell, ResultTable

MOST_BARS: Final = 40
_LABELS: Final = 8  # below the columns of times
_TIME: Final = re.compile(r"-?[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")
_TIME_NAME: Final = re.compile(r"year|month|date|day|time", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bar:
    """A value: ``start`` and ``size`` along the axis of values, ``place`` and ``width`` along the other."""

    label: str
    href: str | None
    value: str
    start: float
    size: float
    place: float = 0.0
    width: float = 100.0
    marked: bool = True  # is its label written below it?


@dataclass(frozen=True, slots=True)
class ResultChart:
    """Bars side by side; ``over_time``: as columns in the order of time, else one below the other as the rows stand."""

    of: str
    by: str
    over_time: bool
    bars: tuple[Bar, ...]
    zero: float  # where the value 0 lies
    more: int  # rows that are not drawn

    @property
    def words(self) -> str:
        """What the drawing shows, for those who do not see it."""
        first, last = self.bars[0], self.bars[-1]
        return f"{self.of} by {self.by}: from {first.label} ({first.value}) to {last.label} ({last.value})"


def result_chart(table: ResultTable) -> ResultChart | None:
    """The chart of a table that has names or times and numbers; None where there is nothing to draw."""
    columns = [[row[index] for row in table.rows] for index in range(len(table.variables))]
    times = [index for index, cells in enumerate(columns) if _are_times(table.variables[index], cells)]
    numbers = [index for index, cells in enumerate(columns) if index not in times and _are_numbers(cells)]
    names = [index for index, cells in enumerate(columns) if index not in numbers and any(one.text for one in cells)]
    if len(table.rows) < 2 or not numbers or not names:
        return None
    by = (
        times[0] if times and _differ(columns[times[0]]) else next((one for one in names if one not in times), names[0])
    )
    of = numbers[-1]
    over_time = by in times and _differ(columns[by])
    drawn = [(name, number) for name, number in zip(columns[by], columns[of], strict=True) if number.text and name.text]
    if over_time:
        drawn.sort(key=lambda pair: pair[0].text)
    shown = drawn if over_time else drawn[:MOST_BARS]
    values = [Decimal(number.text) for _, number in shown]
    low, high = min(Decimal(0), *values), max(Decimal(0), *values)
    span = float(high - low) or 1.0
    step = 100 / len(shown)
    every = -(-len(shown) // _LABELS)
    bars = (
        Bar(
            name.text,
            name.href,
            number.text,
            round(float(min(value, Decimal(0)) - low) / span * 100, 2),
            round(abs(float(value)) / span * 100, 2),
            round(place * step + step * 0.1, 2),
            round(step * 0.8, 2),
            place % every == 0,
        )
        for place, ((name, number), value) in enumerate(zip(shown, values, strict=True))
    )
    return ResultChart(
        table.variables[of],
        table.variables[by],
        over_time,
        tuple(bars),
        round(float(-low) / span * 100, 2),
        len(drawn) - len(shown),
    )


def _are_times(name: str, cells: Sequence[Cell]) -> bool:
    """Years are numbers, too: what the column is called tells them from counts."""
    texts = [cell.text for cell in cells if cell.text]
    fits = bool(texts) and all(_TIME.fullmatch(text) for text in texts)
    return fits and (_TIME_NAME.search(name) is not None or any("-" in text for text in texts))


def _are_numbers(cells: Sequence[Cell]) -> bool:
    found = [cell for cell in cells if cell.text]
    return len(found) > 1 and all(cell.is_number and _is_finite(cell.text) for cell in found)


def _is_finite(text: str) -> bool:
    """XSD's INF and NaN are numbers that cannot be drawn."""
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _differ(cells: Sequence[Cell]) -> bool:
    texts = [cell.text for cell in cells if cell.text]
    return len(texts) == len(set(texts)) > 1
