"""What a whole step takes beyond the sum of its kernels, from the tables of one folder."""

import math
from dataclasses import dataclass

from collect.tables import Tables

COLUMNS = ["model", "kind", "decode_rows", "decode_context_tokens", "prefill_chunks",
           "prefill_tokens", "prefill_past_tokens", "step_time_s", "gemm_time_s",
           "attention_time_s", "glue_time_s", "gap_time_s", "gap_share", "step_clock_mhz",
           "kernel_clock_mhz"]


@dataclass(frozen=True)
class Spent:
    """Seconds, and the megacycles that passed in them (nan where the clock is unknown)."""
    seconds: float = 0.0
    megacycles: float = 0.0

    def __add__(self, other):
        return Spent(self.seconds + other.seconds, self.megacycles + other.megacycles)

    def times(self, count):
        return Spent(count * self.seconds, count * self.megacycles)

    @property
    def clock_mhz(self):
        clock = self.megacycles / self.seconds
        return None if math.isnan(clock) else clock


def gap_rows(folder, model_of):
    """A row for every step whose kernels are known; `model_of` gives a model's shape by name.

    Both are burst times, at clocks that no power limit has reached yet; the clocks are told.
    Products and glue between two measured token counts are interpolated in their logarithms;
    attention must be there.
    """
    tables = Tables(folder)
    kernels = KernelTimes(tables.read("kernels"))
    rows = []
    for step in tables.read("steps"):
        # The kernels' attention is the fastest there is; so must the step's be.
        if step["measurement"] != "burst" or step.get("attention"):
            continue
        row = _gap_row(step, model_of(step["model"]), kernels)
        if row:
            rows.append(row)
    return rows


class KernelTimes:
    """What a kernel spends, by its shape."""

    def __init__(self, rows):
        self._by_tokens, self._attention = {}, {}
        for row in rows:
            if row["measurement"] != "burst" or row["dtype"] != "bf16":
                continue
            seconds = float(row["time_s"])
            spent = Spent(seconds, seconds * float(row["sm_clock_mhz"] or "nan"))
            if row["op"].endswith("attention"):
                key = tuple(row[c] for c in ("op", "batch_rows", "query_tokens", "context_tokens",
                                             "query_heads", "kv_heads", "head_dim"))
                self._attention[key] = spent
            else:
                family = self._family(row["op"], row["out_features"], row["in_features"],
                                      row["query_heads"], row["kv_heads"])
                self._by_tokens.setdefault(family, {})[int(row["tokens"])] = spent

    @staticmethod
    def _family(op, out_features="", in_features="", query_heads="", kv_heads=""):
        return tuple(str(part) for part in (op, out_features, in_features, query_heads, kv_heads))

    def of_tokens(self, tokens, op, **shape):
        """Interpolated in the logarithms of tokens and time; None outside what was measured."""
        known = self._by_tokens.get(self._family(op, **shape), {})
        if tokens in known:
            return known[tokens]
        below = max((t for t in known if t < tokens), default=None)
        above = min((t for t in known if t > tokens), default=None)
        if below is None or above is None:
            return None
        share = math.log(tokens / below) / math.log(above / below)
        return Spent(*(
            math.exp((1 - share) * math.log(one) + share * math.log(other))
            for one, other in ((known[below].seconds, known[above].seconds),
                               (known[below].megacycles, known[above].megacycles))))

    def attention(self, op, rows, query_tokens, context, model):
        query = "" if op == "decode_attention" else str(query_tokens)
        return self._attention.get((op, str(rows), query, str(context), str(model.query_heads),
                                    str(model.kv_heads), str(model.head_dim)))


def _gap_row(step, model, kernels):
    number = {c: int(step[c] or 0) for c in COLUMNS[2:7]}
    tokens = number["decode_rows"] + number["prefill_chunks"] * number["prefill_tokens"]
    gemm = _gemm_time(model, tokens, number["decode_rows"] + number["prefill_chunks"], kernels)
    attention = _attention_time(model, number, kernels)
    glue = _glue_time(model, tokens, kernels)
    if None in (gemm, attention, glue):
        return None
    total = float(step["time_s"])
    kernels_spent = gemm + attention + glue
    gap = total - kernels_spent.seconds
    return {"model": step["model"], "kind": step["kind"], **number, "step_time_s": total,
            "gemm_time_s": gemm.seconds, "attention_time_s": attention.seconds,
            "glue_time_s": glue.seconds, "gap_time_s": gap, "gap_share": gap / total,
            "step_clock_mhz": float(step["sm_clock_mhz"]) if step["sm_clock_mhz"] else None,
            "kernel_clock_mhz": kernels_spent.clock_mhz}


def _gemm_time(model, tokens, predictions, kernels):
    total = Spent()
    for name, (out_features, in_features) in model.projections.items():
        count, of = (1, predictions) if name == "head" else (model.layers, tokens)
        spent = kernels.of_tokens(of, "gemm", out_features=out_features, in_features=in_features)
        if spent is None:
            return None
        total += spent.times(count)
    return total


def _attention_time(model, number, kernels):
    parts = []
    if number["decode_rows"]:
        parts.append(kernels.attention("decode_attention", number["decode_rows"], 1,
                                       number["decode_context_tokens"], model))
    if number["prefill_chunks"]:
        parts.append(kernels.attention("prefill_attention", number["prefill_chunks"],
                                       number["prefill_tokens"], number["prefill_past_tokens"],
                                       model))
    if None in parts:
        return None
    return sum(parts, Spent()).times(model.layers)


def _glue_time(model, tokens, kernels):
    norm = kernels.of_tokens(tokens, "norm", in_features=model.hidden)
    activation = kernels.of_tokens(tokens, "activation", out_features=model.intermediate)
    rotation = kernels.of_tokens(tokens, "rotation", query_heads=model.query_heads,
                                 kv_heads=model.kv_heads)
    if None in (norm, activation, rotation):
        return None
    return (norm.times(2) + activation + rotation).times(model.layers) + norm
