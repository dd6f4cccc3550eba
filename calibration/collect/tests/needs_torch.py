"""Whether the tests that need PyTorch can run here."""

import unittest

try:
    import torch
except ImportError:
    torch = None

if torch and tuple(int(part) for part in torch.__version__.split(".")[:2]) < (2, 5):
    torch = None

needs_torch = unittest.skipIf(torch is None, "PyTorch 2.5 is not there")
