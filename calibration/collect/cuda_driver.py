"""What the CUDA driver says before there is a context on the GPU, through ctypes."""

import ctypes

from collect.errors import UsageError


def gpu_name(library=None):
    """Name of the first GPU that CUDA lets this process see. Makes no context, so that the GPU
    stays as idle as it is."""
    if library is None:
        try:
            library = ctypes.CDLL("libcuda.so.1")
        except OSError as error:
            raise UsageError("there is no CUDA driver (libcuda.so.1)") from error
    device, text = ctypes.c_int(), ctypes.create_string_buffer(96)
    for name, arguments in (
            ("cuInit", (ctypes.c_uint(0),)),
            ("cuDeviceGet", (ctypes.byref(device), 0)),
            ("cuDeviceGetName", (text, len(text), device))):
        status = getattr(library, name)(*arguments)
        if status != 0:
            raise UsageError(f"CUDA sees no GPU: {name} answered {status}")
    return text.value.decode()
