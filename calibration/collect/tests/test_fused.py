"""The Triton kernels against PyTorch, in Triton's interpreter; skipped where that cannot run."""

import os
import unittest

# Before Triton is imported; nothing else here uses it without a GPU.
os.environ.setdefault("TRITON_INTERPRET", "1")

try:
    import numpy
    import torch
    from collect.kernels import fused
    from collect.layer_ops import PlainOps
    # The interpreter turns arrays of one element into numbers, which later releases refuse.
    RUNS = tuple(int(part) for part in numpy.__version__.split(".")[:2]) < (2, 4)
    RUNS = RUNS and not torch.cuda.is_available()
except ImportError:
    RUNS = False


@unittest.skipUnless(RUNS, "Triton's interpreter cannot run here")
class Fused(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)

    def test_norm_and_activation_agree_with_plain_ones(self):
        x, residual, gain = torch.randn(3, 48), torch.randn(3, 48), torch.randn(48)
        results = []
        for ops in (fused, PlainOps):
            kept, out = residual.clone(), torch.empty_like(x)
            ops.add_rms_norm(x, kept, gain, out)
            activated = torch.empty(3, 24)
            ops.silu_mul(x, activated)
            results.append((kept, out, activated))
        for found, expected in zip(*results):
            torch.testing.assert_close(found, expected)

    def test_rotation_stores_where_it_should(self):
        qkv = torch.randn(5, 8 * 16)
        position, rows = torch.tensor([0, 3, 1, 7, 2]), torch.tensor([2, 9, 4, 0, 31])
        cosine, sine = torch.randn(10, 8), torch.randn(10, 8)
        results = []
        for ops in (fused, PlainOps):
            q = torch.empty(5, 4, 16)
            k, v = torch.zeros(32, 2, 16), torch.zeros(32, 2, 16)
            ops.rope_store(qkv, cosine, sine, position, rows, q, k, v)
            results.append((q, k, v))
        for found, expected in zip(*results):
            torch.testing.assert_close(found, expected)

    def test_decode_attention_of_ragged_contexts_whatever_the_parts(self):
        q, k, v = torch.randn(3, 6, 16), torch.randn(900, 2, 16), torch.randn(900, 2, 16)
        start, context = torch.tensor([700, 0, 230]), torch.tensor([1, 200, 77])
        for splits in (1, 4, 8):
            attend = fused.DecodeAttention(3, 6, 2, 16, splits, "cpu", torch.float32)
            result = attend(q, k, v, start, context)
            for row in range(3):
                span = slice(start[row], start[row] + context[row])
                keys, values = (c[span].repeat_interleave(3, 1) for c in (k, v))
                weights = (torch.einsum("hd,lhd->hl", q[row], keys) / 4).softmax(-1)
                torch.testing.assert_close(
                    result[row], torch.einsum("hl,lhd->hd", weights, values))

    def test_parts_follow_the_size_of_the_gpu(self):
        self.assertEqual(fused.split_count(1, 8, 131072, 132), 64)
        self.assertEqual(fused.split_count(1, 8, 128, 132), 1)
        self.assertEqual(fused.split_count(256, 8, 4096, 132), 1)


if __name__ == "__main__":
    unittest.main()
