"""From a plan file to the list of shapes to measure, in order of value, each once.

A stage names a part (idle, kernel, step or serving) and lists of values; it stands for all
their combinations. `model` and `projection` are replaced by the numbers of the model's sheet,
so that two models that share a shape share its measurement.
"""

import itertools
import json
import os
from dataclasses import dataclass

from collect import provenance, schema, sheets, workload

FOLDER = os.path.dirname(os.path.abspath(__file__))
SUSTAINED_S = 3.2
# Of steps: like those of a serving run, see collect.serving_attention.
ATTENTIONS = ("any-length",)
# So many pauses see the sensor, which samples a part of the time, at all its phases.
LEAST_PAUSES = 40
TABLE_OF_PART = {"idle": "idle", "kernel": "kernels", "step": "steps",
                 "serving": "serving_requests"}
# Seconds around the measurement itself: buffers, warm-up, capture, settling.
OVERHEAD_S = {"sustained": 1.6, "gapped": 1.6, "burst": 0.45}
# Trying the attention backends of a shape.
BACKENDS_S = 0.4
SERVING_OVERHEAD_S = 17
HEATING_S = 5
# Before the first row whose power counts.
PREHEATING_S = 15
_FIELDS_OF_STAGE = {"why", "names", "points"}


def window_s(fields, sustained_s=SUSTAINED_S):
    """Seconds of a sustained window, long enough for enough pauses where there are any."""
    return max(sustained_s, LEAST_PAUSES * (fields.get("gap_s") or 0))


def step_points(fields):
    """The numbers of a step's shape, absent ones as zero, by the names of arithmetic.py."""
    return {name: fields.get(column) or 0 for name, column in (
        ("decode_rows", "decode_rows"), ("decode_context", "decode_context_tokens"),
        ("prefill_chunks", "prefill_chunks"), ("prefill_tokens", "prefill_tokens"),
        ("prefill_past", "prefill_past_tokens"))}


class PlanError(Exception):
    """A plan names something that does not exist."""


@dataclass(frozen=True)
class Item:
    """One shape to measure: the part it belongs to and the names and values of its shape."""
    part: str
    values: tuple

    @property
    def fields(self):
        return dict(self.values)

    @property
    def table(self):
        return TABLE_OF_PART[self.part]

    @property
    def key(self):
        return schema.key_of(self.table, self.fields)

    @property
    def label(self):
        shown = {k: v for k, v in self.fields.items() if k in schema.KEYS[self.table]}
        return f"{self.part} " + " ".join(f"{k}={schema.cell_text(v)}" for k, v in shown.items())

    @property
    def estimate_s(self):
        """Seconds that it takes where all is ready and a step takes no time: see estimates.py."""
        fields = self.fields
        if self.part == "idle":
            return fields["seconds"] + (HEATING_S if fields["phase"].startswith("after") else 0)
        if self.part == "serving":
            return 1.15 * fields["seconds"] + SERVING_OVERHEAD_S
        burst = 0.15 if self.part == "kernel" else 0.65
        measured = window_s(fields) if fields["measurement"] != "burst" else burst
        tries = self.part == "step" or fields["op"].endswith("attention")
        return measured + OVERHEAD_S[fields["measurement"]] + (BACKENDS_S if tries else 0)


class Plan:
    """The items of a plan file."""

    def __init__(self, path, parts=None, models=None):
        with open(path) as file:
            document = json.load(file)
        self._models = {name: sheets.ModelShape(name=name, **values)
                        for name, values in document.get("models", {}).items()}
        items = {}
        for stage in document["stages"]:
            for item in self._expand(stage, models):
                if parts is None or item.part in parts:
                    items.setdefault((item.table, item.key), item)
        self.items = list(items.values())

    def model(self, name):
        if name not in self._models:
            self._models[name] = sheets.read_model(name)
        return self._models[name]

    def keep_only_arrivals(self, model, path):
        """Replaces the plan by one serving run of a file's arrivals, with the limits of the
        plan's first serving run."""
        serving = [item for item in self.items if item.part == "serving"]
        if not serving:
            raise PlanError("the plan has no serving run whose limits could be used")
        first = serving[0].fields
        limits = {name: first[name] for name in (
            "batch_rows", "iteration_tokens", "sequence_tokens")}
        seconds = max(arrival[0] for arrival in workload.read_arrivals(path))
        fields = {"model": model, "arrivals": path, "seconds": seconds, **limits}
        self.items = [Item("serving", tuple(self._resolved("serving", fields).items()))]

    def _expand(self, stage, models):
        part = stage.get("part")
        if part not in TABLE_OF_PART:
            raise PlanError(f"no part {part!r}; there are {', '.join(TABLE_OF_PART)}")
        names = [name for name in stage if name not in _FIELDS_OF_STAGE | {"part"}]
        lists = [stage[n] if isinstance(stage[n], list) else [stage[n]] for n in names]
        for values in itertools.product(*lists):
            chosen = dict(zip(names, values))
            if models and chosen.get("model", models[0]) not in models:
                continue
            for point in stage.get("points", [[]]):
                fields = {**chosen, **dict(zip(stage.get("names", []), point))}
                yield Item(part, tuple(self._resolved(part, fields).items()))

    def _resolved(self, part, fields):
        if part == "kernel":
            fields = _with_shape(fields, self.model(fields["model"]) if "model" in fields else None)
        elif part == "step":
            fields = {"dtype": "bf16", **fields}
            if fields.get("attention") not in (None, *ATTENTIONS):
                raise PlanError(f"no attention {fields['attention']!r}; there are "
                                f"{', '.join(ATTENTIONS)}, and none for the fastest of all")
        elif part == "serving":
            fields = {**fields, "scenario": _scenario_name(fields)}
        unknown = set(fields) - set(schema.KEYS[TABLE_OF_PART[part]]) - _EXTRA[part]
        if unknown:
            raise PlanError(f"{part} has no {', '.join(sorted(unknown))}")
        return fields


_EXTRA = {
    "idle": {"seconds", "model"}, "kernel": set(), "step": set(),
    "serving": {"model", "load", "rate_per_s", "seconds", "batch_rows", "iteration_tokens",
                "sequence_tokens", "prompt_mean", "output_mean", "kv_tokens", "arrivals"},
}


def _with_shape(fields, model):
    fields = {"dtype": "bf16", **fields}
    fields.pop("model", None)
    projection = fields.pop("projection", None)
    op = fields["op"]
    if model is None:
        return fields
    if projection is not None:
        if projection not in model.projections:
            raise PlanError(f"no projection {projection!r}; there are "
                            f"{', '.join(model.projections)}")
        fields["out_features"], fields["in_features"] = model.projections[projection]
    if op in ("decode_attention", "prefill_attention", "rotation"):
        fields.update(query_heads=model.query_heads, kv_heads=model.kv_heads,
                      head_dim=model.head_dim)
    elif op == "norm":
        fields["in_features"] = model.hidden
    elif op == "activation":
        fields["out_features"] = model.intermediate
    return fields


def _scenario_name(fields):
    if "arrivals" in fields:
        name = os.path.splitext(os.path.basename(fields["arrivals"]))[0]
        load = f"{name}-{provenance.file_hash(fields['arrivals'])}"
    elif "load" in fields:
        load = f"load-{fields['load']:g}"
    else:
        load = f"rate-{fields['rate_per_s']:g}"
    cache = f"-cache-{fields['kv_tokens']}" if "kv_tokens" in fields else ""
    return f"{fields['model']}-{load}{cache}"
