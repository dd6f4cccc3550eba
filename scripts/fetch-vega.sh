#!/bin/sh
# Fetches the script that draws the charts of report.html into .vega/vega-bundle.js.
#
# It holds Vega, Vega-Lite and vega-embed (BSD-3), taken from the Python package vl-convert-python,
# which is installed into a temporary folder and removed again. Needs Python 3 with pip; does
# nothing if the bundle is already there.
set -eu

package=vl-convert-python==1.9.0.post1
folder=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)/.vega
bundle=$folder/vega-bundle.js

if [ -s "$bundle" ]; then
  echo "$bundle is already there"
  exit 0
fi

python=${PYTHON:-python3}
if ! "$python" -m pip --version >/dev/null 2>&1; then
  echo "fetch-vega: needs Python 3 with pip (Debian, Ubuntu: apt install python3-pip)" >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

PIP_ROOT_USER_ACTION=ignore "$python" -m pip install --quiet --no-deps --disable-pip-version-check --no-warn-script-location \
  --target "$work/package" "$package"

PYTHONPATH=$work/package "$python" - "$work/bundle.js" <<'PYTHON'
import sys
import vl_convert

text = vl_convert.javascript_bundle()
if "window.vegaEmbed=" not in text or "</script" in text.lower():
    sys.exit("fetch-vega: the package's bundle is not what is expected")
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(text)
PYTHON

mkdir -p "$folder"
mv "$work/bundle.js" "$bundle.new"
mv "$bundle.new" "$bundle"
echo "wrote $bundle"
