"""Small charts that the server draws: where bars, points and lines stand. Templates write them as SVG.

The table beside a chart says the same, so a chart is one picture with a name, for those who see it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

WIDTH, HEIGHT, BAR_HEIGHT = 720, 260, 180
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 16, 28
MOST_BARS = 40
FEWEST = 5  # things; fewer are told better by a list
LETTER, LINE = 6.6, 14  # of the names of points: about how wide and high
_LONGEST = 26
_MONTHS_UNDER = 3  # years between the ends of the axis


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from the ground up."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class BarChart:
    """Numbers by year."""

    bars: tuple[Bar, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    height: int = BAR_HEIGHT


@dataclass(frozen=True, slots=True)
class Measurement:
    """A value at a time; ``label`` is what a pointer shows."""

    date: str  # a year, a month or a day
    value: float
    label: str
    name: str = ""  # what stands beside the point, where there is room


@dataclass(frozen=True, slots=True)
class Point:
    """Where a measurement stands, and whether it was the best when it came."""

    x: float
    y: float
    label: str
    best: bool
    name: str = ""
    leftwards: bool = False  # the name stands left of the point


@dataclass(frozen=True, slots=True)
class TimeChart:
    """Values over time, and the best so far as a line of steps."""

    points: tuple[Point, ...]
    line: str  # of an SVG path; empty where nobody knows what is better
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    height: int = HEIGHT


def bar_chart(counts: Mapping[int, int]) -> BarChart | None:
    """Bars for each year between the first and the last (the latest ``MOST_BARS``).

    None for fewer than two years, or ``FEWEST`` things.

    >>> [bar.count for bar in bar_chart({2018: 4, 2020: 1}).bars], bar_chart({2018: 2, 2019: 2})
    ([4, 0, 1], None)
    """
    if len(counts) < 2 or sum(counts.values()) < FEWEST:
        return None
    years = list(range(min(counts), max(counts) + 1))[-MOST_BARS:]
    up = _up(0, max(counts.values()), whole=True)
    step = (WIDTH - LEFT - RIGHT) / len(years)
    width = min(step * 0.7, 48)
    bars = []
    for place, year in enumerate(years):
        count = counts.get(year, 0)
        y = _scaled(count, 0, up[-1][0], BAR_HEIGHT)
        bars.append(
            Bar(
                round(LEFT + step * (place + 0.5) - width / 2, 1),
                y,
                round(width, 1),
                round(BAR_HEIGHT - BOTTOM - y, 1),
                str(year),
                count,
            )
        )
    every = math.ceil(len(years) / 12)
    return BarChart(
        tuple(bars),
        tuple(Tick(round(bar.x + bar.width / 2, 1), bar.label) for bar in bars[::every]),
        tuple(Tick(_scaled(value, 0, up[-1][0], BAR_HEIGHT), label) for value, label in up),
    )


def time_chart(measurements: Sequence[Measurement], higher_is_better: bool | None) -> TimeChart | None:
    """The chart of what is dated; None for fewer than two different times.

    >>> found = [Measurement("2018", 1, "a"), Measurement("2020-01", 3, "b"), Measurement("2019", 0.5, "c")]
    >>> [(point.label, point.best) for point in time_chart(found, True).points]
    [('a', True), ('c', False), ('b', True)]
    >>> best = [Measurement("2019-01", 1, "a", "Wren"), Measurement("2019-11", 2, "b", "Starling " * 9)]
    >>> [(point.name, point.leftwards) for point in time_chart(best, True).points]
    [('Wren', False), ('Starling Starling Starlin\u2026', True)]
    """
    dated = sorted(measurements, key=lambda one: (_time(one.date), -one.value if higher_is_better else one.value))
    times = [_time(one.date) for one in dated]
    if len(set(times)) < 2:
        return None
    first, last = times[0], times[-1]
    up = _up(min(one.value for one in dated), max(one.value for one in dated))
    bottom, top = up[0][0], up[-1][0]
    points: list[Point] = []
    best: float | None = None
    for time, one in zip(times, dated, strict=True):
        better = higher_is_better is not None and (
            best is None or (one.value > best if higher_is_better else one.value < best)
        )
        best = one.value if better else best
        name = one.name if len(one.name) <= _LONGEST else f"{one.name[: _LONGEST - 1].rstrip()}\u2026"
        points.append(Point(_across(time, first, last), _scaled(one.value, bottom, top), one.label, better, name))
    return TimeChart(
        tuple(_named(points, higher_is_better is not False)),
        _steps([(point.x, point.y) for point in points if point.best]),
        tuple(Tick(_across(time, first, last), label) for time, label in _times(first, last)),
        tuple(Tick(_scaled(value, bottom, top), label) for value, label in up),
    )


def _named(points: Sequence[Point], upwards: bool) -> list[Point]:
    """The points, with names for those of the best that have room: the last ones first, none over another's."""
    taken: list[tuple[float, float, float]] = []  # left, right, top
    named = list(points)
    for place in reversed(range(len(points))):
        one = points[place]
        wide = LETTER * len(one.name)
        leftwards = one.x + 10 + wide > WIDTH
        left = one.x - 10 - wide if leftwards else one.x + 10
        top = one.y - LINE if upwards else one.y
        room = left >= LEFT and all(
            left > right or left + wide < other or abs(top - high) > LINE for other, right, high in taken
        )
        kept = bool(one.best and one.name and room)
        if kept:
            taken.append((left, left + wide, top))
        named[place] = replace(one, name=one.name if kept else "", leftwards=leftwards)
    return named


