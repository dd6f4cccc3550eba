"""What a kernel or a step must compute and move: operations and bytes, counted by hand.

Conventions: a multiply-add is two operations; bytes are the least traffic with device memory,
each input read once and each output written once. Element sizes are in bytes.
"""

BF16_BYTES = 2
FP8_BYTES = 1
ELEMENT_BYTES = {"bf16": BF16_BYTES, "fp8": FP8_BYTES, "f32": 4}


def gemm_flop(tokens, out_features, in_features):
    """Operations of (tokens, in) x (in, out)."""
    return 2 * tokens * out_features * in_features


def gemm_bytes(tokens, out_features, in_features, element_bytes, output_bytes=BF16_BYTES):
    """Weights and inputs at `element_bytes`, the result at `output_bytes`."""
    read = element_bytes * in_features * (out_features + tokens)
    return read + output_bytes * tokens * out_features


def causal_pairs(tokens, past_tokens=0):
    """(query, key) pairs of causal attention of a chunk of `tokens` after `past_tokens`."""
    return tokens * past_tokens + tokens * (tokens + 1) // 2


def attention_flop(pairs, query_heads, head_dim):
    """Scores and weighted sum: two products of `head_dim` per pair and head."""
    return 4 * pairs * query_heads * head_dim


def attention_bytes(query_tokens, kv_tokens, query_heads, kv_heads, head_dim,
                    element_bytes=BF16_BYTES):
    """Queries and results of `query_tokens`, keys and values of `kv_tokens`, of one sequence."""
    queries_and_results = 2 * query_tokens * query_heads
    keys_and_values = 2 * kv_tokens * kv_heads
    return element_bytes * head_dim * (queries_and_results + keys_and_values)


def expected_active_experts(tokens, experts, top_k):
    """Experts that at least one token chooses, each token choosing `top_k` of them evenly."""
    return experts * (1 - (1 - top_k / experts) ** tokens)


def moe_flop(tokens, top_k, hidden, intermediate):
    """Gate, up and down projections of the `top_k` experts of each token."""
    return 6 * tokens * top_k * hidden * intermediate


def moe_bytes(tokens, active_experts, top_k, hidden, intermediate, element_bytes=BF16_BYTES):
    """Weights of the active experts; per routed token its input, its result and, written and
    read once, the gate-up and the activated intermediate."""
    weights = 3 * active_experts * hidden * intermediate
    routed = tokens * top_k * (2 * hidden + 2 * (2 * intermediate) + 2 * intermediate)
    return element_bytes * (weights + routed)


def step_flop(model, decode_rows=0, decode_context=0, prefill_chunks=0, prefill_tokens=0,
              prefill_past=0):
    """Operations of one whole step. `decode_context` and the prefill figures are per sequence;
    the head runs for one token of each sequence."""
    tokens = decode_rows + prefill_chunks * prefill_tokens
    linear = 2 * tokens * model.layers * model.layer_weights
    pairs = decode_rows * decode_context
    pairs += prefill_chunks * causal_pairs(prefill_tokens, prefill_past)
    attention = model.layers * attention_flop(pairs, model.query_heads, model.head_dim)
    sequences = decode_rows + prefill_chunks
    return linear + attention + gemm_flop(sequences, model.vocabulary, model.hidden)


def step_bytes(model, decode_rows=0, decode_context=0, prefill_chunks=0, prefill_tokens=0,
               prefill_past=0, element_bytes=BF16_BYTES):
    """Weights once, keys and values of every sequence once; activations stay on the chip."""
    weights = model.layers * model.layer_weights + model.vocabulary * model.hidden
    kv_tokens = decode_rows * decode_context + prefill_chunks * (prefill_past + prefill_tokens)
    return element_bytes * weights + kv_tokens * model.kv_bytes_per_token(element_bytes)


def rate(amount, seconds):
    """Amount per second; None where no time was measured."""
    return amount / seconds if seconds else None


def utilization(amount, seconds, peak_per_second):
    """Share of the peak rate that was reached; None where the peak or the time is unknown."""
    if not peak_per_second or not seconds:
        return None
    return amount / seconds / peak_per_second


def roofline_seconds(flop, moved_bytes, peak_flop_per_second, peak_bytes_per_second):
    """The larger of the two times below which the work cannot be done."""
    return max(flop / peak_flop_per_second, moved_bytes / peak_bytes_per_second)


def percentile(values, share):
    """Linear interpolation between order statistics (the usual definition 7)."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("a percentile of nothing")
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def median(values):
    return percentile(values, 0.5)


def relative_spread(values):
    """Half the distance between the 10th and the 90th percentile over the median."""
    if len(values) < 2:
        return None
    middle = median(values)
    return (percentile(values, 0.9) - percentile(values, 0.1)) / 2 / middle if middle else None
