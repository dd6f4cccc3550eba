"""The rules of continuous batching, apart from any device and clock: those of docs/model.md.

When an iteration is formed, in this order:
1. Room for decode. Every decode row adds one token to its context and needs one more block if
   that token is the first of a block. While the free blocks do not suffice for all rows, the
   row admitted last goes back to the front of the queue and loses its blocks: rows in prefill
   first, from the last, then decode rows, from the last.
2. Every decode row computes one token.
3. Rows in prefill, in order of admission, compute as much as the token budget leaves.
4. Unless step 1 preempted: requests are admitted from the front of the queue while there are
   budget, rows and blocks for their whole context. The first that does not fit ends it.
A row whose last chunk was computed puts out its first token at the iteration's end and decodes
from the next iteration on. A preempted row computes its prompt and what it had put out anew.
"""

from collections import deque
from dataclasses import dataclass, field

from collect.arithmetic import causal_pairs


@dataclass(frozen=True)
class Limits:
    """What a replica may hold and compute at once."""
    batch_rows: int
    iteration_tokens: int
    tokens_per_block: int
    kv_blocks: int
    sequence_tokens: int

    def blocks(self, tokens):
        return -(-tokens // self.tokens_per_block)


@dataclass(eq=False)
class Sequence:
    """A request and how far it has come. `context` counts the tokens whose KV is stored,
    `prefill_target` those to be computed before it puts out its next token."""
    request: int
    arrival_s: float
    prompt_tokens: int
    output_tokens: int
    produced: int = 0
    context: int = 0
    prefill_target: int = 0
    blocks: int = 0
    slot: int = -1
    preemptions: int = 0
    first_scheduled_s: float = None
    first_token_s: float = None
    end_s: float = None


@dataclass
class Chunk:
    sequence: Sequence
    past: int
    tokens: int


@dataclass
class Iteration:
    """What one iteration computes, with the contexts at its start."""
    decodes: list = field(default_factory=list)
    chunks: list = field(default_factory=list)
    preempted: list = field(default_factory=list)

    @property
    def is_empty(self):
        return not self.decodes and not self.chunks

    @property
    def decode_context_tokens(self):
        """Tokens that the decode rows attend to, each its own new token included."""
        return sum(sequence.context + 1 for sequence in self.decodes)

    @property
    def prefill_tokens(self):
        return sum(chunk.tokens for chunk in self.chunks)

    @property
    def prefill_attention_pairs(self):
        return sum(causal_pairs(chunk.tokens, chunk.past) for chunk in self.chunks)


class RequestTooLarge(Exception):
    """A request could not be served even alone."""


class Scheduler:
    """Queue, running batch and block count of one replica."""

    def __init__(self, limits):
        if limits.batch_rows > limits.iteration_tokens:
            raise ValueError(
                f"{limits.batch_rows} rows do not fit a budget of {limits.iteration_tokens} tokens")
        self.limits = limits
        self.waiting = deque()
        self.prefilling = []
        self.decoding = []
        self.free_blocks = limits.kv_blocks
        # Popped from the end, so that the lowest slots are used first.
        self._free_slots = list(range(limits.batch_rows - 1, -1, -1))

    @property
    def has_work(self):
        return bool(self.waiting or self.prefilling or self.decoding)

    @property
    def used_blocks(self):
        return self.limits.kv_blocks - self.free_blocks

    def fit(self, sequence):
        """Cuts the output where the sequence would be longer than one may be; returns whether
        it was cut. Raises if the request could not be served even alone."""
        room = self.limits.sequence_tokens - sequence.prompt_tokens
        if room < 1:
            raise RequestTooLarge(
                f"request {sequence.request} has a prompt of {sequence.prompt_tokens} tokens; a "
                f"sequence may have {self.limits.sequence_tokens}")
        is_cut = sequence.output_tokens > room
        sequence.output_tokens = min(sequence.output_tokens, room)
        holds = self.limits.kv_blocks * self.limits.tokens_per_block
        # The token put out last is never computed, so it takes no place in the cache.
        total = sequence.prompt_tokens + sequence.output_tokens
        if total - 1 > holds:
            raise RequestTooLarge(
                f"request {sequence.request} has {total} tokens, the cache holds {holds}")
        return is_cut

    def arrive(self, sequence):
        """Takes a request that fits."""
        sequence.prefill_target = sequence.prompt_tokens
        self.waiting.append(sequence)

    def form(self, now_s):
        """The next iteration. Blocks are taken; contexts advance with `complete`."""
        iteration = Iteration()
        self._make_room(iteration)
        iteration.decodes = list(self.decoding)
        budget = self.limits.iteration_tokens - len(self.decoding)
        for sequence in self.prefilling:
            budget -= self._add_chunk(iteration, sequence, budget)
        if not iteration.preempted:
            self._admit(iteration, budget, now_s)
        return iteration

    def complete(self, iteration, now_s):
        """Advances every sequence of the iteration; returns those that ended."""
        for sequence in iteration.decodes:
            sequence.context += 1
            self._put_out(sequence, now_s)
        for chunk in iteration.chunks:
            sequence = chunk.sequence
            sequence.context += chunk.tokens
            if sequence.context == sequence.prefill_target:
                self._put_out(sequence, now_s)
                self.prefilling.remove(sequence)
                self.decoding.append(sequence)
        ended = [s for s in self.decoding if s.produced == s.output_tokens]
        for sequence in ended:
            sequence.end_s = now_s
            self._release(sequence)
        self.decoding = [s for s in self.decoding if s.end_s is None]
        return ended

    def _make_room(self, iteration):
        while self._new_blocks() > self.free_blocks:
            rows = self.prefilling or self.decoding
            if rows is self.decoding and len(rows) == 1:
                raise RequestTooLarge("one sequence alone does not fit the cache")
            self._preempt(rows.pop(), iteration)
        for sequence in self.decoding:
            new_blocks = self._new_block(sequence)
            sequence.blocks += new_blocks
            self.free_blocks -= new_blocks

    def _new_blocks(self):
        return sum(self._new_block(sequence) for sequence in self.decoding)

    def _new_block(self, sequence):
        return self.limits.blocks(sequence.context + 1) - sequence.blocks

    def _preempt(self, sequence, iteration):
        self._release(sequence)
        sequence.preemptions += 1
        sequence.context = 0
        sequence.prefill_target = sequence.prompt_tokens + sequence.produced
        iteration.preempted.append(sequence)
        self.waiting.appendleft(sequence)

    def _admit(self, iteration, budget, now_s):
        while self.waiting and budget > 0 and self._free_slots:
            sequence = self.waiting[0]
            needed = self.limits.blocks(sequence.prefill_target)
            if needed > self.free_blocks:
                return
            self.waiting.popleft()
            self.free_blocks -= needed
            sequence.blocks = needed
            sequence.slot = self._free_slots.pop()
            if sequence.first_scheduled_s is None:
                sequence.first_scheduled_s = now_s
            self.prefilling.append(sequence)
            budget -= self._add_chunk(iteration, sequence, budget)

    def _release(self, sequence):
        self.free_blocks += sequence.blocks
        sequence.blocks = 0
        self._free_slots.append(sequence.slot)
        sequence.slot = -1

    @staticmethod
    def _add_chunk(iteration, sequence, budget):
        tokens = min(budget, sequence.prefill_target - sequence.context)
        if tokens > 0:
            iteration.chunks.append(Chunk(sequence, sequence.context, tokens))
        return tokens

    @staticmethod
    def _put_out(sequence, now_s):
        sequence.produced += 1
        if sequence.first_token_s is None:
            sequence.first_token_s = now_s
