"""Trains the network; writes a checkpoint every few minutes and goes on from it when started again.

python train/fit.py --base mpnet --out runs/teacher --epochs 4
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from blocks import round_in_forward
from corpus import SHARES, Gold, Item, epoch_items, read_sets
from encoder import BASES, Encoder, load_encoder
from loss import Batch, batches, collate, pair_loss, role_loss, span_loss
from network import Network
from score import figures, role_figures
from torch import Tensor, nn

from kg.extract.pieces import WordPieces

SAVE_SECONDS = 240.0
NARROWING = 24  # batches that tell which inner neurons matter


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder of benchmarks and corpora")
    parser.add_argument("--base", choices=sorted(BASES), default="mpnet")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run: checkpoint and figures")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=8e-5, help="learning rate of the encoder")
    parser.add_argument("--head-rate", type=float, default=1e-3)
    parser.add_argument("--batch", type=int, default=1000, help="word pieces a batch")
    parser.add_argument("--silver", type=Path, help="sentences with a teacher's probabilities, see silver.py")
    parser.add_argument("--silver-share", type=float, default=1.0, help="of the silver sentences, in each epoch")
    parser.add_argument("--teacher", type=Path, help="folder of the run whose network the student begins as")
    parser.add_argument("--layers", type=int, nargs="+", help="the teacher's layers that the student keeps")
    parser.add_argument("--inner", type=int, help="inner neurons that each of the student's layers keeps")
    parser.add_argument("--annotated", type=Path, help="abstracts annotated for this project, see annotated.py")
    parser.add_argument("--annotated-share", type=float, default=2.0, help="how often an epoch reads them")
    parser.add_argument(
        "--round", type=int, choices=(4,), help="train with the layers' matrices in blocks of so many bits"
    )
    parser.add_argument("--stop-after", type=int, help="stop after so many epochs; the schedule stays that of --epochs")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    Run(arguments).go()


class Run:
    """One training run and its state."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        sets = read_sets(arguments.shared / "benchmarks")
        if arguments.teacher:
            sets = sets.only(notes_of(arguments.teacher)["types"])
        self.train: dict[str, list[Gold]] = dict(sets.train)
        self.dev = sets.dev
        self.types = sets.types
        self.shares = dict(SHARES)
        if arguments.silver:
            from silver import read_silver

            self.train["silver"] = read_silver(arguments.silver)
            self.shares["silver"] = arguments.silver_share
        if arguments.annotated:
            from annotated import read_annotated

            self.train["annotated"], self.dev["annotated"] = read_annotated(arguments.annotated, arguments.shared)
            self.shares["annotated"] = arguments.annotated_share
        encoder, vocabulary = load_encoder(arguments.base)
        base = encoder.base
        if arguments.teacher:
            encoder, heads = student_of(arguments.teacher, arguments.layers)
        encoder.words.weight.requires_grad_(False)
        self.pieces = WordPieces({piece: n for n, piece in enumerate(vocabulary)}, base.begin, base.end, base.unknown)
        self.network = Network(encoder, len(self.types))
        if arguments.teacher:
            self.network.load_state_dict(heads, strict=False)
        self.epochs = [self._items(epoch) for epoch in range(arguments.epochs)]
        if arguments.inner and arguments.inner < encoder.base.inner:
            narrow(self.network, [collate(items, self.types) for items in self.epochs[0][:NARROWING]], arguments.inner)
        self.average = copy.deepcopy(self.network)
        if arguments.round:
            for one in (self.network, self.average):
                round_in_forward(one.encoder)
        self.steps = sum(len(epoch) for epoch in self.epochs)
        own = {id(weight) for weight in encoder.parameters()}
        self.optimizer = torch.optim.AdamW(
            [
                {"params": [w for w in encoder.parameters() if w.requires_grad], "lr": arguments.rate},
                {"params": [w for w in self.network.parameters() if id(w) not in own], "lr": arguments.head_rate},
            ],
            weight_decay=0.01,
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)
        self.step = 0
        self.path = arguments.out / "checkpoint.pt"
        if self.path.exists():
            state = torch.load(self.path, weights_only=True)
            self.network.load_state_dict(state["network"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.schedule.load_state_dict(state["schedule"])
            self.step = state["step"]
            log(f"goes on at step {self.step}")

    def _items(self, epoch: int) -> list[list[Item]]:
        seed = self.arguments.seed * 1000 + epoch
        items = epoch_items(self.train, self.shares, self.pieces, seed)
        return list(batches(items, self.arguments.batch, random.Random(seed)))

    def _rate(self, step: int) -> float:
        warm = max(1, int(0.06 * self.steps))
        return min(1.0, (step + 1) / warm) * max(0.02, 1.0 - step / self.steps)

    def go(self) -> None:
        log(f"{self.steps} steps, {len(self.types)} types")
        saved, shown, at, losses = time.monotonic(), time.monotonic(), 0, [0.0, 0.0]
        for number, epoch in enumerate(self.epochs):
            for items in epoch:
                at += 1
                if at <= self.step:
                    continue
                torch.manual_seed(self.arguments.seed * 100_000 + at)
                one, two = self._learn(items)
                losses = [0.98 * losses[0] + 0.02 * one, 0.98 * losses[1] + 0.02 * two]
                self.step = at
                if time.monotonic() - shown > 30:
                    shown = time.monotonic()
                    log(f"epoch {number + 1} step {at}/{self.steps} loss {losses[0]:.4f} {losses[1]:.4f}")
                if time.monotonic() - saved > SAVE_SECONDS:
                    saved = time.monotonic()
                    self.save()
            if self.step == at:
                self.save()
                self.measure(number + 1)
            if self.arguments.stop_after == number + 1:
                return

    def _learn(self, items: list[Item]) -> tuple[float, float]:
        self.network.train()
        batch = collate(items, self.types)
        with torch.autocast("cpu", torch.bfloat16):
            vectors = self.network.vectors(batch.pieces, batch.shapes)
            encoded = self.network(vectors, batch.first, batch.last, batch.mask)
            spans = span_loss(encoded, batch)
            pairs = pair_loss(self.network, encoded, batch)
            roles = role_loss(self.network, encoded, batch)
        self.optimizer.zero_grad(set_to_none=True)
        (spans + 0.5 * pairs + 0.3 * roles).backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        keep = min(0.998, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, weight in zip(self.average.parameters(), self.network.parameters(), strict=True):
                if weight.requires_grad:
                    mean.lerp_(weight, 1.0 - keep)
        return float(spans.detach()), float(pairs.detach())

    def save(self) -> None:
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "step": self.step,
        }
        new = self.path.with_suffix(".new")
        torch.save(state, new)
        os.replace(new, self.path)
        notes = {
            "base": self.arguments.base,
            "types": self.types,
            "layers": len(self.network.encoder.layers),
            "inner": self.network.encoder.base.inner,
            "round": self.arguments.round,
            "step": self.step,
            "steps": self.steps,
        }
        (self.arguments.out / "run.json").write_text(json.dumps(notes, indent=1) + "\n", encoding="utf-8")

    def measure(self, epoch: int) -> None:
        if "annotated" in self.dev:
            log(f"epoch {epoch} roles: {role_figures(self.average, self.pieces, self.dev['annotated'])}")
        for name, golds in self.dev.items():
            log(f"epoch {epoch} {name} dev: {figures(self.average, self.pieces, golds, name)}")


def notes_of(run: Path) -> dict[str, Any]:
    """What a run noted of itself."""
    notes: dict[str, Any] = json.loads((run / "run.json").read_text(encoding="utf-8"))
    return notes


def student_of(teacher: Path, layers: Sequence[int]) -> tuple[Encoder, dict[str, torch.Tensor]]:
    """An encoder of some of the teacher's layers, and the teacher's heads."""
    notes = notes_of(teacher)
    weights = torch.load(teacher / "checkpoint.pt", weights_only=True, mmap=True)["average"]
    kept = {f"encoder.layers.{old}.": f"layers.{new}." for new, old in enumerate(layers)}
    own = {
        name.removeprefix("encoder."): weight
        for name, weight in weights.items()
        if name.startswith("encoder.") and not name.startswith("encoder.layers.")
    }
    for name, weight in weights.items():
        for old, new in kept.items():
            if name.startswith(old):
                own[new + name.removeprefix(old)] = weight
    base = replace(BASES[notes["base"]], layers=len(layers), inner=own["layers.0.inner.weight"].shape[0])
    encoder = Encoder(base, own["words.weight"].shape[0])
    encoder.load_state_dict(own)
    return encoder, {name: weight for name, weight in weights.items() if not name.startswith("encoder.")}


def narrow(network: Network, seen: Sequence[Batch], inner: int) -> None:
    """Keeps, in each layer, the inner neurons that move its output most: by mean activation times outgoing weight."""
    encoder = network.encoder
    moved = [torch.zeros(layer.inner.out_features) for layer in encoder.layers]

    def watch(number: int) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def see(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            moved[number] += nn.functional.gelu(output.float()).abs().mean(dim=(0, 1))

        return see

    hooks = [layer.inner.register_forward_hook(watch(number)) for number, layer in enumerate(encoder.layers)]
    network.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for batch in seen:
            encoder(network.vectors(batch.pieces, batch.shapes), batch.mask)
    for hook in hooks:
        hook.remove()
    for layer, activation in zip(encoder.layers, moved, strict=True):
        matter = activation * layer.outer.weight.detach().norm(dim=0)
        kept = matter.topk(inner).indices.sort().values
        layer.inner.weight = nn.Parameter(layer.inner.weight.detach()[kept].clone())
        layer.inner.bias = nn.Parameter(layer.inner.bias.detach()[kept].clone())
        layer.outer.weight = nn.Parameter(layer.outer.weight.detach()[:, kept].clone())
        layer.inner.out_features = layer.outer.in_features = inner
    encoder.base = replace(encoder.base, inner=inner)


_BEGUN = time.monotonic()


def log(message: str) -> None:
    """A line of progress."""
    print(f"[{time.monotonic() - _BEGUN:5.0f} s] {message}", flush=True)


if __name__ == "__main__":
    main()
