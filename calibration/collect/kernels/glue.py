"""What stands between the products of a layer: norm, rotation and storing, activation; and a
plain copy, whose rate is the memory bandwidth that can be reached."""

import torch

from collect import arithmetic, layer_ops
from collect.kernels.case import KernelCase, buffer_sets, random


def build(device, item):
    return _BUILDERS[item["op"]](device, item)


def _norm(device, item):
    tokens, hidden = item["tokens"], item["in_features"]
    moved = arithmetic.BF16_BYTES * hidden * (4 * tokens + 1)
    sets = buffer_sets(device, moved)
    ops = layer_ops.open_ops(device)

    def make():
        x, residual = random(device, tokens, hidden), random(device, tokens, hidden)
        gain, out = random(device, hidden), torch.empty_like(x)
        # A tiny input keeps the residual from growing over many replays.
        x.mul_(1e-3)
        return lambda: ops.add_rms_norm(x, residual, gain, out)
    return KernelCase([make() for _ in range(sets)], 0, moved, ops.name, sets * moved)


def _activation(device, item):
    tokens, width = item["tokens"], item["out_features"]
    moved = arithmetic.BF16_BYTES * 3 * tokens * width
    sets = buffer_sets(device, moved)
    ops = layer_ops.open_ops(device)

    def make():
        gate_up, out = random(device, tokens, 2 * width), random(device, tokens, width)
        return lambda: ops.silu_mul(gate_up, out)
    return KernelCase([make() for _ in range(sets)], 0, moved, ops.name, sets * moved)


def _rotation(device, item):
    tokens, heads = item["tokens"], (item["query_heads"], item["kv_heads"])
    head_dim = item["head_dim"]
    moved = 2 * arithmetic.BF16_BYTES * tokens * (heads[0] + 2 * heads[1]) * head_dim
    sets = buffer_sets(device, moved)
    ops = layer_ops.open_ops(device)
    cosine, sine = layer_ops.rotation_tables(device, tokens, head_dim)
    position = torch.arange(tokens, device=device.torch_device)

    def make():
        qkv = random(device, tokens, (heads[0] + 2 * heads[1]) * head_dim)
        q = random(device, tokens, heads[0], head_dim)
        k, v = (random(device, 1, tokens, heads[1], head_dim) for _ in range(2))
        return lambda: ops.rope_store(qkv, cosine, sine, position, position, q, k, v)
    return KernelCase([make() for _ in range(sets)], 0, moved, ops.name, sets * moved)


def _copy(device, item):
    elements = item["tokens"] * item["in_features"]
    moved = 2 * arithmetic.BF16_BYTES * elements
    sets = buffer_sets(device, moved)

    def make():
        source, target = random(device, elements), random(device, elements)
        return lambda: target.copy_(source)
    return KernelCase([make() for _ in range(sets)], 0, moved, "copy", sets * moved)


_BUILDERS = {"norm": _norm, "activation": _activation, "rotation": _rotation, "copy": _copy}
