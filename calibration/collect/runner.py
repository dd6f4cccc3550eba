"""Works through a plan: measures, writes each row at once, skips what cannot be done."""

import gc
import os
import time

import torch

from collect import (
    conditions, estimates, measure, nvml, progress, provenance, serving, serving_loop, steps,
    workload)
from collect.decoder import Decoder
from collect.device import Work, first_line, is_fatal, is_out_of_memory, open_device
from collect.errors import FatalError, UnfitError, UsageError
from collect.kernels import gemm, registry
from collect.plan import HEATING_S, PREHEATING_S, SUSTAINED_S, window_s
from collect.scheduler import Limits, Scheduler
from collect.sheets import SheetError
from collect.tables import TableError
from collect.workload import WorkloadError

LONGEST_CONTEXT = 131072
# What a GPU may be thought to reach of its peaks, to choose the loads of serving runs by.
ASSUMED_COMPUTE_SHARE, ASSUMED_BANDWIDTH_SHARE = 0.5, 0.7
TOKENS_PER_BLOCK = 16
# Before the deadline, for what a serving run has in hand to be finished.
DRAIN_S = 12


class Runner:
    """Measures the items of a plan on one device."""

    def __init__(self, plan, tables, record, meter, peaks, device_kind, sustained_s=None,
                 settle_s=measure.SETTLE_S):
        torch.set_grad_enabled(False)
        self.plan, self.tables, self.record = plan, tables, record
        self.meter, self.peaks, self.device_kind = meter, peaks, device_kind
        self.sustained_s = SUSTAINED_S if sustained_s is None else sustained_s
        self.settle_s = settle_s
        self.run_number = len(record.document["runs"])
        self._device, self._decoder, self.deadline_s = None, None, None
        self._is_warm = False
        self.estimates = estimates.Estimates(plan.model, peaks)

    def measure_all(self, items, deadline_s=None):
        """Measures in order what fits before the deadline; returns the items left out."""
        self.deadline_s = None if deadline_s is None else deadline_s - estimates.END_S
        report = progress.Progress(items, self.estimates.course(items), deadline_s)
        left = []
        for item in items:
            start, expected = time.monotonic(), self.estimates.seconds(item)
            if self.deadline_s is not None and (
                    start + report.scaled_s(item, expected) > self.deadline_s):
                left.append(item)
                continue
            outcome = self._measure_or_skip(item)
            if self._device:
                self._device.release()
            self.estimates.done(item)
            report.finished(item, expected, time.monotonic() - start, outcome)
        return left

    def _measure_or_skip(self, item):
        try:
            if self._device:
                self._device.reseed()
            return getattr(self, "_measure_" + item.part)(item.fields)
        except (UnfitError, SheetError) as error:
            return self._skip(item, str(error))
        except (UsageError, TableError, WorkloadError, nvml.NvmlError, OSError):
            # Of the whole run, not of this shape: it must not be skipped for it.
            raise
        except Exception as error:  # one shape's failure must not end the run
            if is_out_of_memory(error):
                reason = "out of memory"
            else:
                reason = f"{type(error).__name__}: {first_line(error)}"
            self._decoder = None
            if isinstance(error, FatalError) and error.culprit:
                # Not the shape's fault: it is measured in a new process, with another backend.
                raise
            outcome = self._skip(item, reason)
            if is_fatal(error):
                raise FatalError(reason) from error
            # What failed may have left the device unusable; that would fail all that follows.
            if self._device:
                self._device.probe()
            return outcome

    def _skip(self, item, reason):
        self.tables.append("skipped", [
            {"run": self.run_number, "part": item.part, "key": " ".join(item.key),
             "reason": provenance.without_folders(reason)}])
        return progress.SKIPPED + reason

    @property
    def device(self):
        """Opened when first needed, so that the idle GPU can be seen without a context."""
        if self._device is None:
            self._device = open_device(self.device_kind)
            if self._device.kind == "cuda" and self._device.name != self.meter.gpu_name:
                raise UsageError(f"CUDA sees {self._device.name}, the sensors are those of "
                                 f"{self.meter.gpu_name}")
            self.record.add_to_run(**conditions.software_facts(self._device))
        return self._device

    def _measure_kernel(self, fields):
        self._decoder = None
        self.device.release()
        self._preheat(fields)
        case = registry.build(self.device, fields)
        # An uncaptured mixture reads its routing on the host in the one-by-one fallback.
        work = Work(self.device, case.calls, captured=case.backend != "loop")
        result = self._timed(work, fields)
        measure.rates(result, case.flop, case.bytes, self.peaks, fields["dtype"])
        row = {**fields, **result, "run": self.run_number, "backend": case.backend,
               "backend_trials": case.backend_trials,
               "buffer_sets": len(case.calls), "buffer_bytes": case.buffer_bytes,
               "active_experts": case.active_experts}
        self.tables.append("kernels", [row])
        return progress.outcome_text(row)

    def _timed(self, work, fields):
        if fields["measurement"] == "burst":
            return measure.burst(self.device, work, self.meter)
        return measure.sustained(
            self.device, work, self.meter, window_s(fields, self.sustained_s), self.settle_s,
            gap_s=fields.get("gap_s"))

    def _measure_step(self, fields):
        self._preheat(fields)
        decoder = self._decoder_of(fields["model"])
        row = steps.measure_step(
            self.device, decoder, fields, self.meter, self.peaks, self.sustained_s,
            self.settle_s)
        row = {**fields, **row, "run": self.run_number}
        self.tables.append("steps", [row])
        return progress.outcome_text(row)

    def _decoder_of(self, name):
        if self._decoder is None or self._decoder.shape.name != name:
            self._decoder = None
            # What failed before may have left cycles that hold memory.
            gc.collect()
            self.device.release()
            self._decoder = Decoder(self.device, self.plan.model(name), LONGEST_CONTEXT)
            # Data must not depend on whether the weights were drawn just now.
            self.device.reseed()
        return self._decoder

    def _measure_idle(self, fields):
        phase = fields["phase"]
        if phase == "weights":
            self._decoder_of(fields["model"])
            self.device.synchronize()
        elif phase != "before":
            self._decoder = None
            self._heat(phase)
        rows = measure.watch(self.meter, fields["seconds"])
        if len(rows) < 2:
            raise UnfitError("the energy counter did not move")
        self.tables.append("idle", [
            {"run": self.run_number, "phase": phase, **_sensor_row(*row)} for row in rows])
        if self._device:
            # Awakes the clocks for what comes next.
            self._multiply(phase, 1.0)
        span, energy = rows[-1][0] - rows[0][0], rows[-1][1] - rows[0][1]
        return f"{energy / span:.1f} W over {span:.1f} s"

    def _preheat(self, fields):
        """Warms the GPU before the first row whose power counts: leakage grows with warmth, and
        a cold first row would not compare with the rest."""
        if fields["measurement"] != "burst" and not self._is_warm:
            self._is_warm = True
            self._multiply("", PREHEATING_S)
            self.device.release()
            self.device.reseed()

    def _heat(self, phase):
        """Works for a while, so that what follows is a GPU that has just stopped."""
        self.device.synchronize()
        if phase.startswith("after"):
            self._multiply(phase, HEATING_S)

    def _multiply(self, phase, seconds):
        """Multiplies matrices: large ones, or narrow ones as decode does."""
        size = 8192 if self.device.kind == "cuda" else 64
        tokens = 16 if phase == "after-decode" else size
        case = gemm.build(self.device, {
            "tokens": tokens, "out_features": size, "in_features": size, "dtype": "bf16"})
        work = Work(self.device, case.calls)
        measure.keep_busy(self.device, work, self.meter, min(5 * self.sustained_s, seconds))

    def _measure_serving(self, fields):
        kv_tokens = fields.get("kv_tokens", fields["batch_rows"] * fields["sequence_tokens"])
        limits = Limits(
            batch_rows=fields["batch_rows"], iteration_tokens=fields["iteration_tokens"],
            tokens_per_block=TOKENS_PER_BLOCK, kv_blocks=kv_tokens // TOKENS_PER_BLOCK,
            sequence_tokens=fields["sequence_tokens"])
        # Before weights and graphs, which take much longer, are made for nothing.
        rate, arrivals = self._arrivals(fields, self.plan.model(fields["model"]))
        scheduler = Scheduler(limits)
        accepted = serving_loop.accept(scheduler, arrivals)
        if not accepted.sequences:
            raise UnfitError("no request arrives that could be served")
        iterations, requests, energy, facts = serving.run_serving(
            self.device, self._decoder_of(fields["model"]), scheduler, accepted, self.meter,
            last_s=self._last_arrival_s(fields["seconds"]))
        if not requests:
            return "cut before the first request: left for another run"
        scenario = {"run": self.run_number, "scenario": fields["scenario"]}
        self.record.add_scenario(fields["scenario"], {
            **fields, **facts, **self._source(fields), "rate_per_s": rate,
            "tokens_per_block": TOKENS_PER_BLOCK, "kv_blocks": limits.kv_blocks})
        self.tables.append("serving_iterations", [{**scenario, **row} for row in iterations])
        self.tables.append("serving_energy", [
            {**scenario, **_sensor_row(*row), **_edge_columns(edge)} for *row, edge in energy])
        self.tables.append("serving_requests", [{**scenario, **row} for row in requests])
        return ("cut: " if facts["cut"] else "") + (
                f"{len(requests)} requests, {len(iterations)} iterations, "
                f"{iterations[-1]['start_s']:.0f} s, {energy[-1][1]:.0f} J")

    @staticmethod
    def _source(fields):
        """Where the arrivals are from: a file by name and contents, or a seed and its spreads."""
        if "arrivals" in fields:
            return {"arrivals": os.path.basename(fields["arrivals"]),
                    "arrivals_hash": provenance.file_hash(fields["arrivals"])}
        return {"workload_seed": workload.SEED, "prompt_log_sd": workload.PROMPT_LOG_SD,
                "output_log_sd": workload.OUTPUT_LOG_SD}

    def _last_arrival_s(self, seconds):
        """The instant of the host's clock after which a serving run takes no arrival. What is
        in the engine then is finished, for which some of the time left is kept."""
        last = time.monotonic() + 2 * seconds + 60
        if self.deadline_s is not None:
            last = min(last, self.deadline_s - DRAIN_S)
        return last

    def _arrivals(self, fields, model):
        if "arrivals" in fields:
            return None, workload.read_arrivals(fields["arrivals"])
        rate = fields.get("rate_per_s")
        if rate is None:
            if not self.peaks.memory_bytes or "bf16" not in self.peaks.flop:
                raise UnfitError("a load needs the peaks of a GPU sheet; name it with --gpu")
            rate = fields["load"] * workload.capacity_per_s(
                model, self.peaks, workload.concurrent_rows(fields), fields["prompt_mean"],
                fields["output_mean"], ASSUMED_COMPUTE_SHARE, ASSUMED_BANDWIDTH_SHARE)
        return rate, workload.draw_arrivals(
            rate, fields["seconds"], fields["prompt_mean"], fields["output_mean"],
            fields["sequence_tokens"], seed=workload.SEED)


def _edge_columns(edge):
    if edge is None:
        return {}
    return {"edge_time_s": edge.time_s, "edge_energy_j": edge.energy_j}


def _sensor_row(time_s, energy_j, status):
    return {
        "time_s": time_s, "energy_j": energy_j, "sensor_power_w": status.power_w,
        "sm_clock_mhz": status.sm_clock_mhz, "memory_clock_mhz": status.memory_clock_mhz,
        "temperature_c": status.temperature_c,
        "throttle_reasons": nvml.throttle_text(status.throttle)}

