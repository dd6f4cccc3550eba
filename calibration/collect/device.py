"""The device that is measured: its memory, its clock, its graphs. CUDA, or the CPU for toy runs."""

import time

import torch

GRAPH_NODES = 2000


class UnfitError(Exception):
    """A shape cannot be measured here, for the reason given."""


class CudaDevice:
    """The first visible CUDA GPU."""

    kind = "cuda"

    def __init__(self):
        if not torch.cuda.is_available():
            raise UnfitError("PyTorch sees no CUDA device")
        self.torch_device = torch.device("cuda", 0)
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
            torch.cuda.synchronize()
            raise
        return graph.replay


class CpuDevice:
    """The CPU: only to run every path of the harness at toy size."""

    kind = "cpu"
    torch_device = torch.device("cpu")
    name = "cpu"
    l2_bytes = 1 << 16
    multiprocessors = 4

    def __init__(self):
        torch.set_num_threads(1)

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


def open_device(kind):
    return CudaDevice() if kind == "cuda" else CpuDevice()


class Work:
    """A list of calls, replayed as one unit; `calls` counts what one launch computes."""

    def __init__(self, device, calls, target_s=0.01, captured=True):
        self.launch_kind = "eager"
        passes = self._passes(device, calls, target_s)
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
                device.synchronize()
        self.launch()
        device.synchronize()

    @staticmethod
    def _passes(device, calls, target_s):
        """How often all calls fit the wanted length; also runs each once, which compiles."""
        for call in calls:
            call()
        device.synchronize()
        start = device.mark()
        for call in calls:
            call()
        end = device.mark()
        device.wait(end)
        seconds = max(device.seconds(start, end), 1e-6)
        most = max(1, GRAPH_NODES // len(calls))
        return min(most, max(1, round(target_s / seconds)))


def is_out_of_memory(error):
    return isinstance(error, torch.cuda.OutOfMemoryError) or "out of memory" in str(error).lower()


def is_fatal(error):
    """Whether the CUDA context is beyond use."""
    text = str(error).lower()
    return any(words in text for words in (
        "illegal memory access", "unspecified launch failure", "device-side assert",
        "misaligned address", "illegal instruction", "hardware stack error", "ecc error"))


def first_line(error, most=120):
    """The first line of an error, for a table's cell."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:most]
