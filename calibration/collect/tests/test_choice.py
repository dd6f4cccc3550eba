"""Which attention backend is chosen, by what, and that wrong ones are not."""

import unittest
from unittest import mock

from collect.tests.needs_torch import needs_torch, torch


class Launched:
    """A device on which every call takes host time, unless it is replayed as a graph."""

    kind, torch_device = "cuda", "cpu"

    def __init__(self):
        self.now, self.replaying = 0.0, False

    def spend(self, host_s, device_s):
        self.now += device_s if self.replaying else max(host_s, device_s)

    def mark(self):
        return self.now

    def seconds(self, start, end):
        return end - start

    def wait(self, _):
        pass

    def synchronize(self):
        pass

    def capture(self, body):
        def replay():
            self.replaying = True
            body()
            self.replaying = False
        return replay


@needs_torch
class Chosen(unittest.TestCase):
    def choose(self, times, wrong=(), failing=None, **options):
        from collect.kernels import attention
        device, self.seen = Launched(), []
        buffers = [tuple(torch.zeros(1, 1, 1, 1) + i for _ in range(3)) for i in range(4)]

        def maker(name, host_s, device_s):
            def call(q, k, v):
                if failing and name in failing:
                    raise RuntimeError(failing[name])
                self.seen.append(int(q))
                device.spend(host_s, device_s)
            return lambda *_: call
        makers = {name: maker(name, *pair) for name, pair in times.items()}
        with mock.patch.object(attention, "backends", lambda *_: makers), \
                mock.patch.object(attention, "is_right", lambda _, name, *__: name not in wrong):
            return attention.fastest(device, buffers, **options)

    def test_device_time_decides_not_the_host_s(self):
        chosen = self.choose({"flash": (10e-6, 9e-6), "split": (60e-6, 4e-6)})
        self.assertEqual(chosen.name, "split")
        self.assertEqual(chosen.trials, "flash=9e-06 split=4e-06")

    def test_all_buffers_are_gone_round_twenty_times_or_more(self):
        self.choose({"flash": (10e-6, 9e-6)})
        self.assertEqual(set(self.seen), {0, 1, 2, 3})
        self.assertEqual(self.seen[-20:], [0, 1, 2, 3] * 5)

    def test_a_wrong_backend_is_not_chosen_however_quick(self):
        chosen = self.choose({"flash": (1, 9e-6), "cudnn": (1, 1e-6)}, wrong=("cudnn",))
        self.assertEqual((chosen.name, chosen.trials), ("flash", "flash=9e-06"))

    def test_what_prepares_each_shape_serves_no_unknown_lengths(self):
        from collect.kernels.attention_backends import takes_any_length
        times = {"flash": (1, 9e-6), "cudnn": (1, 1e-6)}
        self.assertEqual(self.choose(times).name, "cudnn")
        chosen = self.choose(times, may_serve=takes_any_length)
        self.assertEqual((chosen.name, chosen.trials), ("flash", "flash=9e-06"))

    def test_a_backend_without_memory_leaves_the_others_their_chance(self):
        from collect.errors import UnfitError
        times = {"cudnn": (1, 1e-6), "flash": (1, 9e-6)}
        full = "CUDA out of memory. Tried to allocate"
        self.assertEqual(self.choose(times, failing={"cudnn": full}).name, "flash")
        with self.assertRaisesRegex(UnfitError, "cudnn: out of memory; flash: out of memory"):
            self.choose(times, failing={"cudnn": full, "flash": full})

    def test_a_backend_that_breaks_the_device_is_named(self):
        from collect.errors import FatalError
        with self.assertRaises(FatalError) as caught:
            self.choose({"flash": (1, 9e-6), "cudnn": (1, 1e-6)},
                        failing={"cudnn": "CUDA error: an illegal memory access"})
        self.assertEqual(caught.exception.culprit, "cudnn")

    def test_what_is_avoided_is_not_offered(self):
        from collect.kernels import attention_backends
        offered = attention_backends.backends(Launched(), 1, 64)
        self.assertIn("cudnn", offered)
        with mock.patch.object(attention_backends, "AVOIDED", {"cudnn", "flash", "split"}):
            self.assertEqual(list(attention_backends.backends(Launched(), 1, 64)), ["plain"])
            self.assertFalse(attention_backends.split_works(Launched(), 4, 2, 16, 4, 64))

    def test_none_at_all_is_an_unfit_shape(self):
        from collect.errors import UnfitError
        with self.assertRaisesRegex(UnfitError, "cudnn: wrong result"):
            self.choose({"cudnn": (1, 1)}, wrong=("cudnn",))


