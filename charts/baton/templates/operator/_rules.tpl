{{/* What the operator may do in the namespaces that it watches, and no more. */}}
{{- define "baton.operatorRules" -}}
# Reads what is wished for, writes what is.
- apiGroups: ["baton.dev"]
  resources: ["workergroups"]
  verbs: ["get", "list", "watch"]
- apiGroups: ["baton.dev"]
  resources: ["workergroups/status"]
  verbs: ["patch"]
# Server-side apply creates and changes. Of Deployments only the empty one is deleted that a rollout
# leaves behind; owner references do the rest.
- apiGroups: ["apps"]
  resources: ["deployments"]
  verbs: ["get", "list", "watch", "create", "patch", "delete"]
# Keeps the templates that a WorkerGroup with a rollout has had; the oldest are deleted.
- apiGroups: ["apps"]
  resources: ["controllerrevisions"]
  verbs: ["list", "create", "patch", "delete"]
# Sees pods come and go; writes on them that they drain, are busy, and may be deleted first.
- apiGroups: [""]
  resources: ["pods"]
  verbs: ["list", "watch", "patch"]
# Keeps busy pods from being evicted.
- apiGroups: ["policy"]
  resources: ["poddisruptionbudgets"]
  verbs: ["get", "list", "watch", "create", "patch"]
# Says on a pod whether the server sees its worker connected: its readiness gate.
- apiGroups: [""]
  resources: ["pods/status"]
  verbs: ["patch"]
- apiGroups: [""]
  resources: ["events"]
  verbs: ["create"]
# The token of spec.server.tokenSecretRef, by its name; it cannot list.
- apiGroups: [""]
  resources: ["secrets"]
  verbs: ["get"]
{{- end -}}
