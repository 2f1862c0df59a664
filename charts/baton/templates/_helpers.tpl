{{/* The beginning of every name. */}}
{{- define "baton.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 46 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 46 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 46 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of a component. Never changes in a release's life. Takes (list . "server"). */}}
{{- define "baton.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: baton-{{ index . 1 }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
{{- end -}}

{{/* The labels of the objects of no component in particular. */}}
{{- define "baton.labels.common" -}}
app.kubernetes.io/part-of: baton
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The labels of an object of a component. Takes (list . "server"). */}}
{{- define "baton.labels" -}}
{{ include "baton.selector" . }}
{{ include "baton.labels.common" (index . 0) }}
{{- end -}}

{{/* The labels of a pod: none that changes with the chart's version, or every upgrade would roll. Takes (list . "server"). */}}
{{- define "baton.podLabels" -}}
{{- $root := index . 0 -}}
{{ include "baton.selector" . }}
app.kubernetes.io/part-of: baton
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- with (index $root.Values (index . 1)).podLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* An image. Takes (list . .Values.server.image). */}}
{{- define "baton.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- with $root.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- $image.repository -}}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default $root.Values.image.tag | default $root.Chart.AppVersion }}{{ end -}}
{{- end -}}

{{/* Where the server is. */}}
{{- define "baton.serverUrl" -}}
{{- if .Values.server.url -}}
{{- .Values.server.url -}}
{{- else if not .Values.server.enabled -}}
{{- fail "server.url is missing: server.enabled is false, so there is no server of this release" -}}
{{- else -}}
{{ ternary "https" "http" (not (empty .Values.server.tls.secretName)) }}://{{ include "baton.fullname" . }}-server.{{ .Release.Namespace }}:{{ .Values.server.service.port }}
{{- end -}}
{{- end -}}

{{/* The operator's account. */}}
{{- define "baton.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (printf "%s-operator" (include "baton.fullname" .)) -}}
{{- end -}}

{{/* Of a pod that the profile "restricted" lets pass. */}}
{{- define "baton.podSecurity" -}}
runAsNonRoot: true
{{- with .Values.runAsUser }}
runAsUser: {{ int . }}
runAsGroup: {{ int . }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* Of its containers; they write to mounted directories only. */}}
{{- define "baton.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: ["ALL"]
{{- end -}}

{{/* Where the pods of a component may run. Takes .Values.server. */}}
{{- define "baton.placement" -}}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
