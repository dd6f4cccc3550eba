#!/usr/bin/env bash
# Tests of the measuring harness; needs Python 3 alone (toy runs need PyTorch, and skip without).
set -euo pipefail
command -v python3 >/dev/null || { echo 'Skipped: no python3 for the measuring harness.'; exit 0; }
[ -d calibration/collect/tests ] || exit 0
python3 -m unittest discover --quiet --start-directory calibration/collect/tests \
  --top-level-directory calibration
