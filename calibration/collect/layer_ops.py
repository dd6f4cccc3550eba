"""The small operations of a decoder layer: fused in Triton on a GPU, plain PyTorch elsewhere."""

import torch
from torch.nn import functional

from collect.device import is_fatal

ROTATION_BASE = 500000.0


def open_ops(device):
    """Fused operations if Triton is there and computes what the plain ones do."""
    if device.kind == "cuda":
        if "cuda" not in _opened:
            _opened["cuda"] = _fused_if_right(device)
        return _opened["cuda"]
    return PlainOps


_opened = {}


class PlainOps:
    """Reference implementations."""

    name = "plain"

    @staticmethod
    def add_rms_norm(x, residual, weight, out, epsilon=1e-5):
        residual.add_(x)
        total = residual.float()
        scale = torch.rsqrt(total.square().mean(-1, keepdim=True) + epsilon)
        out.copy_(total * scale * weight)

    @staticmethod
    def rope_store(qkv, cosine, sine, position, cache_row, q_out, k_cache, v_cache):
        tokens, query_heads, head_dim = q_out.shape
        kv_heads = k_cache.shape[-2]
        heads = qkv.view(tokens, query_heads + 2 * kv_heads, head_dim)
        first, second = heads[..., :head_dim // 2].float(), heads[..., head_dim // 2:].float()
        c, s = cosine[position][:, None], sine[position][:, None]
        turned = torch.cat([first * c - second * s, second * c + first * s], dim=-1)
        turned = turned.to(qkv.dtype)
        q_out.copy_(turned[:, :query_heads])
        k_cache.view(-1, kv_heads, head_dim)[cache_row] = (
            turned[:, query_heads:query_heads + kv_heads])
        v_cache.view(-1, kv_heads, head_dim)[cache_row] = heads[:, query_heads + kv_heads:]

    @staticmethod
    def silu_mul(gate_up, out):
        gate, up = gate_up.chunk(2, dim=-1)
        torch.mul(functional.silu(gate), up, out=out)


def rotation_tables(device, positions, head_dim):
    """Cosines and sines of rotary embedding, (positions, half of the head)."""
    exponent = torch.arange(0, head_dim, 2, device=device.torch_device) / head_dim
    angle = torch.arange(positions, device=device.torch_device)[:, None] * (
        ROTATION_BASE ** -exponent)
    return angle.cos().contiguous(), angle.sin().contiguous()


def _fused_if_right(device):
    try:
        from collect.kernels import fused
        if _agree(device, fused):
            class FusedOps:
                """Triton kernels."""
                name = "fused"
                add_rms_norm = staticmethod(fused.add_rms_norm)
                rope_store = staticmethod(fused.rope_store)
                silu_mul = staticmethod(fused.silu_mul)
            return FusedOps
    except Exception as error:  # Triton compiles at run time and fails in many ways
        if is_fatal(error):
            raise
    return PlainOps


def _agree(device, fused):
    """Whether both implementations give the same on a small random layer."""
    def run(ops):
        generator = torch.Generator(device=device.torch_device).manual_seed(7)

        def draw(*shape):
            return torch.randn(*shape, generator=generator, device=device.torch_device).to(
                torch.bfloat16)
        x, residual, gain = draw(5, 256), draw(5, 256), draw(256)
        normed, activated = torch.empty_like(x), torch.empty_like(x)
        ops.add_rms_norm(x, residual, gain, normed)
        ops.silu_mul(draw(5, 512), activated)
        q, k, v = draw(5, 4, 128), draw(1, 16, 2, 128), draw(1, 16, 2, 128)
        position = torch.arange(5, device=device.torch_device)
        cosine, sine = rotation_tables(device, 8, 128)
        ops.rope_store(draw(5, 8 * 128), cosine, sine, position, position + 3, q, k, v)
        return residual, normed, activated, q, k, v
    pairs = zip(run(fused), run(PlainOps))
    return all((a.float() - b.float()).norm() <= 2e-2 * b.float().norm() for a, b in pairs)
