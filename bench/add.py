"""What adding papers to a large store costs: ``python bench/add.py STORE [--papers 20000] [--add 100] [--scale N]...``.

STORE was built for real. Its papers, and what the extractor read in them, are varied to as many papers as wanted: a
copy has its own title, and the first words of names that only one paper has are written with other letters of the same
number, so that names grow with the papers as they do in a corpus. Two builds are measured, of all papers and of the
added ones; both find the extractions, made by variation too, where a build keeps them. Extraction itself is measured
on the added papers' texts, alone, and computed for all: so many texts at that speed. The last line is

    (extraction of the added + the rest of adding) / (extraction of all + the rest of building all)

in processor time of all threads; seconds by the clock stand beside it. ``--scale`` measures smaller stores, too.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from build import Phases

from kg.assemble import BuildSummary
from kg.errors import ProblemLog
from kg.extract import Extractor, load_extractor, model_of
from kg.pipeline import build
from kg.read import read_inputs
from kg.records import Extraction, FieldName, SourceRecord, text_digest
from kg.store import read_manifest
from kg.store.building import building
from kg.store.staging import STAGING, Staging, packed

EVERY_VERSION = 1 << 40
Texts = dict[FieldName, str]


@dataclass(frozen=True)
class Source:
    """A paper of STORE, with the words to be written otherwise in its copies."""

    record: SourceRecord
    extraction: Extraction
    words: re.Pattern[str] | None


@dataclass(frozen=True)
class Measured:
    """One build: what it did, its processor time, its time by the clock without and with extraction's phase."""

    summary: BuildSummary
    processor: float
    phases: dict[str, float]


def sources(store: Path, folder: Path) -> list[Source]:
    """The papers of a store that have been extracted; its staging area is read from a copy."""
    (folder / STAGING).mkdir(parents=True)
    copy = folder / STAGING / "staging.sqlite"
    there = f"file:{store / STAGING / 'staging.sqlite'}?mode=ro"
    with closing(sqlite3.connect(there, uri=True)) as given, closing(sqlite3.connect(copy)) as taken:
        given.backup(taken)
    manifest = read_manifest(store)
    pairs: list[tuple[SourceRecord, Extraction]] = []
    with Staging(folder, EVERY_VERSION) as staging:
        for one in staging.records():
            try:
                pairs.append((one.record, staging.extraction(one.text_digest, manifest.extractor.digest)))
            except KeyError:  # a build that is not done yet
                continue
    papers = Counter(name for _, extraction in pairs for name in {one.text.lower() for one in extraction.mentions})
    made = []
    for record, extraction in pairs:
        alone = {one.text.split()[0] for one in extraction.mentions if papers[one.text.lower()] == 1}
        words = sorted(word for word in alone if len(word) > 3 and word.isalnum())
        pattern = re.compile(rf"\b(?:{'|'.join(words)})\b") if words else None
        made.append(Source(record, extraction, pattern))
    return made


def varied(source: Source, copy: int, digest: str) -> tuple[dict[str, str], Extraction]:
    """The paper as JSON for a file, and what the extractor read in it; copy 0 has the words as they were."""

    def text(written: str) -> str:
        return written if source.words is None else source.words.sub(lambda found: _turned(found[0], copy), written)

    texts: Texts = {name: text(written) for name, written in source.record.fields().items()}

    def cut(field: FieldName, start: int, end: int, held: str) -> str:
        return texts[field][start:end] if len(held) == end - start else held

    read = source.extraction
    extraction = replace(
        read,
        extractor=digest,
        sentences=tuple(replace(s, text=cut(s.field, s.start, s.end, s.text)) for s in read.sentences),
        mentions=tuple(replace(m, text=cut(m.field, m.start, m.end, m.text)) for m in read.mentions),
        abbreviations=tuple(
            replace(
                one,
                short=cut(one.field, one.short_start, one.short_end, one.short),
                long=cut(one.field, one.long_start, one.long_end, one.long),
            )
            for one in read.abbreviations
        ),
        repositories=tuple(replace(one, url=text(one.url)) for one in read.repositories),
    )
    record = source.record
    shown = {**texts, "id": f"{record.source} {record.record_id} {copy}", "title": f"{texts['title']} {copy}"}
    if record.date:
        shown["date"] = record.date
    if record.authors:
        shown["authors"] = "; ".join(author.name for author in record.authors)
    return shown, extraction