@needs_torch
class Ragged(unittest.TestCase):
    """The check of the split kernel, with a stand-in for the kernel."""

    def check(self, shift=0, parts=4):
        from collect.device import CpuDevice
        from collect.kernels import attention_backends

        class Kernel:
            def __init__(self, *arguments):
                self.arguments = arguments

            def __call__(self, q, k, v, start, context):
                rows = []
                for row, (first, tokens) in enumerate(zip(start.tolist(), context.tolist())):
                    last = first + tokens - (shift if self.arguments[4] > 1 else 0)
                    rows.append(attention_backends.reference(
                        q[row, None, None], k[None, first:max(first + 1, last)],
                        v[None, first:max(first + 1, last)])[0, 0])
                return torch.stack(rows)
        fused = mock.Mock(DecodeAttention=Kernel)
        with mock.patch.object(attention_backends, "fused", fused), \
                mock.patch.dict(attention_backends._checked, clear=True):
            return [attention_backends._split_is_right(CpuDevice(), (4, 2, 16), n)
                    for n in (1, parts)]

    def test_the_longest_context_fills_more_parts_than_one_block_each(self):
        from collect.kernels.attention_backends import RAGGED_CONTEXTS, RAGGED_STARTS
        # 64 tokens a block.
        self.assertGreater(max(RAGGED_CONTEXTS), 40 * 64)
        self.assertGreater(min(RAGGED_STARTS), 0)

    def test_a_right_kernel_passes(self):
        self.assertEqual(self.check(), [True, True])

    def test_a_kernel_wrong_only_with_many_parts_passes_with_one_part_only(self):
        self.assertEqual(self.check(shift=1200), [True, False])


@needs_torch
class Serving(unittest.TestCase):
    """What serves the chunks of a run: tried by class of length, before and after a past."""

    def chunks(self, budget=2048, longest=2048):
        from collect import plan, serving_attention
        from collect.scheduler import Limits
        import os
        tried = []

        def fastest(device, buffers, may_serve):
            self.assertFalse(may_serve("cudnn"))
            self.assertTrue(may_serve("flash"))
            q, k, _ = buffers[0]
            tried.append((q.shape[1], k.shape[1] - q.shape[1]))
            return serving_attention.attention.Choice(f"{q.shape[1]}+{tried[-1][1]}", None, "t")

        def inputs(device, rows, tokens, kv_tokens, *heads):
            return torch.empty(rows, tokens, 0), torch.empty(rows, kv_tokens, 0), None
        shape = plan.Plan(os.path.join(plan.FOLDER, "plan-toy.json")).model("toy")
        with mock.patch.object(serving_attention.attention, "fastest", fastest), \
                mock.patch.object(serving_attention.attention_backends, "random_inputs", inputs):
            return serving_attention.ChunkAttentions(
                None, shape, Limits(4, budget, 16, 100, longest)), tried

    def test_every_class_is_tried_with_and_without_a_past(self):
        chunks, tried = self.chunks(budget=512)
        self.assertEqual(set(tried), {(64, 0), (64, 64), (256, 0), (256, 256), (512, 0),
                                      (512, 512)})
        self.assertEqual([chunks.choice(*each).name for each in (
            (1, 0), (64, 9), (65, 9), (512, 1500))], ["64+0", "64+64", "256+256", "512+512"])
        self.assertEqual(chunks.facts["after a past, up to 64 tokens"],
                         {"backend": "64+64", "trials": "t"})

    def test_a_past_is_no_longer_than_a_sequence_leaves_room_for(self):
        chunks, tried = self.chunks()
        self.assertIn((1024, 1024), tried)
        self.assertNotIn(2048, [past for _, past in tried])
        # No such chunk has a past, but one of its class may.
        self.assertEqual(chunks.choice(1500, 400).name, "2048+0")
        self.assertEqual(self.chunks(2048, 3000)[0].choice(1500, 400).name, "2048+952")


if __name__ == "__main__":
    unittest.main()
