"""The loop of a small serving engine, apart from what computes an iteration and from the clock,
so that its decisions can be tested with neither."""

from dataclasses import dataclass, field

from collect.scheduler import RequestTooLarge, Sequence


@dataclass
class Served:
    """What came of a run. Arrivals after the cut, if there was one, are `not_admitted`;
    `rejected` could never be served; `outputs_cut` reached the longest sequence."""
    iterations: list = field(default_factory=list)
    requests: list = field(default_factory=list)
    cut: bool = False
    not_admitted: int = 0
    rejected: int = 0
    outputs_cut: int = 0


def serve(scheduler, executor, arrivals, clock, last_s=None):
    """Serves all arrivals; those in the engine after `last_s`, and none that come later.

    `arrivals` are (time s, prompt tokens, output tokens) in order of time. `executor.run`
    computes an iteration and returns columns for its row. `clock` has `now_s` and
    `sleep_until`. An arrival joins the iteration formed at or after its time.
    """
    served = Served()
    sequences = _accepted(scheduler, arrivals, served)
    coming, taken = 0, []
    while coming < len(sequences) or scheduler.has_work:
        now = clock.now_s()
        if last_s is not None and now > last_s and coming < len(sequences):
            served.cut, served.not_admitted = True, len(sequences) - coming
            sequences = sequences[:coming]
        while coming < len(sequences) and sequences[coming].arrival_s <= now:
            scheduler.arrive(sequences[coming])
            taken.append(sequences[coming])
            coming += 1
        iteration = scheduler.form(now)
        if not iteration.is_empty:
            served.iterations.append(
                _computed(len(served.iterations), now, iteration, scheduler, executor, clock))
        elif coming < len(sequences):
            due = sequences[coming].arrival_s
            clock.sleep_until(due if last_s is None else min(due, max(now, last_s) + 1e-3))
        elif scheduler.has_work:
            raise RuntimeError(f"{len(scheduler.waiting)} requests wait on an idle engine")
    served.requests = [_request_row(sequence) for sequence in taken]
    return served


def _accepted(scheduler, arrivals, served):
    """The sequences that can be served, their outputs cut as the rules say."""
    sequences = []
    for number, arrival in enumerate(arrivals):
        sequence = Sequence(number, *arrival)
        try:
            served.outputs_cut += scheduler.fit(sequence)
        except RequestTooLarge:
            served.rejected += 1
            continue
        sequences.append(sequence)
    return sequences


def _computed(number, now, iteration, scheduler, executor, clock):
    row = _iteration_row(number, now, iteration, scheduler)
    row.update(executor.run(iteration))
    end = clock.now_s()
    row["duration_s"] = end - now
    scheduler.complete(iteration, end)
    return row


def _iteration_row(number, now, iteration, scheduler):
    return {
        "iteration": number, "start_s": now, "decode_rows": len(iteration.decodes),
        "decode_context_tokens": iteration.decode_context_tokens,
        "prefill_chunks": len(iteration.chunks), "prefill_tokens": iteration.prefill_tokens,
        "prefill_attention_pairs": iteration.prefill_attention_pairs,
        "waiting_requests": len(scheduler.waiting), "kv_blocks_used": scheduler.used_blocks,
        "preemptions": len(iteration.preempted)}


def _request_row(sequence):
    return {name: getattr(sequence, name) for name in (
        "request", "arrival_s", "prompt_tokens", "output_tokens", "first_scheduled_s",
        "first_token_s", "end_s", "preemptions")}
