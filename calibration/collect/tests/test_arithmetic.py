"""Operations and bytes against numbers worked out by hand."""

import unittest

from collect import arithmetic
from collect.sheets import ModelShape, Peaks
from collect import workload

LLAMA_8B = ModelShape("llama-3.1-8b", layers=32, hidden=4096, query_heads=32, kv_heads=8,
                      head_dim=128, intermediate=14336, vocabulary=128256)


class Products(unittest.TestCase):
    def test_a_product_takes_two_operations_per_element_triple(self):
        self.assertEqual(arithmetic.gemm_flop(3, 5, 7), 210)

    def test_bytes_of_a_product_are_weights_inputs_and_result(self):
        # bf16: 5 x 7 weights, 3 x 7 inputs, 3 x 5 results, two bytes each.
        self.assertEqual(arithmetic.gemm_bytes(3, 5, 7, 2), 2 * (35 + 21 + 15))

    def test_an_fp8_product_reads_single_bytes_and_writes_bf16(self):
        self.assertEqual(arithmetic.gemm_bytes(3, 5, 7, 1), 35 + 21 + 2 * 15)

    def test_decode_of_one_token_through_the_largest_product_of_an_8b(self):
        # gate and up: 28,672 x 4,096 weights of two bytes, 8 KiB in, 56 KiB out.
        self.assertEqual(arithmetic.gemm_bytes(1, 28672, 4096, 2), 234_881_024 + 8_192 + 57_344)


class Attention(unittest.TestCase):
    def test_causal_pairs_of_three_tokens_after_two(self):
        self.assertEqual(arithmetic.causal_pairs(3, 2), 3 + 4 + 5)

    def test_a_pair_costs_two_products_of_the_head(self):
        self.assertEqual(arithmetic.attention_flop(12, query_heads=4, head_dim=8), 12 * 4 * 32)

    def test_decode_reads_keys_and_values_of_the_kv_heads_only(self):
        # 10 tokens, 2 KV heads of 8: 320 elements; query and result, 4 heads of 8: 64.
        self.assertEqual(arithmetic.attention_bytes(1, 10, 4, 2, 8), 2 * (320 + 64))


class Experts(unittest.TestCase):
    def test_one_token_wakes_its_own_experts(self):
        self.assertAlmostEqual(arithmetic.expected_active_experts(1, 8, 2), 2)

    def test_two_tokens_wake_fewer_than_twice_as_many(self):
        self.assertAlmostEqual(arithmetic.expected_active_experts(2, 8, 2), 3.5)

    def test_operations_of_the_three_projections(self):
        self.assertEqual(arithmetic.moe_flop(tokens=5, top_k=2, hidden=3, intermediate=4), 720)

    def test_bytes_are_active_weights_and_routed_activations(self):
        # 3 experts x 3 x 12 weights; 10 routed x (2 x 3 + 6 x 4) elements.
        self.assertEqual(arithmetic.moe_bytes(5, 3, 2, 3, 4), 2 * (108 + 300))


class Steps(unittest.TestCase):
    def test_weights_of_an_8b_layer(self):
        # 6,144 + 4,096 rows of 4,096 for attention; 3 x 14,336 x 4,096 for the network.
        self.assertEqual(LLAMA_8B.layer_weights, 41_943_040 + 176_160_768)

    def test_kv_bytes_of_an_8b_token(self):
        self.assertEqual(LLAMA_8B.kv_bytes_per_token(), 131_072)

    def test_weight_bytes_of_an_8b_are_its_published_size_less_the_norms(self):
        norms = (2 * 32 + 1) * 4096
        self.assertEqual(LLAMA_8B.weight_bytes, 2 * (8_030_261_248 - norms))

    def test_a_decode_step_computes_two_operations_per_weight_and_the_attention(self):
        flop = arithmetic.step_flop(LLAMA_8B, decode_rows=1, decode_context=1024)
        linear = 2 * (32 * 218_103_808 + 128256 * 4096)
        self.assertEqual(flop, linear + 32 * 4 * 1024 * 32 * 128)

    def test_the_head_runs_once_per_sequence_in_prefill(self):
        one = arithmetic.step_flop(LLAMA_8B, prefill_chunks=1, prefill_tokens=2)
        layers = 2 * 2 * 32 * 218_103_808 + 32 * 4 * 3 * 32 * 128
        self.assertEqual(one, layers + 2 * 128256 * 4096)

    def test_a_mixed_step_is_the_sum_of_its_tokens(self):
        mixed = arithmetic.step_flop(LLAMA_8B, 2, 100, 1, 16, 8)
        self.assertEqual(mixed, arithmetic.step_flop(LLAMA_8B, 2, 100)
                         + arithmetic.step_flop(LLAMA_8B, 0, 0, 1, 16, 8))

    def test_a_step_reads_weights_once_and_every_context(self):
        moved = arithmetic.step_bytes(LLAMA_8B, decode_rows=4, decode_context=100)
        weights = 2 * (32 * 218_103_808 + 128256 * 4096)
        self.assertEqual(moved, weights + 400 * 131_072)


class Rates(unittest.TestCase):
    def test_utilization_is_the_share_of_the_peak(self):
        self.assertAlmostEqual(arithmetic.utilization(3e12, 2.0, 3e12), 0.5)

    def test_an_unknown_peak_gives_no_utilization(self):
        self.assertIsNone(arithmetic.utilization(3e12, 2.0, None))

    def test_percentiles_interpolate_between_order_statistics(self):
        self.assertAlmostEqual(arithmetic.percentile([4, 1, 3, 2], 0.25), 1.75)

    def test_spread_is_half_the_distance_of_the_tenth_and_ninetieth_over_the_median(self):
        self.assertAlmostEqual(arithmetic.relative_spread(range(11)), (9 - 1) / 2 / 5)

    def test_one_value_has_no_spread(self):
        self.assertIsNone(arithmetic.relative_spread([1.0]))

    def test_capacity_adds_decode_and_prefill_time(self):
        peaks = Peaks(flop={"bf16": 1e15}, memory_bytes=3e12)
        step = arithmetic.step_bytes(LLAMA_8B, 128, 612)
        prefill = arithmetic.step_flop(LLAMA_8B, prefill_chunks=1, prefill_tokens=512)
        expected = 1 / (200 / 128 * step / 2.1e12 + prefill / 5e14)
        self.assertAlmostEqual(
            workload.capacity_per_s(LLAMA_8B, peaks, 128, 512, 200, 0.5, 0.7), expected)


if __name__ == "__main__":
    unittest.main()
