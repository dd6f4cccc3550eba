"""Arrivals of a serving run: read from a file, or drawn from a seed."""

import csv
import math
import random

COLUMNS = ["arrival_s", "prompt_tokens", "output_tokens"]
# Of the drawn workloads: the spreads of log-normal lengths are like those of chats.
SEED, PROMPT_LOG_SD, OUTPUT_LOG_SD = 1, 0.7, 0.6


class WorkloadError(Exception):
    """An arrivals file is not of the expected form."""


def read_arrivals(path):
    """(time s, prompt tokens, output tokens) of every line, in order of time."""
    with open(path, newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != COLUMNS:
            raise WorkloadError(f"{path}: the columns are {reader.fieldnames}, expected {COLUMNS}")
        arrivals = []
        for number, row in enumerate(reader, start=2):
            try:
                arrival = (float(row["arrival_s"]), int(row["prompt_tokens"]),
                           int(row["output_tokens"]))
            except (TypeError, ValueError) as error:
                raise WorkloadError(f"{path}:{number}: {error}") from error
            if not 0 <= arrival[0] < math.inf or min(arrival[1:]) < 1:
                raise WorkloadError(
                    f"{path}:{number}: times that are no seconds from zero on, or empty requests")
            arrivals.append(arrival)
    if not arrivals:
        raise WorkloadError(f"{path}: no arrivals")
    return sorted(arrivals, key=lambda arrival: arrival[0])


def draw_arrivals(rate_per_s, seconds, prompt_mean, output_mean, longest, seed,
                  prompt_log_sd=PROMPT_LOG_SD, output_log_sd=OUTPUT_LOG_SD):
    """Poisson arrivals with log-normal lengths of these means, cut to `longest` together."""
    source = random.Random(seed)
    arrivals, now = [], 0.0
    while True:
        now += source.expovariate(rate_per_s)
        if now >= seconds:
            return arrivals
        prompt = _length(source, prompt_mean, prompt_log_sd, longest * 3 // 4)
        output = _length(source, output_mean, output_log_sd, longest - prompt)
        arrivals.append((round(now, 6), prompt, output))


def _length(source, mean, log_sd, most):
    drawn = source.lognormvariate(math.log(mean) - log_sd ** 2 / 2, log_sd)
    return max(1, min(most, round(drawn)))


def concurrent_rows(fields):
    """Requests of mean length that decode at once: as many as there are rows, or as the cache
    holds."""
    rows = fields["batch_rows"]
    if "kv_tokens" in fields:
        context = fields["prompt_mean"] + fields["output_mean"] / 2
        rows = max(1, min(rows, int(fields["kv_tokens"] / context)))
    return rows


def capacity_per_s(model, peaks, rows, prompt_tokens, output_tokens, compute_share,
                   bandwidth_share):
    """Requests a second that a full batch could sustain, the GPU reaching these shares of its
    peaks: a guess good enough to choose loads by."""
    from collect import arithmetic
    context = prompt_tokens + output_tokens // 2
    step = arithmetic.step_bytes(model, decode_rows=rows, decode_context=context)
    decode_s = output_tokens / rows * step / (bandwidth_share * peaks.memory_bytes)
    prefill = arithmetic.step_flop(model, prefill_chunks=1, prefill_tokens=prompt_tokens)
    prefill_s = prefill / (compute_share * peaks.flop["bf16"])
    return 1 / (decode_s + prefill_s)
