"""The command line of the harness."""

import argparse
import csv
import faulthandler
import os
import sys
import time

from collect import (
    check, conditions, cuda_driver, estimates, gaps, identity, nvml, plan, progress, provenance,
    schema, sheets, tables, workload)
from collect.errors import UsageError

PARTS = list(plan.TABLE_OF_PART)
MOST_RESTARTS = 5
# Grouped-query attention came with this release.
LEAST_TORCH = (2, 5)
# How long after the deadline a hung device call may last before the process ends itself.
HANG_ALLOWANCE_S = 40
FINISHED, BAD_INPUT, DEVICE_LOST = 0, 2, 3


def main(arguments=None):
    started = time.monotonic()
    options = _parser().parse_args(arguments)
    try:
        return options.function(options, started)
    except (UsageError, plan.PlanError, sheets.SheetError, tables.TableError,
            conditions.ConditionsError, nvml.NvmlError, workload.WorkloadError, OSError) as error:
        print(f"collect: {error}", file=sys.stderr)
        return BAD_INPUT


def _parser():
    parser = argparse.ArgumentParser(
        prog="collect", description="Measures the time and energy of language-model kernels, "
        "steps and serving on one GPU. It only reads the GPU's sensors: it never changes "
        "clocks, limits or modes.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="measure what the plan says, most useful first")
    run.set_defaults(function=_run)
    run.add_argument("--gpu", metavar="NAME", help="the GPU's sheet in calibration/gpus, e.g. "
                     "h100-sxm; required unless --toy")
    run.add_argument("--output", metavar="FOLDER",
                     help="where the tables go (default: calibration/measured/NAME)")
    run.add_argument("--resume", action="store_true",
                     help="go on with the tables in the folder; without it none may be there")
    run.add_argument("--retry-skipped", action="store_true",
                     help="try again what was skipped, by an error for instance")
    run.add_argument("--minutes", type=float, metavar="N",
                     help="start nothing that would end later than N minutes from now")
    run.add_argument("--plan", metavar="FILE", help="another plan than plan.json")
    run.add_argument("--parts", nargs="+", choices=PARTS, help="only these parts of the plan")
    run.add_argument("--models", nargs="+", metavar="MODEL", help="only stages of these models")
    run.add_argument("--arrivals", nargs=2, metavar=("MODEL", "FILE"),
                     help="only one serving run, of arrivals from a CSV file "
                     f"({','.join(workload.COLUMNS)})")
    run.add_argument("--dry-run", action="store_true",
                     help="print what would be measured, with estimated times; measure nothing")
    run.add_argument("--device", choices=["cuda", "cpu"], default="cuda",
                     help="cpu only together with --toy")
    run.add_argument("--toy", action="store_true",
                     help="a tiny plan that walks through every path; its numbers mean nothing")
    run.add_argument("--restarts", type=int, default=0, help=argparse.SUPPRESS)
    run.add_argument("--avoid", nargs="+", default=[], help=argparse.SUPPRESS)
    checking = commands.add_parser("check", help="check a folder of tables: schema and sanity")
    checking.add_argument("folder")
    checking.set_defaults(function=_check)
    gap = commands.add_parser(
        "gaps", help="print what steps take beyond the sum of their kernels, as CSV")
    gap.add_argument("folder")
    gap.add_argument("--plan", metavar="FILE", help=argparse.SUPPRESS)
    gap.set_defaults(function=_gaps)
    return parser


def _run(options, started):
    _refuse_misuse(options)
    chosen = _plan(options)
    deadline = started + 60 * options.minutes if options.minutes else None
    folder = options.output or os.path.join(sheets.CALIBRATION, "measured", options.gpu or "toy")
    if options.dry_run:
        # A folder that is not there is not made.
        items = _unfinished(chosen, folder, options) if os.path.isdir(folder) else chosen.items
        return _print_plan(items, _estimates(options, chosen), 60 * (options.minutes or 0))
    _refuse_overwriting(folder, options)
    _require_torch()
    meter = nvml.SyntheticMeter() if options.device == "cpu" else nvml.open_meter()
    if options.device == "cuda":
        _refuse_missing_cuda(meter)
        if options.gpu:
            identity.refuse_other_gpu(options.gpu, _gpu_sheet(options.gpu), meter)
        identity.refuse_company(meter)
    items = _unfinished(chosen, folder, options)
    if deadline:
        faulthandler.dump_traceback_later(
            max(1.0, deadline - time.monotonic()) + HANG_ALLOWANCE_S, exit=True,
            file=sys.__stderr__)
    store = tables.Tables(folder)
    store.drop_unfinished_serving()
    store.create_missing()
    record = conditions.Conditions(folder)
    record.begin_run({**conditions.host_facts(), **meter.conditions(),
                      "gpu_sheet": options.gpu, "toy": options.toy,
                      "avoided_backends": sorted(options.avoid),
                      "harness_hash": provenance.harness_hash(),
                      "plan": os.path.basename(options.plan or _plan_path(options)),
                      "plan_hash": provenance.file_hash(options.plan or _plan_path(options))})
    try:
        return _measure(options, chosen, items, store, record, meter, deadline)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _measure(options, chosen, items, store, record, meter, deadline):
    from collect import runner
    from collect.kernels import attention_backends
    attention_backends.AVOIDED.update(options.avoid)
    peaks = _peaks(options)
    pace = {"sustained_s": 0.2, "settle_s": 0.05} if options.toy else {}
    worker = runner.Runner(chosen, store, record, meter, peaks, options.device, **pace)
    try:
        left = worker.measure_all(items, deadline)
    except runner.FatalError as error:
        print(f"collect: the device failed: {error}", file=sys.stderr)
        if options.restarts < MOST_RESTARTS:
            options.avoid = options.avoid + ([error.culprit] if error.culprit else [])
            _restart(options, deadline)
        return DEVICE_LOST
    print(f"{len(items) - len(left)} of {len(items)} shapes done; the rest of the plan takes "
          f"about {progress.duration_text(sum(worker.estimates.course(left)))}",
          file=sys.stderr)
    return FINISHED


def _require_torch():
    try:
        import torch
    except ImportError as error:
        raise UsageError("measuring needs PyTorch, which is not installed") from error
    if tuple(int(part) for part in torch.__version__.split(".")[:2]) < LEAST_TORCH:
        raise UsageError(f"PyTorch {torch.__version__} is too old; 2.5 or later is needed")


def _refuse_missing_cuda(meter):
    """Before any table is touched, and without a context on the GPU."""
    import torch
    if not torch.cuda.is_available():
        raise UsageError("PyTorch sees no CUDA device; is it built for CUDA?")
    name = cuda_driver.gpu_name()
    if name != meter.gpu_name:
        raise UsageError(f"CUDA sees {name}, the sensors are those of {meter.gpu_name}")


def _restart(options, deadline):
    """Goes on in a new process, which gets a fresh device context. Does not return."""
    arguments = ["run", "--resume", "--restarts", str(options.restarts + 1),
                 "--device", options.device]
    for name in ("gpu", "output", "plan"):
        if getattr(options, name):
            arguments += ["--" + name, getattr(options, name)]
    for name in ("parts", "models", "arrivals", "avoid"):
        if getattr(options, name):
            arguments += ["--" + name, *getattr(options, name)]
    for name in ("toy", "retry_skipped"):
        if getattr(options, name):
            arguments.append("--" + name.replace("_", "-"))
    if deadline:
        arguments += ["--minutes", str(max(0.01, (deadline - time.monotonic()) / 60))]
    sys.stderr.flush()
    package = os.path.dirname(os.path.abspath(__file__))
    os.execv(sys.executable, [sys.executable, package, *arguments])


def _refuse_misuse(options):
    if options.device == "cpu" and not options.toy:
        raise UsageError("the CPU is only for --toy runs: its numbers mean nothing")
    if not options.toy and not options.gpu:
        raise UsageError("name the GPU's sheet with --gpu; there are: "
                         + ", ".join(_gpu_names()))
    if options.toy and not options.output and not options.dry_run:
        raise UsageError("a toy run needs --output FOLDER, outside calibration/measured")
    if options.toy and options.output:
        if "measured" in os.path.abspath(options.output).split(os.sep):
            raise UsageError("toy numbers never go to a folder named `measured`")
    if options.minutes is not None and options.minutes <= 0:
        raise UsageError("--minutes must be above zero")


def _refuse_overwriting(folder, options):
    if os.path.isdir(folder) and os.listdir(folder) and not options.resume:
        raise UsageError(f"{folder} is not empty; go on with --resume, or name another --output")


def _gpu_sheet(name):
    if name not in _gpu_names():
        raise UsageError(f"no GPU sheet {name}; there are: " + ", ".join(_gpu_names()))
    return sheets.read_sheet(os.path.join(sheets.CALIBRATION, "gpus", name + ".yaml"))


def _gpu_names():
    folder = os.path.join(sheets.CALIBRATION, "gpus")
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted(n[:-5] for n in names if n.endswith(".yaml") and not n.endswith(".fit.yaml"))


def _plan_path(options):
    return os.path.join(plan.FOLDER, "plan-toy.json" if options.toy else "plan.json")


def _plan(options):
    chosen = plan.Plan(options.plan or _plan_path(options), options.parts, options.models)
    if options.arrivals:
        chosen.keep_only_arrivals(*options.arrivals)
    return chosen


def _unfinished(chosen, folder, options):
    """The items of the plan that the folder's tables do not hold."""
    store = tables.Tables(folder)
    done = {table: store.finished(table) for table in set(plan.TABLE_OF_PART.values())}
    skipped = set() if options.retry_skipped else store.finished("skipped")
    return [item for item in chosen.items if item.key not in done[item.table]
            and (item.part, " ".join(item.key)) not in skipped]


def _peaks(options):
    return sheets.read_peaks(options.gpu) if options.gpu else sheets.Peaks(flop={})


def _estimates(options, chosen):
    return estimates.Estimates(chosen.model, _peaks(options))


def _print_plan(items, expected, budget_s):
    """With the time from the command on. Without a budget (zero) no line is drawn."""
    total, is_within = float(estimates.START_S), budget_s > 0
    for item, seconds in zip(items, expected.course(items)):
        total += seconds
        if is_within and total > budget_s - estimates.END_S:
            print(f"---- {progress.duration_text(budget_s)} end about here ----")
            is_within = False
        print(f"{progress.duration_text(total):>12}  {item.label}")
    print(f"{len(items)} shapes, about {progress.duration_text(total)}")
    return FINISHED


def _check(options, _):
    found, remarks = check.check_folder(options.folder)
    print("\n".join(remarks + found))
    return BAD_INPUT if found else FINISHED


def _gaps(options, _):
    names = plan.Plan(options.plan or os.path.join(plan.FOLDER, "plan.json"))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(gaps.COLUMNS)
    for row in gaps.gap_rows(options.folder, names.model):
        writer.writerow([schema.cell_text(row[column]) for column in gaps.COLUMNS])
    return FINISHED
