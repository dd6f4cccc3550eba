"""Which attention serves the rows and the chunks of a serving run, by class of shape.

A run meets lengths that nobody knows before. So only backends that take any length without
preparing for it may serve, and they are tried on shapes like those the run will meet: chunks up
to a few sizes, at the start of a prompt and after a past.
"""

import torch

from collect.kernels import attention, attention_backends

# Where the classes of chunk lengths end, in tokens; the last ends at the token budget.
CHUNK_CLASSES = (64, 256, 1024)


class ChunkAttentions:
    """Attention of one chunk of a prompt, by how many tokens it has and whether it has a past."""

    def __init__(self, device, shape, limits):
        longest = min(limits.iteration_tokens, limits.sequence_tokens)
        self._most = [most for most in CHUNK_CLASSES if most < longest] + [longest]
        self._choices = {}
        for tokens in self._most:
            for past in {0, min(tokens, limits.sequence_tokens - tokens)}:
                heads = (shape.query_heads, shape.kv_heads, shape.head_dim)
                self._choices[tokens, past > 0] = attention.fastest(
                    device, [attention_backends.random_inputs(
                        device, 1, tokens, past + tokens, *heads)],
                    attention_backends.takes_any_length)

    def choice(self, tokens, past):
        """The backend of a chunk. What leaves no room for a past in its class is as long as a
        sequence may be: no such chunk has one."""
        most = next(each for each in self._most if each >= tokens)
        return self._choices.get((most, past > 0)) or self._choices[most, False]

    @property
    def facts(self):
        """Name of each class, with its backend and the seconds of all that were tried."""
        return {f"{'after a past' if has_past else 'first'}, up to {most} tokens":
                {"backend": choice.name, "trials": choice.trials}
                for (most, has_past), choice in sorted(self._choices.items())}


class DecodeAttentions:
    """Attention of decode rows with contexts of their own, whatever serves."""

    def __init__(self, device, shape, limits, chunks):
        self.device, self.shape, self.longest = device, shape, limits.sequence_tokens
        self._chunks, self._by_rows = chunks, {}
        works = attention_backends.split_works(
            device, shape.query_heads, shape.kv_heads, shape.head_dim, limits.batch_rows,
            self.longest)
        self.name = "split" if works else "by-row"

    def for_rows(self, rows):
        if self.name != "split":
            return self._by_row
        if rows not in self._by_rows:
            shape = self.shape
            self._by_rows[rows] = attention_backends.fused.DecodeAttention(
                rows, shape.query_heads, shape.kv_heads, shape.head_dim, self._parts(rows),
                self.device.torch_device, torch.bfloat16)
        return self._by_rows[rows]

    def facts(self, rows_of_graphs):
        """Its name and, where contexts are split, into how many parts for each graph's rows."""
        if self.name != "split":
            return {"backend": self.name}
        return {"backend": self.name,
                "parts": {str(rows): self._parts(rows) for rows in rows_of_graphs}}

    def _parts(self, rows):
        return attention_backends.split_parts(
            self.device, rows, self.shape.kv_heads, self.longest)

    def _by_row(self, q, k, v, start, context):
        results = []
        for row, (first, tokens) in enumerate(zip(start.tolist(), context.tolist())):
            call = self._chunks.choice(1, tokens - 1).call
            results.append(call(q[None, row:row + 1], k[None, first:first + tokens],
                                v[None, first:first + tokens]).reshape(1, -1))
        return torch.cat(results)
