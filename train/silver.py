"""Unlabelled abstracts and passages of papers -> sentences with a teacher's probabilities, for a student to learn from.

python train/silver.py --teacher runs/teacher --out runs/silver.jsonl --papers 2500
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from annotated import held_ids
from corpus import Gold, Item
from encoder import BASES
from examples import read_lines, taken
from export import WITH_COMPANION, load_network
from loss import batches, collate
from network import TYPES, Encoded, Network
from score import decode

from kg.extract.heads import RELATIONS, distance_of
from kg.extract.pieces import WordPieces
from kg.text import clean, split_sentences, tokenize

LEAST = 0.02  # probabilities under this are 0
PASSAGE = 6  # neighbouring sentences of a whole paper
WHOLE_PAPERS = 54_000  # sentences that SciREX's papers hold, about
SHARED_BY_CHANCE = 2  # sentences that a paper may have in common with those that measure: short phrases


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--with", dest="companion", type=Path, help="run whose network reads beside the teacher's")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--papers", type=int, default=2500, help="abstracts")
    parser.add_argument("--sentences", type=int, default=0, help="of whole papers")
    parser.add_argument("--batch", type=int, default=2500, help="word pieces a batch")
    arguments = parser.parse_args()
    network, vocabulary, notes = load_network(arguments.teacher)
    others = [load_network(arguments.companion)[0]] if arguments.companion else []
    base = BASES[str(notes["base"])]
    pieces = WordPieces({piece: n for n, piece in enumerate(vocabulary)}, base.begin, base.end, base.unknown)
    items = []
    benchmarks = arguments.shared / "benchmarks"
    for document, texts in (*papers(benchmarks, arguments.papers), *passages(benchmarks, arguments.sentences)):
        golds = [sentence_of(document, text) for text in texts]
        golds = [gold for gold in golds if gold.tokens]
        items += [Item(window, tuple(golds)) for window in pieces.windows([gold.tokens for gold in golds])]
    begun, done = time.monotonic(), 0
    unfinished = arguments.out.with_suffix(".new")
    with unfinished.open("w", encoding="utf-8") as out:
        for batch_items in batches(items, arguments.batch, random.Random(1)):
            batch = collate(batch_items, TYPES)
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                encoded, *rest = (
                    one(one.vectors(batch.pieces, batch.shapes), batch.first, batch.last, batch.mask)
                    for one in (network, *others)
                )
            spans = mean_of([encoded.spans, *(one.spans for one in rest)])
            for row, item in enumerate(batch_items):
                words = len(item.window.first)
                one = Encoded(spans[row, :words], encoded.pairs[row].float(), encoded.roles[row].float())
                for line in lines_of(network, item, one):
                    out.write(json.dumps(line, ensure_ascii=False) + "\n")
            done += len(batch_items)
            if time.monotonic() - begun > 30:
                begun = time.monotonic()
                print(f"{done}/{len(items)} windows", flush=True)
    os.replace(unfinished, arguments.out)


def papers(benchmarks: Path, limit: int) -> Iterator[tuple[str, list[str]]]:
    """(id, title and sentences of the abstract), the first ``limit`` by digest; none that measures."""
    held = held_ids()
    rows = [
        row
        for name in ("orkg-tdm", "acl-links")
        for row in read_lines(benchmarks / name / "train.jsonl.gz")
        if row.get("abstract") and row["id"] not in held
    ]
    share = min(1.0, limit / len(rows))
    for row in rows:
        if taken("silver " + row["id"], share):
            texts = [row["title"], *(one.text for one in split_sentences("abstract", row["abstract"]))]
            yield str(row["id"]), texts


def passages(benchmarks: Path, limit: int) -> Iterator[tuple[str, list[str]]]:
    """(id, neighbouring sentences of a whole paper), about ``limit`` sentences; of no paper that measures."""
    if not limit:
        return
    measuring = {letters(line["tokens"]) for line in read_lines(benchmarks / "scier/dev.jsonl")}
    for paper in read_lines(benchmarks / "scirex/train.jsonl.gz"):
        texts = [
            paper["words"][start:end]
            for start, end in paper["sentences"]
            if 4 <= end - start <= 80 and paper["words"][start] != "section"
        ]
        if len(measuring.intersection(map(letters, texts))) > SHARED_BY_CHANCE:
            continue
        for begin in range(0, len(texts), PASSAGE):
            document = f"{paper['doc_id']} {begin}"
            if taken("silver " + document, limit / WHOLE_PAPERS):
                yield document, [" ".join(words) for words in texts[begin : begin + PASSAGE]]


def letters(words: list[str]) -> str:
    """A sentence as another set's tokens would have it."""
    return "".join(words).lower()


