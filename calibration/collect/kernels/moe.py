"""A mixture-of-experts layer: two grouped products around the activation, routing given.

Tokens choose their experts evenly and at random; they arrive sorted by expert, as after an
engine's permutation, which is not part of the measurement.
"""

import torch
from torch.nn import functional

from collect import arithmetic, layer_ops
from collect.kernels.case import KernelCase, buffer_sets, random


def build(device, item):
    tokens, experts, top_k = item["tokens"], item["experts"], item["top_k"]
    hidden, width = item["in_features"], item["out_features"]
    counts = route(tokens, experts, top_k)
    active = int((counts > 0).sum())
    moved = arithmetic.moe_bytes(tokens, active, top_k, hidden, width)
    held = arithmetic.moe_bytes(tokens, experts, top_k, hidden, width)
    sets = buffer_sets(device, held)
    backend, product = _product(device)
    offsets = counts.cumsum(0).to(torch.int32).to(device.torch_device)
    calls = [_call(device, product, offsets, tokens * top_k, experts, hidden, width)
             for _ in range(sets)]
    return KernelCase(
        calls=calls, flop=arithmetic.moe_flop(tokens, top_k, hidden, width), bytes=moved,
        backend=backend, buffer_bytes=sets * held, active_experts=active)


def route(tokens, experts, top_k, seed=1):
    """Tokens of each expert, `top_k` different experts drawn evenly for each token."""
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.rand(tokens, experts, generator=generator).topk(top_k, dim=1).indices
    return torch.bincount(chosen.flatten(), minlength=experts)


def _call(device, product, offsets, routed, experts, hidden, width):
    inputs = random(device, routed, hidden)
    # Stored (experts, out, in), the layout that every grouped product takes.
    first = random(device, experts, 2 * width, hidden, scale=hidden ** -0.5).transpose(1, 2)
    second = random(device, experts, hidden, width, scale=width ** -0.5).transpose(1, 2)
    activated = random(device, routed, width)
    ops = layer_ops.open_ops(device)

    def call():
        ops.silu_mul(product(inputs, first, offsets), activated)
        return product(activated, second, offsets)
    return call


def _product(device):
    """The grouped product of this PyTorch, if it is there and runs; else one by one."""
    grouped = getattr(functional, "grouped_mm", None) or getattr(torch, "_grouped_mm", None)
    if grouped and device.kind == "cuda":
        try:
            inputs = random(device, 16, 64)
            weights = random(device, 2, 64, 64).transpose(1, 2)
            offsets = torch.tensor([8, 16], dtype=torch.int32, device=device.torch_device)
            result = grouped(inputs, weights, offs=offsets).float()
            expected = _one_by_one(inputs, weights, offsets).float()
            if (result - expected).norm() < 2e-2 * expected.norm():
                return "grouped_mm", lambda a, b, offs: grouped(a, b, offs=offs)
        except (RuntimeError, NotImplementedError):
            pass
    return "loop", _one_by_one


def _one_by_one(inputs, weights, offsets):
    ends = offsets.tolist()
    parts, begin = [], 0
    for expert, end in enumerate(ends):
        parts.append(inputs[begin:end] @ weights[expert])
        begin = end
    return torch.cat(parts)
