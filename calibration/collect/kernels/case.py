"""What every kernel measurement hands over: calls over rotating buffers, and their cost."""

from dataclasses import dataclass

import torch

from collect.errors import UnfitError

# Buffers span this many times the L2 cache, so that what one pass leaves there is of no use to
# the next.
L2_MULTIPLE = 8
MOST_SETS = 512
MEMORY_SHARE = 0.85

DTYPES = {"bf16": torch.bfloat16, "fp8": getattr(torch, "float8_e4m3fn", None)}


@dataclass
class KernelCase:
    """Calls that each use the next set of buffers, with the operations and bytes of one call."""
    calls: list
    flop: float
    bytes: float
    backend: str
    buffer_bytes: int
    active_experts: float = None
    backend_trials: str = None


def buffer_sets(device, bytes_per_set):
    """How many sets of buffers to rotate; raises if not even one fits the memory."""
    free = MEMORY_SHARE * device.free_bytes()
    if bytes_per_set > free:
        raise UnfitError(f"needs {bytes_per_set / 2**30:.1f} GiB, {free / 2**30:.1f} are free")
    wanted = -(-L2_MULTIPLE * device.l2_bytes // bytes_per_set)
    return int(max(1, min(wanted, MOST_SETS, free // bytes_per_set)))


def random(device, *shape, scale=1.0, dtype="bf16"):
    """Normal numbers: zeros would run faster and draw less."""
    values = torch.empty(*shape, device=device.torch_device, dtype=torch.bfloat16)
    values.normal_(0.0, scale, generator=device.generator)
    return values if dtype == "bf16" else values.to(DTYPES[dtype])
