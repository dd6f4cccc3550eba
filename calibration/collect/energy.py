"""Joules from a counter that moves in steps.

A GPU's energy counter is renewed every 20 to 100 ms. Reading it at two arbitrary instants is
wrong by up to one such interval at each end, so power is taken from edge to edge: between the
first and the last instants of a window at which the counter was seen to change.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Edge:
    """An instant (host clock, s) at which the counter was first seen at a new value (J)."""
    time_s: float
    energy_j: float


@dataclass(frozen=True)
class PowerReading:
    power_w: float
    span_s: float
    edges: int


class EdgeRecorder:
    """Keeps the instants at which the counter's value changes."""

    def __init__(self):
        self.edges = []
        self._last_value = None

    def add(self, time_s, energy_j):
        # The first reading is no edge: when the counter took that value is unknown.
        if self._last_value is not None and energy_j != self._last_value:
            if energy_j < self._last_value:
                raise ValueError(
                    f"the energy counter fell from {self._last_value} to {energy_j} J")
            self.edges.append(Edge(time_s, energy_j))
        self._last_value = energy_j


def mean_power(edges, start_s, end_s, least_share=0.5):
    """Mean power between the first and last edges in [start, end]; None if they span less than
    `least_share` of the window, which then says too little about it."""
    inside = [edge for edge in edges if start_s <= edge.time_s <= end_s]
    if len(inside) < 2 or end_s <= start_s:
        return None
    first, last = inside[0], inside[-1]
    span = last.time_s - first.time_s
    if span < least_share * (end_s - start_s):
        return None
    return PowerReading((last.energy_j - first.energy_j) / span, span, len(inside))


def power_spread(edges, start_s, end_s, parts=3):
    """Relative standard deviation of the mean power over equal parts of the window; None if a
    part holds too few edges."""
    width = (end_s - start_s) / parts
    powers = []
    for part in range(parts):
        reading = mean_power(edges, start_s + part * width, start_s + (part + 1) * width)
        if reading is None:
            return None
        powers.append(reading.power_w)
    mean = sum(powers) / parts
    if mean == 0:
        return None
    variance = sum((power - mean) ** 2 for power in powers) / (parts - 1)
    return variance ** 0.5 / mean


def update_interval_s(edges):
    """Median time between changes of the counter; None with fewer than two edges."""
    if len(edges) < 2:
        return None
    gaps = sorted(later.time_s - earlier.time_s for earlier, later in zip(edges, edges[1:]))
    return gaps[len(gaps) // 2]
