"""The sensors' library, played by a stand-in; and that nothing is ever set."""

import ctypes
import os
import re
import unittest

from collect import nvml, plan


class FakeLibrary:
    """Answers queries as the driver's library does, through pointers."""

    def __init__(self, energy_mj=None, power_mw=300_000):
        self.energy_mj, self.power_mw = energy_mj, power_mw

    def nvmlInit_v2(self):
        return 0

    def nvmlDeviceGetHandleByIndex_v2(self, index, device):
        return 0

    def nvmlDeviceGetTotalEnergyConsumption(self, device, value):
        if self.energy_mj is None:
            return 3
        value._obj.value = self.energy_mj
        return 0

    def nvmlDeviceGetPowerUsage(self, device, value):
        value._obj.value = self.power_mw
        return 0

    def nvmlDeviceGetClockInfo(self, device, kind, value):
        value._obj.value = {1: 1980, 2: 2619}[kind.value]
        return 0

    def nvmlDeviceGetTemperature(self, device, sensor, value):
        value._obj.value = 45
        return 0

    def nvmlDeviceGetCurrentClocksThrottleReasons(self, device, value):
        value._obj.value = 0x4 | 0x20
        return 0

    def nvmlDeviceGetMemoryInfo(self, device, memory):
        memory._obj.total, memory._obj.free, memory._obj.used = 80 << 30, 70 << 30, 10 << 30
        return 0

    def nvmlDeviceGetMigMode(self, device, current, pending):
        current._obj.value, pending._obj.value = 0, 1
        return 0

    def nvmlDeviceGetEccMode(self, device, current, pending):
        current._obj.value, pending._obj.value = 1, 0
        return 0

    def nvmlDeviceGetComputeRunningProcesses_v3(self, device, count, room):
        assert room is None
        count._obj.value = 2
        return 7

    def nvmlDeviceGetName(self, device, text, length):
        text.value = b"NVIDIA H100 80GB HBM3"
        return 0


class Readings(unittest.TestCase):
    def test_the_counter_is_in_millijoules(self):
        self.assertEqual(nvml.NvmlMeter(FakeLibrary(energy_mj=12_345)).energy_j(), 12.345)

    def test_status_gathers_the_sensors(self):
        status = nvml.NvmlMeter(FakeLibrary(0)).status()
        self.assertEqual((status.power_w, status.sm_clock_mhz, status.memory_clock_mhz,
                          status.temperature_c), (300.0, 1980, 2619, 45))
        self.assertEqual(nvml.throttle_text(status.throttle), "power-cap+software-thermal")

    def test_a_refused_query_is_an_error_that_names_it(self):
        with self.assertRaisesRegex(nvml.NvmlError, "TotalEnergyConsumption answered 3"):
            nvml.NvmlMeter(FakeLibrary()).energy_j()

    def test_what_the_card_does_not_tell_is_empty(self):
        facts = nvml.NvmlMeter.conditions
        meter = nvml.NvmlMeter(FakeLibrary(0))
        meter._text = lambda name, *arguments: "text"
        self.assertIsNone(facts(meter)["default_power_limit_w"])

    def test_memory_modes_and_processes_are_read(self):
        meter = nvml.NvmlMeter(FakeLibrary(0))
        self.assertEqual((meter.memory_bytes, meter.compute_processes, meter.is_partitioned),
                         (80 << 30, 2, False))
        meter._text = lambda name, *arguments: "text"
        self.assertIs(meter.conditions()["error_correction"], True)

    def test_power_is_the_instantaneous_field_where_the_card_has_it(self):
        class Library(FakeLibrary):
            def nvmlDeviceGetFieldValues(self, device, count, field):
                value = field._obj
                assert (count, value.field) == (1, 186)
                # Only the lower half of the cell is the number.
                value.kind, value.status, value.value = 1, 0, (0xABCD << 32) | 512_345
                return 0
        self.assertEqual(nvml.NvmlMeter(Library(0)).status().power_w, 512.345)

    def test_a_refused_field_gives_the_averaged_sensor(self):
        class Library(FakeLibrary):
            def nvmlDeviceGetFieldValues(self, device, count, field):
                field._obj.kind, field._obj.status, field._obj.value = 1, 3, 1
                return 0
        self.assertEqual(nvml.NvmlMeter(Library(0)).status().power_w, 300.0)

    def test_unknown_reasons_of_slowness_are_not_none_at_all(self):
        meter = nvml.NvmlMeter(FakeLibrary(0))
        meter._library.nvmlDeviceGetCurrentClocksThrottleReasons = lambda *_: 3
        self.assertIsNone(meter.status().throttle)
        self.assertIsNone(nvml.throttle_text(None))
        self.assertEqual(nvml.throttle_text(0), "none")

    def test_the_name_is_read(self):
        self.assertEqual(nvml.NvmlMeter(FakeLibrary(0)).gpu_name, "NVIDIA H100 80GB HBM3")

    def test_without_a_counter_the_sensor_is_integrated(self):
        meter = nvml.IntegratingMeter(FakeLibrary())
        clock = iter([0.0, 2.0])
        original, nvml.time.monotonic = nvml.time.monotonic, lambda: next(clock)
        try:
            self.assertEqual([meter.energy_j(), meter.energy_j()], [0.0, 600.0])
        finally:
            nvml.time.monotonic = original

    def test_a_field_value_is_laid_out_as_in_the_header(self):
        self.assertEqual(ctypes.sizeof(nvml._FieldValue), 40)
        self.assertEqual(nvml._FieldValue.value.offset, 32)


class HandsOff(unittest.TestCase):
    def test_no_file_names_a_call_that_changes_the_card(self):
        forbidden = re.compile(
            r"nvmlDevice(Set|Reset|Clear)|nvidia-smi|set_per_process_memory|cudaDeviceReset")
        for folder, _, names in os.walk(plan.FOLDER):
            for name in names:
                if name.endswith(".py") and "tests" not in folder:
                    with open(os.path.join(folder, name)) as file:
                        self.assertIsNone(forbidden.search(file.read()), name)


if __name__ == "__main__":
    unittest.main()
