"""Plans: what they expand to, in which order, and how long they say it takes."""

import json
import os
import tempfile
import unittest

from collect import estimates, plan, progress, schema, sheets

TOY = os.path.join(plan.FOLDER, "plan-toy.json")
FULL = os.path.join(plan.FOLDER, "plan.json")
MODELS = ("llama-3.1-8b", "qwen2.5-1.5b", "qwen2.5-7b", "qwen2.5-14b", "qwen2.5-32b")
HAS_SHEETS = "llama-3.1-8b" in sheets.model_names()


def plan_of(*stages, **options):
    with open(TOY) as toy:
        models = json.load(toy)["models"]
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump({"models": models, "stages": list(stages)}, file)
    try:
        return plan.Plan(file.name, **options)
    finally:
        os.remove(file.name)


class Expansion(unittest.TestCase):
    def test_lists_stand_for_their_combinations_the_last_fastest(self):
        items = plan_of({"part": "kernel", "op": "copy", "measurement": "burst",
                         "tokens": [1, 2], "in_features": [3, 4]}).items
        self.assertEqual([(i.fields["tokens"], i.fields["in_features"]) for i in items],
                         [(1, 3), (1, 4), (2, 3), (2, 4)])

    def test_a_shape_named_twice_is_measured_once_where_it_came_first(self):
        stage = {"part": "kernel", "op": "copy", "measurement": "burst", "in_features": 4}
        items = plan_of({**stage, "tokens": [2]}, {**stage, "tokens": [1, 2, 3]}).items
        self.assertEqual([i.fields["tokens"] for i in items], [2, 1, 3])

    def test_a_projection_becomes_the_numbers_of_the_sheet(self):
        items = plan_of({"part": "kernel", "op": "gemm", "measurement": "burst", "model": "toy",
                         "projection": "qkv", "tokens": 1}).items
        # (4 + 2 x 2) heads of 16, from 32 features.
        self.assertEqual(
            (items[0].fields["out_features"], items[0].fields["in_features"]), (128, 32))

    def test_points_are_single_combinations(self):
        items = plan_of({"part": "step", "model": "toy", "kind": "decode", "measurement": "burst",
                         "names": ["decode_rows", "decode_context_tokens"],
                         "points": [[1, 8], [4, 2]]}).items
        self.assertEqual([(i.fields["decode_rows"], i.fields["decode_context_tokens"])
                          for i in items], [(1, 8), (4, 2)])

    def test_parts_and_models_can_be_chosen(self):
        self.assertEqual({i.part for i in plan.Plan(TOY, parts=["idle", "step"]).items},
                         {"idle", "step"})
        self.assertEqual(plan.Plan(TOY, parts=["step"], models=["other"]).items, [])

    def test_an_unknown_name_is_an_error(self):
        with self.assertRaisesRegex(plan.PlanError, "colour"):
            plan_of({"part": "kernel", "op": "copy", "measurement": "burst", "colour": 1})
        with self.assertRaisesRegex(plan.PlanError, "no attention 'flash'"):
            plan_of({"part": "step", "model": "toy", "kind": "decode", "measurement": "burst",
                     "attention": "flash"})
        with self.assertRaisesRegex(plan.PlanError, "no part"):
            plan_of({"part": "kernels"})
        with self.assertRaisesRegex(plan.PlanError, "projection"):
            plan_of({"part": "kernel", "op": "gemm", "model": "toy", "projection": "x",
                     "measurement": "burst", "tokens": 1})

    def test_a_key_is_the_same_from_the_plan_and_from_a_table(self):
        item = plan_of({"part": "kernel", "op": "gemm", "measurement": "gapped", "model": "toy",
                        "projection": "qkv", "tokens": 1, "gap_s": 0.005}).items[0]
        row = {column: schema.cell_text(item.fields.get(column))
               for column in schema.TABLES["kernels"]}
        self.assertEqual(schema.key_of("kernels", row), item.key)


