#!/bin/sh
# Starts the broker of docker-compose.yml. The first start formats its data and makes the users,
# whose passwords stand in mounted secrets.
set -eu
bin=${KAFKA_BIN:-/opt/kafka/bin}
secrets=${KAFKA_SECRETS:-/run/secrets}
properties=${KAFKA_PROPERTIES:-/etc/kafka/hostwatch/server.properties}
data=$(sed -n 's/^log\.dirs=//p' "$properties")

user() { # name, secret
  printf -- '--add-scram\nSCRAM-SHA-512=[name=%s,password=%s]\n' "$1" "$(cat "$secrets/$2")"
}

if [ ! -f "$data/meta.properties" ]; then
  users=$(
    user admin kafka_admin
    user hostwatch kafka_hostwatch
    user hostwatch-desk kafka_desk
    user hostwatch-intake kafka_intake
    user kafka-exporter kafka_exporter
  )
  # shellcheck disable=SC2086 # a list of words; passwords have no blanks
  "$bin/kafka-storage.sh" format -t "$("$bin/kafka-storage.sh" random-uuid)" -c "$properties" \
    $users >/dev/null # it prints the keys
fi
exec "$bin/kafka-server-start.sh" "$properties"
