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
    def choose(self, times, wrong=()):
        from collect.kernels import attention
        device, self.seen = Launched(), []
        buffers = [tuple(torch.zeros(1, 1, 1, 1) + i for _ in range(3)) for i in range(4)]

        def maker(name, host_s, device_s):
            def call(q, k, v):
                self.seen.append(int(q))
                device.spend(host_s, device_s)
            return lambda *_: call
        makers = {name: maker(name, *pair) for name, pair in times.items()}
        with mock.patch.object(attention, "backends", lambda *_: makers), \
                mock.patch.object(attention, "is_right", lambda _, name, *__: name not in wrong):
            return attention.fastest(device, buffers)

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


if __name__ == "__main__":
    unittest.main()
