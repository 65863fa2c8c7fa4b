{{- /* Where the database is, as environment: (list $ USER SECRET KEY). The password comes from the Secret into the
environment and stands in no URL; libpq reads no file that a group can read, as mounted Secrets are. */ -}}
{{- define "perfanalysis.portal.database" -}}
{{- $database := (index . 0).Values.portal.database -}}
- name: PERFANALYSIS_PORTAL_DATABASE
  value: postgresql://{{ index . 1 }}@{{ required "portal.database.host: expected the host of a PostgreSQL" $database.host }}:{{ int $database.port }}/{{ $database.name }}
- name: PGPASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ index . 2 }}
      key: {{ index . 3 }}
- name: PGSSLMODE
  value: {{ $database.sslMode }}
{{- if $database.caSecret }}
- name: PGSSLROOTCERT
  value: /etc/perfanalysis/database/ca.crt
{{- else if eq $database.sslMode "verify-full" }}
- name: PGSSLROOTCERT
  value: system
- name: SSL_CERT_DIR
  value: /etc/ssl/certs
{{- end }}
- name: PERFANALYSIS_STATE_DIRECTORY
  value: /var/lib/perfanalysis/state
{{- end }}

{{- define "perfanalysis.portal.mounts" -}}
- name: state
  mountPath: /var/lib/perfanalysis/state
- name: scratch
  mountPath: /tmp
{{- if .Values.portal.database.caSecret }}
- name: database
  mountPath: /etc/perfanalysis/database
  readOnly: true
{{- end }}
{{- end }}

{{- define "perfanalysis.portal.volumes" -}}
- name: state
  emptyDir:
    sizeLimit: 16Mi
- name: scratch
  emptyDir:
    sizeLimit: 256Mi
{{- with .Values.portal.database.caSecret }}
- name: database
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- end }}

{{- /* The pod of the job that brings the schema up. */ -}}
{{- define "perfanalysis.portal.migrationPod" -}}
{{- $portal := .Values.portal -}}
{{- $secret := required "portal.migration.existingSecret: expected the name of the Secret with the password of portal.migration.user, which owns the tables" $portal.migration.existingSecret -}}
metadata:
  labels:
    {{- include "perfanalysis.podLabels" (list . "portal-migration" .Values.portal.podLabels) | nindent 4 }}
  {{- with $portal.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- include "perfanalysis.pod" (list . "portal") | nindent 2 }}
  restartPolicy: Never
  {{- with include "perfanalysis.nodes" (list $portal.affinity $portal) | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  containers:
    - name: migration
      image: {{ include "perfanalysis.image" (list . "portal") }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [portal, migrate, --grant-to={{ $portal.database.user }}]
      env:
        {{- include "perfanalysis.portal.database" (list . $portal.migration.user $secret $portal.migration.secretKey) | nindent 8 }}
      resources:
        {{- toYaml $portal.resources | nindent 8 }}
      securityContext:
        {{- include "perfanalysis.containerSecurity" (list . "portal") | nindent 8 }}
      volumeMounts:
        {{- include "perfanalysis.portal.mounts" . | nindent 8 }}
  volumes:
    {{- include "perfanalysis.portal.volumes" . | nindent 4 }}
{{- end }}
