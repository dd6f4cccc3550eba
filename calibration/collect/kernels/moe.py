"""A mixture-of-experts layer: two grouped products around the activation, routing given.

Tokens choose their experts evenly and at random, anew for each call; they arrive sorted by expert,
as after an engine's permutation, which is not part of the measurement.
"""

import torch
from torch.nn import functional

from collect import arithmetic, layer_ops
from collect.kernels.case import L2_MULTIPLE, MOST_SETS, KernelCase, buffer_sets, random

LEAST_ROUTINGS = 8


def build(device, item):
    tokens, experts, top_k = item["tokens"], item["experts"], item["top_k"]
    hidden, width = item["in_features"], item["out_features"]
    weights = [_weights(device, experts, hidden, width) for _ in range(
        buffer_sets(device, weight_bytes(experts, hidden, width)))]
    counts = routings(device.l2_bytes, len(weights), tokens, experts, top_k, hidden, width)
    active = sum(int((each > 0).sum()) for each in counts) / len(counts)
    routed = arithmetic.moe_bytes(tokens, 0, top_k, hidden, width)
    states = [_states(device, tokens * top_k, hidden, width)
              for _ in range(min(len(counts), buffer_sets(device, routed)))]
    backend, product = _product(device)
    calls = [_call(device, product, each, weights[i % len(weights)], states[i % len(states)])
             for i, each in enumerate(counts)]
    return KernelCase(
        calls=calls, flop=arithmetic.moe_flop(tokens, top_k, hidden, width),
        bytes=arithmetic.moe_bytes(tokens, active, top_k, hidden, width), backend=backend,
        buffer_bytes=len(weights) * weight_bytes(experts, hidden, width) + len(states) * routed,
        active_experts=active)


def weight_bytes(experts, hidden, width):
    return arithmetic.moe_bytes(0, experts, 0, hidden, width)


def routings(l2_bytes, weight_sets, tokens, experts, top_k, hidden, width):
    """Tokens of each expert in each call, every call with a routing of its own: so many calls
    that what they touch is L2_MULTIPLE times the cache, and that their mean is a fair one."""
    counts, touched = [], 0
    while len(counts) < max(LEAST_ROUTINGS, weight_sets) or (
            touched < L2_MULTIPLE * l2_bytes and len(counts) < MOST_SETS):
        counts.append(route(tokens, experts, top_k, seed=len(counts) + 1))
        touched += weight_bytes(int((counts[-1] > 0).sum()), hidden, width)
    return counts


def route(tokens, experts, top_k, seed=1):
    """Tokens of each expert, `top_k` different experts drawn evenly for each token."""
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.rand(tokens, experts, generator=generator).topk(top_k, dim=1).indices
    return torch.bincount(chosen.flatten(), minlength=experts)


def _weights(device, experts, hidden, width):
    """Stored (experts, out, in), the layout that every grouped product takes."""
    first = random(device, experts, 2 * width, hidden, scale=hidden ** -0.5).transpose(1, 2)
    second = random(device, experts, hidden, width, scale=width ** -0.5).transpose(1, 2)
    return first, second


def _states(device, routed, hidden, width):
    return random(device, routed, hidden), random(device, routed, width)


def _call(device, product, counts, weights, states):
    offsets = counts.cumsum(0).to(torch.int32).to(device.torch_device)
    (first, second), (inputs, activated) = weights, states
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
