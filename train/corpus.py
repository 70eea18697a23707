"""Annotated sets -> Gold sentences in their documents -> windows of an epoch.

A set teaches only what it annotates: ``known`` names the types whose absence means no. Sets that draw spans otherwise
than SciER and TDMSci do (SciERC, SciREX, CS-NER, dataset mentions) teach types of their own beside, which serve the
encoder alone and are not exported.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from examples import example_from_tokens, read_lines, taken
from network import TYPES

from kg.extract.pieces import Window, WordPieces
from kg.text import Token

SciER = ("Task", "Method", "Dataset")
TDMSCI_HELD = 0.15


@dataclass(frozen=True)
class Gold:
    """A sentence with its spans in tokens (start, end, type) and relations between them."""

    source: str
    document: str
    text: str
    tokens: tuple[Token, ...]
    spans: tuple[tuple[int, int, str], ...]
    relations: tuple[tuple[int, int, str], ...] = ()
    known: frozenset[str] = frozenset()
    related: bool = False  # whether the set annotates relations
    soft: tuple[tuple[int, int, str, float], ...] = ()  # a teacher's probabilities; what is not named is 0
    anchors: tuple[tuple[int, int, str], ...] = ()  # ends of relations that are no gold spans (a teacher's)
    shares: tuple[float, ...] = ()  # of each relation, a teacher's probability; () where all are sure
    chances: tuple[tuple[float, ...], ...] = ()  # of each anchor, a teacher's probabilities of the roles
    played: tuple[tuple[int, tuple[str, ...]], ...] = ()  # for each span the thing that it names, and its roles

    @property
    def ends(self) -> tuple[tuple[int, int, str], ...]:
        """What ``relations`` index."""
        return self.anchors or self.spans


def read_gold(
    source: str, path: Path, kinds: dict[str, tuple[str, ...]], known: Sequence[str], related: bool = False
) -> list[Gold]:
    """The sentences of a file in the span format. ``kinds``: a type of the set -> our types and those of its own."""
    found = []
    for line in read_lines(path):
        entities = [(start, end, kind) for start, end, kind in line["entities"]]
        found.append(
            _gold(source, str(line["doc"]), line["tokens"], entities, line["relations"], kinds, known, related)
        )
    return found


def _gold(
    source: str,
    document: str,
    words: list[str],
    entities: list[tuple[int, int, str]],
    relations: Sequence[tuple[int, int, str]],
    kinds: dict[str, tuple[str, ...]],
    known: Sequence[str],
    related: bool = False,
) -> Gold:
    example = example_from_tokens(source, words, entities, frozenset(known))
    spans: list[tuple[int, int, str]] = []
    number: dict[int, int] = {}
    for index, (start, end, kind) in enumerate(example.spans):
        inside = [place for place, token in enumerate(example.tokens) if token.start < end and token.end > start]
        if not inside or kind not in kinds:
            continue
        number[index] = len(spans)
        spans += [(inside[0], inside[-1] + 1, ours) for ours in kinds[kind]]
    kept = tuple((number[a], number[b], kind) for a, b, kind in relations if a in number and b in number)
    return Gold(
        source, document, example.text, example.tokens, tuple(spans), kept if related else (), frozenset(known), related
    )


def read_scirex(path: Path, share: float) -> list[Gold]:
    """A share of the papers' sentences, those of the beginning more often; metrics are ours, the rest its own."""
    kinds = {"Material": ("scirex:Dataset",), "Method": ("scirex:Method",), "Task": ("scirex:Task",)}
    kinds["Metric"] = ("Metric",)
    found = []
    for paper in read_lines(path):
        words = paper["words"]
        ner = sorted((start, end, kind) for start, end, kind in paper["ner"])
        beginning = paper["sections"][1][1] if len(paper["sections"]) > 1 else 0
        for start, end in paper["sentences"]:
            if not 4 <= end - start <= 80 or words[start] == "section":
                continue
            if not taken(" ".join(words[start:end]), share if start < beginning else share / 4):
                continue
            inside = [(a - start, b - start, kind) for a, b, kind in ner if start <= a and b <= end]
            known = ("Metric", "scirex:Dataset", "scirex:Method", "scirex:Task")
            found.append(_gold("scirex", str(paper["doc_id"]), words[start:end], inside, (), kinds, known))
    return found


def read_dataset_mentions(path: Path) -> list[Gold]:
    """Their spans hold the word "dataset"; sentences without any are a no for ours, too."""
    found = []
    for one in read_gold("dataset-mentions", path, {"Dataset": ("phrase:Dataset",)}, ("phrase:Dataset",)):
        known = one.known | {"Dataset"} if not one.spans else one.known
        found.append(replace(one, known=known))
    return found


