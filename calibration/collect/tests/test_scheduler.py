"""The rules of batching, replayed by hand with a clock of our own."""

import random
import unittest

from collect.scheduler import Limits, RequestTooLarge, Scheduler, Sequence
from collect.serving_loop import accept, serve


class FakeClock:
    """Time that moves only when told."""

    def __init__(self):
        self.time = 0.0

    def now_s(self):
        return self.time

    def sleep_until(self, instant_s):
        self.time = max(self.time, instant_s)


class FakeExecutor:
    """Takes a second per iteration, or what a function of the iteration says."""

    def __init__(self, clock, seconds=lambda iteration: 1.0):
        self.clock, self.seconds, self.seen = clock, seconds, []

    def run(self, iteration):
        self.seen.append((
            [s.request for s in iteration.decodes],
            [(c.sequence.request, c.past, c.tokens) for c in iteration.chunks],
            [s.request for s in iteration.preempted]))
        duration = self.seconds(iteration)
        self.clock.time += duration
        return {"device_time_s": duration, "launch": "fake"}


def limits(rows=4, budget=8, block=4, blocks=100, longest=64):
    return Limits(rows, budget, block, blocks, longest)


def serve_arrivals(scheduler, executor, arrivals, clock, last_s=None):
    return serve(scheduler, executor, accept(scheduler, arrivals).sequences, clock, last_s)


def run(limits, arrivals, seconds=lambda iteration: 1.0):
    clock = FakeClock()
    executor = FakeExecutor(clock, seconds)
    served = serve_arrivals(Scheduler(limits), executor, arrivals, clock)
    return executor.seen, served.iterations, served.requests


class Rules(unittest.TestCase):
    def test_a_lone_request_prefills_in_chunks_then_decodes(self):
        seen, iterations, requests = run(limits(), [(0.0, 10, 3)])
        self.assertEqual(seen, [([], [(0, 0, 8)], []), ([], [(0, 8, 2)], []), ([0], [], []),
                                ([0], [], [])])
        self.assertEqual([i["decode_context_tokens"] for i in iterations], [0, 0, 11, 12])
        self.assertEqual([i["prefill_attention_pairs"] for i in iterations], [36, 19, 0, 0])
        self.assertEqual(requests[0]["first_token_s"], 2.0)
        self.assertEqual(requests[0]["end_s"], 4.0)

    def test_decode_rows_come_before_prefill_and_take_of_its_budget(self):
        seen, _, _ = run(limits(), [(0.0, 4, 5), (0.0, 20, 1)])
        self.assertEqual(seen[0], ([], [(0, 0, 4), (1, 0, 4)], []))
        self.assertEqual(seen[1], ([0], [(1, 4, 7)], []))
        self.assertEqual(seen[2], ([0], [(1, 11, 7)], []))

    def test_running_prefills_come_before_admissions(self):
        seen, _, _ = run(limits(), [(0.0, 12, 1), (0.5, 3, 1)])
        self.assertEqual(seen[1], ([], [(0, 8, 4), (1, 0, 3)], []))

    def test_a_request_of_one_token_ends_with_its_prompt(self):
        _, _, requests = run(limits(), [(0.0, 3, 1)])
        self.assertEqual(requests[0]["end_s"], requests[0]["first_token_s"])

    def test_nobody_overtakes_a_request_that_does_not_fit(self):
        # 5 blocks of 4: the second needs 4, 3 are left; the third would fit but waits.
        seen, _, _ = run(limits(blocks=5, budget=16), [(0.0, 8, 2), (0.0, 16, 1), (0.0, 2, 1)])
        self.assertEqual(seen[0], ([], [(0, 0, 8)], []))
        self.assertEqual(seen[1], ([0], [], []))
        self.assertEqual(seen[2], ([], [(1, 0, 16)], []))
        self.assertEqual(seen[3], ([], [(2, 0, 2)], []))

    def test_rows_are_limited(self):
        seen, _, _ = run(limits(rows=1), [(0.0, 2, 2), (0.0, 2, 1)])
        self.assertEqual(seen, [([], [(0, 0, 2)], []), ([0], [], []), ([], [(1, 0, 2)], [])])

    def test_an_arrival_joins_the_iteration_that_forms_at_its_instant(self):
        seen, iterations, _ = run(limits(), [(0.0, 2, 2), (1.0, 2, 1)])
        self.assertEqual(seen[1], ([0], [(1, 0, 2)], []))
        self.assertEqual(iterations[1]["start_s"], 1.0)

    def test_an_idle_engine_waits_for_the_next_arrival(self):
        _, iterations, requests = run(limits(), [(0.0, 2, 1), (7.5, 2, 1)])
        self.assertEqual([i["start_s"] for i in iterations], [0.0, 7.5])
        self.assertEqual(requests[1]["end_s"], 8.5)


