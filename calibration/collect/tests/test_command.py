"""The command line: what it refuses, and what it prints without measuring."""

import contextlib
import io
import os
import tempfile
import unittest

from collect import command, sheets, workload
from collect.tables import Tables


def run(*arguments):
    """(exit status, standard output, standard error)."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = command.main(list(arguments))
    return status, out.getvalue(), err.getvalue()


class Refusals(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = holder.name

    def check(self, expected, *arguments):
        status, out, err = run("run", *arguments)
        self.assertEqual((status, out), (2, ""))
        self.assertRegex(err, expected)

    def test_the_cpu_measures_nothing_but_toys(self):
        self.check("only for --toy", "--device", "cpu", "--output", self.folder)

    def test_toy_numbers_never_go_to_measured(self):
        self.check("never go", "--device", "cpu", "--toy", "--output",
                   os.path.join(self.folder, "measured", "h100-sxm"))
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_toy_run_needs_a_folder(self):
        self.check("needs --output", "--device", "cpu", "--toy")

    def test_a_gpu_must_be_named(self):
        self.check("--gpu", "--output", self.folder)

    def test_tables_are_not_overwritten(self):
        Tables(self.folder).append("skipped", [{"part": "step", "key": "a", "reason": "b"}])
        self.check("not empty", "--device", "cpu", "--toy", "--output", self.folder)

    def test_no_time_is_refused(self):
        self.check("above zero", "--device", "cpu", "--toy", "--output", self.folder + "/a",
                   "--minutes", "0")
        self.assertEqual(os.listdir(self.folder), [])


class DryRun(unittest.TestCase):
    def test_it_prints_the_plan_and_writes_nothing(self):
        with tempfile.TemporaryDirectory() as holder:
            folder = os.path.join(holder, "new")
            status, out, _ = run("run", "--toy", "--device", "cpu", "--dry-run", "--output", folder)
            self.assertFalse(os.path.exists(folder))
        self.assertEqual(status, 0)
        self.assertIn("idle phase=before", out.splitlines()[0])
        self.assertRegex(out.splitlines()[-1], r"^\d+ shapes, about ")

    def test_it_leaves_out_what_is_done_or_skipped(self):
        with tempfile.TemporaryDirectory() as folder:
            arguments = ["run", "--toy", "--device", "cpu", "--dry-run", "--output", folder]
            before = run(*arguments)[1]
            tables = Tables(folder)
            tables.append("idle", [{"run": 1, "phase": "before", "time_s": 0.0}])
            tables.append("skipped", [{"part": "idle", "key": "after-gemm", "reason": "x"}])
            after = run(*arguments)[1]
            again = run(*arguments, "--retry-skipped")[1]
        self.assertEqual(len(before.splitlines()) - len(after.splitlines()), 2)
        self.assertEqual(len(before.splitlines()) - len(again.splitlines()), 1)

    def test_it_says_where_the_time_ends(self):
        out = run("run", "--toy", "--device", "cpu", "--dry-run", "--minutes", "0.1")[1]
        self.assertEqual(out.count("end about here"), 1)


    def test_a_file_of_arrivals_replaces_the_plan(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "burst.csv")
            with open(path, "w") as file:
                file.write("arrival_s,prompt_tokens,output_tokens\n1,20,3\n")
            status, out, _ = run("run", "--toy", "--device", "cpu", "--dry-run",
                                 "--arrivals", "toy", path)
            self.assertEqual(status, 0)
            self.assertRegex(out, "scenario=toy-burst-[0-9a-f]{12}")
            with open(path, "a") as file:
                file.write("-1,2,3\n")
            status, _, err = run("run", "--toy", "--device", "cpu", "--dry-run",
                                 "--arrivals", "toy", path)
        self.assertEqual(status, 2)
        self.assertIn("burst.csv:3", err)


class Sheets(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.yaml")
            with open(path, "w") as file:
                file.write(text)
            return sheets.read_sheet(path)

    def test_flat_keys_and_one_level_below_are_read(self):
        values = self.read(
            "# words\nname: a b: c\npeak:\n  value: 9.89e+14\n  unit: FLOP/s\n\nz: 1\n")
        self.assertEqual(values, {"name": "a b: c", "peak.value": "9.89e+14",
                                  "peak.unit": "FLOP/s", "z": "1"})

    def test_what_is_not_a_key_and_a_value_is_an_error_with_its_line(self):
        with self.assertRaisesRegex(sheets.SheetError, "a.yaml:2"):
            self.read("a: 1\n- 2\n")

    @unittest.skipUnless(sheets.model_names(), "the model sheets are not there")
    def test_the_shapes_of_the_project_count_as_many_weights_as_published(self):
        for name in sheets.model_names():
            with self.subTest(name):
                sheet = sheets.read_sheet(
                    os.path.join(sheets.CALIBRATION, "models", name + ".yaml"))
                if "published_parameters" not in sheet or not sheets.is_modelled(sheet):
                    continue
                model = sheets.read_model(name)
                published = int(sheet["published_parameters"])
                # Norms and biases are not counted: less than a thousandth.
                self.assertAlmostEqual(model.weight_bytes / 2 / published, 1, delta=1e-3)

    @unittest.skipUnless("mixtral-8x7b" in sheets.model_names(), "the model sheets are not there")
    def test_a_shape_that_is_not_dense_is_an_error(self):
        with self.assertRaisesRegex(sheets.SheetError, "not a dense decoder"):
            sheets.read_model("mixtral-8x7b")

    def test_a_missing_model_is_an_error(self):
        with self.assertRaises(sheets.SheetError):
            sheets.read_model("no-such-model")

    def test_a_gpu_without_a_sheet_has_no_peaks(self):
        self.assertEqual(sheets.read_peaks("no-such-gpu").flop, {})


class Workloads(unittest.TestCase):
    def test_a_seed_gives_one_stream(self):
        first, again, other = (workload.draw_arrivals(5, 60, 100, 50, 500, seed)
                               for seed in (1, 1, 2))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    def test_rate_and_means_are_as_asked_for(self):
        arrivals = workload.draw_arrivals(50, 400, 100, 50, 4000, seed=3)
        self.assertAlmostEqual(len(arrivals) / (50 * 400), 1, delta=0.03)
        for column, mean in ((1, 100), (2, 50)):
            found = sum(a[column] for a in arrivals) / len(arrivals)
            self.assertAlmostEqual(found / mean, 1, delta=0.03)

    def test_no_request_is_longer_than_a_sequence(self):
        arrivals = workload.draw_arrivals(50, 100, 400, 300, 512, seed=4)
        self.assertLessEqual(max(a[1] + a[2] for a in arrivals), 512)

    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "arrivals.csv")
            with open(path, "w") as file:
                file.write(text)
            return workload.read_arrivals(path)

    def test_a_file_is_read_in_order_of_time(self):
        self.assertEqual(self.read("arrival_s,prompt_tokens,output_tokens\n2.5,3,4\n1,2,1\n"),
                         [(1.0, 2, 1), (2.5, 3, 4)])

    def test_a_file_without_arrivals_is_an_error(self):
        with self.assertRaisesRegex(workload.WorkloadError, "no arrivals"):
            self.read("arrival_s,prompt_tokens,output_tokens\n")

    def test_times_are_numbers_from_zero_on(self):
        for time in ("nan", "inf", "-1"):
            with self.assertRaisesRegex(workload.WorkloadError, "csv:2"):
                self.read(f"arrival_s,prompt_tokens,output_tokens\n{time},2,3\n")

    def test_a_bad_line_is_named(self):
        with self.assertRaisesRegex(workload.WorkloadError, "csv:3"):
            self.read("arrival_s,prompt_tokens,output_tokens\n1,2,3\n1,x,3\n")


if __name__ == "__main__":
    unittest.main()