def own(prefix: str, *names: str) -> dict[str, tuple[str, ...]]:
    """Types that stay a set's own."""
    return {name: (f"{prefix}:{name}",) for name in names}


@dataclass(frozen=True)
class Sets:
    """All that training reads. ``held`` is a part of TDMSci's train portion that only measures."""

    train: dict[str, list[Gold]]
    dev: dict[str, list[Gold]]

    @property
    def types(self) -> tuple[str, ...]:
        """Ours first, then the sets' own, in a fixed order."""
        others = {kind for golds in self.train.values() for gold in golds for kind in gold.known} - set(TYPES)
        return (*TYPES, *sorted(others))

    def only(self, types: Sequence[str]) -> Sets:
        """What they teach of these types alone: a network that ships knows no others."""

        def cut(gold: Gold) -> Gold:
            spans = tuple(span for span in gold.spans if span[2] in types)
            if gold.related and spans != gold.spans:
                raise ValueError(f"{gold.source}: relations of spans that are left out")
            return replace(gold, spans=spans, known=gold.known & set(types))

        train = {name: [one for gold in golds if (one := cut(gold)).known] for name, golds in self.train.items()}
        return Sets(train, self.dev)


def read_sets(benchmarks: Path) -> Sets:
    """The train and dev portions; test portions are never read."""
    same = {kind: (kind,) for kind in TYPES}
    scierc = own("scierc", "Task", "Method", "Metric", "Material", "OtherScientificTerm", "Generic")
    titles = own("title", "ResearchProblem", "Method", "Solution", "Resource", "Tool", "Dataset", "Language")

    def known(kinds: dict[str, tuple[str, ...]]) -> list[str]:
        return [name for names in kinds.values() for name in names]

    tdmsci = read_gold("tdmsci", benchmarks / "tdmsci/train.jsonl", same, ("Task", "Dataset", "Metric"))
    tdmsci = list({gold.text: gold for gold in tdmsci}.values())
    scier = read_gold("scier", benchmarks / "scier/train.jsonl", same, SciER, related=True)
    return Sets(
        {
            "scier": scier,
            "tdmsci": [one for one in tdmsci if not taken("held out " + one.text, TDMSCI_HELD)],
            "scirex": read_scirex(benchmarks / "scirex/train.jsonl.gz", 0.25),
            "scierc": read_gold("scierc", benchmarks / "scierc/train.jsonl", scierc, known(scierc)),
            "dataset-mentions": read_dataset_mentions(benchmarks / "dataset-mentions/train.jsonl"),
            "titles": read_gold("titles", benchmarks / "cs-ner/acl-titles.train.jsonl.gz", titles, known(titles)),
        },
        {
            "scier": read_gold("scier", benchmarks / "scier/dev.jsonl", same, SciER, related=True),
            "tdmsci": [one for one in tdmsci if taken("held out " + one.text, TDMSCI_HELD)],
        },
    )


# How often an epoch reads each set: the sets that draw spans as we do in full, the others in part.
SHARES = {"scier": 1.0, "tdmsci": 1.4, "scirex": 0.2, "scierc": 0.2, "dataset-mentions": 0.2, "titles": 0.03}


@dataclass(frozen=True)
class Item:
    """A window with the sentences that it was made from."""

    window: Window
    golds: tuple[Gold, ...]


def epoch_items(train: dict[str, list[Gold]], shares: dict[str, float], pieces: WordPieces, seed: int) -> list[Item]:
    """The windows of an epoch: half of the sentences alone, the rest with the neighbours of their document."""
    random_of = random.Random(seed)
    items: list[Item] = []
    for name, share in shares.items():
        for document in _documents(train[name]):
            for run in _runs(document, random_of):
                times = int(share) + (random_of.random() < share % 1)
                for _ in range(times):
                    items += items_of(run, pieces)
    return items


def items_of(golds: Sequence[Gold], pieces: WordPieces) -> Iterator[Item]:
    """The windows over neighbouring sentences of a document."""
    for window in pieces.windows([gold.tokens for gold in golds]):
        yield Item(window, tuple(golds))


def _documents(golds: Sequence[Gold]) -> Iterator[list[Gold]]:
    for _, group in groupby(golds, key=lambda gold: (gold.source, gold.document)):
        yield list(group)


def _runs(document: Sequence[Gold], random_of: random.Random) -> Iterator[Sequence[Gold]]:
    if document[0].source in ("tdmsci", "dataset-mentions", "titles"):
        yield from ([gold] for gold in document)
        return
    place, whole = 0, document[0].source in ("annotated", "silver") and random_of.random() < 0.7
    while place < len(document):
        length = 1 if random_of.random() < 0.35 else random_of.randint(2, 6)
        length = len(document) if whole else length
        yield document[place : place + length]
        place += length