def _turned(word: str, by: int) -> str:
    """The word with each letter so many places on; of the same length, with capitals where it had them."""

    def turn(letter: str, place: int) -> str:
        if not (letter.isascii() and letter.isalpha()):
            return letter
        first = ord("A" if letter.isupper() else "a")
        return chr(first + (ord(letter) - first + by // 25**place % 25) % 26)

    return "".join(turn(letter, place) for place, letter in enumerate(word[:3])) + word[3:]


def prepare(given: Sequence[Source], numbers: range, path: Path, store: Path, digest: str) -> list[Texts]:
    """Writes the papers of these numbers to a file, keeps what the extractor read in them, and returns their texts."""
    extractions = []
    with path.open("w", encoding="utf-8") as file:
        for number in numbers:
            shown, extraction = varied(given[number % len(given)], number // len(given), digest)
            file.write(json.dumps(shown) + "\n")
            extractions.append(extraction)
    texts = []
    with building(store) as (staging, _, _):
        for record, extraction in zip(read_inputs([str(path)], ProblemLog(0)), extractions, strict=True):
            staging.keep_extraction(text_digest(record.fields()), packed(extraction), digest)
            texts.append(record.fields())
        staging.commit()
    return texts


def measured(path: Path, store: Path, model: str) -> Measured:
    """Builds; the extractor must find nothing to do."""
    phases = Phases()
    started = time.process_time()
    summary = build([path], store, model=model, progress=phases)
    processor = time.process_time() - started
    phases.end()
    if summary.extracted:
        raise SystemExit(f"{summary.extracted} texts were not found as they were kept: the figures would be wrong")
    return Measured(summary, processor, dict(phases.seconds))


def extracting(texts: Sequence[Texts], extractor: Extractor) -> tuple[float, float]:
    """Processor time and seconds by the clock for a text."""
    clock, processor = time.monotonic(), time.process_time()
    for fields in texts:
        extractor.extract(fields)
    return (time.process_time() - processor) / len(texts), (time.monotonic() - clock) / len(texts)


def report(papers: int, more: int, first: Measured, added: Measured, speed: tuple[float, float]) -> Iterator[str]:
    """The lines for one size of store."""
    counts = first.summary.counts
    yield f"store              {papers:,} papers, {counts.concepts:,} concepts, {counts.triples:,} triples"
    yield f"work of adding     {added.summary.new} records new, {added.summary.described} papers described, "
    yield f"                   {added.summary.rewritten} graphs rewritten, one pass of the resolver over all names"
    for name, one in (("all, the rest", first), ("adding, the rest", added)):
        shown = ", ".join(f"{phase} {seconds:.1f}" for phase, seconds in one.phases.items() if seconds >= 0.05)
        clock = f"{one.summary.seconds:.1f} s by the clock ({shown})"
        yield f"{name:18} {one.processor:.1f} s of processor, measured; {clock}"
    yield f"extraction         {speed[0]:.3f} s of processor a paper, measured on {more}; {speed[1]:.3f} s by the clock"
    for place, name in ((0, "processor time"), (1, "by the clock")):
        rest = [one.processor if place == 0 else one.summary.seconds for one in (added, first)]
        part, whole = more * speed[place] + rest[0], papers * speed[place] + rest[1]
        new, every = (f"{count * speed[place]:.1f}" for count in (more, papers))
        terms = f"({new} + {rest[0]:.1f}) / ({every} computed + {rest[1]:.1f})"
        yield f"adding / all       {part / whole:.4f} {name}: {terms}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path, metavar="STORE")
    parser.add_argument("--papers", type=int, default=20_000)
    parser.add_argument("--add", type=int, default=100)
    parser.add_argument("--scale", type=int, action="append", default=[], metavar="N")
    parser.add_argument(
        "--speed", type=float, nargs=2, metavar=("PROCESSOR", "CLOCK"), help="seconds, from another run"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        given = sources(chosen.store, Path(name) / "source")
        model = model_of(read_manifest(chosen.store).extractor)
        extractor = load_extractor(1, model)
        speed = tuple(chosen.speed) if chosen.speed else None
        for papers in sorted({*chosen.scale, chosen.papers}):
            store = Path(name) / f"store{papers}"
            kept = Path(name) / "papers.jsonl"
            prepare(given, range(papers), kept, store, extractor.info.digest)
            first = measured(kept, store, model)
            texts = prepare(given, range(papers, papers + chosen.add), kept, store, extractor.info.digest)
            added = measured(kept, store, model)
            speed = speed or extracting(texts, extractor)
            print("\n".join(report(papers, chosen.add, first, added, speed)), flush=True)


if __name__ == "__main__":
    main()
