"""The loop of a small serving engine, apart from what computes an iteration and from the clock,
so that its decisions can be tested with neither."""

from collect.scheduler import Sequence


class StoppedError(Exception):
    """The run was cut because it took longer than it may."""


def serve(scheduler, executor, arrivals, clock, longest_s=None):
    """Serves all arrivals; returns (iteration rows, request rows).

    `arrivals` are (time s, prompt tokens, output tokens) in order of time. `executor.run`
    computes an iteration and returns (device seconds, kind of launch). `clock` has `now_s` and
    `sleep_until`. An arrival joins the iteration formed at or after its time.
    """
    sequences = [Sequence(number, *arrival) for number, arrival in enumerate(arrivals)]
    coming, iterations = 0, []
    while coming < len(sequences) or scheduler.has_work:
        now = clock.now_s()
        if longest_s is not None and now > longest_s:
            raise StoppedError(f"not done after {longest_s:.0f} s")
        while coming < len(sequences) and sequences[coming].arrival_s <= now:
            scheduler.arrive(sequences[coming])
            coming += 1
        iteration = scheduler.form(now)
        if iteration.is_empty:
            if coming == len(sequences):
                raise StoppedError(f"{len(scheduler.waiting)} requests wait on an idle engine")
            clock.sleep_until(sequences[coming].arrival_s)
            continue
        row = _iteration_row(len(iterations), now, iteration, scheduler)
        row["device_time_s"], row["launch"] = executor.run(iteration)
        end = clock.now_s()
        row["duration_s"] = end - now
        scheduler.complete(iteration, end)
        iterations.append(row)
    return iterations, [_request_row(sequence) for sequence in sequences]


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
