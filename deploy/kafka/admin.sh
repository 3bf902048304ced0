#!/bin/sh
# Runs one of Kafka's own tools as the administrator, inside the broker's container:
#   docker compose exec kafka sh /etc/kafka/hostwatch/admin.sh kafka-topics.sh --list
set -eu
bin=${KAFKA_BIN:-/opt/kafka/bin}
secrets=${KAFKA_SECRETS:-/run/secrets}
server=${KAFKA_SERVER:-kafka:9093}
tool=$1
shift

umask 077 # the file has the password, because the tools take it from nowhere else
settings=$(mktemp)
trap 'rm -f "$settings"' EXIT
cat >"$settings" <<END
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\
  username="admin" password="$(cat "$secrets/kafka_admin")";
ssl.truststore.type=PEM
ssl.truststore.location=$secrets/ca
END
"$bin/$tool" --bootstrap-server "$server" --command-config "$settings" "$@"
