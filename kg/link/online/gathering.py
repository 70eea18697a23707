"""The graph's papers and names -> answers of services, asked politely, and the catalogue files that they make.

One loop for all services: it asks whichever may be asked next, so that nobody waits for a slow one. Each answer is kept
before the next request is made: a run that is interrupted, or cut short by ``limit``, goes on where it ended.
"""

from __future__ import annotations

import datetime
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from kg.link.online.cache import Cache
from kg.link.online.keys import key_variable
from kg.link.online.lanes import Batch, Chain, Lane, State
from kg.link.online.outcome import Ahead, Gathered, Options, read_answer
from kg.link.online.service import Known, Question, Reply, Service
from kg.link.online.slicing import write_slice
from kg.link.online.transport import Answer, Failure, Person, Transport

TRIES: Final = 5  # for a request
LONGEST_WAIT: Final = 120.0  # seconds; a service that asks for more is left alone in this run
_LONGEST_BACK_OFF: Final = 60.0
_FAILURES: Final = 3  # batches in a row without an answer: the service is down
_SPLIT: Final = frozenset({400, 404, 413, 414, 422})  # one of the questions may be at fault
_BUSY: Final = 0.25  # seconds until another run is looked at again

Progress = Callable[[str, int, int | None], None]


class Gathering:
    """A run. ``clock`` gives seconds since 1970, ``sleep`` waits."""

    def __init__(
        self,
        services: Iterable[Service],
        cache: Cache,
        options: Options,
        *,
        transport: Transport | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        progress: Progress | None = None,
    ) -> None:
        self._cache, self._options = cache, options
        self._transport = transport or Transport()
        self._clock, self._sleep = clock, sleep
        self._progress = progress or (lambda phase, done, total: None)
        self._states = [State(one) for one in services]
        self._lanes = {
            endpoint.name: Lane(state, endpoint, options.seconds(state.service, endpoint))
            for state in self._states
            for endpoint in state.service.endpoints
        }
        self._since = 0.0 if options.max_age is None else clock() - options.max_age
        self._replies: dict[int, Reply] = {}

    def plan(self, known: Known) -> list[Ahead]:
        """Find out what is to be asked, which is what was not answered before; nobody is asked yet."""
        for state in self._states:
            for questions in state.service.plan(known):
                state.things += 1
                self._advance(state, Chain(deque(questions)))
        return [self._ahead(lane) for lane in self._lanes.values() if lane.has_work]

    def run(self) -> list[Gathered]:
        """Ask, until nothing is left to ask or nobody is left who answers; then write the catalogue files."""
        while lanes := [lane for lane in self._lanes.values() if lane.has_work]:
            lane = min(lanes, key=lambda one: one.not_before)
            wait = lane.not_before - self._clock()
            if wait > 0:
                self._sleep(wait)
            with self._cache.turn(lane.endpoint.name) as held:
                if held:
                    self._step(lane)
                else:
                    lane.not_before = self._clock() + _BUSY
            state = lane.state
            self._progress(state.service.title, state.found + state.absent, state.things)
        return [self._gathered(state) for state in self._states]

    # --- what is known --------------------------------------------------------------------------------------

    def _advance(self, state: State, chain: Chain) -> None:
        """Follow a chain, and what its answers lead to, as far as there are answers; what is open goes into a lane."""
        chains = [chain]
        while chains:
            one = chains.pop()
            while one.rest:
                question = one.rest.popleft()
                reply = self._reply(state, question, self._since)
                if reply is None:
                    self._lanes[state.service.kind(question.kind).endpoint].add(question, one)
                    break
                if question not in state.rows:
                    state.known += question not in state.fresh
                    state.rows[question] = reply.found.get(question, [])
                    chains += [Chain(deque([more]), thing=False) for more in reply.more.get(question, ())]
                if state.rows[question]:
                    state.found += one.thing
                    break
            else:
                state.absent += one.thing

    def _reply(self, state: State, question: Question, since: float) -> Reply | None:
        """What the cache has for a question; None where it has nothing that can be read."""
        number = self._cache.find(state.service.name, question, since)
        if number is None:
            return None
        if number not in self._replies:
            kept = self._cache.answer(number)
            if kept is None:
                return None
            try:
                self._replies[number] = read_answer(state.service, kept.questions, Answer(kept.status, kept.body))
            except Failure:  # kept by another version of this code, which read it in another way
                self._cache.forget(number)
                return None
        return self._replies[number]

    # --- asking ---------------------------------------------------------------------------------------------

    def _step(self, lane: Lane) -> None:
        """Make one request, if now is the time."""
        state, now = lane.state, self._clock()
        if self._options.limit is not None and state.requests >= self._options.limit:
            lane.give_up(f"--limit {self._options.limit} is reached; run again to go on")
            return
        due = self._cache.next_at(lane.endpoint.name)
        if due > now + LONGEST_WAIT:
            lane.give_up(_too_long(due))
            return
        if due > now:
            lane.not_before = due
            return
        batch = self._still_open(state, lane.take())
        if not batch.questions:
            return
        questions = tuple(batch.questions)
        request = state.service.request(questions)
        state.requests += 1
        batch.tries += 1
        self._cache.set_next(lane.endpoint.name, now + lane.seconds)
        try:
            answer = self._ask(lane, questions)
            reply = read_answer(state.service, questions, answer)
        except Failure as failure:
            self._failed(lane, batch, failure)
            return
        finally:
            lane.not_before = max(self._clock() + lane.seconds, self._cache.next_at(lane.endpoint.name))
            self._cache.set_next(lane.endpoint.name, lane.not_before)
        self._cache.keep(state.service.name, request.normal(), questions, answer.status, answer.body, self._clock())
        lane.failures = 0
        lane.seconds = max(lane.seconds, _seconds_asked(answer))
        state.dropped += reply.dropped
        state.answered += len(questions)
        state.fresh.update(questions)
        self._go_on(state, batch)

    def _ask(self, lane: Lane, questions: Sequence[Question]) -> Answer:
        service = lane.state.service
        return self._transport.ask(
            self._options.addresses.get(lane.endpoint.name, lane.endpoint.address),
            service.request(questions),
            Person(self._options.contact, self._options.keys.get(service.name)),
            service.key,
            service.mailto,
            (200, 404) if service.kind(questions[0].kind).absent else (200,),
        )

    def _still_open(self, state: State, batch: Batch) -> Batch:
        """The batch without what another run has asked meanwhile."""
        answered = {
            question: chains
            for question, chains in batch.questions.items()
            if self._cache.find(state.service.name, question, self._since) is not None
        }
        self._go_on(state, Batch(answered))
        return Batch({one: batch.questions[one] for one in batch.questions if one not in answered}, batch.tries)

    def _go_on(self, state: State, batch: Batch) -> None:
        for question, chains in batch.questions.items():
            for chain in chains:
                chain.rest.appendleft(question)
                self._advance(state, chain)

    def _failed(self, lane: Lane, batch: Batch, failure: Failure) -> None:
        """Try again later, in halves, or give up the batch or the service."""
        state, now = lane.state, self._clock()
        if failure.again and (batch.tries < TRIES or (failure.wait or 0) > LONGEST_WAIT):
            back_off = min(2.0**batch.tries, _LONGEST_BACK_OFF)
            due = now + max(back_off if failure.wait is None else failure.wait, lane.seconds)
            self._cache.set_next(lane.endpoint.name, due)
            lane.again.append(batch)
            if due > now + LONGEST_WAIT:
                lane.give_up(_too_long(due))
            return
        single = len(batch.questions) == 1
        if failure.status in _SPLIT and not single:
            lane.again.extendleft(reversed(batch.halves()))
            return
        lane.failures += 1
        state.notes[failure.reason] += 1
        if failure.status in _SPLIT and lane.failures < _FAILURES:
            # This one question is refused: what comes next in its chains may fare better.
            for chains in batch.questions.values():
                for chain in chains:
                    self._advance(state, chain)
            return
        state.leave_open(batch.questions)
        if failure.stop or failure.status in (401, 403):
            place = state.service.key
            help_ = f"; a key may help: {key_variable(state.service.name)}, {place.page}" if place else ""
            lane.give_up(f"does not answer{help_ if failure.status in (401, 403) else ''}")
        elif failure.status is None or lane.failures >= _FAILURES:
            lane.give_up("does not answer; run again later")

    # --- what came of it ------------------------------------------------------------------------------------

    def _gathered(self, state: State) -> Gathered:
        for question in state.open:  # an answer that is too old is better than none
            reply = self._reply(state, question, 0.0)
            if reply is not None:
                state.rows.setdefault(question, reply.found.get(question, []))
        file = write_slice(self._cache.folder, state.service, (row for rows in state.rows.values() for row in rows))
        led_to = sum(not chain.thing for chains in state.open.values() for chain in chains)
        return Gathered(
            state.service.name,
            things=state.things,
            found=state.found,
            absent=state.absent,
            open=state.things - state.found - state.absent + led_to,
            requests=state.requests,
            answered=state.answered,
            known=state.known,
            dropped=state.dropped,
            notes=tuple(f"{count} x {note}" if count > 1 else note for note, count in state.notes.items()),
            file=file,
        )

    def _ahead(self, lane: Lane) -> Ahead:
        service = lane.state.service
        sizes = {kind.name: sum(one.kind == kind.name for one in lane.pending) for kind in service.kinds}
        requests = sum(-(-sizes[kind.name] // kind.batch) for kind in service.kinds)
        first = next(iter(lane.pending))
        batch = [one for one in lane.pending if one.kind == first.kind][: service.kind(first.kind).batch]
        request = service.request(batch)
        address = self._options.addresses.get(lane.endpoint.name, lane.endpoint.address)
        example = (
            f"{request.method} {request.url(address, [('mailto', self._options.contact)] if service.mailto else ())}"
        )
        body = request.json or "&".join(f"{name}={value}" for name, value in request.form)
        return Ahead(service.name, lane.endpoint.name, len(lane.pending), requests, f"{example} {body}".strip())


def _seconds_asked(answer: Answer) -> float:
    """The seconds a request that the headers of an answer ask for (Crossref); 0 where they ask for nothing."""
    limit, interval = (answer.headers.get(f"x-rate-limit-{name}", "") for name in ("limit", "interval"))
    number = interval.removesuffix("s")
    if not (limit.isdecimal() and number.isdecimal() and int(limit)):
        return 0.0
    return min(int(number) / int(limit), LONGEST_WAIT)


def _too_long(due: float) -> str:
    when = datetime.datetime.fromtimestamp(due, datetime.UTC)
    return f"asks to be left alone until {when:%Y-%m-%d %H:%M} UTC; run again then"
