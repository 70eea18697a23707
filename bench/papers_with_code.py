"""A dump of Papers with Code at size: ``python bench/papers_with_code.py [--papers N] [--folder DIR]``

Makes files such as Papers with Code published, with N papers (default 50,000, of 570,000 that the last dump had) and 6
rows of evaluation tables for each of them (300,000, as it had), links to code, methods and data sets, and builds a
store from them, and one from a quarter. Nothing is extracted from the titles: that costs what it costs for any text
(bench/build.py). Prints for both seconds of processor time for each phase, records, triples and the peak memory, and
how the time grew: a part that grows by much more than four times is not linear.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kg.pipeline
from kg.errors import ProblemLog
from kg.records import Extraction, ExtractorInfo, FieldName

NOTHING = ExtractorInfo("none", "1", "0" * 64)
ADDRESS = "https://paperswithcode.com/paper/"
ROWS = 6  # of evaluation tables, a paper
TIMES = 4
_SYLLABLES = ("ba", "con", "de", "fi", "gra", "la", "me", "net", "or", "pa", "re", "si", "ta", "ver", "xa", "yo")


def word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))


def write_dump(folder: Path, papers: int, seed: int = 1) -> None:
    """The five files, each gzipped; a quarter of the papers has the names of others in its titles' words."""
    chance = random.Random(seed)
    heads = ("recognition", "parsing", "search")
    tasks = [f"{word(chance)} {word(chance)} {heads[one % 3]}" for one in range(max(30, papers // 25))]
    datasets = [word(chance).capitalize() + str(chance.randint(1, 99)) for _ in range(max(50, papers // 12))]
    metrics = ["Accuracy", "F1", "mAP", "BLEU", "Top 1 Accuracy", *(word(chance).upper()[:5] for _ in range(300))]
    methods = [f"{word(chance).capitalize()}Net" for _ in range(max(50, papers // 20))]
    titles = [f"{word(chance).capitalize()}: {' '.join(word(chance) for _ in range(7))}" for _ in range(papers)]

    def paper(number: int) -> dict[str, Any]:
        return {
            "paper_url": f"{ADDRESS}p{number}",
            "arxiv_id": f"{1500 + number // 10_000:04d}.{number % 10_000:05d}" if number % 3 else None,
            "title": titles[number],
            "abstract": None,
            "url_abs": f"https://example.org/abs/{number}",
            "authors": [f"{word(chance).capitalize()} {word(chance).capitalize()}" for _ in range(4)],
            "tasks": chance.sample(tasks, 2),
            "date": f"20{chance.randint(12, 24)}-0{chance.randint(1, 9)}-01",
            "methods": [{"name": one} for one in chance.sample(methods, 3)],
        }

    def link(number: int) -> dict[str, Any]:
        return {
            "paper_url": f"{ADDRESS}p{number}",
            "paper_title": titles[number],
            "paper_url_abs": f"https://example.org/abs/{number}",
            "repo_url": f"https://github.com/{word(chance)}/r{number}",
            "is_official": chance.random() < 0.4,
        }

    def row() -> dict[str, Any]:
        number = chance.randrange(papers)
        return {
            "model_name": f"{chance.choice(methods)} {chance.choice('ABCD')}",
            "metrics": {one: str(chance.randint(100, 999) / 10) for one in chance.sample(metrics, 2)},
            "paper_url": f"{ADDRESS}p{number}",
            "paper_title": titles[number],
            "paper_date": "2021-01-01",
            "code_links": [],
        }

    def tables() -> Iterator[dict[str, Any]]:
        rows = papers * ROWS
        for task in tasks:
            boards = [
                {"dataset": one, "sota": {"rows": [row() for _ in range(max(1, rows // len(tasks) // 3))]}}
                for one in chance.sample(datasets, 3)
            ]
            yield {"task": task, "categories": [], "datasets": boards}

    def introduced(names: Iterable[str], **fields: object) -> Iterator[dict[str, Any]]:
        for name in names:
            number = chance.randrange(papers)
            by = {"title": titles[number], "url": f"{ADDRESS}p{number}"}
            yield {"name": name, "full_name": name, "paper": by, **fields}

    files: dict[str, Iterable[dict[str, Any]]] = {
        "papers-with-abstracts": map(paper, range(papers)),
        "links-between-papers-and-code": map(link, range(0, papers, 2)),
        "evaluation-tables": tables(),
        "methods": introduced(methods, introduced_year=2020),
        "datasets": introduced(datasets, homepage="", data_loaders=[]),
    }
    for name, entries in files.items():
        with gzip.open(folder / f"{name}.json.gz", "wt", encoding="utf-8", compresslevel=1) as file:
            before = "[\n"
            for entry in entries:
                file.write(before + json.dumps(entry))
                before = ",\n"
            file.write("\n]\n")


@dataclass(frozen=True, slots=True)
class NoExtractor:
    """Finds nothing in any text."""

    info: ExtractorInfo

    def extract(self, fields: Mapping[FieldName, str]) -> Extraction:
        return Extraction(self.info.digest)


def build_dump(folder: Path) -> None:
    """Builds ``folder/store`` from the files in ``folder`` and prints what it took; the peak is this process's."""
    kg.pipeline.load_extractor = lambda *_, **__: NoExtractor(NOTHING)  # type: ignore[assignment,attr-defined]
    seconds: dict[str, float] = defaultdict(float)
    now: list[Any] = ["start", time.process_time()]

    def phase(name: str, done: int, total: int | None) -> None:
        before, since = now
        seconds["publish" if before == "publish" else name] += time.process_time() - since
        now[:] = [name, time.process_time()]

    summary = kg.pipeline.build(
        sorted(folder.glob("*.json.gz")), folder / "store", handler=ProblemLog(), progress=phase
    )
    seconds["publish"] += time.process_time() - now[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    counts = summary.counts
    print(
        json.dumps(
            {
                "records": summary.new,
                "papers": counts.papers,
                "concepts": counts.concepts,
                "results": counts.results,
                "triples": counts.triples,
                "seconds": {name: round(one, 1) for name, one in seconds.items()},
                "peak_mebibytes": round(peak),
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=50_000)
    parser.add_argument("--folder", help="where the files and stores are made; else a temporary folder")
    parser.add_argument("--build", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.build:
        build_dump(Path(asked.build))
        return
    with tempfile.TemporaryDirectory(dir=asked.folder) as scratch:
        measured = []
        for papers in (asked.papers // TIMES, asked.papers):
            folder = Path(scratch) / str(papers)
            folder.mkdir()
            write_dump(folder, papers)
            run = subprocess.run(
                [sys.executable, __file__, "--build", str(folder)], check=True, stdout=subprocess.PIPE, text=True
            )
            print(run.stdout.strip(), flush=True)
            measured.append(json.loads(run.stdout))
        few, many = measured
        grown = {
            name: round(seconds / few["seconds"][name], 1)
            for name, seconds in many["seconds"].items()
            if few["seconds"].get(name, 0) >= 1
        }
        print(json.dumps({"records_grew": round(many["records"] / few["records"], 2), "seconds_grew": grown}))


if __name__ == "__main__":
    main()
