"""Strict figures of a network: spans and types; relations with (Rel+) and without (Rel) the types of their ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import torch
from corpus import Gold, Item, items_of
from loss import collate, sentence_ends, things_of
from network import ROLES, TYPES, Network

from kg.extract.heads import RELATIONS, distance_of
from kg.extract.pieces import WordPieces

Found = tuple[int, int, str, float]


def decode(scores: torch.Tensor, sentence: Sequence[int], threshold: float) -> list[Found]:
    """The likeliest spans of a window that do not overlap. ``scores``: (words, WIDEST, types), before the sigmoid."""
    ends = sentence_ends(sentence)
    chances = scores[:, :, : len(TYPES)].float().sigmoid()
    likely = [
        (place, place + width + 1, TYPES[kind], float(chances[place, width, kind]))
        for place, width, kind in (chances > threshold).nonzero().tolist()
        if place + width + 1 <= ends[place]
    ]
    kept: list[Found] = []
    for one in sorted(likely, key=lambda span: (-span[3], span[:3])):
        if all(one[1] <= other[0] or other[1] <= one[0] for other in kept):
            kept.append(one)
    return sorted(kept)


def predict(
    network: Network, items: Sequence[Item], threshold: float = 0.5
) -> list[tuple[list[Found], list[tuple[int, int, str, float]]]]:
    """Spans and relations of each window."""
    network.eval()
    found = []
    with torch.no_grad():
        for item in items:
            batch = collate([item], TYPES)
            with torch.autocast("cpu", torch.bfloat16):
                encoded = network(network.vectors(batch.pieces, batch.shapes), batch.first, batch.last, batch.mask)
            spans = decode(encoded.spans[0], item.window.sentence, threshold)
            candidates, ends = [], []
            for a, one in enumerate(spans):
                for b, other in enumerate(spans):
                    if a != b and item.window.sentence[one[0]] == item.window.sentence[other[0]]:
                        types = TYPES.index(one[2]) * len(TYPES) + TYPES.index(other[2])
                        candidates.append((*one[:2], *other[:2], types, distance_of(one[:2], other[:2])))
                        ends.append((a, b))
            relations = []
            if candidates:
                chances = network.relate(encoded.pairs[0].float(), candidates).softmax(-1)
                for (a, b), row in zip(ends, chances, strict=True):
                    best = int(row.argmax())
                    if best:
                        relations.append((a, b, RELATIONS[best], float(row[best])))
            found.append((spans, relations))
    return found


def figures(network: Network, pieces: WordPieces, golds: Sequence[Gold], name: str, threshold: float = 0.5) -> str:
    """One line: F1 of spans by type and of all, then of relations where the set has them; sentences alone."""
    golds = [strip(gold) for gold in golds]
    items = [item for gold in golds for item in items_of([gold], pieces)]
    counts: dict[str, Counter[str]] = {}

    def add(kind: str, gold: set, found: set) -> None:  # type: ignore[type-arg]
        for key in (kind, "all") if kind in TYPES else (kind,):
            counter = counts.setdefault(key, Counter())
            counter["gold"] += len(gold)
            counter["found"] += len(found)
            counter["right"] += len(gold & found)

    for item, (spans, relations) in zip(items, predict(network, items, threshold), strict=True):
        gold = item.golds[0]
        offset = item.window.word[0]
        here = {(a, b, kind) for a, b, kind in gold.spans if offset <= a < offset + len(item.window.word)}
        ours = [(a + offset, b + offset, kind) for a, b, kind, _ in spans]
        for kind in TYPES:
            if kind in gold.known:
                add(kind, {one for one in here if one[2] == kind}, {one for one in ours if one[2] == kind})
        if gold.related:
            wanted = {(gold.spans[a], gold.spans[b], kind) for a, b, kind in gold.relations}
            said = {(ours[a], ours[b], kind) for a, b, kind, _ in relations}
            add("Rel+", wanted, said)
            add("Rel", {(a[:2], b[:2], k) for a, b, k in wanted}, {(a[:2], b[:2], k) for a, b, k in said})
    return "  ".join(f"{kind} {_figures(counter)}" for kind, counter in counts.items())


def role_figures(network: Network, pieces: WordPieces, golds: Sequence[Gold], threshold: float = 0.5) -> str:
    """One line: precision, recall, F1 of the roles of annotated things, whole abstracts."""
    network.eval()
    counts: dict[str, Counter[str]] = {role: Counter() for role in ROLES}
    for _, group in groupby(golds, key=lambda gold: gold.document):
        for item in items_of(list(group), pieces):
            places, roles = things_of(item)
            if not places:
                continue
            batch = collate([item], TYPES)
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                encoded = network(network.vectors(batch.pieces, batch.shapes), batch.first, batch.last, batch.mask)
            for thing, mentions in places.items():
                with torch.no_grad():
                    chances = network.play(encoded.roles[0].float(), mentions).sigmoid().amax(0)
                for role, chance in zip(ROLES, chances.tolist(), strict=True):
                    counts[role]["gold"] += role in roles[thing]
                    counts[role]["found"] += chance > threshold
                    counts[role]["right"] += chance > threshold and role in roles[thing]
    return "  ".join(f"{role} {_figures(counter)}" for role, counter in counts.items())


def _figures(counter: Counter[str]) -> str:
    precision = counter["right"] / max(1, counter["found"])
    recall = counter["right"] / max(1, counter["gold"])
    return f"{precision:.3f}/{recall:.3f}/{2 * precision * recall / max(1e-9, precision + recall):.3f}"


def strip(gold: Gold) -> Gold:
    """The gold with our four types only."""
    if all(span[2] in TYPES for span in gold.spans) and gold.known <= set(TYPES):
        return gold
    return replace(
        gold,
        spans=tuple(s for s in gold.spans if s[2] in TYPES),
        relations=(),
        related=False,
        known=gold.known & set(TYPES),
    )
