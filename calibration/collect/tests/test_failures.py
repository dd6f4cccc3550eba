"""What ends a shape, what the process, and what the run."""

import contextlib
import ctypes
import io
import os
import tempfile
import unittest
from unittest import mock

from collect import cuda_driver, plan
from collect.errors import FatalError, UsageError
from collect.tables import Tables
from collect.tests.needs_torch import needs_torch

STEP = plan.Item("step", (("model", "toy"), ("kind", "decode"), ("measurement", "burst")))


class Driver:
    """The CUDA driver's library, played."""

    def __init__(self, status=0):
        self.status = status

    def cuInit(self, flags):
        return self.status

    def cuDeviceGet(self, device, number):
        device._obj.value = 7
        return 0

    def cuDeviceGetName(self, text, length, device):
        assert isinstance(device, ctypes.c_int) and device.value == 7
        text.value = b"NVIDIA H100 80GB HBM3"
        return 0


class BeforeAContext(unittest.TestCase):
    def test_the_driver_names_the_gpu(self):
        self.assertEqual(cuda_driver.gpu_name(Driver()), "NVIDIA H100 80GB HBM3")

    def test_no_gpu_ends_the_run(self):
        with self.assertRaisesRegex(UsageError, "cuInit answered 100"):
            cuda_driver.gpu_name(Driver(100))


@needs_torch
class Capture(unittest.TestCase):
    def work(self, failure):
        from collect.device import CpuDevice, Work

        class Device(CpuDevice):
            kind = "cuda"

            def capture(self, body):
                raise failure
        return Work(Device(), [lambda: None])

    def test_a_refused_capture_is_launched_eagerly_and_told(self):
        work = self.work(RuntimeError("operation not permitted\nmore"))
        self.assertEqual((work.launch_kind, work.capture_failure),
                         ("eager", "operation not permitted"))

    def test_a_capture_that_broke_the_device_ends_the_process(self):
        with self.assertRaises(FatalError):
            self.work(FatalError("broken"))
        from collect.device import is_fatal
        self.assertTrue(is_fatal(FatalError("broken")))
        self.assertFalse(is_fatal(RuntimeError("broken")))

    def test_data_do_not_depend_on_what_was_drawn_before(self):
        import torch
        from collect.device import CpuDevice
        from collect.kernels.case import random
        device = CpuDevice()
        first = random(device, 5)
        torch.manual_seed(1)
        other = random(device, 5)
        device.reseed()
        self.assertEqual(random(device, 5).tolist(), first.tolist())
        self.assertNotEqual(other.tolist(), first.tolist())


@needs_torch
class Opening(unittest.TestCase):
    def test_a_device_that_cannot_compute_ends_the_run(self):
        from collect import device
        for failure in (RuntimeError("CUDA error: device busy\nmore"), FatalError("broken")):
            with mock.patch.object(device.CpuDevice, "probe", side_effect=failure), \
                    self.assertRaisesRegex(UsageError, "cannot be used: (CUDA error|broken)"):
                device.open_device("cpu")


@needs_torch
class Endings(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.tables = Tables(holder.name)

    def measure(self, failure, probe=lambda: None):
        from collect import conditions, nvml, runner, sheets
        from collect.device import CpuDevice
        record = conditions.Conditions(self.tables.folder)
        record.begin_run({"gpu": "none"})
        toy = plan.Plan(os.path.join(plan.FOLDER, "plan-toy.json"))
        worker = runner.Runner(toy, self.tables, record, nvml.SyntheticMeter(),
                               sheets.Peaks(flop={}), "cpu")
        worker._device = CpuDevice()
        worker._device.probe = probe
        with mock.patch.object(runner.Runner, "_measure_step", side_effect=failure), \
                contextlib.redirect_stderr(io.StringIO()):
            worker.measure_all([STEP])

    def skipped(self):
        return [(row["run"], row["reason"]) for row in self.tables.read("skipped")]

    def test_one_shape_s_failure_skips_it_alone(self):
        self.measure(RuntimeError("no kernel"))
        self.assertEqual(self.skipped(), [("1", "RuntimeError: no kernel")])

    def test_what_concerns_the_run_ends_it_and_skips_nothing(self):
        from collect.nvml import NvmlError
        for failure in (UsageError("no device"), OSError("disk full"), NvmlError("gone")):
            with self.assertRaises(type(failure)):
                self.measure(failure)
        self.assertEqual(self.skipped(), [])
        self.assertFalse(os.path.exists(self.tables.path("steps")))

    def test_a_shape_is_not_skipped_for_a_backend_that_it_can_do_without(self):
        with self.assertRaises(FatalError):
            self.measure(FatalError("cudnn: broken", culprit="cudnn"))
        self.assertEqual(self.skipped(), [])

    def test_a_device_that_no_longer_works_ends_the_process_after_its_shape(self):
        def broken():
            raise FatalError("no longer works")
        with self.assertRaises(FatalError):
            self.measure(RuntimeError("odd"), broken)
        self.assertEqual(len(self.skipped()), 1)

    def test_requests_that_cannot_be_served_cost_no_weights(self):
        from collect import conditions, nvml, runner, sheets
        toy = plan.Plan(os.path.join(plan.FOLDER, "plan-toy.json"), parts=["serving"])
        record = conditions.Conditions(self.tables.folder)
        record.begin_run({"gpu": "none"})
        worker = runner.Runner(toy, self.tables, record, nvml.SyntheticMeter(),
                               sheets.Peaks(flop={}), "cpu")
        with mock.patch.object(runner.Runner, "_arrivals", return_value=(1.0, [(0.0, 64, 1)])), \
                mock.patch.object(runner, "Decoder") as decoder, \
                contextlib.redirect_stderr(io.StringIO()):
            worker.measure_all(toy.items)
        decoder.assert_not_called()
        self.assertEqual(self.skipped(), [("1", "no request arrives that could be served")])

    def test_an_illegal_access_ends_the_process(self):
        with self.assertRaises(FatalError):
            self.measure(RuntimeError("CUDA error: an illegal memory access was encountered"))


if __name__ == "__main__":
    unittest.main()
