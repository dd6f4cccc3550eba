#!/usr/bin/env bash
# Makes sure that what the build needs is there: Swift, pkg-config, GSL and SQLite.
# Installs the libraries where it may (Debian or Ubuntu, as root or with sudo that asks nothing);
# elsewhere says in one line what to install, and exits 1.
set -euo pipefail

fail() { printf 'joulefleet: %s\n' "$1" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
  command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

has_libraries() { command -v pkg-config >/dev/null && pkg-config --exists gsl sqlite3; }

how_to_get_libraries() {
  if [ -n "${CONDA_PREFIX:-}" ]; then echo 'conda install -c conda-forge gsl sqlite pkg-config'
  elif [ "$(uname -s)" = Darwin ]; then echo 'brew install gsl sqlite pkg-config'
  elif command -v apt-get >/dev/null; then
    echo 'sudo apt-get install libgsl-dev libsqlite3-dev pkg-config'
  elif command -v dnf >/dev/null; then
    echo 'sudo dnf install gsl-devel sqlite-devel pkgconf-pkg-config'
  else echo 'install GSL 2.7 or later and SQLite 3.40 or later with headers, and pkg-config'; fi
}

command -v swift >/dev/null ||
  fail 'Swift 6.2 or later is missing: install it from https://www.swift.org/install'

version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p' |
  head -n 1)
read -r major minor <<<"${version:-0 0}"
[ "$major" -gt 6 ] || { [ "$major" = 6 ] && [ "$minor" -ge 2 ]; } ||
  fail "Swift $major.$minor is too old: install 6.2 or later from https://www.swift.org/install"

if ! has_libraries; then
  may_install || fail "GSL or SQLite is missing: $(how_to_get_libraries)"
  echo 'Installing libgsl-dev, libsqlite3-dev and pkg-config …'
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    libgsl-dev libsqlite3-dev pkg-config >/dev/null
  has_libraries ||
    fail "GSL or SQLite is still missing after its installation: $(how_to_get_libraries)"
fi
