"""Which family builds which operation."""

from collect.kernels import attention, gemm, glue, moe

FAMILIES = {
    "gemm": gemm, "prefill_attention": attention, "decode_attention": attention, "moe": moe,
    "norm": glue, "activation": glue, "rotation": glue, "copy": glue,
}


def build(device, item):
    return FAMILIES[item["op"]].build(device, item)
