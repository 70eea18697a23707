"""Counts of what was right, predicted and wanted -> precision, recall, F1; scores -> calibration error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Count:
    """How many of ``predicted`` and of ``wanted`` were ``right``; counts add up (micro average).

    >>> count = Count(right=2, predicted=4, wanted=3) + Count(wanted=1)
    >>> count.precision, count.recall, count.f1
    (0.5, 0.5, 0.5)
    >>> Count().f1
    0.0
    """

    right: int = 0
    predicted: int = 0
    wanted: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.right + other.right, self.predicted + other.predicted, self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        """The share of what was predicted that is right; 0 where nothing was predicted."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """The share of what was wanted that was found; 0 where nothing was wanted."""
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.predicted + self.wanted
        return 2 * self.right / both if both else 0.0

    def as_dict(self) -> dict[str, float | int]:
        """The figures, shares rounded to four digits."""
        return {
            "f1": round(self.f1, 4),
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "right": self.right,
            "predicted": self.predicted,
            "gold": self.wanted,
        }


def total(counts: Iterable[Count]) -> Count:
    """The sum of counts.

    >>> total([Count(1, 1, 1), Count(0, 1, 0)])
    Count(right=1, predicted=2, wanted=1)
    """
    return sum(counts, Count())


def count_sets(predicted: frozenset[object], wanted: frozenset[object]) -> Count:
    """The count of two sets, each member once.

    >>> count_sets(frozenset("ab"), frozenset("bcd"))
    Count(right=1, predicted=2, wanted=3)
    """
    return Count(len(predicted & wanted), len(predicted), len(wanted))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Scores beside what came of them, in ten bins of equal width; bins add up.

    The expected calibration error of Naeini, Cooper and Hauskrecht (AAAI 2015): over the bins, the distance between
    mean score and share of right ones, weighted by how many fall in.

    >>> one = Calibration.of([(0.9, True), (0.9, False), (1.0, True)])
    >>> one.predicted, round(one.error, 4)  # mean score 2.8 / 3, right 2 / 3
    (3, 0.2667)
    >>> Calibration().error
    0.0
    """

    counts: tuple[int, ...] = (0,) * BINS
    scores: tuple[float, ...] = (0.0,) * BINS
    right: tuple[int, ...] = (0,) * BINS

    @classmethod
    def of(cls, scored: Iterable[tuple[float, bool]]) -> Calibration:
        """From (score, whether it was right); scores beyond 0 and 1 count as these."""
        counts, scores, right = [0] * BINS, [0.0] * BINS, [0] * BINS
        for score, is_right in scored:
            within = min(max(score, 0.0), 1.0)
            place = min(int(within * BINS), BINS - 1)
            counts[place] += 1
            scores[place] += within
            right[place] += is_right
        return cls(tuple(counts), tuple(scores), tuple(right))

    def __add__(self, other: Calibration) -> Calibration:
        return Calibration(
            tuple(map(sum, zip(self.counts, other.counts, strict=True))),
            tuple(map(sum, zip(self.scores, other.scores, strict=True))),
            tuple(map(sum, zip(self.right, other.right, strict=True))),
        )

    @property
    def predicted(self) -> int:
        """How many scores there are."""
        return sum(self.counts)

    @property
    def error(self) -> float:
        """The expected calibration error; 0 where nothing was predicted."""
        distances = sum(abs(score - right) for score, right in zip(self.scores, self.right, strict=True))
        return distances / self.predicted if self.predicted else 0.0

    def bins(self) -> list[dict[str, float | int]]:
        """The bins that hold something: where it begins, how many, mean score, share of right ones."""
        return [
            {
                "from": place / BINS,
                "predicted": count,
                "score": round(self.scores[place] / count, 4),
                "right": round(self.right[place] / count, 4),
            }
            for place, count in enumerate(self.counts)
            if count
        ]


def table(counts: Mapping[str, Count], heading: str) -> str:
    """Counts as lines of a table for people.

    >>> print(table({"Task": Count(1, 2, 1)}, "entities"))
    entities              F1      P      R     gold  predicted
    Task               0.667  0.500  1.000        1          2
    """
    width = max([16, *map(len, counts), len(heading)])
    lines = [f"{heading:<{width}}  {'F1':>6} {'P':>6} {'R':>6} {'gold':>8} {'predicted':>10}"]
    lines += [
        f"{name:<{width}}  {one.f1:6.3f} {one.precision:6.3f} {one.recall:6.3f} {one.wanted:8} {one.predicted:10}"
        for name, one in counts.items()
    ]
    return "\n".join(lines)
