"""The energy counter and the sensors beside a serving run."""

import threading
import time

from collect import energy

SAMPLE_INTERVAL_S = 0.1
POLL_S = 0.005
# Idleness before and after the run, in which the counter is read too.
IDLE_S = 1.2


class EnergySampler(threading.Thread):
    """Reads the sensors on a grid of ten times a second, and the counter between, for the
    instants at which it changes. Rows are (time s, joules since the first reading, status, last
    edge); times are those of `clock`, an edge is None before the counter has changed."""

    def __init__(self, meter, clock, sleep=time.sleep):
        super().__init__(daemon=True)
        self.meter, self.clock, self._sleep = meter, clock, sleep
        self.rows, self._done = [], threading.Event()
        self._recorder, self._first, self._failure = energy.EdgeRecorder(), None, None

    def run(self):
        try:
            due = self.clock.now_s()
            while not self._done.is_set():
                value, now = self._look()
                if now >= due:
                    self._sample(value, now)
                    due += SAMPLE_INTERVAL_S
                self._sleep(POLL_S)
        except Exception as error:  # told where the thread is waited for
            self._failure = error

    def finish(self):
        """All rows, the last one taken now; raises what the sampler met."""
        self._done.set()
        self.join()
        if self._failure is not None:
            raise self._failure
        self._sample(*self._look())
        return self.rows

    def _look(self):
        before = self.clock.now_s()
        value = self.meter.energy_j()
        now = (before + self.clock.now_s()) / 2
        self._first = value if self._first is None else self._first
        self._recorder.add(now, value)
        return value, now

    def _sample(self, value, now):
        edge = self._recorder.edges[-1] if self._recorder.edges else None
        if edge is not None:
            edge = energy.Edge(edge.time_s, edge.energy_j - self._first)
        self.rows.append((now, value - self._first, self.meter.status(), edge))
