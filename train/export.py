"""A checkpoint -> the files of a model that ships: a quantised ONNX graph, its heads, word vectors, word pieces.

Word vectors, the same for all models (training leaves them as they were), stay outside the graph as rows of 63 levels
with a scale each. Weights of the layers become integers of 8 bits (``integers.py``) or blocks of 4 bits
(``MatMulNBits``), whose inputs are quantised a row at a time; those of the heads are blocks.

    python train/export.py --run runs/student --model fast
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import logging
import random
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import torch
from blocks import BLOCK, SMALL_BLOCK, put_blocks, round_layers
from corpus import epoch_items, read_sets
from encoder import BASES, Encoder, base_weights
from examples import read_lines
from integers import MATRIX, in_integers
from network import TYPES, Network
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
from torch import Tensor, nn

from kg.extract.encoder import GRAPH, PAIRS, PIECES, ROLES, SHAPES, TABLES, VECTORS
from kg.extract.pieces import MOST_PIECES, WordPieces
from kg.extract.weight_files import MANIFEST
from kg.records import ROLE_NAMES
from kg.settings import DEFAULT_MODEL, MODELS
from kg.text import clean, tokenize

OPSET = 20
REAL_WINDOWS = 120
LEAST_RELATED = 0.4  # the least probability of a relation: best F1 on SciER's and our own development sentences
# What a model that reads with another takes: spans of these types are averaged, relations weighed with their ends.
WITH_COMPANION = {
    "least_related": 0.25,
    "with_ends": True,
    "averaged": ["Task", "Method", "Dataset"],
    "share_of_companion": 0.15,  # on development sentences SciER is best from .1 to .4, TDMSci at 0
}
NETWORK_ALONE = (0.0, 0.0, 0.0, 1.0)  # until weigh_roles.py has weighed the rules


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--run", type=Path, required=True, help="folder of the run whose network ships")
    parser.add_argument("--out", type=Path, default=Path("kg/extract/weights"))
    parser.add_argument("--model", choices=MODELS, default=DEFAULT_MODEL)
    parser.add_argument("--bits", type=int, choices=(4, 8, 32), default=8)
    parser.add_argument("--with", dest="companion", choices=MODELS, help="the model whose network reads with this one")
    arguments = parser.parse_args()
    logging.disable(logging.INFO)  # the quantizer tells of every node
    arguments.out.mkdir(parents=True, exist_ok=True)
    network, vocabulary, notes = load_network(arguments.run)
    base = BASES[str(notes["base"])]
    rows = kept_pieces(vocabulary, arguments.shared, (base.begin, base.end, base.unknown))
    marks = (base.begin, base.end, base.unknown)
    pieces = WordPieces({piece: number for number, piece in enumerate(vocabulary)}, *marks)
    plain = arguments.bits == 32 or notes.get("round") == arguments.bits
    windows = [] if plain else real_windows(network, pieces, arguments.shared)
    tables = {
        "base": notes["base"],
        "layers": notes.get("layers", base.layers),
        "marks": {"begin": base.begin, "end": base.end, "unknown": base.unknown},
        "least_related": LEAST_RELATED,
        "thresholds": dict.fromkeys(TYPES, 0.5),
        "calibration": {kind: [(0.0, 0.0), (1.0, 1.0)] for kind in TYPES},
        "roles": dict.fromkeys(ROLE_NAMES, NETWORK_ALONE),
    } | (WITH_COMPANION if arguments.companion else {})
    write(
        arguments.out,
        {
            VECTORS: arrays(word_vectors(network, rows)),
            PIECES: "\n".join(vocabulary[row] for row in rows).encode(),
            f"{arguments.model}/{GRAPH}": export_graph(network, arguments.bits, windows),
            f"{arguments.model}/{PAIRS}": arrays(pair_head(network)),
            f"{arguments.model}/{ROLES}": arrays(role_head(network)),
            f"{arguments.model}/{SHAPES}": arrays({"shapes": network.shapes.weight.detach().numpy()}),
            f"{arguments.model}/{TABLES}": (json.dumps(tables, indent=1) + "\n").encode(),
        },
        {arguments.model: arguments.companion} if arguments.companion else {},
    )


def write(folder: Path, files: dict[str, bytes], companions: Mapping[str, str] | None = None) -> None:
    """The files, and the manifest of all files in the folder but notes; ``companions``: besides those it names."""
    known = json.loads((folder / MANIFEST).read_bytes()).get("with", {}) if (folder / MANIFEST).exists() else {}
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".md" and path.name != MANIFEST
    )
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    manifest = {"files": digests, "with": {**known, **(companions or {})}}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def arrays(named: dict[str, np.ndarray]) -> bytes:
    """An ``.npz`` file of them, the same bytes for the same numbers."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(named):
            one = io.BytesIO()
            np.lib.format.write_array(one, np.ascontiguousarray(named[name]), allow_pickle=False)
            entry = zipfile.ZipInfo(name + ".npy", (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, one.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


def kept_pieces(vocabulary: list[str], shared: Path, marks: Iterable[str]) -> list[int]:
    """The rows of the vocabulary that real text uses twice: others' words fall into smaller pieces, which stay."""
    pieces = WordPieces({piece: number for number, piece in enumerate(vocabulary)}, *marks)
    counts: Counter[int] = Counter()
    for text in unlabelled(shared):
        for token in tokenize(clean(text).text):
            counts.update(pieces.of(token.text))
    used = {number for number, count in counts.items() if count > 1}
    used |= {pieces.begin, pieces.end, pieces.unknown}
    for number, piece in enumerate(vocabulary):
        if len(piece.removeprefix("##")) == 1:
            used.add(number)
    return sorted(used)


def unlabelled(shared: Path) -> Iterable[str]:
    """Titles and abstracts of all fields of science, whole papers, names."""
    for name in ("orkg-tdm", "acl-links"):
        for row in read_lines(shared / "benchmarks" / name / "train.jsonl.gz"):
            yield f"{row['title']} {row.get('abstract') or ''}"
    for paper in read_lines(shared / "benchmarks/scirex/train.jsonl.gz"):
        yield " ".join(paper["words"])
    for row in read_lines(shared / "corpora/openalex/works.jsonl.gz"):
        yield " ".join([row.get("title") or "", *(row.get("abstract_inverted_index") or {})])
    for row in read_lines(shared / "catalogues/pwc-tasks.jsonl.gz"):
        yield json.dumps(row, ensure_ascii=False)


class Exported(nn.Module):
    """The network for one window, without what only training needs."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, vectors: Tensor, first: Tensor, last: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        encoded = self.network(vectors[None], first[None], last[None])
        return encoded.spans[0], encoded.pairs[0], encoded.roles[0]


def load_network(folder: Path, average: bool = True) -> tuple[Network, list[str], dict[str, object]]:
    """The network of a run's checkpoint, its word pieces and its notes."""
    notes = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    base, (_, pieces) = BASES[notes["base"]], base_weights(notes["base"])
    sizes = {name: notes.get(name, getattr(base, name)) for name in ("layers", "inner")}
    encoder = Encoder(replace(base, **sizes), len(pieces))
    network = Network(encoder, len(notes["types"]))
    state = torch.load(folder / "checkpoint.pt", weights_only=True, mmap=True)
    network.load_state_dict(state["average" if average else "network"], strict="layers" in notes)
    return network.eval(), pieces, notes


def real_windows(network: Network, pieces: WordPieces, shared: Path) -> list[tuple[Tensor, Tensor, Tensor]]:
    """What the exported network takes, for some windows of the training sentences."""
    sets = read_sets(shared / "benchmarks").train
    items = epoch_items(sets, {"scier": 1.0, "tdmsci": 0.5}, pieces, 5)
    random.Random(3).shuffle(items)
    with torch.no_grad():
        return [
            (
                network.vectors(torch.tensor(item.window.pieces), torch.tensor(item.window.shapes)),
                torch.tensor(item.window.first),
                torch.tensor(item.window.last),
            )
            for item in items[:REAL_WINDOWS]
        ]


def export_graph(network: Network, bits: int, windows: Sequence[tuple[Tensor, Tensor, Tensor]]) -> bytes:
    """The ONNX graph, its matrices of so many bits; ``bits`` 32 leaves them as they are.

    All are rounded with regard to ``windows``; 4 bits without windows each by itself, as a network trained with
    rounding needs it. Of 4 bits the feed-forward layers, which bear it worst, have smaller blocks.
    """
    drop_foreign_types(network)
    shorten_positions(network)
    network.eval()
    width = network.encoder.base.width
    example = (torch.randn(9, width), torch.tensor([1, 3, 4]), torch.tensor([2, 3, 7]))
    buffer = io.BytesIO()
    with torch.no_grad():
        torch.onnx.export(
            Exported(network),
            example,
            buffer,
            input_names=["vectors", "first", "last"],
            output_names=["spans", "pairs", "roles"],
            dynamic_axes={
                "vectors": {0: "pieces"},
                "first": {0: "words"},
                "last": {0: "words"},
                "spans": {0: "words"},
                "pairs": {0: "words"},
                "roles": {0: "words"},
            },
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load_from_string(buffer.getvalue())
    if bits == 32:
        return model.SerializeToString()
    if bits == 8:
        names = ("vectors", "first", "last")
        feeds = [dict(zip(names, (one.numpy() for one in window), strict=True)) for window in windows]
        model = in_integers(model, feeds)
        layers = [node.name for node in model.graph.node if MATRIX.search(node.name)]
        return in_blocks(model, bits, BLOCK, layers).SerializeToString()
    forward = [node.name for node in model.graph.node if "/inner/" in node.name or "/outer/" in node.name]
    model = in_blocks(in_blocks(model, bits, BLOCK, forward), bits, SMALL_BLOCK)
    exported = Exported(network)
    replaced = put_blocks(model, round_layers(exported, windows))
    print(f"{replaced} matrices in blocks of {bits} bits")
    return model.SerializeToString()


def in_blocks(model: onnx.ModelProto, bits: int, block: int, left: Sequence[str] = ()) -> onnx.ModelProto:
    """The graph with its matrices as blocks of so many bits, but for the nodes that are ``left``."""
    settings = DefaultWeightOnlyQuantConfig(block_size=block, is_symmetric=True, accuracy_level=4, bits=bits)
    quantizer = MatMulNBitsQuantizer(model, algo_config=settings, nodes_to_exclude=list(left))
    quantizer.process()
    return quantizer.model.model


def drop_foreign_types(network: Network) -> None:
    """Cuts the span head down to the four types."""
    head = nn.Linear(network.span_types.in_features, len(TYPES))
    head.weight.data = network.span_types.weight.data[: len(TYPES)].clone()
    head.bias.data = network.span_types.bias.data[: len(TYPES)].clone()
    network.span_types = head


def shorten_positions(network: Network) -> None:
    """Cuts the positions down to those that a window has."""
    encoder = network.encoder
    places = MOST_PIECES + encoder.base.first_position
    encoder.positions = nn.Embedding.from_pretrained(encoder.positions.weight.data[:places].clone())


def word_vectors(network: Network, rows: list[int]) -> dict[str, np.ndarray]:
    """The vectors of the kept pieces in 63 levels with a scale each: as good as 8 bits, and half of them packed."""
    vectors = network.encoder.words.weight.detach()[rows].numpy()
    scales = np.abs(vectors).max(axis=1) / 31.0
    return {
        "pieces": np.round(vectors / scales[:, None]).astype(np.int8),
        "scales": scales.astype(np.float32),
    }


def role_head(network: Network) -> dict[str, np.ndarray]:
    """What scores roles, as plain matrices."""
    return {
        "types": network.role_types.weight.detach().numpy(),
        "norm_weight": network.role_norm.weight.detach().numpy(),
        "norm_bias": network.role_norm.bias.detach().numpy(),
        "weight": network.roles.weight.detach().numpy(),
        "bias": network.roles.bias.detach().numpy(),
    }


def pair_head(network: Network) -> dict[str, np.ndarray]:
    """What scores pairs, as plain matrices."""
    return {
        "types": network.pair_types.weight.detach().numpy(),
        "distances": network.distances.weight.detach().numpy(),
        "nothing": network.nothing_between.detach().numpy(),
        "norm_weight": network.pair_norm.weight.detach().numpy(),
        "norm_bias": network.pair_norm.bias.detach().numpy(),
        "weight": network.relations.weight.detach().numpy(),
        "bias": network.relations.bias.detach().numpy(),
    }


if __name__ == "__main__":
    main()
