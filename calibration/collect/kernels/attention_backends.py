"""What may serve an attention shape, and whether it computes attention at all."""

import torch
from torch.nn import functional

from collect.device import first_line, is_fatal
from collect.errors import FatalError
from collect.kernels.case import random

try:
    from collect.kernels import fused
except ImportError:
    fused = None

TOLERANCE = 2e-2
# Contexts and first rows by which the split kernel is checked: one token, a middling number and
# one that fills many parts unevenly.
RAGGED_CONTEXTS, RAGGED_STARTS, RAGGED_ROWS = (1, 1500, 3001), (50, 117, 1700), 4800


# Backends that compile or plan for each shape anew when they first meet it, which takes longer
# than the shape itself: right for a steady load, wrong for lengths that never come again.
PREPARES_EACH_SHAPE = {"cudnn"}
# Backends that broke the device in an earlier process of this run.
AVOIDED = set()


def takes_any_length(name):
    """Whether a backend may serve lengths that it has not met before."""
    return name not in PREPARES_EACH_SHAPE


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
    found = {name: make for name, make in found.items() if name not in AVOIDED}
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
    splits = split_parts(device, rows, kv_heads, kv_tokens)
    attend = fused.DecodeAttention(
        rows, query_heads, kv_heads, head_dim, splits, device.torch_device, q.dtype)
    start = torch.arange(rows, device=device.torch_device) * kv_tokens
    context = torch.full_like(start, kv_tokens)
    return lambda q, k, v: attend(q[:, 0], k, v, start, context)[:, None]


def split_parts(device, rows, kv_heads, kv_tokens):
    """Into how many parts the split kernel cuts each row's context."""
    return fused.split_count(rows, kv_heads, kv_tokens, device.multiprocessors)


def split_works(device, query_heads, kv_heads, head_dim, batch_rows, longest):
    """Whether this package's own decode kernel runs here and is right for these heads, with all
    numbers of parts that up to `batch_rows` rows bring about."""
    if device.kind != "cuda" or fused is None or "split" in AVOIDED:
        return False
    parts = {split_parts(device, rows, kv_heads, longest) for rows in range(1, batch_rows + 1)}
    try:
        return all(_split_is_right(device, (query_heads, kv_heads, head_dim), each)
                   for each in sorted(parts))
    except Exception as error:  # Triton compiles at run time and fails in many ways
        if is_fatal(error):
            raise FatalError(f"split: {first_line(error)}", culprit="split") from error
        return False


def is_right(device, name, make, q, k):
    """Whether the backend computes attention, on a small shape of the same heads and kind."""
    heads = (q.shape[2], k.shape[2], q.shape[3])
    if name == "split":
        parts = split_parts(device, q.shape[0], k.shape[2], k.shape[1])
        return _split_is_right(device, heads, parts)
    is_decode, has_past = q.shape[1] == 1, q.shape[1] != k.shape[1]
    key = (name, heads, is_decode, has_past)
    if key not in _checked:
        chunk = 1 if is_decode else 77
        small = random_inputs(device, 3, chunk, chunk + (300 if has_past else 0), *heads)
        _checked[key] = _is_close(make(device, small[0], small[1])(*small), reference(*small))
    return _checked[key]


_checked = {}


def _split_is_right(device, heads, parts):
    key = ("split", heads, parts)
    if key not in _checked:
        _checked[key] = _agrees_on_ragged_rows(device, heads, parts)
    return _checked[key]


def _agrees_on_ragged_rows(device, heads, parts):
    query_heads, kv_heads, head_dim = heads
    rows, where = len(RAGGED_CONTEXTS), device.torch_device
    q = random(device, rows, query_heads, head_dim)
    k, v = (random(device, RAGGED_ROWS, kv_heads, head_dim) for _ in range(2))
    attend = fused.DecodeAttention(rows, *heads, parts, where, q.dtype)
    result = attend(q, k, v, torch.tensor(RAGGED_STARTS, device=where),
                    torch.tensor(RAGGED_CONTEXTS, device=where))
    return all(
        _is_close(result[row], reference(
            q[row, None, None], k[None, start:start + tokens],
            v[None, start:start + tokens])[0, 0])
        for row, (start, tokens) in enumerate(zip(RAGGED_STARTS, RAGGED_CONTEXTS)))


def _is_close(result, expected):
    return bool((result.float() - expected).norm() < TOLERANCE * expected.norm())


def random_inputs(device, rows, query_tokens, kv_tokens, query_heads, kv_heads, head_dim):
    """Queries, keys and values, (rows, tokens, heads, dim)."""
    return (random(device, rows, query_tokens, query_heads, head_dim),
            random(device, rows, kv_tokens, kv_heads, head_dim),
            random(device, rows, kv_tokens, kv_heads, head_dim))
