"""The columns of every table. Units stand last in the names; an empty cell means not measured.

`run` numbers the entry of conditions.json under which the row was measured.
"""

import math

CONDITION_COLUMNS = [
    "sm_clock_mhz", "memory_clock_mhz", "temperature_c", "power_limit_w",
    "throttle_reasons", "throttled_share",
]

RESULT_COLUMNS = [
    "backend", "backend_trials", "launch", "capture_failure", "calls", "replays",
    "window_s", "duty_share", "enqueue_s", "enqueue_share", "eager_enqueue_s",
    "flop", "bytes", "time_s", "time_spread", "power_w", "power_spread", "energy_j",
    "counter_edges", "sensor_power_w",
    "compute_utilization", "bandwidth_utilization",
] + CONDITION_COLUMNS

KERNEL_KEY = [
    "op", "measurement", "dtype", "tokens", "out_features", "in_features",
    "batch_rows", "query_tokens", "context_tokens", "query_heads", "kv_heads", "head_dim",
    "experts", "top_k", "gap_s", "repeat",
]

STEP_KEY = [
    "model", "kind", "measurement", "dtype", "attention", "decode_rows", "decode_context_tokens",
    "prefill_chunks", "prefill_tokens", "prefill_past_tokens", "repeat",
]

IDLE_KEY = ["phase"]

SERVING_KEY = ["scenario"]

TABLES = {
    "kernels": ["run"] + KERNEL_KEY + ["active_experts", "buffer_sets", "buffer_bytes"]
    + RESULT_COLUMNS,
    "steps": ["run"] + STEP_KEY + ["kv_cache_bytes"] + RESULT_COLUMNS,
    "idle": ["run"] + IDLE_KEY + [
        "time_s", "energy_j", "sensor_power_w", "sm_clock_mhz", "memory_clock_mhz",
        "temperature_c", "throttle_reasons"],
    "serving_iterations": ["run"] + SERVING_KEY + [
        "iteration", "start_s", "duration_s", "device_time_s", "enqueue_s",
        "enqueue_share", "launch", "backend", "decode_rows",
        "decode_context_tokens", "prefill_chunks", "prefill_tokens", "prefill_attention_pairs",
        "waiting_requests", "kv_blocks_used", "preemptions"],
    "serving_requests": ["run"] + SERVING_KEY + [
        "request", "arrival_s", "prompt_tokens", "output_tokens", "first_scheduled_s",
        "first_token_s", "end_s", "preemptions"],
    "serving_energy": ["run"] + SERVING_KEY + [
        "time_s", "energy_j", "edge_time_s", "edge_energy_j", "sensor_power_w",
        "sm_clock_mhz", "memory_clock_mhz", "temperature_c", "throttle_reasons"],
    "skipped": ["run", "part", "key", "reason"],
}

KEYS = {
    "kernels": KERNEL_KEY, "steps": STEP_KEY, "idle": IDLE_KEY,
    "serving_requests": SERVING_KEY, "skipped": ["part", "key"],
}

TEXT_COLUMNS = {
    "op", "measurement", "dtype", "attention", "model", "kind", "phase", "scenario", "backend",
    "backend_trials", "launch",
    "capture_failure", "throttle_reasons", "part", "key", "reason",
}


def key_of(table, row):
    """The identity of a row: its key columns as text, numbers in their shortest form."""
    return tuple(cell_text(row.get(column)) for column in KEYS[table])


def cell_text(value):
    """One cell. Floats carry nine significant digits: microseconds over a run."""
    if value is None:
        return ""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"a measurement is {value}")
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.9g}"
    return str(value)


def problems(table, header, rows):
    """What is wrong with a table, in words; empty if nothing is."""
    if header != TABLES[table]:
        return [f"{table}: the columns are {header}, expected {TABLES[table]}"]
    found = []
    for number, row in enumerate(rows, start=2):
        found += [f"{table} line {number}: {text}" for text in _row_problems(row)]
    return found


def _row_problems(row):
    found = []
    for column, text in row.items():
        if column in TEXT_COLUMNS or text == "":
            continue
        try:
            value = float(text)
        except ValueError:
            found.append(f"{column} is {text!r}, not a number")
            continue
        if not value >= 0:
            found.append(f"{column} is {text}, below zero")
        if column.endswith("_utilization") and value > 1.1:
            found.append(f"{column} is {text}, more than the peak")
        if column.endswith("_share") and value > 1.001:
            found.append(f"{column} is {text}, more than one")
    return found
