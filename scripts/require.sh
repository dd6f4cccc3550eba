#!/usr/bin/env bash
# Makes sure that what the build needs is there: Swift, pkg-config and GSL.
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

how_to_get_gsl() {
  if [ -n "${CONDA_PREFIX:-}" ]; then echo 'conda install -c conda-forge gsl pkg-config'
  elif [ "$(uname -s)" = Darwin ]; then echo 'brew install gsl pkg-config'
  elif command -v apt-get >/dev/null; then echo 'sudo apt-get install libgsl-dev pkg-config'
  elif command -v dnf >/dev/null; then echo 'sudo dnf install gsl-devel pkgconf-pkg-config'
  else echo 'install GSL 2.7 or later with its headers, and pkg-config'; fi
}

command -v swift >/dev/null ||
  fail 'Swift 6.2 or later is missing: install it from https://www.swift.org/install'

version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p' |
  head -n 1)
read -r major minor <<<"${version:-0 0}"
[ "$major" -gt 6 ] || { [ "$major" = 6 ] && [ "$minor" -ge 2 ]; } ||
  fail "Swift $major.$minor is too old: install 6.2 or later from https://www.swift.org/install"

if ! { command -v pkg-config >/dev/null && pkg-config --exists gsl; }; then
  may_install || fail "GSL is missing: $(how_to_get_gsl)"
  echo 'Installing libgsl-dev and pkg-config …'
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libgsl-dev pkg-config >/dev/null
  pkg-config --exists gsl || fail "GSL is still missing after its installation: $(how_to_get_gsl)"
fi
