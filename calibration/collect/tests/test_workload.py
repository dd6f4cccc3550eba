"""How many requests a replica can be thought to hold at once."""

import unittest

from collect import workload

FIELDS = {"batch_rows": 128, "prompt_mean": 512, "output_mean": 192}


class Concurrency(unittest.TestCase):
    def test_rows_limit_where_the_cache_does_not(self):
        self.assertEqual(workload.concurrent_rows(FIELDS), 128)
        self.assertEqual(workload.concurrent_rows({**FIELDS, "kv_tokens": 10**6}), 128)

    def test_a_small_cache_holds_fewer(self):
        # 16,384 places for contexts of 512 + 96 on the mean.
        self.assertEqual(workload.concurrent_rows({**FIELDS, "kv_tokens": 16384}), 26)
        self.assertEqual(workload.concurrent_rows({**FIELDS, "kv_tokens": 100}), 1)


if __name__ == "__main__":
    unittest.main()
