"""Score extractions of the papers listing in-process, without a store: `python bench/extract_listing.py [-v] [N...]`.

The counting is that of the shared `score_listing.py`, over `Extraction` records: names compare without case,
punctuation and a plural s; a paper's own abbreviations and synonyms join its names. Reads the shared data through
`KG_SHARED` (default `../shared`). `-v` prints what is missing and what is too much, for the papers N or all.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kg.extract import load_extractor
from kg.records import Extraction, FieldName

ROLES = {
    "introduces": lambda gold: [e["name"] for e in gold["entities"] if e["introduced"]],
    "addresses": lambda gold: gold["tasks"],
    "evaluatesOn": lambda gold: gold["datasets"],
    "uses": lambda gold: gold["methods_used"],
    "comparesWith": lambda gold: gold["compared_with"],
}
ASSERTED = 0.5  # below this a statement is kept, not asserted


def shared() -> Path:
    return Path(os.environ.get("KG_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))


def listing() -> dict[int, dict[FieldName, str]]:
    """Position in the listing -> its fields; the first five blocks are furniture of the page."""
    text = (shared() / "corpora" / "hf-papers-listing.txt").read_text(encoding="utf-8")
    blocks = [block.strip() for block in re.split(r"\n[ \t]*\n", text) if block.strip()][5:]
    return {
        position: {"title": title, "abstract": abstract}
        for position, (title, abstract) in enumerate(zip(blocks[::2], blocks[1::2], strict=True), start=1)
    }


def normalise(text: str) -> str:
    text = re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()
    return " ".join(w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in text.split())


def clusters(extraction: Extraction) -> list[int]:
    """For each mention the number of its concept: same type and name, joined by abbreviations and synonyms."""
    parent: dict[Any, Any] = {}

    def find(x: Any) -> Any:
        while parent.setdefault(x, x) != x:
            x = parent[x]
        return x

    keys = [(m.type, normalise(m.text)) for m in extraction.mentions]
    for pair in extraction.abbreviations:
        for kind in ("Task", "Method", "Dataset", "Metric"):
            parent[find((kind, normalise(pair.short)))] = find((kind, normalise(pair.long)))
    for relation in extraction.relations:
        if relation.type == "Synonym-Of":
            parent[find(keys[relation.head])] = find(keys[relation.tail])
    numbers: dict[Any, int] = {}
    return [numbers.setdefault(find(key), len(numbers)) for key in keys]


def decimal(text: object) -> Decimal | None:
    try:
        return Decimal(str(text).replace(",", "").lstrip("+"))
    except InvalidOperation:
        return None


class Tally:
    def __init__(self) -> None:
        self.found = self.predicted = self.wanted = 0
        self.notes: list[str] = []

    def figures(self) -> tuple[float, float, float]:
        p = self.found / self.predicted if self.predicted else 0.0
        r = self.found / self.wanted if self.wanted else 0.0
        return (2 * p * r / (p + r) if p + r else 0.0, p, r)


def forms(gold: dict[str, Any], names: Iterable[str]) -> Iterator[tuple[str, set[str]]]:
    by_name = {entity["name"]: entity for entity in gold["entities"]}
    for name in dict.fromkeys(names):
        yield name, {normalise(x) for x in [name, *by_name.get(name, {"aliases": []})["aliases"]]}


def score_paper(gold: dict[str, Any], extraction: Extraction, tallies: dict[str, Tally]) -> None:
    cluster = clusters(extraction)
    labels: dict[int, set[str]] = defaultdict(set)
    shown: dict[int, str] = {}
    for mention, number in zip(extraction.mentions, cluster, strict=True):
        labels[number].add(normalise(mention.text))
        shown.setdefault(number, mention.text)
    for pair in extraction.abbreviations:
        for known in labels.values():
            if known & {normalise(pair.short), normalise(pair.long)}:
                known |= {normalise(pair.short), normalise(pair.long)}
    for role, wanted in ROLES.items():
        tally = tallies[role]
        got = {
            cluster[r.mention]
            for r in extraction.roles
            if r.role == role
            and r.score >= ASSERTED
            and not (role == "uses" and extraction.mentions[r.mention].type == "Dataset")
        }
        tally.predicted += len(got)
        for name, target in forms(gold, wanted(gold)):
            tally.wanted += 1
            hits = sorted(number for number in got if labels[number] & target)
            if hits:
                tally.found += 1
                got.remove(hits[0])
            else:
                tally.notes.append(f"{gold['n']:3} - {role}: {name}")
        tally.notes += [f"{gold['n']:3} + {role}: {shown[number]}" for number in sorted(got)]
    score_results(gold, extraction, cluster, labels, tallies["results"])
    tally = tallies["repositories"]
    urls = {r.url.lower().rstrip("/") for r in extraction.repositories if r.own}
    wanted_urls = {url.lower() for url in gold["repositories"]}
    tally.found += len(urls & wanted_urls)
    tally.predicted += len(urls)
    tally.wanted += len(wanted_urls)
    tally.notes += [f"{gold['n']:3} ~ {url}" for url in sorted(urls ^ wanted_urls)]


def score_results(
    gold: dict[str, Any], extraction: Extraction, cluster: list[int], labels: dict[int, set[str]], tally: Tally
) -> None:
    ends = {
        Decimal(x)
        for t in gold["results"]
        if decimal(t["value"]) is None
        for x in re.findall(r"\d+(?:\.\d+)?", str(t["value"]))
    }
    exact = {decimal(t["value"]) for t in gold["results"]}
    pool = [r for r in extraction.results if r.score >= ASSERTED and (abs(r.value) not in ends or r.value in exact)]
    tally.predicted += len(pool)
    for t in gold["results"]:
        value = decimal(t["value"])
        if value is None:
            continue
        tally.wanted += 1
        metric = next(forms(gold, [t["metric"]]))[1] if t["metric"] else set()
        dataset = next(forms(gold, [t["dataset"]]))[1] if t["dataset"] else set()
        for r in pool:
            if (
                abs(r.value) == abs(value)
                and (not metric or (r.metric is not None and labels[cluster[r.metric]] & metric))
                and (not dataset or (r.dataset is not None and labels[cluster[r.dataset]] & dataset))
            ):
                tally.found += 1
                pool.remove(r)
                break
        else:
            tally.notes.append(f"{gold['n']:3} - result {t['value']} {t['metric']} {t['dataset']}")
    mentions = extraction.mentions
    for r in pool:
        metric_text = mentions[r.metric].text if r.metric is not None else None
        dataset_text = mentions[r.dataset].text if r.dataset is not None else None
        tally.notes.append(f"{gold['n']:3} + result {r.value} {metric_text} {dataset_text}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("papers", nargs="*", type=int)
    options = parser.parse_args()
    papers = listing()
    gold_file = shared() / "benchmarks" / "listing-dev.jsonl"
    golds = [json.loads(line) for line in gold_file.read_text(encoding="utf-8").split("\n") if line]
    extractor = load_extractor()
    start = time.perf_counter()
    extractions = {n: extractor.extract(fields) for n, fields in papers.items()}
    elapsed = time.perf_counter() - start
    tallies: dict[str, Tally] = {name: Tally() for name in (*ROLES, "results", "repositories")}
    for gold in golds:
        if not options.papers or gold["n"] in options.papers:
            score_paper(gold, extractions[gold["n"]], tallies)
    for name, tally in tallies.items():
        f1, p, r = tally.figures()
        print(f"{name:14} F1 {f1:.3f}  P {p:.3f}  R {r:.3f}  gold {tally.wanted}  predicted {tally.predicted}")
        if options.verbose:
            print("\n".join(sorted(tally.notes)))
    print(f"mean F1 {sum(t.figures()[0] for t in tallies.values()) / len(tallies):.3f}; ", end="")
    print(f"{len(papers) / elapsed:.0f} papers/s")


if __name__ == "__main__":
    main()
