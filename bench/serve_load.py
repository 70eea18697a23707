"""Measures the endpoint under load: ``python bench/serve_load.py --store DIR [--seconds 60] [--clients 200]``.

Requests a second of a small query, beside the Oxigraph server and (where it is installed) rdflib-endpoint, which hold
the same graph, in the same run; how long another client's small query takes while one client's queries without an end
hang in all the workers that it may have; a crowd of clients, what each request came to, and the server's memory; the
time to the first bytes of a small and of a large result. Clients and servers share the machine.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kg.export import export
from kg.store import open_store
from tests.serve.command_server import serving
from tests.serve.endpoints import free_port, oxigraph, waiting_for
from tests.serve.loading import ASK, OTHERS, Client, attacked, crowd

WORKERS = 4
CONNECTIONS = 8
LABEL = "SELECT ?label WHERE { ?paper <http://www.w3.org/2000/01/rdf-schema#label> ?label } LIMIT 10"
PAIRS = "SELECT * WHERE {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--clients", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        quads, merge = Path(folder) / "graph.nq", Path(folder) / "graph.nt"
        with open_store(given.store) as store:
            export(store, "nq", quads)
            export(store, "nt", merge)
            print(f"{store.manifest.counts.triples:,} triples")
        peers(given.store, Path(folder), quads, merge, min(given.seconds, 10.0))
        with serving(given.store, "--workers", str(WORKERS), "--timeout", "20", "--answer-cache", "0") as served:
            endpoint = f"{served.address}/sparql"
            attack(endpoint)
            first_rows(endpoint)
            many(endpoint, served.process.pid, given.clients, given.seconds)


def peers(store: Path, folder: Path, quads: Path, merge: Path, seconds: float) -> None:
    """Requests a second of each server, one after the other."""
    figures: dict[str, float] = {}
    for name, kept in (("papertriples", "0"), ("  answers kept", "64")):  # in the second every answer but one is
        with serving(store, "--workers", "2", "--client-queries", "64", "--answer-cache", kept) as served:
            figures[name] = rate(f"{served.address}/sparql", seconds)
    with oxigraph(folder / "oxigraph", quads, merge) as endpoint:
        figures["Oxigraph server"] = rate(endpoint, seconds)
    command = shutil.which("rdflib-endpoint")
    if command is None:
        print("rdflib-endpoint is not on the PATH: left out")
    else:
        with rdflib_endpoint(command, merge) as endpoint:
            figures["rdflib-endpoint"] = rate(endpoint, seconds)
    for name, found in figures.items():
        ours = ", ".join(f"{figures[one] / found:.2f}" for one in ("papertriples", "  answers kept"))
        print(f"{name:16} {found:8.0f} requests/s; ours, without and with answers kept, by this: {ours}")


def rate(endpoint: str, seconds: float) -> float:
    """Small queries a second over a few connections that are kept open."""
    end = time.monotonic() + seconds
    told = crowd(endpoint, CONNECTIONS, LABEL, lambda asked: time.monotonic() < end, lambda number: "127.0.0.1")
    assert set(told.statuses) == {200}, told.statuses
    return told.statuses[200] / seconds


@contextlib.contextmanager
def rdflib_endpoint(command: str, merge: Path) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    run = [command, "serve", "--host", "127.0.0.1", "--port", str(port), str(merge)]
    with waiting_for(run, address):
        yield address


def attack(endpoint: str) -> None:
    alone, beside = attacked(endpoint, WORKERS, 200)
    print(f"ASK of another client: {alone.median * 1000:.1f} ms idle, {beside.median * 1000:.1f} ms beside")
    print(f"  {WORKERS} queries without an end; slowest {max(beside.seconds) * 1000:.0f} ms; {dict(beside.statuses)}")


def first_rows(endpoint: str) -> None:
    client = Client(endpoint)
    for rows in (1_000, 100_000, 1_000_000):
        seconds = min(client.first_bytes(PAIRS.format(rows)) for _ in range(3))
        print(f"first bytes of {rows:9,} rows: {seconds * 1000:6.1f} ms")


def many(endpoint: str, process: int, clients: int, seconds: float) -> None:
    """A crowd, from two addresses, with the memory of the server's processes after a while and at the end."""
    before = memory(process)
    end = time.monotonic() + seconds
    told = crowd(
        endpoint, clients, ASK, lambda _: time.monotonic() < end, lambda number: ("127.0.0.1", OTHERS)[number % 2]
    )
    print(
        f"{clients} clients for {seconds:.0f} s: {dict(told.statuses)}, {told.broken} broken; "
        f"{told.statuses[200] / seconds:.0f} answers/s; memory {before:.0f} MB before, {memory(process):.0f} MB after"
    )


def memory(process: int) -> float:
    """Resident megabytes of a group of processes."""
    listed = subprocess.run(["ps", "-o", "rss=", "-g", str(process)], capture_output=True, text=True, check=True)
    return sum(map(int, listed.stdout.split())) / 1024


if __name__ == "__main__":
    main()
