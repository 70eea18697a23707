"""Windows -> tensors, and what the network is taught by them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from corpus import Item
from network import ROLES, TYPES, Encoded, Network
from torch import Tensor, nn

from kg.extract.heads import RELATIONS, distance_of
from kg.extract.pieces import WIDEST, Window


@dataclass(frozen=True)
class Batch:
    """Windows side by side, padded; ``truth`` and ``taught``: (rows, words, WIDEST, types)."""

    items: tuple[Item, ...]
    pieces: Tensor
    shapes: Tensor
    mask: Tensor
    first: Tensor
    last: Tensor
    truth: Tensor
    taught: Tensor


def batches(items: Sequence[Item], most_pieces: int, random_of: random.Random) -> Iterator[list[Item]]:
    """Items of like length together, as many as fill ``most_pieces``; the batches in random order."""
    ordered = sorted(items, key=lambda item: (len(item.window.pieces) // 8, random_of.random()))
    made: list[list[Item]] = [[]]
    for item in ordered:
        if made[-1] and (len(made[-1]) + 1) * len(item.window.pieces) > most_pieces:
            made.append([])
        made[-1].append(item)
    random_of.shuffle(made)
    yield from made


def collate(items: Sequence[Item], types: Sequence[str]) -> Batch:
    """The tensors of some windows."""
    rows = len(items)
    length = max(len(item.window.pieces) for item in items)
    words = max(len(item.window.first) for item in items)
    pieces = torch.ones(rows, length, dtype=torch.long)
    shapes = torch.zeros(rows, length, dtype=torch.long)
    mask = torch.zeros(rows, length, dtype=torch.bool)
    first = torch.zeros(rows, words, dtype=torch.long)
    last = torch.zeros(rows, words, dtype=torch.long)
    truth = torch.zeros(rows, words, WIDEST, len(types))
    taught = torch.zeros(rows, words, WIDEST, len(types))
    number = {kind: place for place, kind in enumerate(types)}
    for row, item in enumerate(items):
        window = item.window
        size, count = len(window.pieces), len(window.first)
        pieces[row, :size] = torch.tensor(window.pieces)
        shapes[row, :size] = torch.tensor(window.shapes)
        mask[row, :size] = True
        first[row, :count] = torch.tensor(window.first)
        last[row, :count] = torch.tensor(window.last)
        ends = sentence_ends(window.sentence)
        for place, end in enumerate(ends):
            known = [number[kind] for kind in item.golds[window.sentence[place]].known]
            taught[row, place, : end - place, known] = 1.0
        for place, width, kind, share in placed(item):
            truth[row, place, width - 1, number[kind]] = share
    return Batch(tuple(items), pieces, shapes, mask, first, last, truth, taught)


def sentence_ends(sentence: Sequence[int]) -> list[int]:
    """For each word of a window, where its sentence ends in the window."""
    ends = [0] * len(sentence)
    end = len(sentence)
    for place in range(len(sentence) - 1, -1, -1):
        if place + 1 < len(sentence) and sentence[place] != sentence[place + 1]:
            end = place + 1
        ends[place] = end
    return ends


def places_of(window: Window) -> dict[tuple[int, int], int]:
    """(sentence, word) -> where it stands in the window."""
    words = enumerate(zip(window.sentence, window.word, strict=True))
    return {(sentence, word): place for place, (sentence, word) in words}


def placed(item: Item) -> Iterator[tuple[int, int, str, float]]:
    """(first word in the window, width, type, share) of the spans that lie whole in the window."""
    window = item.window
    where = places_of(window)
    for number, gold in enumerate(item.golds):
        for start, end, kind, share in (*((*span, 1.0) for span in gold.spans), *gold.soft):
            if end - start <= WIDEST and (number, start) in where and (number, end - 1) in where:
                yield where[number, start], end - start, kind, share


def span_loss(encoded: Encoded, batch: Batch) -> Tensor:
    """Binary cross-entropy over the spans of every taught type, summed, a word."""
    each = nn.functional.binary_cross_entropy_with_logits(encoded.spans.float(), batch.truth, reduction="none")
    words = batch.taught[:, :, 0, :].amax(-1).sum()
    return (each * batch.taught).sum() / words.clamp(min=1.0)


def pair_loss(network: Network, encoded: Encoded, batch: Batch) -> Tensor:
    """Cross-entropy over ordered pairs of spans of a sentence: annotated ones, and what passes wrongly for one."""
    total, count = torch.zeros(()), 0
    for row, item in enumerate(batch.items):
        if not any(gold.related for gold in item.golds):
            continue
        candidates, labels = _pairs(item, encoded.spans[row].detach())
        if candidates:
            scores = network.relate(encoded.pairs[row], candidates).float()
            total = total + nn.functional.cross_entropy(scores, torch.tensor(labels), reduction="sum")
            count += len(candidates)
    return total / max(count, 1)


def role_loss(network: Network, encoded: Encoded, batch: Batch) -> Tensor:
    """Binary cross-entropy over the roles of the things that a window names, each by its surest place there.

    Windows over a single sentence teach none: a role may rest on another sentence. A teacher tells of each place.
    """
    total, count = torch.zeros(()), 0
    for row, item in enumerate(batch.items):
        if len(set(item.window.sentence)) < 3:
            continue
        seen = list(told(item))
        if seen:
            scores = network.play(encoded.roles[row], [mention for mention, _ in seen]).float()
            truth = torch.tensor([chances for _, chances in seen])
            total = total + nn.functional.binary_cross_entropy_with_logits(scores, truth, reduction="sum")
            count += len(seen)
        places, roles = things_of(item)
        if not places:
            continue
        mentions = [mention for mentions in places.values() for mention in mentions]
        scores = network.play(encoded.roles[row], mentions).float()
        best = [one.amax(0) for one in scores.split([len(mentions) for mentions in places.values()])]
        truth = torch.tensor([[float(role in roles[thing]) for role in ROLES] for thing in places])
        total = total + nn.functional.binary_cross_entropy_with_logits(torch.stack(best), truth, reduction="sum")
        count += len(places)
    return total / max(count, 1)


def things_of(item: Item) -> tuple[dict[int, list[tuple[int, int, int]]], dict[int, tuple[str, ...]]]:
    """For each thing its mentions in the window (first word, end, type), and its roles."""
    window = item.window
    where = places_of(window)
    places: dict[int, list[tuple[int, int, int]]] = {}
    roles: dict[int, tuple[str, ...]] = {}
    for number, gold in enumerate(item.golds):
        for (start, end, kind), (thing, played) in zip(gold.spans, gold.played, strict=False):
            if (number, start) in where and (number, end - 1) in where:
                mention = (where[number, start], where[number, end - 1] + 1, TYPES.index(kind))
                places.setdefault(thing, []).append(mention)
                roles[thing] = played
    return places, roles


def told(item: Item) -> Iterator[tuple[tuple[int, int, int], tuple[float, ...]]]:
    """The mentions whose roles a teacher tells (first word, end, type), and the probability of each role."""
    window = item.window
    where = places_of(window)
    for number, gold in enumerate(item.golds):
        for (start, end, kind), chances in zip(gold.anchors, gold.chances, strict=False):
            if (number, start) in where and (number, end - 1) in where:
                yield (where[number, start], where[number, end - 1] + 1, TYPES.index(kind)), chances


def _pairs(item: Item, scores: Tensor) -> tuple[list[tuple[int, int, int, int, int, int]], list[list[float]]]:
    """Candidates, and for each the probability of every relation."""
    window = item.window
    where = places_of(window)
    candidates: list[tuple[int, int, int, int, int, int]] = []
    labels: list[list[float]] = []
    likely = scores[:, :, : len(TYPES)] > -1.0
    for number, gold in enumerate(item.golds):
        spans: list[tuple[int, int, str, int]] = []
        for index, (start, end, kind) in enumerate(gold.ends):
            if kind in TYPES and (number, start) in where and (number, end - 1) in where:
                spans.append((where[number, start], where[number, end - 1] + 1, kind, index))
        begin = where.get((number, 0))
        if begin is not None:
            for place, width, kind in likely[begin : begin + len(gold.tokens)].nonzero()[:40].tolist():
                a, b = begin + place, begin + place + width + 1
                if b <= begin + len(gold.tokens) and all(b <= one[0] or one[1] <= a for one in spans):
                    spans.append((a, b, TYPES[kind], -1))
        truth: dict[tuple[int, int], dict[str, float]] = {}
        for (a, b, kind), share in zip(gold.relations, gold.shares or (1.0,) * len(gold.relations), strict=True):
            truth.setdefault((a, b), {})[kind] = share
        for one in spans:
            for other in spans:
                if one is not other and (one[3] >= 0 or other[3] >= 0):
                    types = TYPES.index(one[2]) * len(TYPES) + TYPES.index(other[2])
                    candidates.append((*one[:2], *other[:2], types, distance_of(one[:2], other[:2])))
                    shares = truth.get((one[3], other[3]), {})
                    none = max(0.0, 1.0 - sum(shares.values()))
                    labels.append([shares.get(kind, 0.0) if kind else none for kind in RELATIONS])
    return candidates, labels
