"""Exports at size: ``python bench/export.py [--triples N] [--formats ttl,nq]``

Generates a store of N triples (default a million) in named graphs, a paper each, with their merge, and one of a
quarter of it. Prints for each format triples a second of processor time of the export and of the store's own dump
(``pyoxigraph.Store.dump``) of as much, their ratio, and the peak memory of both sizes, each in a process of its own.
The targets: at least half of the dump's speed, and memory that does not grow with the graph.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import multiprocessing.connection
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat

from kg.export import FORMATS, export
from kg.graph import vocabulary as v
from kg.store import EmbeddedStore, Manifest

BASE = "https://example.org/kg/"
RATIO = 0.5
_WORDS = (
    "we",
    "propose",
    "a",
    "network",
    "that",
    "parses",
    "graphs",
    "of",
    "scenes",
    "and",
    "is",
    "better",
    "than",
    "all",
)


def paper_quads(number: int, chance: random.Random) -> Iterator[Quad]:
    """A paper's graph: what it is, and sixteen statements with their sentences."""
    paper = NamedNode(f"{BASE}paper/p{number}")
    graph = NamedNode(f"{paper.value}/graph")
    yield Quad(paper, v.RDF_type, v.PT_Paper, graph)
    yield Quad(paper, v.RDFS_label, Literal(f"Paper {number} on " + " ".join(chance.choices(_WORDS, k=6))), graph)
    yield Quad(paper, v.DCTERMS_abstract, Literal(" ".join(chance.choices(_WORDS, k=120))), graph)
    for nth in range(16):
        concept = NamedNode(f"{BASE}method/m{chance.randrange(20_000)}")
        statement = NamedNode(f"{BASE}statement/s{number}-{nth}")
        evidence = NamedNode(f"{BASE}evidence/e{number}-{nth}")
        yield Quad(paper, v.PT_uses, concept, graph)
        yield Quad(statement, v.RDF_type, v.PT_Statement, graph)
        yield Quad(statement, v.RDF_subject, paper, graph)
        yield Quad(statement, v.RDF_predicate, v.PT_uses, graph)
        yield Quad(statement, v.RDF_object, concept, graph)
        confidence = Literal(f"0.{chance.randrange(10, 99)}", datatype=v.XSD_decimal)
        yield Quad(statement, v.PT_confidence, confidence, graph)
        yield Quad(statement, v.PT_evidence, evidence, graph)
        yield Quad(evidence, v.OA_exact, Literal(" ".join(chance.choices(_WORDS, k=20))), graph)
        yield Quad(evidence, v.PT_start, Literal(chance.randrange(2000)), graph)


def make_graph(folder: Path, triples: int) -> int:
    """A database in ``folder`` with about so many triples, in named graphs and in their merge; returns how many."""
    chance = random.Random(triples)

    def both() -> Iterator[Quad]:
        made = number = 0
        while made < triples:
            for one in paper_quads(number, chance):
                made += 1
                yield one
                yield Quad(one.subject, one.predicate, one.object)
            number += 1

    graph = pyoxigraph.Store(str(folder))
    graph.bulk_extend(both())
    return sum(1 for _ in graph.quads_for_pattern(None, None, None, DefaultGraph()))


def run(folder: Path, format: str, out: Path, ours: bool) -> dict[str, float]:
    """Seconds of processor time and peak MiB of a process that exports, or dumps, the graph in ``folder``."""
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    worker = context.Process(target=_run, args=(folder, format, out, ours, far))
    worker.start()
    found: dict[str, float] = near.recv()
    worker.join()
    return found


def _run(folder: Path, format: str, out: Path, ours: bool, answer: multiprocessing.connection.Connection) -> None:
    graph = pyoxigraph.Store.read_only(str(folder))
    start = time.process_time()
    if ours:
        store = EmbeddedStore(folder, Manifest(version=1, base_iri=BASE), graph, os.open(folder, os.O_RDONLY))
        export(store, format, out)
    else:
        rdf = FORMATS[format].rdf or RdfFormat.N_QUADS
        graph.dump(str(out), rdf, from_graph=None if rdf.supports_datasets else DefaultGraph(), prefixes=v.PREFIXES)
    seconds = time.process_time() - start
    answer.send({"seconds": seconds, "peak": _peak()})


def _peak() -> float:
    """The peak memory of this process in MiB; Linux counts what a process was started from in ``ru_maxrss``."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) / 1024 for line in status.read_text().split("\n") if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--formats", default="ttl,nq", help="names of RDF formats, with commas")
    parser.add_argument("--folder", help="where the stores are made; else a temporary folder")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as scratch:
        small, large = Path(scratch) / "small", Path(scratch) / "large"
        make_graph(small, asked.triples // 4)
        triples = make_graph(large, asked.triples)
        for format in asked.formats.split(","):
            out = Path(scratch) / "out"
            few, ours, own = (
                run(small, format, out, ours=True),
                run(large, format, out, ours=True),
                run(large, format, out, ours=False),
            )
            # The store's own dump of a data set holds the merge too: twice as many quads.
            dumped = triples * (2 if FORMATS[format].named_graphs else 1)
            ratio = (triples / ours["seconds"]) / (dumped / own["seconds"])
            print(
                json.dumps(
                    {
                        "format": format,
                        "triples": triples,
                        "triples_a_second": round(triples / ours["seconds"]),
                        "own_dump_a_second": round(dumped / own["seconds"]),
                        "ratio": round(ratio, 2),
                        "peak_mebibytes": round(ours["peak"]),
                        "peak_mebibytes_of_a_quarter": round(few["peak"]),
                        "peak_mebibytes_of_own_dump": round(own["peak"]),
                        "within_target": ratio >= RATIO and ours["peak"] <= 1.25 * few["peak"] + 32,
                    }
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
