"""Readings of the GPU from the driver's management library, through ctypes.

Only queries: nothing here, or anywhere in the harness, changes a clock, a limit or a mode.
"""

import ctypes
import os
import time
from dataclasses import dataclass

_LIBRARY_PATHS = [
    "libnvidia-ml.so.1", "/usr/local/nvidia/lib64/libnvidia-ml.so.1",
    "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1", "/usr/lib64/libnvidia-ml.so.1",
    "/usr/lib/wsl/lib/libnvidia-ml.so.1",
]
_SM_CLOCK, _MEMORY_CLOCK = 1, 2
_GPU_TEMPERATURE = 0
_FIELD_POWER_INSTANT = 186
_VALUE_UNSIGNED_INT = 1
_INSUFFICIENT_SIZE = 7

# Bits of the clock event (throttle) reasons, from the library's header.
THROTTLE_REASONS = {
    0x1: "idle", 0x2: "application-clocks", 0x4: "power-cap", 0x8: "hardware-slowdown",
    0x10: "sync-boost", 0x20: "software-thermal", 0x40: "hardware-thermal",
    0x80: "power-brake", 0x100: "display-clocks",
}
# Those that mean the GPU ran slower than the load asked for.
SLOWING_REASONS = 0x4 | 0x8 | 0x20 | 0x40 | 0x80


class NvmlError(Exception):
    """The library is missing, or refused a query."""


@dataclass(frozen=True)
class Status:
    """One look at the sensors; None where the card does not tell."""
    time_s: float
    power_w: float = None
    sm_clock_mhz: int = None
    memory_clock_mhz: int = None
    temperature_c: int = None
    throttle: int = None


def throttle_text(bits):
    """Names of the reasons, `+` between them; `none` if there is none, None if unknown."""
    if bits is None:
        return None
    return "+".join(name for bit, name in THROTTLE_REASONS.items() if bits & bit) or "none"


class _FieldValue(ctypes.Structure):
    _fields_ = [
        ("field", ctypes.c_uint), ("scope", ctypes.c_uint), ("timestamp", ctypes.c_longlong),
        ("latency", ctypes.c_longlong), ("kind", ctypes.c_uint), ("status", ctypes.c_uint),
        ("value", ctypes.c_ulonglong)]


class _Memory(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in ("total", "free", "used")]


def visible_gpu():
    """Index or UUID of the first GPU that this process may see. The indices are the management
    library's if CUDA_DEVICE_ORDER is PCI_BUS_ID, which the command sets."""
    return os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0].strip() or "0"


