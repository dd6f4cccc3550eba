"""Times, powers and joules of a device and a meter that follow a script."""

import unittest
from unittest import mock

from collect import energy, measure, nvml
from collect.errors import UnfitError


class Script:
    """A clock that moves when slept on or read, a device that works through what is launched,
    and a counter renewed every 50 ms. Each launch holds `calls` calls; while the device works it
    draws `busy_w`, else `idle_w`; the first `slow_s` seconds everything takes twice as long."""

    launch_kind, capture_failure, power_limit_w = "graph", "", 700.0
    eager_enqueue_s = 0.0007
    READING_S = 1e-5

    def __init__(self, call_s=0.002, calls=5, busy_w=400.0, idle_w=100.0, slow_s=0.0,
                 interval_s=0.05):
        self.now, self.free_at, self.work = 0.0, 0.0, []
        self.call_s, self.calls, self.slow_s = call_s, calls, slow_s
        self.busy_w, self.idle_w, self.interval_s = busy_w, idle_w, interval_s

    # The clock.
    def monotonic(self):
        self.now += self.READING_S
        return self.now

    def sleep(self, seconds):
        self.now += max(0.0, seconds)

    # The work and the device.
    def launch(self):
        start = max(self.now, self.free_at)
        length = self.call_s * self.calls * (2 if start < self.slow_s else 1)
        self.work.append((start, start + length))
        self.free_at = start + length

    def mark(self):
        return [max(self.now, self.free_at)]

    @staticmethod
    def seconds(start, end):
        return end[0] - start[0]

    def is_past(self, event):
        return event[0] <= self.now

    def wait(self, event):
        self.now = max(self.now, event[0])

    def synchronize(self):
        self.now = max(self.now, self.free_at)

    # The meter.
    def energy_j(self):
        until = int(self.now / self.interval_s + 1e-9) * self.interval_s
        busy = sum(max(0.0, min(end, until) - start) for start, end in self.work if start < until)
        return self.idle_w * until + (self.busy_w - self.idle_w) * busy

    def status(self):
        busy = self.free_at > self.now
        return nvml.Status(self.now, self.busy_w if busy else self.idle_w, 1500 if busy else 300,
                           2619, 45, 0x4 if busy else 0x1)


class Scripted(unittest.TestCase):
    def play(self, function, *arguments, **options):
        script = Script(**options)
        with mock.patch.object(measure, "time", script):
            return function(script, script, script, *arguments)


