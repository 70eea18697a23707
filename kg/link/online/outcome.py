"""How a run asks, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.link.online.service import Endpoint, Question, Reply, Service
from kg.link.online.transport import Answer, Failure


@dataclass(frozen=True, slots=True)
class Options:
    """How to ask. ``addresses``: of endpoints, in place of theirs; ``limit``: requests to each service.

    ``rate``: requests a second to each endpoint, at most; ``max_age``: seconds after which an answer is asked for anew.
    """

    contact: str
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    addresses: Mapping[str, str] = field(default_factory=dict)
    limit: int | None = None
    rate: float | None = None
    max_age: float | None = None

    def seconds(self, service: Service, endpoint: Endpoint) -> float:
        """From one request to the next: what the service asks for, unless ``rate`` is slower, or it is a mirror."""
        usual = endpoint.seconds
        if service.name in self.keys and endpoint.keyed is not None:
            usual = endpoint.keyed
        if self.rate is None:
            return usual
        return 1 / self.rate if endpoint.name in self.addresses else max(usual, 1 / self.rate)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a service was asked about (``things``: papers, names, pages), and what came of it.

    ``open``: what got no answer in this run; ``known``: questions that were answered before; ``file``: its catalogue,
    where it has entries.
    """

    service: str
    things: int
    found: int
    absent: int
    open: int
    requests: int
    answered: int
    known: int
    dropped: int
    notes: tuple[str, ...]
    file: Path | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """What would be asked of an endpoint at first: questions, requests, and what the first one looks like."""

    service: str
    endpoint: str
    questions: int
    requests: int
    example: str


def read_answer(service: Service, questions: Sequence[Question], answer: Answer) -> Reply:
    """What an answer says; Failure where it is not what the service documents."""
    if answer.status == 404 and service.kind(questions[0].kind).absent:
        return Reply({question: [] for question in questions})
    found = answer.json()
    try:
        return service.read(questions, found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failure(f"an answer of another form than documented: {error}", status=answer.status) from error