def mean_of(scores: Sequence[torch.Tensor]) -> torch.Tensor:
    """The scores whose probabilities are the mean of theirs, for the types that are averaged where models read."""
    if len(scores) == 1:
        return scores[0]
    chances = torch.stack([one[..., : len(TYPES)].float().sigmoid() for one in scores])
    averaged = torch.tensor([kind in WITH_COMPANION["averaged"] for kind in TYPES])
    return torch.where(averaged, chances.mean(0), chances[0]).logit(eps=1e-6)


def sentence_of(document: str, text: str) -> Gold:
    """A sentence without annotation."""
    cleaned = clean(text).text
    return Gold("silver", document, cleaned, tokenize(cleaned), (), (), frozenset(TYPES))


def lines_of(network: Network, item: Item, encoded: Encoded) -> Iterator[dict]:  # type: ignore[type-arg]
    """One line a sentence of the window: its probable spans, the best of them with their relations and roles."""
    window = item.window
    chances = encoded.spans[:, :, : len(TYPES)].float().sigmoid()
    best = decode(encoded.spans, window.sentence, 0.5)
    for number in sorted(set(window.sentence)):
        inside = [place for place, sentence in enumerate(window.sentence) if sentence == number]
        begin, end = inside[0], inside[-1] + 1
        soft = [
            [
                place + window.word[begin],
                place + window.word[begin] + width + 1,
                TYPES[kind],
                round(float(chances[begin + place, width, kind]), 3),
            ]
            for place, width, kind in (chances[begin:end] > LEAST).nonzero().tolist()
            if begin + place + width + 1 <= end
        ]
        spans = [one for one in best if begin <= one[0] < end]
        candidates, ends = [], []
        for a, one in enumerate(spans):
            for b, other in enumerate(spans):
                if a != b:
                    types = TYPES.index(one[2]) * len(TYPES) + TYPES.index(other[2])
                    candidates.append((*one[:2], *other[:2], types, distance_of(one[:2], other[:2])))
                    ends.append((a, b))
        relations, roles = [], []
        with torch.no_grad():
            if candidates:
                found = network.relate(encoded.pairs, candidates).softmax(-1)
                relations = [
                    [*ends[row], RELATIONS[kind], round(float(found[row, kind]), 3)]
                    for row, kind in (found > LEAST).nonzero().tolist()
                    if kind
                ]
            if spans:
                mentions = [(start, end, TYPES.index(kind)) for start, end, kind, _ in spans]
                played = network.play(encoded.roles, mentions).sigmoid().tolist()
                roles = [[round(share, 3) for share in shares] for shares in played]
        offset = window.word[begin] - begin
        yield {
            "doc": item.golds[number].document,
            "sent": number,
            "text": item.golds[number].text,
            "soft": soft,
            "anchors": [[one[0] + offset, one[1] + offset, one[2]] for one in spans],
            "relations": relations,
            "roles": roles,
        }


def read_silver(path: Path) -> list[Gold]:
    """What :func:`main` wrote, sentences in the order of their documents."""
    lines = sorted(read_lines(path), key=lambda line: (line["doc"], line["sent"]))
    return [
        Gold(
            "silver",
            line["doc"],
            line["text"],
            tokenize(line["text"]),
            (),
            tuple((a, b, kind) for a, b, kind, _ in line["relations"]),
            frozenset(TYPES),
            True,
            tuple((a, b, kind, share) for a, b, kind, share in line["soft"]),
            tuple((a, b, kind) for a, b, kind in line["anchors"]),
            tuple(share for *_, share in line["relations"]),
            tuple(tuple(shares) for shares in line["roles"]),
        )
        for line in lines
    ]


if __name__ == "__main__":
    main()
