"""The counter beside a serving run: its grid, its edges, its end, its failures."""

import unittest

from collect.nvml import NvmlError, Status
from collect.sampler import EnergySampler


class Clock:
    def __init__(self):
        self.time = 0.0

    def now_s(self):
        return self.time


class Meter:
    """100 W, renewed every 30 ms; refuses after `fails_at_s`."""

    def __init__(self, clock, fails_at_s=1e9):
        self.clock, self.fails_at_s = clock, fails_at_s

    def energy_j(self):
        if self.clock.time >= self.fails_at_s:
            raise NvmlError("gone")
        return 5000 + int(self.clock.time / 0.03 + 1e-6) * 0.03 * 100

    def status(self):
        return Status(self.clock.time, 100.0)


class Sampling(unittest.TestCase):
    def sample(self, until_s=2.0, step_s=0.007, **options):
        clock = Clock()

        def sleep(_):
            clock.time += step_s
            if clock.time >= until_s:
                sampler._done.set()
        sampler = EnergySampler(Meter(clock, **options), clock, sleep)
        sampler.run()
        # The thread has been played; finishing waits for one that has ended.
        sampler.run = lambda: None
        sampler.start()
        return sampler

    def test_the_grid_does_not_drift(self):
        rows = self.sample().finish()
        times = [row[0] for row in rows[:-1]]
        self.assertEqual(len(times), 20)
        for number, time in enumerate(times):
            self.assertLess(time - 0.1 * number, 0.00701)
            self.assertGreaterEqual(time - 0.1 * number, -1e-9)

    def test_the_last_reading_is_taken_at_the_end(self):
        sampler = self.sample()
        sampler.clock.time = 2.4
        rows = sampler.finish()
        self.assertEqual(rows[-1][0], 2.4)
        self.assertAlmostEqual(rows[-1][1], 240)

    def test_rows_hold_the_last_edge(self):
        rows = self.sample().finish()
        self.assertIsNone(rows[0][3])
        first, last = rows[1][3], rows[-2][3]
        self.assertAlmostEqual(
            (last.energy_j - first.energy_j) / (last.time_s - first.time_s), 100, delta=1)
        for time, energy, _, edge in rows[1:]:
            self.assertLessEqual(edge.time_s, time)
            self.assertLess(time - edge.time_s, 0.04)
            self.assertAlmostEqual(edge.energy_j, energy)

    def test_a_failure_is_raised_where_the_run_ends(self):
        with self.assertRaisesRegex(NvmlError, "gone"):
            self.sample(fails_at_s=1.0).finish()


if __name__ == "__main__":
    unittest.main()
