"""Whole steps of a decoder: decode, prefill, and both in one step."""

import torch

from collect import arithmetic, measure
from collect.decoder import Batch
from collect.device import Work
from collect.kernels import attention, attention_backends
from collect.kernels.case import random
from collect.plan import step_points

# Which backends a step may take: all, or those that a serving run takes.
_ATTENTION = {None: lambda name: True, "any-length": attention_backends.takes_any_length}


def measure_step(device, decoder, item, meter, peaks, seconds, settle_s):
    """The row of one step: its time, power and joules."""
    points = step_points(item)
    may_serve = _ATTENTION[item.get("attention")]
    caches = decoder.new_caches(cache_tokens(**points))
    batch, chosen = uniform_batch(device, decoder, caches, may_serve=may_serve, **points)
    work = Work(device, [lambda: decoder.forward(batch, caches)])
    if item["measurement"] == "burst":
        result = measure.burst(device, work, meter, measure.STEP_BURST_S)
    else:
        result = measure.sustained(device, work, meter, seconds, settle_s)
    measure.rates(result, arithmetic.step_flop(decoder.shape, **points),
                  arithmetic.step_bytes(decoder.shape, **points), peaks, "bf16")
    result["backend"] = "+".join([each.name for each in chosen] + [decoder.ops.name])
    result["backend_trials"] = "; ".join(each.trials for each in chosen)
    result["kv_cache_bytes"] = cache_tokens(**points) * decoder.shape.kv_bytes_per_token()
    return result


def cache_tokens(decode_rows, decode_context, prefill_chunks, prefill_tokens, prefill_past):
    return decode_rows * decode_context + prefill_chunks * (prefill_past + prefill_tokens)


def uniform_batch(device, decoder, caches, decode_rows, decode_context, prefill_chunks,
                  prefill_tokens, prefill_past, may_serve=_ATTENTION[None]):
    """Decode rows of one context and chunks of one length: (batch, choices of backends).

    The cache holds the decode rows' contexts one after the other, then the chunks'.
    """
    chunk_context = prefill_past + prefill_tokens
    first_chunk = decode_rows * decode_context
    positions, rows, last = [], [], list(range(decode_rows))
    for row in range(decode_rows):
        positions.append(decode_context - 1)
        rows.append(row * decode_context + decode_context - 1)
    for chunk in range(prefill_chunks):
        start = first_chunk + chunk * chunk_context
        positions += range(prefill_past, chunk_context)
        rows += range(start + prefill_past, start + chunk_context)
        last.append(len(positions) - 1)
    parts, chosen = [], []
    if decode_rows:
        part = _Part(0, decode_rows, 1, 0, decode_context)
        parts.append(part)
        chosen.append(part.choose(device, decoder, caches, may_serve))
    if prefill_chunks:
        part = _Part(decode_rows, prefill_chunks, prefill_tokens, first_chunk, chunk_context)
        parts.append(part)
        chosen.append(part.choose(device, decoder, caches, may_serve))
    where = device.torch_device
    batch = Batch(
        tokens=device.integers(decoder.shape.vocabulary, len(positions)),
        position=torch.tensor(positions, device=where),
        cache_row=torch.tensor(rows, device=where), last=torch.tensor(last, device=where),
        attend=lambda q, k, v: join([part.attend(q, k, v) for part in parts]))
    return batch, chosen


def join(parts):
    """Results of the parts of a batch, in order of tokens."""
    return parts[0] if len(parts) == 1 else torch.cat(parts)


class _Part:
    """Sequences of one length in the batch, and where their context lies in the cache."""

    def __init__(self, first_token, sequences, tokens, first_row, context):
        self.first_token, self.sequences, self.tokens = first_token, sequences, tokens
        self.first_row, self.context = first_row, context

    def choose(self, device, decoder, caches, may_serve):
        """Finds the backend, over the caches of all layers."""
        shape = decoder.shape
        q = random(device, self.sequences * self.tokens + self.first_token, shape.query_heads,
                   shape.head_dim)
        chosen = attention.fastest(
            device, [self._views(q, *cache) for cache in caches], may_serve)
        self.call = chosen.call
        return chosen

    def attend(self, q, k, v):
        result = self.call(*self._views(q, k, v))
        return result.reshape(self.sequences * self.tokens, -1)

    def _views(self, q, k, v):
        end = self.first_token + self.sequences * self.tokens
        q = q[self.first_token:end].view(self.sequences, self.tokens, *q.shape[1:])
        last_row = self.first_row + self.sequences * self.context
        return q, *(cache[self.first_row:last_row].view(
            self.sequences, self.context, *cache.shape[1:]) for cache in (k, v))
