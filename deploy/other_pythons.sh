#!/bin/sh
# Prints version and path of each Python from 3.11 to 3.13 that is installed, but not of the version
# that .venv is made of. Searches PATH and where pyenv keeps its own.
set -eu
cd "$(dirname "$0")/.."
mine=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true)
for version in 3.11 3.12 3.13; do
  [ "$version" = "$mine" ] && continue
  for python in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python"$version"; do
    found=$("$python" -c 'import ensurepip, sys; print(sys.executable)' 2>/dev/null) || continue
    echo "$version $found"
    break
  done
done
