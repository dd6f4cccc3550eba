"""Fused kernels of a decoder layer in Triton, as serving engines have them.

Imported only where Triton is there; `collect.layer_ops` falls back to plain PyTorch. Written to
be few launches and coalesced, not to win races. Tensors are contiguous, rows last.
"""

import torch
import triton
import triton.language as tl


@triton.jit
def _add_rms_norm(x, residual, weight, out, hidden, epsilon, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64) * hidden
    column = tl.arange(0, BLOCK)
    inside = column < hidden
    total = tl.load(x + row + column, mask=inside, other=0.0).to(tl.float32)
    total += tl.load(residual + row + column, mask=inside, other=0.0).to(tl.float32)
    tl.store(residual + row + column, total.to(residual.dtype.element_ty), mask=inside)
    scale = tl.rsqrt(tl.sum(total * total, axis=0) / hidden + epsilon)
    gain = tl.load(weight + column, mask=inside, other=0.0).to(tl.float32)
    tl.store(out + row + column, (total * scale * gain).to(out.dtype.element_ty), mask=inside)


@triton.jit
def _rope_store(qkv, cosine, sine, position, cache_row, q_out, k_cache, v_cache,
                QUERY_HEADS: tl.constexpr, KV_HEADS: tl.constexpr, HALF: tl.constexpr):
    token = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1)
    lane = tl.arange(0, HALF)
    source = qkv + (token * (QUERY_HEADS + 2 * KV_HEADS) + head) * (2 * HALF)
    first = tl.load(source + lane)
    second = tl.load(source + HALF + lane)
    where = tl.load(cache_row + token)
    if head < QUERY_HEADS + KV_HEADS:
        angle = tl.load(position + token) * HALF
        c = tl.load(cosine + angle + lane)
        s = tl.load(sine + angle + lane)
        a = first.to(tl.float32)
        b = second.to(tl.float32)
        first = (a * c - b * s).to(qkv.dtype.element_ty)
        second = (b * c + a * s).to(qkv.dtype.element_ty)
    if head < QUERY_HEADS:
        target = q_out + (token * QUERY_HEADS + head) * (2 * HALF)
        tl.store(target + lane, first)
        tl.store(target + HALF + lane, second)
    elif head < QUERY_HEADS + KV_HEADS:
        target = k_cache + (where * KV_HEADS + head - QUERY_HEADS) * (2 * HALF)
        tl.store(target + lane, first)
        tl.store(target + HALF + lane, second)
    else:
        target = v_cache + (where * KV_HEADS + head - QUERY_HEADS - KV_HEADS) * (2 * HALF)
        tl.store(target + lane, first)
        tl.store(target + HALF + lane, second)


@triton.jit
def _silu_mul(gate_up, out, width, BLOCK: tl.constexpr):
    token = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = column < width
    gate = tl.load(gate_up + token * 2 * width + column, mask=inside, other=0.0).to(tl.float32)
    up = tl.load(gate_up + token * 2 * width + width + column, mask=inside, other=0.0)
    value = gate / (1 + tl.exp(-gate)) * up.to(tl.float32)
    tl.store(out + token * width + column, value.to(out.dtype.element_ty), mask=inside)


@triton.jit
def _attend_split(q, k_cache, v_cache, start, context, partial, partial_lse, scale,
                  KV_HEADS: tl.constexpr, GROUP: tl.constexpr, GROUP_PAD: tl.constexpr,
                  HEAD_DIM: tl.constexpr, BLOCK: tl.constexpr, SPLITS: tl.constexpr):
    """One row, one KV head, one part of the row's context: partial result and its log-sum."""
    row = tl.program_id(0).to(tl.int64)
    kv_head = tl.program_id(1)
    split = tl.program_id(2)
    tokens = tl.load(context + row)
    start_row = tl.load(start + row).to(tl.int64)
    per_split = tl.cdiv(tl.cdiv(tokens, BLOCK), SPLITS) * BLOCK
    begin = split * per_split
    end = tl.minimum(begin + per_split, tokens)
    lane = tl.arange(0, HEAD_DIM)
    group = tl.arange(0, GROUP_PAD)
    query_head = row * KV_HEADS * GROUP + kv_head * GROUP + group
    queries = tl.load(q + query_head[:, None] * HEAD_DIM + lane[None, :],
                      mask=group[:, None] < GROUP, other=0.0)
    largest = tl.full([GROUP_PAD], float("-inf"), tl.float32)
    weight_sum = tl.zeros([GROUP_PAD], tl.float32)
    result = tl.zeros([GROUP_PAD, HEAD_DIM], tl.float32)
    for offset in range(begin, end, BLOCK):
        token = offset + tl.arange(0, BLOCK)
        inside = token < end
        address = ((start_row + token) * KV_HEADS + kv_head)[:, None] * HEAD_DIM + lane[None, :]
        keys = tl.load(k_cache + address, mask=inside[:, None], other=0.0)
        scores = tl.dot(queries, tl.trans(keys)) * scale
        scores = tl.where(inside[None, :], scores, float("-inf"))
        new_largest = tl.maximum(largest, tl.max(scores, axis=1))
        weights = tl.exp(scores - new_largest[:, None])
        correction = tl.exp(largest - new_largest)
        weight_sum = weight_sum * correction + tl.sum(weights, axis=1)
        values = tl.load(v_cache + address, mask=inside[:, None], other=0.0)
        result = result * correction[:, None] + tl.dot(weights.to(values.dtype), values)
        largest = new_largest
    # A part without tokens weighs nothing: its log-sum is minus infinity.
    safe_sum = tl.where(weight_sum > 0, weight_sum, 1.0)
    place = query_head * SPLITS + split
    tl.store(partial + place[:, None] * HEAD_DIM + lane[None, :], result / safe_sum[:, None],
             mask=group[:, None] < GROUP)
    tl.store(partial_lse + place, largest + tl.log(safe_sum), mask=group < GROUP)


