"""Measures the endpoint under load: ``python bench/serve_load.py --store DIR [--seconds 60] [--clients 200]``.

Requests a second of a small query, beside the Oxigraph server and rdflib-endpoint (installed once, in ``.cache``),
which hold the same graph, in the same run; how long another client's small query takes while one client's queries
without an end hang in all the workers that it may have; a crowd of clients, what each request came to, and whether the
memory of the server's processes stays flat after a while (exit code 1 where it does not); the time to the first bytes
of a small and of a large result. Clients and servers share the machine.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
import threading
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
PEER = "rdflib-endpoint[cli]==0.6.3"
WARM_SHARE = 0.4  # of the time of a crowd: until then threads, connections and caches come into being
FLAT_SHARE = 0.03  # of the memory: what may come in the rest of the time
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
            flat = many(endpoint, served.process.pid, given.clients, given.seconds)
    sys.exit(0 if flat else 1)


def peers(store: Path, folder: Path, quads: Path, merge: Path, seconds: float) -> None:
    """Requests a second of each server, one after the other."""
    figures: dict[str, float] = {}
    for name, kept in (("papertriples", "0"), ("  answers kept", "64")):  # in the second every answer but one is
        with serving(store, "--workers", "2", "--client-queries", "64", "--answer-cache", kept) as served:
            figures[name] = rate(f"{served.address}/sparql", seconds)
    with oxigraph(folder / "oxigraph", quads, merge) as endpoint:
        figures["Oxigraph server"] = rate(endpoint, seconds)
    command = peer_command()
    if command is not None:
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


def peer_command() -> Path | None:
    """rdflib-endpoint in an environment of its own, made where it is absent; None, with the reason, where it cannot."""
    folder = Path(".cache") / "rdflib-endpoint"
    command = folder / "bin" / "rdflib-endpoint"
    if command.exists():
        return command
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", PEER]
        subprocess.run(install, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        print(f"rdflib-endpoint is left out: it cannot be installed: {said[-1] if said else error}")
        return None
    return command


@contextlib.contextmanager
def rdflib_endpoint(command: Path, merge: Path) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    run = [str(command), "serve", "--host", "127.0.0.1", "--port", str(port), str(merge)]
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


def many(endpoint: str, process: int, clients: int, seconds: float) -> bool:
    """A crowd, from two addresses; is the memory of the server's processes flat once it is warm?"""
    before, began = memory(process), time.monotonic()
    samples: list[tuple[float, float]] = []
    done = threading.Event()

    def sample() -> None:
        while not done.wait(max(0.2, seconds / 60)):
            samples.append((time.monotonic() - began, memory(process)))

    sampling = threading.Thread(target=sample)
    sampling.start()
    told = crowd(
        endpoint,
        clients,
        ASK,
        lambda _: time.monotonic() < began + seconds,
        lambda number: ("127.0.0.1", OTHERS)[number % 2],
    )
    done.set()
    sampling.join()
    print(
        f"{clients} clients for {seconds:.0f} s: {dict(told.statuses)}, {told.broken} broken; "
        f"{told.statuses[200] / seconds:.0f} answers/s"
    )
    warm = [one for one in samples if one[0] >= seconds * WARM_SHARE]
    slope = statistics.linear_regression(*zip(*warm, strict=True)).slope
    grown, held = slope * (warm[-1][0] - warm[0][0]), statistics.median(one[1] for one in warm)
    flat = grown <= FLAT_SHARE * held
    print(
        f"memory {before:.0f} MB before, {warm[0][1]:.0f} MB when warm, {warm[-1][1]:.0f} MB at the end; from then on "
        f"{slope * 60:+.1f} MB a minute: {'flat' if flat else 'NOT FLAT'}"
    )
    return flat


def memory(process: int) -> float:
    """Resident megabytes of a group of processes."""
    listed = subprocess.run(["ps", "-o", "rss=", "-g", str(process)], capture_output=True, text=True, check=True)
    return sum(map(int, listed.stdout.split())) / 1024


if __name__ == "__main__":
    main()
