#!/usr/bin/env bash
# Copies Baton's images from Docker into the Kubernetes that runs in a container: load-images.sh CONTAINER
set -euo pipefail
container=$1
images=(baton-server:dev baton-operator:dev baton-worker:dev baton-client:dev)
for image in "${images[@]}"; do
  if ! docker image inspect "$image" >/dev/null 2>&1; then
    echo "image $image is missing: run 'make images'" >&2
    exit 1
  fi
done
# In one stream: the layers that the images share go over once.
docker save "${images[@]}" | docker exec -i "$container" ctr -n k8s.io images import - >/dev/null
echo "loaded ${images[*]} into $container"
