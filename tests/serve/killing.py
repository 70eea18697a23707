"""Clients that write while the server is killed, and what must be there afterwards."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import requests

from tests.serve.command_server import Served, serving

BULK = 3000  # triples of the graph that is put
PAIRS = "SELECT ?s (COUNT(?half) AS ?n) WHERE { ?s <urn:half> ?half } GROUP BY ?s"
GENERATIONS = "SELECT ?n (COUNT(*) AS ?triples) WHERE { GRAPH <urn:bulk> { ?s <urn:generation> ?n } } GROUP BY ?n"
COUNTER = "SELECT ?n WHERE { <urn:counter> <urn:value> ?n }"
TURTLE = {"Content-Type": "text/turtle"}


@dataclass
class Written:
    """What was sent, and what of it was acknowledged."""

    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    generation: int = 0  # of the graph: the last one acknowledged
    counter: int = 0


class Clients:
    """Three clients that write, each one request after the other, until ``stop``."""

    def __init__(self, address: str, written: Written) -> None:
        self._address = address
        self._written = written
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=one) for one in (self._insert, self._put, self._count)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _until_stopped(self, write: Callable[[requests.Session, int], None], first: int) -> None:
        with requests.Session() as session:
            for number in range(first, 1 << 30):
                if self._stop.is_set():
                    return
                with contextlib.suppress(requests.RequestException):
                    write(session, number)

    def _insert(self) -> None:
        def write(session: requests.Session, number: int) -> None:
            name = f"urn:pair:{number}"
            self._written.sent.add(name)
            text = f"INSERT DATA {{ <{name}> <urn:half> 1 }} ; INSERT DATA {{ <{name}> <urn:half> 2 }}"
            if session.post(f"{self._address}/update", {"update": text}, timeout=60).status_code == 204:
                self._written.acknowledged.add(name)

        self._until_stopped(write, len(self._written.sent))

    def _put(self) -> None:
        def write(session: requests.Session, number: int) -> None:
            body = "".join(f"<urn:s{one}> <urn:generation> {number} .\n" for one in range(BULK))
            at, graph = f"{self._address}/data", {"graph": "urn:bulk"}
            if session.put(at, body, params=graph, headers=TURTLE, timeout=60).ok:
                self._written.generation = number

        self._until_stopped(write, self._written.generation + 1)

    def _count(self) -> None:
        def write(session: requests.Session, number: int) -> None:
            text = (
                "DELETE { <urn:counter> <urn:value> ?n } INSERT { <urn:counter> <urn:value> ?more }"
                " WHERE { OPTIONAL { <urn:counter> <urn:value> ?n } BIND (COALESCE(?n, 0) + 1 AS ?more) }"
            )
            if session.post(f"{self._address}/update", {"update": text}, timeout=60).status_code == 204:
                self._written.counter += 1

        self._until_stopped(write, 0)


def check(address: str, written: Written) -> None:
    """Nothing acknowledged is lost, and nothing is half of what was sent."""
    pairs = {row["s"]: int(row["n"]) for row in rows(address, PAIRS)}
    assert set(pairs.values()) <= {2}, "half of an update"
    assert written.acknowledged <= set(pairs), f"lost: {sorted(written.acknowledged - set(pairs))[:5]}"
    assert set(pairs) <= written.sent
    generations = [(int(row["n"]), int(row["triples"])) for row in rows(address, GENERATIONS)]
    if written.generation or generations:
        ((number, triples),) = generations
        assert triples == BULK, "half of a graph"
        assert number >= written.generation, "an older graph than was acknowledged"
    counters = [int(row["n"]) for row in rows(address, COUNTER)]
    if written.counter or counters:
        (counter,) = counters
        assert counter >= written.counter, "a lost update"
        written.counter = counter  # what was done and not acknowledged counts from here on


def rows(address: str, query: str) -> list[dict[str, str]]:
    response = requests.get(f"{address}/sparql", {"query": query}, timeout=60)
    assert response.status_code == 200, response.text
    return [{name: one["value"] for name, one in row.items()} for row in response.json()["results"]["bindings"]]


def kill_holder(served: Served) -> None:
    """Kill the process that holds the dataset: the server starts another one."""
    listed = ["ps", "-o", "pid=,args=", "--ppid", str(served.process.pid)]
    for line in subprocess.run(listed, capture_output=True, text=True, check=True).stdout.splitlines():
        if "spawn_main" in line:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(line.split()[0]), signal.SIGKILL)


def kill_server(served: Served) -> None:
    """Kill the server alone; its process of the dataset notices and ends."""
    served.process.kill()


def kill_all(served: Served) -> None:
    """Kill all processes at once."""
    os.killpg(served.process.pid, signal.SIGKILL)


def kill_rounds(dataset: Path, rounds: int, random: Random) -> Written:
    """Write, kill, look, as often as that; returns what was written in all."""
    written = Written()
    kinds = [kill_all, kill_holder, kill_server]
    for turn in range(rounds):
        kill = kinds[turn % len(kinds)]
        with _served_again(dataset) as served:
            check(served.address, written)
            clients = Clients(served.address, written)
            try:
                time.sleep(random.uniform(0.3, 1.0))
                kill(served)
                if kill is kill_holder:
                    time.sleep(random.uniform(0.2, 0.5))
            finally:
                clients.stop()
            if kill is kill_holder:
                check(served.address, written)
    with _served_again(dataset) as served:
        check(served.address, written)
    return written


@contextlib.contextmanager
def _served_again(dataset: Path) -> Iterator[Served]:
    """The server; where the old one's process has not ended yet, a little later."""
    for attempt in range(50):
        try:
            with contextlib.ExitStack() as stack:
                served = stack.enter_context(serving(dataset, "--plain", "--workers", "4"))
                yield served
                return
        except AssertionError as error:
            if "did not start" not in str(error) or attempt == 49:
                raise
            time.sleep(0.1)
