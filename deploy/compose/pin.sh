#!/bin/sh
# Pins every image of docker-compose.yml to what its tag means today: writes
# docker-compose.override.yml, which `docker compose` reads by itself. A tag that is given to another
# image later then changes nothing here; after an upgrade run it again, and it says what has changed.
#   deploy/compose/pin.sh
set -eu
cd "$(dirname "$0")/../.."
target=docker-compose.override.yml
mark='# Made by deploy/compose/pin.sh'
base=$(sed -n 's/^ARG PYTHON=//p' deploy/Dockerfile)

if [ -e "$target" ] && ! grep -q "^$mark" "$target"; then
  echo "$target is not mine: put what it says into another file (docker compose -f)" >&2
  exit 1
fi

digest() { # image; prints it with its digest
  docker pull -q "$1" >/dev/null
  # the repository's own digest, in the form that every registry gives: name@sha256:64 digits
  found=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$1" |
    grep -E "^(docker\.io/)?(library/)?${1%:*}@sha256:[0-9a-f]{64}$" | head -n 1) || true
  if [ -z "$found" ]; then
    echo "$1 has no digest: was it built here? nothing is written" >&2
    exit 1
  fi
  echo "$1@${found#*@}"
}

part=$target.part
trap 'rm -f "$part"' EXIT
{
  echo "$mark; run it again after an upgrade."
  echo "services:"
} >"$part"
python=$(digest "$base")
# services with an image of their own, then those that are built from the Dockerfile
awk '/^services:/ {on = 1; next} /^[a-z]/ {on = 0}
  on && /^  [a-z0-9-]+:$/ {name = $1; next}
  on && /^    image: / {print name, $2}
  on && /^    <<: \*(hostwatch|worker)$/ {print name, "-"}' docker-compose.yml |
  while read -r name image; do
    if [ "$image" = - ]; then
      printf '  %s\n    build: {args: {PYTHON: "%s"}}\n' "$name" "$python"
    else
      pinned=$(digest "$image") || exit 1
      printf '  %s\n    image: %s\n' "$name" "$pinned"
    fi
  done >>"$part"
if [ -e "$target" ]; then
  diff "$target" "$part" || echo "changed: look at why before the next start" >&2
fi
mv "$part" "$target"
echo "$target: $(grep -c @sha256: "$target") services pinned"
