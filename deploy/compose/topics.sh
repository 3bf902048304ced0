#!/bin/sh
# Topics, rights and registry, each written by the user that may. Run again it changes nothing.
set -eu
secrets=${SECRETS:-/run/secrets}
settings=${SETTINGS:-/etc/hostwatch}
as() { # user, secret
  export HOSTWATCH_KAFKA__SECURITY__USERNAME="$1"
  export HOSTWATCH_KAFKA__SECURITY__PASSWORD_FILE="$secrets/$2"
}
hostwatch() { command hostwatch --config "$settings/hostwatch.toml" "$@"; }

# The registry's topic and the desk's rights first; the inboxes of its hotlines then follow.
as admin kafka_admin
hostwatch topics apply
hostwatch topics acls --apply
as hostwatch-desk kafka_desk
hostwatch registry apply "$settings/hosters.toml"
as admin kafka_admin
hostwatch topics apply
hostwatch topics acls --apply
