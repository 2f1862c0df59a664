#!/usr/bin/env bash
# Builds the image baton-postgres:dev from unpacked programs of PostgreSQL, and copies it into the Kubernetes that runs in a container:
#   image.sh FOLDER CONTAINER
set -euo pipefail
programs=$1
container=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
work=$here/../target/postgres
image=baton-postgres:dev

mkdir -p "$work/postgres"
for part in bin lib share; do
  cp -a --update "$programs/$part" "$work/postgres/"
done
cp -p "$here/Dockerfile" "$here/start.sh" "$work/"
docker build --quiet -t "$image" "$work"
docker save "$image" | docker exec -i "$container" ctr -n k8s.io images import - >/dev/null
