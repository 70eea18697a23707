"""Measures a build: ``python bench/build.py INPUT... [--jobs N]``.

Prints seconds for each phase, records and triples a second, the peak memory, and two peers measured in the same run:
the extractor alone over the same texts (what no build can be faster than, with one process), and a plain bulk load of
the same quads by pyoxigraph (what no store on it can be faster than). Then a second build of the same input, which
should do nothing. With ``--add INPUT`` that input is added at last: counts of the work, and its time beside that of
the first build, with extraction and without.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import pyoxigraph

from kg.assemble import BuildSummary
from kg.errors import ProblemLog
from kg.extract import load_extractor
from kg.pipeline import build
from kg.read import read_inputs
from kg.store import canonical_nquads, open_store


class Phases:
    """Seconds between the calls for one phase and the first call for the next."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.phase = "start"
        self.since = time.monotonic()

    def __call__(self, phase: str, done: int, total: int | None = None) -> None:
        now = time.monotonic()
        # The call says that something is done: the time before it belongs to its phase.
        self.seconds[self.phase if phase == "publish" else phase] += now - self.since
        self.phase, self.since = phase, now

    def end(self) -> None:
        self("end", 0)
        self.seconds["publish"] += self.seconds.pop("end")


def timed_extraction(inputs: list[str]) -> float:
    """Seconds that the extractor takes for each different text, once."""
    extractor = load_extractor()
    texts = {tuple(record.fields().items()) for record in read_inputs(inputs, ProblemLog(0))}
    started = time.monotonic()
    for fields in texts:
        extractor.extract(dict(fields))
    return time.monotonic() - started


def timed_bulk_load(store: Path, folder: Path) -> tuple[float, int]:
    """Seconds of a bulk load of the store's quads and their merge from memory, and how many."""
    with open_store(store) as opened:
        quads = list(opened.graph)
    started = time.monotonic()
    database = pyoxigraph.Store(str(folder / "peer"))
    database.bulk_extend(quads)
    database.flush()
    return time.monotonic() - started, len(quads)


def adding(inputs: list[str], store: Path, jobs: int, first: BuildSummary, phases: Phases) -> list[str]:
    """What it costs to add ``inputs`` to a store, beside what its first build cost."""
    after = Phases()
    summary = build(inputs, store, jobs=jobs, progress=after)
    after.end()
    rest, rest_first = (
        one.seconds - seconds.seconds["extract"] for one, seconds in ((summary, after), (first, phases))
    )
    return [
        f"added              {summary.new} papers to {first.counts.papers}: {summary.extracted} extracted, "
        f"{summary.described} described, {summary.rewritten} graphs written",
        f"add / first build  {summary.seconds / first.seconds:.3f} ({summary.seconds:.1f} s)",
        f"without extraction {rest / rest_first:.3f} ({rest:.1f} s beside {rest_first:.1f} s)",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="+", metavar="INPUT")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--model")
    parser.add_argument("--add", action="append", default=[], metavar="INPUT")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        phases = Phases()
        summary = build(chosen.inputs, folder / "store", jobs=chosen.jobs, model=chosen.model, progress=phases)
        phases.end()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        again = build(chosen.inputs, folder / "store")
        alone = timed_extraction(chosen.inputs)
        bulk, quads = timed_bulk_load(folder / "store", folder)
        with open_store(folder / "store") as opened:
            started = time.monotonic()
            lines = sum(1 for _ in canonical_nquads(opened))
            canonical = time.monotonic() - started
        added = adding(chosen.add, folder / "store", chosen.jobs, summary, phases) if chosen.add else []
    rest = summary.seconds - phases.seconds["extract"]
    print(summary.as_text())
    print("phases             " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in phases.seconds.items()))
    print(f"records            {summary.read / summary.seconds:,.0f} a second ({chosen.jobs} processes)")
    print(f"triples            {summary.counts.triples / summary.seconds:,.0f} a second")
    print(f"extractor alone    {summary.extracted / max(alone, 1e-9):,.0f} texts a second a core: {alone:.2f} s")
    print(f"build / extractor  {summary.seconds / max(alone, 1e-9):.2f} (1.00: the build costs nothing beside it)")
    print(f"bulk load alone    {quads / bulk:,.0f} quads a second: {bulk:.2f} s")
    print(f"rest / bulk load   {rest / bulk:.1f} (all but extraction: read, stage, resolve, describe, publish)")
    print(f"peak memory        {peak:,.0f} MiB")
    print(f"build again        {again.seconds:.2f} s: {again.extracted} extracted, {again.described} described")
    print(f"canonical N-Quads  {lines / canonical:,.0f} lines a second")
    print("\n".join(added))


if __name__ == "__main__":
    main()
