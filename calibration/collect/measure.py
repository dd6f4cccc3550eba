"""How a piece of work is timed and how its joules are read.

- burst: many replays back to back for a fraction of a second; time only.
- sustained: seconds of uninterrupted replays; time by device events, power from edge to edge of
  the energy counter, after the clocks have settled.
- gapped: replays with a pause of the host between them; what the pauses draw follows from the
  mean power and the share of the time that was busy.
"""

import functools
import operator
import random
import time
from collections import deque
from dataclasses import dataclass, field

from collect import arithmetic, energy, nvml
from collect.errors import UnfitError

SETTLE_S = 0.7
# Longer than a look at all sensors may take, so that the device never waits for one.
QUEUED_S = 0.2
STATUS_INTERVAL_S = 0.1
BURST_S, STEP_BURST_S = 0.12, 0.6
LEAST_REPLAYS = 5
POLL_S = 0.001
GAP_SEED = 3


@dataclass
class Observation:
    """What the meter said while work ran."""
    recorder: energy.EdgeRecorder = field(default_factory=energy.EdgeRecorder)
    statuses: list = field(default_factory=list)

    def poll(self, meter):
        """One look at the counter, stamped with the middle of the reading."""
        before = time.monotonic()
        value = meter.energy_j()
        now = time.monotonic()
        self.recorder.add((before + now) / 2, value)
        if not self.statuses or now - self.statuses[-1].time_s >= STATUS_INTERVAL_S:
            self.statuses.append(meter.status())


def burst(device, work, meter, seconds=BURST_S):
    """Times `work` without its energy."""
    once = _seconds_of_one(device, work)
    _launch(device, work, max(1, round(0.03 / once)))
    spans = _launch(device, work, max(LEAST_REPLAYS, min(2000, round(seconds / once))))
    # Asked while the device still works, so that the clocks are those of the work.
    status = meter.status() if meter else None
    device.synchronize()
    result = _timing(device, work, spans)
    result.update(_conditions([status] if status else [], meter))
    return result


def sustained(device, work, meter, seconds, settle_s, gap_s=None):
    """Time and power of `work` repeated for `seconds`, with pauses of about `gap_s` between
    replays if it is given. A window in which the counter says nothing is measured once more."""
    for _ in range(2):
        result = _sustained_once(device, work, meter, seconds, settle_s, gap_s)
        if "power_w" in result:
            return result
    raise UnfitError("the energy counter changed too seldom in two windows to tell the power")


def keep_busy(device, work, meter, seconds):
    """Replays `work` for a while."""
    _repeat(device, work, meter, seconds, 0, None)


def _sustained_once(device, work, meter, seconds, settle_s, gap_s):
    observation, spans, start, stop = _repeat(device, work, meter, seconds, settle_s, gap_s)
    spans = _settled(device, spans, settle_s)
    result = _timing(device, work, spans)
    window_start = start + settle_s
    edges = observation.recorder.edges
    reading = energy.mean_power(edges, window_start, stop)
    if reading:
        wall_per_call = result["window_s"] / (result["replays"] * work.calls)
        result.update(
            power_w=reading.power_w, counter_edges=reading.edges,
            power_spread=energy.power_spread(edges, window_start, stop),
            energy_j=reading.power_w * wall_per_call)
    statuses = [s for s in observation.statuses if window_start <= s.time_s <= stop]
    sensor = [s.power_w for s in statuses if s.power_w is not None]
    result["sensor_power_w"] = sum(sensor) / len(sensor) if sensor else None
    result.update(_conditions(statuses, meter))
    return result


def rates(result, flop, moved_bytes, peaks, dtype):
    """Adds the counted work and the shares of the peaks that it reached."""
    seconds = result["time_s"]
    result.update(
        flop=flop, bytes=moved_bytes,
        compute_utilization=arithmetic.utilization(flop, seconds, peaks.flop.get(dtype)),
        bandwidth_utilization=arithmetic.utilization(moved_bytes, seconds, peaks.memory_bytes))
    return result


