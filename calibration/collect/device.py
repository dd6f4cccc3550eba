"""The device that is measured: its memory, its clock, its graphs. CUDA, or the CPU for toy runs."""

import time

import torch

from collect.errors import FatalError, UsageError

GRAPH_NODES = 2000
DATA_SEED = 20


class _Data:
    """The random numbers that all measured data are drawn from. PyTorch's own generator is left
    alone: a failed capture of a graph leaves it unusable."""

    def reseed(self):
        """So that a shape's data do not depend on what was measured before it."""
        self.generator.manual_seed(DATA_SEED)

    def integers(self, below, *shape):
        return torch.randint(below, shape, device=self.torch_device, generator=self.generator)


class CudaDevice(_Data):
    """The first visible CUDA GPU."""

    kind = "cuda"

    def __init__(self):
        if not torch.cuda.is_available():
            raise UsageError("PyTorch sees no CUDA device")
        self.torch_device = torch.device("cuda", 0)
        self.generator = torch.Generator(self.torch_device)
        self.reseed()
        torch.cuda.set_device(self.torch_device)
        self.properties = torch.cuda.get_device_properties(self.torch_device)
        self.name = self.properties.name
        self.l2_bytes = self.properties.L2_cache_size
        self.multiprocessors = self.properties.multi_processor_count

    def free_bytes(self):
        """Memory that can still be taken, blocks kept by PyTorch's cache included."""
        free, _ = torch.cuda.mem_get_info()
        cached = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
        return free + cached

    def mark(self):
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    @staticmethod
    def seconds(start, end):
        return start.elapsed_time(end) / 1000

    @staticmethod
    def is_past(event):
        return event.query()

    @staticmethod
    def wait(event):
        event.synchronize()

    @staticmethod
    def synchronize():
        torch.cuda.synchronize()

    @staticmethod
    def release():
        torch.cuda.empty_cache()

    def capture(self, body):
        """A function that replays `body` as one CUDA graph."""
        outside = torch.cuda.current_stream()
        graph = torch.cuda.CUDAGraph()
        try:
            # Other threads read sensors meanwhile; their calls must not break the capture.
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                body()
        except Exception:
            # A failed capture leaves the capture stream current.
            torch.cuda.set_stream(outside)
            self.probe()
            raise
        return graph.replay

    def probe(self):
        """Raises a FatalError unless the device still draws, computes and finishes."""
        try:
            numbers = torch.randn(64, 64, device=self.torch_device)
            torch.randn(64, 64, device=self.torch_device, generator=self.generator)
            torch.mm(numbers, numbers)
            torch.cuda.synchronize()
        except Exception as error:  # whatever fails, nothing more can be measured here
            raise FatalError(f"the device no longer works: {first_line(error)}") from error


class CpuDevice(_Data):
    """The CPU: only to run every path of the harness at toy size."""

    kind = "cpu"
    torch_device = torch.device("cpu")
    name = "cpu"
    l2_bytes = 1 << 16
    multiprocessors = 4

    def __init__(self):
        torch.set_num_threads(1)
        self.generator = torch.Generator(self.torch_device)
        self.reseed()

    @staticmethod
    def free_bytes():
        return 1 << 30

    @staticmethod
    def mark():
        return time.perf_counter()

    @staticmethod
    def seconds(start, end):
        return end - start

    @staticmethod
    def is_past(_):
        return True

    @staticmethod
    def wait(_):
        pass

    @staticmethod
    def synchronize():
        pass

    @staticmethod
    def release():
        pass

    @staticmethod
    def capture(body):
        return body

    @staticmethod
    def probe():
        pass


def open_device(kind):
    """The device, after it has drawn, computed and finished something. One that cannot fails
    every shape, so that it ends the run and not one shape after the other."""
    try:
        device = CudaDevice() if kind == "cuda" else CpuDevice()
        device.probe()
    except (RuntimeError, FatalError) as error:
        raise UsageError(f"the device cannot be used: {first_line(error, 300)}") from error
    return device


class Work:
    """A list of calls, replayed as one unit; `calls` counts what one launch computes, and
    `eager_enqueue_s` is what the host takes to hand one call over kernel by kernel."""

    def __init__(self, device, calls, target_s=0.01, captured=True):
        self.launch_kind, self.capture_failure = "eager", ""
        passes, self.eager_enqueue_s = self._passes(device, calls, target_s)
        self.calls = passes * len(calls)

        def body():
            for _ in range(passes):
                for call in calls:
                    call()

        self.launch = body
        if captured and device.kind == "cuda":
            try:
                self.launch = device.capture(body)
                self.launch_kind = "graph"
            except RuntimeError as error:
                if is_out_of_memory(error):
                    raise
                self.capture_failure = first_line(error)
        self.launch()
        device.synchronize()

    @staticmethod
    def _passes(device, calls, target_s):
        """How often all calls fit the wanted length, and the host's seconds for one of them;
        also runs each once, which compiles."""
        for call in calls:
            call()
        device.synchronize()
        start, before = device.mark(), time.perf_counter()
        for call in calls:
            call()
        enqueued = time.perf_counter() - before
        end = device.mark()
        device.wait(end)
        seconds = max(device.seconds(start, end), 1e-6)
        most = max(1, GRAPH_NODES // len(calls))
        return min(most, max(1, round(target_s / seconds))), enqueued / len(calls)


def is_out_of_memory(error):
    return isinstance(error, torch.cuda.OutOfMemoryError) or "out of memory" in str(error).lower()


def is_fatal(error):
    """Whether the CUDA context is beyond use."""
    if isinstance(error, FatalError):
        return True
    text = str(error).lower()
    return any(words in text for words in (
        "illegal memory access", "unspecified launch failure", "device-side assert",
        "misaligned address", "illegal instruction", "hardware stack error", "ecc error"))


def first_line(error, most=120):
    """The first line of an error, for a table's cell."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:most]
