"""What one client may ask of the workers at a time and in a time, so that nobody keeps the others from their answers.

A client is an address (an IPv6 network of 64 bits), or a token that was found to be valid. However much one client
asks, where there are several workers one of them is left to the others.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import Counter
from collections.abc import Collection
from typing import Final

import limits
from flask import Flask, Response, g, request
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from kg.serve.problems import ProblemDetails, answer
from kg.serve.workers import AllBusy

GATED: Final = ("sparql.sparql", "recipes.recipe", "recipe_feeds.recipe")  # what asks the workers
GATED_READS: Final = ("graph_store.data",)  # and what does where it reads
_RETRY_SECONDS: Final = 1


class TooManyQueries(Exception):
    """One client asks more than it may; ``retry`` is in how many seconds it may again."""

    def __init__(self, message: str, retry: int) -> None:
        super().__init__(message)
        self.retry = retry


class Rate:
    """How often a client may do something in a time, such as ``300/minute``; an empty text: as often as it likes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._rate = limits.parse(text) if text else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage()) if text else None

    def hit(self, client: str) -> int | None:
        """Count once; None where the client may, else in how many seconds it may again."""
        if self._rate is None or self._limiter is None or self._limiter.hit(self._rate, client):
            return None
        return self._seconds(self._rate, self._limiter, client)

    def wait(self, client: str) -> int | None:
        """As :meth:`hit`, but nothing is counted."""
        if self._rate is None or self._limiter is None or self._limiter.test(self._rate, client):
            return None
        return self._seconds(self._rate, self._limiter, client)

    @staticmethod
    def _seconds(rate: limits.RateLimitItem, limiter: MovingWindowRateLimiter, client: str) -> int:
        reset = limiter.get_window_stats(rate, client).reset_time
        return max(1, math.ceil(reset - time.time()))

    def __str__(self) -> str:
        return str(self._rate)


class Gate:
    """Lets queries through to ``workers``, each in its turn.

    ``client_queries`` and ``queue`` are how many of one client there may be at a time, and how many may wait in all.
    """

    def __init__(self, workers: int, client_queries: int, queue: int, timeout: float, rate: str = "") -> None:
        self.waiting = 0
        self.running = 0
        self._workers = workers
        self._of_one = max(1, workers - 1)
        self._client_queries = client_queries
        self._queue = queue
        self._timeout = timeout
        self._rate = Rate(rate)
        self._changed = threading.Condition()
        self._asked: Counter[str] = Counter()
        self._answered: Counter[str] = Counter()  # of those, the ones that a worker answers now

    def count(self, client: str) -> None:
        """Count a query of a client that needs no worker. Raises TooManyQueries where it is above the client's rate."""
        wait = self._rate.hit(client)
        if wait is not None:
            raise TooManyQueries(f"more than {self._rate} of yours", wait)

    def enter(self, client: str) -> None:
        """Wait for a client's turn. Raises TooManyQueries, or AllBusy where its turn does not come in time."""
        self.count(client)
        with self._changed:
            if self._asked[client] >= self._client_queries:
                raise TooManyQueries(
                    f"{self._client_queries} queries of yours are being answered; wait for one of them to end",
                    _RETRY_SECONDS,
                )
            if not self._free(client) and self.waiting >= self._queue:
                raise AllBusy(f"{self.waiting} queries wait already")
            self._asked[client] += 1
            self.waiting += 1
            try:
                if not self._changed.wait_for(lambda: self._free(client), self._timeout):
                    raise AllBusy(f"no worker came free for {self._timeout:g} seconds")
            except BaseException:
                self._forget(self._asked, client)
                raise
            finally:
                self.waiting -= 1
            self._answered[client] += 1
            self.running += 1

    def leave(self, client: str) -> None:
        """A query that was let through is done with."""
        with self._changed:
            self._forget(self._asked, client)
            self._forget(self._answered, client)
            self.running -= 1
            self._changed.notify_all()

    def _free(self, client: str) -> bool:
        return self.running < self._workers and self._answered[client] < self._of_one

    @staticmethod
    def _forget(counter: Counter[str], client: str) -> None:
        counter[client] -= 1
        if counter[client] <= 0:
            del counter[client]


def client_of() -> str:
    """Who asks: the valid token's name where a part of the server has put one into ``g.token``, else the address."""
    token = g.get("token")
    return f"token {token}" if token else network_of(request.remote_addr or "")


def network_of(address: str) -> str:
    """The address as it counts.

    >>> network_of("192.0.2.7"), network_of("2001:db8::1:2:3:4"), network_of("")
    ('192.0.2.7', '2001:db8::/64', 'unknown')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address or "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def register(app: Flask, gate: Gate, gated: Collection[str] = GATED, reads: Collection[str] = GATED_READS) -> None:
    """Lead the app's requests to some endpoints through the gate; those to others where they read."""

    @app.before_request
    def _enter() -> Response | None:
        reading = request.endpoint in reads and request.method in ("GET", "HEAD")
        if not reading and (request.endpoint not in gated or request.method == "OPTIONS"):
            return None
        client = client_of()
        try:
            gate.enter(client)
        except TooManyQueries as error:
            told = ProblemDetails(429, "too-many-queries", str(error))
            return answer(told, {"Retry-After": str(error.retry)})
        g.at_the_gate = client
        return None

    @app.after_request
    def _leave_with_the_answer(response: Response) -> Response:
        client = g.pop("at_the_gate", None)
        if client is not None:
            response.call_on_close(lambda: gate.leave(client))
        return response

    @app.teardown_request
    def _leave(error: BaseException | None) -> None:
        client = g.pop("at_the_gate", None)  # there was no answer to wait for
        if client is not None:
            gate.leave(client)
