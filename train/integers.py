"""Matrices of the layers -> 8-bit integers that keep a network's answers and are read faster than blocks.

Inputs are rounded as they come, with one scale a window. Outliers would spoil it: a few channels are tens of times as
large as the others. So the largest ones of the feed-forward layers are multiplied apart, unrounded (LLM.int8: Dettmers
et al. 2022, arXiv:2208.07339), and all others are scaled, each channel by what its inputs and weights need
(SmoothQuant: Xiao et al. 2023, arXiv:2211.10438). Weights have 7 bits, since sums of two products with 8 bits do not
fit into the 16 bits of processors without VNNI, which cut them silently: so all processors give the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper, numpy_helper

Feed = Mapping[str, NDArray]  # what the graph takes for a window
MATRIX = re.compile(r"/layers\.\d+/(query|key|value|out|inner|outer)/MatMul")
APART = {"inner": 4, "outer": 8}  # channels of the inputs that stay as they are
TO_WEIGHTS = 0.8  # how much of an input's range goes over to the weights: 0 to 1
LEVELS = 63  # on each side of 0


def in_integers(model: onnx.ModelProto, feeds: Iterable[Feed]) -> onnx.ModelProto:
    """The graph with the layers' matrices as integers; ``feeds``: windows that tell how large inputs become."""
    nodes = [node for node in model.graph.node if node.op_type == "MatMul" and MATRIX.search(node.name)]
    weights = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    readers: dict[str, list[onnx.NodeProto]] = defaultdict(list)
    for node in nodes:
        readers[node.input[0]].append(node)
    sizes = largest_inputs(model, list(readers), feeds)
    made: dict[str, list[onnx.NodeProto]] = {}  # by the node whose place they take
    constants: dict[str, NDArray] = {}
    for name, using in readers.items():
        found = MATRIX.search(using[0].name)
        count = APART.get(found[1], 0) if found else 0
        apart = np.sort(np.argsort(-sizes[name])[:count])
        scale = scales(sizes[name], [weights[node.input[1]] for node in using])
        shrink = 1 / scale
        shrink[apart] = 0
        constants |= {f"{name}_shrink": shrink.astype(np.float32), f"{name}_apart": apart.astype(np.int64)}
        rounded = [f"{name}_{part}" for part in ("levels", "scale", "zero")]
        before = [
            helper.make_node("Mul", [name, f"{name}_shrink"], [f"{name}_even"], f"{name}_even"),
            helper.make_node("DynamicQuantizeLinear", [f"{name}_even"], rounded, f"{name}_levels"),
        ]
        if count:
            before.append(
                helper.make_node("Gather", [name, f"{name}_apart"], [f"{name}_large"], f"{name}_large", axis=-1)
            )
        for node in using:
            out, weight = node.output[0], weights[node.input[1]]
            kept = weight * scale[:, None]
            kept[apart] = 0
            steps = np.abs(kept).max(axis=0) / LEVELS
            constants |= {
                f"{out}_weight": np.round(kept / steps).astype(np.int8),
                f"{out}_steps": steps.astype(np.float32),
                f"{out}_large_weight": weight[apart],
            }
            result = f"{out}_small" if count else out
            after = [
                helper.make_node(
                    "MatMulInteger", [rounded[0], f"{out}_weight", rounded[2]], [f"{out}_sum"], f"{out}_sum"
                ),
                helper.make_node("Cast", [f"{out}_sum"], [f"{out}_number"], f"{out}_number", to=onnx.TensorProto.FLOAT),
                helper.make_node("Mul", [rounded[1], f"{out}_steps"], [f"{out}_step"], f"{out}_step"),
                helper.make_node("Mul", [f"{out}_number", f"{out}_step"], [result], result),
            ]
            if count:
                after += [
                    helper.make_node(
                        "MatMul", [f"{name}_large", f"{out}_large_weight"], [f"{out}_rest"], f"{out}_rest"
                    ),
                    helper.make_node("Add", [result, f"{out}_rest"], [out], f"{out}_whole"),
                ]
            made[out] = [*before, *after]
            before = []
    whole = [new for node in model.graph.node for new in made.get(node.output[0], [node])]
    return with_parts(model, whole, constants)


def scales(inputs: NDArray, weights: Sequence[NDArray]) -> NDArray:
    """By how much each channel of the inputs is divided, and its weights are multiplied; the geometric mean is 1."""
    widest = np.max([np.abs(weight).max(axis=1) for weight in weights], axis=0)
    found = np.maximum(inputs, 1e-3) ** TO_WEIGHTS / np.maximum(widest, 1e-4) ** (1 - TO_WEIGHTS)
    return found / np.exp(np.log(found).mean())


def largest_inputs(model: onnx.ModelProto, names: Sequence[str], feeds: Iterable[Feed]) -> dict[str, NDArray]:
    """The largest absolute value of each channel of the values with these names, over all windows."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    found = {name: np.zeros(1) for name in names}
    for feed in feeds:
        for name, values in zip(names, session.run(list(names), dict(feed)), strict=True):
            found[name] = np.maximum(found[name], np.abs(values).reshape(-1, values.shape[-1]).max(axis=0))
    return found


def with_parts(
    model: onnx.ModelProto, nodes: Sequence[onnx.NodeProto], constants: Mapping[str, NDArray]
) -> onnx.ModelProto:
    """The graph of these nodes, with those of its constants and the new ones that they read."""
    read = {name for node in nodes for name in node.input}
    kept = [one for one in model.graph.initializer if one.name in read]
    kept += [numpy_helper.from_array(value, name) for name, value in constants.items() if name in read]
    made = onnx.ModelProto()
    made.CopyFrom(model)
    del made.graph.node[:], made.graph.initializer[:]
    made.graph.node.extend(nodes)
    made.graph.initializer.extend(kept)
    return made
