"""Tables grow by whole rows, survive a stop, and say what is wrong with them."""

import os
import tempfile
import unittest
from unittest import mock

from collect import conditions, schema
from collect.tables import TableError, Tables


class Growing(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.tables = Tables(self.folder.name)

    def row(self, **fields):
        return {"run": 1, "op": "gemm", "measurement": "burst", "dtype": "bf16", **fields}

    def test_rows_come_back_and_their_keys_are_finished(self):
        row = self.row(tokens=1, out_features=2, in_features=3, time_s=1.25e-6)
        self.tables.append("kernels", [row])
        self.assertEqual(self.tables.read("kernels")[0]["time_s"], "1.25e-06")
        self.assertIn(schema.key_of("kernels", row), self.tables.finished("kernels"))

    def test_a_torn_last_line_is_cut_off(self):
        self.tables.append("kernels", [self.row(tokens=1), self.row(tokens=2)])
        with open(self.tables.path("kernels"), "a") as file:
            file.write("1,gemm,bu")
        self.assertEqual(len(self.tables.read("kernels")), 2)
        self.tables.append("kernels", [self.row(tokens=3)])
        self.assertEqual([r["tokens"] for r in self.tables.read("kernels")], ["1", "2", "3"])

    def test_a_table_that_holds_nothing_yet_gets_its_header(self):
        for start in ("", "run,op,mea"):
            with open(self.tables.path("kernels"), "w") as file:
                file.write(start)
            self.assertEqual(self.tables.read("kernels"), [])
            self.tables.append("kernels", [self.row(tokens=1)])
            self.assertEqual([r["tokens"] for r in self.tables.read("kernels")], ["1"])

    def test_reading_changes_nothing_on_the_disk(self):
        self.tables.append("kernels", [self.row(tokens=1)])
        with open(self.tables.path("kernels"), "a") as file:
            file.write("1,gemm,bu")
        size = os.path.getsize(self.tables.path("kernels"))
        self.assertEqual(len(self.tables.read("kernels")), 1)
        self.assertEqual(os.path.getsize(self.tables.path("kernels")), size)
        other = os.path.join(self.folder.name, "other")
        self.assertEqual(Tables(other).read("kernels"), [])
        self.assertFalse(os.path.exists(other))

    def test_what_is_no_number_is_not_written(self):
        for value in (float("inf"), float("nan")):
            with self.assertRaisesRegex(ValueError, "a measurement is"):
                self.tables.append("kernels", [self.row(tokens=1, time_s=value)])
        self.assertEqual(self.tables.read("kernels"), [])

    def test_an_unknown_column_is_refused(self):
        with self.assertRaisesRegex(TableError, "colour"):
            self.tables.append("kernels", [self.row(colour=1)])

    def test_a_table_of_another_form_is_refused(self):
        with open(self.tables.path("kernels"), "w") as file:
            file.write("a,b\n1,2\n")
        with self.assertRaises(TableError):
            self.tables.read("kernels")

    def test_serving_runs_without_requests_are_dropped(self):
        for scenario in ("whole", "cut"):
            self.tables.append("serving_iterations", [{"run": 1, "scenario": scenario}])
        self.tables.append("serving_requests", [{"run": 1, "scenario": "whole", "request": 0}])
        self.tables.drop_unfinished_serving()
        self.assertEqual([r["scenario"] for r in self.tables.read("serving_iterations")], ["whole"])

    def test_a_table_is_replaced_as_a_whole_or_not_at_all(self):
        for scenario in ("whole", "cut"):
            self.tables.append("serving_iterations", [{"run": 1, "scenario": scenario}])
        self.tables.append("serving_requests", [{"run": 1, "scenario": "whole", "request": 0}])
        with mock.patch("os.replace", side_effect=OSError), self.assertRaises(OSError):
            self.tables.drop_unfinished_serving()
        self.assertEqual(len(self.tables.read("serving_iterations")), 2)

    def test_a_folder_is_of_one_gpu(self):
        conditions.Conditions(self.folder.name).begin_run({"gpu": "A"})
        with self.assertRaises(conditions.ConditionsError):
            conditions.Conditions(self.folder.name).begin_run({"gpu": "B"})
        self.assertEqual(conditions.Conditions(self.folder.name).begin_run({"gpu": "A"}), 2)


class Schema(unittest.TestCase):
    def test_units_stand_last_in_the_names(self):
        units = ("_s", "_w", "_j", "_mhz", "_c", "_share", "_spread", "_utilization", "_bytes",
                 "_tokens", "_rows", "_heads", "_features", "_blocks_used")
        plain = schema.TEXT_COLUMNS | {
            "run", "tokens", "experts", "top_k", "head_dim", "active_experts", "buffer_sets",
            "calls", "replays", "flop", "bytes", "counter_edges", "decode_rows", "iteration",
            "prefill_chunks", "prefill_attention_pairs", "waiting_requests", "preemptions",
            "request", "repeat"}
        for columns in schema.TABLES.values():
            for column in columns:
                self.assertTrue(column in plain or column.endswith(units), column)

    def test_every_key_column_is_a_column(self):
        for table, key in schema.KEYS.items():
            self.assertLessEqual(set(key), set(schema.TABLES[table]))

    def test_a_sane_row_has_no_problems(self):
        row = {"run": "1", "op": "gemm", "time_s": "1e-3", "compute_utilization": "0.7"}
        self.assertEqual(schema.problems("kernels", schema.TABLES["kernels"], [row]), [])

    def test_bad_cells_are_named(self):
        rows = [{"time_s": "fast"}, {"power_w": "-1"}, {"compute_utilization": "1.3"}]
        found = schema.problems("kernels", schema.TABLES["kernels"], rows)
        self.assertEqual(len(found), 3)
        self.assertIn("line 2: time_s is 'fast'", found[0])
        self.assertIn("below zero", found[1])
        self.assertIn("more than the peak", found[2])

    def test_another_header_is_a_problem(self):
        self.assertEqual(len(schema.problems("idle", ["a"], [])), 1)

    def test_the_tables_of_the_project_are_whole(self):
        from collect import check, sheets
        measured = os.path.join(sheets.CALIBRATION, "measured")
        if not os.path.isdir(measured):
            self.skipTest("nothing has been measured yet")
        for gpu in sorted(os.listdir(measured)):
            found, _ = check.check_folder(os.path.join(measured, gpu))
            self.assertEqual(found, [], gpu)


if __name__ == "__main__":
    unittest.main()
