"""What a whole step takes beyond the sum of its kernels, from the tables of one folder."""

import math

from collect.tables import Tables

COLUMNS = ["model", "kind", "decode_rows", "decode_context_tokens", "prefill_chunks",
           "prefill_tokens", "prefill_past_tokens", "step_time_s", "gemm_time_s",
           "attention_time_s", "glue_time_s", "gap_time_s", "gap_share"]


def gap_rows(folder, model_of):
    """A row for every step whose kernels are known; `model_of` gives a model's shape by name.

    Kernels are burst times where there are any, else sustained ones. Products and glue between
    two measured token counts are interpolated in their logarithms; attention must be there.
    """
    tables = Tables(folder)
    kernels = KernelTimes(tables.read("kernels"))
    rows = []
    for step in tables.read("steps"):
        row = _gap_row(step, model_of(step["model"]), kernels)
        if row:
            rows.append(row)
    return rows


class KernelTimes:
    """Seconds of a kernel by its shape."""

    def __init__(self, rows):
        self._by_tokens, self._attention = {}, {}
        order = {"sustained": 0, "burst": 1}
        for row in sorted((r for r in rows if r["measurement"] in order and r["dtype"] == "bf16"),
                          key=lambda r: order[r["measurement"]]):
            seconds = float(row["time_s"])
            if row["op"].endswith("attention"):
                key = tuple(row[c] for c in ("op", "batch_rows", "query_tokens", "context_tokens",
                                             "query_heads", "kv_heads", "head_dim"))
                self._attention[key] = seconds
            else:
                family = self._family(row["op"], row["out_features"], row["in_features"],
                                      row["query_heads"], row["kv_heads"])
                self._by_tokens.setdefault(family, {})[int(row["tokens"])] = seconds

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
        return known[below] ** (1 - share) * known[above] ** share

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
    gap = total - gemm - attention - glue
    return {"model": step["model"], "kind": step["kind"], **number, "step_time_s": total,
            "gemm_time_s": gemm, "attention_time_s": attention, "glue_time_s": glue,
            "gap_time_s": gap, "gap_share": gap / total}


def _gemm_time(model, tokens, predictions, kernels):
    total = 0.0
    for name, (out_features, in_features) in model.projections.items():
        count, of = (1, predictions) if name == "head" else (model.layers, tokens)
        seconds = kernels.of_tokens(
            of, "gemm", out_features=out_features, in_features=in_features)
        if seconds is None:
            return None
        total += count * seconds
    return total


def _attention_time(model, number, kernels):
    total = 0.0
    if number["decode_rows"]:
        seconds = kernels.attention("decode_attention", number["decode_rows"], 1,
                                    number["decode_context_tokens"], model)
        if seconds is None:
            return None
        total += seconds
    if number["prefill_chunks"]:
        seconds = kernels.attention("prefill_attention", number["prefill_chunks"],
                                    number["prefill_tokens"], number["prefill_past_tokens"], model)
        if seconds is None:
            return None
        total += seconds
    return model.layers * total


def _glue_time(model, tokens, kernels):
    norm = kernels.of_tokens(tokens, "norm", in_features=model.hidden)
    activation = kernels.of_tokens(tokens, "activation", out_features=model.intermediate)
    rotation = kernels.of_tokens(tokens, "rotation", query_heads=model.query_heads,
                                 kv_heads=model.kv_heads)
    if None in (norm, activation, rotation):
        return None
    return model.layers * (2 * norm + activation + rotation) + norm