class Sustained(Scripted):
    def test_time_power_and_joules_of_steady_work(self):
        row = self.play(measure.sustained, 3.2, 0.7)
        self.assertAlmostEqual(row["time_s"], 0.002, places=9)
        self.assertAlmostEqual(row["time_spread"], 0, places=9)
        self.assertAlmostEqual(row["power_w"], 400, delta=0.5)
        self.assertAlmostEqual(row["energy_j"], 0.8, delta=0.001)
        self.assertAlmostEqual(row["duty_share"], 1, places=9)
        self.assertAlmostEqual(row["window_s"], row["replays"] * 0.010, places=9)
        # What is queued at the end of the window belongs to it.
        self.assertAlmostEqual(row["window_s"], 3.2 + measure.QUEUED_S, delta=0.05)
        # Handing over takes as long as a look at the clock, for five calls of 2 ms.
        self.assertAlmostEqual(row["enqueue_s"], Script.READING_S / 5, places=12)
        self.assertAlmostEqual(row["enqueue_share"], row["enqueue_s"] / 0.002, places=9)
        self.assertEqual(row["eager_enqueue_s"], 0.0007)
        self.assertAlmostEqual(row["counter_edges"], 64, delta=1)
        self.assertLess(row["power_spread"], 0.005)
        self.assertEqual((row["sensor_power_w"], row["sm_clock_mhz"], row["throttle_reasons"],
                          row["throttled_share"]), (400, 1500, "power-cap", 1))

    def test_the_slow_first_moments_do_not_count(self):
        row = self.play(measure.sustained, 3.2, 0.7, slow_s=0.69)
        self.assertAlmostEqual(row["time_s"], 0.002, places=9)
        self.assertAlmostEqual(row["time_spread"], 0, places=9)
        self.assertAlmostEqual(row["duty_share"], 1, places=9)

    def test_pauses_mix_two_powers_by_the_share_of_work(self):
        row = self.play(measure.sustained, 8.0, 0.7, 0.02)
        share = row["duty_share"]
        # Work of 10 ms, pauses of 10 to 30 ms.
        self.assertAlmostEqual(share, 10 / 30.6, delta=0.02)
        self.assertAlmostEqual(row["power_w"], share * 400 + (1 - share) * 100, delta=2)
        self.assertAlmostEqual(row["time_s"], 0.002, places=9)
        wall = row["window_s"] / (row["replays"] * 5)
        self.assertAlmostEqual(row["energy_j"], row["power_w"] * wall, places=9)
        self.assertGreater(wall, 0.0055)

    def test_pauses_are_of_many_lengths(self):
        script = Script()
        with mock.patch.object(measure, "time", script):
            measure.sustained(script, script, script, 8.0, 0.7, gap_s=0.2)
        gaps = [after[0] - before[1] for before, after in zip(script.work[2:], script.work[3:])]
        self.assertLess(min(gaps), 0.12)
        self.assertGreater(max(gaps), 0.28)
        self.assertGreaterEqual(min(gaps), 0.1)
        self.assertLessEqual(max(gaps), 0.31)

    def test_a_counter_that_hardly_moves_is_tried_twice_and_refused(self):
        script = Script(interval_s=30.0)
        with mock.patch.object(measure, "time", script):
            with self.assertRaisesRegex(UnfitError, "too seldom in two windows"):
                measure.sustained(script, script, script, 3.2, 0.7)
        self.assertAlmostEqual(script.now, 2 * 3.9, delta=0.5)

    def test_a_slow_reading_is_stamped_with_its_middle(self):
        script = Script()
        readings = iter([0.0, 5.0])

        def energy_j():
            script.now += 0.010
            return next(readings)
        script.energy_j = energy_j
        observation = measure.Observation()
        with mock.patch.object(measure, "time", script):
            observation.poll(script)
            start = script.now
            observation.poll(script)
        edge, = observation.recorder.edges
        self.assertEqual(edge.energy_j, 5.0)
        self.assertAlmostEqual(edge.time_s - start, 0.005, delta=2e-5)


class Burst(Scripted):
    def play_burst(self, **options):
        return self.play(lambda device, work, meter: measure.burst(device, work, meter), **options)

    def test_a_burst_has_a_time_and_no_power(self):
        row = self.play_burst()
        self.assertAlmostEqual(row["time_s"], 0.002, places=9)
        self.assertEqual((row["replays"], row["calls"]), (12, 5))
        self.assertAlmostEqual(row["window_s"], 0.12, places=9)
        self.assertNotIn("power_w", row)
        self.assertEqual(row["sm_clock_mhz"], 1500)

    def test_the_first_replays_warm_up(self):
        self.assertAlmostEqual(self.play_burst(slow_s=0.03)["time_spread"], 0, places=9)


class Slowness(unittest.TestCase):
    def test_only_reasons_that_slow_the_work_count_and_unknown_ones_do_not(self):
        statuses = [nvml.Status(0.0, throttle=bits) for bits in (0x4, 0x1, 0x2, 0x20, None)]
        row = measure._conditions(statuses, None)
        self.assertEqual(row["throttled_share"], 0.5)
        self.assertEqual(row["throttle_reasons"],
                         "idle+application-clocks+power-cap+software-thermal")
        self.assertIsNone(measure._conditions(statuses[-1:], None)["throttled_share"])


class Watching(unittest.TestCase):
    def test_an_idle_gpu_is_seen_by_its_counter(self):
        script = Script()
        with mock.patch.object(measure, "time", script):
            rows = measure.watch(script, 5.0)
        (first, energy_0, _), (last, energy_1, status) = rows[0], rows[-1]
        self.assertEqual(energy_0, 0)
        self.assertAlmostEqual((energy_1 - energy_0) / (last - first), 100, delta=1)
        self.assertEqual(status.power_w, 100)
        self.assertGreater(last - first, 4.8)


class Settled(unittest.TestCase):
    def test_edges_outside_the_window_do_not_count(self):
        edges = [energy.Edge(t / 10, (0 if t < 20 else t - 20) * 30.0) for t in range(60)]
        self.assertAlmostEqual(energy.mean_power(edges, 2.0, 5.0).power_w, 300)


if __name__ == "__main__":
    unittest.main()
