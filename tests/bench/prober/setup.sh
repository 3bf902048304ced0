#!/bin/sh
# Sees to it that nginx and blackbox_exporter are there. As root on Debian they are installed and
# kept from being started, else the line to run is printed and the bench goes on without.
set -eu
missing=
want() { # program, package
  PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
want nginx nginx-light
want prometheus-blackbox-exporter prometheus-blackbox-exporter
[ -n "$missing" ] || exit 0
line="apt-get install --no-install-recommends$missing"
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "Missing on this system; to install: sudo $line" >&2
  exit 0
fi
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
echo "Installing system packages:$missing" >&2
apt-get update -q </dev/null >&2
# shellcheck disable=SC2086 # a list of names
apt-get install -q -y --no-install-recommends $missing </dev/null >&2
