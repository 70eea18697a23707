"""Problems are counted, the first ones kept, and read as one line that says what, where and what would be right."""

from __future__ import annotations

import pytest

from kg.errors import Problem, ProblemLog, UsageError, raise_problem
from kg.resources import SHIPPED, resource_folder


def problem(skipped: bool = False) -> Problem:
    return Problem("a.bib", "year", "nothing", "four digits", line=3, skipped=skipped)


def test_a_log_counts_all_and_keeps_the_first() -> None:
    log = ProblemLog(limit=2)
    for number in range(5):
        log(problem(skipped=number % 2 == 0))
    assert (len(log.problems), log.skipped, log.kept, log.by_field["year"]) == (2, 3, 2, 5)


def test_the_strict_handler_raises_the_line() -> None:
    with pytest.raises(UsageError, match=r"^a\.bib:3: year: found nothing, expected four digits; skipped$"):
        raise_problem(problem(skipped=True))


def test_every_shipped_folder_is_found() -> None:
    assert all(resource_folder(name).is_dir() for name in SHIPPED)
    with pytest.raises(ValueError, match="there are ontology, queries, seeds"):
        resource_folder("models")
