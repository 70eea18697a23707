"""``kill -9`` at any moment: nothing acknowledged is lost, and nothing is ever half. KG_KILLS says how often."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random

import pytest
import requests

from kg.store import current_version
from tests.conftest import ROOT
from tests.serve.command_server import serving
from tests.serve.killing import kill_rounds, rows
from tests.serve.publisher import GRAPH, SAYS, TRIPLES, publish

pytestmark = pytest.mark.disk

KILLS = int(os.environ.get("KG_KILLS", "3"))
SAID = f"SELECT ?n (COUNT(*) AS ?triples) WHERE {{ GRAPH {GRAPH} {{ ?s {SAYS} ?n }} ?s {SAYS} ?n }} GROUP BY ?n"


@pytest.mark.timeout(120 + 20 * KILLS)
def test_writes_to_a_plain_dataset(tmp_path: Path) -> None:
    written = kill_rounds(tmp_path / "dataset", KILLS, Random(KILLS))
    print(f"{KILLS} kills, {len(written.acknowledged)} updates, {written.generation} graphs, {written.counter} counts")
    assert (len(written.acknowledged) > KILLS, written.generation > 0, written.counter > KILLS) == (True,) * 3


class Reader(threading.Thread):
    """Asks the server without pause which version it serves; keeps what was wrong."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.seen: list[int] = []
        self.wrong: list[str] = []
        self._address = address
        self._stop_asking = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._stop_asking.is_set():
            try:
                found = rows(self._address, SAID)
            except (AssertionError, requests.RequestException) as error:
                self.wrong.append(str(error))
                return
            if len(found) != 1 or int(found[0]["triples"]) != TRIPLES:
                self.wrong.append(f"half a version: {found}")
                return
            self.seen.append(int(found[0]["n"]))

    def stop(self) -> None:
        self._stop_asking.set()
        self.join()


@pytest.mark.timeout(120 + 20 * KILLS)
def test_a_switch_of_version(tmp_path: Path) -> None:
    """Builders are killed while they publish: readers see whole versions, one after the other, without an error."""
    store, random, published = tmp_path / "store", Random(KILLS), 1
    store.mkdir()
    publish(store, published)
    with serving(store, "--workers", "2") as served:
        readers = [Reader(served.address) for _ in range(2)]
        try:
            for _ in range(KILLS):
                command = [sys.executable, "-m", "tests.serve.publisher", str(store), str(published + 1)]
                with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as publisher:
                    assert publisher.stdout is not None
                    assert publisher.stdout.readline()  # it has begun
                    time.sleep(random.uniform(0.0, 0.4))
                    publisher.kill()
                    told = publisher.stdout.read().split()
                published = max(published + 1, *map(int, told)) if told else published + 1
                (found,) = rows(served.address, SAID)
                assert int(found["n"]) >= published, "a version that was acknowledged is gone"
                published = int(found["n"])
        finally:
            for reader in readers:
                reader.stop()
    for reader in readers:
        assert reader.wrong == []
        assert reader.seen == sorted(reader.seen)
        assert len(set(reader.seen)) > 1
    publish(store, published + 1)
    with serving(store, "--workers", "1") as served:
        (found,) = rows(served.address, SAID)
    assert int(found["n"]) == published + 1
    assert current_version(store) >= 2
