"""Matrices -> 4-bit blocks that keep a network's answers: GPTQ (Frantar et al. 2022, arXiv:2210.17323).

Weights are rounded one input at a time; what the rounding of one input does wrong on real inputs is made good by the
weights of the inputs that are still to come. A block of inputs shares a scale, chosen for the least squared error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

BLOCK, SMALL_BLOCK = 128, 64  # inputs that share a scale
DAMPING = 0.01  # of the mean of the second moments, added to each: inputs that never vary
RANGES = torch.linspace(1.0, 0.6, 9)  # of the largest weight of a block, tried for its scale
SCALES_HOLD = 50  # steps of training for which a block keeps its scale


def second_moments(network: nn.Module, read: Sequence[tuple[Tensor, Tensor, Tensor]]) -> dict[str, Tensor]:
    """For each linear layer by name the sum of x x' over the inputs x that it gets from windows; (inputs, inputs)."""
    moments: dict[str, Tensor] = {}

    def watch(name: str):  # type: ignore[no-untyped-def]
        def see(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            rows = inputs[0].detach().reshape(-1, inputs[0].shape[-1]).float()
            moments[name] = moments.get(name, torch.zeros(())) + rows.T @ rows

        return see

    linear = {name: module for name, module in network.named_modules() if isinstance(module, nn.Linear)}
    hooks = [module.register_forward_pre_hook(watch(name)) for name, module in linear.items()]
    with torch.no_grad():
        for vectors, first, last in read:
            network(vectors, first, last)
    for hook in hooks:
        hook.remove()
    return moments


def rounded(weight: Tensor, moments: Tensor, block: int) -> tuple[Tensor, Tensor]:
    """(levels from -8 to 7, (outputs, inputs); scales, (outputs, inputs / block)) of a layer's weight."""
    weight = weight.detach().float().clone()
    outputs, inputs = weight.shape
    diagonal = moments.diagonal()
    moments = moments + torch.eye(inputs) * (DAMPING * diagonal.mean() + 1e-8)
    upper = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(moments)), upper=True)
    levels = torch.zeros(outputs, inputs)
    scales = torch.zeros(outputs, inputs // block)
    for begin in range(0, inputs, block):
        end = begin + block
        scale = scales[:, begin // block] = best_scale(weight[:, begin:end])
        wrong = torch.zeros(outputs, block)
        for at in range(begin, end):
            levels[:, at] = to_levels(weight[:, at], scale)
            miss = (weight[:, at] - levels[:, at] * scale) / upper[at, at]
            weight[:, at:end] -= miss[:, None] * upper[None, at, at:end]
            wrong[:, at - begin] = miss
        weight[:, end:] -= wrong @ upper[begin:end, end:]
    return levels, scales


def nearest(weight: Tensor, block: int) -> tuple[Tensor, Tensor]:
    """Levels and scales as :func:`rounded` gives them, each weight rounded by itself: as training with rounding saw it.

    There the weights between two levels mean nothing; to keep what they would answer (GPTQ) spoils the network.
    """
    parts = weight.detach().float().reshape(-1, block)
    scale = best_scale(parts)[:, None]
    return to_levels(parts, scale).reshape(weight.shape), scale.reshape(len(weight), -1)


def to_levels(weight: Tensor, scale: Tensor) -> Tensor:
    """The nearest of the 16 levels, -8 to 7."""
    return (weight / scale).round_().clamp_(-8, 7)


def best_scale(weight: Tensor) -> Tensor:
    """For each row the scale whose rounding errs least; (rows,)."""
    largest = weight.abs().amax(dim=1).clamp(min=1e-8)
    tried = RANGES[:, None] * largest / 7.5
    errors = (to_levels(weight, tried[:, :, None]) * tried[:, :, None] - weight).pow(2).sum(-1)
    return tried[errors.argmin(dim=0), torch.arange(len(largest))]


def round_layers(network: nn.Module, read: Sequence[tuple[Tensor, Tensor, Tensor]]) -> dict[str, tuple[Tensor, Tensor]]:
    """Levels and scales of the linear layers, as :func:`rounded` gives them; without windows :func:`nearest`."""
    blocks = block_sizes(network)
    if not read:
        return {name: nearest(network.get_submodule(name).weight, block) for name, block in blocks.items()}  # type: ignore[arg-type]
    moments = second_moments(network, read)
    return {
        name: rounded(network.get_submodule(name).weight, moments[name], block)  # type: ignore[arg-type]
        for name, block in blocks.items()
        if name in moments
    }


def put_blocks(model: onnx.ModelProto, found: Mapping[str, tuple[Tensor, Tensor]]) -> int:
    """Puts levels and scales in the place of those of the graph's ``MatMulNBits`` nodes; how many were replaced.

    ``found``: by the name of the layer, as in the path of the node's name.
    """
    stored = {one.name: one for one in model.graph.initializer}
    replaced = 0
    for node in model.graph.node:
        name = ".".join(part for part in node.name.split("/")[1:-1])
        if node.op_type != "MatMulNBits" or name not in found:
            continue
        levels, scales = (one.numpy() for one in found[name])
        nibbles = (levels + 8).astype(np.uint8).reshape(*scales.shape, -1, 2)
        packed = nibbles[..., 0] | (nibbles[..., 1] << 4)
        for place, content in ((1, packed), (2, scales.astype(np.float32))):
            old = stored[node.input[place]]
            old.CopyFrom(numpy_helper.from_array(content.reshape(list(old.dims)), old.name))
        replaced += 1
    return replaced


def block_sizes(network: nn.Module) -> dict[str, int]:
    """For each linear layer that becomes blocks of 4 bits by name, how many inputs share a scale.

    The feed-forward layers, which bear it worst, have smaller blocks.
    """
    return {
        name: SMALL_BLOCK if name.endswith((".inner", ".outer")) else BLOCK
        for name, layer in network.named_modules()
        if isinstance(layer, nn.Linear) and layer.in_features % BLOCK == 0
    }


def round_in_forward(network: nn.Module) -> None:
    """Makes the layers multiply with rounded weights, while gradients go to the weights as they are.

    The straight-through estimator (Bengio et al. 2013, arXiv:1308.3432): training finds weights that bear rounding.
    """
    for name, block in block_sizes(network).items():
        layer = network.get_submodule(name)
        layer.forward = Straight(layer, block)  # type: ignore[assignment,arg-type]


class Straight:
    """The product of a linear layer with its weights in blocks."""

    def __init__(self, layer: nn.Linear, block: int) -> None:
        self.layer, self.block = layer, block
        self.scales, self.used = torch.zeros(()), 0

    def __call__(self, inputs: Tensor) -> Tensor:
        weight = self.layer.weight
        with torch.no_grad():
            parts = weight.reshape(-1, self.block)
            if self.used % SCALES_HOLD == 0:
                self.scales = best_scale(parts)[:, None]
            self.used += 1
            miss = (to_levels(parts, self.scales).mul_(self.scales) - parts).reshape(weight.shape)
        return nn.functional.linear(inputs, weight + miss, self.layer.bias)
