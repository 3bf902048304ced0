#!/bin/sh
# Starts the broker of docker-compose.yml. The first start formats its data and makes the users,
# whose passwords stand in mounted secrets. Until they are made the broker listens inside the
# container only. Passwords go to Kafka's tool in a file: arguments can be read by all of a machine.
set -eu
ulimit -c 0 # a core dump would hold inboxes in clear
bin=${KAFKA_BIN:-/opt/kafka/bin}
secrets=${KAFKA_SECRETS:-/run/secrets}
properties=${KAFKA_PROPERTIES:-/etc/kafka/hostwatch/server.properties}
inside=${KAFKA_INSIDE:-127.0.0.1:9092}
data=$(sed -n 's/^log\.dirs=//p' "$properties")

user() { # name, secret
  # properties: a backslash would escape what follows it
  sed 's/\\/\\\\/g; s/^/SCRAM-SHA-512=password=/' "$secrets/$2" >"$scratch/user"
  "$bin/kafka-configs.sh" --bootstrap-server "$inside" --alter \
    --entity-type users --entity-name "$1" --add-config-file "$scratch/user" >/dev/null
}

first_start() (
  umask 077
  scratch=$(mktemp -d)
  server=
  trap '[ -z "$server" ] || kill "$server" || true; rm -rf "$scratch"' EXIT
  sed -e "s|CLIENTS://[^,]*|CLIENTS://$inside|" -e 's/CLIENTS:SASL_SSL/CLIENTS:PLAINTEXT/' \
    "$properties" >"$scratch/server.properties"
  "$bin/kafka-storage.sh" format --ignore-formatted -t "$("$bin/kafka-storage.sh" random-uuid)" \
    -c "$properties" >/dev/null
  "$bin/kafka-server-start.sh" "$scratch/server.properties" &
  server=$!
  user admin kafka_admin # waits for the broker, a minute at most
  user hostwatch kafka_hostwatch
  user hostwatch-desk kafka_desk
  user hostwatch-intake kafka_intake
  user hostwatch-roots kafka_roots
  user kafka-exporter kafka_exporter
  kill "$server"
  wait "$server" || true # 143: it was told to
  server=
)

if [ ! -f "$data/users.made" ]; then
  first_start
  : >"$data/users.made"
fi
exec "$bin/kafka-server-start.sh" "$properties"
