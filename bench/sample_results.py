"""Results to judge by hand: `python bench/sample_results.py [--seed S] [--half first|second]`.

Prints a sample, fixed by its seed, of the results that a model asserts on the development papers of ORKG-TDM, each
with its sentence and the one before it, and what it is tied to. How they are judged stands in docs/model-card.md.
``--half``: the papers fall into two halves by the digest of their number, so that rules may be mended by one half and
measured on the other.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import gold

from kg.evaluate import ResultPaper
from kg.extract import MODELS, load_extractor
from kg.graph.claims import one_result_a_number
from kg.records import Extraction, ResultClaim
from kg.settings import DEFAULT_MODEL

ASSERTED = 0.5  # below this a result is kept, not asserted
HALVES = ("first", "second")


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


def asserted(model: str, half: str | None, limit: int | None) -> list[Asserted]:
    """All results that a model asserts, by paper and place."""
    extractor = load_extractor(model=model)
    found = []
    for paper in gold.leaderboard_results(limit):
        if is_in(half, paper):
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
    parser.add_argument("--half", choices=HALVES, help="papers of this half alone")
    parser.add_argument("--limit", type=int, help="read the first N papers only")
    chosen = parser.parse_args()
    pool = asserted(chosen.model, chosen.half, chosen.limit)
    for number, one in enumerate(sample(pool, chosen.number, chosen.seed), 1):
        print(f"{number}. paper {one.paper.id}")
        print("\n".join(one.lines()))
    print(f"{min(chosen.number, len(pool))} of {len(pool)} asserted results, model {chosen.model}, seed {chosen.seed}")


if __name__ == "__main__":
    main()
