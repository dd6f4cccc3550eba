"""Attention kernels: prefill of a chunk after a past, and decode of one token a row.

Several backends may serve a shape. Each is checked against float32 once on a small shape of
its kind and then timed on the shape itself, in the way that the shape is measured: as a graph
over rotating buffers. The fastest right one is measured.
"""

from dataclasses import dataclass

from collect import arithmetic
from collect.device import Work, first_line, is_fatal, is_out_of_memory
from collect.errors import FatalError, UnfitError
from collect.kernels.attention_backends import backends, is_right, random_inputs
from collect.kernels.case import KernelCase, buffer_sets

# Calls of a trial graph; fewer where so many would take longer than a trial may.
TRIAL_CALLS, LEAST_TRIAL_CALLS, TRIAL_S = 20, 5, 0.04
TRIAL_REPLAYS = 3


@dataclass(frozen=True)
class Choice:
    """The quickest backend of a shape; `trials` names all that were timed, with the seconds of
    one call, and says which of them a graph refused."""
    name: str
    call: object
    trials: str


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
    chosen = fastest(device, buffers)
    return KernelCase(
        calls=[_bind(chosen.call, each) for each in buffers],
        flop=rows * arithmetic.attention_flop(pairs, heads[0], head_dim), bytes=moved,
        backend=chosen.name, buffer_bytes=sets * moved, backend_trials=chosen.trials)


def fastest(device, buffers, may_serve=lambda name: True):
    """The Choice for a shape, among the backends whose names `may_serve` allows; `buffers` are
    sets of the shape's queries, keys and values."""
    q, k, _ = buffers[0]
    best, trials, reasons = None, [], []
    for name, make in backends(device, q.shape[1], k.shape[1]).items():
        if not may_serve(name) or (name == "plain" and best):
            continue
        try:
            call = make(device, q, k)
            if not is_right(device, name, make, q, k):
                reasons.append(f"{name}: wrong result")
                continue
            seconds, launch = trial(device, [_bind(call, each) for each in buffers])
        except Exception as error:  # a backend may refuse a shape in any way it likes
            if is_fatal(error):
                raise FatalError(f"{name}: {first_line(error)}", culprit=name) from error
            # One that wants more memory than there is leaves the others their chance.
            reasons.append(f"{name}: "
                           + ("out of memory" if is_out_of_memory(error) else first_line(error)))
            continue
        trials.append(f"{name}={seconds:.4g}" + ("" if launch == "graph" else f"({launch})"))
        if best is None or seconds < best[0]:
            best = (seconds, name, call)
    if best is None:
        raise UnfitError("no attention backend: " + "; ".join(reasons))
    return Choice(best[1], best[2], " ".join(trials))


def trial(device, calls):
    """(seconds of one call, kind of launch): the least of a few replays of a graph of calls."""
    calls[0]()
    once = _span(device, calls[0])
    count = max(LEAST_TRIAL_CALLS, min(TRIAL_CALLS, int(TRIAL_S / max(once, 1e-6))))
    work = Work(device, [calls[i % len(calls)] for i in range(count)], target_s=0)
    return min(_span(device, work.launch) for _ in range(TRIAL_REPLAYS)) / count, work.launch_kind


def _span(device, call):
    start = device.mark()
    call()
    end = device.mark()
    device.wait(end)
    return device.seconds(start, end)


def _bind(call, buffers):
    return lambda: call(*buffers)
