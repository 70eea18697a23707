"""What the services of papers share: which DOIs a paper may have there, and rows read by a catalogue's reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from kg.link.online.service import PaperToAsk, Question, Reply, Row
from kg.link.papers import PaperEntry
from kg.records import Identifier
from kg.resolve.papers import matching_identifier, title_words

_SEPARATORS: Final = frozenset(",|")
_FIRST_OF_ACL: Final = 2016  # before, the Anthology's DOIs have the prefix of the ACL itself


def dois_of(paper: PaperToAsk, arxiv: bool = True) -> list[str]:
    """The DOIs of a paper, those that follow from its arXiv and ACL identifiers last.

    Whether one that follows exists, the service will know. ``arxiv``: those of arXiv, too, which DataCite registers.

    >>> dois_of(PaperToAsk(None, (Identifier("acl", "N18-3011"), Identifier("arxiv", "1805.02262"))))
    ['10.48550/arxiv.1805.02262', '10.18653/v1/n18-3011']
    >>> dois_of(PaperToAsk(None, (Identifier("acl", "P14-1001"), Identifier("arxiv", "1406.00001"))), arxiv=False)
    ['10.3115/v1/p14-1001']
    """
    made = [f"10.48550/arxiv.{value}" for value in paper.values("arxiv")]
    made += [f"{_acl_prefix(value)}/v1/{value.lower()}" for value in paper.values("acl")]
    known = dict.fromkeys([*(one for one in paper.values("doi") if not is_of_arxiv(one)), *made])
    return [one for one in known if arxiv or not is_of_arxiv(one)]


def is_of_arxiv(doi: str) -> bool:
    """Whether arXiv registered a DOI."""
    return doi.startswith("10.48550/")


def _acl_prefix(value: str) -> str:
    """The prefix of the DOI that the Anthology registers for a paper of that year."""
    digits = value[:4] if value[:4].isdecimal() else value[1:3]
    year = int(digits) if len(digits) == 4 else int(digits) + (1900 if digits >= "60" else 2000)
    return "10.18653" if year >= _FIRST_OF_ACL else "10.3115"


def doi_question(doi: str) -> Question:
    """A question for a DOI: one that holds what parts the values of a filter is asked alone."""
    return Question("work" if _SEPARATORS & set(doi) else "doi", doi)


def title_question(paper: PaperToAsk) -> Iterator[Question]:
    """A question for the words of a paper's title, where it has one that means it."""
    if paper.title:
        yield Question("title", title_words(paper.title))


def reply_of(
    questions: Sequence[Question],
    rows: Iterable[Row],
    read: Callable[[str], Iterator[PaperEntry]],
    scheme_of: Callable[[Question], str | None],
) -> Reply:
    """The rows that are papers, each with the question that has its identifier; a title has all rows.

    ``scheme_of``: the scheme of the identifier that a question names, None for a title.
    """
    found: dict[Question, list[Row]] = {question: [] for question in questions}
    asked = {
        matching_identifier(Identifier(scheme, question.value)): question
        for question in questions
        if (scheme := scheme_of(question)) is not None
    }
    dropped = 0
    for row in rows:
        try:
            entry = next(read(json.dumps(row)), None)
        except (ValueError, KeyError, TypeError, AttributeError):
            dropped += 1
            continue
        if entry is None:
            continue
        named = {asked[one] for one in map(matching_identifier, entry.identifiers) if one in asked}
        for question in named or {one for one in questions if scheme_of(one) is None}:
            found[question].append(row)
    return Reply(found, dropped=dropped)
