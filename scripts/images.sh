#!/usr/bin/env bash
# Builds the images from what "make build" packaged: images.sh [MODULE...]. Layers that did not change are kept.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! docker version >/dev/null 2>&1; then
  echo "Docker is needed to build images, and 'docker version' does not succeed" >&2
  exit 1
fi

image_of() {
  case $1 in
    launcher) echo baton-server:dev ;;
    worker-image) echo baton-worker:dev ;;
    client-job) echo baton-client:dev ;;
    *) echo "baton-$1:dev" ;;
  esac
}

[ $# -gt 0 ] || set -- launcher operator worker-image client-job
for module; do
  image=$(image_of "$module")
  if ! output=$(docker build -t "$image" "$module" 2>&1); then
    echo "$output" >&2
    echo "could not build $image" >&2
    exit 1
  fi
  echo "$image  $(docker image inspect --format '{{.Id}}' "$image")"
done
