"""Measures inference and analytics: ``python bench/reason.py STORE [--triples N] [--most SECONDS]``.

The graph of the store is repeated, papers and all that they say under new IRIs, concepts as they are, until it has N
triples. What follows by OWL 2 RL is then found in one pass (kg/graph/inferring.py), and in the same run by two peers:
the same rules as SPARQL updates, run by Oxigraph until nothing is new, and the library owlrl on rdflib, each given up
after some seconds. The answers of pass and SPARQL are compared. Then the analytics, step by step.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from kg.assemble.deriving import DERIVED, stated
from kg.graph.analytics import central_methods, co_used, emerging, related, task_communities
from kg.graph.corpus import corpus_of
from kg.graph.inferring import inferred_triples
from kg.graph.iris import Iris
from kg.graph.rdf import rdflib_graph
from kg.graph.rules import PROLOGUE, RULES
from kg.settings import ONTOLOGY_IRI
from kg.store import open_store

OF_PAPERS = ("paper", "statement", "evidence", "result", "source")
INFERRED = NamedNode("urn:x-bench:inferred")


def repeated(store: Path, triples: int) -> tuple[list[Quad], Iris]:
    """The quads of the named graphs that state something, so often that there are ``triples`` of them."""
    with open_store(store) as opened:
        iris = Iris(opened.base_iri)
        left_out = {DefaultGraph(), *map(iris.graph, DERIVED)}
        base = [quad for quad in opened.graph if quad.graph_name not in left_out]
    quads = dict.fromkeys(base)
    copy = 0
    while len(quads) < triples:
        copy += 1
        quads |= dict.fromkeys(Quad(*(_renamed(one, copy, iris.base_iri) for one in quad)) for quad in base)
    return list(quads)[: max(triples, len(base))], iris


def _renamed(term: object, copy: int, base: str) -> object:
    if isinstance(term, NamedNode) and term.value.removeprefix(base).partition("/")[0] in OF_PAPERS:
        return NamedNode(f"{term.value.removesuffix('/graph')}-{copy}{'/graph' * term.value.endswith('/graph')}")
    return term


def by_sparql(quads: list[Quad]) -> set[Triple]:
    """What the rules give, as they stand in their table."""
    store = pyoxigraph.Store()
    store.bulk_extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    size = -1
    while size != len(store):
        size = len(store)
        for rule in RULES:
            head = rule.conclusion
            store.update(f"{PROLOGUE} INSERT {{ {head} . GRAPH {INFERRED} {{ {head} }} }} WHERE {{ {rule.body()} }}")
    found = (quad.triple for quad in store.quads_for_pattern(None, None, None, INFERRED))
    return {triple for triple in found if f"<{ONTOLOGY_IRI}/node/" not in str(triple)}


def by_owlrl(quads: list[Quad]) -> set[Triple]:
    """How much the library adds; its answer holds trivial triples too (everything is the same as itself)."""
    import owlrl

    graph = rdflib_graph(quads)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return set()


class Clock:
    """Seconds since it was made: those on the wall, and those of this process, which others on the machine leave as
    they are."""

    def __init__(self) -> None:
        self.wall, self.process = time.monotonic(), time.process_time()

    def __str__(self) -> str:
        return f"{time.monotonic() - self.wall:.1f} s ({time.process_time() - self.process:.1f} s of processor time)"


def limited(name: str, work: Callable[[list[Quad]], set[Triple]], quads: list[Quad], most: float) -> set[Triple] | None:
    """Runs a peer in a process of its own, which is ended after ``most`` seconds."""
    receiver, sender = multiprocessing.Pipe(duplex=False)

    def run() -> None:
        started = Clock()
        found = work(quads)
        sender.send((str(started), [str(one) for one in found]))

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    if not receiver.poll(most):
        process.kill()
        process.join()
        print(f"{name:<18} not done after {most:.0f} s")
        return None
    took, lines = receiver.recv()
    process.join()
    print(f"{name:<18} {took}")
    return set(lines)


def timed(name: str, work: Callable[[], object]) -> object:
    started = Clock()
    found = work()
    count = len(found) if hasattr(found, "__len__") else 0
    print(f"{name:<18} {started}" + (f", {count:,}" if count else ""))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--most", type=float, default=100, help="seconds that a peer may take")
    chosen = parser.parse_args()
    quads, iris = repeated(chosen.store, chosen.triples)
    print(f"{len(quads):,} triples in named graphs")
    sparql = limited("rules by SPARQL", by_sparql, quads, chosen.most)
    limited("owlrl", by_owlrl, quads, chosen.most)
    store = pyoxigraph.Store()
    store.bulk_extend(quads)
    del quads
    read = stated(store, iris)
    found = timed("one pass", lambda: list(inferred_triples(read)))
    if sparql is not None and isinstance(found, list):
        print(f"                   the same triples: {'yes' if sparql == set(map(str, found)) else 'NO'}")
    corpus = timed("reading a corpus", lambda: corpus_of(read))
    for step in _steps():
        timed(step.__name__.replace("_", " "), lambda step=step: step(corpus))  # type: ignore[misc]
    print(f"peak memory        {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB, with the graph")


def _steps() -> Iterator[Callable[..., object]]:
    yield from (central_methods, task_communities, co_used, related, emerging)


if __name__ == "__main__":
    main()
