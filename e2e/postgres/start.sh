#!/bin/sh
# Makes the database when it starts for the first time, and becomes the server. What was left half made is made anew.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  made=$PGDATA.made
  rm -rf "$made" "$PGDATA"
  printf '%s' "$POSTGRES_PASSWORD" >/tmp/password
  # shellcheck disable=SC2086
  initdb --pgdata="$made" --username="$POSTGRES_USER" --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$made/pg_hba.conf"
  echo "CREATE DATABASE $POSTGRES_DB;" | postgres --single -D "$made" postgres
  mv "$made" "$PGDATA"
fi
exec postgres -D "$PGDATA" -c 'listen_addresses=*' -c unix_socket_directories=/tmp