def watch(meter, seconds, interval_s=0.05, poll_s=0.02):
    """Readings of an untouched GPU: (seconds since the start, joules since the first edge,
    status), no closer than `interval_s`, each taken as the counter changes. Looks seldom, since
    looking itself keeps a GPU awake: an edge is stamped up to `poll_s` late."""
    rows, recorder, last = [], energy.EdgeRecorder(), None
    start = time.monotonic()
    while (before := time.monotonic()) < start + seconds:
        known = len(recorder.edges)
        value = meter.energy_j()
        now = (before + time.monotonic()) / 2
        recorder.add(now, value)
        if len(recorder.edges) > known and (last is None or now - last >= interval_s):
            edge, last = recorder.edges[-1], now
            rows.append((edge.time_s - start, edge.energy_j - recorder.edges[0].energy_j,
                         meter.status()))
        time.sleep(poll_s)
    return rows


def _repeat(device, work, meter, seconds, settle_s, gap_s):
    once = _seconds_of_one(device, work)
    depth = 1 if gap_s is not None else max(2, min(64, round(QUEUED_S / once) + 1))
    observation, spans, pending = Observation(), [], deque()
    # Pauses of one length could keep step with the sensor's own sampling.
    lengths = random.Random(GAP_SEED)
    start = time.monotonic()
    end = start + settle_s + seconds
    while time.monotonic() < end:
        while len(pending) < depth:
            pending.append(_span(device, work))
            observation.poll(meter)
        observation.poll(meter)
        if gap_s is not None:
            while not device.is_past(pending[0][1]):
                observation.poll(meter)
                time.sleep(POLL_S)
            _pause(gap_s * lengths.uniform(0.5, 1.5), observation, meter)
        while pending and device.is_past(pending[0][1]):
            spans.append(pending.popleft())
        if len(pending) == depth:
            time.sleep(POLL_S)
    stop = time.monotonic()
    device.synchronize()
    return observation, spans + list(pending), start, stop


def _pause(seconds, observation, meter):
    """Lets the device idle, and still sees every edge of the counter."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        observation.poll(meter)
        time.sleep(max(0.0, min(POLL_S, end - time.monotonic())))


def _span(device, work):
    """(start, end, seconds that the host took to hand the work over)."""
    before = time.monotonic()
    start = device.mark()
    work.launch()
    end = device.mark()
    return start, end, time.monotonic() - before


def _launch(device, work, count):
    return [_span(device, work) for _ in range(count)]


def _seconds_of_one(device, work):
    start, end, _ = _span(device, work)
    device.wait(end)
    return max(device.seconds(start, end), 1e-6)


def _settled(device, spans, settle_s):
    """The spans that began after the settling time; all if too few did."""
    first = spans[0][0]
    later = [span for span in spans if device.seconds(first, span[0]) >= settle_s]
    return later if len(later) >= 2 else spans


def _timing(device, work, spans):
    per_call = [device.seconds(start, end) / work.calls for start, end, _ in spans]
    window = device.seconds(spans[0][0], spans[-1][1])
    enqueue_s = arithmetic.median([span[2] for span in spans]) / work.calls
    return {
        "launch": work.launch_kind, "capture_failure": work.capture_failure,
        "calls": work.calls, "replays": len(spans),
        "window_s": window, "time_s": arithmetic.median(per_call),
        "time_spread": arithmetic.relative_spread(per_call),
        "duty_share": min(1.0, sum(per_call) * work.calls / window),
        "enqueue_s": enqueue_s,
        "enqueue_share": min(1.0, enqueue_s * len(spans) * work.calls / window),
        "eager_enqueue_s": work.eager_enqueue_s,
    }


def _conditions(statuses, meter):
    def middle(name):
        values = [getattr(s, name) for s in statuses if getattr(s, name) is not None]
        return arithmetic.median(values) if values else None

    seen = [status.throttle for status in statuses if status.throttle is not None]
    bits = functools.reduce(operator.or_, seen) if seen else None
    slowed = sum(bool(reasons & nvml.SLOWING_REASONS) for reasons in seen)
    return {
        "sm_clock_mhz": middle("sm_clock_mhz"), "memory_clock_mhz": middle("memory_clock_mhz"),
        "temperature_c": middle("temperature_c"),
        "power_limit_w": meter.power_limit_w if meter else None,
        "throttle_reasons": nvml.throttle_text(bits),
        "throttled_share": slowed / len(seen) if seen else None,
    }
