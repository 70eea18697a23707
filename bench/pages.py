"""Measures the pages of a store: ``python bench/pages.py STORE [--each N]``.

Times are of the thread's work (on a machine with nothing else to do, the time that a client waits) and, beside it, by
the clock. For each kind of page: the largest things of that kind and a spread of the others, each asked once before, to
warm the caches of the database. Prints median and 95th percentile, the slowest address, and the greatest number of
queries that a page asked. The pages run in this process, without a network. The peer is the time that one page's
simplest query takes: all properties of a thing by its IRI. Recipes with the values of their examples come last: a
server runs them in processes of their own. ``bench/grow.py`` makes a store large.
"""

from __future__ import annotations

import argparse
import io
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, g

from kg.query import load_recipes, run_query
from kg.serve import entities, neighbourhood, pages, search
from kg.serve.entity_lookup import Lookup
from kg.serve.pages_home import largest_boards, ranked_concepts
from kg.store import EmbeddedStore, open_store

KINDS = {
    "paper": "pt:Paper",
    "task": "pt:Task",
    "method": "pt:Method",
    "dataset": "pt:Dataset",
    "metric": "pt:Metric",
    "result": "pt:Result",
    "repository": "pt:Repository",
    "person": "pt:Person",
    "venue": "pt:Venue",
    "statement": "pt:Statement",
}
SAMPLED = 20_000  # things of a kind that the spread is drawn from
SEARCHES = ("a", "transformer", "object det", "grpah neural netwrok", "bert", "zzzzzz", "learning with")


class OneStore:
    """The part of the application that pages need."""

    def __init__(self, opened: EmbeddedStore) -> None:
        self.opened = opened

    @contextmanager
    def snapshot(self) -> Iterator[EmbeddedStore]:
        """The store."""
        yield self.opened


def addresses(store: EmbeddedStore, each: int) -> dict[str, list[str]]:
    """Addresses to ask for, by kind of page."""
    lookup = Lookup(store)
    draw = random.Random(0)
    found: dict[str, list[str]] = {"home": ["/"], "list": ["/task", "/method", "/paper", "/leaderboard", "/trending"]}
    for kind, concept in KINDS.items():
        rows = lookup.select(f"SELECT ?x WHERE {{ ?x a {concept} }} LIMIT {SAMPLED}")
        iris = sorted(row["x"] for row in rows)
        chosen = draw.sample(iris, min(each, len(iris)))
        if kind in ("task", "method", "dataset", "metric"):
            chosen += [one.iri for one in ranked_concepts(lookup, kind)[:each]]
        found[kind] = [_path(store, iri) for iri in chosen]
    boards = [
        f"/leaderboard/{one.task.rsplit('/', 1)[-1]}/{one.dataset.rsplit('/', 1)[-1]}"
        for one in largest_boards(lookup)[:each]
    ]
    found["leaderboard"] = [*boards, *(f"{one}?sort=date&order=desc&code=1" for one in boards[:5])]
    found["neighbourhood"] = [f"/graph?node={store.base_iri}{one[1:]}" for one in found["task"] + found["method"]]
    found["leaderboard file"] = [f"{one}.{form}" for one in boards[:5] for form in ("csv", "json")]
    found["search"] = [f"/search?q={text}" for text in SEARCHES]
    found["suggestions"] = [f"/search?q={text}&format=json&limit=8" for text in SEARCHES]
    tasks = found["task"][-each:][:5]
    found["feed"] = ["/feeds/papers.atom", "/feeds/trending.atom", *(f"/feeds{one}.atom" for one in tasks)]
    found["sitemap"] = ["/sitemap.xml"]
    found["Turtle"] = [f"{one}.ttl" for kind in ("paper", "task", "method") for one in found[kind][-5:]]
    return {kind: kept for kind, kept in found.items() if kept}


def _path(store: EmbeddedStore, iri: str) -> str:
    return "/" + iri.removeprefix(store.base_iri)


def timed(app: Flask, address: str) -> tuple[float, float, int]:
    """Milliseconds of work, and by the clock, that the server takes for an address, and the queries that it asked."""
    with app.test_client() as client:
        clock, work = time.perf_counter(), time.thread_time()
        response = client.get(address)
        response.get_data()
        took = (time.thread_time() - work) * 1000, (time.perf_counter() - clock) * 1000
        if response.status_code != 200:
            raise SystemExit(f"{address}: {response.status}")
        return *took, int(g.get("queries_asked", 0))


def recipes(store: EmbeddedStore) -> dict[str, tuple[float, float]]:
    """Milliseconds of work, and by the clock, of the first page of each recipe; names looked up in the index."""
    found = {}
    for recipe in load_recipes():
        for _ in range(2):  # the first warms the caches of the database
            clock, work = time.perf_counter(), time.thread_time()
            run_query(store, recipe.bind(recipe.example, names=store.names_alike), None, io.BytesIO())
            found[recipe.name] = (time.thread_time() - work) * 1000, (time.perf_counter() - clock) * 1000
    return found


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("--each", type=int, default=20, help="things of each kind, and as many of the largest")
    given = parser.parse_args()
    with open_store(given.store) as store:
        app = Flask("kg.serve")
        for module in (pages, search, neighbourhood, entities):
            app.register_blueprint(module.blueprint(OneStore(store)))
        print(f"{store.manifest.counts.papers:,} papers, {store.manifest.counts.triples:,} triples\n")
        first, by_clock, _ = timed(app, "/")
        print(f"first home page of a version: {first:.0f} ms ({by_clock:.0f} by the clock)\n")
        wanted = addresses(store, given.each)
        lookup = Lookup(store)
        simplest = []
        for address in wanted["paper"]:
            began = time.thread_time()
            lookup.select("SELECT ?p ?o WHERE { $about ?p ?o }", about=store.base_iri + address[1:])
            simplest.append((time.thread_time() - began) * 1000)
        print(
            "| page | asked | median ms | p95 ms | p95 by the clock | slowest | queries |\n"
            "|---|---|---|---|---|---|---|"
        )
        print(f"| (one query) | {len(simplest)} | {statistics.median(simplest):.1f} | {_p95(simplest):.1f} | | | 1 |")
        everything: list[float] = []
        for kind, asked in wanted.items():
            measured = []
            for address in asked:
                timed(app, address)
                measured.append((*timed(app, address), address))
            times = [one[0] for one in measured]
            everything += times
            by_clock = _p95([one[1] for one in measured])
            slowest, most = max(measured), max(one[2] for one in measured)
            print(
                f"| {kind} | {len(times)} | {statistics.median(times):.1f} | {_p95(times):.1f} | {by_clock:.1f} | "
                f"{slowest[0]:.0f} ms {slowest[3][:60]} | {most} |"
            )
        took = recipes(store)
        slow = sorted(took, key=lambda name: -took[name][0])[:3]
        told = ", ".join(f"{took[name][0]:.0f} ms {name}" for name in slow)
        work = [one[0] for one in took.values()]
        print(
            f"| recipe | {len(took)} | {statistics.median(work):.1f} | {_p95(work):.1f} | "
            f"{_p95([one[1] for one in took.values()]):.1f} | {told} | 1 |"
        )
        print(f"\nall pages: median {statistics.median(everything):.1f} ms, p95 {_p95(everything):.1f} ms")


def _p95(times: list[float]) -> float:
    return sorted(times)[max(0, -(-len(times) * 95 // 100) - 1)]


if __name__ == "__main__":
    main()
