"""Linking at size: 10,000 concepts against 100,000 entries of catalogues. ``python bench/link.py``

Prints seconds of one core and peak memory of reading entries into an index and of deciding, beside the target: within
30 seconds and 1 GB. Names are made of syllables, so that about a third of the concepts have an entry of their
name, a tenth two of them, and many share words.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time

from kg.link import Entry, Matcher, Subject
from kg.link.catalogues import TARGETS
from kg.link.matching import forms_of
from kg.records import CONCEPT_TYPES

CONCEPTS, ENTRIES = 10_000, 100_000
SECONDS, MEBIBYTES = 30, 1024
_SYLLABLES = ("ba", "con", "de", "fi", "gra", "la", "me", "net", "or", "pa", "re", "si", "ta", "ver", "xa", "yo")
_LAST = ("network", "learning", "detection", "parsing", "model", "score", "corpus", "segmentation", "search")


def names(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 3))) for _ in range(chance.randint(1, 2))]
        made.append(" ".join([*words, chance.choice(_LAST)]))
    return made


def main() -> None:
    targets = list(TARGETS.values())
    labels = names(ENTRIES, 1)
    entries = [
        Entry(
            f"{targets[n % len(targets)].namespace}x{n}", label, CONCEPT_TYPES, (f"{label} method",), (labels[n - 1],)
        )
        for n, label in enumerate(labels)
    ]
    chance = random.Random(2)
    known = chance.sample(labels, CONCEPTS // 3) + names(CONCEPTS - CONCEPTS // 3, 3)
    subjects = [Subject(f"https://example.org/{n}", CONCEPT_TYPES[n % 4], name) for n, name in enumerate(known)]
    start = time.process_time()
    matcher = Matcher(entries, forms_of(subjects))
    indexed = time.process_time()
    decisions = [decision for subject in subjects for decision in matcher.decide(subject)]
    done = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    linked = sum(1 for one in decisions if one.link is not None)
    print(
        json.dumps(
            {
                "concepts": len(subjects),
                "entries": len(entries),
                "index_seconds": round(indexed - start, 2),
                "decide_seconds": round(done - indexed, 2),
                "peak_mebibytes": round(peak),
                "linked": linked,
                "abstained": len(decisions) - linked,
                "within_target": done - start <= SECONDS and peak <= MEBIBYTES,
            }
        )
    )


if __name__ == "__main__":
    main()
