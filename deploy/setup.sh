#!/bin/sh
# Makes .venv (VENV names another folder) in the checkout from the lock, after looking for what the
# system must have.
# As root on Debian missing packages are installed by name, else the line to run is printed.
set -eu
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}

missing=
needed=
want() { # program, package, `needed` or `useful`
  command -v "$1" >/dev/null 2>&1 && return
  missing="$missing $2"
  [ "$3" = useful ] || needed="$needed $1"
}

has_library() {
  PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q "$1"
}

can_install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1
}

fits() {
  "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

has_venv() {
  "$1" -c 'import ensurepip, venv' 2>/dev/null
}

# The one that is named, else the distribution's before others: it is built with profile feedback,
# and one that is not (pyenv's, as it builds them) spends a sixth more on a report.
find_python() {
  first=
  for candidate in ${PYTHON:-} /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    fits "$candidate" || continue
    if [ "$candidate" = "${PYTHON:-}" ] || has_venv "$candidate" || can_install; then
      echo "$candidate"
      return
    fi
    first=${first:-$candidate}
  done
  echo "$first"
}

install_packages() {
  # A policy file keeps what is installed from being started; ours goes away afterwards.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q </dev/null
  # shellcheck disable=SC2086 # a list of names
  apt-get install -q -y --no-install-recommends $1 </dev/null
  case " $1 " in
  *" prometheus"* | *" nginx-light"*) # Debian enables them; hostwatch starts its own where it needs them
    if [ -d /run/systemd/system ]; then
      systemctl disable -q --now prometheus prometheus-alertmanager nginx 2>/dev/null || true
    fi ;;
  esac
}

python=$(find_python)
if [ -z "$python" ]; then
  echo "hostwatch needs Python 3.11, 3.12 or 3.13: install one, or name it: make setup PYTHON=..." >&2
  exit 1
fi
want java default-jre-headless needed
want mvn maven needed
want prometheus prometheus useful
want prometheus-alertmanager prometheus-alertmanager useful
want nginx nginx-light useful
want chromium chromium useful
want faketime faketime useful
want systemd-analyze systemd useful
# Libraries of the PDFs of reports; without the last one two PDFs of one page differ in their bytes.
has_library libpango-1.0.so.0 || missing="$missing libpango-1.0-0"
has_library libpangoft2-1.0.so.0 || missing="$missing libpangoft2-1.0-0"
has_library libharfbuzz-subset.so.0 || missing="$missing libharfbuzz-subset0"
if ! has_venv "$python"; then
  missing="$missing $(basename "$(readlink -f "$(command -v "$python")")")-venv"
  needed="$needed venv"
fi

if [ -n "$missing" ]; then
  if can_install; then
    echo "Installing system packages:$missing"
    install_packages "$missing"
  else
    echo "Missing on this system; to install: sudo apt-get install --no-install-recommends$missing" >&2
    [ -z "$needed" ] || exit 1
  fi
fi

echo "Making $venv with $("$python" --version) ($python) from requirements-dev.lock (a minute or two) ..."
"$python" -m venv --clear "$venv"
"$venv/bin/python" -m pip install -q --disable-pip-version-check --use-pep517 --require-hashes \
  -r requirements-dev.lock
"$venv/bin/python" -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
touch "$venv/ready"
