"""Attention kernels: prefill of a chunk after a past, and decode of one token a row.

Several backends may serve a shape. Each is checked against float32 once on a small shape of
its kind and then timed briefly on the shape itself; the fastest right one is measured.
"""

import torch
from torch.nn import functional

from collect import arithmetic
from collect.device import first_line, is_fatal, is_out_of_memory
from collect.errors import UnfitError
from collect.kernels.case import KernelCase, buffer_sets, random

try:
    from collect.kernels import fused
except ImportError:
    fused = None

TOLERANCE = 2e-2


def build(device, item):
    rows, heads = item["batch_rows"], (item["query_heads"], item["kv_heads"])
    head_dim, context = item["head_dim"], item["context_tokens"]
    is_decode = item["op"] == "decode_attention"
    chunk = 1 if is_decode else item["query_tokens"]
    # A decode row's context holds its new token; a chunk comes after its context.
    kv_tokens = context if is_decode else context + chunk
    pairs = context if is_decode else arithmetic.causal_pairs(chunk, context)
    moved = rows * arithmetic.attention_bytes(chunk, kv_tokens, *heads, head_dim)
    sets = buffer_sets(device, moved)
    buffers = [random_inputs(device, rows, chunk, kv_tokens, *heads, head_dim) for _ in range(sets)]
    name, call = fastest(device, *buffers[0])
    return KernelCase(
        calls=[_bind(call, each) for each in buffers],
        flop=rows * arithmetic.attention_flop(pairs, heads[0], head_dim), bytes=moved,
        backend=name, buffer_bytes=sets * moved)


def fastest(device, q, k, v):
    """Name and function of the quickest backend for this shape."""
    best, reasons = None, []
    for name, make in backends(device, q.shape[1], k.shape[1]).items():
        if name == "plain" and best:
            continue
        try:
            call = make(device, q, k)
            if not _is_right(device, name, make, q, k):
                reasons.append(f"{name}: wrong result")
                continue
            call(q, k, v)
            seconds = _brief(device, lambda: call(q, k, v))
        except Exception as error:  # a backend may refuse a shape in any way it likes
            if is_fatal(error) or is_out_of_memory(error):
                raise
            reasons.append(f"{name}: {first_line(error)}")
            continue
        if best is None or seconds < best[0]:
            best = (seconds, name, call)
    if best is None:
        raise UnfitError("no attention backend: " + "; ".join(reasons))
    return best[1], best[2]


def backends(device, query_tokens, kv_tokens):
    """Makers of the backends that may serve such a shape. Tensors are (rows, tokens, heads,
    dim); a result may be in any layout."""
    if device.kind != "cuda":
        return {"plain": _plain}
    found = {"flash": _flash}
    if query_tokens == 1 or query_tokens == kv_tokens:
        found["cudnn"] = _cudnn
    if query_tokens == 1 and fused:
        found["split"] = _split
    # The last resort: only where nothing else serves.
    found["plain"] = _plain
    return found


def reference(q, k, v):
    """Causal attention aligned at the last token, in float32."""
    return plain(q.float(), k.float(), v.float())


def plain(q, k, v):
    """Causal attention aligned at the last token, as PyTorch puts it together."""
    q, k, v = (tensor.transpose(1, 2) for tensor in (q, k, v))
    group = q.shape[1] // k.shape[1]
    k, v = (tensor.repeat_interleave(group, dim=1) for tensor in (k, v))
    queries, keys = q.shape[2], k.shape[2]
    mask = torch.ones(queries, keys, dtype=torch.bool, device=q.device)
    mask = mask.tril(diagonal=keys - queries)
    return functional.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2)


def _plain(device, q, k):
    return plain


def _flash(device, q, k):
    # This operator aligns its causal mask at the last token and takes fewer KV heads.
    is_causal = q.shape[1] > 1

    def call(q, k, v):
        return torch.ops.aten._scaled_dot_product_flash_attention(
            q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), 0.0, is_causal,
            False)[0].transpose(1, 2)
    return call


def _cudnn(device, q, k):
    from torch.nn.attention import SDPBackend, sdpa_kernel
    is_causal = q.shape[1] > 1

    def call(q, k, v):
        with sdpa_kernel(SDPBackend.CUDNN_ATTENTION):
            return functional.scaled_dot_product_attention(
                q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), is_causal=is_causal,
                enable_gqa=True).transpose(1, 2)
    return call


def _split(device, q, k):
    rows, _, query_heads, head_dim = q.shape
    kv_tokens, kv_heads = k.shape[1], k.shape[2]
    splits = fused.split_count(rows, kv_heads, kv_tokens, device.multiprocessors)
    attend = fused.DecodeAttention(
        rows, query_heads, kv_heads, head_dim, splits, device.torch_device, q.dtype)
    start = torch.arange(rows, device=device.torch_device) * kv_tokens
    context = torch.full_like(start, kv_tokens)
    return lambda q, k, v: attend(q[:, 0], k, v, start, context)[:, None]


def split_works(device, query_heads, kv_heads, head_dim):
    """Whether this package's own decode kernel runs here and is right for these heads."""
    if device.kind != "cuda" or fused is None:
        return False
    q, k, _ = random_inputs(device, 1, 1, 2, query_heads, kv_heads, head_dim)
    try:
        return _is_right(device, "split", _split, q, k)
    except Exception as error:  # Triton compiles at run time and fails in many ways
        if is_fatal(error):
            raise
        return False


_checked = {}


def _is_right(device, name, make, q, k):
    """Whether the backend computes attention, on a small shape of the same heads."""
    head_shape = (q.shape[2], k.shape[2], q.shape[3])
    is_decode, has_past = q.shape[1] == 1, q.shape[1] != k.shape[1]
    key = (name, head_shape, is_decode, has_past)
    if key not in _checked:
        chunk = 1 if is_decode else 77
        small = random_inputs(device, 3, chunk, chunk + (300 if has_past else 0), *head_shape)
        result = make(device, small[0], small[1])(*small).float()
        expected = reference(*small)
        error = (result - expected).norm() / expected.norm()
        _checked[key] = bool(error < TOLERANCE)
    return _checked[key]


def random_inputs(device, rows, query_tokens, kv_tokens, query_heads, kv_heads, head_dim):
    """Queries, keys and values, (rows, tokens, heads, dim)."""
    return (random(device, rows, query_tokens, query_heads, head_dim),
            random(device, rows, kv_tokens, kv_heads, head_dim),
            random(device, rows, kv_tokens, kv_heads, head_dim))


def _brief(device, call):
    """Seconds of one of a few calls, after one more."""
    call()
    start = device.mark()
    for _ in range(3):
        call()
    end = device.mark()
    device.wait(end)
    return device.seconds(start, end) / 3


def _bind(call, buffers):
    return lambda: call(*buffers)