@unittest.skipUnless(HAS_SHEETS, "the model sheets are not there")
class FullPlan(unittest.TestCase):
    def setUp(self):
        self.plan = plan.Plan(FULL)
        self.items = self.plan.items
        self.seconds = estimates.Estimates(
            self.plan.model, sheets.read_peaks("h100-sxm")).course(self.items)

    def steps(self, model, kind):
        return [i.fields for i in self.items
                if (i.fields.get("model"), i.fields.get("kind")) == (model, kind)
                and i.fields["measurement"] == "sustained"]

    def test_every_model_spans_batch_context_and_length(self):
        for model in MODELS:
            decode = self.steps(model, "decode")
            self.assertLessEqual({1, 32, 128, 512}, {f["decode_rows"] for f in decode}, model)
            self.assertLessEqual({128, 1024, 32768}, {f["decode_context_tokens"] for f in decode},
                                 model)
            prefill = {f["prefill_tokens"] for f in self.steps(model, "prefill")}
            self.assertLessEqual({128, 512, 2048, 8192, 16384}, prefill, model)

    def test_the_corners_of_every_model_fit_the_smallest_card(self):
        # What an H100 of 80 GB has left with a context on it, and a gibibyte for activations.
        room = 83.9e9 - 2**30
        for model in MODELS:
            shape = self.plan.model(model)
            fits = {(f["decode_rows"], f["decode_context_tokens"])
                    for f in self.steps(model, "decode")
                    if f["decode_rows"] * f["decode_context_tokens"] * shape.kv_bytes_per_token()
                    <= room - shape.weight_bytes}
            self.assertLessEqual({(1, 128), (512, 128), (1, 32768)} - (
                {(1, 128)} if model == "llama-3.1-8b" else set()), fits, model)
        for item in self.items:
            if item.part == "serving":
                shape, f = self.plan.model(item.fields["model"]), item.fields
                cache = (f["batch_rows"] + 1) * f["sequence_tokens"] * shape.kv_bytes_per_token()
                # Graphs for many numbers of rows want their share too.
                self.assertLess(cache, 0.85 * (room - shape.weight_bytes), item.label)

    def test_three_loads_are_served(self):
        loads = {}
        for item in self.items:
            if item.part == "serving" and "kv_tokens" not in item.fields:
                loads.setdefault(item.fields["model"], []).append(item.fields["load"])
        self.assertEqual({model: len(each) for model, each in loads.items()},
                         {"llama-3.1-8b": 3, "qwen2.5-14b": 3})

    def test_the_corners_and_the_three_loads_come_in_the_first_half(self):
        corners = {(512, 128, None), (1, 32768, None), (None, None, 128), (None, None, 16384)}
        total, found = 0.0, 0
        for item, seconds in zip(self.items, self.seconds):
            f = item.fields
            corner = tuple(f.get(name) for name in (
                "decode_rows", "decode_context_tokens", "prefill_tokens"))
            is_load = item.part == "serving" and f["model"] == "llama-3.1-8b"
            is_corner = corner in corners and f.get("prefill_chunks") in (None, 1) and (
                f["measurement"] == "sustained")
            if is_load or is_corner:
                found += 1
                self.assertLess(total, 0.5 * sum(self.seconds), item.label)
            total += seconds
        self.assertEqual(found, 4 + len(corners) * len(MODELS))

    def test_every_part_has_begun_within_nine_minutes(self):
        total, parts, models = estimates.START_S, set(), set()
        for item, seconds in zip(self.items, self.seconds):
            total += seconds
            if total < 540:
                parts.add((item.part, item.fields.get("kind", item.fields.get("op"))))
                models.add(item.fields.get("model"))
        self.assertLessEqual({("step", "decode"), ("step", "prefill"), ("step", "mixed"),
                              ("serving", None), ("idle", None), ("kernel", "gemm"),
                              ("kernel", "decode_attention")}, parts)
        self.assertLessEqual({"llama-3.1-8b", "qwen2.5-1.5b", "qwen2.5-32b"}, models)

    def test_batch_and_context_span_what_was_asked_for(self):
        decode = [i.fields for i in self.items if i.fields.get("kind") == "decode"]
        rows = {f["decode_rows"] for f in decode}
        contexts = {f["decode_context_tokens"] for f in decode}
        self.assertLessEqual({1, 512}, rows)
        self.assertLessEqual({128, 32768}, contexts)
        prefill = {i.fields["prefill_tokens"] for i in self.items
                   if i.fields.get("kind") == "prefill"}
        self.assertLessEqual({128, 16384}, prefill)
        tokens = {i.fields["tokens"] for i in self.items if i.fields.get("op") == "gemm"}
        self.assertLessEqual({1, 64, 65, 16384}, tokens)

    def test_the_idle_gpu_is_seen_before_anything_runs(self):
        self.assertEqual(self.items[0].fields["phase"], "before")


class Time(unittest.TestCase):
    def test_durations_read_well(self):
        self.assertEqual(progress.duration_text(59.4), "59 s")
        self.assertEqual(progress.duration_text(61), "1 min 01 s")
        self.assertEqual(progress.duration_text(3720), "1 h 02 min")

    def test_the_time_left_follows_the_pace_so_far(self):
        items = plan.Plan(TOY).items
        with open(os.devnull, "w") as nowhere:
            report = progress.Progress(items, [3.0] * len(items), stream=nowhere)
            report.finished(items[0], 3.0, 6.0, "")
            self.assertAlmostEqual(report.remaining_s(), 2 * 3 * (len(items) - 1))
            report.finished(items[1], 3.0, 0.1, "skipped: too large")
        self.assertAlmostEqual(report.pace, 2)


if __name__ == "__main__":
    unittest.main()
