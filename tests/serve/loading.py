"""Clients by the dozen: what becomes of their requests, and how long they take."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from tests.serve.test_workers import ENDLESS

ASK = "ASK { ?s ?p ?o }"
OTHERS = "127.0.0.2"  # where other clients come from: the server tells clients apart by address
JSON = {"Accept": "application/sparql-results+json"}


@dataclass
class Told:
    """What many requests came to: how many of each status, and the seconds of those that were answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    broken: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds) if self.seconds else float("nan")


class Client:
    """One connection to an endpoint, kept open."""

    def __init__(self, endpoint: str, source: str = "127.0.0.1") -> None:
        place = urlsplit(endpoint)
        self._path = place.path
        self._connection = http.client.HTTPConnection(
            str(place.hostname), place.port, timeout=120, source_address=(source, 0)
        )

    def ask(self, query: str, told: Told) -> None:
        began = time.monotonic()
        try:
            self._connection.request("GET", f"{self._path}?{urlencode({'query': query})}", headers=JSON)
            response = self._connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            told.broken += 1
            self._connection.close()
            return
        told.statuses[response.status] += 1
        if response.status == 200:
            told.seconds.append(time.monotonic() - began)

    def first_bytes(self, query: str) -> float:
        """Seconds until the first bytes of an answer are there; the rest is not read."""
        began = time.monotonic()
        self._connection.request("GET", f"{self._path}?{urlencode({'query': query})}", headers=JSON)
        self._connection.getresponse().read(100)
        seconds = time.monotonic() - began
        self._connection.close()
        return seconds

    def close(self) -> None:
        self._connection.close()


def crowd(
    endpoint: str, clients: int, query: str, goes_on: Callable[[int], bool], sources: Callable[[int], str]
) -> Told:
    """Clients that each ask again and again while ``goes_on`` says so of their number of requests."""
    parts = [Told() for _ in range(clients)]

    def run(number: int) -> None:
        client, asked = Client(endpoint, sources(number)), 0
        while goes_on(asked):
            client.ask(query, parts[number])
            asked += 1
            if parts[number].statuses[429] + parts[number].statuses[503] == asked:
                time.sleep(0.05)  # a client that is told to come again does so a little later
        client.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Told()
    for part in parts:
        whole.statuses += part.statuses
        whole.seconds += part.seconds
        whole.broken += part.broken
    return whole


def attacked(endpoint: str, attackers: int, asks: int, source: str = OTHERS) -> tuple[Told, Told]:
    """What another client's small queries come to: alone, and beside that many queries without an end."""
    alone, beside, attack = Told(), Told(), Told()
    other = Client(endpoint, source)
    for _ in range(asks):
        other.ask(ASK, alone)
    enemies = [Client(endpoint) for _ in range(attackers)]
    threads = [threading.Thread(target=one.ask, args=(ENDLESS, attack)) for one in enemies]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    for _ in range(asks):
        other.ask(ASK, beside)
    for thread in threads:
        thread.join()
    for one in (other, *enemies):
        one.close()
    return alone, beside