class Preemption(unittest.TestCase):
    def test_the_row_admitted_last_gives_way_and_computes_anew(self):
        # 4 blocks of 4, two prompts of 8 fill them. Each needs a third block to decode.
        seen, _, requests = run(limits(blocks=4, budget=16), [(0.0, 8, 6), (0.0, 8, 2)])
        self.assertEqual(seen[0], ([], [(0, 0, 8), (1, 0, 8)], []))
        # Request 1 has put out one token: its 8 + 1 tokens wait until request 0 has ended.
        self.assertEqual(seen[1], ([0], [], [1]))
        self.assertEqual([s[0] for s in seen[2:6]], [[0]] * 4)
        self.assertEqual(seen[6], ([], [(1, 0, 9)], []))
        self.assertEqual(len(seen), 7)
        self.assertEqual([r["preemptions"] for r in requests], [0, 1])
        self.assertEqual(requests[1]["first_token_s"], 1.0)
        self.assertEqual(requests[1]["end_s"], 7.0)

    def test_rows_in_prefill_give_way_before_decode_rows(self):
        # 7 blocks of 4, 3 tokens an iteration. Request 0 holds one block, request 1 five for
        # its 20 tokens, 2 of which it computes beside each token of request 0. At its fifth
        # token request 0 takes the last block, at its ninth there is none.
        seen, _, requests = run(limits(blocks=7, budget=3, rows=3), [(0.0, 3, 9), (0.0, 20, 1)])
        self.assertEqual(seen[1], ([0], [(1, 0, 2)], []))
        self.assertEqual(seen[5], ([0], [(1, 8, 2)], []))
        self.assertEqual(seen[6], ([0], [], [1]))
        self.assertEqual(seen[7], ([0], [], []))
        self.assertEqual([r["preemptions"] for r in requests], [0, 1])

    def test_an_iteration_that_preempted_admits_nobody_though_one_would_fit(self):
        # What was preempted goes to the front and cannot fit at once; so that one that fits is
        # in front, this one goes to the back.
        class Backwards(Scheduler):
            def _preempt(self, sequence, iteration):
                super()._preempt(sequence, iteration)
                self.waiting.rotate(-1)
        clock = FakeClock()
        executor = FakeExecutor(clock)
        serve_arrivals(Backwards(limits(blocks=4, budget=16)), executor,
                       [(0.0, 8, 6), (0.0, 8, 2), (0.5, 1, 1)], clock)
        self.assertEqual(executor.seen[1], ([0], [], [1]))
        self.assertEqual(executor.seen[2], ([0], [(2, 0, 1)], []))


