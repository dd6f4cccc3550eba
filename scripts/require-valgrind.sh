#!/usr/bin/env bash
# Makes sure that valgrind is there, which counts instructions; installs it where it may (Debian or
# Ubuntu, as root or with sudo that asks nothing), elsewhere says so and exits 1.
set -euo pipefail

command -v valgrind >/dev/null && exit 0

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
  echo 'Installing valgrind …'
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq valgrind >/dev/null
fi
command -v valgrind >/dev/null || {
  echo 'joulefleet: valgrind is missing: install it by the system'"'"'s package manager' >&2
  exit 1
}
