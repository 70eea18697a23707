"""Figures of docs/resolution.md: `python bench/resolve.py [--mentions N]`.

Gold pairs of names; B-cubed F1 on the clusters of SciERC (development portion, within a document) and SciREX (training
portion, salient entities, within a document and by name over all), beside exact match as the baseline; time and memory
for N mentions of about N/4 names. Reads the shared data through `KG_SHARED` (default `../shared`).
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the gold pairs and their counting are the tests'

from gold import lines  # noqa: E402

from kg.records import ConceptType, Extraction, Mention, Name  # noqa: E402
from kg.resolve import PaperNames, Resolver, load_catalogue, paper_names  # noqa: E402
from kg.resolve.names import SurfaceForm  # noqa: E402
from kg.text import find_abbreviations  # noqa: E402
from tests.resolve.pairs import read_pairs, score_pairs  # noqa: E402

SCIERC: dict[str, ConceptType] = {"Task": "Task", "Metric": "Metric", "Material": "Dataset"}
SCIREX: dict[str, ConceptType] = {"Task": "Task", "Metric": "Metric", "Material": "Dataset", "Method": "Method"}


@dataclass(frozen=True)
class Document:
    """A text with its mentions, each with its gold cluster."""

    key: str
    text: str
    mentions: tuple[Mention, ...]
    gold: tuple[Hashable, ...]

    def names(self) -> PaperNames:
        found = find_abbreviations("text", self.text)
        return paper_names(Extraction("x", mentions=self.mentions, abbreviations=tuple(found)))


def scierc() -> Iterator[Document]:
    """Clusters hold pronouns, too; what no entity covers counts as a method."""
    sentences: dict[str, dict[int, dict[str, list[object]]]] = defaultdict(dict)
    for found in lines("scierc/dev.jsonl", None):
        sentences[found["doc"]][found["sent"]] = found
    for found in lines("scierc/dev.coref.jsonl", None):
        of_document = sentences[found["doc"]]
        words = [(number, word) for number in sorted(of_document) for word in of_document[number]["tokens"]]
        first: dict[int, int] = {}
        for place, (number, _) in enumerate(words):
            first.setdefault(number, place)
        types = {
            (first[number] + start, first[number] + end): SCIERC.get(type, "Method")
            for number, sentence in of_document.items()
            for start, end, type in sentence["entities"]  # type: ignore[misc]
        }
        spans = [
            (first[number] + start, first[number] + end, cluster)
            for cluster, members in enumerate(found["clusters"])
            for number, start, end in members
            if number in first
        ]
        yield _document(found["doc"], [str(word) for _, word in words], spans, types)


def scirex() -> Iterator[Document]:
    for found in lines("scirex/train.jsonl.gz", None):
        types = {(start, end): SCIREX.get(type, "Method") for start, end, type in found["ner"]}
        spans = [(start, end, name) for name, members in found["coref"].items() for start, end in members]
        yield _document(found["doc_id"], found["words"], spans, types)


def _document(
    key: str,
    words: Sequence[str],
    spans: Iterable[tuple[int, int, Hashable]],
    types: dict[tuple[int, int], ConceptType],
) -> Document:
    starts, place = [], 0
    for word in words:
        starts.append(place)
        place += len(word) + 1
    text = " ".join(words)
    made = {}
    for start, end, cluster in spans:
        first, last = starts[start], starts[end - 1] + len(words[end - 1])
        made[first, last] = (
            Mention("text", first, last, text[first:last], types.get((start, end), "Method"), 0.9),
            cluster,
        )
    ordered = [made[span] for span in sorted(made)]
    return Document(key, text, tuple(one for one, _ in ordered), tuple(cluster for _, cluster in ordered))


def b_cubed(predicted: Sequence[Hashable], gold: Sequence[Hashable]) -> tuple[float, float, float]:
    """Precision, recall, F1 (Bagga and Baldwin, LREC workshop 1998): each mention counts once."""
    of_predicted, of_gold, of_both = defaultdict(int), defaultdict(int), defaultdict(int)
    for pair in zip(predicted, gold, strict=True):
        of_predicted[pair[0]] += 1
        of_gold[pair[1]] += 1
        of_both[pair] += 1
    size = len(gold)
    precision = sum(count * count / of_predicted[pair[0]] for pair, count in of_both.items()) / size
    recall = sum(count * count / of_gold[pair[1]] for pair, count in of_both.items()) / size
    return precision, recall, 2 * precision * recall / (precision + recall)


def clusters(documents: Sequence[Document], within: bool) -> dict[str, tuple[float, float, float]]:
    """B-cubed of exact match, the same without case, and the resolver; ``within``: each document by itself."""
    catalogue = load_catalogue()
    names = [document.names() for document in documents]
    together = None if within else Resolver(names, catalogue)
    gold: list[Hashable] = []
    found: dict[str, list[Hashable]] = {"exact match": [], "exact match, any case": [], "resolver": []}
    for number, (document, of_document) in enumerate(zip(documents, names, strict=True)):
        scope: Hashable = number if within else None
        resolver = together or Resolver([of_document], catalogue)
        for at, (mention, name) in enumerate(zip(document.mentions, of_document.names, strict=True)):
            gold.append((scope, document.gold[at]))
            found["exact match"].append((scope, mention.text))
            found["exact match, any case"].append((scope, mention.text.lower()))
            concept = resolver.concept(name)
            found["resolver"].append((scope, (concept.type, concept.key) if concept else mention.text.lower()))
    return {name: b_cubed(predicted, gold) for name, predicted in found.items()}


def many_names(mentions: int) -> Iterator[PaperNames]:
    """Papers of 50 mentions over a quarter as many names as mentions, each in two spellings or three."""
    chance = random.Random(7)
    syllables = ["ka", "lo", "mi", "ner", "tos", "vul", "rep", "dan", "sor", "bel", "fin", "gar", "hul", "jom", "quet"]
    stems = ["network", "detection", "transformer", "corpus", "parsing", "segmentation", "score", "learning"]
    types: list[ConceptType] = ["Task", "Method", "Dataset", "Metric"]
    for _ in range(mentions // 50):
        forms = []
        for _ in range(50):
            number = chance.randrange(mentions // 12)
            first = "".join(syllables[number // 15**place % 15] for place in range(4))
            text = f"{first} {stems[number % 8]}"
            spelled = (text, text.title(), text.replace(" ", "-"))[chance.randrange(3)]
            forms.append(SurfaceForm(spelled, Name(spelled, types[number % 4]), 1))
        yield PaperNames(tuple(form.name for form in forms), tuple(forms))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentions", type=int, default=1_000_000)
    parser.add_argument("--no-time", action="store_true")
    arguments = parser.parse_args()
    scores = score_pairs(read_pairs(), load_catalogue())
    print(f"pairs: P {scores.precision:.3f} R {scores.recall:.3f} F1 {scores.f1:.3f}, {len(scores.wrong)} wrong merges")
    for name, documents, within in (
        ("SciERC dev, within documents", list(scierc()), True),
        ("SciREX train, within documents", list(scirex()), True),
        ("SciREX train, by name over all", list(scirex()), False),
    ):
        for row, (precision, recall, f1) in clusters(documents, within).items():
            print(f"{name}: {row}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}")
    if not arguments.no_time:
        distinct: set[Name] = set()
        papers = list(many_names(arguments.mentions))
        for paper in papers:
            distinct.update(paper.names)
        started = time.process_time()
        resolver = Resolver(papers, load_catalogue())
        seconds = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(
            f"{arguments.mentions} mentions, {len(distinct)} names: {len(resolver.concepts())} concepts, "
            f"{seconds:.1f} s of one core, {peak:.2f} GB at the peak with all names in memory"
        )


if __name__ == "__main__":
    main()
