"""Lines on standard error: what was measured, how far the plan is, how long it will take."""

import sys
import time


def duration_text(seconds):
    minutes, rest = divmod(int(round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


class Progress:
    """Counts items; the time left is the estimate of the items left, scaled by how the ones
    done compared with theirs."""

    def __init__(self, items, deadline_s=None, stream=None, clock=time.monotonic):
        self.left = sum(item.estimate_s for item in items)
        self.total, self.done = len(items), 0
        self.deadline_s, self.stream, self.clock = deadline_s, stream or sys.stderr, clock
        self.estimated, self.taken = 0.0, 0.0

    def finished(self, item, seconds, outcome):
        self.done += 1
        self.left -= item.estimate_s
        self.estimated += item.estimate_s
        self.taken += seconds
        print(f"[{self.done}/{self.total}] {item.label}: {outcome} "
              f"({seconds:.1f} s; {self.remaining_text()})", file=self.stream, flush=True)

    @property
    def pace(self):
        """Seconds taken per second estimated, so far."""
        return self.taken / self.estimated if self.estimated else 1.0

    def expected_s(self, item):
        """How long an item may take: its estimate, or longer where the others took longer."""
        return item.estimate_s * max(1.0, self.pace)

    def remaining_s(self):
        return max(0.0, self.left * self.pace)

    def remaining_text(self):
        text = f"plan needs {duration_text(self.remaining_s())} more"
        if self.deadline_s is not None:
            text += f", {duration_text(max(0.0, self.deadline_s - self.clock()))} left"
        return text


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
