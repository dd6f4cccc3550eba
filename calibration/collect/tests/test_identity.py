"""Which cards a sheet names, and that shared ones are refused."""

import unittest

from collect import identity
from collect.errors import UsageError

SHEET = {"memory.value": "85899345920", "thermal_design_power.value": "700"}


class Meter:
    memory_bytes, default_power_limit_w, is_partitioned = 85_520_809_984, 700.0, False

    def __init__(self, name, **facts):
        self.gpu_name = name
        vars(self).update(facts)


class Names(unittest.TestCase):
    def accept(self, gpu, name):
        identity.refuse_other_gpu(gpu, {}, Meter(name))

    def refuse(self, gpu, name, why):
        with self.assertRaisesRegex(UsageError, why):
            identity.refuse_other_gpu(gpu, {}, Meter(name))

    def test_usual_cards_are_accepted(self):
        for gpu, name in (
                ("h100-sxm", "NVIDIA H100 80GB HBM3"), ("h200-sxm", "NVIDIA H200"),
                ("a100-sxm-80gb", "NVIDIA A100-SXM4-80GB"), ("l40s", "NVIDIA L40S"),
                ("a100-pcie-40gb", "NVIDIA A100-PCIE-40GB"), ("b200-sxm", "NVIDIA B200")):
            self.accept(gpu, name)

    def test_other_families_are_refused_even_where_a_name_holds_another(self):
        self.refuse("h100-sxm", "NVIDIA A100-SXM4-80GB", "h100 is not in its name")
        self.refuse("h200-sxm", "NVIDIA GH200 480GB", "h200 is not in its name")
        self.refuse("b200-sxm", "NVIDIA GB200", "not in its name")

    def test_other_forms_are_refused_both_ways(self):
        self.refuse("h100-sxm", "NVIDIA H100 PCIe", "pcie")
        self.refuse("h100-sxm", "NVIDIA H100 NVL", "nvl")
        self.refuse("h100-sxm", "NVIDIA H100 80GB HBM3 MIG 1g.10gb", "mig")
        self.refuse("a100-pcie-40gb", "NVIDIA A100-SXM4-40GB", "pcie")


class Sizes(unittest.TestCase):
    def refuse(self, why, **facts):
        with self.assertRaisesRegex(UsageError, why):
            identity.refuse_other_gpu("h100-sxm", SHEET, Meter("NVIDIA H100 80GB HBM3", **facts))

    def test_a_tenth_more_or_less_is_the_same_card(self):
        for facts in ({}, {"default_power_limit_w": 640.0}, {"default_power_limit_w": None},
                      {"memory_bytes": None}, {"memory_bytes": 80e9}):
            identity.refuse_other_gpu(
                "h100-sxm", SHEET, Meter("NVIDIA H100 80GB HBM3", **facts))

    def test_another_memory_or_limit_is_another_card(self):
        self.refuse("memory is 64 GiB, the sheet's 80", memory_bytes=64 << 30)
        self.refuse("memory is 96 GiB", memory_bytes=96 << 30)
        self.refuse("limit is 350 W, the sheet's 700", default_power_limit_w=350.0)

    def test_a_partitioned_card_is_refused(self):
        self.refuse("MIG", is_partitioned=True)


class Company(unittest.TestCase):
    def look(self, *counts):
        left = list(counts)

        class Watched:
            @property
            def compute_processes(self):
                return left.pop(0) if len(left) > 1 else left[0]
        identity.refuse_company(Watched(), 5.0, sleep=lambda _: None)

    def test_an_unshared_gpu_or_an_unknown_number_passes(self):
        self.look(0)
        self.look(None)

    def test_a_process_that_is_just_ending_is_waited_for(self):
        self.look(1, 1, 0)

    def test_others_on_the_gpu_are_refused(self):
        with self.assertRaisesRegex(UsageError, "2 process"):
            self.look(2)


if __name__ == "__main__":
    unittest.main()
