#!/bin/sh
# Makes deploy/secrets for docker-compose.yml: passwords, certificates, keys. What is there stays,
# so it may be run again after an upgrade. Run it as root: the containers' user must own the keys.
# Keep a copy of keys/keys.json elsewhere: without it no sealed URL can be opened, and the ledger
# cannot go on.
set -eu
umask 077
cd "$(dirname "$0")/.."
mkdir -p secrets/hotlines secrets/keys secrets/roots secrets/datasets
cd secrets
days=825 # the longest that clients commonly take
names=${INTAKE_NAMES:-DNS:localhost,IP:127.0.0.1}
watch_names=${WATCH_NAMES:-DNS:localhost,IP:127.0.0.1} # where people reach the proxy

password() { [ -s "$1" ] || printf %s "$(openssl rand -hex 24)" >"$1"; } # Kafka reads to the end

for one in kafka-admin kafka-hostwatch kafka-desk kafka-intake kafka-roots kafka-exporter pages grafana watch; do
  password "$one"
done
# The exporter reads an argument from a file: a variable or an argument could be listed by others.
printf -- '--sasl.password=%s\n' "$(cat kafka-exporter)" >kafka-exporter-arguments
rm -f kafka-exporter.env # where older versions had it

# Who may read: a line a person, `name:` and what `openssl passwd -6` makes of the password.
[ -s watchers ] || printf 'operator:%s\n' "$(openssl passwd -6 -stdin <watch)" >watchers
# What the proxy says to the pages, whose password is not the people's.
printf 'proxy_set_header Authorization "Basic %s";\n' \
  "$(printf 'proxy:%s' "$(cat pages)" | openssl base64 -A)" >pages-header

if [ ! -s ca.pem ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3650 \
    -subj /CN=hostwatch -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout ca-key.pem -out ca.pem 2>/dev/null
fi

# What RFC 5280 asks of a certificate; Python 3.13 takes no other.
certificate() { # file of the certificate, file of its key, names
  [ -s "$1" ] && return
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj "/CN=${1%.pem}" \
    -keyout "$2" -out request.pem 2>/dev/null
  printf '%s\n' "subjectAltName=$3" basicConstraints=critical,CA:FALSE \
    subjectKeyIdentifier=hash authorityKeyIdentifier=keyid >extensions
  openssl x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days "$days" \
    -extfile extensions -out "$1" 2>/dev/null
  rm -f request.pem extensions
}
if [ ! -s kafka.pem ]; then
  certificate kafka-certificate.pem kafka-key.pem DNS:kafka,DNS:localhost,IP:127.0.0.1
  cat kafka-key.pem kafka-certificate.pem >kafka.pem # Kafka takes both in one file, the key first
  rm -f kafka-key.pem kafka-certificate.pem
fi
certificate intake.pem intake-key.pem "$names"
certificate proxy.pem proxy-key.pem "$watch_names"

# What the ledger's hourly roots are signed with; no person's. It is mounted as the file it is, so
# its owner is the containers' user, and nobody else may read it.
[ -s roots/key.pem ] || openssl genpkey -algorithm ed25519 -out roots/key.pem 2>/dev/null
chmod 400 roots/key.pem

[ -e hotlines/keys ] || : >hotlines/keys
[ -e hosters.toml ] || cp ../hosters.example.toml hosters.toml
# How alerts get there: the mail server's password, and the tokens of the two that take webhooks.
for one in alert-mail alert-webhook alert-watchdog; do [ -e "$one" ] || : >"$one"; done

# The folder is closed to others here; inside the containers, each with a user of its own, a mounted
# file has the mode it has here.
chmod 700 .
find . -maxdepth 1 -type f ! -name ca-key.pem ! -name watch -exec chmod 444 {} +
chmod 644 hosters.toml watchers alert-mail alert-webhook alert-watchdog # for who edits them
chmod 755 hotlines datasets # what is put into datasets has to be readable by all too (644)
chmod 644 hotlines/keys # `intake key` writes it as a root that has no other right than its owner's
if [ "$(id -u)" = 0 ]; then
  chown -R "${OWNER:-10001:10001}" keys roots
else
  echo "not root: give deploy/secrets/keys and roots to user 10001 (chown -R 10001:10001)" >&2
fi
[ -s keys/keys.json ] ||
  echo "next: docker compose run --rm --no-deps worker-1 keys create" >&2
