"""A serving run on the device: the loop's executor, its clock, and the energy beside it."""

import time

import torch

from collect import serving_loop
from collect.decoder import Batch
from collect.device import first_line, is_fatal, is_out_of_memory
from collect.sampler import IDLE_S, EnergySampler
from collect.serving_attention import ChunkAttentions, DecodeAttentions
from collect.steps import join


class HostClock:
    """Seconds since the run began."""

    def __init__(self):
        self.start = time.monotonic()

    def now_s(self):
        return time.monotonic() - self.start

    def sleep_until(self, instant_s):
        time.sleep(max(0.0, instant_s - self.now_s()))


class Executor:
    """Computes iterations with a decoder. Decode-only ones replay graphs captured for a few
    numbers of rows, padded up; those with prompts run eagerly."""

    def __init__(self, device, decoder, limits):
        self.device, self.decoder, self.limits = device, decoder, limits
        self.slot_tokens = limits.sequence_tokens
        # One more slot takes the writes of padding rows.
        self.pad_slot = limits.batch_rows
        self.caches = decoder.new_caches((limits.batch_rows + 1) * self.slot_tokens)
        self.next_token = device.integers(decoder.shape.vocabulary, limits.batch_rows + 1)
        self.prompt = device.integers(decoder.shape.vocabulary, self.slot_tokens)
        self.chunk_attention = ChunkAttentions(device, decoder.shape, limits)
        self.decode_attention = DecodeAttentions(
            device, decoder.shape, limits, self.chunk_attention)
        self._graphs = {}
        self._warm_up()

    def run(self, iteration):
        """Computes an iteration. `enqueue_s` is what the host took to hand it over, and
        `enqueue_share` its part of the time until all was computed; `device_time_s` runs from
        the first kernel's turn to the last one's end, copies of the inputs left out; of an eager
        iteration the host's pace is in both."""
        begin = time.perf_counter()
        rows = len(iteration.decodes)
        if not iteration.chunks and self._bucket(rows) in self._graphs:
            launch, kind = self._prepare_replay(iteration), "graph"
        else:
            launch, kind = self._prepare_eager(iteration), "eager"
        start = self.device.mark()
        launch()
        end = self.device.mark()
        enqueued = time.perf_counter() - begin
        self.device.wait(end)
        total = time.perf_counter() - begin
        return {"device_time_s": self.device.seconds(start, end), "enqueue_s": enqueued,
                "enqueue_share": enqueued / total, "launch": kind,
                "backend": self._backends(iteration)}

    def _backends(self, iteration):
        """What computes the attention of the decode rows, then of the chunks."""
        names = [self.decode_attention.name] if iteration.decodes else []
        names += sorted({self.chunk_attention.choice(chunk.tokens, chunk.past).name
                         for chunk in iteration.chunks})
        return "+".join(names)

    @property
    def facts(self):
        """What was chosen, for the conditions of the run."""
        return {"decode_attention": self.decode_attention.facts(self._buckets()),
                "chunk_attention": self.chunk_attention.facts,
                "layer_operations": self.decoder.ops.name,
                "capture_failure": self.capture_failure}

    def _prepare_replay(self, iteration):
        rows = len(iteration.decodes)
        bucket = self._bucket(rows)
        inputs, replay = self._graphs[bucket]
        padding = bucket - rows
        slots = [s.slot for s in iteration.decodes] + [self.pad_slot] * padding
        contexts = [s.context for s in iteration.decodes] + [0] * padding
        for name, values in self._decode_inputs(slots, contexts).items():
            inputs[name].copy_(torch.tensor(values), non_blocking=True)
        return replay

    def _decode_inputs(self, slots, contexts):
        starts = [slot * self.slot_tokens for slot in slots]
        return {
            "slot": slots, "position": contexts, "start": starts,
            "cache_row": [start + context for start, context in zip(starts, contexts)],
            "context": [context + 1 for context in contexts]}

    def _prepare_eager(self, iteration):
        rows = len(iteration.decodes)
        decode = self._decode_inputs([s.slot for s in iteration.decodes],
                                     [s.context for s in iteration.decodes])
        positions, cache_rows = decode["position"], decode["cache_row"]
        last, slots, spans = list(range(rows)), decode["slot"], []
        for chunk in iteration.chunks:
            start = chunk.sequence.slot * self.slot_tokens
            first, end = len(positions), chunk.past + chunk.tokens
            spans.append((first, chunk.tokens, start, end))
            positions.extend(range(chunk.past, end))
            cache_rows.extend(range(start + chunk.past, start + end))
            last.append(len(positions) - 1)
            slots.append(chunk.sequence.slot)
        inputs = {name: self._tensor(values) for name, values in decode.items()}
        inputs["last"] = self._tensor(last)
        # Tokens of decode rows are what their slots put out last, those of prompts any.
        tokens = torch.cat([self.next_token[inputs["slot"][:rows]],
                            self.prompt[inputs["position"][rows:]]])
        return lambda: self._forward(tokens, inputs, rows, spans)

    def _forward(self, tokens, inputs, rows, spans):
        attend_decode = self.decode_attention.for_rows(rows) if rows else None

        def attend(q, k, v):
            parts = []
            if rows:
                parts.append(attend_decode(
                    q[:rows], k, v, inputs["start"], inputs["context"]).reshape(rows, -1))
            for first, count, start, end in spans:
                attend_chunk = self.chunk_attention.choice(count, end - count).call
                parts.append(attend_chunk(
                    q[None, first:first + count], k[None, start:start + end],
                    v[None, start:start + end]).reshape(count, -1))
            return join(parts)

        batch = Batch(tokens, inputs["position"], inputs["cache_row"], inputs["last"], attend)
        self.next_token[inputs["slot"]] = self.decoder.forward(batch, self.caches)

    def _tensor(self, values):
        return torch.tensor(values, dtype=torch.int64, device=self.device.torch_device)

    def _bucket(self, rows):
        return next((b for b in self._buckets() if b >= rows), None)

    def _buckets(self):
        sizes = [1, 2, 4] + list(range(8, self.limits.batch_rows, 8))
        return [b for b in sizes if b < self.limits.batch_rows] + [self.limits.batch_rows]

    def _warm_up(self):
        """Captures the graphs and runs mixed iterations of many sizes, so that no kernel is
        compiled or loaded for the first time while requests wait."""
        # Attention by row reads its contexts on the host, which a graph cannot.
        captures = self.decode_attention.name == "split"
        for bucket in reversed(self._buckets()) if captures else []:
            try:
                self._capture(bucket)
            except RuntimeError as error:
                if is_fatal(error) or is_out_of_memory(error):
                    raise
                self.capture_failure = first_line(error)
                break
        for share in range(1, 33):
            total = max(1, self.limits.iteration_tokens * share // 32)
            rows = min(share * self.limits.batch_rows // 32, total - 1)
            self._warm_mixed(rows, min(total - rows, self.slot_tokens))
        self.device.synchronize()

    capture_failure = ""

    def _capture(self, rows):
        inputs = {name: self._tensor(values) for name, values in self._decode_inputs(
            [self.pad_slot] * rows, [0] * rows).items()}
        inputs["last"] = torch.arange(rows, device=self.device.torch_device)

        def body():
            self._forward(self.next_token[inputs["slot"]], inputs, rows, [])
        body()
        self.device.synchronize()
        self._graphs[rows] = (inputs, self.device.capture(body))

    def _warm_mixed(self, rows, chunk):
        inputs = {name: self._tensor(values) for name, values in self._decode_inputs(
            [self.pad_slot] * rows, [0] * rows).items()}
        start = self.pad_slot * self.slot_tokens
        inputs["position"] = self._tensor([0] * rows + list(range(chunk)))
        inputs["cache_row"] = self._tensor([start] * rows + list(range(start, start + chunk)))
        inputs["slot"] = self._tensor([self.pad_slot] * (rows + 1))
        inputs["last"] = self._tensor(list(range(rows)) + [rows + chunk - 1])
        self._forward(self.prompt[inputs["position"]], inputs, rows,
                      [(rows, chunk, start, chunk)])


def run_serving(device, decoder, scheduler, accepted, meter, last_s):
    """One run of `accepted` requests; returns (iteration rows, request rows, energy rows, facts
    for conditions). `last_s` is the instant of time.monotonic() after which no arrival is taken
    any more."""
    executor = Executor(device, decoder, scheduler.limits)
    clock = HostClock()
    sampler = EnergySampler(meter, clock)
    sampler.start()
    try:
        clock.sleep_until(IDLE_S)
        first = clock.now_s()
        served = serving_loop.serve(
            scheduler, executor, accepted.from_s(first), clock, last_s - clock.start)
        clock.sleep_until(clock.now_s() + IDLE_S)
    finally:
        energy = sampler.finish()
    facts = {**executor.facts, "first_arrival_offset_s": first, "cut": served.cut,
             "not_admitted": served.not_admitted, "rejected": accepted.rejected,
             "outputs_cut": accepted.outputs_cut}
    return served.iterations, served.requests, energy, facts
