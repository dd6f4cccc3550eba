"""The gap between a step and the sum of its kernels."""

import tempfile
import unittest

from collect import gaps
from collect.sheets import ModelShape
from collect.tables import Tables

MODEL = ModelShape("m", layers=2, hidden=4, query_heads=2, kv_heads=1, head_dim=4,
                   intermediate=8, vocabulary=16)


def clock_of(row):
    return 1000 if row["op"] == "decode_attention" else 1980


class Gap(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = holder.name
        self.tables = Tables(holder.name)
        self.tables.append("steps", [{
            "model": "m", "kind": "decode", "measurement": measurement, "dtype": "bf16",
            "decode_rows": 4, "decode_context_tokens": 32, "time_s": seconds,
            "sm_clock_mhz": 1900} for measurement, seconds in (
                ("burst", 100e-6), ("sustained", 130e-6))])

    def add_kernels(self, tokens=(4,)):
        rows = []
        for count in tokens:
            for out_features, in_features in MODEL.projections.values():
                rows.append({"op": "gemm", "tokens": count, "out_features": out_features,
                             "in_features": in_features, "time_s": count * 1e-6})
            rows.append({"op": "norm", "tokens": count, "in_features": 4, "time_s": count * 1e-7})
            rows.append({"op": "activation", "tokens": count, "out_features": 8,
                         "time_s": count * 1e-7})
            rows.append({"op": "rotation", "tokens": count, "query_heads": 2, "kv_heads": 1,
                         "head_dim": 4, "time_s": count * 1e-7})
        rows.append({"op": "decode_attention", "batch_rows": 4, "context_tokens": 32,
                     "query_heads": 2, "kv_heads": 1, "head_dim": 4, "time_s": 5e-6})
        self.tables.append("kernels", [
            {"measurement": measurement, "dtype": "bf16", **row, "sm_clock_mhz": clock,
             "time_s": row["time_s"] * slower} for row in rows
            for measurement, slower, clock in (("burst", 1, clock_of(row)), ("sustained", 2, 900))])

    def test_the_gap_is_what_the_kernels_leave(self):
        self.add_kernels()
        row, = gaps.gap_rows(self.folder, lambda name: MODEL)
        # 2 layers x 4 products + head: 9 x 4 us; 2 x 5 us; 2 x 4 + 1 small ones x 0.4 us.
        self.assertAlmostEqual(row["gemm_time_s"], 36e-6)
        self.assertAlmostEqual(row["attention_time_s"], 10e-6)
        self.assertAlmostEqual(row["glue_time_s"], 3.6e-6)
        self.assertAlmostEqual(row["gap_time_s"], 50.4e-6)
        self.assertAlmostEqual(row["gap_share"], 0.504)

    def test_a_step_of_another_attention_than_the_kernels_is_left_out(self):
        self.add_kernels()
        step, = [row for row in self.tables.read("steps") if row["measurement"] == "burst"]
        self.tables.append("steps", [{**step, "attention": "any-length"}])
        self.assertEqual(len(gaps.gap_rows(self.folder, lambda name: MODEL)), 1)

    def test_both_clocks_are_told_that_of_the_kernels_by_their_time(self):
        self.add_kernels()
        row, = gaps.gap_rows(self.folder, lambda name: MODEL)
        self.assertEqual(row["step_clock_mhz"], 1900)
        self.assertAlmostEqual(
            row["kernel_clock_mhz"], (10 * 1000 + 39.6 * 1980) / 49.6, places=6)

    def test_token_counts_between_are_interpolated_in_logarithms(self):
        self.add_kernels(tokens=(1, 16))
        row, = gaps.gap_rows(self.folder, lambda name: MODEL)
        self.assertAlmostEqual(row["gemm_time_s"], 36e-6)

    def test_a_step_whose_kernels_are_unknown_has_no_gap(self):
        self.assertEqual(gaps.gap_rows(self.folder, lambda name: MODEL), [])


if __name__ == "__main__":
    unittest.main()