def _steps(corners: Sequence[tuple[float, float]]) -> str:
    if not corners:
        return ""
    path = f"M{corners[0][0]} {corners[0][1]}"
    for (_, _), (x, y) in itertools.pairwise(corners):
        path += f"H{x}V{y}"
    return f"{path}H{WIDTH - RIGHT}"


def _time(date: str) -> float:
    """A date as a fraction of years.

    >>> _time("2020"), _time("2020-07"), round(_time("2020-07-16"), 2)
    (2020.0, 2020.5, 2020.54)
    """
    parts = [int(part) for part in date.split("-")[:3] if part.isdigit()]
    year, month, day = (*parts, *(1, 1, 1)[len(parts) :])
    return year + (month - 1) / 12 + (day - 1) / 365


def _across(time: float, first: float, last: float) -> float:
    return round(LEFT + 10 + (time - first) / (last - first) * (WIDTH - LEFT - RIGHT - 20), 1)


def _scaled(value: float, bottom: float, top: float, height: int = HEIGHT) -> float:
    return round(height - BOTTOM - (value - bottom) / ((top - bottom) or 1) * (height - TOP - BOTTOM), 1)


def _times(first: float, last: float) -> list[tuple[float, str]]:
    """Marks of a time axis: years, or where there are few of them months.

    >>> [label for _, label in _times(2016.0, 2020.5)], [label for _, label in _times(2020 + 10 / 12, 2021 + 5 / 12)]
    (['2016', '2017', '2018', '2019', '2020'], ['2020-11', '2021-01', '2021-03', '2021-05'])
    """
    if last - first >= _MONTHS_UNDER:
        return [(year, str(year)) for year in _years(first, last)]
    months = range(math.ceil(first * 12 - 0.01), math.floor(last * 12 + 0.01) + 1)
    if not months:
        return [(year, str(year)) for year in _years(first, last)]
    every = next(one for one in (1, 2, 3, 6, 12) if len(months) <= 6 * one)
    return [(max(first, month / 12), f"{month // 12}-{month % 12 + 1:02}") for month in months[::every]]


def _years(first: float, last: float) -> list[int]:
    years = list(range(math.ceil(first), math.floor(last) + 1)) or [math.floor(last)]
    every = math.ceil(len(years) / 10)
    return [year for year in years[::every] if first <= year <= last]


def _up(low: float, high: float, whole: bool = False) -> list[tuple[float, str]]:
    """Round numbers from below the lowest to above the highest.

    >>> _up(0, 7, whole=True)
    [(0, '0'), (2, '2'), (4, '4'), (6, '6'), (8, '8')]
    >>> [label for _, label in _up(81.2, 84.9)]
    ['81', '82', '83', '84', '85']
    >>> [label for _, label in _up(5, 5)]
    ['4.75', '5', '5.25']
    """
    span = (high - low) or abs(high) / 5 or 1
    raw = span / 4
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * one for one in (1, 2, 2.5, 5, 10) if size * one >= raw * 0.999)
    if whole:
        step = max(1, round(step))
    first = math.floor(low / step)
    if low == high and not whole:
        first -= 1
    ticks = []
    for place in itertools.count(first):
        value = round(place * step, 10)
        ticks.append((value, f"{value:g}"))
        if value >= high and len(ticks) > 1 and (low != high or value > high):
            return ticks
    raise AssertionError


def sparkline(counts: Mapping[int, int], first: int, last: int) -> str:
    """The path of a line over the years from ``first`` to ``last``, in a box of 60 by 16; empty for fewer than three.

    >>> sparkline({2018: 1, 2020: 2}, 2018, 2020)
    'M1 8L30 15L59 1'
    """
    years = range(first, last + 1)
    if len(years) < 3 or not counts:
        return ""
    top = max(counts.values())
    step = 58 / (len(years) - 1)
    corners = [f"{1 + place * step:.4g} {15 - 14 * counts.get(year, 0) / top:.3g}" for place, year in enumerate(years)]
    return "M" + "L".join(corners)
