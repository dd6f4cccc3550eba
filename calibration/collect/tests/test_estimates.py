"""How long items are expected to take, with what they are the first to need."""

import os
import unittest
from unittest import mock

from collect import estimates, plan, progress, sheets
from collect.plan import Item

TOY = plan.Plan(os.path.join(plan.FOLDER, "plan-toy.json"))
PEAKS = sheets.Peaks(flop={"bf16": 1e15}, memory_bytes=3e12)


def item(part, **fields):
    return Item(part, tuple(fields.items()))


GEMM = item("kernel", op="gemm", measurement="burst", dtype="bf16", tokens=1)
HOT = item("kernel", op="gemm", measurement="sustained", dtype="bf16", tokens=1)
STEP = item("step", model="toy", measurement="sustained", dtype="bf16", decode_rows=1,
            decode_context_tokens=8)


class Setup(unittest.TestCase):
    def setUp(self):
        self.expected = estimates.Estimates(TOY.model, sheets.Peaks(flop={}))

    def test_a_context_and_a_kind_are_made_ready_once(self):
        first = estimates.CONTEXT_S + estimates.FIRST_OF_A_KIND_S
        self.assertEqual(self.expected.setup_s(GEMM), first)
        self.expected.done(GEMM)
        self.assertEqual(self.expected.setup_s(GEMM), 0)
        self.assertEqual(self.expected.seconds(GEMM), GEMM.estimate_s)

    def test_the_untouched_gpu_needs_nothing(self):
        before = item("idle", phase="before", seconds=7)
        self.assertEqual(self.expected.seconds(before), 7)
        self.expected.done(before)
        self.assertGreater(self.expected.setup_s(GEMM), estimates.CONTEXT_S)

    def test_the_first_row_whose_power_counts_heats(self):
        self.expected.done(GEMM)
        self.assertEqual(self.expected.setup_s(HOT), plan.PREHEATING_S)
        self.expected.done(HOT)
        self.assertEqual(self.expected.setup_s(HOT), 0)

    def test_weights_are_made_for_steps_and_again_after_kernels(self):
        for each in (HOT, STEP):
            self.expected.done(each)
        self.assertEqual(self.expected.setup_s(STEP), 0)
        self.expected.done(GEMM)
        weights = TOY.model("toy").weight_bytes / estimates.WEIGHT_BYTES_PER_S
        self.assertAlmostEqual(self.expected.setup_s(STEP), estimates.WEIGHTS_S + weights)

    def test_a_course_changes_nothing(self):
        course = self.expected.course([HOT, STEP, HOT, STEP])
        self.assertEqual(course, self.expected.course([HOT, STEP, HOT, STEP]))
        self.assertGreater(course[0], course[2])
        self.assertEqual(course[2], HOT.estimate_s)

    def test_a_model_without_a_sheet_is_no_error_yet(self):
        unknown = item("step", model="none", measurement="burst", dtype="bf16")
        with mock.patch.object(self.expected, "_shape_of", side_effect=sheets.SheetError):
            self.assertGreater(self.expected.seconds(unknown), unknown.estimate_s)


class LongSteps(unittest.TestCase):
    def test_steps_that_are_long_beside_their_window_count(self):
        shape = sheets.ModelShape("big", layers=60, hidden=8192, query_heads=64, kv_heads=8,
                                  head_dim=128, intermediate=30000, vocabulary=150000)
        expected = estimates.Estimates(lambda name: shape, PEAKS)
        long = item("step", model="big", measurement="burst", dtype="bf16", prefill_chunks=1,
                    prefill_tokens=16384)
        # 2 x 16,384 tokens x 53.8 G weights, attention besides, at half of 1e15: 3.5 s or more.
        self.assertGreater(expected._long_steps_s(long), 10 * 3.5 - 0.6)
        self.assertLess(expected._long_steps_s(long), 10 * 4.5)
        self.assertEqual(estimates.Estimates(lambda name: shape, sheets.Peaks(flop={}))
                         ._long_steps_s(long), 0)


class Pace(unittest.TestCase):
    def test_a_kind_is_scaled_by_its_own_pace_and_others_by_that_of_all(self):
        with open(os.devnull, "w") as nowhere:
            report = progress.Progress([GEMM, HOT], [1.0, 5.0], stream=nowhere)
            self.assertEqual(report.scaled_s(GEMM, 2.0), 2.0)
            report.finished(GEMM, 1.0, 3.0, "")
            report.finished(HOT, 5.0, 4.5, "")
        self.assertEqual(report.scaled_s(GEMM, 2.0), 6.0)
        # What was quicker than expected is not counted upon to stay so.
        self.assertEqual(report.scaled_s(HOT, 2.0), 2.0)
        self.assertAlmostEqual(report.scaled_s(STEP, 2.0), 2.0 * 7.5 / 6)


if __name__ == "__main__":
    unittest.main()
