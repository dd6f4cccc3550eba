"""Is a folder of measurements whole and sane? Schema, units, and physics that must hold."""

import os

from collect import arithmetic, repeats, schema
from collect.tables import TableError, Tables

# A steady load's sensor power and its counter's power are two readings of one thing.
POWER_AGREEMENT = 0.02
# Of uninterrupted work; below it the host left the device waiting, and the power is a mixture.
LEAST_DUTY_SHARE = 0.97


def check_folder(folder):
    """(problems, remarks), each a list of lines."""
    if not os.path.isdir(folder):
        return [f"no folder {folder}"], []
    tables = Tables(folder)
    found, remarks = [], []
    for name in schema.TABLES:
        try:
            rows = tables.read(name)
        except TableError as error:
            found.append(str(error))
            continue
        if not rows:
            continue
        found += schema.problems(name, list(rows[0]), rows)
        found += _repeated(name, rows) + _powerless(name, rows)
        remarks.append(f"{name}: {len(rows)} rows")
    if not found:
        remarks += _spreads(tables) + _power_agreement(tables)
        remarks += _host_shares(tables) + _waiting(tables)
        for name in ("kernels", "steps"):
            remarks += repeats.repeat_lines(name, tables.read(name))
        found += _conservation(tables)
    return found, remarks


def _repeated(name, rows):
    if name not in schema.KEYS or name in ("idle", "serving_requests"):
        return []
    seen, found = set(), []
    for row in rows:
        key = schema.key_of(name, row)
        if key in seen:
            found.append(f"{name}: measured twice: {' '.join(key)}")
        seen.add(key)
    return found


def _powerless(name, rows):
    """Rows that were measured for their power and have none."""
    return [f"{name} line {number}: no power, though {row['measurement']}"
            for number, row in enumerate(rows, start=2)
            if row.get("measurement") in ("sustained", "gapped") and not row["power_w"]]


def _spreads(tables):
    lines = []
    for name in ("kernels", "steps"):
        for column in ("time_spread", "power_spread"):
            values = [float(r[column]) for r in tables.read(name) if r[column]]
            if values:
                lines.append(f"{name}: {column} median {100 * arithmetic.median(values):.2f} %, "
                             f"largest {100 * max(values):.1f} %")
    return lines


def _host_shares(tables):
    """The host's part in the time of steps and iterations, by how they were launched."""
    lines = []
    for name in ("steps", "serving_iterations"):
        rows = tables.read(name)
        for launch in sorted({row["launch"] for row in rows}):
            shares = [float(row["enqueue_share"]) for row in rows
                      if row["launch"] == launch and row["enqueue_share"]]
            if shares:
                lines.append(f"{name}, {launch}: the host hands over for "
                             f"{100 * arithmetic.median(shares):.1f} % of the time (median), "
                             f"{100 * max(shares):.1f} % (largest)")
    return lines


def _waiting(tables):
    """Sustained rows during which the device was not busy all the time."""
    lines = []
    for name in ("kernels", "steps"):
        shares = [float(row["duty_share"]) for row in tables.read(name)
                  if row["measurement"] == "sustained" and row["duty_share"]]
        low = [share for share in shares if share < LEAST_DUTY_SHARE]
        if low:
            lines.append(f"{name}: {len(low)} of {len(shares)} sustained rows WAITED for the "
                         f"host, down to {100 * min(low):.0f} % busy")
    return lines


def _power_agreement(tables):
    """Counter against sensor, over sustained products of matrices."""
    differences = []
    for row in tables.read("kernels"):
        if (row["op"], row["measurement"]) == ("gemm", "sustained") and (
                row["power_w"] and row["sensor_power_w"]):
            differences.append(abs(float(row["power_w"]) / float(row["sensor_power_w"]) - 1))
    if not differences:
        return []
    middle, largest = arithmetic.median(differences), max(differences)
    verdict = "agree" if middle <= POWER_AGREEMENT else "DISAGREE"
    return [f"counter and sensor {verdict}: they differ by {100 * middle:.2f} % (median), "
            f"{100 * largest:.1f} % (largest) over {len(differences)} products"]


def _conservation(tables):
    """Tokens of the iterations against tokens of the requests, per serving run."""
    found = []
    iterations, requests = tables.read("serving_iterations"), tables.read("serving_requests")
    for scenario in sorted({row["scenario"] for row in requests}):
        steps = [row for row in iterations if row["scenario"] == scenario]
        served = [row for row in requests if row["scenario"] == scenario]
        prompts = sum(int(row["prompt_tokens"]) for row in served)
        outputs = sum(int(row["output_tokens"]) for row in served)
        preempted = sum(int(row["preemptions"]) for row in served)
        decoded = sum(int(row["decode_rows"]) for row in steps)
        prefilled = sum(int(row["prefill_tokens"]) for row in steps)
        if any(row["end_s"] == "" for row in served):
            found.append(f"{scenario}: a request has no end")
        if prefilled < prompts or (preempted == 0 and prefilled != prompts):
            found.append(f"{scenario}: {prefilled} prompt tokens computed, {prompts} asked for")
        if preempted == 0 and decoded != outputs - len(served):
            found.append(f"{scenario}: {decoded} tokens decoded, expected {outputs - len(served)}")
    return found
