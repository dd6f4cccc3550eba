"""Everything once at toy size on the CPU; needs PyTorch, and says so where it is missing."""

import contextlib
import io
import json
import os
import tempfile
import unittest
from unittest import mock

try:
    import torch
except ImportError:
    torch = None

from collect import check, command, plan
from collect.tables import Tables

if torch and tuple(int(part) for part in torch.__version__.split(".")[:2]) < (2, 5):
    torch = None

if torch is None:
    print("Skipped: the toy runs of the measuring harness need PyTorch 2.5, which is not there.")


def run(*arguments):
    err = io.StringIO()
    with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
        status = command.main(["run", "--toy", "--device", "cpu", *arguments])
    return status, err.getvalue()


@unittest.skipIf(torch is None, "PyTorch 2.5 is not there")
class ToyRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory()
        cls.folder = os.path.join(cls.holder.name, "toy")
        cls.status, cls.report = run("--output", cls.folder)
        cls.tables = Tables(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.holder.cleanup()

    def test_every_shape_is_measured_or_skipped_with_a_reason(self):
        self.assertEqual(self.status, 0)
        done = {(name, key) for name in set(plan.TABLE_OF_PART.values())
                for key in self.tables.finished(name)}
        skipped = self.tables.read("skipped")
        items = plan.Plan(os.path.join(plan.FOLDER, "plan-toy.json")).items
        missing = [i.label for i in items if (i.table, i.key) not in done]
        self.assertEqual(len(missing), 1, self.report)
        self.assertIn("decode_rows=100000", missing[0])
        self.assertEqual([row["reason"].split()[:4] for row in skipped],
                         [["the", "KV", "cache", "needs"]])

    def test_the_folder_holds_exactly_eight_files(self):
        self.assertEqual(len(os.listdir(self.folder)), 8)

    def test_serving_says_what_computed_attention(self):
        rows = self.tables.read("serving_iterations")
        self.assertEqual({row["backend"] for row in rows if row["prefill_chunks"] == "0"},
                         {"by-row"})
        self.assertIn("plain", {row["backend"] for row in rows})
        with open(os.path.join(self.folder, "conditions.json")) as file:
            facts, = json.load(file)["serving"].values()
        self.assertEqual(facts["decode_attention"], {"backend": "by-row"})
        self.assertEqual({key: value["backend"] for key, value in
                          facts["chunk_attention"].items()},
                         {"first, up to 32 tokens": "plain",
                          "after a past, up to 32 tokens": "plain"})

    def test_the_host_s_share_is_published(self):
        for name in ("kernels", "steps", "serving_iterations"):
            for row in self.tables.read(name):
                self.assertLess(0, float(row["enqueue_share"]))
                self.assertLessEqual(float(row["enqueue_share"]), 1)
                if name != "serving_iterations":
                    self.assertGreater(float(row["eager_enqueue_s"]), 0)

    def test_the_folder_is_whole_and_sane(self):
        found, _ = check.check_folder(self.folder)
        self.assertEqual(found, [])

    def test_conditions_say_that_it_was_a_toy(self):
        with open(os.path.join(self.folder, "conditions.json")) as file:
            document = json.load(file)
        run_facts = document["runs"][0]
        self.assertEqual((run_facts["toy"], run_facts["gpu"], run_facts["energy_meter"]),
                         (True, "none", "synthetic"))
        self.assertEqual(document["serving"]["toy-rate-20-cache-128"]["kv_blocks"], 8)

    def test_a_serving_run_is_idle_before_and_after(self):
        energy = self.tables.read("serving_energy")
        iterations = self.tables.read("serving_iterations")
        first, last = iterations[0], iterations[-1]
        self.assertLess(float(energy[0]["time_s"]) + 1, float(first["start_s"]))
        end = float(last["start_s"]) + float(last["duration_s"])
        self.assertGreater(float(energy[-1]["time_s"]), end + 1)
        self.assertTrue(energy[-1]["edge_time_s"])
        for row in iterations:
            self.assertLessEqual(float(row["device_time_s"]), float(row["duration_s"]))
            self.assertGreater(float(row["enqueue_s"]), 0)

    def test_sustained_rows_have_power_and_joules(self):
        rows = [r for r in self.tables.read("steps") if r["measurement"] == "sustained"]
        self.assertTrue(rows)
        for row in rows:
            power, joules = float(row["power_w"]), float(row["energy_j"])
            wall = float(row["window_s"]) / int(row["replays"]) / int(row["calls"])
            self.assertAlmostEqual(joules / (power * wall), 1, places=5)

    def test_a_finished_folder_needs_nothing_more(self):
        status, report = run("--output", self.folder, "--resume")
        self.assertEqual(status, 0)
        self.assertIn("0 of 0 shapes", report)


@unittest.skipIf(torch is None, "PyTorch 2.5 is not there")
class Resuming(unittest.TestCase):
    def test_a_run_goes_on_where_it_stopped(self):
        with tempfile.TemporaryDirectory() as holder:
            folder = os.path.join(holder, "toy")
            self.assertEqual(run("--output", folder, "--parts", "idle")[0], 0)
            first = Tables(folder).read("idle")
            status, _ = run("--output", folder, "--parts", "idle", "serving", "--resume")
            self.assertEqual(status, 0)
            tables = Tables(folder)
            self.assertEqual(tables.read("idle"), first)
            self.assertEqual({row["run"] for row in tables.read("serving_requests")}, {"2"})

    def test_nothing_starts_that_would_end_too_late(self):
        with tempfile.TemporaryDirectory() as holder:
            folder = os.path.join(holder, "toy")
            status, report = run("--output", folder, "--parts", "step", "--minutes", "0.0001")
            self.assertEqual(status, 0)
            self.assertIn("0 of 8 shapes done", report)

    def test_a_lost_device_starts_the_harness_anew_and_not_forever(self):
        from collect import runner
        from collect.kernels import attention_backends

        def lose(*_):
            raise runner.FatalError("lost", culprit="cudnn")
        for restarts, expected in ((0, 1), (command.MOST_RESTARTS, 0)):
            with tempfile.TemporaryDirectory() as holder, mock.patch.object(
                    runner.Runner, "measure_all", lose), mock.patch.object(
                    attention_backends, "AVOIDED", set()), mock.patch("os.execv") as execute:
                folder = os.path.join(holder, "toy")
                status, _ = run("--output", folder, "--minutes", "2", "--parts", "idle",
                                "--retry-skipped", "--avoid", "split",
                                "--restarts", str(restarts))
                self.assertEqual(status, command.DEVICE_LOST)
                self.assertEqual(execute.call_count, expected)
            if expected:
                arguments = execute.call_args.args[1][2:]
                again = command._parser().parse_args(arguments)
                self.assertTrue(again.resume and again.toy and again.retry_skipped)
                self.assertEqual((again.output, again.parts, again.restarts, again.avoid),
                                 (folder, ["idle"], 1, ["split", "cudnn"]))
                self.assertLess(again.minutes, 2)


@unittest.skipIf(torch is None, "PyTorch 2.5 is not there")
class PlayedGpu(unittest.TestCase):
    """The paths of a GPU, played by the CPU: graphs are the functions themselves, and of the
    backends of attention only the last resort is there."""

    def test_shapes_go_through_graphs_and_trials(self):
        from collect import conditions, nvml, runner, sheets
        from collect.device import CpuDevice
        from collect.kernels import attention_backends
        from collect.layer_ops import PlainOps

        class Played(CpuDevice):
            kind, name = "cuda", "none"
            properties = mock.Mock(total_memory=1 << 30, major=9, minor=0)

            def capture(self, body):
                return body
        toy = plan.Plan(os.path.join(plan.FOLDER, "plan-toy.json"),
                        parts=["kernel", "step", "serving"])
        items = [i for i in toy.items if i.part != "kernel" or "attention" in i.fields["op"]]
        with tempfile.TemporaryDirectory() as folder:
            tables, record = Tables(folder), conditions.Conditions(folder)
            record.begin_run({"gpu": "none"})
            worker = runner.Runner(toy, tables, record, nvml.SyntheticMeter(),
                                   sheets.Peaks(flop={}), "cuda", 0.2, 0.05)
            worker._is_warm = True
            with mock.patch.object(runner, "open_device", lambda kind: Played()), \
                    mock.patch.object(attention_backends, "fused", None), \
                    mock.patch.dict("collect.layer_ops._opened", cuda=PlainOps), \
                    contextlib.redirect_stderr(io.StringIO()):
                worker.measure_all(items)
            skipped = tables.read("skipped")
            self.assertEqual([row["reason"].split()[1] for row in skipped], ["KV"])
            rows = tables.read("kernels") + tables.read("steps")
            self.assertEqual(len(rows), len(items) - 2)
            self.assertEqual({row["launch"] for row in rows}, {"graph"})
            self.assertTrue(all(row["backend_trials"].startswith("plain=") for row in rows))
            self.assertTrue(tables.read("serving_requests"))
            self.assertEqual(check.check_folder(folder)[0], [])


@unittest.skipIf(torch is None, "PyTorch 2.5 is not there")
class Kernels(unittest.TestCase):
    def setUp(self):
        from collect.device import CpuDevice
        self.device = CpuDevice()

    def test_attention_is_causal_and_aligned_at_the_last_token(self):
        from collect.kernels import attention_backends as attention
        q, k, v = attention.random_inputs(self.device, 1, 3, 5, 2, 1, 8)
        whole = attention.reference(q, k, v)
        last = attention.reference(q[:, 2:], k, v)
        first = attention.reference(q[:, :1], k[:, :3], v[:, :3])
        torch.testing.assert_close(whole[:, 2:], last)
        torch.testing.assert_close(whole[:, :1], first)

    def test_routing_gives_every_token_different_experts(self):
        from collect.kernels import moe
        counts = moe.route(tokens=50, experts=8, top_k=8)
        self.assertEqual(counts.tolist(), [50] * 8)
        self.assertEqual(int(moe.route(50, 8, 2).sum()), 100)

    def test_buffers_rotate_beyond_the_cache_and_within_memory(self):
        from collect.errors import UnfitError
        from collect.kernels.case import L2_MULTIPLE, buffer_sets
        size = self.device.l2_bytes // 4
        self.assertEqual(buffer_sets(self.device, size), 4 * L2_MULTIPLE)
        with self.assertRaisesRegex(UnfitError, "GiB"):
            buffer_sets(self.device, 2 << 30)

    def test_a_prompt_in_chunks_gives_the_tokens_of_the_whole_prompt(self):
        from collect import steps
        from collect.decoder import Batch, Decoder
        shape = plan.Plan(os.path.join(plan.FOLDER, "plan-toy.json")).model("toy")
        torch.manual_seed(3)
        torch.set_grad_enabled(False)
        decoder = Decoder(self.device, shape, 64)
        prompt = torch.randint(shape.vocabulary, (12,))

        def predict(*lengths):
            caches, past = decoder.new_caches(12), 0
            for length in lengths:
                batch, _ = steps.uniform_batch(self.device, decoder, caches, 0, 0, 1, length, past)
                batch.tokens = prompt[past:past + length]
                result = decoder.forward(batch, caches)
                past += length
            return result.tolist()
        self.assertEqual(predict(12), predict(7, 5))
        self.assertEqual(predict(12), predict(11, 1))


@unittest.skipIf(torch is None, "PyTorch 2.5 is not there")
class Replay(unittest.TestCase):
    """Decode-only iterations that replay a capture padded to a few sizes compute what eager
    ones do. The CPU has no graphs: its capture is the function itself, over the same inputs."""

    def executor(self, captures):
        from collect import serving
        from collect.decoder import Decoder
        from collect.device import CpuDevice
        from collect.scheduler import Limits

        class Replayed(serving.DecodeAttentions):
            def __init__(self, *arguments):
                super().__init__(*arguments)
                self.name = "split" if captures else "by-row"

            def for_rows(self, rows):
                return self._by_row
        torch.manual_seed(5)
        torch.set_grad_enabled(False)
        shape = plan.Plan(os.path.join(plan.FOLDER, "plan-toy.json")).model("toy")
        decoder = Decoder(CpuDevice(), shape, 64)
        original, serving.DecodeAttentions = serving.DecodeAttentions, Replayed
        try:
            return serving.Executor(CpuDevice(), decoder, Limits(7, 32, 4, 100, 32))
        finally:
            serving.DecodeAttentions = original

    def serve(self, captures):
        from collect.scheduler import Scheduler, Sequence
        executor = self.executor(captures)
        scheduler, tokens, kinds = Scheduler(executor.limits), [], []
        for number, (prompt, output) in enumerate(((9, 4), (3, 9), (12, 2), (1, 6), (5, 5))):
            scheduler.arrive(Sequence(number, 0.0, prompt, output))
        while scheduler.has_work:
            iteration = scheduler.form(0.0)
            kinds.append(executor.run(iteration)["launch"])
            slots = [s.slot for s in iteration.decodes]
            tokens.append(executor.next_token[slots].tolist())
            scheduler.complete(iteration, 0.0)
        return tokens, kinds

    def test_padded_replays_put_out_the_tokens_of_eager_iterations(self):
        eager, kinds = self.serve(captures=False)
        self.assertEqual(set(kinds), {"eager"})
        replayed, kinds = self.serve(captures=True)
        self.assertEqual(set(kinds), {"eager", "graph"})
        self.assertEqual(replayed, eager)


if __name__ == "__main__":
    unittest.main()
