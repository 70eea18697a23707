"""Results to judge by hand: `python bench/sample_results.py [--seed S] [--half first|second] [--part N]`.

Prints a sample, fixed by its seed, of the results that a model asserts on papers of ORKG-TDM, each with its sentence
and the one before it, and what it is tied to. How they are judged stands in docs/model-card.md.

Papers are told apart by the digest of their number, so that rules may be mended by some and measured on others.
``--half``: the development papers fall into two halves. ``--part``: those of the train portion, which the development
papers are none of, fall into eight parts; the papers that were annotated for training are in none.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import gold

from kg.evaluate import ResultPaper
from kg.extract import MODELS, load_extractor
from kg.graph.claims import one_result_a_number
from kg.records import Extraction, ResultClaim
from kg.settings import DEFAULT_MODEL

ASSERTED = 0.5  # below this a result is kept, not asserted
HALVES = ("first", "second")
PARTS = 8
ANNOTATIONS = Path(__file__).resolve().parent.parent / "train" / "annotations"


@dataclass(frozen=True, slots=True)
class Asserted:
    """A result with the paper that it was read in."""

    paper: ResultPaper
    extraction: Extraction
    result: ResultClaim

    def lines(self) -> Iterator[str]:
        """What a judge needs: the context, the number marked, what it is tied to."""
        result, mentions = self.result, self.extraction.mentions
        text = self.paper.fields[result.field]
        for before, sentence in zip((None, *self.extraction.sentences), self.extraction.sentences, strict=False):
            if sentence.field == result.field and sentence.start <= result.start < sentence.end:
                yield f"   title: {self.paper.fields.get('title', '')}"
                if before is not None and before.field == sentence.field:
                    yield f"   before: {before.text}"
                marked = f"{text[sentence.start : result.start]}>>{text[result.start : result.end]}<<"
                yield f"   {marked}{text[result.end : sentence.end]}"
        filled = {
            name: mentions[number].text
            for name in ("metric", "dataset", "task", "method", "baseline")
            if (number := getattr(result, name)) is not None
        }
        filled |= {name: value for name in ("condition", "split") if (value := getattr(result, name)) is not None}
        value = f"{result.value}{'' if result.maximum is None else f' to {result.maximum}'} {result.unit or ''}".strip()
        yield f"   {value}, {result.kind}; " + "; ".join(f"{name}: {said}" for name, said in filled.items())


def is_in(half: str | None, paper: ResultPaper) -> bool:
    """Whether a paper belongs to a half of all papers; to no half in particular: always."""
    return half is None or hashlib.sha256(paper.id.encode()).digest()[0] % 2 == HALVES.index(half)


def part_of(paper: ResultPaper) -> int:
    """The part of the train portion that a paper falls into."""
    return hashlib.sha256(paper.id.encode()).digest()[1] % PARTS


def annotated() -> frozenset[str]:
    """The numbers of the papers that were annotated for training."""
    files = sorted(ANNOTATIONS.glob("*.jsonl"))
    return frozenset(json.loads(line)["id"] for file in files for line in file.read_text(encoding="utf-8").splitlines())


def papers(half: str | None, part: int | None) -> Iterator[ResultPaper]:
    """The papers to sample from: those of a part of the train portion, or (of a half of) the development papers."""
    if part is None:
        yield from (paper for paper in gold.leaderboard_results() if is_in(half, paper))
    else:
        known = annotated()
        train = gold.leaderboard_results(portion="train")
        yield from (paper for paper in train if part_of(paper) == part and paper.id not in known)


def asserted(model: str, chosen: Iterator[ResultPaper]) -> list[Asserted]:
    """All results that a model asserts, by paper and place."""
    extractor = load_extractor(model=model)
    found = []
    for paper in chosen:
        extraction = extractor.extract(paper.fields)
        results = one_result_a_number(extraction.results)
        found += [Asserted(paper, extraction, one) for one in results if one.score >= ASSERTED]
    return found


def sample(pool: Sequence[Asserted], number: int, seed: int) -> list[Asserted]:
    """So many of them in their order, the same ones for the same seed and pool."""
    chosen = random.Random(seed).sample(range(len(pool)), min(number, len(pool)))
    return [pool[at] for at in sorted(chosen)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=MODELS, default=DEFAULT_MODEL)
    parser.add_argument("--number", type=int, default=100, help="of results (default: 100)")
    parser.add_argument("--seed", type=int, default=1)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--half", choices=HALVES, help="development papers of this half alone")
    where.add_argument("--part", type=int, choices=range(PARTS), help="papers of this part of the train portion")
    parser.add_argument("--limit", type=int, help="read the first N of the papers only")
    chosen = parser.parse_args()
    pool = asserted(chosen.model, islice(papers(chosen.half, chosen.part), chosen.limit))
    for number, one in enumerate(sample(pool, chosen.number, chosen.seed), 1):
        print(f"{number}. paper {one.paper.id}")
        print("\n".join(one.lines()))
    print(f"{min(chosen.number, len(pool))} of {len(pool)} asserted results, model {chosen.model}, seed {chosen.seed}")


if __name__ == "__main__":
    main()
