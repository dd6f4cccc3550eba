"""Joules from a counter that moves in steps."""

import unittest

from collect import energy


def counter(power_w, interval_s, until_s, poll_s=0.001):
    """Edges of a counter of constant power, renewed at whole intervals, polled often."""
    recorder = energy.EdgeRecorder()
    for step in range(int(until_s / poll_s)):
        now = step * poll_s
        recorder.add(now, int(now / interval_s + 1e-9) * interval_s * power_w)
    return recorder.edges


class Edges(unittest.TestCase):
    def test_constant_power_is_found_whatever_the_window(self):
        edges = counter(700, 0.1, 5)
        for start in (0.0, 0.33, 1.07):
            reading = energy.mean_power(edges, start, start + 3.05)
            self.assertAlmostEqual(reading.power_w, 700, delta=0.001 / 3 * 700)

    def test_plain_readings_at_the_ends_would_be_wrong(self):
        # The same counter read at two instants: up to one interval is missing or too much.
        def value(now):
            return int(now / 0.1) * 0.1 * 700
        plain = (value(3.41) - value(0.39)) / 3.02
        self.assertGreater(abs(plain / 700 - 1), 0.02)

    def test_the_first_reading_is_no_edge(self):
        recorder = energy.EdgeRecorder()
        recorder.add(0.0, 5.0)
        self.assertEqual(recorder.edges, [])

    def test_a_falling_counter_is_refused(self):
        recorder = energy.EdgeRecorder()
        recorder.add(0.0, 5.0)
        with self.assertRaises(ValueError):
            recorder.add(1.0, 4.0)

    def test_two_phases_of_power_average_by_time(self):
        edges = [energy.Edge(0, 0), energy.Edge(1, 100), energy.Edge(2, 400)]
        self.assertEqual(energy.mean_power(edges, 0, 2).power_w, 200)

    def test_edges_over_less_than_half_of_the_window_say_nothing(self):
        edges = [energy.Edge(0.1, 0), energy.Edge(0.2, 10)]
        self.assertIsNone(energy.mean_power(edges, 0, 1))

    def test_spread_of_constant_power_is_small_and_of_a_ramp_is_not(self):
        self.assertLess(energy.power_spread(counter(300, 0.05, 4), 0.5, 3.5), 0.01)
        ramp = [energy.Edge(t / 10, (t / 10) ** 2 * 100) for t in range(40)]
        self.assertGreater(energy.power_spread(ramp, 0, 3.9), 0.3)

    def test_spread_is_the_standard_deviation_of_a_sample_over_its_mean(self):
        # 100, 200 and 300 W over a second each: 100 W around 200 W.
        joules = {0: 0, 0.9: 90, 1.1: 120, 1.9: 280, 2.1: 330, 2.9: 570}
        edges = [energy.Edge(time, value) for time, value in joules.items()]
        self.assertAlmostEqual(energy.power_spread(edges, 0, 3), 0.5)

    def test_update_interval_is_the_median_gap(self):
        self.assertAlmostEqual(energy.update_interval_s(counter(300, 0.05, 4)), 0.05, places=3)


if __name__ == "__main__":
    unittest.main()
