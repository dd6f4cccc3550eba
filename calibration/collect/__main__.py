"""Runs the harness: `python3 calibration/collect run --gpu h100-sxm`."""

import os
import sys

# The sensors' library counts GPUs in this order; CUDA must too.
os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from collect.command import main  # noqa: E402  (the path comes first)

if __name__ == "__main__":
    sys.exit(main())
