"""A decoder with the exact shapes of a model sheet and random weights.

Biases of the projections and the per-head norms that some models have are left out: they cost
a thousandth of the rest. Weights are bf16.
"""

from dataclasses import dataclass

import torch

from collect import layer_ops
from collect.errors import UnfitError
from collect.kernels.case import MEMORY_SHARE, random

# What a cache leaves for the activations of a decode step of many rows, and its graph.
BESIDE_THE_CACHE_BYTES = 2**30


@dataclass
class Batch:
    """The tokens of one step. `cache_row` says where each token's keys and values go; `attend`
    takes queries (tokens, heads, dim) and a layer's caches; `last` are the tokens that get a
    prediction."""
    tokens: torch.Tensor
    position: torch.Tensor
    cache_row: torch.Tensor
    last: torch.Tensor
    attend: object


class Decoder:
    """Weights of one model on the device."""

    def __init__(self, device, shape, longest_context):
        needed = shape.weight_bytes
        if needed > MEMORY_SHARE * device.free_bytes() + 2**30:
            raise UnfitError(f"the weights need {needed / 2**30:.1f} GiB, "
                             f"{device.free_bytes() / 2**30:.1f} are free")
        self.device, self.shape = device, shape
        self.ops = layer_ops.open_ops(device)
        self.embedding = random(device, shape.vocabulary, shape.hidden)
        self.head = self.embedding if shape.tied_embeddings else _weights(
            device, *shape.projections["head"])
        self.layers = [self._layer() for _ in range(shape.layers)]
        self.final_norm = random(device, shape.hidden)
        self.cosine, self.sine = layer_ops.rotation_tables(
            device, longest_context, shape.head_dim)

    def _layer(self):
        layer = {name: _weights(self.device, n, k).t()
                 for name, (n, k) in self.shape.projections.items() if name != "head"}
        layer["norm_1"] = random(self.device, self.shape.hidden)
        layer["norm_2"] = random(self.device, self.shape.hidden)
        return layer

    def forward(self, batch, caches):
        """One step; returns the next token of each sequence in `batch.last`."""
        shape = self.shape
        x = self.embedding[batch.tokens]
        residual, normed = torch.zeros_like(x), torch.empty_like(x)
        count = x.shape[0]
        q = x.new_empty(count, shape.query_heads, shape.head_dim)
        activated = x.new_empty(count, shape.intermediate)
        for layer, (keys, values) in zip(self.layers, caches):
            self.ops.add_rms_norm(x, residual, layer["norm_1"], normed)
            qkv = normed @ layer["qkv"]
            self.ops.rope_store(qkv, self.cosine, self.sine, batch.position, batch.cache_row,
                                q, keys, values)
            attended = batch.attend(q, keys, values).reshape(count, -1)
            x = attended @ layer["output"]
            self.ops.add_rms_norm(x, residual, layer["norm_2"], normed)
            gate_up = normed @ layer["gate_up"]
            self.ops.silu_mul(gate_up, activated)
            x = activated @ layer["down"]
        self.ops.add_rms_norm(x, residual, self.final_norm, normed)
        return (normed[batch.last] @ self.head.t()).argmax(dim=-1)

    def new_caches(self, tokens):
        """Keys and values of every layer, (tokens, KV heads, dim), filled at random."""
        needed = tokens * self.shape.kv_bytes_per_token()
        free = self.device.free_bytes() - min(
            BESIDE_THE_CACHE_BYTES, (1 - MEMORY_SHARE) * self.device.free_bytes())
        if needed > free:
            raise UnfitError(f"the KV cache needs {needed / 2**30:.1f} GiB, "
                             f"{free / 2**30:.1f} are free")
        size = (tokens, self.shape.kv_heads, self.shape.head_dim)
        return [(random(self.device, *size), random(self.device, *size))
                for _ in range(self.shape.layers)]


def _weights(device, out_features, in_features):
    return random(device, out_features, in_features, scale=in_features ** -0.5)
