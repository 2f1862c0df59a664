{{/* What does not fit together, said in a sentence. */}}
{{- define "baton.serverChecks" -}}
{{- $end := add .Values.server.readyGraceSeconds 20 }}
{{- if lt (int .Values.server.terminationGracePeriodSeconds) (int $end) }}
{{- fail (printf "server.terminationGracePeriodSeconds must be at least server.readyGraceSeconds and 20 more: %d" $end) }}
{{- end }}
{{- if and (eq .Values.storage.type "sqlite") (gt (int .Values.server.replicas) 1) }}
{{- fail (printf "server.replicas is %d, but storage.type is sqlite, whose file has one server: several need storage.type postgres" (int .Values.server.replicas)) }}
{{- end }}
{{- $kept := .Values.server.persistence }}
{{- if and $kept.existingClaim (not $kept.enabled) }}
{{- fail (printf "server.persistence.existingClaim is %s, but server.persistence.enabled is false: nothing would be kept there" $kept.existingClaim) }}
{{- end }}
{{- $postgres := .Values.storage.postgres }}
{{- if and (eq .Values.storage.type "postgres") (not $postgres.existingSecret) (not $postgres.embedded.enabled) }}
{{- fail "storage.postgres.existingSecret is missing: storage.type is postgres, and the Secret says where the database is" }}
{{- end }}
{{- if and (eq .Values.storage.type "sqlite") $postgres.embedded.enabled }}
{{- fail "storage.postgres.embedded.enabled is true, but storage.type is sqlite: nobody would use that database" }}
{{- end }}
{{- end -}}

{{/* The Secret that says where the database is. */}}
{{- define "baton.postgresSecret" -}}
{{- .Values.storage.postgres.existingSecret | default (printf "%s-postgres" (include "baton.fullname" .)) -}}
{{- end -}}

{{/* The Secret by which the servers of a cluster know each other. */}}
{{- define "baton.clusterSecret" -}}
{{- .Values.server.clusterSecret | default (printf "%s-server-cluster" (include "baton.fullname" .)) -}}
{{- end -}}

{{/* The pod of a server, whatever makes it. */}}
{{- define "baton.serverPod" -}}
{{- $persistence := .Values.server.persistence }}
{{- $isPostgres := eq .Values.storage.type "postgres" -}}
metadata:
  labels:
    {{- include "baton.podLabels" (list . "server") | nindent 4 }}
  {{- with .Values.server.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.server.terminationGracePeriodSeconds }}
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "baton.placement" .Values.server }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- if $isPostgres }}
  # One machine less is one server less.
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "baton.selector" (list . "server") | nindent 10 }}
  {{- end }}
  securityContext:
    {{- include "baton.podSecurity" . | nindent 4 }}
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
  containers:
    - name: server
      image: {{ include "baton.image" (list . .Values.server.image) }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      # The URL is what messages tell workers to come back to.
      args:
        - serve
        {{- if $isPostgres }}
        - --storage-type=postgres
        {{- with .Values.storage.postgres.sslmode }}
        - --storage-postgres-sslmode={{ . }}
        {{- end }}
        {{- if .Values.storage.postgres.ca }}
        - --storage-postgres-sslrootcert=/database-ca/ca.crt
        {{- end }}
        {{- else }}
        - --storage-sqlite-path=/data/baton.db
        {{- end }}
        - --server-url={{ include "baton.serverUrl" . }}
        - --server-ready-grace={{ mul .Values.server.readyGraceSeconds 1000 }}
        {{- if .Values.server.tls.secretName }}
        - --server-tls-cert=/var/run/secrets/baton/tls/tls.crt
        - --server-tls-key=/var/run/secrets/baton/tls/tls.key
        {{- end }}
        {{- with .Values.server.args }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- $auth := .Values.server.auth }}
      {{- if or $isPostgres $auth.publicKey $auth.issuer $auth.audience .Values.server.env }}
      env:
        {{- if $isPostgres }}
        - name: RESONATE_STORAGE__POSTGRES__URL
          valueFrom:
            secretKeyRef:
              name: {{ include "baton.postgresSecret" . }}
              key: {{ .Values.storage.postgres.urlKey }}
        - name: POD_IP
          valueFrom:
            fieldRef:
              fieldPath: status.podIP
        - name: RESONATE_CLUSTER__URL
          value: http://$(POD_IP):8003
        - name: RESONATE_CLUSTER__SECRET
          valueFrom:
            secretKeyRef:
              name: {{ include "baton.clusterSecret" . }}
              key: secret
        {{- end }}
        {{- with $auth.publicKey }}
        - name: RESONATE_AUTH__PUBLICKEY
          value: {{ . | quote }}
        {{- end }}
        {{- with $auth.issuer }}
        - name: RESONATE_AUTH__ISS
          value: {{ . | quote }}
        {{- end }}
        {{- with $auth.audience }}
        - name: RESONATE_AUTH__AUD
          value: {{ . | quote }}
        {{- end }}
        {{- with .Values.server.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
      ports:
        - name: http
          containerPort: 8001
        - name: metrics
          containerPort: 9090
        {{- if $isPostgres }}
        - name: cluster
          containerPort: 8003
        {{- end }}
      securityContext:
        {{- include "baton.containerSecurity" . | nindent 8 }}
      {{- with .Values.server.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      startupProbe:
        httpGet:
          path: /health
          port: http
          {{- if .Values.server.tls.secretName }}
          scheme: HTTPS
          {{- end }}
        periodSeconds: 1
        failureThreshold: 60
      livenessProbe:
        httpGet:
          path: /health
          port: http
          {{- if .Values.server.tls.secretName }}
          scheme: HTTPS
          {{- end }}
        periodSeconds: 10
        timeoutSeconds: 3
      readinessProbe:
        httpGet:
          path: /ready
          port: http
          {{- if .Values.server.tls.secretName }}
          scheme: HTTPS
          {{- end }}
        periodSeconds: 1
        timeoutSeconds: 2
        failureThreshold: 2
      volumeMounts:
        {{- if not $isPostgres }}
        - name: data
          mountPath: /data
        {{- else if .Values.storage.postgres.ca }}
        - name: database-ca
          mountPath: /database-ca
          readOnly: true
        {{- end }}
        - name: tmp
          mountPath: /tmp
        {{- if .Values.server.tls.secretName }}
        - name: tls
          mountPath: /var/run/secrets/baton/tls
          readOnly: true
        {{- end }}
        {{- with .Values.server.volumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {}
    {{- with .Values.server.tls.secretName }}
    # The kubelet writes it anew when the Secret changes, and the server reads it again.
    - name: tls
      secret:
        secretName: {{ . }}
        # The pod's group may read it.
        defaultMode: 0440
    {{- end }}
    {{- with .Values.server.volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- if $isPostgres }}
    {{- with .Values.storage.postgres.ca }}
    - name: database-ca
      {{- if .secret }}
      secret:
        secretName: {{ .secret }}
        items:
          - {key: ca.crt, path: ca.crt}
      {{- else }}
      configMap:
        name: {{ .configMap }}
        items:
          - {key: ca.crt, path: ca.crt}
      {{- end }}
    {{- end }}
    {{- else if not $persistence.enabled }}
    - name: data
      emptyDir: {}
    {{- else if $persistence.existingClaim }}
    - name: data
      persistentVolumeClaim:
        claimName: {{ $persistence.existingClaim }}
    {{- end }}
{{- end -}}
