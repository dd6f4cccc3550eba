"""Each family of kernels built on the CPU: its counts by hand, its buffers all different."""

import unittest
from unittest import mock

from collect.tests.needs_torch import needs_torch, torch

BASE = {"measurement": "burst", "dtype": "bf16"}


@needs_torch
class Built(unittest.TestCase):
    def setUp(self):
        from collect.device import CpuDevice
        self.device = CpuDevice()
        # Eight of these caches are 2,048 bytes.
        self.device.l2_bytes = 256

    def build(self, **item):
        """The case, and the addresses of every random tensor that was made for it."""
        from collect.kernels import attention_backends, case, gemm, glue, moe, registry
        made = []

        def watched(*arguments, **options):
            made.append(case.random(*arguments, **options))
            return made[-1]
        patches = [mock.patch.object(module, "random", watched)
                   for module in (attention_backends, gemm, glue, moe)]
        for patch in patches:
            patch.start()
            self.addCleanup(patch.stop)
        built = registry.build(self.device, {**BASE, **item})
        for call in built.calls:
            call()
        self.assertEqual(len({tensor.data_ptr() for tensor in made}), len(made))
        self.made = made
        return built

    def test_a_product(self):
        built = self.build(op="gemm", tokens=3, out_features=5, in_features=7)
        self.assertEqual((built.flop, built.bytes), (2 * 105, 2 * (21 + 35 + 15)))
        self.assertEqual((len(built.calls), built.buffer_bytes), (15, 15 * 142))
        self.assertEqual(len(self.made), 2 * 15)

    def test_decode_attention_s_context_holds_its_new_token(self):
        built = self.build(op="decode_attention", batch_rows=2, context_tokens=10, query_heads=4,
                           kv_heads=2, head_dim=8)
        # 10 pairs, 4 heads, 2 products of 8; 2 x 10 x 2 x 8 cached, 2 x 4 x 8 queries, results.
        self.assertEqual((built.flop, built.bytes), (2 * 4 * 10 * 4 * 8, 2 * 2 * (320 + 64)))
        self.assertEqual(len(built.calls), 2)
        self.assertEqual([tuple(t.shape) for t in self.made[:3]],
                         [(2, 1, 4, 8), (2, 10, 2, 8), (2, 10, 2, 8)])

    def test_a_chunk_comes_after_its_context(self):
        built = self.build(op="prefill_attention", batch_rows=1, query_tokens=3, context_tokens=2,
                           query_heads=4, kv_heads=2, head_dim=8)
        # 3 + 4 + 5 pairs; 5 cached tokens, 3 queries and results.
        self.assertEqual((built.flop, built.bytes),
                         (4 * 12 * 4 * 8, 2 * 8 * (2 * 3 * 4 + 2 * 5 * 2)))
        self.assertEqual([tuple(t.shape) for t in self.made[:3]],
                         [(1, 3, 4, 8), (1, 5, 2, 8), (1, 5, 2, 8)])

    def test_a_norm_reads_two_and_writes_two(self):
        built = self.build(op="norm", tokens=3, in_features=16)
        self.assertEqual((built.flop, built.bytes), (0, 2 * (4 * 3 * 16 + 16)))
        self.assertEqual(len(built.calls), 5)

    def test_an_activation_reads_two_and_writes_one(self):
        built = self.build(op="activation", tokens=3, out_features=16)
        self.assertEqual((built.flop, built.bytes), (0, 2 * 3 * 3 * 16))

    def test_a_rotation_reads_and_writes_every_head(self):
        built = self.build(op="rotation", tokens=3, query_heads=4, kv_heads=2, head_dim=8)
        self.assertEqual((built.flop, built.bytes), (0, 2 * 2 * 3 * 8 * 8))

    def test_a_copy_reads_and_writes(self):
        built = self.build(op="copy", tokens=3, in_features=16)
        self.assertEqual((built.flop, built.bytes), (0, 2 * 2 * 48))
        self.assertEqual(len(built.calls), 11)

    def test_experts_are_routed_anew_each_call_and_their_mean_counts(self):
        from collect.kernels import moe
        built = self.build(op="moe", experts=8, top_k=2, tokens=3, in_features=16, out_features=4)
        counts = moe.routings(256, 1, 3, 8, 2, 16, 4)
        self.assertGreater(len({tuple(each.tolist()) for each in counts}), 4)
        active = sum(int((each > 0).sum()) for each in counts) / len(counts)
        self.assertEqual((len(built.calls), built.active_experts), (len(counts), active))
        self.assertEqual(built.flop, 6 * 3 * 2 * 16 * 4)
        self.assertAlmostEqual(built.bytes, 2 * (3 * active * 64 + 6 * (32 + 24)))

    def test_the_experts_touched_make_eight_caches(self):
        from collect.kernels import moe
        # One token wakes 2 of 64 experts: 2 x 3 x 64 elements of two bytes.
        counts = moe.routings(10_000, 1, 1, 64, 2, 16, 4)
        self.assertEqual(len(counts), -(-80_000 // 768))
        self.assertEqual(len(moe.routings(10_000, 1, 64, 64, 64, 160, 40)), 8)


@needs_torch
class References(unittest.TestCase):
    """The plain operations and a layer, recomputed in double precision another way."""

    def setUp(self):
        torch.manual_seed(11)

    def test_norm(self):
        from collect.layer_ops import PlainOps
        x, residual, gain = (torch.randn(*s, dtype=torch.float32) for s in ((3, 8), (3, 8), (8,)))
        total = (x.double() + residual.double())
        out = torch.empty_like(x)
        PlainOps.add_rms_norm(x, residual, gain, out)
        for row in range(3):
            mean = sum(float(v) ** 2 for v in total[row]) / 8
            for column in range(8):
                self.assertAlmostEqual(
                    float(out[row, column]),
                    float(total[row, column]) / (mean + 1e-5) ** 0.5 * float(gain[column]), 5)
        torch.testing.assert_close(residual, total.float())

    def test_activation(self):
        from collect.layer_ops import PlainOps
        gate_up, out = torch.randn(2, 6), torch.empty(2, 3)
        PlainOps.silu_mul(gate_up, out)
        gate, up = gate_up[:, :3].double(), gate_up[:, 3:].double()
        torch.testing.assert_close(out, (gate / (1 + torch.exp(-gate)) * up).float())

    def test_rotation_turns_pairs_by_the_position(self):
        from collect.device import CpuDevice
        from collect.layer_ops import ROTATION_BASE, PlainOps, rotation_tables
        import cmath
        cosine, sine = rotation_tables(CpuDevice(), 16, 4)
        qkv = torch.randn(2, 3 * 4)
        position, rows = torch.tensor([0, 9]), torch.tensor([5, 1])
        q, k, v = torch.empty(2, 1, 4), torch.zeros(8, 1, 4), torch.zeros(8, 1, 4)
        PlainOps.rope_store(qkv, cosine, sine, position, rows, q, k, v)
        for token, (where, row) in enumerate(((0, 5), (9, 1))):
            for found, head in ((q[token, 0], 0), (k[row, 0], 1)):
                for pair in range(2):
                    turn = cmath.exp(1j * where * ROTATION_BASE ** (-pair / 2))
                    value = complex(qkv[token, 4 * head + pair], qkv[token, 4 * head + 2 + pair])
                    self.assertAlmostEqual(complex(found[pair], found[2 + pair]), value * turn, 4)
            torch.testing.assert_close(v[row, 0], qkv[token, 8:])
        self.assertEqual(int((k.abs().sum((1, 2)) > 0).sum()), 2)

    def test_a_decoder_layer(self):
        from collect import plan, steps
        from collect.decoder import Decoder
        from collect.device import CpuDevice
        from collect.layer_ops import ROTATION_BASE
        import dataclasses
        import os
        torch.set_grad_enabled(False)
        shape = dataclasses.replace(
            plan.Plan(os.path.join(plan.FOLDER, "plan-toy.json")).model("toy"), layers=1)
        device = CpuDevice()
        decoder = Decoder(device, shape, 16)
        caches = decoder.new_caches(6)
        batch, _ = steps.uniform_batch(device, decoder, caches, 0, 0, 1, 6, 0)
        seen = []
        original = decoder.ops
        decoder.ops = type("Kept", (original,), {"add_rms_norm": staticmethod(
            lambda x, residual, gain, out: (original.add_rms_norm(x, residual, gain, out),
                                            seen.append(out.double().clone())))})
        decoder.forward(batch, caches)
        layer = {name: value.double() for name, value in decoder.layers[0].items()}

        def norm(x, gain):
            return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * gain
        x = decoder.embedding.double()[batch.tokens]
        heads = (norm(x, layer["norm_1"]) @ layer["qkv"]).view(6, -1, shape.head_dim)
        half = shape.head_dim // 2
        rate = ROTATION_BASE ** (-torch.arange(half, dtype=torch.float64) / half)
        turn = torch.polar(torch.ones(6, half, dtype=torch.float64),
                           torch.arange(6, dtype=torch.float64)[:, None] * rate)[:, None]
        turned = torch.complex(heads[..., :half], heads[..., half:]) * turn
        turned = torch.cat([turned.real, turned.imag], -1)
        group, attended = shape.query_heads // shape.kv_heads, []
        for token in range(6):
            for head in range(shape.query_heads):
                of = head // group
                keys = turned[:token + 1, shape.query_heads + of]
                values = heads[:token + 1, shape.query_heads + shape.kv_heads + of]
                weights = (keys @ turned[token, head] / shape.head_dim ** 0.5).softmax(0)
                attended.append(weights @ values)
        x = x + torch.stack(attended).view(6, -1) @ layer["output"]
        gate, up = (norm(x, layer["norm_2"]) @ layer["gate_up"]).chunk(2, -1)
        x = x + (gate * torch.sigmoid(gate) * up) @ layer["down"]
        expected = norm(x, decoder.final_norm.double())
        # bf16 has eight bits; its roundings through a layer add up to about a hundredth.
        self.assertLess(float((seen[-1] - expected).norm() / expected.norm()), 0.02)


if __name__ == "__main__":
    unittest.main()
