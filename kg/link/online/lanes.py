"""What is still to be asked: chains of questions, put together into batches for each endpoint of a service."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.link.online.service import Endpoint, Question, Row, Service


@dataclass(slots=True)
class Chain:
    """Questions to try one after the other, until one finds something; ``thing``: what the graph has led to it."""

    rest: deque[Question]
    thing: bool = True


@dataclass(slots=True)
class Batch:
    """Questions of one kind that go into one request, and who waits for each."""

    questions: dict[Question, list[Chain]]
    tries: int = 0

    def halves(self) -> tuple[Batch, Batch]:
        """The batch in two, to find out which of its questions is refused."""
        items = list(self.questions.items())
        middle = len(items) // 2
        return Batch(dict(items[:middle])), Batch(dict(items[middle:]))


@dataclass(slots=True)
class State:
    """What became of a service in this run; ``things`` are papers, names or pages."""

    service: Service
    things: int = 0
    found: int = 0
    absent: int = 0
    requests: int = 0
    answered: int = 0  # questions, by requests of this run
    known: int = 0  # questions that were answered before
    dropped: int = 0
    rows: dict[Question, list[Row]] = field(default_factory=dict)
    open: dict[Question, list[Chain]] = field(default_factory=dict)  # given up in this run
    fresh: set[Question] = field(default_factory=set)  # answered by this run
    notes: Counter[str] = field(default_factory=Counter)

    def leave_open(self, waiting: Mapping[Question, list[Chain]]) -> None:
        """Give questions up for this run."""
        for question, chains in waiting.items():
            self.open.setdefault(question, []).extend(chains)


@dataclass(slots=True)
class Lane:
    """The questions to one endpoint, and when it may be asked next."""

    state: State
    endpoint: Endpoint
    seconds: float
    not_before: float = 0.0
    pending: dict[Question, list[Chain]] = field(default_factory=dict)
    again: deque[Batch] = field(default_factory=deque)
    failures: int = 0  # batches in a row that got no answer
    stopped: bool = False

    @property
    def has_work(self) -> bool:
        """Whether there is something to ask."""
        return not self.stopped and bool(self.again or self.pending)

    def add(self, question: Question, chain: Chain) -> None:
        """The chain goes on when the question is answered; in a lane that was given up, it does not."""
        if self.stopped:
            self.state.leave_open({question: [chain]})
            return
        self.pending.setdefault(question, []).append(chain)

    def take(self) -> Batch:
        """The next batch: one that failed before, else as many questions of one kind as go together."""
        if self.again:
            return self.again.popleft()
        kind = self.state.service.kind(next(iter(self.pending)).kind)
        chosen = [one for one in self.pending if one.kind == kind.name][: kind.batch]
        return Batch({one: self.pending.pop(one) for one in chosen})

    def give_up(self, note: str) -> None:
        """Ask nothing more in this run; what is left stays open."""
        self.stopped = True
        self.state.notes[note] += 1
        for batch in self.again:
            self.state.leave_open(batch.questions)
        self.state.leave_open(self.pending)
        self.again.clear()
        self.pending.clear()
