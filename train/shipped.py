"""What ships -> the folder of a run, so that training can go on from it: for another field, or for longer.

The weights are those of the shipped graph, rounded as they are; the types that only training knew are gone. Vectors of
words and positions that do not ship are those of the base model.

    python train/shipped.py --model best --out runs/shipped-best
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import torch
from encoder import BASES, load_encoder
from network import PAIR_WIDTH, TYPES
from numpy.typing import NDArray
from onnx import numpy_helper

from kg.extract.encoder import GRAPH, PAIRS, ROLES, SHAPES, TABLES
from kg.extract.weight_files import Weights, read_weights
from kg.settings import MODELS

PLAIN = re.compile(r"^network\.(.+)$")
LINEAR = re.compile(r"^/network/(.+)/MatMul(_Q\d|_output_0_sum)$")
PARTS = {  # of layers that the graph multiplies with in two nodes, in the order of ``Network.forward``
    "/network/MatMul": "pair_parts",
    "/network/MatMul_1": "pair_parts",
    "/network/MatMul_2": "role_parts",
    "/network/MatMul_3": "role_parts",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, default=Path("kg/extract/weights"))
    parser.add_argument("--model", choices=MODELS, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    weights = read_weights(arguments.weights, arguments.model)
    state = state_of(weights)
    tables = json.loads(weights.content(TABLES))
    base = replace(BASES[tables["base"]], layers=tables["layers"])
    notes = {
        "base": base.name,
        "types": list(TYPES),
        "layers": base.layers,
        "inner": state["encoder.layers.0.inner.weight"].shape[0],
    }
    encoder, _ = load_encoder(base.name)
    state["encoder.words.weight"] = encoder.words.weight.detach()
    positions = encoder.positions.weight.detach().clone()
    shipped = state["encoder.positions.weight"]
    positions[: len(shipped)] = shipped
    state["encoder.positions.weight"] = positions
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.save({"average": state}, arguments.out / "checkpoint.pt")
    (arguments.out / "run.json").write_text(json.dumps(notes, indent=1) + "\n", encoding="utf-8")
    print(f"{arguments.model}: {len(state)} arrays in {arguments.out}")


def state_of(weights: Weights) -> dict[str, torch.Tensor]:
    """The weights of a shipped model by the names of ``Network``, without the vectors of words."""
    graph = onnx.load_from_string(weights.content(GRAPH)).graph
    stored = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    found: dict[str, NDArray] = {
        match[1]: array for name, array in stored.items() if (match := PLAIN.match(name)) is not None
    }
    biases = {
        node.input[1]: stored[node.input[0]] for node in graph.node if node.op_type == "Add" and node.input[0] in stored
    }
    parts: dict[str, list[tuple[NDArray, NDArray]]] = defaultdict(list)
    for node in graph.node:
        if node.op_type == "MatMulNBits":
            matrix = of_blocks(node, stored)
        elif node.op_type == "MatMulInteger":
            matrix = of_integers(node, stored)
        else:
            continue
        if (part := PARTS.get(node.name.removesuffix("_Q4").removesuffix("_Q8"))) is not None:
            parts[part].append((matrix, biases[node.output[0]]))
        elif (match := LINEAR.match(node.name)) is not None:
            found[f"{match[1].replace('/', '.')}.weight"] = matrix
    for layer, pieces in parts.items():
        found[f"{layer}.weight"] = np.concatenate([matrix for matrix, _ in pieces])
        found[f"{layer}.bias"] = np.concatenate([bias for _, bias in pieces])
    widths = next(array for name, array in stored.items() if array.ndim == 4 and name.startswith("onnx::Add"))
    found["widths.weight"] = widths[0, 0]
    found["shapes.weight"] = weights.arrays(SHAPES)["shapes"]
    pair, role = weights.arrays(PAIRS), weights.arrays(ROLES)
    found |= {"pair_types.weight": pair["types"], "distances.weight": pair["distances"]}
    found |= {"nothing_between": pair["nothing"].reshape(PAIR_WIDTH), "role_types.weight": role["types"]}
    for head, last, arrays in (("pair", "relations", pair), ("role", "roles", role)):
        found |= {f"{head}_norm.weight": arrays["norm_weight"], f"{head}_norm.bias": arrays["norm_bias"]}
        found |= {f"{last}.weight": arrays["weight"], f"{last}.bias": arrays["bias"]}
    return {name: torch.from_numpy(np.array(array, np.float32)) for name, array in found.items()}


def of_blocks(node: onnx.NodeProto, stored: dict[str, NDArray]) -> NDArray:
    """(outputs, inputs): the matrix of a ``MatMulNBits`` node with 4 or 8 bits, zero in the middle of its levels."""
    packed, scales = stored[node.input[1]], stored[node.input[2]]
    settings = {one.name: one.i for one in node.attribute}
    outputs, inputs = settings["N"], settings["K"]
    if settings["bits"] == 4:
        packed = np.stack([packed & 15, packed >> 4], axis=-1)
    levels = packed.reshape(outputs, -1, settings["block_size"]).astype(np.float32) - 2 ** (settings["bits"] - 1)
    return (levels * scales.reshape(outputs, -1, 1)).reshape(outputs, -1)[:, :inputs]


def of_integers(node: onnx.NodeProto, stored: dict[str, NDArray]) -> NDArray:
    """(outputs, inputs): the matrix that ``integers.py`` made integers of."""
    read = node.input[0].removesuffix("_levels")
    out = node.output[0].removesuffix("_sum")
    matrix = stored[f"{out}_weight"].astype(np.float32) * stored[f"{out}_steps"] * stored[f"{read}_shrink"][:, None]
    if f"{out}_large_weight" in stored:
        matrix[stored[f"{read}_apart"]] = stored[f"{out}_large_weight"]
    return matrix.T


if __name__ == "__main__":
    main()
