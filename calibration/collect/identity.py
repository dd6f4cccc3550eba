"""Is the GPU at hand the one that the sheet describes, whole and unshared?"""

import re
import time

from collect.errors import UsageError

# Forms of a card that differ from its usual one in clocks, memory or power.
_FORMS = {"pcie", "nvl", "mig"}
# Of the sheet's memory and thermal design power; what cards of one kind differ by.
TOLERANCE = 0.10


def refuse_other_gpu(gpu, sheet, meter):
    """Raises a UsageError unless `meter` is of a card as the sheet named `gpu` has it: `sheet`
    are its keys and values as text. What the card does not tell is not held against it."""
    wrong = _wrong_name(gpu, meter.gpu_name) or _wrong_size(
        "memory", meter.memory_bytes, sheet, "memory", 2**30, "GiB") or _wrong_size(
        "default power limit", meter.default_power_limit_w, sheet, "thermal_design_power", 1, "W")
    if wrong:
        raise UsageError(f"--gpu {gpu} does not name this GPU, {meter.gpu_name}: {wrong}")
    if meter.is_partitioned:
        raise UsageError("the GPU is partitioned (MIG): a part of it is not what the sheet says")


def refuse_company(meter, patience_s=5.0, sleep=time.sleep):
    """Raises a UsageError if others compute on the GPU. A process that has just ended may still
    be listed, so it is looked at until `patience_s` have passed."""
    for _ in range(max(1, round(patience_s / 0.5))):
        count = meter.compute_processes
        if not count:
            return
        sleep(0.5)
    raise UsageError(f"{count} process(es) compute on this GPU; it must be unshared")


def _words(text):
    return set(re.findall(r"[a-z0-9]+", text.lower()))


def _wrong_name(gpu, name):
    """What is wrong with the name, or None. The sheet's first word must be one of the card's."""
    family, words, wanted = gpu.split("-")[0], _words(name), _words(gpu)
    if family not in words:
        return f"{family} is not in its name"
    differing = (words ^ wanted) & _FORMS
    if differing:
        return f"only one of the two is {', '.join(sorted(differing))}"
    return None


def _wrong_size(what, found, sheet, key, unit_size, unit):
    expected = sheet.get(key + ".value")
    if found is None or expected is None:
        return None
    expected = float(expected)
    if abs(found / expected - 1) <= TOLERANCE:
        return None
    return (f"its {what} is {found / unit_size:.0f} {unit}, "
            f"the sheet's {expected / unit_size:.0f} {unit}")
