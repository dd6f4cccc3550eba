"""Lines on standard error: what was measured, how far the plan is, how long it will take."""

import sys
import time

# How the outcome of an item begins that was not measured.
SKIPPED = "skipped: "


def duration_text(seconds):
    minutes, rest = divmod(int(round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


class Progress:
    """Counts items; the time left is the estimate of the items left, scaled by how the ones
    done compared with theirs. `expected_s` are the seconds that each is expected to take."""

    def __init__(self, items, expected_s, deadline_s=None, stream=None, clock=time.monotonic):
        self._planned = dict(zip(items, expected_s))
        self.left = sum(expected_s)
        self.total, self.done = len(items), 0
        self.deadline_s, self.stream, self.clock = deadline_s, stream or sys.stderr, clock
        self._by_kind = {}

    def finished(self, item, expected_s, seconds, outcome):
        """Tells of an item that took `seconds` where `expected_s` were expected; one that was
        skipped says nothing of the pace."""
        self.done += 1
        self.left -= self._planned.get(item, 0.0)
        if not outcome.startswith(SKIPPED):
            estimated, taken = self._by_kind.get(_kind(item), (0.0, 0.0))
            self._by_kind[_kind(item)] = estimated + expected_s, taken + seconds
        print(f"[{self.done}/{self.total}] {item.label}: {outcome} "
              f"({seconds:.1f} s; {self.remaining_text()})", file=self.stream, flush=True)

    @property
    def pace(self):
        """Seconds taken per second expected, so far."""
        return _ratio(self._by_kind.values())

    def scaled_s(self, item, expected_s):
        """How long an item may take: what is expected, or longer where others of its kind, or
        all if there were none, took longer than expected."""
        known = self._by_kind.get(_kind(item))
        return expected_s * max(1.0, _ratio([known]) if known else self.pace)

    def remaining_s(self):
        return max(0.0, self.left * self.pace)

    def remaining_text(self):
        text = f"plan needs {duration_text(self.remaining_s())} more"
        if self.deadline_s is not None:
            text += f", {duration_text(max(0.0, self.deadline_s - self.clock()))} left"
        return text


def _kind(item):
    return item.part, item.fields.get("measurement")


def _ratio(pairs):
    estimated, taken = (sum(each) for each in zip(*pairs)) if pairs else (0.0, 0.0)
    return taken / estimated if estimated else 1.0


def outcome_text(row):
    """The figures of a row that tell whether it is sane."""
    parts = []
    if row.get("time_s"):
        parts.append(f"{row['time_s'] * 1e6:.4g} us")
    if row.get("power_w"):
        parts.append(f"{row['power_w']:.0f} W")
    if row.get("energy_j"):
        parts.append(f"{row['energy_j']:.3g} J")
    for name, word in (("compute_utilization", "compute"), ("bandwidth_utilization", "memory")):
        if row.get(name):
            parts.append(f"{100 * row[name]:.0f} % {word}")
    if row.get("backend"):
        parts.append(row["backend"])
    if row.get("throttle_reasons") not in (None, "", "none"):
        parts.append(row["throttle_reasons"])
    return ", ".join(parts)
