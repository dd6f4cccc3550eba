"""The loop of a small serving engine, apart from what computes an iteration and from the clock,
so that its decisions can be tested with neither."""

from dataclasses import dataclass, field, replace

from collect.scheduler import RequestTooLarge, Sequence


@dataclass
class Accepted:
    """Requests that can be served, in order of arrival. `rejected` counts those that never
    could, `outputs_cut` those whose output was cut to the longest sequence."""
    sequences: list = field(default_factory=list)
    rejected: int = 0
    outputs_cut: int = 0

    def from_s(self, start_s):
        """The requests, on a clock on which the first second of the arrivals is `start_s`."""
        return [replace(sequence, arrival_s=start_s + sequence.arrival_s)
                for sequence in self.sequences]


@dataclass
class Served:
    """What came of a run. Arrivals after the cut, if there was one, are `not_admitted`."""
    iterations: list = field(default_factory=list)
    requests: list = field(default_factory=list)
    cut: bool = False
    not_admitted: int = 0


def accept(scheduler, arrivals):
    """The Accepted among `arrivals`, (time s, prompt tokens, output tokens) in order of time,
    by the scheduler's limits alone: nothing need be ready to serve them yet."""
    accepted = Accepted()
    for number, arrival in enumerate(arrivals):
        sequence = Sequence(number, *arrival)
        try:
            accepted.outputs_cut += scheduler.fit(sequence)
        except RequestTooLarge:
            accepted.rejected += 1
            continue
        accepted.sequences.append(sequence)
    return accepted


def serve(scheduler, executor, sequences, clock, last_s=None):
    """Serves all requests; those in the engine after `last_s`, and none that come later.

    `sequences` are in order of arrival. `executor.run` computes an iteration and returns columns
    for its row. `clock` has `now_s` and `sleep_until`. An arrival joins the iteration formed at
    or after its time.
    """
    served = Served()
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