@triton.jit
def _combine(partial, partial_lse, out, HEAD_DIM: tl.constexpr, SPLITS: tl.constexpr):
    """The parts of one row and query head, weighted by their share of the softmax."""
    head = tl.program_id(0).to(tl.int64)
    part = tl.arange(0, SPLITS)
    lane = tl.arange(0, HEAD_DIM)
    log_sum = tl.load(partial_lse + head * SPLITS + part)
    weight = tl.exp(log_sum - tl.max(log_sum, axis=0))
    values = tl.load(partial + (head * SPLITS + part)[:, None] * HEAD_DIM + lane[None, :])
    mean = tl.sum(values * weight[:, None], axis=0) / tl.sum(weight, axis=0)
    tl.store(out + head * HEAD_DIM + lane, mean.to(out.dtype.element_ty))


def add_rms_norm(x, residual, weight, out, epsilon=1e-5):
    """residual += x; out = RMS norm of residual."""
    tokens, hidden = x.shape
    block = triton.next_power_of_2(hidden)
    _add_rms_norm[(tokens,)](x, residual, weight, out, hidden, epsilon, BLOCK=block,
                             num_warps=min(16, max(1, block // 512)))


def rope_store(qkv, cosine, sine, position, cache_row, q_out, k_cache, v_cache):
    """Rotates queries and keys; keys and values go to their rows of the cache."""
    tokens, query_heads, head_dim = q_out.shape
    kv_heads = k_cache.shape[-2]
    _rope_store[(tokens, query_heads + 2 * kv_heads)](
        qkv, cosine, sine, position, cache_row, q_out, k_cache, v_cache,
        QUERY_HEADS=query_heads, KV_HEADS=kv_heads, HALF=head_dim // 2, num_warps=1)


def silu_mul(gate_up, out):
    tokens, width = out.shape
    block = 1024
    _silu_mul[(tokens, triton.cdiv(width, block))](gate_up, out, width, BLOCK=block, num_warps=4)


def split_count(rows, kv_heads, longest_context, multiprocessors):
    """Parts per row: about two programs per multiprocessor, each of at least 256 tokens."""
    wanted = -(-2 * multiprocessors // (rows * kv_heads))
    most = max(1, longest_context // 256)
    return min(64, 1 << max(0, min(wanted, most) - 1).bit_length())


class DecodeAttention:
    """Attention of single queries to contexts of their own lengths, with its scratch memory."""

    def __init__(self, rows, query_heads, kv_heads, head_dim, splits, device, dtype):
        self.shape = (rows, query_heads, kv_heads, head_dim, splits)
        self.out = torch.empty(rows, query_heads, head_dim, device=device, dtype=dtype)
        self.partial = torch.empty(
            rows, query_heads, splits, head_dim, device=device, dtype=torch.float32)
        self.partial_lse = torch.empty(
            rows, query_heads, splits, device=device, dtype=torch.float32)

    def __call__(self, q, k_cache, v_cache, start, context):
        """`q` (rows, heads, dim); caches (tokens, KV heads, dim) or more leading dimensions;
        row i attends to cache tokens start[i] up to start[i] + context[i]."""
        rows, query_heads, kv_heads, head_dim, splits = self.shape
        group = query_heads // kv_heads
        _attend_split[(rows, kv_heads, splits)](
            q, k_cache, v_cache, start, context, self.partial, self.partial_lse,
            head_dim ** -0.5, KV_HEADS=kv_heads, GROUP=group,
            GROUP_PAD=max(16, triton.next_power_of_2(group)), HEAD_DIM=head_dim, BLOCK=64,
            SPLITS=splits, num_warps=4, num_stages=2)
        _combine[(rows * query_heads,)](
            self.partial, self.partial_lse, self.out, HEAD_DIM=head_dim, SPLITS=splits,
            num_warps=1 if splits <= 8 else 4)
        return self.out
