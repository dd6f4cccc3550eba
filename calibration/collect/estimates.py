"""How long items take, with all that must be made ready before them.

The seconds are guesses on the safe side; `progress.Progress` corrects them by what the items of a
run took. They decide what is started before a deadline, so they count what an item is the first
to need: the device's context, warmth, weights, kernels that compile when they first run.
"""

import copy

from collect import arithmetic
from collect.plan import PREHEATING_S, step_points
from collect.sheets import SheetError

# From the command to the first item: imports, the sensors, the look at who else is there.
START_S = 10
# After the last item: the context is taken down, the process ends.
END_S = 5
CONTEXT_S = 5
FIRST_OF_A_KIND_S = 2.5
# Graphs for many numbers of rows, kernels for many numbers of parts.
FIRST_SERVING_S = 10
WEIGHTS_S, WEIGHT_BYTES_PER_S = 1.5, 20e9
# A guess at what steps reach of the peaks; a step is launched so often beside its window: to
# compile, to choose the passes of its graph, to try the graph, to time one, and one in flight.
COMPUTE_SHARE, BANDWIDTH_SHARE, STEPS_BESIDE = 0.5, 0.6, 5
LEAST_BURST_STEPS, BURST_S = 5, 0.6


class Estimates:
    """What is ready on the device, and what the next item takes by that. `shape_of` gives a
    model's shape by its name; without the peaks of a GPU steps are taken to be short."""

    def __init__(self, shape_of, peaks):
        self._shape_of, self._peaks = shape_of, peaks
        self._has_context, self._is_warm, self._model, self._kinds = False, False, None, set()

    def seconds(self, item):
        """Expected seconds of the item if it comes next."""
        return self.setup_s(item) + item.estimate_s + self._long_steps_s(item)

    def setup_s(self, item):
        """Seconds of what the item is the first to need."""
        if not self._needs_context(item):
            return 0.0
        total = 0.0 if self._has_context else CONTEXT_S
        if self._kind(item) not in self._kinds and item.part != "idle":
            total += FIRST_SERVING_S if item.part == "serving" else FIRST_OF_A_KIND_S
        if self._heats(item) and not self._is_warm:
            total += PREHEATING_S
        model = self._model_of(item)
        if model and model != self._model:
            shape = self._shape(model)
            total += WEIGHTS_S + (shape.weight_bytes / WEIGHT_BYTES_PER_S if shape else 0)
        return total

    def done(self, item):
        """Takes note that the item was measured, or tried."""
        if not self._needs_context(item):
            return
        self._has_context = True
        self._kinds.add(self._kind(item))
        self._is_warm |= self._heats(item)
        if item.part != "idle" or item.fields["phase"] != "context":
            self._model = self._model_of(item)

    def course(self, items):
        """Expected seconds of each item, one after the other from now on."""
        ahead, seconds = copy.copy(self), []
        ahead._kinds = set(self._kinds)
        for item in items:
            seconds.append(ahead.seconds(item))
            ahead.done(item)
        return seconds

    def _long_steps_s(self, item):
        """What steps take that are long beside the windows they are measured in."""
        shape = self._shape(item.fields["model"]) if item.part == "step" else None
        if shape is None or "bf16" not in self._peaks.flop or not self._peaks.memory_bytes:
            return 0.0
        points = step_points(item.fields)
        step_s = arithmetic.roofline_seconds(
            arithmetic.step_flop(shape, **points), arithmetic.step_bytes(shape, **points),
            COMPUTE_SHARE * self._peaks.flop["bf16"], BANDWIDTH_SHARE * self._peaks.memory_bytes)
        beside = STEPS_BESIDE * step_s
        if item.fields["measurement"] == "burst":
            beside += max(0.0, LEAST_BURST_STEPS * step_s - BURST_S)
        return beside

    def _shape(self, name):
        try:
            return self._shape_of(name)
        except SheetError:  # told when the item is measured
            return None

    @staticmethod
    def _needs_context(item):
        return item.part != "idle" or item.fields["phase"] != "before"

    @staticmethod
    def _heats(item):
        return item.fields.get("measurement") in ("sustained", "gapped")

    @staticmethod
    def _model_of(item):
        return item.fields.get("model") if item.part != "kernel" else None

    @staticmethod
    def _kind(item):
        return item.part, item.fields.get("op"), item.fields.get("dtype")
