"""Measures writes into people's own graphs of a built store: ``python bench/writes.py [--papers N]``.

A store of N graphs of 100 triples each is made in a temporary folder, and one triple is written, rewritten and taken
out again. Prints seconds of a core and by the clock for each, without the start of the process (half a second), and
what it costs beside an update of a plain dataset of as many triples, in the same run: there nothing is copied,
counted or merged, and there are no versions.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox

from kg.serve.jobs import Update
from kg.serve.write_job import run
from kg.settings import DEFAULT_BASE_IRI
from kg.store import Manifest, read_manifest
from kg.store.building import building
from kg.store.dataset import PlainDataset

TRIPLES = 100  # of a paper
NAMED = "INSERT DATA { GRAPH <urn:mine> { <urn:a> <urn:p> 1 } }"
REWRITTEN = "WITH <urn:mine> DELETE { ?s <urn:p> 1 } INSERT { ?s <urn:p> 2 } WHERE { ?s <urn:p> 1 }"
VARIABLE = "DELETE WHERE { GRAPH ?g { <urn:a> <urn:p> 2 } }"


def quads_of(number: int) -> list[ox.Quad]:
    """The graph of a paper."""
    paper = ox.NamedNode(f"{DEFAULT_BASE_IRI}paper/p{number}")
    graph = ox.NamedNode(f"{paper.value}/graph")
    return [
        ox.Quad(paper, ox.NamedNode(f"urn:property:{one % 20}"), ox.Literal(f"value {number} {one}"), graph)
        for one in range(TRIPLES)
    ]


def timed(name: str, work: Callable[[], object]) -> float:
    """Do it, print what it took, return the seconds of a core."""
    clock, core = time.monotonic(), time.process_time()
    work()
    spent = time.process_time() - core
    print(f"{name:<44}{spent:8.2f} s of a core{time.monotonic() - clock:8.2f} s by the clock")
    return spent


def main() -> None:
    """Make a store, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=5000)
    papers = parser.parse_args().papers
    with tempfile.TemporaryDirectory() as folder:
        store, plain = Path(folder) / "store", Path(folder) / "plain"
        with building(store) as (_, writer, _):
            for number in range(papers):
                quads = quads_of(number)
                writer.replace_graph(quads[0].graph_name, quads)  # type: ignore[arg-type]
            writer.publish(Manifest(writer.version))
        with PlainDataset(plain) as dataset:
            dataset.graph.bulk_extend(quad for number in range(papers) for quad in quads_of(number))
            peer = timed("plain dataset: one triple", lambda: dataset.update(NAMED))
        print(f"{papers * TRIPLES:,} triples, {2 * papers * TRIPLES:,} quads with their merge")
        for name, text in (("one triple", NAMED), ("rewritten", REWRITTEN), ("by a variable for the graph", VARIABLE)):
            spent = timed(f"built store: {name}", lambda text=text: run(store, Update(text)))  # type: ignore[misc]
            print(f"{'':<44}{spent / max(peer, 0.001):8.0f} times the plain dataset's")
        print(f"versions made: {read_manifest(store).version - 1}")


if __name__ == "__main__":
    main()