class Refusals(unittest.TestCase):
    def test_a_request_that_never_fits_is_refused_at_once(self):
        scheduler = Scheduler(limits(blocks=2, longest=64))
        with self.assertRaises(RequestTooLarge):
            scheduler.fit(Sequence(0, 0.0, 7, 3))

    def test_a_request_that_fits_exactly_is_served(self):
        # 8 places: 7 of the prompt and the first output token; the second is never computed.
        _, _, requests = run(limits(blocks=2, longest=64), [(0.0, 7, 2)])
        self.assertEqual(requests[0]["end_s"], 2.0)

    def test_a_prompt_as_long_as_a_sequence_is_refused(self):
        with self.assertRaises(RequestTooLarge):
            Scheduler(limits(longest=8)).fit(Sequence(0, 0.0, 8, 1))

    def test_an_output_is_cut_at_the_longest_sequence(self):
        sequence = Sequence(0, 0.0, 5, 9)
        self.assertTrue(Scheduler(limits(longest=8)).fit(sequence))
        self.assertEqual(sequence.output_tokens, 3)
        self.assertFalse(Scheduler(limits(longest=8)).fit(sequence))

    def test_the_others_are_served_where_one_cannot_be(self):
        clock = FakeClock()
        scheduler = Scheduler(limits(longest=8))
        accepted = accept(scheduler, [(0.0, 8, 1), (0.0, 5, 9), (1.0, 2, 1)])
        self.assertEqual((accepted.rejected, accepted.outputs_cut), (1, 1))
        served = serve(scheduler, FakeExecutor(clock), accepted.sequences, clock)
        self.assertFalse(served.cut)
        self.assertEqual([(r["request"], r["output_tokens"]) for r in served.requests],
                         [(1, 3), (2, 1)])
        self.assertTrue(all(r["end_s"] for r in served.requests))

    def test_more_rows_than_tokens_are_refused(self):
        with self.assertRaises(ValueError):
            Scheduler(limits(rows=9, budget=8))

    def test_a_run_that_is_cut_finishes_what_it_has_and_takes_no_more(self):
        clock = FakeClock()
        served = serve_arrivals(Scheduler(limits()), FakeExecutor(clock),
                                [(0.0, 4, 10), (3.0, 2, 2), (7.0, 2, 2), (8.0, 2, 2)],
                                clock, last_s=5)
        self.assertEqual((served.cut, served.not_admitted), (True, 2))
        self.assertEqual([r["request"] for r in served.requests], [0, 1])
        self.assertEqual([r["end_s"] for r in served.requests], [10.0, 5.0])

    def test_a_cut_does_not_wait_for_arrivals_that_it_will_not_take(self):
        clock = FakeClock()
        served = serve_arrivals(Scheduler(limits()), FakeExecutor(clock),
                                [(0.0, 4, 1), (90.0, 2, 2)], clock, last_s=5)
        self.assertEqual((served.cut, served.not_admitted, len(served.requests)), (True, 1, 1))
        self.assertLess(clock.time, 6)

    def test_a_run_that_took_all_arrivals_is_not_cut_however_long_it_lasts(self):
        clock = FakeClock()
        served = serve_arrivals(Scheduler(limits()), FakeExecutor(clock), [(0.0, 4, 30)], clock,
                                last_s=5)
        self.assertFalse(served.cut)
        self.assertEqual(served.requests[0]["end_s"], 30.0)


class Laws(unittest.TestCase):
    def check(self, seed):
        source = random.Random(seed)
        block = source.choice([1, 2, 4, 16])
        rows = source.randint(1, 6)
        chosen = limits(rows, source.randint(rows, 24), block,
                        source.randint(-(-39 // block), 120 // block + 1), 40)
        arrivals = sorted((source.uniform(0, 20), source.randint(1, 25), source.randint(1, 15))
                          for _ in range(source.randint(1, 25)))
        scheduler, clock = Scheduler(chosen), FakeClock()
        inner = FakeExecutor(clock, lambda iteration: source.uniform(0.01, 1.5))

        class Watched:
            def run(_, iteration):
                running = scheduler.decoding + scheduler.prefilling
                self.assertLessEqual(len(running), chosen.batch_rows)
                self.assertLessEqual(len(iteration.decodes) + iteration.prefill_tokens,
                                     chosen.iteration_tokens)
                self.assertEqual(sum(s.blocks for s in running), scheduler.used_blocks)
                self.assertGreaterEqual(scheduler.free_blocks, 0)
                slots = [s.slot for s in running]
                self.assertEqual(len(set(slots)), len(slots))
                for sequence in iteration.decodes:
                    self.assertLessEqual(sequence.context + 1, sequence.blocks * block)
                return inner.run(iteration)

        served = serve_arrivals(scheduler, Watched(), arrivals, clock)
        iterations, requests = served.iterations, served.requests
        self.assertEqual(scheduler.free_blocks, chosen.kv_blocks)
        for request, arrival in zip(requests, arrivals):
            self.assertLessEqual(request["arrival_s"], request["first_scheduled_s"])
            self.assertLess(request["first_scheduled_s"], request["first_token_s"])
            self.assertLessEqual(request["first_token_s"], request["end_s"])
        tokens = sum(i["decode_rows"] for i in iterations)
        if not any(r["preemptions"] for r in requests):
            self.assertEqual(tokens, sum(a[2] - 1 for a in arrivals))
            self.assertEqual(sum(i["prefill_tokens"] for i in iterations),
                             sum(a[1] for a in arrivals))

    def test_blocks_slots_rows_and_tokens_are_conserved_in_random_runs(self):
        for seed in range(300):
            with self.subTest(seed=seed):
                self.check(seed)


if __name__ == "__main__":
    unittest.main()
