"""Matrix products of the linear layers: (tokens, in) x (in, out), weights stored (out, in)."""

import torch

from collect import arithmetic
from collect.errors import UnfitError
from collect.kernels.case import KernelCase, buffer_sets, random


def build(device, item):
    tokens, out_features, in_features = item["tokens"], item["out_features"], item["in_features"]
    dtype = item["dtype"]
    element = arithmetic.ELEMENT_BYTES[dtype]
    moved = arithmetic.gemm_bytes(tokens, out_features, in_features, element)
    sets = buffer_sets(device, moved)
    make = _bf16_call if dtype == "bf16" else _fp8_call
    calls = [make(device, tokens, out_features, in_features) for _ in range(sets)]
    return KernelCase(
        calls=calls, flop=arithmetic.gemm_flop(tokens, out_features, in_features), bytes=moved,
        backend="mm" if dtype == "bf16" else "scaled_mm", buffer_bytes=sets * moved)


def _bf16_call(device, tokens, out_features, in_features):
    inputs = random(device, tokens, in_features)
    weights = random(device, out_features, in_features, scale=in_features ** -0.5)
    result = torch.empty(
        tokens, out_features, device=device.torch_device, dtype=torch.bfloat16)
    transposed = weights.t()
    return lambda: torch.mm(inputs, transposed, out=result)


def _fp8_call(device, tokens, out_features, in_features):
    if not hasattr(torch, "_scaled_mm") or not hasattr(torch, "float8_e4m3fn"):
        raise UnfitError("this PyTorch has no fp8 matrix product")
    inputs = random(device, tokens, in_features, dtype="fp8")
    weights = random(device, out_features, in_features, dtype="fp8").t()
    one = torch.ones((), device=device.torch_device)
    scale = torch.full((), in_features ** -0.5, device=device.torch_device)
    return lambda: torch._scaled_mm(
        inputs, weights, scale_a=one, scale_b=scale, out_dtype=torch.bfloat16,
        use_fast_accum=True)
