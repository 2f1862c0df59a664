#!/usr/bin/env bash
# Renders charts/baton: the manifests of deploy/, and what each set of values in charts/tests gives. Needs helm.
#   scripts/render-chart.sh [DIRECTORY]   writes into DIRECTORY instead of the project, for a comparison
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
into=${1:-$root}
chart=$root/charts/baton
# What a cluster would say of itself; a chart is rendered without one.
cluster=(--namespace baton --kube-version 1.34.0 --api-versions baton.dev/v1alpha1/WorkerGroup)

# Plain manifests belong to nobody's release and have no version of a chart.
plain() {
  sed -E -e '/^# Source: /d' -e '/^ +(helm\.sh\/chart|app\.kubernetes\.io\/(version|managed-by)): /d' |
    awk '!started && ($0 == "---" || $0 == "") {next} {started = 1; print}'
}

manifest() { # FILE TEMPLATE...
  local file=$into/deploy/$1 show=() template
  shift
  for template; do show+=(--show-only "templates/$template"); done
  mkdir -p "$(dirname "$file")"
  {
    echo "# Rendered from charts/baton by scripts/render-chart.sh: change it there."
    helm template baton "$chart" "${cluster[@]}" --values "$root/charts/tests/deploy.yaml" "${show[@]}" | plain
  } >"$file"
}

manifest server/service.yaml server/service.yaml
manifest server/statefulset.yaml server/statefulset.yaml
manifest operator/rbac.yaml operator/rbac.yaml
manifest operator/service.yaml operator/service.yaml
manifest operator/deployment.yaml operator/deployment.yaml
manifest sample/workers.yaml workergroups.yaml

# The CRD is left out: it is long, and compared with the Java types elsewhere.
mkdir -p "$into/charts/tests/expected"
for values in "$root"/charts/tests/*.yaml; do
  name=$(basename "$values" .yaml)
  [ "$name" != deploy ] || continue
  helm template baton "$chart" "${cluster[@]}" --set crds.install=false --values "$values" \
    >"$into/charts/tests/expected/$name.yaml"
done