class NvmlMeter:
    """Energy counter and sensors of one GPU."""

    name = "total-energy-counter"

    def __init__(self, library=None):
        self._library = library or self._load()
        self._call("nvmlInit_v2")
        self._device = ctypes.c_void_p()
        gpu = visible_gpu()
        if gpu.isdigit():
            self._call("nvmlDeviceGetHandleByIndex_v2", ctypes.c_uint(int(gpu)),
                       ctypes.byref(self._device))
        else:
            self._call("nvmlDeviceGetHandleByUUID", ctypes.c_char_p(gpu.encode()),
                       ctypes.byref(self._device))

    def energy_j(self):
        """Joules since the driver was loaded; the counter is in millijoules."""
        return self._query("nvmlDeviceGetTotalEnergyConsumption", ctypes.c_ulonglong) / 1000

    def status(self):
        return Status(
            time_s=time.monotonic(), power_w=self._power_w(),
            sm_clock_mhz=self._try("nvmlDeviceGetClockInfo", _SM_CLOCK),
            memory_clock_mhz=self._try("nvmlDeviceGetClockInfo", _MEMORY_CLOCK),
            temperature_c=self._try("nvmlDeviceGetTemperature", _GPU_TEMPERATURE),
            throttle=self._throttle())

    @property
    def power_limit_w(self):
        limit = self._try("nvmlDeviceGetEnforcedPowerLimit")
        return None if limit is None else limit / 1000

    @property
    def default_power_limit_w(self):
        limit = self._try("nvmlDeviceGetPowerManagementDefaultLimit")
        return None if limit is None else limit / 1000

    @property
    def gpu_name(self):
        return self._text("nvmlDeviceGetName", self._device)

    @property
    def memory_bytes(self):
        memory = _Memory()
        try:
            self._call("nvmlDeviceGetMemoryInfo", self._device, ctypes.byref(memory))
        except NvmlError:
            return None
        return memory.total

    @property
    def is_partitioned(self):
        """Whether the card is in MIG mode; None where it has no such mode."""
        return self._current_mode("nvmlDeviceGetMigMode")

    @property
    def compute_processes(self):
        """How many processes have a context on the GPU; None where that is not told."""
        for name in ("nvmlDeviceGetComputeRunningProcesses_v3",
                     "nvmlDeviceGetComputeRunningProcesses_v2"):
            function = getattr(self._library, name, None)
            if function:
                count = ctypes.c_uint(0)
                # Without room for them the answer is their number.
                status = function(self._device, ctypes.byref(count), None)
                return count.value if status in (0, _INSUFFICIENT_SIZE) else None
        return None

    def conditions(self):
        """What does not change during a run."""
        return {
            "gpu": self.gpu_name,
            "driver": self._text("nvmlSystemGetDriverVersion"),
            "power_limit_w": self.power_limit_w,
            "default_power_limit_w": self.default_power_limit_w,
            "maximum_sm_clock_mhz": self._try("nvmlDeviceGetMaxClockInfo", _SM_CLOCK),
            "maximum_memory_clock_mhz": self._try("nvmlDeviceGetMaxClockInfo", _MEMORY_CLOCK),
            "persistence_mode": self._try("nvmlDeviceGetPersistenceMode"),
            "compute_mode": self._try("nvmlDeviceGetComputeMode"),
            "partitioned": self.is_partitioned,
            "error_correction": self._current_mode("nvmlDeviceGetEccMode"),
            "energy_meter": self.name,
        }

    def _current_mode(self, name):
        """Whether a mode is on now, of a query that also tells what it will be."""
        current, pending = ctypes.c_uint(), ctypes.c_uint()
        try:
            self._call(name, self._device, ctypes.byref(current), ctypes.byref(pending))
        except NvmlError:
            return None
        return bool(current.value)

    def _throttle(self):
        """The reasons' bits, by the query's older or newer name."""
        for name in ("nvmlDeviceGetCurrentClocksThrottleReasons",
                     "nvmlDeviceGetCurrentClocksEventReasons"):
            bits = self._try(name, kind=ctypes.c_ulonglong)
            if bits is not None:
                return bits
        return None

    def _power_w(self):
        """Instantaneous power where the card has it, else the trailing average."""
        field = _FieldValue(field=_FIELD_POWER_INSTANT)
        function = getattr(self._library, "nvmlDeviceGetFieldValues", None)
        if function and function(self._device, 1, ctypes.byref(field)) == 0:
            if field.status == 0 and field.kind == _VALUE_UNSIGNED_INT:
                return (field.value & 0xFFFFFFFF) / 1000
        milliwatts = self._try("nvmlDeviceGetPowerUsage")
        return None if milliwatts is None else milliwatts / 1000

    def _try(self, name, *arguments, kind=ctypes.c_uint):
        try:
            return self._query(name, kind, *arguments)
        except NvmlError:
            return None

    def _query(self, name, kind, *arguments):
        value = kind()
        self._call(name, self._device, *(ctypes.c_uint(a) for a in arguments),
                   ctypes.byref(value))
        return value.value

    def _text(self, name, *arguments):
        text = ctypes.create_string_buffer(96)
        self._call(name, *arguments, text, ctypes.c_uint(len(text)))
        return text.value.decode()

    def _call(self, name, *arguments):
        function = getattr(self._library, name, None)
        if function is None:
            raise NvmlError(f"the library has no {name}")
        status = function(*arguments)
        if status != 0:
            raise NvmlError(f"{name} answered {status}")

    @staticmethod
    def _load():
        for path in _LIBRARY_PATHS:
            try:
                return ctypes.CDLL(path)
            except OSError:
                continue
        raise NvmlError("libnvidia-ml.so.1 was not found: is the driver installed?")


class IntegratingMeter(NvmlMeter):
    """For cards without an energy counter: the power sensor, integrated between readings. The
    sensor may average over a second, so only long steady loads are sound."""

    name = "integrated-power-sensor"

    def __init__(self, library=None):
        super().__init__(library)
        self._energy, self._last = 0.0, None

    def energy_j(self):
        now, power = time.monotonic(), self._power_w()
        if power is None:
            raise NvmlError("the card has neither an energy counter nor a power sensor")
        if self._last is not None:
            self._energy += (now - self._last[0]) * (power + self._last[1]) / 2
        self._last = (now, power)
        return self._energy


def open_meter():
    """The energy counter if the card has one, else the integrated sensor."""
    meter = NvmlMeter()
    try:
        meter.energy_j()
        return meter
    except NvmlError:
        return IntegratingMeter()


class SyntheticMeter:
    """A counter of a constant 100 W renewed every 20 ms: lets toy runs pass through the same
    code without a GPU. Its joules mean nothing."""

    name = "synthetic"
    power_limit_w = 100.0
    gpu_name = "none"
    _POWER_W = 100.0
    _INTERVAL_S = 0.02

    def energy_j(self):
        return int(time.monotonic() / self._INTERVAL_S) * self._INTERVAL_S * self._POWER_W

    def status(self):
        return Status(time_s=time.monotonic(), power_w=self._POWER_W, throttle=0)

    def conditions(self):
        return {"gpu": self.gpu_name, "energy_meter": self.name}
