"""The server as a process: it says where it is when it answers, and ends in good order."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from kg.errors import StoreMissing, UsageError
from kg.serve import run_server
from tests.serve.test_workers import ENDLESS, FLOOD

SERVE = """
import sys
from kg.serve import run_server
from kg.settings import Settings
if __name__ == "__main__":
    run_server(sys.argv[1], port=0, workers=1, settings=Settings({"stop_seconds": 60, "timeout": 120}))
"""


def start(location: Path, tmp_path: Path) -> tuple[subprocess.Popen[str], str]:
    script = tmp_path / "serve.py"
    script.write_text(SERVE, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script), str(location)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, line.rpartition(" ")[2].strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_when_it_says_so_and_ends_with_its_workers(
    small_location: Path, tmp_path: Path, number: signal.Signals
) -> None:
    process, address = start(small_location, tmp_path)
    with process:
        try:
            told = requests.get(f"{address}/health/ready", timeout=5).json()
            assert told["status"] == "ok"
            assert requests.get(f"{address}/health/live", timeout=5).json() == {"status": "ok"}
            children = _children(process.pid)
            process.send_signal(number)
            assert process.wait(15) == 0
            assert process.stderr is not None
            assert "Traceback" not in process.stderr.read()
            end = time.monotonic() + 5
            while any(map(_runs, children)) and time.monotonic() < end:
                time.sleep(0.05)
            assert not any(map(_runs, children))
        finally:
            process.kill()


def test_a_query_in_hand_ends_before_the_server_does(small_location: Path, tmp_path: Path) -> None:
    process, address = start(small_location, tmp_path)
    with process:
        try:
            answers: list[requests.Response] = []
            # A cross product that takes a while, and ends.
            query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . VALUES ?x { 1 2 3 } }"
            asks = threading.Thread(
                target=lambda: answers.append(requests.get(f"{address}/sparql", {"query": query}, timeout=60))
            )
            asks.start()
            end = time.monotonic() + 15
            while "papertriples_queries_running 1.0" not in requests.get(f"{address}/metrics", timeout=10).text:
                assert asks.is_alive(), "the query was too short to be seen"
                assert time.monotonic() < end
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            asks.join(60)
            assert [one.status_code for one in answers] == [200]
            assert process.wait(15) == 0
        finally:
            process.kill()


def test_a_second_signal_ends_the_server_at_once(small_location: Path, tmp_path: Path) -> None:
    process, address = start(small_location, tmp_path)
    with process:
        try:
            broken: list[Exception] = []

            def ask() -> None:
                try:
                    requests.get(f"{address}/sparql", {"query": ENDLESS}, timeout=60)
                except requests.RequestException as error:
                    broken.append(error)

            asks = threading.Thread(target=ask)
            asks.start()
            time.sleep(1)
            process.send_signal(signal.SIGTERM)
            end = time.monotonic() + 10
            while requests.get(f"{address}/health/ready", timeout=10).status_code != 503:
                assert time.monotonic() < end
            assert requests.get(f"{address}/health/ready", timeout=10).json()["status"] == "stopping"
            assert requests.get(f"{address}/health/live", timeout=10).status_code == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == 0
            asks.join(30)
            assert process.stderr is not None
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()


def test_an_answer_that_its_client_reads_slowly_is_sent_whole_before_the_server_ends(
    small_location: Path, tmp_path: Path
) -> None:
    process, address = start(small_location, tmp_path)
    asked, plainly = {"query": FLOOD + " LIMIT 50000", "format": "csv"}, {"Accept-Encoding": "identity"}
    with process:
        try:
            with requests.get(f"{address}/sparql", asked, headers=plainly, stream=True, timeout=60) as response:
                end = time.monotonic() + 120
                while "papertriples_queries_running 0.0" not in requests.get(f"{address}/metrics", timeout=10).text:
                    assert time.monotonic() < end
                    time.sleep(0.05)
                process.send_signal(signal.SIGTERM)
                time.sleep(1.5)  # the answer is made, and waits for its client
                assert process.poll() is None
                lines = sum(piece.count(b"\n") for piece in response.iter_content(1 << 16))
            assert lines == 50_001
            assert process.wait(30) == 0
            assert process.stderr is not None
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()


def test_workers_end_with_a_server_that_is_killed(small_location: Path, tmp_path: Path) -> None:
    process, address = start(small_location, tmp_path)
    with process:
        assert requests.get(f"{address}/health", timeout=5).status_code == 200
        children = _children(process.pid)
        process.kill()
        process.wait(15)
    end = time.monotonic() + 10
    while any(map(_runs, children)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(_runs, children))


def test_a_port_in_use_is_told_as_such(small_location: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} on 127.0.0.1 is in use; .*--port"):
            run_server(small_location, port=port, workers=1)


def test_an_address_that_is_not_ours_and_a_store_that_is_not_there(small_location: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot listen on 192\.0\.2\.1"):
        run_server(small_location, host="192.0.2.1", port=0, workers=1)
    with pytest.raises(StoreMissing):
        run_server(tmp_path / "nothing", port=0)


def _children(process_id: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process_id)], capture_output=True, text=True, check=False
    )
    return [int(one) for one in listed.stdout.split()]


def _runs(process_id: int) -> bool:
    found = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process_id)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(found) and not found.startswith("Z")
