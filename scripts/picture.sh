#!/bin/sh
# Draws one chart of a report as PNG: picture.sh REPORT.html CHART PICTURE.png
#
# The chart is the report's own specification, drawn by the Vega that scripts/fetch-vega.sh takes
# its bundle from (vl-convert-python, installed into a temporary folder). Needs Python 3 with pip.
set -eu

[ $# = 3 ] || { echo "usage: picture.sh REPORT.html CHART PICTURE.png" >&2; exit 2; }
report=$1 chart=$2 picture=$3
package=vl-convert-python==1.9.0.post1
python=${PYTHON:-python3}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

PIP_ROOT_USER_ACTION=ignore "$python" -m pip install --quiet --no-deps --disable-pip-version-check \
  --no-warn-script-location --target "$work/package" "$package"

PYTHONPATH=$work/package "$python" - "$report" "$chart" "$picture" <<'PYTHON'
import json
import re
import sys
import vl_convert

report, name, picture = sys.argv[1:]
page = open(report, encoding="utf-8").read()
found = re.search(r'<script type="application/json" id="charts">(.*?)</script>', page, re.S)
charts = {chart["id"]: chart["specification"] for chart in json.loads(found[1])} if found else {}
if name not in charts:
    sys.exit(f"picture: {report} has no chart {name}, but {', '.join(charts) or 'none'}")
chart = charts[name] | {"width": 760, "padding": 16}
chart["config"]["font"] = "DejaVu Sans, Liberation Sans, sans-serif"
with open(picture, "wb") as file:
    file.write(vl_convert.vegalite_to_png(chart, scale=2))
PYTHON
