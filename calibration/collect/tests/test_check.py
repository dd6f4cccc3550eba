"""What a check finds in folders that were tampered with, and what it says of sound ones."""

import tempfile
import unittest

from collect import check
from collect.tables import Tables

GEMM = {"run": 1, "op": "gemm", "measurement": "sustained", "dtype": "bf16", "tokens": 8192,
        "time_s": 0.002, "power_w": 600, "sensor_power_w": 603, "temperature_c": 50}
ITERATION = {"run": 1, "scenario": "a", "prefill_tokens": 12, "decode_rows": 0}
REQUEST = {"run": 1, "scenario": "a", "prompt_tokens": 12, "output_tokens": 3, "end_s": 2,
           "preemptions": 0}


class Folders(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.tables = Tables(holder.name)

    def check(self, **tables):
        for name, rows in tables.items():
            self.tables.append(name, rows)
        return check.check_folder(self.tables.folder)

    def assert_found(self, expected, **tables):
        found, _ = self.check(**tables)
        self.assertEqual(len(found), 1, found)
        self.assertRegex(found[0], expected)

    def test_no_folder(self):
        found, _ = check.check_folder(self.tables.folder + "/none")
        self.assertRegex(found[0], "no folder")

    def test_a_shape_measured_twice(self):
        self.assert_found("measured twice: gemm", kernels=[GEMM, GEMM])

    def test_a_repeat_is_no_second_measurement(self):
        found, remarks = self.check(kernels=[
            GEMM, {**GEMM, "repeat": 2, "power_w": 612, "temperature_c": 60}])
        self.assertEqual(found, [])
        line, = [text for text in remarks if "2 times" in text]
        # 606 +- 8.485 W; 12 W in 10 degrees.
        self.assertIn("power_w differs by 1.40 %, +0.198 % per degree", line)
        self.assertIn("time_s differs by 0.00 %", line)

    def test_sustained_rows_without_power(self):
        for measurement in ("sustained", "gapped"):
            row = {**GEMM, "measurement": measurement, "power_w": None}
            found, _ = self.check(kernels=[row])
            self.assertRegex(found[-1], f"no power, though {measurement}")

    def test_a_burst_needs_no_power(self):
        self.assertEqual(
            self.check(kernels=[{**GEMM, "measurement": "burst", "power_w": None}])[0], [])

    def test_counter_and_sensor(self):
        _, remarks = self.check(kernels=[GEMM])
        self.assertTrue(any("sensor agree" in text and "0.50 %" in text for text in remarks))
        _, remarks = self.check(kernels=[
            {**GEMM, "tokens": 1, "sensor_power_w": 700},
            {**GEMM, "tokens": 2, "sensor_power_w": 700}])
        self.assertTrue(any("DISAGREE" in text for text in remarks))

    def test_the_host_s_share_is_told_by_launch(self):
        _, remarks = self.check(steps=[
            {"run": 1, "measurement": "burst", "launch": "graph", "decode_rows": rows,
             "enqueue_share": share} for rows, share in ((1, 0.02), (2, 0.04), (3, 0.12))])
        self.assertIn("steps, graph: the host hands over for 4.0 % of the time (median), "
                      "12.0 % (largest)", remarks)

    def test_sustained_work_that_waited_is_told(self):
        _, remarks = self.check(kernels=[
            {**GEMM, "duty_share": 0.99}, {**GEMM, "tokens": 1, "duty_share": 0.6}])
        self.assertIn("kernels: 1 of 2 sustained rows WAITED for the host, down to 60 % busy",
                      remarks)

    def test_more_than_the_peak(self):
        self.assert_found("more than the peak", kernels=[{**GEMM, "compute_utilization": 1.2}])

    def test_a_whole_serving_run(self):
        found, _ = self.check(
            serving_iterations=[ITERATION] + 2 * [
                {**ITERATION, "prefill_tokens": 0, "decode_rows": 1}],
            serving_requests=[REQUEST])
        self.assertEqual(found, [])

    def test_lost_tokens(self):
        self.assert_found(
            "11 prompt tokens computed, 12 asked for",
            serving_iterations=[{**ITERATION, "prefill_tokens": 11, "decode_rows": 2}],
            serving_requests=[REQUEST])

    def test_lost_decodes(self):
        self.assert_found("1 tokens decoded, expected 2",
                          serving_iterations=[{**ITERATION, "decode_rows": 1}],
                          serving_requests=[REQUEST])

    def test_a_request_without_an_end(self):
        self.assert_found("no end", serving_iterations=[{**ITERATION, "decode_rows": 2}],
                          serving_requests=[{**REQUEST, "end_s": None}])


if __name__ == "__main__":
    unittest.main()
