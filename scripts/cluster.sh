#!/usr/bin/env bash
# A Kubernetes of one node in a Docker container, for trying Baton out: cluster.sh up|load|down.
#   up    starts it unless it runs, loads the images and prints how to use it
#   load  loads the images again, after "make images"
#   down  removes it with everything in it
# K3S_IMAGE names another image that behaves like rancher/k3s.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

name=baton-cluster
image=${K3S_IMAGE:-rancher/k3s:v1.34.4-k3s1}
kubeconfig=target/cluster/kubeconfig.yaml

in_cluster() { docker exec "$name" "$@"; }
is_running() { [ "$(docker inspect --format '{{.State.Running}}' "$name" 2>/dev/null)" = true ]; }

start() {
  docker rm -fv "$name" >/dev/null 2>&1 || true
  echo "starting $image as container $name"
  docker run -d --name "$name" --privileged --cgroupns=host -v /sys/fs/cgroup:/sys/fs/cgroup \
    --tmpfs /run --tmpfs /var/run -p 127.0.0.1::6443 "$image" server --tls-san=127.0.0.1 >/dev/null
  for attempt in $(seq 240); do
    if [ "$attempt" = 240 ] || ! is_running; then
      docker logs --tail 20 "$name" >&2
      echo "the cluster did not start" >&2
      return 1
    fi
    if in_cluster kubectl wait --for=condition=Ready node --all --timeout=1s >/dev/null 2>&1 \
      && in_cluster kubectl -n default get serviceaccount default >/dev/null 2>&1; then break; fi
    sleep 0.5
  done
}

# Where no provisioner makes volumes, one made by hand serves the first claim.
provide_volume() {
  [ -z "$(in_cluster kubectl get storageclass -o name)" ] || return 0
  in_cluster mkdir -p -m 777 /var/lib/baton
  docker exec -i "$name" kubectl apply -f - >/dev/null <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: {name: baton}
spec:
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Delete
  hostPath: {path: /var/lib/baton}
YAML
}

write_kubeconfig() {
  mkdir -p "$(dirname "$kubeconfig")"
  local port
  port=$(docker port "$name" 6443/tcp | head -n 1 | sed 's/.*://')
  in_cluster cat /etc/rancher/k3s/k3s.yaml | sed "s#https://127.0.0.1:6443#https://127.0.0.1:$port#" >"$kubeconfig"
  chmod 600 "$kubeconfig"
}

load() { scripts/load-images.sh "$name"; }

case ${1:-} in
  up)
    is_running || start
    provide_volume
    load
    write_kubeconfig
    echo "The cluster is ready. To use it:"
    echo "  export KUBECONFIG=$PWD/$kubeconfig"
    command -v kubectl >/dev/null || echo "  (kubectl is not on PATH: https://kubernetes.io/docs/tasks/tools/)"
    ;;
  load) load ;;
  down)
    docker rm -fv "$name" >/dev/null 2>&1 || true
    rm -f "$kubeconfig"
    ;;
  *)
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
