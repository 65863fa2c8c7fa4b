{{- define "perfanalysis.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- /* The labels by which pods are selected: (list $ "exporter"). */ -}}
{{- define "perfanalysis.selector" -}}
app.kubernetes.io/name: perfanalysis-{{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
{{- end }}

{{- /* The labels of an object of a component: (list $ "exporter"). */ -}}
{{- define "perfanalysis.labels" -}}
{{- $root := index . 0 -}}
{{ include "perfanalysis.selector" . }}
app.kubernetes.io/component: {{ index . 1 }}
app.kubernetes.io/part-of: perfanalysis
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* Name, namespace and labels: (list $ "exporter"), or a third word for the name's end. */ -}}
{{- define "perfanalysis.metadata" -}}
{{- $root := index . 0 -}}
{{- $end := index . 1 -}}
{{- if gt (len .) 2 }}{{ $end = index . 2 }}{{ end -}}
name: {{ include "perfanalysis.fullname" $root }}-{{ $end }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "perfanalysis.labels" (list $root (index . 1)) | nindent 2 }}
{{- end }}

{{- /* An image's reference: (list $ "exporter"). */ -}}
{{- define "perfanalysis.image" -}}
{{- $root := index . 0 -}}
{{- $image := get $root.Values.image (index . 1) -}}
{{- with $root.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ $image.repository }}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default $root.Chart.AppVersion }}{{ end -}}
{{- end }}

{{- /* What all pods have: no token, and a user without rights. (list $ "exporter") */ -}}
{{- define "perfanalysis.pod" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ include "perfanalysis.fullname" $root }}-{{ index . 1 }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  {{- if eq (index . 1) "exporter" }}
  {{- with include "perfanalysis.containerNames.groups" $root }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- define "perfanalysis.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- /* (list $ "exporter" .Values.exporter.priority) */ -}}
{{- define "perfanalysis.priorityClass" -}}
{{- $priority := index . 2 -}}
{{- if $priority.create }}
priorityClassName: {{ .| first | include "perfanalysis.fullname" }}-{{ index . 1 }}
{{- else if $priority.className }}
priorityClassName: {{ $priority.className }}
{{- end }}
{{- end }}
